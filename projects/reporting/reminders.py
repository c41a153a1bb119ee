"""Reminding units whose rows are not all handed in: by itself before the deadline, each kind once; 催报 by a person.

Nobody is ranked or counted but units, and each is told of its own table.
"""
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from guicheng import words
from guicheng.access.units import people_of
from guicheng.days.workdays import WorkCalendar
from guicheng.notices.inbox import tell
from projects.models import AskedUnit, ReportingReminder, ReportingRow, ReportingTask, Standing

Kind = ReportingReminder.Kind
AHEAD = 3  # working days before the deadline
NOBODY = "看过的这些单位都交齐了，没有要催的。"
NOT_OPEN = "这次任务不在报，不能催报。"


@dataclass
class Reminders:
    """What a run sent, or would send."""

    tasks: int = 0
    units: int = 0
    lines: list = field(default_factory=list)  # a unit each: what, and who of it

    def __str__(self):
        return f"报送任务提醒：{self.tasks} 次任务，{self.units} 个单位。" if self.tasks else ""


def remind(day=None, *, samples=False, dry_run=False):
    """Send what is due by `day` of all running tasks; give the Reminders. Run again, it sends nothing twice."""
    day, calendar, done = day or timezone.localdate(), WorkCalendar.load(), Reminders()
    for task in ReportingTask.objects.running().filter(is_sample=samples).order_by("pk"):
        kind = due_kind(task, day, calendar)
        if kind and not task.reminders.filter(kind=kind).exists():
            _remind(task, kind, done, dry_run)
    return done


def due_kind(task, day, calendar):
    """Which reminder belongs to this day; None where there is none. Raises UnknownYear."""
    due = timezone.localdate(task.due_at)
    if day > due or day == timezone.localdate() and task.due_at <= timezone.now():
        return None
    if day == due:
        return Kind.TODAY
    return Kind.SOON if calendar.is_within(day, due, AHEAD) else None


def days_of_reminders(task, calendar):
    """{kind: the first day on which it is sent}. Raises UnknownYear."""
    due = timezone.localdate(task.due_at)
    first = due
    while calendar.is_within(first - timedelta(days=1), due, AHEAD):
        first -= timedelta(days=1)
    return {Kind.SOON: first, Kind.TODAY: due}


def _remind(task, kind, done, dry_run):
    with transaction.atomic():
        # no_key: rows of units may be handed in meanwhile; a second run waits here and finds it sent
        task = ReportingTask.objects.select_for_update(no_key=True).get(pk=task.pk)
        if not task.is_open or task.reminders.filter(kind=kind).exists():
            return
        units = to_remind(task)
        if not units:
            return
        done.tasks, done.units = done.tasks + 1, done.units + len(units)
        if dry_run:
            for unit in units:
                names = "、".join(map(str, people_of([unit.unit]))) or "没有可用的账号，没有人会收到"
                done.lines.append(f"报送提醒　{task}（{kind.label}），发给{unit}（{names}）")
            return
        _send(task, kind, units)


def to_remind(task):
    """The units that have not handed in all, in the list's order."""
    open_rows = ReportingRow.objects.filter(unit__task=task).with_standing().exclude(standing__in=Standing.ANSWERED)
    return list(AskedUnit.objects.filter(task=task, pk__in=open_rows.values("unit")).in_list_order())


def _send(task, kind, units, by=None):
    """Write the reminder down and tell the units; give (those told, those without an account)."""
    people = {unit: people_of([unit.unit]) for unit in units}
    reached = [unit for unit in units if people[unit]]
    reminder = ReportingReminder.objects.create(
        task=task, kind=kind, told=len(reached), without_account=len(units) - len(reached), by=by,
        is_sample=task.is_sample)
    due = timezone.localtime(task.due_at)
    head = "催报" if kind == Kind.URGE else "快到截止" if kind == Kind.SOON else "今天截止"
    text = f"{words.day(due.date())} {due:%H:%M} 前交，还没有报齐；没有变化的报“零报告”。"
    for unit in reached:
        tell(people[unit], f"reporting-reminder:{reminder.pk}:{unit.pk}", f"{head}：{task}", text,
             unit.get_absolute_url())
    return reached, [unit for unit in units if not people[unit]]


@transaction.atomic
def urge(task, shown, by):
    """催报: tell those of the units that were shown (keys) which still have not handed in all; give how many.

    Raises ValidationError where there is none left, or the task is not running.
    """
    task = ReportingTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if not task.is_open:
        raise ValidationError(NOT_OPEN)
    units = [unit for unit in to_remind(task) if unit.pk in shown]
    if not units:
        raise ValidationError(NOBODY)
    reached, _ = _send(task, Kind.URGE, units, by)
    return len(reached)
