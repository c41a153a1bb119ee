"""What a person says about a 上级表样: its workbook, how it is read, what its columns mean, and what fills it."""
from django import forms
from django.core.exceptions import ValidationError

from guicheng.excel_import.columns import letter_of
from guicheng.excel_import.forms import SheetField, SheetForm
from guicheng.text import is_row_number
from projects.models import ProjectList, ReportingTask, SuperiorForm
from projects.superior_form.heads import MONEY, STOREYS, choices

TASKS_OFFERED = 24
ONE, EACH = "one", "units"
MOST_ROW = 20_000


class UploadForm(SheetForm, forms.ModelForm):
    file = SheetField(label="上级的空表", help_text="没有填过的 .xlsx，照上级发来的样子，不用改。最多 20 MB。")

    class Meta:
        model = SuperiorForm
        fields = ["title", "ground"]

    field_order = ["file", "title", "ground"]

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.fields["file"].widget.attrs["accept"] = ".xlsx"

    def _post_clean(self):
        """The row is made with what its workbook says (`reading.receive`)."""


class ColumnsForm(forms.ModelForm):
    """How a form is read, and for each of its columns what fills it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**9)
    sheet = forms.ChoiceField(label="哪张工作表")
    header_row = forms.IntegerField(label="表头从第几行起", min_value=1, max_value=MOST_ROW)
    header_rows = forms.IntegerField(label="表头有几行", min_value=1, max_value=STOREYS)
    first_line = forms.IntegerField(label="从第几行填起", required=False, min_value=2, max_value=MOST_ROW,
                                    help_text="不写就按看出来的填。")
    last_line = forms.IntegerField(label="填到第几行", required=False, min_value=2, max_value=MOST_ROW,
                                   help_text="合计行上面的最后一行。行不够会自动加，合计跟着走。")

    class Meta:
        model = SuperiorForm
        fields = ["title", "ground", "is_retired"]

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        form = self.instance
        self.fields["sheet"].choices = [(name, f"{name}（隐藏的）" if is_hidden else name)
                                        for name, is_hidden in form.layout.get("sheets", ())]
        for name in ("version", "sheet", "header_row", "header_rows", "first_line", "last_line"):
            self.initial.setdefault(name, getattr(form, name))
        for index, heading in enumerate(form.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or f"第 {index + 1} 列", choices=choices(), required=False, initial=form.columns[index])
            if form.columns[index] == "budget":
                self.fields[f"unit_{index}"] = forms.ChoiceField(
                    label=f"{heading}的单位", required=False, initial=form.units[index],
                    choices=[("", "表头没有写单位，请选"), *((unit, unit) for unit in MONEY)])

    def plain_fields(self):
        return [self[name] for name in ("title", "ground", "is_retired")]

    def read_fields(self):
        return [self[name] for name in ("sheet", "header_row", "header_rows", "first_line", "last_line")]

    def columns(self):
        """(its letter, bound field, the field of its unit or None, whether the form computes it), left to right."""
        for index, heading in enumerate(self.instance.headings):
            if heading:
                unit = self[f"unit_{index}"] if f"unit_{index}" in self.fields else None
                is_computed = index in self.instance.layout.get("computed", ())
                yield letter_of(index), self[f"column_{index}"], unit, is_computed

    def chosen_columns(self):
        return [self.cleaned_data.get(f"column_{index}", "") for index in range(len(self.instance.headings))]

    def chosen_units(self):
        return [self.cleaned_data.get(f"unit_{index}", "") for index in range(len(self.instance.headings))]

    @property
    def is_read_anew(self):
        """Whether another sheet or head is named: then the columns are looked at again."""
        said, now = self.cleaned_data, self.instance
        return (said["sheet"], said["header_row"], said["header_rows"]) != (now.sheet, now.header_row, now.header_rows)

    def chosen_lines(self):
        first, last = self.cleaned_data["first_line"], self.cleaned_data["last_line"]
        return (first, last) if first else None

    def clean(self):
        data = super().clean()
        first, last = data.get("first_line"), data.get("last_line")
        if (first is None) != (last is None) or (first and last < first):
            raise ValidationError("从第几行填起、填到第几行要都写，后面的不能小于前面的。")
        head = (data.get("header_row") or 0) + (data.get("header_rows") or 0)
        if first and first < head:
            raise ValidationError("填的行要在表头下面。")
        return data

    def _post_clean(self):
        """The row is checked with what its workbook says (`reading.read_again`)."""


class FillForm(forms.Form):
    """Whose rows fill a form, and whether each unit gets a workbook of its own."""

    source = forms.CharField(label="填谁的", max_length=30)
    by = forms.ChoiceField(label="怎么填", choices=[(ONE, "全部填在一张表里"), (EACH, "每个单位一份，打成压缩包")],
                           required=False)

    def __init__(self, *args, user, has_unit_place=True, **kw):
        super().__init__(*args, **kw)
        if not has_unit_place:  # nowhere to say whose it is
            self.fields["by"].choices = self.fields["by"].choices[:1]
            self.fields["by"].help_text = "表外没有写填报单位的地方，只能填在一张表里。"
        tasks = ReportingTask.objects.visible_to(user).exclude(opened_at=None)
        lists = ProjectList.objects.visible_to(user)
        self.rows = {"task": tasks, "list": lists}
        self.fields["source"].widget = forms.Select(choices=[
            ("报送任务", [(f"task-{task.pk}", task.title) for task in tasks[:TASKS_OFFERED]]),
            ("清单（今天的样子）", [(f"list-{each.pk}", each.title) for each in lists])])

    def clean_source(self):
        """The task or list that is named; None where this person sees none such."""
        kind, _, pk = self.cleaned_data["source"].partition("-")
        if kind not in self.rows or not is_row_number(pk):
            raise ValidationError("要填的应是一个报送任务或一张清单。")
        return self.rows[kind].filter(pk=pk).first()
