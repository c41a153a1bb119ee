"""A long export: who asked for what, how far it is, and the file that came of it.

The work is in `projects/exports/files.py`. The file lies in DATA_DIR/exports and is served only to staff.
"""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from guicheng.access.membership import key_of
from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanCharField, one_of
from guicheng.tables.long_work import LongWork, LongWorkQuerySet
from projects.models.project import Project

EVERYTHING = "everything"


def scope_of(user):
    """The units whose projects this person sees, as "department:12"; EVERYTHING alone for all of them."""
    if sees_everything(user):
        return [EVERYTHING]
    return sorted(key_of(unit) for unit in Project.units_served_by(user))


class ExportFileQuerySet(LongWorkQuerySet):
    def visible_to(self, user):
        """One's own; who sees everything sees them all."""
        return self if sees_everything(user) else self.filter(asked_by=user)

    def open(self):
        return self.filter(state__in=ExportFile.OPEN)


class ExportFileFormat(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"


class ExportFileState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "正在生成"
    FINISHED = "finished", "已生成"
    FAILED = "failed", "没有生成"
    REMOVED = "removed", "已到期删除"


class ExportFile(LongWork):
    """One export of projects, from the asking to the day its file is removed."""

    Format = ExportFileFormat
    State = ExportFileState

    OPEN = ("queued", "running")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="export_files"
    )
    asked_at = models.DateTimeField("申请时刻", auto_now_add=True)
    what = CleanCharField("内容", max_length=300)
    query = models.JSONField("筛选", default=dict, blank=True)  # the filters of StaffFilter that were set
    extension = models.CharField("格式", max_length=4, choices=Format)

    # how far it is
    state = models.CharField("情况", max_length=10, choices=State, default=State.QUEUED)
    started_at = models.DateTimeField("开始时刻", null=True, blank=True)
    finished_at = models.DateTimeField("生成时刻", null=True, blank=True)

    # the file; its name is new with each attempt
    stored = models.CharField("文件名", max_length=40, blank=True)
    scope = models.JSONField("里面是哪些单位的", default=list, blank=True)
    size = models.PositiveBigIntegerField("大小", null=True, blank=True)
    sha256 = models.CharField("指纹", max_length=64, blank=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "导出的文件"
        verbose_name_plural = "导出的文件"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("extension", ExportFileFormat.values, "格式不在可选范围内。"),
            one_of("state", ExportFileState.values, "情况不在可选范围内。"),
            models.CheckConstraint(
                condition=Q(state__in=["finished", "removed"], finished_at__isnull=False, size__isnull=False)
                & ~Q(sha256="") & ~Q(stored="")
                | ~Q(state__in=["finished", "removed"]) & Q(finished_at__isnull=True, size__isnull=True, sha256=""),
                name="projects_exportfile_finished_whole",
                violation_error_message="生成好的文件要有时刻、大小和指纹，没有生成好的不能有。",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_waiting(self):
        return self.state in self.OPEN

    @property
    def is_finished(self):
        return self.state == self.State.FINISHED

    @property
    def file_name(self):
        """What it is called when somebody takes it along."""
        return f"项目明细{timezone.localtime(self.asked_at):%Y%m%d}-{self.pk}.{self.extension}"

    def is_within_scope_of(self, user):
        """Whether this person sees, today, all the units whose projects stand in the file."""
        return sees_everything(user) or EVERYTHING not in self.scope and set(self.scope) <= set(scope_of(user))
