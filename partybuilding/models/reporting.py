"""What a 报送任务 asks of communities beside projects: readings of figures.

Each asked community has a row for each figure. A row keeps a draft, as it was typed, and points at its newest answer:
the value it became, which goes through the one review and is then a reading as any other, or 零报告, which is none.
"""
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanCharField, DayField, Qualifier, one_of
from guicheng.review.models import Reviewed, ReviewedQuerySet, Step, review_constraints
from guicheng.trail.append_only import AppendOnly
from partybuilding.models.metrics import Metric, MetricReading
from projects.models import Answer, AskedRow, AskedRowQuerySet, AskedUnit, AtClose, Return, Source


class ReadingRowQuerySet(AskedRowQuerySet):
    def with_answers(self):
        return super().with_answers().with_before().select_related("unit__community", "metric")

    def with_before(self):
        """Add what was last public of it: `before_value`, `before_qualifier`, `before_on`, `before_source`."""
        same = Q(community=OuterRef("unit__community")) | Q(community=None, metric__community__isnull=False)
        said = MetricReading.objects.filter(same, metric=OuterRef("metric")).known()
        columns = {"value": "value", "qualifier": "qualifier", "on": "effective_on", "source": "source__title"}
        return self.annotate(**{f"before_{name}": Subquery(said.values(column)[:1])
                                for name, column in columns.items()})

    def in_table_order(self):
        return self.order_by("metric__order", "metric__slug", "pk")


class ReadingRow(AskedRow):
    """One figure that a community is asked for: what was begun, and what it answered last."""

    became = "reported"
    begins = frozenset({"value", "note", "nil"})

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT,
                             related_name="reading_rows")
    metric = models.ForeignKey(Metric, verbose_name="数据项", on_delete=models.PROTECT, related_name="reading_rows")
    latest = models.OneToOneField("partybuilding.ReadingAnswer", verbose_name="最近的回答", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")

    objects = ReadingRowQuerySet.as_manager()

    class Meta(AskedRow.Meta):
        verbose_name = "要报的一个数"
        verbose_name_plural = "要报的各个数"
        constraints = [
            models.UniqueConstraint(fields=["unit", "metric"], name="partybuilding_readingrow_once",
                                    violation_error_message="这个数据项已经在这张表里。"),
            *AskedRow.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.metric}（{self.unit}）"

    def get_absolute_url(self):
        return reverse("admin:partybuilding_reportedreading_figure", args=[self.pk])

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


class ReadingAnswer(Answer):
    """What was handed in for a figure: the value it became, or 零报告."""

    append_only = AppendOnly(frozen_by="", let_go="", sentence="交上来的回答不能修改或删除，要改就再交一次。")
    row_model = ReadingRow

    row = models.ForeignKey(ReadingRow, verbose_name="要报的一个数", on_delete=models.PROTECT, related_name="answers")
    reported = models.OneToOneField(ReportedReading, verbose_name="报的数", null=True, blank=True,
                                    on_delete=models.PROTECT, related_name="answer")

    class Meta(Answer.Meta):
        verbose_name = "数据的回答"
        verbose_name_plural = "数据的回答"
        constraints = [
            models.CheckConstraint(condition=Q(reported__isnull=True) | Q(reason=""),
                                   name="partybuilding_readinganswer_value_or_nil",
                                   violation_error_message="一行要么报数，要么零报告加说明，不能都是。"),
        ]


class ReadingReturn(Return):
    append_only = AppendOnly(frozen_by="", let_go="", sentence="退回的记录不能修改或删除。")

    answer = models.OneToOneField(ReadingAnswer, verbose_name="回答", on_delete=models.PROTECT, related_name="returned")

    class Meta(Return.Meta):
        verbose_name = "数据的退回"
        verbose_name_plural = "数据的退回"


class ReadingAtClose(AtClose):
    append_only = AppendOnly(frozen_by="", let_go="", sentence="关闭时定下的回答不能修改或删除。")

    row = models.OneToOneField(ReadingRow, verbose_name="要报的一个数", on_delete=models.PROTECT,
                               related_name="at_close")
    answer = models.ForeignKey(ReadingAnswer, verbose_name="当时的回答", null=True, blank=True,
                               on_delete=models.PROTECT, related_name="+")

    class Meta(AtClose.Meta):
        verbose_name = "关闭时的数据回答"
        verbose_name_plural = "关闭时的数据回答"
