"""Whom a task asks and what: the preview, the opening, the closing, and the next one of its rhythm."""
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from guicheng import words
from guicheng.access.units import people_of
from guicheng.days.workdays import UnknownYear, WorkCalendar
from guicheng.notices.inbox import tell
from guicheng.trail.history import acting
from projects.models import AskedUnit, ReportingTask
from projects.reporting.kinds import kinds


@dataclass
class Asked:
    """What a task would ask, before it is opened: units with what each is asked, and what nobody answers for."""

    units: list  # (unit, [project, or what another kind asks]), communities first
    unanswered: list
    warnings: list

    @property
    def total(self):
        return sum(len(asked) for _, asked in self.units)


def asked(task):
    """An `Asked` of this task, as things stand."""
    units, unanswered, warnings = defaultdict(list), [], []
    for kind in kinds():
        found = kind.asked(task)
        for unit, rows in found.items():
            units[unit] += rows
        unanswered += kind.unanswered(task)
        warnings += kind.warnings(task, list(found))
    return Asked(sorted(units.items(), key=lambda pair: _place(pair[0])), unanswered, warnings)


def _place(unit):
    """Communities as their list has them, then the offices by name."""
    is_office = unit._meta.model_name == "department"
    return is_office, 0 if is_office else unit.order, unit.name


@transaction.atomic
def open_task(task, by):
    """Make the table of each unit and tell its people; give how many rows. Raises ValidationError."""
    task = ReportingTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if task.opened_at:
        raise ValidationError("这次任务已经布置过了。")
    if task.asks_projects and not task.columns.exists():
        raise ValidationError("还没有选要填的栏目。")
    if task.due_at <= timezone.now():
        raise ValidationError("报送截止已经过了，请先改。")
    found = asked(task)
    if not found.units:
        raise ValidationError("照这样选，没有一个项目或数据项要问；请看选的清单、单位、数据项和“只问没办完的”。")
    task.opened_at, task.opened_by = timezone.now(), by
    task.save()
    units = AskedUnit.objects.bulk_create(
        [AskedUnit(task=task, **{unit._meta.model_name: unit}) for unit, _ in found.units])
    of_unit = {unit: (row, asked) for row, (unit, asked) in zip(units, found.units, strict=True)}
    number = sum(kind.open(task, of_unit) for kind in kinds())
    for row in units:
        _tell(task, row)
    return number


def _tell(task, row):
    due = timezone.localtime(task.due_at)
    tell(people_of([row.unit]), f"reporting:{row.pk}", f"请报：{task}",
         f"{words.day(due.date())} {due:%H:%M} 前交。依据：{task.ground}", row.get_absolute_url(),
         matter="报送任务", direct=not task.is_sample)


@transaction.atomic
def close_task(task, by):
    """Write down how each row stands now, for good. What is handed in afterwards is 补报. Raises ValidationError."""
    task = ReportingTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if not task.is_open:
        raise ValidationError("这次任务不在报，不能关闭。" if task.opened_at is None else "这次任务已经关闭了。")
    # whoever hands in holds the row's lock, and reads the task after it: before or after, never between
    number = sum(kind.close(task) for kind in kinds())
    task.closed_at, task.closed_by = timezone.now(), by
    task.save()
    return number


# --- days -------------------------------------------------------------------------------------------
def due_before(due):
    """`due` on the working day it falls on, or the last one before it; as it is where the calendar does not reach."""
    local = timezone.localtime(due)
    try:
        day = WorkCalendar.load().on_or_before(local.date())
    except UnknownYear:
        return due
    return timezone.make_aware(datetime.combine(day, local.time()))


def next_days(task):
    """(as_of, deadline before it leaves a day off) of the next task of the same rhythm; None where it is asked once."""
    if task.rhythm == task.Rhythm.ONCE:
        return None
    as_of = _next(task.as_of, task.rhythm)
    meant = timezone.localtime(task.meant_at or task.due_at)
    return as_of, timezone.make_aware(datetime.combine(as_of + (meant.date() - task.as_of), meant.time()))


@transaction.atomic
def prepare_next(task, by):
    """Prepare the next task of the same rhythm: all it asks and how, with the days moved on; give it.

    It is looked at and opened like any other. There is one: asked again, it is given again. Raises ValidationError.
    """
    task = ReportingTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    there = ReportingTask.objects.filter(previous=task).first()
    if there:
        return there
    days = next_days(task)
    if task.opened_at is None or days is None:
        raise ValidationError("只问一次的任务没有下一期。" if task.opened_at else "这次任务还没有布置，没有下一期。")
    own = {field.name: getattr(task, field.name) for field in task._meta.concrete_fields
           if field.editable and not field.primary_key}
    as_of, meant_at = days
    following = ReportingTask(**own | {
        "title": _title_of(task, as_of), "as_of": as_of, "due_at": due_before(meant_at), "meant_at": meant_at,
        "previous": task, "is_sample": task.is_sample})
    following.full_clean()
    with acting(by):
        following.save()
        for many in task._meta.many_to_many:
            getattr(following, many.name).set(getattr(task, many.name).all())
    for column in task.columns.all():
        column.pk, column.task, column._state.adding = None, following, True
        column.save()
    return following


def _title_of(task, as_of):
    """The title with the month of the new day; where it names none, the usual one."""
    title = re.sub(rf"{task.as_of.year} ?年 ?{task.as_of.month} ?月", f"{as_of.year} 年 {as_of.month} 月", task.title)
    return title if title != task.title else f"{as_of.year} 年 {as_of.month} 月项目进展"


def _next(day, rhythm):
    if rhythm == ReportingTask.Rhythm.HALF_MONTH:
        return day.replace(day=15) if day.day < 15 else _month_end(day) if day < _month_end(day) \
            else (day + timedelta(days=15)).replace(day=15)
    steps = 1 if rhythm == ReportingTask.Rhythm.MONTH else 3
    was_end = day == _month_end(day)
    first = day.replace(day=1)
    for _ in range(steps):
        first = (first + timedelta(days=32)).replace(day=1)
    return _month_end(first) if was_end else first.replace(day=min(day.day, _month_end(first).day))


def _month_end(day):
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
