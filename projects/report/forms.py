"""What the office types about a quarterly report: the text with its figures, the signature, the reason to reopen."""
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from guicheng.days.quarters import Quarter
from guicheng.office.watched import AsksAboutWords
from projects.models import QuarterReport, QuarterSigning
from projects.report.build import document_of
from projects.report.prose import WRITTEN
from projects.report.tokens import fill, tokens
from projects.supervision.forms import CleanForm, text_field

YEARS_BACK = 12


class NewReportForm(forms.ModelForm):
    """Which quarter and in which register: by default a 报告 of the one that ended last."""

    class Meta:
        model = QuarterReport
        fields = ["year", "number", "kind"]
        widgets = {"year": forms.Select}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last, this_year = Quarter.current().previous, timezone.localdate().year
        self.fields["year"].widget.choices = [
            (year, f"{year} 年") for year in range(this_year, this_year - YEARS_BACK, -1)]
        self.initial = {"year": last.year, "number": last.number, **self.initial}


class ReportForm(forms.ModelForm):
    """The text and the paper. A token that names no figure is refused, with everything typed kept."""

    class Meta:
        model = QuarterReport
        fields = ["kind", "title", "issuer", "has_red_head", "addressee", "copied_to", "printed_by", "is_released",
                  *WRITTEN, "cases"]
        widgets = {name: forms.Textarea(attrs={"rows": 2 if name == "opening" else 14}) for name in WRITTEN}

    def clean(self):
        cleaned = super().clean()
        known = None
        for name in WRITTEN:
            text = cleaned.get(name) or ""
            if "{" not in text and "｛" not in text:
                continue
            known = known or tokens(document_of(self.instance.quarter).figures)
            try:
                fill(text, known)
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned


class SigningForm(AsksAboutWords, forms.ModelForm):
    """签发: what the paper says of its number, who signed it and when."""

    class Meta:
        model = QuarterSigning
        fields = ["document_number", "signer", "signed_on", "printed_on"]
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                   for name in ("signed_on", "printed_on")}


class ReopenForm(AsksAboutWords, CleanForm):
    writes = {"reason": "projects.QuarterReopening.reason"}
    reason = text_field("原因", "写清要改什么、为什么；居民会看到。以前的锁定会保留。", rows=3)
