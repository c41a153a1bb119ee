"""What a 报送任务 asks of communities beside projects: readings of figures.

Each asked community has a row for each figure. A row keeps a draft, as it was typed, and points at its newest answer:
the value it became, which goes through the one review and is then a reading as any other, or 零报告, which is none.
"""
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, CleanCharField, CleanTextField, DayField, Qualifier, one_of
from guicheng.review.models import Reviewed, ReviewedQuerySet, Step, review_constraints
from guicheng.review.states import IN_REVIEW, State
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.versions import Versioned
from partybuilding.models.metrics import Metric, MetricReading
from projects.models import AskedUnit, Source, Standing


class ReadingRowQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit__in=AskedUnit.objects.visible_to(user))

    def with_standing(self):
        """Add `standing`, a key of `Standing`: what the newest answer became, else whether a draft was begun."""
        return self.annotate(standing=standing())

    def with_before(self):
        """Add what was last public of it: `before_value`, `before_qualifier`, `before_on`, `before_source`."""
        same = Q(community=OuterRef("unit__community")) | Q(community=None, metric__community__isnull=False)
        said = MetricReading.objects.filter(same, metric=OuterRef("metric")).known()
        columns = {"value": "value", "qualifier": "qualifier", "on": "effective_on", "source": "source__title"}
        return self.annotate(**{f"before_{name}": Subquery(said.values(column)[:1])
                                for name, column in columns.items()})

    def in_table_order(self):
        return self.order_by("metric__order", "metric__slug", "pk")


def standing():
    """The expression: how far a row is. Its twin of one row is `ReadingRow.standing_now`."""
    return Case(
        When(latest__returned__isnull=False, latest__reported=None, then=Value(Standing.RETURNED)),
        When(latest__isnull=False, latest__reported=None, then=Value(Standing.NIL)),
        When(latest__reported__state=State.PUBLISHED, then=Value(Standing.PUBLISHED)),
        When(latest__reported__state__in=IN_REVIEW, then=Value(Standing.HANDED_IN)),
        When(latest__reported__state=State.RETURNED, then=Value(Standing.RETURNED)),
        When(has_draft=True, then=Value(Standing.DRAFT)),
        default=Value(Standing.UNTOUCHED), output_field=models.CharField(),
    )


OF_STATE = {State.PUBLISHED: Standing.PUBLISHED, State.RETURNED: Standing.RETURNED,
            **dict.fromkeys(IN_REVIEW, Standing.HANDED_IN)}


class ReadingRow(Versioned):
    """One figure that a community is asked for: what was begun, and what it answered last."""

    unwatched = ALL  # a draft; what is handed in is a `ReportedReading`, and that is watched
    guards_saves = False  # the operations claim the version (partybuilding/reporting/)

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT,
                             related_name="reading_rows")
    metric = models.ForeignKey(Metric, verbose_name="数据项", on_delete=models.PROTECT, related_name="reading_rows")
    draft = models.JSONField("草稿", default=dict, blank=True, editable=False)  # texts by field, as they were typed
    has_draft = models.BooleanField("写了草稿", default=False, editable=False)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁写的草稿", null=True, blank=True,
                                 editable=False, on_delete=models.PROTECT, related_name="+")
    draft_at = models.DateTimeField("草稿存于", null=True, blank=True, editable=False)
    latest = models.OneToOneField("partybuilding.ReadingAnswer", verbose_name="最近的回答", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")

    objects = ReadingRowQuerySet.as_manager()

    class Meta:
        verbose_name = "要报的一个数"
        verbose_name_plural = "要报的各个数"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "metric"], name="partybuilding_readingrow_once",
                                    violation_error_message="这个数据项已经在这张表里。"),
            models.CheckConstraint(
                condition=Q(draft_by__isnull=True, draft_at__isnull=True, has_draft=False)
                | Q(draft_by__isnull=False, draft_at__isnull=False),
                name="partybuilding_readingrow_draft_by_somebody", violation_error_message="草稿要有人和时刻。"),
        ]

    def __str__(self):
        return f"{self.metric}（{self.unit}）"

    def get_absolute_url(self):
        return reverse("admin:partybuilding_reportedreading_figure", args=[self.pk])

    @property
    def standing_now(self):
        """Of one row what `with_standing()` adds to many."""
        if self.latest_id:
            reported = self.latest.reported
            if reported is None:
                return Standing.RETURNED if hasattr(self.latest, "returned") else Standing.NIL
            return OF_STATE.get(reported.state, self._begun)
        return self._begun

    @property
    def _begun(self):
        return Standing.DRAFT if self.has_draft else Standing.UNTOUCHED

    @property
    def is_to_fill(self):
        """Whether it waits for the community: not answered, or returned."""
        return self.standing_now not in Standing.ANSWERED

    @property
    def before(self):
        """What was last public of it, in the words of its source; "" where nothing was. Needs `with_before()`."""
        return "" if self.before_value is None else words.quantity(
            Decimal(self.before_value), self.metric.unit, self.before_qualifier)


