"""Long exports: made by a worker beside the pages, kept for a month, swept when something went wrong.

The file has its name before the row says that it is finished, and the row says so in one statement. Whatever is
killed in between leaves a file that no row names: it is never served, and the next run or the daily job removes it.

An app has a table of `LongExport`s, an `Export` that says what its files hold, and a task that calls `run`:

    wish_files = LongExports(WishFile, Export("心愿", …), "wishes")
"""
import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from guicheng.fields import CleanCharField, one_of
from guicheng.natural_keys import new_code
from guicheng.tables.exports import WRITERS
from guicheng.tables.long_work import FAILED, GIVEN_UP, LongWork, LongWorkQuerySet, on_own_connection
from guicheng.tables.whole_files import whole_file


class Format(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"
    ZIP = "zip", "zip"


class State(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "正在生成"
    FINISHED = "finished", "已生成"
    FAILED = "failed", "没有生成"
    REMOVED = "removed", "已到期删除"


OPEN = ("queued", "running")


class LongExportQuerySet(LongWorkQuerySet):
    def open(self):
        return self.filter(state__in=OPEN)


class LongExport(LongWork):
    """One export, from the asking to the day its file is removed. A table adds `asked_by`."""

    Format = Format
    State = State
    title = ""  # what a file of it is called when somebody takes it along

    asked_at = models.DateTimeField("申请时刻", auto_now_add=True)
    what = CleanCharField("内容", max_length=300)
    query = models.JSONField("筛选", default=dict, blank=True)  # the filters that were set
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

    objects = LongExportQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = "导出的文件"
        verbose_name_plural = "导出的文件"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("extension", Format.values, "格式不在可选范围内。"),
            one_of("state", State.values, "情况不在可选范围内。"),
            models.CheckConstraint(
                condition=Q(state__in=["finished", "removed"], finished_at__isnull=False, size__isnull=False)
                & ~Q(sha256="") & ~Q(stored="")
                | ~Q(state__in=["finished", "removed"]) & Q(finished_at__isnull=True, size__isnull=True, sha256=""),
                name="%(app_label)s_%(class)s_finished_whole",
                violation_error_message="生成好的文件要有时刻、大小和指纹，没有生成好的不能有。",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_waiting(self):
        return self.state in OPEN

    @property
    def is_finished(self):
        return self.state == State.FINISHED

    @property
    def family(self):
        """The family that gives its state a colour, as Status.FAMILY does for projects."""
        return "done" if self.is_finished else "doing" if self.is_waiting else "none"

    @property
    def file_name(self):
        """What it is called when somebody takes it along."""
        return f"{self.title}{timezone.localtime(self.asked_at):%Y%m%d}-{self.pk}.{self.extension}"


@dataclass(frozen=True)
class Export:
    """What one kind of export holds, and for whom."""

    title: str  # of the sheet
    noun: str  # of what stands in it, in a refusal
    permission: str
    columns: list
    rows: Callable  # (queryset, columns) -> rows of values
    filters: type  # a KeptFilter, made with (data, user)
    scope_of: Callable  # (user) -> what of the data this person sees, kept with the file


class LongExports:
    """All exports of one table."""

    LONG = 2_000  # rows; fewer are written at once
    KEPT_DAYS = 30
    MAX_SHEET = 1_048_575  # rows of a sheet below its header
    TELL_EVERY = 1  # seconds
    WRITERS = WRITERS

    def __init__(self, model, export, folder):
        self.model, self.export, self._folder = model, export, folder
        self.work = None  # the task, which calls `run`: set where it stands, for the queue keeps its path
        self.rows = export.rows if export else None  # of one that is no table `_prepared` knows

    def folder(self):
        return settings.DATA_DIR / self._folder

    def path_of(self, file):
        return self.folder() / file.stored

    def start(self, user, data, extension):
        """Ask for an export and begin it; gives its row. Raises ValidationError."""
        with transaction.atomic():
            file, is_new = self.ask(user, data, extension)
        if is_new:
            self.begin(file)
        return file

    def ask(self, user, data, extension):
        """Write down that an export of what its filters find by `data` is wanted.

        Gives (its row, True), or (that of the same one still being made, False). In the caller's transaction, which
        holds the person: of two at once the second finds the first. Raises ValidationError.
        """
        filters = self.export.filters(data, user)
        return self._written_down(user, filters.chosen, extension, lambda: {
            "what": filters.sentence[:300], "total": filters.rows.count()})

    def _written_down(self, user, query, extension, values):
        """What `ask` gives for this query; `values()` has the rest of a new row."""
        user.hold()
        same = self.model.objects.open().filter(asked_by=user, query=query, extension=extension).first()
        if same:
            return same, False
        file = self.model(asked_by=user, query=query, extension=extension, job_queued_at=timezone.now(), **values())
        file.full_clean()
        file.save()
        return file, True

    def begin(self, file):
        """Make the file now when it is short, else let the worker do it."""
        if file.total > self.LONG:
            self.work.enqueue(file.pk)
        else:
            self.run(file.pk)
            file.refresh_from_db()
        return file

    def run(self, pk):
        """Make the file that waits, unless somebody else is at it."""
        stored = new_code()
        rows = self.model.objects.filter(pk=pk)
        if not rows.open().claim(state=State.RUNNING, started_at=timezone.now(), stored=stored, done=0, message=""):
            return
        self.sweep()
        message = FAILED
        try:
            self._make(rows.select_related("asked_by").get())
            message = ""
        except ValidationError as refusal:
            message = " ".join(refusal.messages)
        except OSError as error:
            message = f"写不了文件（{error.strerror or error}），没有生成。请告诉管理员。"
        finally:
            if message:
                mine = rows.filter(stored__startswith=stored, state=State.RUNNING)
                mine.update(state=State.FAILED, message=message, job_seen_at=None)

    def _make(self, file):
        scope, write = self._prepared(file)
        attempt, file.stored = file.stored, f"{file.stored}.{file.extension}"
        self.folder().mkdir(exist_ok=True)
        with whole_file(self.path_of(file), 0o600) as part:
            with self._telling(file) as saw:
                write(part, saw)
            size = part.stat().st_size
            with part.open("rb") as written:
                sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        mine = self.model.objects.filter(pk=file.pk, stored=attempt, state=State.RUNNING)
        if not mine.update(state=State.FINISHED, finished_at=timezone.now(), stored=file.stored, size=size,
                           sha256=sha256, scope=scope, total=file.total, done=file.total, job_seen_at=None):
            self.path_of(file).unlink()  # it was given up and made by another

    def _prepared(self, file):
        """(whose data it will hold, the function that writes it to a path and tells how far it is).

        Raises ValidationError where it may not be made any more.
        """
        user, export = file.asked_by, self.export
        if not (user.is_active and user.has_perm(export.permission)):
            raise ValidationError(f"申请人现在不能看{export.noun}，没有生成。")
        scope, found = export.scope_of(user), export.filters(file.query, user).rows
        file.total = found.count()
        if file.extension == "xlsx" and file.total > self.MAX_SHEET:
            raise ValidationError(f"有 {file.total:,} 行，一张 Excel 表放不下。请先筛选，或者导出 CSV。")
        rows, write = self.rows(found, export.columns), self.WRITERS[file.extension]
        return scope, lambda part, saw: write(part, export.title, export.columns, rows, saw)

    @contextmanager
    def _telling(self, file):
        """A function by which the row of a long export says every second how far it is."""
        if file.total <= self.LONG:
            yield lambda done: None
            return
        with on_own_connection() as call:
            said = 0

            def saw(done):
                nonlocal said
                if monotonic() - said >= self.TELL_EVERY:
                    said = monotonic()
                    call(file.saw, done)

            yield saw

    def sweep(self, dry_run=False):
        """Remove the files that no row names: what a killed process left behind. Gives how many."""
        if not self.folder().exists():
            return 0
        there = list(self.folder().iterdir())  # before the rows: a file that comes meanwhile is not looked at
        alive = timezone.now() - timedelta(seconds=GIVEN_UP)
        named = set(self.model.objects.filter(state=State.FINISHED).values_list("stored", flat=True))
        being_made = tuple(self.model.objects.filter(state=State.RUNNING, job_seen_at__gte=alive).values_list(
            "stored", flat=True))
        left_over = [path for path in there
                     if path.name not in named and not (being_made and path.name.lstrip(".").startswith(being_made))]
        for path in left_over:
            if not dry_run:
                path.unlink(missing_ok=True)
        return len(left_over)

    def remove_old(self, dry_run=False):
        """Remove the files of more than KEPT_DAYS ago; their rows stay and say so. Gives how many."""
        before = timezone.now() - timedelta(days=self.KEPT_DAYS)
        old = self.model.objects.filter(state=State.FINISHED, finished_at__lt=before)
        if dry_run:
            return old.count()
        paths = [self.path_of(file) for file in old]
        number = old.filter(stored__in=[path.name for path in paths]).update(
            state=State.REMOVED, message=f"文件保留 {self.KEPT_DAYS} 天，已到期删除。要用请重新导出。")
        for path in paths:
            path.unlink(missing_ok=True)
        return number
