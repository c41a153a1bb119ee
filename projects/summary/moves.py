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


def count_moves(changes):
    """Move -> number of projects, every kind in order. `changes`: (status before, then, happened) -> how many."""
    counts = Counter()
    for change, count in changes.items():
        counts[Move.of(*change)] += count
    return {kind: counts[kind] for kind in Move}
