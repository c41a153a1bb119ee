"""An uploaded office list: the batch, its rows, and how each person's columns are called.

The work is in `projects/excel_import/`: reading, preview, confirmation, undo, review of a whole batch.
"""
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.access.units import Answered
from guicheng.excel_import.rows import Outcome
from guicheng.fields import ALL, CleanCharField, DayField, one_of
from guicheng.natural_keys import new_code
from guicheng.tables.long_work import LongWork, LongWorkQuerySet
from projects.models.evidence import Source
from projects.models.ledger import ProgressUpdate
from projects.models.lists import ProjectList


class UploadStorage(FileSystemStorage):
    """Where uploads wait for their confirmation: below DATA_DIR, never served."""

    @property
    def location(self):
        return str(Path(settings.DATA_DIR) / "imports")


def uploads():
    return UploadStorage()


def upload_name(batch, name):
    return f"{timezone.localdate():%Y%m}/{new_code()}"


class ImportBatchQuerySet(LongWorkQuerySet):
    def visible_to(self, user):
        """One's own, and to a reviewer those that wait for a project of the reviewer's units."""
        if sees_everything(user):
            return self
        theirs = ImportRow.objects.filter(ImportRow.of_units_reviewed_by(user), batch=models.OuterRef("pk"))
        return self.filter(models.Q(uploader=user) | models.Exists(theirs))


class ImportBatchState(models.TextChoices):
    UPLOADED = "uploaded", "待对应"
    PREVIEWED = "previewed", "待确认"
    CONFIRMED = "confirmed", "已导入"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


class ImportBatchJob(models.TextChoices):
    NONE = "", "没有"
    PREVIEW = "preview", "读取和核对"
    CONFIRM = "confirm", "导入"
    APPROVE = "approve", "整批审核"
    SEND_BACK = "send_back", "整批退回"


class ImportBatch(LongWork):
    """One uploaded list, from the upload to the confirmation or the undo."""

    State = ImportBatchState
    Job = ImportBatchJob

    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="import_batches"
    )
    created_at = models.DateTimeField("上传时刻", auto_now_add=True)
    confirmed_at = models.DateTimeField("导入时刻", null=True, blank=True)
    file_name = CleanCharField("文件", max_length=160)
    sha256 = models.CharField("指纹", max_length=64)
    file = models.FileField(storage=uploads, upload_to=upload_name, blank=True)

    # what the person chose
    project_list = models.ForeignKey(
        ProjectList, verbose_name="清单", null=True, blank=True, on_delete=models.PROTECT, related_name="import_batches"
    )
    no_list = models.BooleanField("不在清单上", default=False)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="import_batches")
    effective_on = DayField("进展截至")
    sheet = models.CharField("工作表", max_length=160, blank=True)
    header_row = models.PositiveIntegerField("表头在第几行", default=0)
    header_rows = models.PositiveSmallIntegerField("表头有几行", default=1)
    headings = models.JSONField("表头", default=list, blank=True)
    columns = models.JSONField("对应", default=list, blank=True)  # for each column the field it fills, or ""
    new_departments = models.JSONField("要新建的单位", default=list, blank=True)

    sheets_said = models.JSONField("工作表", default=list, blank=True)  # which were read and which were not
    unknown_departments = models.JSONField("没有的单位", default=list, blank=True)

    # how far it is
    state = models.CharField("情况", max_length=20, choices=State, default=State.UPLOADED)
    counts = models.JSONField("各有几行", default=dict, blank=True)
    assumed = models.JSONField("怎么读的", default=list, blank=True)  # sentences
    skipped = models.PositiveIntegerField("没有读的行", default=0)
    passed_over = models.JSONField("没有读的是哪些行", default=list, blank=True)  # [row, why, words]
    job = models.CharField("正在办", max_length=20, choices=Job, blank=True)
    job_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT,
                               related_name="+")
    job_note = models.TextField(blank=True)  # the reason of a return
    job_checked = models.JSONField(default=dict, blank=True)  # what the last reviewer ticked

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        verbose_name_plural = "Excel 导入"
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("state", ImportBatchState.values, "情况不在可选范围内。"),
            one_of("job", ImportBatchJob.values, "正在办的事不在可选范围内。"),
        ]

    def __str__(self):
        return self.file_name

    @property
    def is_open(self):
        """Whether it still can be changed, confirmed or given up."""
        return self.state in (self.State.UPLOADED, self.State.PREVIEWED)

    @property
    def family(self):
        """The family that gives its state a colour, as Status.FAMILY does for projects."""
        return "done" if self.state == self.State.CONFIRMED else "doing" if self.is_open else "none"

    def held_open(self):
        """This batch as it is now, held until the caller's transaction ends, while it may be changed or given up.

        Raises ValidationError where another click was faster: what was confirmed is not changed any more.
        """
        batches = ImportBatch.objects.select_related("project_list", "uploader", "source")
        now = batches.select_for_update(no_key=True, of=("self",)).get(pk=self.pk)
        if not now.is_open:
            raise ValidationError(f"这一批{now.get_state_display()}，不能再改。")
        if now.job:
            raise ValidationError("这一批正在办，请等它办完。")
        return now

    @property
    def is_waiting(self):
        """Whether a step of it waits or is being done."""
        return bool(self.job)

    def forget_file(self):
        """The cells are in the rows; the file itself is needed no more."""
        if self.file:
            self.file.delete(save=False)


class ImportRow(Answered):
    """One row of the list: what it says, what it would change, what became of it."""

    unwatched = ALL  # the roster looks at what it writes

    answered_by = ("project__lead_department", "project__community")

    Outcome = Outcome

    batch = models.ForeignKey(ImportBatch, verbose_name="导入", on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行")
    raw = models.JSONField("原来的格子", default=list, blank=True)
    name = models.CharField("项目", max_length=200, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Outcome)
    sentence = models.TextField("说明", blank=True)
    changes = models.JSONField("改动", default=list, blank=True)  # [label, old, new] for people
    values = models.JSONField("写入", default=dict, blank=True)  # what the confirmation writes, by field
    before = models.JSONField("原值", default=dict, blank=True)  # what the undo gives back, by field
    seen = models.CharField("核对时", max_length=40, blank=True)  # the state of the project that was seen
    # both stay readable for ever: an import is part of what happened
    project = models.ForeignKey(
        "projects.Project", verbose_name="项目", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    update = models.ForeignKey(
        ProgressUpdate, verbose_name="进展", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "导入的行"
        verbose_name_plural = "导入的行"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="projects_importrow_number_once",
                                    violation_error_message="这一行已经有了。"),
            one_of("outcome", Outcome.values, "结果不在可选范围内。"),
        ]

    def __str__(self):
        return f"第 {self.number} 行"


class ColumnHabit(models.Model):
    """What a person says a heading of theirs means; it goes before the common words."""

    unwatched = ALL  # read by one person

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="column_habits"
    )
    heading = models.CharField("表头", max_length=120)
    field = models.CharField("对应", max_length=40, blank=True)

    class Meta:
        verbose_name = "表头习惯"
        verbose_name_plural = "表头习惯"
        constraints = [
            models.UniqueConstraint(fields=["user", "heading"], name="projects_columnhabit_once",
                                    violation_error_message="这个表头已经记住了。"),
        ]

    def __str__(self):
        return f"{self.heading} → {self.field}"
