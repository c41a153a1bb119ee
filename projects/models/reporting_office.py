"""What happens to the answers of a 报送任务: returned, released by the unit, worded by the office, reminded of.

Each is a row of its own beside the answer it concerns; none of them is ever changed.
"""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from guicheng.fields import ALL, CleanCharField, CleanTextField, one_of
from guicheng.files import models as files
from guicheng.trail.append_only import AppendOnly
from projects.models.asked import Done, Return
from projects.models.reporting import AskedColumn, AskedUnit, ReportingTask
from projects.models.reporting_rows import ReportingAnswer, ReportingRow

WORDED = (AskedColumn.TEXT, AskedColumn.PROBLEM, AskedColumn.DELAY_REASON, AskedColumn.NEXT_STEP,
          AskedColumn.COORDINATION)  # what the office may word in another way: texts, never a status or a number


class OfSample(Done):
    """Who did it, and when; and whether its task is a sample."""

    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta(Done.Meta):
        abstract = True


class ReportingReturn(Return):
    append_only = AppendOnly(frozen_by="", sentence="退回的记录不能修改或删除。")

    answer = models.OneToOneField(ReportingAnswer, verbose_name="回答", on_delete=models.PROTECT,
                                  related_name="returned")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta(Return.Meta):
        verbose_name = "退回"
        verbose_name_plural = "退回"


class ReportingScan(files.Paper):
    """盖章扫描件: what a unit sends with its release. Never public."""

    of, unwatched = "unit", ALL  # for staff alone
    append_only = AppendOnly(frozen_by="", let_go="", sentence="交上来的扫描件不能修改或删除。")

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT, related_name="papers",
                             editable=False)

    class Meta(files.Paper.Meta):
        verbose_name = "盖章扫描件"
        verbose_name_plural = "盖章扫描件"
        constraints = files.paper_constraints("unit", "报送表")


class ReportingRelease(OfSample):
    """审签: the unit's own reviewer lets its table go, as it stood with its newest answer."""

    unwatched = ALL  # between offices
    append_only = AppendOnly(frozen_by="", sentence="审签的记录不能修改或删除，重报以后再审签一次。")

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT, related_name="releases")
    up_to = models.ForeignKey(ReportingAnswer, verbose_name="到哪个回答", null=True, blank=True,
                              on_delete=models.PROTECT, related_name="+")  # none where no project is asked
    beside = models.CharField("别种回答到哪个", max_length=80, blank=True, editable=False)  # kinds.marks_of
    filler = CleanCharField("填表人", max_length=40, blank=True)
    phone = CleanCharField("联系电话", max_length=40, blank=True, help_text="办公电话。")
    scan = models.OneToOneField(ReportingScan, verbose_name="盖章扫描件", null=True, blank=True,
                                on_delete=models.PROTECT, related_name="release")

    class Meta(OfSample.Meta):
        verbose_name = "审签"
        verbose_name_plural = "审签"
        constraints = [
            models.UniqueConstraint(fields=["unit", "up_to", "beside"], name="projects_reportingrelease_once",
                                    violation_error_message="这张表已经审签过了。"),
            models.UniqueConstraint(
                fields=["unit", "beside"], condition=Q(up_to=None), name="projects_reportingrelease_of_others_once",
                violation_error_message="这张表已经审签过了。"),
            models.CheckConstraint(
                condition=Q(up_to__isnull=False) | ~Q(beside=""), name="projects_reportingrelease_of_something",
                violation_error_message="一个回答也没有的表不能审签。"),
        ]

    def __str__(self):
        return f"{self.unit}，审签"


class ReportingWording(OfSample):
    """How the office says one cell in the 汇总表, beside what the unit wrote. The newest stands, "" takes it back."""

    unwatched = ALL  # between offices
    append_only = AppendOnly(frozen_by="", sentence="办公室的表述不能修改或删除，要改就再写一次。")

    row = models.ForeignKey(ReportingRow, verbose_name="要报的一行", on_delete=models.PROTECT, related_name="wordings")
    key = models.CharField("栏目", max_length=20, choices=[(key.value, key.label) for key in WORDED])
    text = CleanTextField("办公室的表述", blank=True)

    class Meta(OfSample.Meta):
        verbose_name = "办公室的表述"
        verbose_name_plural = "办公室的表述"
        constraints = [one_of("key", [key.value for key in WORDED], "这一栏不能另写。")]

    def __str__(self):
        return f"{self.row}，{self.get_key_display()}"


class ReminderKind(models.TextChoices):
    SOON = "soon", "截止前提醒"
    TODAY = "today", "截止当天提醒"
    URGE = "urge", "催报"


class ReportingReminder(models.Model):
    """That units with rows still to hand in were reminded: by itself, each kind once, or urged by a person."""

    Kind = ReminderKind
    append_only = AppendOnly(frozen_by="", sentence="提醒的记录不能修改或删除。")

    task = models.ForeignKey(ReportingTask, verbose_name="报送任务", on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField("哪一种", max_length=8, choices=ReminderKind)
    told = models.PositiveIntegerField("收到的单位数")
    without_account = models.PositiveIntegerField("没有账号的单位数", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁催的", null=True, blank=True,
                           on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta:
        verbose_name = "报送提醒"
        verbose_name_plural = "报送提醒"
        ordering = ["pk"]
        constraints = [
            one_of("kind", ReminderKind.values, "没有这种提醒。"),
            models.CheckConstraint(
                condition=Q(kind=ReminderKind.URGE, by__isnull=False) | ~Q(kind=ReminderKind.URGE) & Q(by__isnull=True),
                name="projects_reportingreminder_urged_by_somebody",
                violation_error_message="催报要有人，自动提醒没有。"),
            models.UniqueConstraint(
                fields=["task", "kind"], condition=~Q(kind=ReminderKind.URGE), name="projects_reportingreminder_once",
                violation_error_message="这种提醒已经发过。"),
        ]

    def __str__(self):
        return f"{self.task}，{self.get_kind_display()}"
