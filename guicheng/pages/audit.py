"""The audit trail for 安全审计员: every change of content and every step of review, newest first."""
import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.apps import apps
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from guicheng.tables.exports import csv_response
from guicheng.text import clean_text
from guicheng.trail.audit import AuditEntry, start_of
from projects.models import ReviewStep

PER_PAGE = 50
STEPS = "review"


@dataclass
class Line:
    """One thing somebody did."""

    at: datetime
    who: str
    what: str
    model: str
    row: str
    reason: str
    changes: list
    token: str
    model_key: str  # of the row on whose page it is shown
    pk: int
    name: str = "history"

    def page_for(self, user):
        """The address of that page for somebody who may see such rows; "" for others."""
        model = apps.get_model(self.model_key)
        if not site.is_registered(model):
            return ""
        may = user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
        return reverse(f"admin:{self.model_key.replace('.', '_')}_{self.name}", args=[self.pk]) if may else ""


class AuditForm(forms.Form):
    """What to look for. All may be empty."""

    who = forms.CharField(label="谁", max_length=40, required=False)
    text = forms.CharField(label="内容、名称或原因", max_length=80, required=False)
    model = forms.ChoiceField(label="类别", required=False)
    first = forms.DateField(label="从哪天", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="到哪天", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [("", "全部"), (STEPS, "进展审核"), *recorded_models()]

    def clean_who(self):
        return clean_text(self.cleaned_data["who"])

    def clean_text(self):
        return clean_text(self.cleaned_data["text"])

    def clean(self):
        found = super().clean()
        first, last = found.get("first"), found.get("last")
        for day in (first, last):
            if day and not 1990 <= day.year <= 2100:
                raise ValidationError("日期应在 1990 年到 2100 年之间，请检查年份。")
        if first and last and first > last:
            raise ValidationError("“从哪天”不能晚于“到哪天”。")
        return found


def recorded_models():
    return sorted(((model._meta.label_lower, model._meta.verbose_name) for model in apps.get_models()
                   if hasattr(model, "recorder")), key=lambda each: each[1])


# --- the two registers -----------------------------------------------------------------------------
def entries(wanted):
    rows = AuditEntry.objects.on_days(wanted["first"], wanted["last"]).newest_first()
    if wanted["model"]:
        rows = rows.filter(model=wanted["model"])
    rows = rows.by_person(wanted["who"]) if wanted["who"] else rows
    return rows.saying(wanted["text"]) if wanted["text"] else rows


def steps(wanted):
    rows = ReviewStep.objects.select_related("by", "update__project").order_by("-at", "-pk")
    if wanted["model"] not in ("", STEPS):
        return rows.none()
    if wanted["first"]:
        rows = rows.filter(at__gte=start_of(wanted["first"]))
    if wanted["last"]:
        rows = rows.filter(at__lt=start_of(wanted["last"] + timedelta(days=1)))
    if wanted["who"]:
        rows = rows.filter(Q(by__name__contains=wanted["who"]) | Q(by__username__contains=wanted["who"]))
    if wanted["text"]:
        rows = rows.filter(Q(note__contains=wanted["text"]) | Q(update__project__name__contains=wanted["text"]))
    return rows


def line_of_entry(entry):
    return Line(entry.at, entry.by_name or "系统", entry.get_kind_display(), entry.model_name, entry.row_text,
                entry.reason, entry.changes, _token(entry.at, 0, entry.pk),
                entry.owner_model, entry.owner_id)


def line_of_step(step):
    return Line(step.at, str(step.by), step.get_verb_display(), "进展审核", str(step.update), step.note, [],
                _token(step.at, 1, step.pk), "projects.progressupdate", step.update_id, "change")


REGISTERS = [(entries, line_of_entry), (steps, line_of_step)]


def _token(at, register, pk):
    return f"{at.isoformat()}_{register}_{pk}"


def _read(token):
    try:
        at, register, pk = token.split("_")
        at, register, pk = datetime.fromisoformat(at), int(register), int(pk)
        if timezone.is_naive(at) or not 0 <= pk < 2**63 or not 1990 <= at.year <= 2100:
            raise ValueError(token)
    except ValueError as error:
        raise ValidationError("翻页的地址不完整，请从第一页重新翻。") from error
    return at, register, pk


def _after(rows, number, token):
    """The rows of register `number` that come after the token in the order (newest, register, newest pk)."""
    if not token:
        return rows
    at, register, pk = _read(token)
    if number < register:
        return rows.filter(at__lt=at)
    same = Q(at=at, pk__lt=pk) if number == register else Q(at=at)
    return rows.filter(at__lte=at).filter(Q(at__lt=at) | same)


def lines(wanted, token="", limit=None):
    """Yield the lines, newest first. Each register is sorted, so merging reads no more than is taken."""
    sources = []
    for number, (rows_of, line_of) in enumerate(REGISTERS):
        rows = _after(rows_of(wanted), number, token)
        rows = rows[:limit] if limit else rows.iterator(1000)
        sources.append([line_of(row) for row in rows] if limit else map(line_of, rows))
    return heapq.merge(*sources, key=lambda line: -line.at.timestamp())


# --- the pages -------------------------------------------------------------------------------------
def _form(request):
    """The filled-in form. 404 for who may not know that the page is there."""
    if not request.user.has_perm("guicheng.read_audit"):
        raise Http404
    form = AuditForm({name: request.GET.get(name, "") for name in AuditForm.base_fields}, label_suffix="")
    form.is_valid()
    return form


@require_safe
def audit(request):
    form, rows = _form(request), []
    if form.is_valid():
        try:
            rows = list(lines(form.cleaned_data, request.GET.get("after", ""), PER_PAGE + 1))[: PER_PAGE + 1]
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "admin/audit.html", {
        **site.each_context(request), "title": "审计记录", "form": form,
        "lines": [(line, line.page_for(request.user)) for line in rows[:PER_PAGE]],
        "next": rows[PER_PAGE - 1].token if len(rows) > PER_PAGE else "", "after": request.GET.get("after", ""),
    }, status=400 if form.errors else 200)


COLUMNS = [
    ("时刻", lambda row: row[0].at), ("谁", lambda row: row[0].who), ("做了什么", lambda row: row[0].what),
    ("类别", lambda row: row[0].model), ("哪一行", lambda row: row[0].row),
    ("哪一项", lambda row: row[1].get("label", "")), ("原来", lambda row: row[1].get("old", "")),
    ("现在", lambda row: row[1].get("new", "")), ("原因、意见", lambda row: row[0].reason),
]


@require_safe
def audit_export(request):
    """What the page shows, all of it: one line a field."""
    form = _form(request)
    if not form.is_valid():
        return audit(request)
    rows = ((line, change) for line in lines(form.cleaned_data) for change in line.changes or [{}])
    return csv_response(f"审计记录-{timezone.localdate()}.csv", COLUMNS, rows)
