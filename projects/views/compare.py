"""Two days beside each other: what finished, began, slipped, appeared or was corrected between them. GET only."""
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.days.as_of import check_day, read_day
from guicheng.days.quarters import Quarter
from guicheng.public.errors import error_page
from guicheng.public.turns import Busy
from guicheng.seal.middleware import already_covered
from guicheng.seal.models import Seal
from projects import heads, summary
from projects.faces import COMPARISON
from projects.report.compare_workbook import XLSX, render_difference
from projects.summary.difference import CORRECTED, CORRECTED_SENTENCE, SHOWN, Difference, Kind
from projects.views.reports import busy_page, drawing


@dataclass(frozen=True)
class End:
    """One of the two days, as the address names it: a day, or a quarter, which stands for its last day."""

    text: str
    day: date
    quarter: Quarter | None = None

    @classmethod
    def read(cls, text, first_day):
        """`first_day`: that of the first entry. Raises ValidationError with one sentence."""
        text = text.strip()
        if "q" not in text.lower():
            day = read_day(text)
            check_day(day, lambda: first_day)
            return cls(text, day)
        quarter = Quarter.parse(text)
        if quarter > Quarter.current():
            raise ValidationError(f"{quarter.title}还没有到，最近可看的是 {Quarter.current().title}。")
        day = min(quarter.last_day, timezone.localdate())
        check_day(day, lambda: first_day)
        return cls(str(quarter), day, quarter)

    @property
    def title(self):
        """ "2021 年第二季度末（2021 年 6 月 30 日）" """
        if self.quarter is None:
            return words.day(self.day)
        return f"{self.quarter.title}{'末' if self.day == self.quarter.last_day else ''}（{words.day(self.day)}）"


def read_ends(query, first_day):
    """The two ends, earlier first, and whether they were asked the other way round. Raises ValidationError."""
    texts = [query.get(name, "").strip() for name in "ab"]
    if not all(texts):
        raise ValidationError("请选好两头：两个季度，或者两个日期。")
    first, last = (End.read(text, first_day) for text in texts)
    if first.day == last.day:
        raise ValidationError(f"两头是同一天（{words.day(first.day)}），没有可比的。")
    return (first, last, False) if first.day < last.day else (last, first, True)


@require_safe
@COMPARISON.guards
def report_compare(request):
    first_day = summary.first_day()
    quarters = _quarters(first_day)
    context = {"quarters": quarters, "a": request.GET.get("a", ""), "b": request.GET.get("b", ""),
               "head": heads.of_comparison(), "is_asked": "a" in request.GET or "b" in request.GET}
    asked = request.GET if context["is_asked"] else _last_two(quarters)
    if not asked:
        return render(request, "projects/report_compare.html", context | _newest_two(quarters))
    try:
        first, last, swapped = read_ends(asked, first_day)
    except ValidationError as error:
        context["sentence"] = error.messages[0]
        return render(request, "projects/report_compare.html", context, status=400)
    difference = Difference(first.day, last.day)
    corrections = difference.corrections
    return render(request, "projects/report_compare.html", context | {
        "first": first, "last": last, "swapped": swapped, "difference": difference,
        "head": heads.of_comparison(difference),
        "a": first.text, "b": last.text,
        "kinds": [(kind, difference.counts[kind], difference.shown[kind]) for kind in Kind],
        "corrections": corrections[:SHOWN], "corrected": difference.corrected,
        "corrected_label": CORRECTED, "corrected_sentence": CORRECTED_SENTENCE,
    })


def _last_two(quarters):
    """What is compared where nobody says what: the last quarter with changes and the one before; {} where none is."""
    quarter = summary.last_changed() if quarters else None
    return {"a": str(quarter.previous), "b": str(quarter)} if quarter and quarter.previous in quarters else {}


def _newest_two(quarters):
    """What is chosen in the form where nothing is compared."""
    return {name: str(quarter) for name, quarter in zip("ba", quarters[:2], strict=False)}


def _quarters(first_day):
    """The quarters to choose from: from the first entry to today, newest first."""
    quarters = [Quarter.current()] if first_day else []
    while quarters and quarters[-1] > Quarter.of(first_day):
        quarters.append(quarters[-1].previous)
    return quarters


@require_safe
@COMPARISON.guards
def compare_file(request):
    first_day = summary.first_day()
    asked = request.GET
    if "a" not in asked and "b" not in asked:
        quarters = _quarters(first_day)
        asked = _last_two(quarters) or _newest_two(quarters)
    try:
        first, last, _ = read_ends(asked, first_day)
    except ValidationError as error:
        return error_page(request, 400, error.messages[0])
    try:
        with drawing():
            cover = Seal.objects.cover()
            content = render_difference(first, last, Difference(first.day, last.day), cover)
    except Busy as busy:
        return busy_page(request, busy)
    response = HttpResponse(content, content_type=XLSX)
    name = f"桂城办实事{first.text}到{last.text}的变化.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return already_covered(response, cover)
