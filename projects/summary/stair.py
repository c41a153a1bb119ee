"""A list as a stair of five steps, from announced to done: how many stand on each, and which.

The height of a step says which one it is, never how many: that is what its number says. What has no end, and what was
paused or given up, stands on none.
"""
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from guicheng.days.compiled import compiled
from projects.list_order import IN_ORDER, LONG, first_of_each
from projects.models import Project, ProjectList, ProjectsByList, Status
from projects.summary.lists import ListSummary

SHOWN = 8  # of each status


@dataclass(frozen=True)
class Step:
    """One step: its number from 1, its word, how many stand on it, and the first of them."""

    number: int
    label: str
    count: int
    projects: list = field(default_factory=list)

    @property
    def words(self):
        return {1: "公布，还没有进展消息", 5: "办成：已完成、已投用"}.get(self.number, self.label)

    @property
    def key(self):
        """The figure of the list that it tells."""
        return {1: "unknown", 5: "done"}.get(self.number, "by_status")

    @property
    def status(self):
        """The status that stands on it, where it is one."""
        return {2: Status.PLANNED, 3: Status.IN_PROGRESS, 4: Status.ACCEPTANCE}.get(self.number, "")

    @property
    def kind(self):
        if not self.count:
            return "zero"
        return {1: "none", 5: "done"}.get(self.number, "doing")

    @property
    def more(self):
        return self.count - len(self.projects)


@dataclass(frozen=True)
class Stair:
    """The stair of one list. `standing`, `stopped`: what is on no step."""

    summary: ListSummary
    steps: list
    standing: list
    stopped: list

    @property
    def projects(self):
        """All that are shown."""
        return [row for step in self.steps for row in step.projects] + self.standing + self.stopped

    @property
    def missing(self):
        """The cells of what has no row here: a segment, or none."""
        return [part for part in self.summary.segments if part.family == "missing"]

    @property
    def sentence(self):
        """ "公布 45 项，有明细的 12 项：6 项办成，4 项在办，1 项长期开展，1 项公开资料没有写明进展。" """
        row = self.summary
        unit, families = row.project_list.unit, row.families
        standing = row.standing.value
        parts = [
            (families["done"], "办成"), (families["doing"] - standing, "在办"), (standing, "长期开展"),
            (families["stopped"], "暂停或不再实施"), (families["none"], "公开资料没有写明进展")]
        declared, recorded = row.declared.value, row.recorded.value
        told = [f"{count} {unit}{words}" for count, words in parts if count]
        if not recorded:
            return row.gap_sentence
        start = f"公布 {declared} {unit}，" if declared is not None else ""
        if len(told) == 1 and families["none"]:
            return f"{start}有明细的 {recorded} {unit}，公开资料都没有写明进展。"
        return f"{start}有明细的 {recorded} {unit}：{'，'.join(told)}。"


def stair(summary):
    """The Stair of a list whose figures, of now, are at hand. One query; of a long list some for each status."""
    found = defaultdict(list)
    if summary.by_status.total() > LONG:
        kept = ProjectsByList.objects.filter(project_list=summary.project_list).counts("category", "status")
        found = first_of_each(summary.project_list.pk, {(category, status) for category, status, _ in kept}, SHOWN)
    else:
        for row in _first_of_each_status(project_list=summary.project_list.pk):
            found[row.status].append(row)
    on, counts = defaultdict(list), defaultdict(int)
    for status, number in Status.STEP.items():
        on[number] += found[status]
        counts[number] += summary.by_status[status]
    steps = [Step(number, label, counts[number], on[number][:SHOWN])
             for number, label in enumerate(Status.STEPS, 1)]
    return Stair(summary, steps, found[Status.STANDING], found[Status.PAUSED] + found[Status.CANCELLED])


@compiled(project_list=ProjectList._meta.pk)
def _first_of_each_status(project_list):
    nth = Window(RowNumber(), partition_by=F("status"), order_by=IN_ORDER)
    rows = Project.objects.counted().filter(project_list=project_list).annotate(nth=nth)
    return rows.filter(nth__lte=SHOWN).only("code", "name", "status", "project_list").order_by("nth")


def stair_of(years):
    """The Stair of the newest list of which anything was told, or of the newest; None where there is no list.

    `years`: as by_year() gives them. Where the newest is the office's own, no list of years gone by stands in for it.
    """
    shown = years[:1] if years and not years[0].note else years
    lists = [row for year in shown for row in year.summaries]
    told = (row for row in lists if row.recorded.value > row.unknown.value)
    chosen = next(told, lists[0] if lists else None)
    return stair(chosen) if chosen else None
