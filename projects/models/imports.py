"""An uploaded office list: the batch, its sheets and rows, what was answered, and each person's habits.

The work is in `projects/excel_import/`: reading, preview, confirmation, undo, review of a whole batch.
"""
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.access.units import Answered
from guicheng.excel_import.rows import Outcome, row_of_sheet
from guicheng.fields import ALL, CleanCharField, DayField, one_of
from guicheng.natural_keys import new_code
from guicheng.tables.long_work import LongWork, LongWorkQuerySet
from guicheng.trail.versions import hold
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


@dataclass
class ReadSheet:
    """One sheet of an uploaded file, and how it is read."""

    name: str
    is_hidden: bool = False
    has_header: bool = False  # whether a row was recognised that names projects
    is_read: bool = False
    header_row: int = 0
    header_rows: int = 1
    headings: list = field(default_factory=list)
    columns: list = field(default_factory=list)  # for each column the field it fills, or ""
    remembered: list = field(default_factory=list)  # the headings that are read as the person once said
    project_list: int | None = None  # the list that the sheet names
    unit: str = ""  # of money, where the person said it; "" as the file says
    scale: str = ""  # of percentages, likewise
    total: int = 0  # rows below the header

    @property
    def names_projects(self):
        return bool({"name", "code"} & set(self.columns))

    def heading_of(self, key):
        """The heading of the column that fills a field; "" where none does."""
        return self.headings[self.columns.index(key)] if key in self.columns else ""


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
    sheets = models.JSONField("工作表", default=list, blank=True)  # of each what a ReadSheet is
    new_departments = models.JSONField("要新建的单位", default=list, blank=True)
    unknown_departments = models.JSONField("没有的单位", default=list, blank=True)

    # how far it is
    state = models.CharField("情况", max_length=20, choices=State, default=State.UPLOADED)
    counts = models.JSONField("各有几行", default=dict, blank=True)
    assumed = models.JSONField("怎么读的", default=list, blank=True)  # of each what an Assumption is
    skipped = models.PositiveIntegerField("没有读的行", default=0)
    passed_over = models.JSONField("没有读的是哪些行", default=list, blank=True)
    # of each {"sheet", "row", "why", "words", "place"}
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
    def read_sheets(self):
        """Every sheet of the file, in its order."""
        return [ReadSheet(**each) for each in self.sheets]

    @read_sheets.setter
    def read_sheets(self, sheets):
        self.sheets = [asdict(each) for each in sheets]

    @property
    def is_of_several_sheets(self):
        """Whether rows are called by their sheet as well."""
        return sum(each["is_read"] for each in self.sheets) > 1

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
        held = hold(ImportBatch.objects.filter(pk=self.pk))
        now = ImportBatch.objects.select_related("project_list", "uploader", "source").get(pk__in=held)
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
    sheet = models.CharField("工作表", max_length=160, blank=True)  # "" where only one is read
    number = models.PositiveIntegerField("行")
    raw = models.JSONField("原来的格子", default=list, blank=True)
    name = models.CharField("项目", max_length=200, blank=True)
    outcome = models.CharField("结果", max_length=20, choices=Outcome)
    sentence = models.TextField("说明", blank=True)
    changes = models.JSONField("改动", default=list, blank=True)  # [label, old, new] for people
    values = models.JSONField("写入", default=dict, blank=True)  # what the confirmation writes, by field
    before = models.JSONField("原值", default=dict, blank=True)  # what the undo gives back, by field
    # of each question {"question", "sentence", "choices": [[key, label, what is to be written beside it]]}
    asks = models.JSONField("要说明的", default=list, blank=True)
    seen = models.CharField("核对时", max_length=40, blank=True)  # the state of the project that was seen
    # both stay readable for ever: an import is part of what happened
    project = models.ForeignKey(
        "projects.Project", verbose_name="项目", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    update = models.ForeignKey(
        ProgressUpdate, verbose_name="进展", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    postponement = models.ForeignKey(
        ProgressUpdate, verbose_name="延期", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "导入的行"
        verbose_name_plural = "导入的行"
        ordering = ["pk"]  # as they stand in the file, sheet by sheet
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="projects_importrow_number_once",
                                    violation_error_message="这一行已经有了。"),
            one_of("outcome", Outcome.values, "结果不在可选范围内。"),
        ]

    def __str__(self):
        return row_of_sheet(self.sheet, self.number)

    @property
    def statements(self):
        """What the row became in the ledger."""
        return [each for each in (self.update, self.postponement) if each]


class ImportAnswer(models.Model):
    """What a person said of a row that was asked about, or passed over: who, when, in which words."""

    unwatched = ALL  # the roster looks at what it writes

    batch = models.ForeignKey(ImportBatch, verbose_name="导入", on_delete=models.CASCADE, related_name="answers")
    sheet = models.CharField("工作表", max_length=160, blank=True)  # always its name: sheets are ticked and unticked
    number = models.PositiveIntegerField("行")
    question = models.CharField("问的", max_length=40)
    asked = models.TextField("问的话", blank=True)
    answer = models.CharField("回答", max_length=160)
    said = models.CharField("回答的话", max_length=200, blank=True)
    words = models.TextField("写的", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="回答人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("回答时刻", default=timezone.now)

    class Meta:
        verbose_name = "导入的回答"
        verbose_name_plural = "导入的回答"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "number", "question"],
                                    name="projects_importanswer_once",
                                    violation_error_message="这一问已经回答了。"),
        ]

    def __str__(self):
        return f"{row_of_sheet(self.sheet, self.number)}：{self.said}"


class ColumnHabit(models.Model):
    """What a person says a heading of theirs means, and how it is read; it goes before the common words."""

    unwatched = ALL  # read by one person

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="column_habits"
    )
    heading = models.CharField("表头", max_length=120)
    field = models.CharField("对应", max_length=40, blank=True)
    reading = models.CharField("读法", max_length=40, blank=True)  # the unit of money, what 1 % is; "" as the file says

    class Meta:
        verbose_name = "表头习惯"
        verbose_name_plural = "表头习惯"
        constraints = [
            models.UniqueConstraint(fields=["user", "heading"], name="projects_columnhabit_once",
                                    violation_error_message="这个表头已经记住了。"),
        ]

    def __str__(self):
        return f"{self.heading} → {self.field}"
