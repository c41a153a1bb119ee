"""阵地: the places of the party and of those it serves."""
from django.db import models
from django.urls import reverse

from communities.models import Community, Unit
from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanCharField, CleanTextField, DayField, Qualifier, in_order, listed_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, KeyedQuerySet
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from partybuilding.models.organisations import PartyOrganisation, place_of
from projects.models import Project, Source
from projects.models.evidence import told_by


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
        return self.name, self.get_kind_display(), self.address, self.services, place_of(self.community)

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
