"""How a project moved between two days: one word for each pair of statuses."""
from collections import Counter

from django.db import models

from projects.models import Status

NOT_BEGUN = frozenset({"", Status.PLANNED})
BEGUN = frozenset({Status.IN_PROGRESS, Status.ACCEPTANCE, Status.STANDING})


class Move(models.TextChoices):
    """The kinds of a change, in the order in which they are told."""

    FINISHED = "finished", "新完成"
    STARTED = "started", "新启动"
    STOPPED = "stopped", "暂停、不再实施"
    OTHER = "other", "其他变动"

    @classmethod
    def of(cls, before, after):
        """The kind of a change from one status to another."""
        if after in Status.DONE and before not in Status.DONE:
            return cls.FINISHED
        if after in Status.NEED_REASON:
            return cls.STOPPED
        return cls.STARTED if before in NOT_BEGUN and after in BEGUN else cls.OTHER


def count_moves(pairs):
    """Move -> number of projects, every kind in order. `pairs`: (status before, status after) -> how many."""
    counts = Counter()
    for (before, after), count in pairs.items():
        counts[Move.of(before, after)] += count
    return {kind: counts[kind] for kind in Move}
