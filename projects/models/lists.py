"""Lists of promises, what was declared about them, and the offices that answer."""
from django.db import models
from django.urls import reverse
from django.utils import timezone

from guicheng.access.membership import Membership, MembershipQuerySet
from guicheng.access.permissions import sees_everything
from guicheng.access.scope import FollowingQuerySet
from guicheng.fields import CleanCharField, CleanTextField, DayField, Qualifier, in_order, one_of, with_unit
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, Keyed, KeyedQuerySet
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History, Recorded
from guicheng.trail.versions import Edited
from projects.models.evidence import Source


class ProjectListQuerySet(SearchedQuerySet, KeyedQuerySet):
    def published(self):
        return self.filter(is_published=True)

    def visible_to(self, user):
        """A list that is not public yet is read by those who see everything."""
        return self if sees_everything(user) else self.published()

    def real(self):
        """Without sample lists: what a figure over several lists may count."""
        return self.filter(is_sample=False)


class ProjectMembership(models.TextChoices):
    NONE = "", "不在清单上"
    STATED = "stated", "来源写明在清单上"
    IMPLIED = "implied", "由上下文推知在清单上"


class ProjectListKind(models.TextChoices):
    KEY = "key", "重点项目"
    COMMUNITY = "community", "社区项目"
    MICRO = "micro", "微实事"
    SECRETARY = "secretary", "书记工程"
    INITIATIVE = "initiative", "党建730"
    DISTRICT = "district", "区级实事"
    TOWN = "town", "镇级实事"


class ProjectList(Searched, Edited, Keyed):
    """A published list of promises."""

    publishes = Publishes("{row}.is_published")

    Kind = ProjectListKind

    STREET_KINDS = ["key", "community", "micro", "secretary", "initiative"]

    natural_key_fields = ("slug",)

    slug = models.SlugField("网址名", max_length=40, unique=True)
    title = CleanCharField("名称", max_length=80)
    kind = models.CharField("清单类型", max_length=20, choices=Kind)
    year = models.PositiveSmallIntegerField("年度")
    issuer = CleanCharField("发布单位", max_length=80, blank=True)
    unit = CleanCharField("量词", max_length=8, default="项", help_text="项、个、件、条 ……")
    announced_from = DayField("最早公布日", null=True, blank=True)
    announced_on = DayField(
        "公布日", help_text="到这一天一定已经公布；清单上的项目从这一天算起。"
    )
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="lists")
    note = CleanTextField("说明", blank=True)
    office_name = CleanCharField(
        "公文里的名称", max_length=80, blank=True, help_text="报告里这样写，如“7大类45个重点项目”。不填就用名称。")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_compiled = models.BooleanField(
        "往年资料", default=False, help_text="根据公开报道整理、不是完整名单的：不亮灯，不算逾期。")
    is_published = models.BooleanField("公开", default=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = ProjectListQuerySet.as_manager()
    history = History(derived=Searched.derived)

    class Meta:
        verbose_name = "清单"
        verbose_name_plural = "清单"
        ordering = ["is_sample", "order", "slug"]
        constraints = [
            one_of("kind", ProjectListKind.values,
                   "清单类型不在可选范围内。"),
            with_unit("year", "unit", "清单要有量词，如“项”。"),
            in_order("announced_from", "announced_on", "最早公布日不能晚于公布日。"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("list-detail", args=[self.slug])

    def searched_parts(self):
        return self.title, self.get_kind_display(), self.issuer, self.note

    @property
    def is_street(self):
        """Whether the street itself promised it; district and other towns stay in their own layer."""
        return self.kind in self.STREET_KINDS


class DeclarationQuerySet(FollowingQuerySet):
    def known(self, day, known_at=None):
        """What had been declared by the end of `day` (and, given an instant, entered by then)."""
        rows = self.filter(effective_on__lte=day)
        return rows.filter(recorded_at__lte=known_at) if known_at else rows


class Declaration(Recorded, Coded):
    """What a list was said to hold or to have done, on a day, by a source."""

    publishes = Publishes()

    scope_follows = ("project_list",)

    project_list = models.ForeignKey(
        ProjectList, verbose_name="清单", on_delete=models.PROTECT, related_name="declarations"
    )
    total = models.PositiveIntegerField("公布总数", null=True, blank=True)
    done = models.PositiveIntegerField("公布完成数", null=True, blank=True)
    categories = models.PositiveSmallIntegerField("公布类型（主题）数", null=True, blank=True)
    qualifier = models.CharField("数前后的字", max_length=4, choices=Qualifier, blank=True)
    unit = CleanCharField("单位", max_length=8, default="项")
    gives_rate = models.BooleanField(
        "可以算完成率", default=False, help_text="来源写明完成数是总数里的、同一天、同一口径，才勾。")
    statement = CleanCharField("原来怎么说", max_length=200, blank=True, help_text="如“基本完成”“超 90%”。")

    effective_from = DayField("最早日", null=True, blank=True)
    effective_on = DayField("截至日")
    recorded_at = models.DateTimeField("录入时刻", default=timezone.now, editable=False)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="declarations")

    objects = DeclarationQuerySet.as_manager()
    history = History(parent="project_list")

    class Meta:
        verbose_name = "公布数"
        verbose_name_plural = "公布数"
        ordering = ["project_list", "-effective_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project_list", "source", "effective_on"], name="projects_declaration_once",
                violation_error_message="这个来源在这一天已有一条公布数。",
            ),
            models.CheckConstraint(
                condition=models.Q(done__isnull=True) | models.Q(done__lte=models.F("total")),
                name="projects_declaration_done_within_total",
                violation_error_message="公布完成数不能多于公布总数。",
            ),
            models.CheckConstraint(
                condition=models.Q(total__isnull=False) | models.Q(categories__isnull=False)
                | ~models.Q(statement=""),
                name="projects_declaration_says_something",
                violation_error_message="总数、类型数和说法至少填一项。",
            ),
            models.CheckConstraint(
                condition=models.Q(gives_rate=False) | models.Q(done__isnull=False, total__gt=0, qualifier=""),
                name="projects_declaration_rate_of_both",
                violation_error_message="总数和完成数都有、没有“约、超”这样的字，才可以算完成率。",
            ),
            one_of("qualifier", Qualifier.values, "“超、多、约、近、左右”以外的字不能用。"),
            with_unit("total", "unit", "有总数就要写单位。"),
            in_order("effective_from", "effective_on", "最早日不能晚于截至日。"),
        ]

    def __str__(self):
        return f"{self.project_list}：{self.total if self.total is not None else self.statement}"


