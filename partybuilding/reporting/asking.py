"""Readings as something a task can ask: whom it asks, the opening, the closing."""
from collections import defaultdict
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from guicheng import words
from partybuilding import summary
from partybuilding.models import Metric, ReadingAtClose, ReadingRow
from partybuilding.permissions import can_report_readings
from partybuilding.reporting.returns import newest_answer, send_back
from partybuilding.reporting.table import ReadingPart, SentReadings
from projects.models import Standing
from projects.reporting.kinds import Kind, Listing, ListingRow, register
from projects.reporting.opening import AGAIN_WITHIN

COLUMNS = [("数据项", 24), ("单位", 10), ("本期", 18), ("到哪天", 18), ("上次", 30), ("说明", 30)]


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


class Readings(Kind):
    """Figures asked of communities: of those that the task names, else of all of them."""

    name = "readings"
    template = "admin/partybuilding/reporting/_part.html"

    def asked(self, task):
        metrics = list(task.metrics.askable())
        if not metrics or task.is_sample:  # no figure of ours is a sample
            return {}
        communities = list(task.communities.all())
        if not communities and not task.departments.exists():
            communities = list(Community.objects.all())
        found = {unit: [each for each in metrics if each.community_id in (None, unit.pk)] for unit in communities}
        return {unit: those for unit, those in found.items() if those}

    def warnings(self, task):
        metrics, askable = list(task.metrics.all()), list(task.metrics.askable())
        if not metrics:
            return []
        said = []
        if task.is_sample:
            said.append("只选了示例清单，是示例任务：不问数据项。")
        if left := [each.name for each in metrics if each not in askable]:
            said.append(f"不是本街道的数，或者跟着一个项目，不问社区：{'、'.join(left)}。")
        if not self.asked(task) and not task.is_sample and askable:
            said.append("数据项只问社区，这里只选了单位；要问社区请选社区。")
        return said + self._asked_lately(task, askable)

    def _asked_lately(self, task, metrics):
        """减负: a sentence for each running or recent task that asked the same of the same communities."""
        since = timezone.now() - timedelta(days=AGAIN_WITHIN)
        others = ReadingRow.objects.filter(
            metric__in=metrics, unit__task__opened_at__gte=since, unit__community__in=list(self.asked(task)),
        ).exclude(unit__task=task).select_related("unit__task", "metric").order_by("pk")
        found = defaultdict(lambda: (set(), set()))
        for row in others:
            asked, of = found[row.unit.task]
            asked.add(row.metric.name)
            of.add(row.unit.community_id)
        return [f"{words.day(timezone.localdate(other.opened_at))}布置的“{other}”已经问过其中 {len(of)} 个社区"
                f"同样的数（{'、'.join(sorted(asked))}），能用那一次的就不再问。"
                for other, (asked, of) in found.items()]

    def open(self, task, rows):
        made = [ReadingRow(unit=unit, metric=metric) for unit, asked in rows.values()
                for metric in asked if isinstance(metric, Metric)]
        ReadingRow.objects.bulk_create(made, batch_size=500)
        return len(made)

    def close(self, task):
        rows = ReadingRow.objects.filter(unit__task=task)
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
        stood = [ReadingAtClose(row_id=pk, standing=standing, answer_id=answer)
                 for pk, standing, answer in rows.with_standing().values_list("pk", "standing", "latest")]
        ReadingAtClose.objects.bulk_create(stood, batch_size=500)
        return len(stood)

    def counts(self, task, unit=None):
        return summary.asked_by_standing(task, unit)

    def listing(self, task, unit=None, standing=""):
        rows = ReadingRow.objects.filter(unit__task=task, **({"unit": unit} if unit else {})).with_standing()
        rows = rows.filter(standing=standing) if standing else rows
        rows = rows.with_before().select_related("unit__community", "metric", "latest__reported__metric",
                                                 "latest__returned")
        return Listing("数据", COLUMNS, [ListingRow(row.unit, cells_of(row), row.standing_now, row.get_absolute_url())
                       for row in rows.order_by("unit__community__order", "unit", "metric__order", "pk")])

    def asked_rows(self, tasks):
        return summary.asked_of_tasks(tasks)

    def stood(self, tasks):
        return summary.stood_at_close(tasks)

    def newest(self, unit):
        return newest_answer(unit)

    def send_back(self, unit, by, reason, up_to, row=None):
        return send_back(unit, by, reason, up_to, row)

    def lock(self, unit):
        rows = ReadingRow.objects.filter(unit=unit).select_for_update(no_key=True, of=("self",))
        list(rows.order_by("pk").values_list("pk", flat=True))

    def answered_by(self, unit):
        return get_user_model().objects.filter(pk__in=ReadingRow.objects.filter(unit=unit).values("latest__by"))

    def to_fill(self):
        return ReadingRow.objects.with_standing().exclude(standing__in=Standing.ANSWERED)

    def part(self, unit, user, typed=None):
        return ReadingPart(unit, can_report_readings(user), typed)

    def sent(self, unit, post, do):
        return SentReadings(ReadingRow.objects.filter(unit=unit), post, do)

    def pages(self, task):
        return [("各社区的数据，一张表填和看", reverse("admin:partybuilding_reportedreading_grid", args=[task.pk]))]


register(Readings())
