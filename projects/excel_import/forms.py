"""What a person says about an uploaded list: the file, its list and day, and what its columns mean."""
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.excel_import.forms import SheetField, SheetForm
from guicheng.excel_import.values import plain_text
from guicheng.files.spreadsheets import TOO_BIG
from projects.excel_import.fields import FIELDS
from projects.models import ProjectList, Source

NO_LIST = "none"
SAMPLES = 3
PASTED = "粘贴的表.txt"
NOTHING_SENT = "请选一个文件，或者把表贴进来。"


def list_choices(user, first):
    lists = ProjectList.objects.visible_to(user).values_list("pk", "title")
    return [*first, *[(str(pk), title) for pk, title in lists], (NO_LIST, "不在清单上的项目")]


class ListAndDay(forms.Form):
    """Which list the rows stand on, and the day up to which what they say holds."""

    project_list = forms.ChoiceField(label="这是哪张清单", required=False)
    effective_on = forms.DateField(
        label="进展截至哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="表里没有写日期的进展，都算到这一天。")

    def __init__(self, *args, user, first_choice, **kw):
        super().__init__(*args, **kw)
        self.fields["project_list"].choices = list_choices(user, first_choice)

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能在今天以后。")
        if day.year < 1990:
            raise forms.ValidationError("日期应在 1990 年以后，请检查年份。")
        return day

    def chosen_list(self):
        """(project list or None, whether the rows stand on no list)."""
        value = self.cleaned_data["project_list"]
        if value in ("", NO_LIST):
            return None, value == NO_LIST
        return ProjectList.objects.get(pk=value), False


class UploadForm(SheetForm, ListAndDay):
    file = SheetField(
        label="要导入的表", missing=NOTHING_SENT, required=False,
        help_text="你手上的表就行：.xlsx、.xls、.ods 或 .csv，最多 20 MB。表头在第几行、叫什么都可以。")
    source = forms.ModelChoiceField(
        Source.objects.all(), label="来源", required=False, empty_label="本单位填报",
        help_text="表里的内容是谁说的。自己单位的不用改。")

    pasted = forms.CharField(
        label="或者从 Excel 粘贴", required=False, max_length=400_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="在 Excel 或 WPS 里选中带表头的一片，复制，贴在这里。合并的格子、百分比格式粘贴时会丢，有就传文件。")

    field_order = ["file", "pasted", "project_list", "effective_on", "source"]

    def __init__(self, *args, user, **kw):
        super().__init__(*args, user=user, first_choice=[("", "按表里的标题判断")], **kw)
        self.initial.setdefault("effective_on", timezone.localdate())
        if not sees_everything(user):
            del self.fields["source"]


    def clean(self):
        """What was pasted is a file like any other; the file goes before."""
        data = super().clean()
        if "file" in self.too_large:
            self.add_error("file", TOO_BIG)
        elif data.get("pasted", "").strip() and not data.get("file"):
            data["file"] = SimpleUploadedFile(PASTED, data["pasted"].encode())
        elif not data.get("file") and not {"file", "pasted"} & set(self.errors):
            self.add_error("file", NOTHING_SENT)
        return data


class ColumnsForm(ListAndDay):
    """One sheet, the row of its header, and for each column the field it fills."""

    sheet = forms.ChoiceField(label="哪张工作表")
    header_row = forms.IntegerField(label="表头在第几行", min_value=1, max_value=20_000)
    header_rows = forms.TypedChoiceField(
        label="表头有几行", choices=[(1, "一行"), (2, "两行")], coerce=int, empty_value=None, required=False)

    field_order = ["project_list", "effective_on", "sheet", "header_row", "header_rows"]

    def __init__(self, *args, batch, read, sheets, **kw):
        """`read`: the ReadSheet that is shown."""
        chosen = str(batch.project_list_id or read.project_list or (NO_LIST if batch.no_list else ""))
        initial = {"project_list": chosen, "effective_on": batch.effective_on, "sheet": read.name,
                   "header_row": read.header_row, "header_rows": read.header_rows}
        super().__init__(*args, user=batch.uploader, first_choice=[("", "请选一张")], initial=initial, **kw)
        self.batch, self.read, self.sheets = batch, read, sheets
        self.fields["sheet"].choices = [
            (sheet.name, f"{sheet.name}（隐藏的）" if sheet.is_hidden else sheet.name) for sheet in sheets]
        choices = [("", "不导入"), *[(group, [(field.key, field.label) for field in fields])
                                  for group, fields in FIELDS.groups.items()]]
        for index, heading in enumerate(read.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or f"第 {index + 1} 列", choices=choices, required=False, initial=read.columns[index])
        sheet = next((sheet for sheet in sheets if sheet.name == read.name), None)
        self.below = sheet.rows[read.header_row - 1 + read.header_rows:] if sheet else []

    def plain_fields(self):
        return [self[name] for name in self.field_order]

    def columns(self):
        """(bound field, the first things in the column), left to right."""
        for index in range(len(self.read.headings)):
            cells = (plain_text(row[index]) for row in self.below[:50] if index < len(row))
            yield self[f"column_{index}"], [cell for cell in cells if cell][:SAMPLES]

    def chosen_columns(self):
        return [self.cleaned_data.get(f"column_{index}", "") for index in range(len(self.read.headings))]

    def chosen_header(self):
        """(row, how many rows) of the header."""
        return self.cleaned_data["header_row"], self.cleaned_data["header_rows"] or self.read.header_rows

    def clean(self):
        chosen = [key for key in self.chosen_columns() if key]
        for key in dict.fromkeys(chosen):
            if chosen.count(key) > 1:
                raise forms.ValidationError(f"有 {chosen.count(key)} 列都选了“{FIELDS[key].label}”，只能选一列。")
        return self.cleaned_data
