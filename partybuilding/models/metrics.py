"""Figures that somebody reports, and each value of one, as of a day, by a source."""
from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from guicheng import words
from guicheng.access.scope import FollowingQuerySet
from guicheng.fields import CleanCharField, CleanTextField, DayField, Qualifier, in_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, Keyed
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models import Project, Source
from projects.models.evidence import public_where


class MetricQuerySet(FollowingQuerySet):
    def published(self):
        """Without those of a project that is not public."""
        return self.filter(public_where(self.model, "project"))

    def askable(self):
        """What communities can be asked in a 报送任务: our own, of no project; the district's and others' are not."""
        return self.filter(layer__in=[MetricLayer.STREET, MetricLayer.COMMUNITY], project=None)

    def with_readings(self, day=None, known_at=None):
        """Each with its readings as a whole at hand, newest first: those stated by the end of `day`, or all."""
        newest = MetricReading.objects.select_related("source").whole().known(day, known_at)
        return self.prefetch_related(models.Prefetch("readings", newest))


class MetricLayer(models.TextChoices):
    STREET = "street", "桂城街道"
    COMMUNITY = "community", "社区、片区"
    DISTRICT = "district", "南海区"
    TOWN = "town", "其他镇街"


class MetricGroup(models.TextChoices):
    ORGANISATION = "organisation", "组织与党员"
    NETWORK = "network", "网格与阵地"
    SERVICE = "service", "关爱与志愿服务"
    ACTIVITY = "activity", "活动与文件"
    CONTROL = "control", "疫情防控"
    OTHER = "other", "其他"


class Metric(Edited, Keyed):
    """A figure somebody reports: what it counts, in which unit, about whom."""

    publishes = Publishes()

    Layer = MetricLayer
    Group = MetricGroup

    natural_key_fields = ("slug",)
    scope_follows = ("community", "project")

    slug = models.SlugField("编号", max_length=40, unique=True)
    name = CleanCharField("名称", max_length=60)
    unit = CleanCharField("单位", max_length=16)
    definition = CleanTextField("口径", help_text="一句话说清这个数算什么、不算什么。")
    group = models.CharField("分组", max_length=20, choices=Group)
    layer = models.CharField("层级", max_length=20, choices=Layer, default=Layer.STREET)
    community = models.ForeignKey(
        Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics"
    )
    project = models.ForeignKey(
        Project, verbose_name="项目", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)
    allows_negative = models.BooleanField("可以小于 0", default=False, help_text="例如净增减；一般的数不可以。")

    objects = MetricQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "数据项"
        verbose_name_plural = "数据项"
        ordering = ["order", "slug"]
        constraints = [
            one_of("layer", MetricLayer.values, "层级不在可选范围内。"),
            one_of("group", MetricGroup.values,
                   "分组不在可选范围内。"),
            models.CheckConstraint(condition=~models.Q(unit=""), name="partybuilding_metric_unit_present",
                                   violation_error_message="数据项要写单位。"),
            models.CheckConstraint(condition=~models.Q(definition=""),
                                   name="partybuilding_metric_definition_present",
                                   violation_error_message="数据项要写口径。"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("party-figure", args=[self.slug])


class MetricReadingQuerySet(FollowingQuerySet):
    def whole(self):
        """Those of the metric as a whole."""
        return self.filter(community=None)

    def by_community(self):
        """What a community said of its part, in the order of their list. Never added up: nobody said the sum."""
        return self.exclude(community=None).order_by("community__order", "-effective_on", "-pk")

    def known(self, day=None, known_at=None):
        """What had been stated by the end of `day`, newest first; all without a day."""
        rows = self if day is None else self.filter(effective_on__lte=day)
        rows = rows.filter(recorded_at__lte=known_at) if known_at else rows
        return rows.order_by("-effective_on", "-pk")


class MetricReading(Edited, Coded):
    """One value of a metric, or of what one community has of it, as of a day, by a source."""

    publishes = Publishes()

    scope_follows = ("metric",)

    metric = models.ForeignKey(Metric, verbose_name="数据项", on_delete=models.PROTECT, related_name="readings")
    community = models.ForeignKey(
        Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT,
        related_name="metric_readings", help_text="只是一个社区的数时填；空着是整个数据项的。",
    )
    value = models.DecimalField("数值", max_digits=16, decimal_places=4)
    qualifier = models.CharField("数前后的字", max_length=4, choices=Qualifier, blank=True)
    effective_from = DayField("最早日", null=True, blank=True)
    effective_on = DayField("截至日")
    recorded_at = models.DateTimeField("录入时刻", default=timezone.now, editable=False)
    note = CleanCharField("说明", max_length=200, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="readings")

    objects = MetricReadingQuerySet.as_manager()
    history = History(parent="metric")

    class Meta:
        verbose_name = "数据"
        verbose_name_plural = "数据"
        ordering = ["metric", "-effective_on"]
        constraints = [
            models.UniqueConstraint(fields=["metric", "source", "effective_on"],
                                    condition=models.Q(community=None), name="partybuilding_metricreading_once",
                                    violation_error_message="这个来源在这一天已有一个数。"),
            models.UniqueConstraint(fields=["metric", "community", "source", "effective_on"],
                                    name="partybuilding_metricreading_of_community_once",
                                    violation_error_message="这个来源对这个社区在这一天已有一个数。"),
            one_of("qualifier", Qualifier.values, "“超、多、约、近、左右”以外的字不能用。"),
            in_order("effective_from", "effective_on", "最早日不能晚于截至日。"),
        ]

    def __str__(self):
        return f"{self.metric} {self.told}"

    @property
    def parts(self):
        """(before, number, after): the value with its unit in the words of its source, for a page that shows it big."""
        return words.quantity_parts(Decimal(self.value), self.metric.unit, self.qualifier)

    @property
    def told(self):
        """The value with its unit in the words of its source: "超 1,431 万人次"."""
        return "".join(self.parts)
