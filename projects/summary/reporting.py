"""How far a 报送任务 is: rows by standing, of the whole and of each unit. Rows are counted, never persons."""
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from projects.models import ReportingRow, Standing
from projects.reporting.kinds import kinds


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
    beside: tuple = ()  # the other kinds of rows that it asks

    @property
    def to_urge(self):
        """The units that have not reported all, in the list's order, unranked."""
        return [unit for unit, progress in self.units if not progress.is_whole]

    @property
    def figures(self):
        """How many units: all of them, with all handed in, not begun, with rows returned, and with a part of it."""
        kinds = Counter(progress.kind for _, progress in self.units)
        return {"units": len(self.units), "to_urge": len(self.to_urge),
                **{name: kinds[name] for name in ("whole", "unbegun", "returned", "begun")}}


def unit_progress(unit):
    """The Progress of the projects of one asked unit. One query."""
    rows = ReportingRow.objects.filter(unit=unit).with_standing().order_by()
    return Progress(Counter(dict(rows.values_list("standing").annotate(Count("pk")))))


def task_progress(task):
    """A TaskProgress, in four queries whatever it asks, and one for each other kind of row."""
    rows = ReportingRow.objects.filter(unit__task=task).with_standing().order_by()
    counts = defaultdict(Counter)
    for unit, standing, count in rows.values_list("unit", "standing").annotate(Count("pk")):
        counts[unit][standing] = count
    beside = [(kind, list(kind.counts(task))) for kind in kinds()]
    for unit, standing, count in (row for _, found in beside for row in found):
        counts[unit][standing] += count
    units = list(task.units.in_list_order())
    return TaskProgress(
        Progress(sum(counts.values(), Counter())), [(unit, Progress(counts[unit.pk])) for unit in units],
        _without_account(units), tuple(kind for kind, found in beside if found))


def _without_account(units):
    """Those whose people none has an open account: no message reaches them."""
    reached = set()
    for model in {type(unit.unit) for unit in units}:
        keys = [unit.unit.pk for unit in units if isinstance(unit.unit, model)]
        there = Q(clerks__is_active=True) | Q(reviewers__is_active=True)
        reached |= {(model, pk) for pk in model.objects.filter(there, pk__in=keys).values_list("pk", flat=True)}
    return [unit for unit in units if (type(unit.unit), unit.unit.pk) not in reached]
