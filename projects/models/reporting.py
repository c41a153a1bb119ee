"""报送任务: what is asked of whom, for which day, by when, on what ground.

A task asks units; each asked unit has a row for each project it answers for (reporting_rows.py).
"""
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.access.scope import FollowingQuerySet
from guicheng.access.units import Answered, AnsweredQuerySet
from guicheng.fields import ALL, ChecksAtOnce, CleanCharField, CleanTextField, DayField, one_of
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models.lists import Category, Department, ProjectList


class Rhythm(models.TextChoices):
    ONCE = "once", "一次"
    HALF_MONTH = "half_month", "每半月"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季"


class AskedColumn(models.TextChoices):
    """What of a project can be asked: the fields of a statement that hold it."""

    STATUS = "status", "状态"
    PERCENT = "percent", "完成 %"
    QUANTITY = "quantity", "完成数量"
    TEXT = "text", "本期进展（公开）"
    PROBLEM = "problem", "存在问题"
    DELAY_REASON = "delay_reason", "滞后原因"
    NEXT_STEP = "next_step", "下一步及时限"
    COORDINATION = "coordination", "需协调事项"


class ReportingTaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of them to who sees the street; to others those that were opened and ask their units."""
        if sees_everything(user):
            return self
        asked = AskedUnit.objects.answered_by_units_of(user)
        return self.filter(pk__in=asked.values("task")).exclude(opened_at=None)

    def running(self):
        return self.filter(opened_at__isnull=False, closed_at=None)


class ReportingTask(ChecksAtOnce, Edited):
    """One 报送任务. Prepared, opened to the units it asks, closed; answers are still taken after that, and marked."""

    Rhythm = Rhythm
    unwatched = ALL  # between offices

    title = CleanCharField("标题", max_length=80, help_text="例如：2026 年 11 月重点项目进展。")
    ground = CleanCharField("依据", max_length=200, help_text="谁要的、哪个文：例如“区发改局《关于…的通知》（…号）”。")
    as_of = DayField("统计截止日", help_text="各行的进展算到这一天。")
    due_at = models.DateTimeField("报送截止", help_text="哪一天几点前交。")
    meant_at = models.DateTimeField("原定报送截止", null=True, blank=True, editable=False)  # before it left a day off
    rhythm = models.CharField("频次", max_length=12, choices=Rhythm, default=Rhythm.MONTH)
    guidance = CleanTextField("填报说明", blank=True)

    # what it asks; nothing chosen asks no less
    asks_projects = models.BooleanField("问项目进展", default=True, help_text="不勾，就只问下面选的数据项。")
    metrics = models.ManyToManyField(
        "partybuilding.Metric", verbose_name="数据项", blank=True,
        help_text="要社区报的数，例如志愿者人数；本街道的才能问。不选社区就问全部社区。")
    lists = models.ManyToManyField(ProjectList, verbose_name="清单", blank=True, help_text="不选就是全部清单。")
    categories = models.ManyToManyField(Category, verbose_name="类型", blank=True)
    departments = models.ManyToManyField(
        Department, verbose_name="单位", blank=True, help_text="单位和社区都不选，就问所有有项目的。")
    communities = models.ManyToManyField("communities.Community", verbose_name="社区", blank=True)
    only_unfinished = models.BooleanField("只问没办完的", default=True)
    needs_scan = models.BooleanField("审签时要盖章扫描件", default=False, help_text="上级要纸质或扫描件时才勾。")

    previous = models.OneToOneField("self", verbose_name="上一期", null=True, blank=True, editable=False,
                                    on_delete=models.PROTECT, related_name="following")

    opened_at = models.DateTimeField("布置时刻", null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="布置人", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("关闭时刻", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="关闭人", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = ReportingTaskQuerySet.as_manager()
    history = History(m2m_fields=["lists", "categories", "departments", "communities", "metrics"])

    class Meta:
        verbose_name = "报送任务"
        verbose_name_plural = "报送任务"
        ordering = ["-due_at", "-pk"]
        permissions = [("ask_reports", "布置和关闭报送任务")]
        constraints = [
            one_of("rhythm", Rhythm.values, "频次不在可选范围内。"),
            models.CheckConstraint(condition=~Q(ground="") & ~Q(title=""), name="projects_reportingtask_grounded",
                                   violation_error_message="报送任务要写明标题和依据。"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="projects_reportingtask_opened_by_somebody",
                violation_error_message="布置要有布置人和时刻。"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, opened_at__isnull=False),
                name="projects_reportingtask_closed_after_opening",
                violation_error_message="布置过的才能关闭，关闭要有人和时刻。"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("admin:projects_reportingtask_board", args=[self.pk])

    @property
    def is_open(self):
        return self.opened_at is not None and self.closed_at is None

    @property
    def stage(self):
        if self.opened_at is None:
            return "没有布置"
        return "已关闭" if self.closed_at else "在报"

    def usual_day(self):
        """The day a row is told for unless it says another: what is to come cannot be told yet."""
        return min(self.as_of, timezone.localdate())


class ReportingColumn(models.Model):
    """One column a task asks, with the 口径 that stands under its head."""

    unwatched = ALL
    scope_follows = ("task",)

    task = models.ForeignKey(ReportingTask, verbose_name="报送任务", on_delete=models.CASCADE, related_name="columns")
    key = models.CharField("栏目", max_length=20, choices=AskedColumn)
    definition = CleanCharField("口径", max_length=120, blank=True, help_text="写在栏目下面：怎么算、算到哪天。")

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = "栏目"
        verbose_name_plural = "栏目"
        ordering = ["pk"]
        constraints = [
            one_of("key", AskedColumn.values, "栏目不在可选范围内。"),
            models.UniqueConstraint(fields=["task", "key"], name="projects_reportingcolumn_once",
                                    violation_error_message="这个栏目已经有了。"),
        ]

    def __str__(self):
        return self.get_key_display()


class AskedUnitQuerySet(AnsweredQuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.answered_by_units_of(user).exclude(task__opened_at=None)

    def in_list_order(self):
        """The communities as their list has them, then the departments by name."""
        communities_first = Case(When(community=None, then=1), default=0)
        return self.select_related("community", "department").order_by(
            communities_first, "community__order", "department__name", "pk")

    def shown(self):
        """Those whose files anybody may fetch: none, what a unit sends is for staff."""
        return self.none()


class AskedUnit(Answered):
    """One unit that a task asks: its table."""

    unwatched = ALL
    answered_by = ("department", "community")

    task = models.ForeignKey(ReportingTask, verbose_name="报送任务", on_delete=models.PROTECT, related_name="units")
    department = models.ForeignKey(Department, verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT,
                                   related_name="+")
    community = models.ForeignKey("communities.Community", verbose_name="社区", null=True, blank=True,
                                  on_delete=models.PROTECT, related_name="+")

    objects = AskedUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "要报的单位"
        verbose_name_plural = "要报的单位"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True, community__isnull=False)
                | Q(department__isnull=False, community__isnull=True),
                name="projects_askedunit_one_unit", violation_error_message="要报的是一个单位或一个社区。"),
            models.UniqueConstraint(fields=["task", "department"], name="projects_askedunit_department_once",
                                    violation_error_message="这个单位已经在这次任务里。"),
            models.UniqueConstraint(fields=["task", "community"], name="projects_askedunit_community_once",
                                    violation_error_message="这个社区已经在这次任务里。"),
        ]

    def __str__(self):
        return str(self.unit)

    def get_absolute_url(self):
        return reverse("admin:projects_reportingtask_table", args=[self.pk])

    @property
    def unit(self):
        return self.community or self.department
