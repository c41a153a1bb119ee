"""Party organisations, their places, and the figures that were reported about them."""
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from communities.models import Community, Unit
from guicheng import words
from guicheng.access.membership import Membership, MembershipQuerySet
from guicheng.access.permissions import sees_everything
from guicheng.access.scope import FollowingQuerySet
from guicheng.fields import CleanCharField, CleanTextField, DayField, Qualifier, in_order, listed_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, Keyed, KeyedQuerySet
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models import Project, Source
from projects.models.evidence import told_by

# UNION, not UNION ALL: should two organisations ever stand below each other, it still ends
SUBTREE = """
    WITH RECURSIVE tree(id) AS (
        {tops}
        UNION SELECT below.id FROM {table} below JOIN tree ON below.parent_id = tree.id
    ) SELECT id FROM tree
"""


class PartyOrganisationQuerySet(SearchedQuerySet, MembershipQuerySet, KeyedQuerySet):
    def published(self):
        return self.filter(is_published=True)

    def by(self, day):
        """Those founded by the end of `day`, or told of by then where nobody stated the day; without a day all."""
        return self if day is None else self.filter(told_by(day, own=["started_on"]))

    def visible_to(self, user):
        return self if sees_everything(user) else self.served_by(user)

    def served_by(self, user):
        """Those one works for, with all below them."""
        return self._below("clerks", "reviewers", of=user)

    def reviewed_by(self, user):
        """Those one is a reviewer of, with all below them."""
        return self._below("reviewers", of=user)

    def _below(self, *parts, of):
        tops = " UNION ".join(f"SELECT partyorganisation_id FROM {getattr(self.model, part).through._meta.db_table}"  # noqa: S608
                              " WHERE user_id = %s" for part in parts)
        return self.filter(pk__in=RawSQL(  # noqa: S611 - the names of our own tables, no value
            SUBTREE.format(tops=tops, table=self.model._meta.db_table), [of.pk] * len(parts)))

    def by_kind(self):
        """Kind by kind, as OrganisationKind lists them."""
        return self.order_by(listed_order("kind", OrganisationKind), "pk")

    def leading_a_community(self):
        """Those that stand for a community as a whole, not for one estate or task in it."""
        branches = [self.model.Kind.BRANCH, self.model.Kind.TEMPORARY_BRANCH]
        return self.exclude(community=None).filter(unit=None).exclude(kind__in=branches)


class OrganisationKind(models.TextChoices):
    WORK_COMMITTEE = "work_committee", "党工委"
    COMMITTEE = "committee", "党委"
    JOINT_COMMITTEE = "joint_committee", "联合党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"


