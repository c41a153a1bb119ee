"""Party organisations: the tree 党工委 → 党委 → 党总支 → 党支部."""
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import RawSQL
from django.urls import reverse

from communities.models import Community, Unit
from guicheng.access.membership import Membership, MembershipQuerySet
from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanCharField, CleanTextField, DayField, in_order, listed_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, KeyedQuerySet
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models import Source
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
        return self.name, self.get_kind_display(), self.task, self.place, place_of(self.community)


def place_of(community):
    """The words by which a row that lies in a community is found."""
    return str(community) if community else ""