class Category(Recorded, Keyed):
    """A numbered heading inside one list."""

    publishes = Publishes()

    natural_key_fields = ("project_list__slug", "number")
    scope_follows = ("project_list",)

    project_list = models.ForeignKey(
        ProjectList, verbose_name="清单", on_delete=models.PROTECT, related_name="categories"
    )
    number = models.PositiveSmallIntegerField("序号")
    name = CleanCharField("名称", max_length=80)
    office_name = CleanCharField("公文里的名称", max_length=80, blank=True, help_text="不填就用名称。")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = FollowingQuerySet.as_manager()
    history = History(parent="project_list")

    class Meta:
        verbose_name = "类型（主题）"
        verbose_name_plural = "类型（主题）"
        ordering = ["project_list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project_list", "number"], name="projects_category_number_once",
                                    violation_error_message="这张清单里已有这个序号的类型。"),
            models.UniqueConstraint(fields=["project_list", "name"], name="projects_category_name_once",
                                    violation_error_message="这张清单里已有同名的类型。"),
        ]

    def __str__(self):
        return f"{self.number}. {self.name}"


class DepartmentQuerySet(MembershipQuerySet, KeyedQuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.served_by(user)


class Department(Edited, Keyed, Membership):
    """Who answers for a project: an office of the street, a company, a school, a hospital."""

    publishes = Publishes()

    natural_key_fields = ("name",)

    name = CleanCharField("名称", max_length=80, unique=True)
    short_name = CleanCharField("简称", max_length=40, blank=True)
    leader = CleanCharField("责任领导", max_length=40, blank=True)
    contact = CleanCharField("联系人", max_length=40, blank=True)
    phone = CleanCharField("办公电话", max_length=40, blank=True, help_text="公开显示，只填办公电话。")
    address = CleanCharField("地址", max_length=120, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()
    history = History(m2m_fields=["clerks", "reviewers"])

    class Meta:
        verbose_name = "责任单位"
        verbose_name_plural = "责任单位"
        ordering = ["name"]

    def __str__(self):
        return self.name
