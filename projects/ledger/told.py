"""What a row of a list tells beside the name: from which status it came, and whether its promise was kept."""
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import DateField
from django.utils import timezone

from guicheng.days.as_of import NOW
from guicheng.days.compiled import compiled
from projects.ledger.promises import Judgement, judge, made_by
from projects.models import ProgressUpdate, Project, Promise

KEY, DAY = Project._meta.pk, DateField()


@dataclass(frozen=True)
class Told:
    """Of one project. `before`: the status before that of now, as `status_before` tells it."""

    before: str | None
    judgement: Judgement | None  # of its promise that falls due last


NOTHING = Told(None, None)


class _Said(NamedTuple):
    """Of a statement what is needed here: rows of a page are many, and a model's instance is dear."""

    project_id: int
    status: str
    effective_from: date | None
    effective_on: date
    postponed_to: date | None

    is_unfinished_after = ProgressUpdate.is_unfinished_after


def told_of(keys, moment=NOW):
    """Project id -> Told, of those with anything to tell. Two queries whatever the number of projects."""
    keys, day = list(keys), moment.day or timezone.localdate()
    rows = defaultdict(list)
    for row in map(_Said._make, _said(moment, keys=keys)):
        rows[row.project_id].append(row)
    promises = {promise.project_id: promise for promise in _made(keys=keys, day=day)}
    return {key: Told(status_before(rows[key]), judge(promises[key], rows[key], day) if key in promises else None)
            for key in rows.keys() | promises.keys()}


@compiled(keys=[KEY])
def _said(moment, keys):
    said = ProgressUpdate.objects.in_force(moment.day, moment.known_at).filter(project__in=keys)
    return said.order_by("effective_on", "seq").values_list(*_Said._fields)


@compiled(keys=[KEY], day=DAY)
def _made(keys, day):
    return made_by(Promise.objects.filter(project__in=keys), day).order_by("due_on", "pk")


def status_before(rows):
    """The status before the last change of it among the rows, oldest first; "" where the last one is the first told.

    None where there is nothing to tell: no status, or the same one told again and none before it.
    """
    statuses = [row.status for row in rows if row.status]
    earlier = next((status for status in reversed(statuses) if status != statuses[-1]), None)
    return "" if len(statuses) == 1 else earlier