class PartyOrganisation(Searched, Edited, Coded, Membership):
    """A node of the tree 党工委 → 党委 → 党总支 → 党支部. A temporary branch has a task, a start and an end."""

    publishes = Publishes("{row}.is_published")

    Kind = OrganisationKind

    name = CleanCharField("名称", max_length=80, unique=True)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", verbose_name="上级", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    community = models.ForeignKey(
        Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT,
        related_name="organisations",
    )
    unit = models.ForeignKey(
        Unit, verbose_name="基层单元", null=True, blank=True, on_delete=models.PROTECT,
        related_name="organisations",
    )
    task = CleanCharField("任务", max_length=120, blank=True)
    place = CleanCharField("地点", max_length=80, blank=True)
    started_on = DayField("成立日", null=True, blank=True)
    ended_on = DayField("撤销日", null=True, blank=True)
    note = CleanTextField("说明", blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="organisations")
    is_published = models.BooleanField("公开", default=True)

    objects = PartyOrganisationQuerySet.as_manager()
    history = History(derived=Searched.derived, m2m_fields=["clerks", "reviewers"])

    class Meta:
        verbose_name = "党组织"
        verbose_name_plural = "党组织"
        ordering = ["pk"]
        constraints = [
            one_of("kind", OrganisationKind.values, "类别不在可选范围内。"),
            in_order("started_on", "ended_on", "成立日不能晚于撤销日。"),
            models.CheckConstraint(
                condition=~models.Q(kind="temporary_branch") | ~models.Q(task=""),
                name="partybuilding_partyorganisation_task_given",
                violation_error_message="临时党支部要写明任务。",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('party-organisations')}#{self.code}"

    def clean(self):
        above, seen = self.parent, set()
        while above is not None and above.pk not in seen:
            if above.pk == self.pk:
                raise ValidationError({"parent": "上级不能是自己，也不能是自己的下级。"})
            seen.add(above.pk)
            above = above.parent

    def searched_parts(self):
        return self.name, self.get_kind_display(), self.task, self.place, _place(self.community)


class VenueQuerySet(SearchedQuerySet, KeyedQuerySet):
    def published(self):
        """Every place is public."""
        return self.all()

    def by_kind(self):
        """Kind by kind, as VenueKind lists them, and below that in the order of the communities."""
        return self.order_by(listed_order("kind", VenueKind), "community__order", "pk")

    def by(self, day):
        """Those opened by the end of `day`, or told of by then where nobody stated the day; without a day all."""
        return self if day is None else self.filter(told_by(day, own=["opened_on"]))

    def visible_to(self, user):
        """Those of one's communities, units and projects, and of the communities one's party organisations lead."""
        if sees_everything(user):
            return self
        led = PartyOrganisation.objects.visible_to(user).leading_a_community().values("community")
        return self.filter(
            models.Q(community__in=Community.objects.served_by(user)) | models.Q(community__in=led)
            | models.Q(unit__in=Unit.objects.visible_to(user)) | models.Q(project__in=Project.objects.visible_to(user))
        )


class VenueKind(models.TextChoices):
    STREET_CENTRE = "street_centre", "街道党群服务中心"
    COMMUNITY_CENTRE = "community_centre", "社区党群服务中心"
    STATION = "station", "党群服务站"
    HOUSE = "house", "组织生活馆"
    ACTIVITY_CENTRE = "activity_centre", "党群活动中心"
    CIVILISATION = "civilisation", "新时代文明实践所"
    VACCINATION = "vaccination", "疫苗接种点"
    OTHER = "other", "其他"


class Venue(Searched, Edited, Coded):
    """A service centre, a service station, a meeting house: 党群服务中心、服务站."""

    publishes = Publishes()

    Kind = VenueKind

    name = CleanCharField("名称", max_length=80, unique=True)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    community = models.ForeignKey(
        Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT, related_name="venues"
    )
    unit = models.ForeignKey(
        Unit, verbose_name="基层单元", null=True, blank=True, on_delete=models.PROTECT, related_name="venues"
    )
    project = models.ForeignKey(
        Project, verbose_name="建设项目", null=True, blank=True, on_delete=models.PROTECT, related_name="venues"
    )
    address = CleanCharField("地址", max_length=120, blank=True)
    phone = CleanCharField("电话", max_length=40, blank=True)
    hours = CleanCharField("开放时间", max_length=120, blank=True)
    area = models.PositiveIntegerField("面积（平方米）", null=True, blank=True)
    area_qualifier = models.CharField("面积前后的字", max_length=4, choices=Qualifier, blank=True)
    services = CleanTextField("做什么", blank=True)
    opened_from = DayField("启用最早日", null=True, blank=True)
    opened_on = DayField("启用日", null=True, blank=True, help_text="到这一天一定已经启用。")
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="venues")

    objects = VenueQuerySet.as_manager()
    history = History(derived=Searched.derived)

    class Meta:
        verbose_name = "阵地"
        verbose_name_plural = "阵地"
        ordering = ["pk"]
        constraints = [
            one_of("kind", VenueKind.values, "类别不在可选范围内。"),
            one_of("area_qualifier", Qualifier.values, "“超、多、约、近、左右”以外的字不能用。"),
            in_order("opened_from", "opened_on", "启用最早日不能晚于启用日。"),
        ]

    def __str__(self):
        return self.name

    def searched_parts(self):
        return self.name, self.get_kind_display(), self.address, self.services, _place(self.community)

    def get_absolute_url(self):
        return f"{reverse('venue-index')}#{self.code}"

    @property
    def unknown(self):
        """What one would want to know before going there and nobody has told, in words."""
        told = [("地址", self.address), ("电话", self.phone), ("开放时间", self.hours)]
        return [name for name, value in told if not value]

    @property
    def area_told(self):
        return words.quantity(self.area, "平方米", self.area_qualifier) if self.area else ""


def _place(community):
    return str(community) if community else ""


class MetricQuerySet(FollowingQuerySet):
    def published(self):
        """Without those of a project that is not public."""
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.published()))

    def with_readings(self, day=None, known_at=None):
        """Each with its readings at hand, newest first: those stated by the end of `day`, all without one."""
        newest = MetricReading.objects.select_related("source").known(day, known_at)
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
    def known(self, day=None, known_at=None):
        """What had been stated by the end of `day`, newest first; all without a day."""
        rows = self if day is None else self.filter(effective_on__lte=day)
        rows = rows.filter(recorded_at__lte=known_at) if known_at else rows
        return rows.order_by("-effective_on", "-pk")


class MetricReading(Edited, Coded):
    """One value of a metric, as of a day, by a source."""

    publishes = Publishes()

    scope_follows = ("metric",)

    metric = models.ForeignKey(Metric, verbose_name="数据项", on_delete=models.PROTECT, related_name="readings")
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
                                    name="partybuilding_metricreading_once",
                                    violation_error_message="这个来源在这一天已有一个数。"),
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
