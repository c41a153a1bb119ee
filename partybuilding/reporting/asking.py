"""Readings as something a task can ask: whom it asks, what their rows say and become."""
from collections import defaultdict
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from guicheng import words
from guicheng.review.states import IN_REVIEW
from partybuilding.models import (
    Metric,
    MetricReading,
    ReadingAnswer,
    ReadingAtClose,
    ReadingReturn,
    ReadingRow,
    ReportedReading,
)
from partybuilding.permissions import can_report_readings
from partybuilding.reporting.reading import LONGEST, TYPED, read
from partybuilding.reporting.table import ReadingPart
from projects.models import Source, Standing
from projects.reporting.kinds import AGAIN_WITHIN, Kind, Listing, ListingRow, register

COLUMNS = [("数据项", 24), ("单位", 10), ("本期", 18), ("到哪天", 18), ("上次", 30), ("说明", 30)]
TWICE = "这一天的这个数已经报过；日子不同才能再报一个，要更正请和党政办联系。"


class Readings(Kind):
    """Figures asked of communities: of those that the task names, else of all of them. Each row becomes a value."""

    name, prefix = "readings", "rm"
    template = "admin/partybuilding/reporting/_part.html"
    asks, of = Metric, "metric"
    rows, answers, returns, at_close = ReadingRow, ReadingAnswer, ReadingReturn, ReadingAtClose
    reviewed, names, longest, nil_reason = ReportedReading, TYPED, LONGEST, "note"
    said_as = {"value": "数", "effective_on": "到哪天", "note": "说明"}
    not_theirs = "这些数不归你填报，请和布置人联系。"
    done = "交了 {number} 个数据项：{in_review} 个数等审核，{nils} 个零报告。"

    def asked(self, task):
        metrics = list(task.metrics.askable())
        if not metrics or task.is_sample:  # no figure of ours is a sample
            return {}
        communities = list(task.communities.all())
        if not communities and not task.departments.exists():
            communities = list(Community.objects.all())
        found = {unit: [each for each in metrics if each.community_id in (None, unit.pk)] for unit in communities}
        return {unit: those for unit, those in found.items() if those}

    def warnings(self, task, units):
        metrics, askable = list(task.metrics.all()), list(task.metrics.askable())
        if not metrics:
            return []
        said = []
        if task.is_sample:
            said.append("只选了示例清单，是示例任务：不问数据项。")
        if left := [each.name for each in metrics if each not in askable]:
            said.append(f"不是本街道的数，或者跟着一个项目，不问社区：{'、'.join(left)}。")
        if not units and not task.is_sample and askable:
            said.append("数据项只问社区，这里只选了单位；要问社区请选社区。")
        return said + _asked_lately(task, askable, units)

    def readings(self, rows, task):
        return {row: read(row, row.draft, task) for row in rows}

    def theirs(self, rows, by):
        return rows if can_report_readings(by) else []

    def refused(self, going):
        """One community says one value of a figure of a day. Two queries for all."""
        same = {"metric__in": {row.metric for row in going},
                "effective_on__in": {each.effective_on for each in going.values()}}
        said = set(MetricReading.objects.filter(source__kind=Source.Kind.OWN, **same).values_list(
            "metric", "community", "effective_on"))
        waits = set(ReportedReading.objects.filter(state__in=IN_REVIEW, **same).values_list(
            "metric", "community", "effective_on"))
        return {row: {"value": TWICE} for row, each in going.items()
                if (row.metric_id, each.place and each.place.pk, each.effective_on) in said
                or (row.metric_id, each.community_id, each.effective_on) in waits}

    def listing(self, task, unit=None, standing=""):
        rows = ReadingRow.objects.filter(unit__task=task, **({"unit": unit} if unit else {})).with_standing()
        rows = rows.filter(standing=standing) if standing else rows
        rows = rows.with_before().select_related("unit__community", "metric", "latest__reported__metric",
                                                 "latest__returned")
        return Listing("数据", COLUMNS, [ListingRow(row.unit, cells_of(row), row.standing_now, row.get_absolute_url())
                       for row in rows.order_by("unit__community__order", "unit", "metric__order", "pk")])

    def part(self, unit, user, typed=None):
        return ReadingPart(unit, can_report_readings(user), typed)

    def pages(self, task):
        return [("各社区的数据，一张表填和看", reverse("admin:partybuilding_reportedreading_grid", args=[task.pk]))]


def cells_of(row):
    """What the second table of a paper says of a figure; the value it became stands as it was said."""
    answer = row.latest if row.latest_id else None
    reported = answer.reported if answer and row.standing_now not in (Standing.DRAFT, Standing.UNTOUCHED) else None
    now = reported.told if reported else "本期无变化（零报告）" if answer and answer.reported_id is None else "还没有报"
    before = f"{row.before}（{words.day(row.before_on)}）" if row.before else "以前没有公开过"
    note = (reported.note if reported else answer.reason if answer else "")
    said = ["退回重报，还没有再交"] * (row.standing_now == Standing.RETURNED) \
        + ["补报"] * bool(answer and answer.is_late) + [note] * bool(note)
    return [row.metric.name, row.metric.unit, now, words.day(reported.effective_on) if reported else "", before,
            "；".join(said)]


def _asked_lately(task, metrics, units):
    """减负: a sentence for each running or recent task that asked the same of the same communities."""
    since = timezone.now() - timedelta(days=AGAIN_WITHIN)
    others = ReadingRow.objects.filter(
        metric__in=metrics, unit__task__opened_at__gte=since, unit__community__in=units,
    ).exclude(unit__task=task).select_related("unit__task", "metric").order_by("pk")
    found = defaultdict(lambda: (set(), set()))
    for row in others:
        asked, of = found[row.unit.task]
        asked.add(row.metric.name)
        of.add(row.unit.community_id)
    return [f"{words.day(timezone.localdate(other.opened_at))}布置的“{other}”已经问过其中 {len(of)} 个社区"
            f"同样的数（{'、'.join(sorted(asked))}），能用那一次的就不再问。"
            for other, (asked, of) in found.items()]


register(Readings())
