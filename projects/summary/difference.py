"""What differs between the ends of two days: which projects finished, began, slipped, appeared, were corrected.

As it is known now. The real ones that a figure counts; read in one pass, counted and kept apart by kind.
"""
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.urls import reverse

from guicheng import words
from guicheng.figures import Definition
from projects.ledger.corrections import corrections_on
from projects.models import Project, Promise, Status
from projects.models.then import announced_by, due_at, is_told_unfinished, status_at
from projects.summary.lists import FAMILIES, Group
from projects.summary.moves import Move, happened
from projects.summary.report import NOT_LATE

SHOWN = 200  # of each kind on the page; the workbook holds all


class Kind(models.TextChoices):
    """In which way a project differs. One may be of several kinds: finished, and appeared."""

    FINISHED = Move.FINISHED.value, Move.FINISHED.label
    STARTED = Move.STARTED.value, Move.STARTED.label
    STOPPED = Move.STOPPED.value, Move.STOPPED.label
    HEARD_FINISHED = Move.HEARD_FINISHED.value, Move.HEARD_FINISHED.label
    HEARD = Move.HEARD.value, Move.HEARD.label
    SLIPPED = "slipped", "延期或逾期"
    APPEARED = "appeared", "新公布"
    OTHER = Move.OTHER.value, Move.OTHER.label

    @property
    def sentence(self):
        return {
            "finished": "以前写明没有完成，并且写明是在两天之间完成的。",
            "started": "以前写明在筹备，并且写明是在两天之间开始推进、待验收或长期开展的。",
            "stopped": "以前写明不是这样，并且写明是在两天之间暂停或不再实施的。",
            "heard_finished": "两天之间的资料第一次写明已经完成，没有写明是不是其间完成的。",
            "heard": "两天之间的资料第一次写明别的状态，没有写明是不是其间变的。",
            "slipped": "其间推迟了完成日期，或者其间有资料写明到期没有完成。",
            "appeared": "所在的清单在其间公布。",
            "other": "状态变了，不是新完成、新启动，也不是停下来。",
        }[self.value]


CORRECTED = "更正和撤回"
CORRECTED_SENTENCE = "其间录入的更正和撤回，说的是哪一天的事都算。"
DIFFERENCE_DEFINITIONS = [
    Definition("difference-all", "两天各有多少",
               "那一天已经公布的街道真实项目数，按那一天的状态分；项目里的分项不单独数。", unit="个"),
    *(Definition(f"difference-{kind.value}".replace("_", "-"), kind.label, kind.sentence, unit="个") for kind in Kind),
    Definition("difference-corrected", CORRECTED, CORRECTED_SENTENCE, unit="处"),
]


@dataclass(frozen=True, slots=True)
class Differing:
    """A project on both days. `was_there`: its list had been announced by the first of them."""

    code: str
    name: str
    list_title: str
    was_there: bool
    before: str
    after: str
    due_before: date | None
    due_after: date | None
    kinds: tuple
    is_late: bool
    last_day: date

    def get_absolute_url(self):
        return reverse("project-detail", args=[self.code])

    @property
    def before_label(self):
        return Status.label_of(self.before) if self.was_there else "还没有公布"

    @property
    def after_label(self):
        return Status.label_of(self.after)

    @property
    def is_put_off(self):
        return _put_off(self.due_before, self.due_after)

    @property
    def slip(self):
        """How it slipped, in a sentence; "" where it did not."""
        if Kind.SLIPPED not in self.kinds:
            return ""
        put_off = f"从 {words.day(self.due_before)}推迟到 {words.day(self.due_after)}" if self.is_put_off else ""
        if not self.is_late:
            return f"{put_off}。"
        late = f"应于 {words.day(self.due_after)}完成，到 {words.day(self.last_day)}没有完成"
        return "；".join(filter(None, [put_off, late])) + "。"


def _late(day, due):
    """An expression: by the end of `day` a statement after the due day, the column `due`, said it was not finished."""
    return Case(When(is_told_unfinished(due, day), **{f"{due}__lt": day}, then=Value(True)), default=Value(False))


