"""What the office and a unit's reviewer may type about answers, and what a 汇总表 is narrowed by."""
from django import forms
from django.core.exceptions import BadRequest

from guicheng.files.attach import read_paper
from guicheng.files.papers import MAX_BYTES
from guicheng.text import is_row_number
from projects.models import ReportingScan, Standing
from projects.supervision.forms import CleanForm, text_field

WRONG = "筛选条件不对，请从汇总表重新筛选。"


class ReturnForm(CleanForm):
    reason = text_field("退回的原因", "写清哪里不对、要补什么；单位会看到这句话。", rows=3)
    up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    beside = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)


class ReleaseForm(CleanForm):
    """审签. `by` uploads the scan."""

    filler = forms.CharField(label="填表人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话（办公）", max_length=40, required=False)
    up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    beside = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    scan = forms.FileField(
        label="盖章扫描件（PDF）", required=False,
        help_text=f"不超过 {MAX_BYTES // 1024 // 1024} MB，只有工作人员看得到。",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf", "data-max-bytes": MAX_BYTES}))

    def __init__(self, *args, by, needs_scan, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["scan"].required = needs_scan
        self.fields["scan"].error_messages["required"] = "这次任务要盖章扫描件，请选一份 PDF。"

    def clean_scan(self):
        """An unsaved ReportingScan whose file is in place, or None."""
        file = self.cleaned_data["scan"]
        return read_paper(file, self.by, ReportingScan) if file else None


class WordingForm(CleanForm):
    """The office's wording of the columns that a task asks, each beside the unit's own text."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, columns, said, **kwargs):
        """`columns`: (key, label); `said`: what the unit wrote, by key."""
        super().__init__(*args, **kwargs)
        for key, label in columns:
            beside = f"单位写的：{said[key]}" if said.get(key) else "单位没有写。"
            self.fields[key] = text_field(label, beside, rows=3, required=False)


class GridFilter:
    """The unit and the standing that a 汇总表 is narrowed by. Raises BadRequest for a value that is none."""

    def __init__(self, query, units):
        self.units = list(units)
        self.unit, self.standing = self._unit(query.get("unit", "")), query.get("standing", "")
        if self.standing and self.standing not in Standing.values:
            raise BadRequest(WRONG)

    def _unit(self, pk):
        if not pk:
            return None
        found = [unit for unit in self.units if is_row_number(pk) and unit.pk == int(pk)]
        if not found:
            raise BadRequest(WRONG)
        return found[0]

    def narrow(self, rows):
        rows = rows.filter(unit=self.unit) if self.unit else rows
        return rows.filter(standing=self.standing) if self.standing else rows

    @property
    def values(self):
        """Its values for an address."""
        return {name: value for name, value in [("unit", self.unit and self.unit.pk), ("standing", self.standing)]
                if value}

    @property
    def in_words(self):
        return "、".join(filter(None, [str(self.unit or ""), self.standing and Standing(self.standing).label]))

