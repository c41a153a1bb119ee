"""报送任务: what is asked of whom, for which day, by when, on what ground, and what each answered.

A task asks units; each asked unit has a row for each project it answers for. A row keeps a draft and points at its
newest answer: the statement it became, which goes through the one review, or 零报告. Answers are never changed.
"""
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.access.scope import FollowingQuerySet
from guicheng.access.units import Answered, AnsweredQuerySet
from guicheng.fields import ALL, ChecksAtOnce, CleanCharField, CleanTextField, DayField, one_of
from guicheng.review.states import IN_REVIEW, State
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.history import History
from guicheng.trail.versions import Edited, Versioned
from projects.models.ledger import ProgressUpdate
from projects.models.lists import Category, Department, ProjectList
from projects.models.project import Project


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


class Standing(models.TextChoices):
    """How far one row is, in the order in which the board tells it."""

    PUBLISHED = "published", "已公开"
    HANDED_IN = "handed_in", "已交"
    NIL = "nil", "零报告"
    RETURNED = "returned", "退回"
    DRAFT = "draft", "草稿"
    UNTOUCHED = "untouched", "没动"


Standing.ANSWERED = frozenset({Standing.PUBLISHED, Standing.HANDED_IN, Standing.NIL})


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


class ReportingRowQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit__in=AskedUnit.objects.visible_to(user))

    def with_standing(self):
        """Add `standing`, a key of `Standing`: what the newest answer became, else whether a draft was begun."""
        return self.annotate(standing=standing())

    def in_table_order(self):
        return self.order_by("project__project_list__order", "project__number", "project__code", "pk")


def standing():
    """The expression: how far a row is. Its twin of one row is `ReportingRow.standing_now`."""
    return Case(
        When(latest__returned__isnull=False, latest__update=None, then=Value(Standing.RETURNED)),
        When(latest__isnull=False, latest__update=None, then=Value(Standing.NIL)),
        When(latest__update__state=State.PUBLISHED, then=Value(Standing.PUBLISHED)),
        When(latest__update__state__in=IN_REVIEW, then=Value(Standing.HANDED_IN)),
        When(latest__update__state=State.RETURNED, then=Value(Standing.RETURNED)),
        When(has_draft=True, then=Value(Standing.DRAFT)),
        When(latest__update__state=State.DRAFT, then=Value(Standing.DRAFT)),
        default=Value(Standing.UNTOUCHED), output_field=models.CharField(),
    )


class ReportingRow(Versioned):
    """One project that a unit is asked about: what was begun, and what it answered last."""

    unwatched = ALL  # a draft; what is handed in is a statement, and that is watched
    guards_saves = False  # the operations claim the version (projects/reporting/)

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT, related_name="rows")
    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="reporting_rows")
    draft = models.JSONField("草稿", default=dict, blank=True, editable=False)  # texts by field, as they were typed
    has_draft = models.BooleanField("写了草稿", default=False, editable=False)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁写的草稿", null=True, blank=True,
                                 editable=False, on_delete=models.PROTECT, related_name="+")
    draft_at = models.DateTimeField("草稿存于", null=True, blank=True, editable=False)
    latest = models.OneToOneField("projects.ReportingAnswer", verbose_name="最近的回答", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")

    objects = ReportingRowQuerySet.as_manager()

    class Meta:
        verbose_name = "要报的一行"
        verbose_name_plural = "要报的各行"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "project"], name="projects_reportingrow_once",
                                    violation_error_message="这个项目已经在这张表里。"),
            models.CheckConstraint(
                condition=Q(draft_by__isnull=True, draft_at__isnull=True, has_draft=False)
                | Q(draft_by__isnull=False, draft_at__isnull=False),
                name="projects_reportingrow_draft_by_somebody", violation_error_message="草稿要有人和时刻。"),
        ]

    def __str__(self):
        return str(self.project)

    def get_absolute_url(self):
        return reverse("admin:projects_reportingtask_row", args=[self.pk])

    @property
    def standing_now(self):
        """Of one row what `with_standing()` adds to many."""
        update = self.latest.update if self.latest_id else None
        if self.latest_id and update is None:
            return Standing.RETURNED if hasattr(self.latest, "returned") else Standing.NIL
        if update is not None and update.state in OF_STATE:
            return OF_STATE[update.state]
        began = self.has_draft or update is not None and update.state == State.DRAFT
        return Standing.DRAFT if began else Standing.UNTOUCHED

    @property
    def is_to_fill(self):
        """Whether it waits for the unit: not answered, or returned."""
        return self.standing_now not in Standing.ANSWERED


OF_STATE = {State.PUBLISHED: Standing.PUBLISHED, State.RETURNED: Standing.RETURNED,
            **dict.fromkeys(IN_REVIEW, Standing.HANDED_IN)}


class ReportingAnswer(models.Model):
    """What was handed in for a row, once: the statement it became, or 零报告. The one before stays beside it."""

    unwatched = ALL
    append_only = AppendOnly(frozen_by="", sentence="交上来的回答不能修改或删除，要改就再交一次。")

    row = models.ForeignKey(ReportingRow, verbose_name="要报的一行", on_delete=models.PROTECT, related_name="answers")
    update = models.OneToOneField(ProgressUpdate, verbose_name="进展", null=True, blank=True,
                                  on_delete=models.PROTECT, related_name="reporting_answer")
    said = models.JSONField("交了什么", default=dict, blank=True)  # as it was handed in, whatever review made of it
    reason = CleanTextField("说明", blank=True)
    is_late = models.BooleanField("补报", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁交的", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta:
        verbose_name = "回答"
        verbose_name_plural = "回答"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(update__isnull=True) | Q(reason=""),
                                   name="projects_reportinganswer_statement_or_nil",
                                   violation_error_message="一行要么报进展，要么零报告加说明，不能都是。"),
        ]

    def __str__(self):
        return f"{self.row}，{'进展' if self.update_id else '零报告'}"


class AnswerAtClose(models.Model):
    """How a row stood when its task was closed. Written once, with the closing."""

    append_only = AppendOnly(frozen_by="", sentence="关闭时定下的回答不能修改或删除。")

    row = models.OneToOneField(ReportingRow, verbose_name="要报的一行", on_delete=models.PROTECT,
                               related_name="at_close")
    standing = models.CharField("当时", max_length=12, choices=Standing)
    answer = models.ForeignKey(ReportingAnswer, verbose_name="当时的回答", null=True, blank=True,
                               on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta:
        verbose_name = "关闭时的回答"
        verbose_name_plural = "关闭时的回答"
        constraints = [one_of("standing", Standing.values, "没有这种情况。")]

    def __str__(self):
        return f"{self.row}，{self.get_standing_display()}"
