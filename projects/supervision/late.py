"""What is late, soon due, quiet or incomplete: the lists of the 督办台, the first page and their files.

The state is today's (the projections); `day` is the day it is compared with.
"""
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from guicheng import words
from guicheng.days.compiled import compiled
from guicheng.days.workdays import WorkCalendar
from projects.models import Instruction, LightRule, ProgressUpdate, Project, Status
from projects.models.then import NEVER, is_told_unfinished
from projects.supervision.lights import DUE, RESTING, Light, lights_of

NOTES = ["problem", "delay_reason", "coordination", "next_step"]


# --- which projects ------------------------------------------------------------------------------
def unfinished(projects):
    """Those somebody has to finish, each with its day as `due`: what the conditions below are asked of."""
    return projects.answered_for().exclude(status__in=RESTING).annotate(due=DUE)


def is_past(day):
    return Q(due__lt=day) & ~Q(status=Status.STANDING)


def is_overdue(day):
    """Past its day, and a statement after it says that it was not finished."""
    return is_past(day) & Q(is_told_unfinished("due", day))


def is_due_soon(day, rule):
    """Due within the rule's working days. Raises UnknownYear where the calendar does not reach."""
    calendar, last = WorkCalendar.load(), day
    while calendar.is_within(day, last + timedelta(days=1), rule.due_within):
        last += timedelta(days=1)
    return Q(due__range=(day, last))


def is_stale(day, rule):
    """Begun and public for as long as the rule says, and nobody said anything in that time."""
    limit = day - timedelta(days=rule.stale_days)
    return (Q(planned_start=None) | Q(planned_start__lte=limit)) & (
        Q(project_list=None) | Q(project_list__announced_on__lte=limit)) & Q(
        moved_on__lte=limit) & ~Q(status=Status.STANDING)


MISSING = {
    "plan": ("计划", Q(planned_start=None) | Q(planned_end=None)),
    "unit": ("责任单位", Q(lead_department=None)),
    "contact": ("联系人或电话", Q(contact="") & (Q(lead_department=None) | Q(lead_department__contact=""))
                | Q(phone="") & (Q(lead_department=None) | Q(lead_department__phone=""))),
    "community": ("社区", Q(community=None)),
    "description": ("内容", Q(description="")),
}


def is_incomplete(field=""):
    """Something is missing, or that one thing."""
    if field in MISSING:
        return MISSING[field][1]
    return Q(*(condition for _, condition in MISSING.values()), _connector=Q.OR)


def overdue(projects, day):
    """The longest late first."""
    return unfinished(projects).filter(is_overdue(day)).order_by("due", "pk")


def pending(projects, day):
    """到期待核: past their day, and nobody has said since whether they were finished; the longest silent first."""
    return unfinished(projects).filter(is_past(day), ~is_told_unfinished("due", day)).order_by("due", "pk")


def due_soon(projects, day):
    """Raises UnknownYear."""
    return unfinished(projects).filter(is_due_soon(day, LightRule.objects.in_force(day))).order_by("due", "pk")


def stale(projects, day):
    """The quietest first."""
    return unfinished(projects).filter(is_stale(day, LightRule.objects.in_force(day))).order_by("moved_on", "pk")


def incomplete(projects, field=""):
    return unfinished(projects).filter(is_incomplete(field)).order_by("project_list", "number", "pk")


# --- what is said of them ------------------------------------------------------------------------
@dataclass
class Row:
    """One project of a list, with all that the tables and files show of it."""

    project: object
    light: Light
    day: object
    stuck: str = ""
    coordination: str = ""
    next_step: str = ""
    instruction: str = ""

    @property
    def unit(self):
        return str(self.project.lead_department or self.project.community or "没有责任单位")

    @property
    def person(self):
        office = self.project.lead_department
        return self.project.leader or (office.leader if office else "") or self.contact

    @property
    def contact(self):
        office = self.project.lead_department
        return self.project.contact or (office.contact if office else "")

    @property
    def due_on(self):
        return self.project.due_on or self.project.planned_end

    @property
    def days_late(self):
        return max((self.day - self.due_on).days, 0) if self.due_on else 0

    @property
    def moved_on(self):
        return None if self.project.moved_on == NEVER else self.project.moved_on

    @property
    def days_quiet(self):
        return (self.day - self.moved_on).days if self.moved_on else None

    @property
    def missing(self):
        """The names of what is missing, as `incomplete` finds them."""
        project, office = self.project, self.project.lead_department
        phone = project.phone or (office.phone if office else "")
        there = {
            "plan": project.planned_start and project.planned_end, "unit": office, "contact": self.contact and phone,
            "community": project.community_id, "description": project.description,
        }
        return "、".join(MISSING[name][0] for name, value in there.items() if not value)


def rows_of(projects, day=None):
    """The Rows of these projects, in their order, in a fixed number of queries."""
    day = day or timezone.localdate()
    if hasattr(projects, "select_related"):
        projects = projects.select_related("lead_department", "community").lean()
    projects = list(projects)
    keys = [project.pk for project in projects]
    lights, notes, instructions = lights_of(projects, day), _notes(keys), _instructions(keys)
    return [Row(project, lights[project.pk], day, **notes[project.pk], instruction=instructions.get(project.pk, ""))
            for project in projects]


def late_table(projects, day=None):
    """The one table of what is late: the Rows of the overdue among `projects`, the longest late first."""
    day = day or timezone.localdate()
    return rows_of(overdue(projects, day), day)


def late_rows(keys, day):
    """The Rows of these overdue projects, in the order of that table."""
    return rows_of(_longest_late(keys=keys), day)


@compiled(keys=[Project._meta.pk])
def _longest_late(keys):
    rows = unfinished(Project.objects.filter(pk__in=keys)).order_by("due", "pk")
    return rows.select_related("lead_department", "community").lean()


def _notes(keys):
    """The newest problem or reason, coordination and next step that anybody stated of each project."""
    notes = defaultdict(dict)
    for row in _noted(keys=keys):
        found = notes[row["project"]]
        said = "；".join(filter(None, [row["problem"], row["delay_reason"]]))
        for name, text in (("stuck", said), ("coordination", row["coordination"]), ("next_step", row["next_step"])):
            if text:
                found.setdefault(name, text)
    return notes


@compiled(keys=[Project._meta.pk])
def _noted(keys):
    wanted = Q()
    for name in NOTES:
        wanted |= ~Q(**{name: ""})
    rows = ProgressUpdate.objects.in_force().filter(wanted, project__in=keys).newest_first()
    return rows.values("project", *NOTES)


def _instructions(keys):
    return {row.project_id: f"{row.text}（{row.by}，{words.day(row.at)}）" for row in _instructed(keys=keys)}


@compiled(keys=[Project._meta.pk])
def _instructed(keys):
    return Instruction.objects.filter(project__in=keys).select_related("by").order_by("pk")
