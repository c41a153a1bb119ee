"""Figures in a 报送任务: filled in by two at once, in a table and in the grid of all communities, and reviewed."""
from partybuilding.models import MetricReading, ReadingRow, ReportedReading
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import open_task
from tests import factories
from tests.projects.test_reporting import make_task
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


def asked(scene):
    """The row of one figure that one community is asked for, and its clerk."""
    community = factories.make_community()
    clerk = scene.person("社区经办人")
    community.clerks.add(clerk)
    task = make_task(columns=[], asks_projects=False)
    task.metrics.set([factories.make_metric(unit="名")])
    task.communities.set([community])
    open_task(task, scene.person("业务管理员"))
    return ReadingRow.objects.get(unit__task=task), clerk


def in_review(scene):
    """A value that waits for review, and who may take its two steps."""
    row, clerk = asked(scene)
    rows = ReadingRow.objects.filter(pk=row.pk)
    save_drafts(rows, {row.pk: (1, {"value": "3"})}, clerk)
    hand_in(rows, {row.pk: 2}, clerk)
    people = scene.person("审核员"), scene.person("审核员", is_established=True)
    for person in people:
        row.unit.community.reviewers.add(person)
    return ReportedReading.objects.get(metric=row.metric), *people


def handed_in(row):
    return lambda: {"数": (ReportedReading.objects.filter(metric=row.metric).count(), 1),
                    "回答": (row.answers.count(), 1)}


def grid_of(row):
    return url("partybuilding_reportedreading_grid", row.unit.task_id)


@pair("projects_reportingtask_table")
def a_figure_of_a_table(scene):
    row, clerk = asked(scene)
    first, second = (Page(clerk, row.unit.get_absolute_url()).fill(
        **{f"rm{row.pk}-value": [number], "do": ["all"]}) for number in "34")
    return first.send, second.send, handed_in(row)


@pair("partybuilding_reportedreading_grid")
def the_grid_beside_the_table(scene):
    row, clerk = asked(scene)
    first = Page(clerk, row.unit.get_absolute_url()).fill(**{f"rm{row.pk}-value": ["3"], "do": ["all"]})
    second = Page(scene.person("业务管理员"), grid_of(row)).fill(**{f"rm{row.pk}-value": ["4"], "do": ["all"]})
    return first.send, second.send, handed_in(row)


@pair("partybuilding_reportedreading_grid_drafts")
def two_drafts_in_the_grid(scene):
    row, _ = asked(scene)
    drafts = url("partybuilding_reportedreading_grid_drafts", row.unit.task_id)
    first, second = (Page(scene.person("业务管理员"), grid_of(row), drafts).fill(
        **{f"rm{row.pk}-value": [number]}) for number in "34")
    return first.send, second.send, lambda: {"版本": (ReadingRow.objects.get(pk=row.pk).version, 2)}


@pair("partybuilding_reportedreading_return")
def two_people_return_a_figure(scene):
    row, clerk = asked(scene)
    rows = ReadingRow.objects.filter(pk=row.pk)
    save_drafts(rows, {row.pk: (1, {"nil": "1"})}, clerk)
    hand_in(rows, {row.pk: 2}, clerk)
    row.refresh_from_db()
    first, second = (Page(scene.person("业务管理员"), row.get_absolute_url(),
                          url("partybuilding_reportedreading_return", row.pk)).only(reason=word, up_to=row.latest_id)
                     for word in ("甲说的", "乙说的"))
    return first.send, second.send, lambda: {
        "退回": (row.answers.exclude(returned=None).count(), 1),
        "版本": (ReadingRow.objects.get(pk=row.pk).version, row.version + 1)}


@pair("partybuilding_reportedreading_decide")
def two_clicks_on_publish_a_figure(scene):
    reported, first, last = in_review(scene)
    reported.approve(first)
    page = Page(last, reported.staff_page(), url("partybuilding_reportedreading_decide", reported.pk)).only(
        version=reported.version, decision="approve", **factories.TICKED)
    return page.send, page.send, lambda: {"数": (MetricReading.objects.filter(metric=reported.metric).count(), 1)}
