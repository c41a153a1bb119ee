"""The whole street on a leader's first page: by light, by list, by unit, by community, and what is late."""
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from guicheng.days.compiled_for import compiled_for
from guicheng.kept.remembered import while_it_stands
from projects import summary
from projects.models import Project, ProjectList
from projects.models.then import PUBLIC
from projects.supervision import late
from projects.supervision.lights import LABELS, Light

LATE_SHOWN = 12
STEPS = {"done": "已完成", "doing": "在办", "stopped": "停办", "none": "暂无进展"}  # the families in a word
MEANT = {**LABELS, "red": "滞后或逾期", "grey": "停办"}  # of several projects together
COLOURS = ["red", "yellow", "green", "white", "blue", "grey"]
CHARTS = {"lead_department": "按责任单位", "community": "按社区"}


def projects_with(filters):
    """The list of projects with these filters."""
    return reverse("admin:projects_project_changelist", query=filters)


def _desk(samples, **query):
    """A list of 督办台, of the samples or of the real projects."""
    return reverse("admin:projects_supervisionnotice_desk", query=query | ({"sample": 1} if samples else {}))


@dataclass(frozen=True)
class Tile:
    """A light, how many projects have it, and where they are."""

    light: Light
    count: int
    address: str


def light_counts(counts, filters):
    """The Tiles of these counts by colour, what presses first; colours that nothing has are left out."""
    return [Tile(Light(colour, MEANT[colour], ""), counts[colour], projects_with({**filters, "light": colour}))
            for colour in COLOURS if counts[colour]]


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, with the same in words; every number leads to its projects."""

    label: str
    count: int
    segments: list
    address: str
    steps: list  # (word, count, address)
    note: str = ""


@dataclass(frozen=True)
class Chart:
    key: str
    title: str
    caption: str
    bars: list


def _bar(label, row, filters, note=""):
    steps = [(STEPS[name], count, projects_with({**filters, "family": name}))
             for name, count in row.families.items() if count]
    return Bar(label, sum(count for _, count, _ in steps), row.segments, projects_with(filters), steps, note)


def _of_field(projects, kind, filters):
    groups = summary.groups_by(projects, kind)
    for group in groups:
        own = {f"{kind}__id__exact": group.key} if group.key else {f"{kind}__isnull": True}
        bar = _bar(group.label, group, {**filters, **own})
        # those that have none would dwarf the others: beside them they are a number only
        yield bar if group.key or len(groups) == 1 else replace(bar, segments=[])


def _of_lists(projects, samples, filters):
    """The public bars of the lists, gaps included, and those projects that are on none."""
    for row in summary.list_summaries(lists=ProjectList.objects.published().filter(is_sample=samples)):
        own = {**filters, "project_list__id__exact": row.project_list.pk}
        yield _bar(row.project_list.title, row, own, row.gap_sentence)
    yield from _of_field(projects.filter(project_list=None), "project_list", filters)


def _figures(samples):
    """The lights and the charts, drawn: of public projects alone, the same for all who see the whole street."""
    projects = Project.objects.filter(is_sample=samples)
    filters = {"counted": 1, "is_sample__exact": int(samples)}
    tiles = light_counts(summary.by_light(projects.counted().order_by()), filters)
    charts = [Chart("list", "按清单", "整条是公布总数；没有公布总数的，整条是有明细的。",
                    list(_of_lists(projects, samples, filters)))]
    charts += [Chart(kind, title, "条越长，项目越多。", list(_of_field(projects, kind, filters)))
               for kind, title in CHARTS.items()]
    return {"tiles": tiles, "total": sum(tile.count for tile in tiles), "address": projects_with(filters),
            "charts": charts, "drawn": render_to_string("admin/desk/_charts.html", {"charts": charts})}


def _late(user, samples, day):
    """(how many are late, the Rows of the longest): what is public is counted while nothing is published."""
    public, longest = while_it_stands(("late", samples), lambda: summary.late(
        Project.objects.published().filter(is_sample=samples), day, LATE_SHOWN))
    hidden, others = summary.late_among(_hidden_late(user, samples, day))
    return public + hidden, late.late_rows(longest + others, day)[:LATE_SHOWN]


@compiled_for()
def _hidden_late(user, samples, day):
    hidden = Project.objects.visible_to(user).exclude(PUBLIC).filter(is_sample=samples)
    return summary.late_keys(hidden, day, LATE_SHOWN)


def street(user, samples=False):
    """Everything of the street's part of the page, in a fixed number of queries."""
    day = timezone.localdate()
    late_total, rows = _late(user, samples, day)
    return {
        **while_it_stands(("street", samples, get_script_prefix()), lambda: _figures(samples)),
        "day": day, "samples": samples, "late": rows, "late_total": late_total,
        "late_address": _desk(samples, list="late"),
        "missing_address": _desk(samples, list="missing", lack="plan"),
        "may_instruct": user.has_perm("projects.add_instruction"),
        "may_supervise": user.has_perm("projects.start_supervision"),
        "has_samples": samples or Project.objects.filter(is_sample=True).exists(),
    }
