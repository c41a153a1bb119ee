"""One asking to close a quarter, where that takes longer than an answer may: how far it is, and how it ended."""
from django.conf import settings
from django.db import models
from django.db.models import Q

from guicheng.fields import one_of
from guicheng.tables.long_work import LongWork, LongWorkQuerySet
from projects.models.report import QuarterReport


class ClosingState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "正在锁定"
    FINISHED = "finished", "已锁定"
    FAILED = "failed", "没有锁定"


OPEN = ("queued", "running")


class QuarterClosingQuerySet(LongWorkQuerySet):
    def open(self):
        return self.filter(state__in=OPEN)


class QuarterClosing(LongWork):
    """The work of one close. `done` and `total` count its files; `version`: of the report that was read through."""

    State = ClosingState

    report = models.ForeignKey(QuarterReport, verbose_name="季度报告", on_delete=models.PROTECT,
                               related_name="closings")
    version = models.PositiveIntegerField("正文的版本")
    address = models.CharField("网址", max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="锁定人", on_delete=models.PROTECT,
                                 related_name="+")
    asked_at = models.DateTimeField("申请时刻", auto_now_add=True)
    state = models.CharField("情况", max_length=10, choices=ClosingState, default=ClosingState.QUEUED)
    started_at = models.DateTimeField("开始时刻", null=True, blank=True)

    objects = QuarterClosingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度锁定的办理"
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            one_of("state", ClosingState.values, "情况不在可选范围内。"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(state__in=OPEN), name="projects_quarterclosing_once",
                violation_error_message="这个季度正在锁定，请等它办完。"),
        ]

    def __str__(self):
        return f"{self.report}的锁定"

    @property
    def is_waiting(self):
        return self.state in OPEN

    @property
    def is_finished(self):
        return self.state == ClosingState.FINISHED
