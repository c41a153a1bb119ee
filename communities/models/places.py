"""Communities and what lies inside them."""
from django.db import models, transaction
from django.urls import reverse

from guicheng.access.membership import Membership, MembershipQuerySet
from guicheng.access.permissions import sees_everything
from guicheng.access.units import behind
from guicheng.fields import CleanCharField, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, Keyed, KeyedQuerySet
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models import Source


class CommunityQuerySet(SearchedQuerySet, MembershipQuerySet, KeyedQuerySet):
    def published(self):
        """Every community is public."""
        return self.all()

    def by(self, day):
        """Those that some paper of the year of `day`, or of one before, names; without a day all."""
        return self if day is None else self.filter(known_from__lte=day.year)

    def listed_in_2021(self):
        """The 45 with a code in the statistics of 2021. 同心, named in 2023, is not among them."""
        return self.exclude(code=None)

    def visible_to(self, user):
        return self if sees_everything(user) else self.served_by(user)


class CommunityKind(models.TextChoices):
    URBAN = "urban", "城市社区"
    RURAL = "rural", "农村社区"


class Community(Searched, Edited, Keyed, Membership):
    """One of the communities of the street."""

    publishes = Publishes()

    Kind = CommunityKind

    natural_key_fields = ("slug",)

    slug = models.SlugField("网址名", max_length=40, unique=True)
    name = CleanCharField("名称", max_length=20, unique=True, help_text="不带“社区”二字。")
    full_name = CleanCharField("全称", max_length=60, blank=True)
    code = models.CharField("统计用区划代码", max_length=12, unique=True, null=True, blank=True)
    kind = models.CharField("城乡", max_length=10, choices=Kind, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    first_listed = models.PositiveSmallIntegerField("代码最早见于", null=True, blank=True)
    known_from = models.PositiveSmallIntegerField("最早见于哪一年的资料")

    address = CleanCharField("地址", max_length=120, blank=True)
    phone = CleanCharField("办公电话", max_length=40, blank=True)
    hours = CleanCharField("办公时间", max_length=120, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    position_note = CleanCharField("坐标来源", max_length=160, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="communities")

    objects = CommunityQuerySet.as_manager()
    history = History(derived=Searched.derived, m2m_fields=["clerks", "reviewers"])

    class Meta:
        verbose_name = "社区"
        verbose_name_plural = "社区"
        ordering = ["order", "pk"]
        constraints = [
            one_of("kind", ["", *CommunityKind.values], "城乡不在可选范围内。"),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True, latitude__isnull=True)
                | (models.Q(longitude__isnull=False, latitude__isnull=False) & ~models.Q(position_note="")),
                name="communities_community_position_sourced",
                violation_error_message="经度和纬度要一起填，并写明坐标来源。",
            ),
        ]

    def __str__(self):
        return f"{self.name}社区"

    def get_absolute_url(self):
        return reverse("community-detail", args=[self.slug])

    def searched_parts(self):
        """With the names of what lies inside: people know their estate better than its community."""
        inside = self.units.order_by("pk").values_list("name", "aliases") if self.pk else ()
        return str(self), self.full_name, self.address, *(name for names in inside for name in names)

    def neighbours(self):
        """The public communities whose pinyin begins with the same letter, this one among them. One query."""
        rows = Community.objects.published().filter(slug__startswith=self.slug[0])
        return rows.order_by("slug").only("slug", "name")

    @property
    def unknown(self):
        """What a reader would look for and nobody has told, in words."""
        told = [("居委会电话", self.phone), ("地址", self.address), ("办公时间", self.hours),
                ("是城市还是农村社区", self.kind)]
        return [words for words, value in told if not value]


class UnitQuerySet(KeyedQuerySet):
    def visible_to(self, user):
        """Those inside one's communities, and those where a party organisation one serves stands."""
        if sees_everything(user):
            return self
        organisations = behind(Unit, "organisations").objects.visible_to(user)
        return self.filter(
            models.Q(community__in=Community.objects.served_by(user))
            | models.Q(pk__in=organisations.exclude(unit=None).values("unit"))
        )


class UnitKind(models.TextChoices):
    ESTATE = "estate", "小区"
    COOPERATIVE = "cooperative", "经济社"
    UNION = "union", "经联社"
    BUILDING = "building", "楼宇"
    PARK = "park", "园区"
    LAND = "land", "地块"


class Unit(Edited, Coded):
    """What lies inside a community: an estate, a co-operative, a tower, a park."""

    publishes = Publishes()

    Kind = UnitKind

    name = CleanCharField("名称", max_length=60, unique=True)
    aliases = CleanCharField("别名", max_length=120, blank=True)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    community = models.ForeignKey(
        Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT, related_name="units",
        help_text="来源没有写明就不填。",
    )
    note = CleanCharField("说明", max_length=200, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="units")

    objects = UnitQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "基层单元"
        verbose_name_plural = "基层单元"
        ordering = ["community__order", "pk"]
        constraints = [
            one_of("kind", UnitKind.values, "类别不在可选范围内。"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        with transaction.atomic():
            before = Community.objects.filter(units=self.pk) if self.pk else ()
            told = {community.pk: community for community in before}
            super().save(*args, **kwargs)
            self._tell(told | ({self.community_id: self.community} if self.community_id else {}))

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            self._tell({self.community_id: self.community} if self.community_id else {})
        return deleted

    @staticmethod
    def _tell(communities):
        """A community is found by the names of what lies inside it."""
        for _, community in sorted(communities.items()):
            community.refresh_projections()
