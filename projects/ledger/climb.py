"""One project on the five steps from announced to done: which it reached, and by when that was told."""
from dataclasses import dataclass

from guicheng import words
from projects.models import Status


@dataclass(frozen=True)
class Rung:
    """One step. `state`: "now", "reached" or "" where it has not come that far; `told`: since when, in words."""

    label: str
    state: str
    told: str


NOWHERE = "没有写明"


def climb(project, rows):
    """The five Rungs, or [] of what stands on no step and never stood on one. `rows`: those in force, of any order.

    A step that was passed without a word stays passed: the order of the steps says so, and the day is not invented.
    """
    if project.status == Status.STANDING:
        return []
    first = {}
    for row in sorted(rows, key=lambda row: (row.effective_on, row.seq or 0)):
        if row.status:
            first.setdefault(Status.STEP.get(row.status), row)
    now = Status.STEP.get(project.status) or max((step for step in first if step), default=1)
    return [Rung(label, "now" if step == now else "reached" if step < now else "",
                 _told(project, first, step, now)) for step, label in enumerate(Status.STEPS, 1)]


def _told(project, first, step, now):
    if step > now:
        return ""
    if step == 1:
        return _announced(project)
    row = first.get(step)
    if row is None:
        return NOWHERE
    return words.day_range(row.effective_from, row.effective_on, "不迟于 ")


def _announced(project):
    row = project.project_list
    return words.day_range(row.announced_from, row.announced_on, "不迟于 ") if row else "不在公布的清单上"
