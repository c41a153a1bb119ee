"""Long exports of projects: made by a worker beside the pages, kept for a month, swept when something went wrong.

The file has its name before the row says that it is finished, and the row says so in one statement. Whatever is
killed in between leaves a file that no row names: it is never served, and the next run or the daily job removes it.
"""
import hashlib
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from guicheng.files.whole_files import whole_file
from guicheng.natural_keys import new_code
from guicheng.tables.exports import WRITERS
from guicheng.tables.long_work import FAILED, GIVEN_UP, on_own_connection
from projects.exports.columns import STAFF_COLUMNS, project_rows
from projects.filters import StaffFilter
from projects.models import ExportFile
from projects.models.exports import scope_of

LONG = 2_000  # rows; fewer are written at once
KEPT_DAYS = 30
MAX_SHEET = 1_048_575  # rows of a sheet below its header
TELL_EVERY = 1  # seconds
State = ExportFile.State


def folder():
    return settings.DATA_DIR / "exports"


def path_of(file):
    return folder() / file.stored


def start(user, data, extension):
    """Ask for an export and begin it; gives its row. Raises ValidationError."""
    with transaction.atomic():
        file, is_new = ask(user, data, extension)
    if is_new:
        begin(file)
    return file


def ask(user, data, extension):
    """Write down that an export of the projects that StaffFilter finds by `data` is wanted.

    Gives (its row, True), or (that of the same one still being made, False). In the caller's transaction, which holds
    the person: of two at once the second finds the first. Raises ValidationError.
    """
    user.hold()
    filters = StaffFilter(data, user)
    same = ExportFile.objects.open().filter(asked_by=user, query=filters.chosen, extension=extension).first()
    if same:
        return same, False
    file = ExportFile(asked_by=user, what=filters.sentence[:300], query=filters.chosen, extension=extension,
                      total=filters.rows.count(), job_queued_at=timezone.now())
    file.full_clean()
    file.save()
    return file, True


def begin(file):
    """Make the file now when it is short, else let the worker do it."""
    if file.total > LONG:
        work.enqueue(file.pk)
    else:
        run(file.pk)
        file.refresh_from_db()
    return file


@task()
def work(file):
    run(file)


def run(pk):
    """Make the file that waits, unless somebody else is at it."""
    stored = new_code()
    rows = ExportFile.objects.filter(pk=pk)
    if not rows.open().claim(state=State.RUNNING, started_at=timezone.now(), stored=stored, done=0, message=""):
        return
    sweep()
    message = FAILED
    try:
        _make(rows.select_related("asked_by").get())
        message = ""
    except ValidationError as refusal:
        message = " ".join(refusal.messages)
    except OSError as error:
        message = f"写不了文件（{error.strerror or error}），没有生成。请告诉管理员。"
    finally:
        if message:
            mine = rows.filter(stored__startswith=stored, state=State.RUNNING)
            mine.update(state=State.FAILED, message=message, job_seen_at=None)


def _make(file):
    user = file.asked_by
    if not (user.is_active and user.has_perm("projects.view_project")):
        raise ValidationError("申请人现在不能看项目，没有生成。")
    scope, projects = scope_of(user), StaffFilter(file.query, user).rows
    file.total = projects.count()
    if file.extension == "xlsx" and file.total > MAX_SHEET:
        raise ValidationError(f"有 {file.total:,} 行，一张 Excel 表放不下。请先筛选，或者导出 CSV。")
    attempt, file.stored = file.stored, f"{file.stored}.{file.extension}"
    folder().mkdir(exist_ok=True)
    with whole_file(path_of(file), 0o600) as part:
        _write(file, part, project_rows(projects, STAFF_COLUMNS))
        size = part.stat().st_size
        with part.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    mine = ExportFile.objects.filter(pk=file.pk, stored=attempt, state=State.RUNNING)
    if not mine.update(state=State.FINISHED, finished_at=timezone.now(), stored=file.stored, size=size, sha256=sha256,
                       scope=scope, total=file.total, done=file.total, job_seen_at=None):
        path_of(file).unlink()  # it was given up and made by another


def _write(file, part, rows):
    """Write the rows; of a long export the row says every second how far it is."""
    write = WRITERS[file.extension]
    if file.total <= LONG:
        write(part, "项目明细", STAFF_COLUMNS, rows)
        return
    with on_own_connection() as call:
        said = 0

        def saw(done):
            nonlocal said
            if monotonic() - said >= TELL_EVERY:
                said = monotonic()
                call(file.saw, done)

        write(part, "项目明细", STAFF_COLUMNS, rows, saw)


# --- tidying --------------------------------------------------------------------------------------
def sweep(dry_run=False):
    """Remove the files that no row names: what a killed process left behind. Gives how many."""
    if not folder().exists():
        return 0
    there = list(folder().iterdir())  # before the rows: a file that comes meanwhile is not looked at
    alive = timezone.now() - timedelta(seconds=GIVEN_UP)
    named = set(ExportFile.objects.filter(state=State.FINISHED).values_list("stored", flat=True))
    being_made = tuple(ExportFile.objects.filter(state=State.RUNNING, job_seen_at__gte=alive).values_list(
        "stored", flat=True))
    left_over = [path for path in there
                 if path.name not in named and not (being_made and path.name.lstrip(".").startswith(being_made))]
    for path in left_over:
        if not dry_run:
            path.unlink(missing_ok=True)
    return len(left_over)


def remove_old(dry_run=False):
    """Remove the files of more than KEPT_DAYS ago; their rows stay and say so. Gives how many."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    old = ExportFile.objects.filter(state=State.FINISHED, finished_at__lt=before)
    if dry_run:
        return old.count()
    paths = [path_of(file) for file in old]
    number = old.filter(stored__in=[path.name for path in paths]).update(
        state=State.REMOVED, message=f"文件保留 {KEPT_DAYS} 天，已到期删除。要用请重新导出。")
    for path in paths:
        path.unlink(missing_ok=True)
    return number
