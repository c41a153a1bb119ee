"""How far a 报送任务 is: rows by standing, of the whole and of each unit. Rows are counted, never persons."""
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Count, Max, Min, OuterRef, Q, Subquery, When

from guicheng.access.units import behind
from projects.models import AskedUnit, ReportingRelease, ReportingRow, ReportingTask, Standing
from projects.reporting.kinds import kinds, marks_of


@dataclass(frozen=True)
class Part:
    """One stretch of a bar, in hundredths of it."""

    standing: str
    count: int
    start: float
    width: float

    @property
    def label(self):
        return Standing(self.standing).label


@dataclass(frozen=True)
class Progress:
    """The rows of a task, or of one unit of it."""

    counts: Counter

    def beside(self, parts):
        """With the rows of these parts of a unit's page."""
        return Progress(sum((part.counts for part in parts), self.counts))

    @property
    def total(self):
        return sum(self.counts.values())

    @property
    def answered(self):
        return sum(self.counts[each] for each in Standing.ANSWERED)

    @property
    def left(self):
        return self.total - self.answered

    @property
    def is_whole(self):
        return self.answered == self.total

    @property
    def is_unbegun(self):
        return self.counts[Standing.UNTOUCHED] == self.total

    @property
    def parts(self):
        start, found = 0.0, []
        for standing in Standing.values:
            if count := self.counts[standing]:
                width = 100 * count / self.total
                found.append(Part(standing, count, round(start, 2), round(width, 2)))
                start += width
        return found

    @property
    def word(self):
        """Where it stands, in a word: what is returned first, then what is there."""
        if self.is_whole:
            return "都交了"
        for standing in (Standing.RETURNED, Standing.DRAFT):
            if self.counts[standing]:
                return f"{standing.label} {self.counts[standing]}"
        return "没开始" if self.is_unbegun else f"还差 {self.total - self.answered}"

    @property
    def kind(self):
        if self.is_whole:
            return "whole"
        return "returned" if self.counts[Standing.RETURNED] else "unbegun" if self.is_unbegun else "begun"


@dataclass(frozen=True)
class TaskProgress:
    whole: Progress
    units: list  # (AskedUnit, Progress), in the list's order
    without_account: list
    released: frozenset  # keys of the units whose table stands as it was released
    waiting_since: datetime | None  # of the rows that wait for review, when the first was handed in
    late: int  # rows that stand as they were handed in after the closing
    beside: tuple = ()  # the other kinds of rows that it asks

    @property
    def to_urge(self):
        """The units that have not reported all, in the list's order, unranked."""
        return [unit for unit, progress in self.units if not progress.is_whole]

    @property
    def to_release(self):
        """The units that have reported all and whose own reviewer has not let the table go."""
        return [unit for unit, progress in self.units if progress.is_whole and unit.pk not in self.released]

    @property
    def figures(self):
        """How many units: all of them, with all handed in, not begun, with rows returned, and with a part of it."""
        kinds = Counter(progress.kind for _, progress in self.units)
        return {"units": len(self.units), "to_urge": len(self.to_urge), "to_release": len(self.to_release),
                "without_account": len(self.without_account),
                "waiting": self.whole.counts[Standing.HANDED_IN], "late": self.late,
                **{name: kinds[name] for name in ("whole", "unbegun", "returned", "begun")}}


def whole_progress(unit):
    """The Progress of all that one unit is asked. One query for each kind of row."""
    return Progress(sum((Counter(dict(kind.of_unit(unit).with_standing().order_by().values_list(
        "standing").annotate(Count("pk")))) for kind in kinds()), Counter()))


def unit_standings(unit):
    """({row's key: standing} in the table's order, the Progress of it). One query, whatever a page of it asks."""
    rows = ReportingRow.objects.filter(unit=unit).with_standing().in_table_order()
    standings = dict(rows.values_list("pk", "standing"))
    return standings, Progress(Counter(standings.values()))