class ReportedReadingQuerySet(ReviewedQuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.answered_by_units_of(user)


class ReportedReading(Reviewed):
    """A value that a community handed in. Published it is a `MetricReading` as any other."""

    answered_by = ("community",)
    append_only = AppendOnly(sentence="已公开的数不能修改或删除。")
    REMEMBERED = (*Reviewed.REMEMBERED, "became")

    metric = models.ForeignKey(Metric, verbose_name="数据项", on_delete=models.PROTECT, related_name="reported")
    community = models.ForeignKey(Community, verbose_name="社区", on_delete=models.PROTECT,
                                  related_name="reported_readings")
    value = models.DecimalField("数值", max_digits=16, decimal_places=4)
    qualifier = models.CharField("数前后的字", max_length=4, choices=Qualifier, blank=True)
    effective_on = DayField("截至日")
    note = CleanCharField("说明", max_length=200, blank=True)
    became = models.OneToOneField(MetricReading, verbose_name="成了哪个数", null=True, blank=True, editable=False,
                                  on_delete=models.PROTECT, related_name="reported")

    objects = ReportedReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "社区报的数"
        verbose_name_plural = "社区报的数"
        ordering = ["-pk"]
        permissions = [("check_reportedreading", "初审社区报的数"), ("publish_reportedreading", "终审并公开社区报的数")]
        constraints = [
            *review_constraints("数"),
            one_of("qualifier", Qualifier.values, "“超、多、约、近、左右”以外的字不能用。"),
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=True, became__isnull=True)
                | Q(recorded_at__isnull=False, became__isnull=False),
                name="partybuilding_reportedreading_became_a_reading",
                violation_error_message="公开的数要在数据项里，没公开的不在。"),
        ]

    def __str__(self):
        return f"{self.community}：{self.metric} {self.told}"

    def clean(self):
        super().clean()
        if self.value is not None and self.value < 0 and not self.metric.allows_negative:
            raise ValidationError({"value": "这个数不能小于 0。"})
        if self.effective_on and not self.is_published and self.effective_on > timezone.localdate():
            raise ValidationError({"effective_on": "还没到的日子，数还没有。"})

    @property
    def told(self):
        """The value with its unit, as it was said: "300 多名"."""
        return words.quantity(Decimal(self.value), self.metric.unit, self.qualifier)

    def about(self):
        return f"{self.community}的{self.metric}", f"{self.told}（{words.day(self.effective_on)}）"

    @property
    def place(self):
        """The community a reading of it names: none where the figure itself is of that community."""
        return None if self.metric.community_id else self.community

    @property
    def before(self):
        """The newest reading that is public of it and of the same community, or None."""
        return self.metric.readings.filter(community=self.place).select_related("source").known().first()

    def before_publishing(self):
        """The reading first: what two people said of one day is refused by its own rule."""
        super().before_publishing()
        reading = MetricReading(
            metric=self.metric, community=self.place, value=self.value, qualifier=self.qualifier,
            effective_on=self.effective_on, recorded_at=self.recorded_at, note=self.note, source=Source.objects.own())
        reading.full_clean()
        reading.save()
        self.became = reading


class ReadingStep(Step):
    """One step of the review of a value that a community handed in."""

    scope_follows = ("reported",)

    reported = models.ForeignKey(ReportedReading, verbose_name="社区报的数", on_delete=models.PROTECT,
                                 related_name="steps")

    def __str__(self):
        return f"{self.get_verb_display()}：{self.reported}"


class ReadingAnswer(models.Model):
    """What was handed in for a row, once: the value it became, or 零报告. The one before stays beside it."""

    unwatched = ALL
    append_only = AppendOnly(frozen_by="", let_go="", sentence="交上来的回答不能修改或删除，要改就再交一次。")

    row = models.ForeignKey(ReadingRow, verbose_name="要报的一个数", on_delete=models.PROTECT, related_name="answers")
    reported = models.OneToOneField(ReportedReading, verbose_name="报的数", null=True, blank=True,
                                    on_delete=models.PROTECT, related_name="answer")
    said = models.JSONField("交了什么", default=dict, blank=True)  # as it was handed in, whatever review made of it
    reason = CleanTextField("说明", blank=True)
    is_late = models.BooleanField("补报", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁交的", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)

    class Meta:
        verbose_name = "数据的回答"
        verbose_name_plural = "数据的回答"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reported__isnull=True) | Q(reason=""),
                                   name="partybuilding_readinganswer_value_or_nil",
                                   violation_error_message="一行要么报数，要么零报告加说明，不能都是。"),
        ]

    def __str__(self):
        return f"{self.row}，{'报数' if self.reported_id else '零报告'}"


class ReadingReturn(models.Model):
    """退回重报 of a 零报告 of a figure. A value has that as a step of its review instead. The answer stays."""

    unwatched = ALL  # between offices
    append_only = AppendOnly(frozen_by="", let_go="", sentence="退回的记录不能修改或删除。")

    answer = models.OneToOneField(ReadingAnswer, verbose_name="回答", on_delete=models.PROTECT, related_name="returned")
    reason = CleanTextField("退回的原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)

    class Meta:
        verbose_name = "数据的退回"
        verbose_name_plural = "数据的退回"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="partybuilding_readingreturn_explained",
                                              violation_error_message="退回要写明原因。")]

    def __str__(self):
        return f"{self.answer}，退回"


class ReadingAtClose(models.Model):
    """How a row stood when its task was closed. Written once, with the closing."""

    append_only = AppendOnly(frozen_by="", let_go="", sentence="关闭时定下的回答不能修改或删除。")

    row = models.OneToOneField(ReadingRow, verbose_name="要报的一个数", on_delete=models.PROTECT,
                               related_name="at_close")
    standing = models.CharField("当时", max_length=12, choices=Standing)
    answer = models.ForeignKey(ReadingAnswer, verbose_name="当时的回答", null=True, blank=True,
                               on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "关闭时的数据回答"
        verbose_name_plural = "关闭时的数据回答"
        constraints = [one_of("standing", Standing.values, "没有这种情况。")]

    def __str__(self):
        return f"{self.row}，{self.get_standing_display()}"
