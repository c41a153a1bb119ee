"""The 督办台: what is late, soon due, quiet or incomplete in a person's scope; and this week as plain text."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.days.workdays import UnknownYear, missing_year
from guicheng.tables.exports import csv_response
from projects import summary
from projects.models import ProgressUpdate, Project, Status
from projects.permissions import is_told_of_calendar
from projects.supervision import late
from projects.supervision.late import MISSING, rows_of
from projects.supervision.unheard import unheard_units

PAGE = 50
UNIT = ("责任单位", lambda row: row.unit)
DUE = ("应于", lambda row: row.due_on)


@dataclass(frozen=True)
class Section:
    """One list of the desk: which projects, and what the table and its file show beside the project."""

    title: str
    find: object
    columns: list
    empty: str


SECTIONS = {
    "late": Section("逾期", late.overdue, [
        ("责任单位／责任人", lambda row: "，".join(filter(None, [row.unit, row.person]))), DUE,
        ("已晚几天", lambda row: row.days_late), ("卡在哪", lambda row: row.stuck),
        ("需谁协调", lambda row: row.coordination), ("下一步", lambda row: row.next_step),
        ("批示", lambda row: row.instruction)], "没有逾期的项目。"),
    "pending": Section("到期待核", late.pending, [
        UNIT, DUE, ("最近进展日", lambda row: row.moved_on or "还没有进展"), ("联系人", lambda row: row.contact),
        ("批示", lambda row: row.instruction)], "没有到期待核的项目。"),
    "soon": Section("将到期", late.due_soon, [
        UNIT, DUE, ("下一步", lambda row: row.next_step), ("批示", lambda row: row.instruction)],
        "没有快到期的项目。"),
    "stale": Section("久无进展", late.stale, [
        UNIT, ("最近进展日", lambda row: row.moved_on or "还没有进展"), ("已几天", lambda row: row.days_quiet),
        ("联系人", lambda row: row.contact)], "没有久无进展的项目。"),
    "missing": Section("缺资料", None, [
        UNIT, ("缺什么", lambda row: row.missing), ("联系人", lambda row: row.contact)], "资料都齐了。"),
}


def _scope(request):
    """The projects of this desk: real ones, or on request the samples and nothing else."""
    samples = request.GET.get("sample") == "1"
    return Project.objects.visible_to(request.user).filter(is_sample=samples), samples


def _found(key, projects, day, request):
    if key == "missing":
        return late.incomplete(projects, request.GET.get("lack", ""))
    return SECTIONS[key].find(projects, day)


def _section(request):
    key = request.GET.get("list", "late")
    if key not in SECTIONS:
        raise Http404
    return key, SECTIONS[key]


def show(site, request):
    key, section = _section(request)
    day = timezone.localdate()
    projects, samples = _scope(request)
    page, rows, unknown = None, [], ""
    counts = summary.on_desk(projects, day, request.GET.get("lack", ""))
    try:
        pages = Paginator(_found(key, projects, day, request), PAGE)
    except UnknownYear as error:
        unknown = str(error)
    else:
        pages.count = counts[key]
        page = pages.get_page(request.GET.get("page"))
        rows = rows_of(page.object_list, day)
    tabs = [(name, each.title, "？" if counts[name] is None else counts[name]) for name, each in SECTIONS.items()]
    year = missing_year(day) if is_told_of_calendar(request.user) else None
    return render(request, "admin/projects/desk.html", {
        **site.each_context(request), "title": "督办台", "key": key, "section": section, "tabs": tabs, "page": page,
        "unheard": unheard_units(request.user) if request.user.has_perm("projects.start_supervision") else [],
        "unknown": unknown, "day": day, "missing_year": year, "samples": samples,
        "has_samples": samples or Project.objects.visible_to(request.user).filter(is_sample=True).exists(),
        "everything": sees_everything(request.user), "kinds": MISSING, "lack": request.GET.get("lack", ""),
        "rows": [(row, [(title, _cell(get(row))) for title, get in section.columns]) for row in rows],
    })


def _cell(value):
    """A value as the page shows it; the file keeps days and numbers as such."""
    if hasattr(value, "year"):
        return words.day(value)
    return "—" if value in ("", None) else value


def as_csv(request):
    """The whole list that the page shows in pages."""
    key, section = _section(request)
    day = timezone.localdate()
    try:
        rows = rows_of(_found(key, _scope(request)[0], day, request), day)
    except UnknownYear as error:
        rows, columns = [str(error)], [("说明", lambda row: row)]
    else:
        columns = [("编号", lambda row: row.project.code), ("项目", lambda row: row.project.name),
                   ("灯", lambda row: row.light.word), ("灯的说明", lambda row: row.light.sentence), *section.columns]
    return csv_response(f"督办台-{section.title}-{day}.csv", columns, rows)


# --- this week -----------------------------------------------------------------------------------
def week(site, request):
    """This week's published progress of one's own projects as plain text, to be copied in one tap."""
    today = timezone.localdate()
    last = request.GET.get("week") == "last"
    monday = today - timedelta(days=today.weekday() + (7 if last else 0))
    rows = _of_week(request.user, monday)
    return render(request, "admin/projects/week.html", {
        **site.each_context(request), "title": "上周进展" if last else "本周进展", "last": last,
        "count": len(rows), "text": week_text(rows, monday, last),
    })


def _of_week(user, monday):
    """Those published in the week that still stand, of public projects in scope."""
    first, end = (timezone.make_aware(datetime.combine(day, datetime.min.time()))
                  for day in (monday, monday + timedelta(days=7)))
    projects = Project.objects.published().real().visible_to(user)
    rows = ProgressUpdate.objects.in_force().filter(project__in=projects, recorded_at__gte=first, recorded_at__lt=end)
    rows = list(rows.select_related("project").order_by("project__project_list", "project__number", "project", "seq"))
    # the last status of a project's day; where that is finished, 70 % of the same day no longer holds
    last = {(row.project_id, row.effective_on): row for row in rows if row.status}
    ends = {key: row for key, row in last.items() if row.status in Status.DONE}
    return [row for row in rows if ends.get((row.project_id, row.effective_on), row) is row]


def week_text(rows, monday, last=False):
    """The sentences, one project statement a line; only what residents may read."""
    sunday = monday + timedelta(days=6)
    span = f"{monday.month} 月 {monday.day} 日—{sunday.month} 月 {sunday.day} 日"
    head = f"{'上' if last else '本'}周进展（{span}，{len(rows)} 条）"
    return "\n".join([head, *(f"{number}. {_line(row)}" for number, row in enumerate(rows, 1))])


def _line(row):
    is_done, is_closed = row.status in Status.DONE, row.kind == ProgressUpdate.Kind.CLOSURE
    said = ["已销号" if is_closed else row.get_status_display() if row.status else "",
            f"完成 {row.percent}%" if row.percent is not None and not is_done else "",
            f"延期到 {words.day(row.postponed_to)}" if row.postponed_to else ""]
    state = "，".join(filter(None, said))
    text = " ".join(filter(None, [row.text.replace("\n", " "), row.reason.replace("\n", " ")]))
    parts = [f"{state}。" if state else "", text]
    return f"{row.project.name}：{''.join(parts)}（{row.effective_on.month} 月 {row.effective_on.day} 日）"
