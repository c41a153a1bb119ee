"""How a project moved between two days: one word for each pair of statuses, and whether it moved in between at all.

That a thing happened between two days is said only where an earlier statement told of the state before and the days of
the new one lie between them. Else it was first heard of: a source that tells in December of what was finished some day
of the year makes no project of that quarter.
"""
from collections import Counter

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from projects.models import ProgressUpdate, Status

NOT_BEGUN = frozenset({"", Status.PLANNED})
BEGUN = frozenset({Status.IN_PROGRESS, Status.ACCEPTANCE, Status.STANDING})


class Telling(models.TextChoices):
    """How the page of a quarter tells a change, in the order of telling: a Move, apart by what was known before.

    What was first heard of may have come any day; what somebody had told of before went on from there.
    """

    FINISHED = "finished", "这个季度里办成"
    STARTED = "started", "这个季度里启动"
    FORWARD = "forward", "往前走了一步"
    STOPPED = "stopped", "暂停、不再实施"
    OTHER = "other", "其他变动"
    HEARD_FINISHED = "heard_finished", "第一次有消息，已办成"
    HEARD = "heard", "第一次有消息，在办"

    @property
    def says(self):
        """What a reader is to know of it."""
        return {"forward": "以前就有消息；没有写明是哪天变的，可能早于这个季度",
                "heard_finished": "不等于在这个季度里办成"}.get(self.value, "")

    @property
    def in_a_sentence(self):
        """What is said behind a number of projects."""
        return {"finished": "在这个季度里办成", "started": "在这个季度里启动", "stopped": "暂停或不再实施",
                "other": "有其他变动", "heard_finished": "已办成", "heard": "在办"}.get(self.value, self.label)

    @property
    def is_first_news(self):
        return self in (self.HEARD_FINISHED, self.HEARD)

    @classmethod
    def of(cls, before, after, happened=True):
        move = Move.of(before, after, happened)
        if move not in (Move.HEARD, Move.HEARD_FINISHED):
            return cls(move.value)
        if before:
            return cls.FORWARD if Status.STEP.get(after, 0) > Status.STEP.get(before, 0) else cls.OTHER
        if after in Status.DONE:
            return cls.HEARD_FINISHED
        return cls.OTHER if after in Status.NEED_REASON else cls.HEARD


class Move(models.TextChoices):
    """The kinds of a change, in the order in which they are told."""

    FINISHED = "finished", "新完成"
    STARTED = "started", "新启动"
    STOPPED = "stopped", "暂停、不再实施"
    OTHER = "other", "其他变动"
    HEARD_FINISHED = "heard_finished", "新见报道（完成）"
    HEARD = "heard", "新见报道（其他）"

    @classmethod
    def of(cls, before, after, happened=True):
        """The kind of a change from one status to another. `happened`: it is told to have come in between."""
        if after in Status.DONE and before not in Status.DONE:
            return cls.FINISHED if happened else cls.HEARD_FINISHED
        if not happened:
            return cls.HEARD
        if after in Status.NEED_REASON:
            return cls.STOPPED
        return cls.STARTED if before in NOT_BEGUN and after in BEGUN else cls.OTHER


def happened(before, after, known_at=None):
    """An expression on projects with `status_before` and `status_then`: the change came after `before`, by `after`.

    So it is where somebody had told of a state before, and either said of the last of these two days or a later one
    that it still was so, or told the new state only with first days that lie after `before`.
    """
    said = ProgressUpdate.objects.in_force(after, known_at).filter(project=OuterRef("pk"))
    still = said.filter(status=OuterRef("status_before")).filter(
        Q(effective_from__gte=before) | Q(effective_from=None, effective_on__gte=before))
    perhaps_before = said.filter(Q(effective_from=None) | Q(effective_from__lte=before), effective_on__gt=before)
    finished = Exists(perhaps_before.filter(status__in=Status.DONE))
    same = Exists(perhaps_before.filter(status=OuterRef("status_then")))
    return Case(
        When(Q(status_before="") | Q(status_before=None) | Q(status_before=F("status_then")), then=Value(False)),
        When(Exists(still), then=Value(True)),
        When(status_then__in=Status.DONE, then=~finished),
        default=~same, output_field=models.BooleanField())


def count_tellings(changes):
    """Telling -> number of projects, as `count_moves`."""
    counts = Counter()
    for change, count in changes.items():
        counts[Telling.of(*change)] += count
    return {telling: counts[telling] for telling in Telling}


def count_moves(changes):
    """Move -> number of projects, every kind in order. `changes`: (status before, then, happened) -> how many."""
    counts = Counter()
    for change, count in changes.items():
        counts[Move.of(*change)] += count
    return {kind: counts[kind] for kind in Move}