def task_progress(task):
    """A TaskProgress, in one query and one for each kind of row."""
    counts, newest, since, late, beside = defaultdict(Counter), defaultdict(Counter), [], 0, []
    for kind in kinds():
        found = list(kind.rows.objects.filter(unit__task=task).with_standing().order_by().values_list(
            "unit", "standing").annotate(Count("pk"), Max("latest"), Min("latest__at"),
                                         after=Count("pk", filter=Q(latest__is_late=True))))
        for unit, standing, count, last, first_at, after in found:
            counts[unit][standing] += count
            newest[unit][kind.name] = max(newest[unit][kind.name], last or 0)
            since += [first_at] * (standing == Standing.HANDED_IN)
            late += after
        beside += [kind] * bool(kind.name and found)
    units = list(_asked(task))
    progress = {unit: Progress(counts[unit.pk]) for unit in units}
    return TaskProgress(
        Progress(sum(counts.values(), Counter())), list(progress.items()),
        [unit for unit in units if unit.is_unreached],
        frozenset(unit.pk for unit in units
                  if progress[unit].is_whole and _as_released(unit, newest[unit.pk])),
        min(since, default=None), late, tuple(beside))


def _as_released(unit, newest):
    """Whether its last release let go just these newest answers, by name of their kind ("" for projects)."""
    seen = newest[""], marks_of(newest)
    return unit.released_beside is not None and (unit.released_to or 0, unit.released_beside) == seen


def _asked(task):
    """The units of a task: `released_to` and `released_beside`, the newest answers that were let go, and
    `is_unreached`, none has an account.
    """
    last = ReportingRelease.objects.filter(unit=OuterRef("pk")).order_by("-pk")
    unreached = Q(pk__in=[])
    for name in AskedUnit.answered_by:
        unreached |= Q(**{f"{name}__in": behind(AskedUnit, name).objects.without_accounts()})
    return task.units.in_list_order().annotate(
        released_to=Subquery(last.values("up_to")[:1]), released_beside=Subquery(last.values("beside")[:1]),
        is_unreached=Case(When(unreached, then=True), default=False, output_field=BooleanField()))


def at_close(task):
    """(the rows as they stood at the closing, the units that had handed in all by then). One query a kind of row."""
    counts = _stood(ReportingTask.objects.filter(pk=task.pk))[task.pk]
    return Progress(sum(counts.values(), Counter())), sum(Progress(each).is_whole for each in counts.values())


def _stood(tasks):
    """{task's key: {key of the AskedUnit: Counter of standings}} as these tasks were closed, of all kinds of rows."""
    counts = defaultdict(lambda: defaultdict(Counter))
    for kind in kinds():
        for task, unit, standing, count in kind.at_close.objects.filter(
                row__unit__task__in=tasks).order_by().values_list(
                    "row__unit__task", "row__unit", "standing").annotate(Count("pk")):
            counts[task][unit][standing] += count
    return counts


def tasks_between(first, last):
    """The 报送任务 told for a day of this range, each as plain values: how many units and rows, and how many of them
    had answered when it was closed (None while it runs). Counts alone: no unit is named. One query, and two for each
    kind of row.
    """
    tasks = ReportingTask.objects.exclude(opened_at=None).filter(
        is_sample=False, as_of__gte=first, as_of__lte=last).annotate(
        asked=Count("units", distinct=True)).order_by("as_of", "pk")
    there = ReportingTask.objects.filter(pk__in=[task.pk for task in tasks])
    counts, rows = _stood(there), Counter()
    for kind in kinds():
        rows.update(dict(kind.rows.objects.filter(unit__task__in=there).order_by().values_list(
            "unit__task").annotate(Count("pk"))))
    return [_told(task, [Progress(each) for each in counts[task.pk].values()], rows[task.pk]) for task in tasks]


def _told(task, units, rows):
    closed = task.closed_at is not None
    return {"title": task.title, "ground": task.ground, "as_of": task.as_of.isoformat(), "is_closed": closed,
            "units": task.asked, "rows": rows,
            "units_answered": sum(unit.is_whole for unit in units) if closed else None,
            "rows_answered": sum(unit.answered for unit in units) if closed else None}