def _put_off(before, after):
    return before is not None and after is not None and after > before


class Difference:
    """Two days and what lies between them: `first` is before `last`."""

    def __init__(self, first, last):
        self.first, self.last = first, last
        self.counts, self.shown = Counter(), {kind: [] for kind in Kind}
        for row in self:
            for kind in row.kinds:
                self.counts[kind] += 1
                if len(self.shown[kind]) < SHOWN:
                    self.shown[kind].append(row)
        self.before, self.after = self._states()

    def __iter__(self):
        """Every project that differs, in the order of the lists. One query, nothing is kept."""
        rows = self._compared().values_list(
            "code", "name", "project_list__title", "project_list__announced_on", "status_before", "status_then",
            "due_before", "due_then", "happened", "late_before", "late_then")
        for code, name, title, announced, *values in rows.iterator(2000):
            was_there = announced is None or announced <= self.first
            before, after, due_before, due_after, has_happened, was_late, is_late = values
            is_late, was_late = is_late and after not in NOT_LATE, was_late and before not in NOT_LATE
            kinds = []
            if before != after:
                kinds.append(Kind(Move.of(before, after, has_happened)))
            if _put_off(due_before, due_after) or is_late and not (was_there and was_late):
                kinds.append(Kind.SLIPPED)
            if not was_there:
                kinds.append(Kind.APPEARED)
            if kinds:
                yield Differing(code, name, title or "", was_there, before, after, due_before, due_after, tuple(kinds),
                                is_late, self.last)

    def of(self, kind):
        """Every project of a kind, in order; read anew."""
        return (row for row in self if kind in row.kinds)

    def _compared(self):
        # without a statement or a promise of the days between nothing can differ
        promised = Promise.objects.filter(
            project=OuterRef("pk"), promised_on__gt=self.first, promised_on__lte=self.last)
        return Project.objects.counted().real().of_street().filter(
            Q(moved_on__gt=self.first) | Q(project_list__announced_on__gt=self.first) | Exists(promised),
            announced_by(self.last),
        ).annotate(
            status_before=status_at(self.first), status_then=status_at(self.last),
            due_before=due_at(self.first), due_then=due_at(self.last),
        ).annotate(
            happened=happened(self.first, self.last), late_before=_late(self.first, "due_before"),
            late_then=_late(self.last, "due_then"),
        ).order_by("project_list__order", "code")

    def _states(self):
        """What the bars show: all projects by status at both ends, as Groups of one scale. One query."""
        there = Case(When(announced_by(self.first), then=Value(1)), default=Value(0))
        rows = Project.objects.counted().real().of_street().filter(announced_by(self.last)).annotate(
            status_before=status_at(self.first), status_then=status_at(self.last), there=there,
        ).order_by().values_list("status_before", "status_then", "there").annotate(count=Count("pk"))
        before, after = Counter(), Counter()
        for was, now, there, count in rows:
            after[now] += count
            before[was] += count if there else 0
        scale = after.total()
        return (Group("a", words.day(self.first), +before, scale), Group("b", words.day(self.last), +after, scale))

    @cached_property
    def corrections(self):
        """What was corrected or taken back from the day after the first to the end of the last."""
        return corrections_on(self.first + timedelta(days=1), self.last)

    @property
    def corrected(self):
        """How many were."""
        return len(self.corrections)

    @property
    def is_empty(self):
        return not self.counts and not self.corrections

    @property
    def pair(self):
        return [self.before, self.after]

    @property
    def grown(self):
        return self.after.recorded - self.before.recorded

    @property
    def sentence(self):
        """The bars in words, for those who do not see them."""
        def told(group):
            parts = "，".join(f"{part.label} {part.count} 个" for part in group.segments)
            return f"{group.label}有 {group.recorded} 个项目{'：' if parts else ''}{parts}"

        return f"{told(self.before)}。{told(self.after)}。"

    @property
    def family_rows(self):
        """(family, label, before, after, difference) for the table beside the bars."""
        return [(key, label, self.before.families[key], self.after.families[key],
                 self.after.families[key] - self.before.families[key]) for key, label in FAMILIES.items()]
