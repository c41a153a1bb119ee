"""The planned days of a list as a calendar (iCalendar, RFC 5545): what is to be done by which day. Names no unit."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.public.address import whole_address
from guicheng.seal.models import Seal
from projects.models import Milestone, Project, ProjectList, Promise, Status

OCTETS = 75  # of a line; a longer one is folded
DAY = timedelta(days=1)
# an event has three states: what is still open is TENTATIVE only while it stands still
STATES = {Status.CANCELLED: "CANCELLED", Status.PAUSED: "TENTATIVE"}


@dataclass(frozen=True)
class Planned:
    """One planned day. `key` stays whatever the day becomes: a calendar moves its entry and keeps none twice."""

    key: str
    day: date
    title: str
    said: tuple
    project: Project
    stamp: datetime

    @property
    def state(self):
        return STATES.get(self.project.status, "CONFIRMED")


def planned_days(projects):
    """The planned days of these projects, by day: due days, promises due on other days, milestones. Three queries."""
    rows = {row.pk: row for row in projects.select_related("project_list", "latest_update")}
    promises = list(Promise.objects.filter(project__in=rows))
    said = {(row.project_id, row.due_on): _promised(row) for row in promises}
    days = [_due(row, said.get((row.pk, row.due_on))) for row in rows.values() if row.due_on]
    for promise in promises:
        project = rows[promise.project_id]
        if promise.due_on != project.due_on:
            days.append(Planned(f"promise-{project.code}-{promise.due_on:%Y%m%d}", promise.due_on,
                                f"承诺到期：{project.name}", (said[project.pk, promise.due_on], *_state_of(project)),
                                project, _stamp(project)))
    for each in Milestone.objects.filter(project__in=rows).exclude(planned_on=None):
        project = rows[each.project_id]
        days.append(Planned(f"milestone-{project.code}-{each.pk}", each.planned_on, f"{each.name}：{project.name}",
                            (*_reached(each), *_state_of(project)), project, _stamp(project)))
    return sorted(days, key=lambda row: (row.day, row.key))


def _promised(row):
    return f"{'' if row.text.startswith('承诺') else '承诺：'}{row.text}（{row.told}）"


def _due(project, promised):
    planned = words.day_range(project.planned_start, project.planned_end) if project.planned_end else ""
    said = [promised, f"计划：{planned}" if planned and project.planned_start else "",
            f"时限原文：{project.schedule_text}" if project.schedule_text else "",
            f"原定 {words.day(project.planned_end)}，已延期"
            if project.planned_end and project.planned_end != project.due_on else ""]
    return Planned(f"due-{project.code}", project.due_on, f"应完成：{project.name}",
                   (*filter(None, said), *_state_of(project)), project, _stamp(project))


def _state_of(project):
    latest = project.latest_update
    yield f"现在：{Status.label_of(project.status)}{f'（{latest.told}）' if latest else ''}"


def _reached(milestone):
    if milestone.actual_on:
        yield f"实际日期：{words.day(milestone.actual_on)}"


def _stamp(project):
    """When what is told of it was last published."""
    if project.latest_update:
        return project.latest_update.recorded_at
    day = project.project_list.announced_on
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


# --- as a calendar ---------------------------------------------------------------------------------
def escaped(text):
    """A text as the standard wants it."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def folded(line):
    """A line in pieces of at most 75 octets, never within a character."""
    pieces, size = [""], 0
    for sign in line:
        width = len(sign.encode())
        if size + width > OCTETS:
            pieces.append(" ")
            size = 1
        pieces[-1] += sign
        size += width
    return "\r\n".join(pieces)


def calendar(title, days, address_of, cover):
    """The days as iCalendar. Each text is covered before its lines are folded: a fold parts words."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//guicheng//planned days//ZH", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{escaped(cover.text(title))}"]
    for row in days:
        said = cover.text("\n".join(row.said))
        lines += [
            "BEGIN:VEVENT", f"UID:{row.key}@guicheng", f"DTSTAMP:{row.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{row.day:%Y%m%d}", f"DTEND;VALUE=DATE:{row.day + DAY:%Y%m%d}",
            f"SUMMARY:{escaped(cover.text(row.title))}", f"DESCRIPTION:{escaped(said)}", f"STATUS:{row.state}",
            "TRANSP:TRANSPARENT", f"URL:{address_of(row.project)}", "END:VEVENT"]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


@require_safe
def list_planned(request, slug):
    """The planned days of a list, to be kept by a calendar that asks again."""
    row = get_object_or_404(ProjectList.objects.published(), slug=slug)
    title = f"{row.title}{'（示例）' if row.is_sample else ''}：计划的日子"
    text = calendar(title, planned_days(Project.objects.published().filter(project_list=row)),
                    lambda project: whole_address(project.get_absolute_url(), request), Seal.objects.cover())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(False, f"{row.slug}.ics")
    return response
