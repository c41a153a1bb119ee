"""The long steps of an import. Short ones are done at once, long ones by a worker beside the pages.

Nothing notices a missing worker by itself: the page does, and offers to do it there and then.
"""
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from guicheng.spreadsheets import Unreadable
from projects.excel_import.confirm import confirm
from projects.excel_import.preview import preview
from projects.excel_import.review import approve_all, send_back_all
from projects.excel_import.upload import sheet_of
from projects.models import ImportBatch
from projects.models.imports import GIVEN_UP

LONG = 2_000  # rows; a review goes row by row and is long ten times sooner
Job = ImportBatch.Job


def start(batch, job, by, note="", sheet=None):
    """Do a step of the import: now when it is short, else by the worker. `sheet` spares reading the file again."""
    free = ImportBatch.objects.filter(pk=batch.pk, job="")
    if not free.update(job=job, job_by=by, job_note=note, job_queued_at=timezone.now(), job_seen_at=None, done=0,
                       message=""):
        raise ValidationError("这一批正在办，请等它办完。")
    is_long = batch.total > (LONG if job in (Job.PREVIEW, Job.CONFIRM) else LONG // 10)
    if is_long:
        work.enqueue(batch.pk)
    else:
        run(batch.pk, sheet)
    batch.refresh_from_db()


@task()
def work(batch):
    run(batch)


def run(pk, sheet=None):
    """Do the step that the batch waits for, unless somebody else is at it."""
    now = timezone.now()
    mine = ImportBatch.objects.filter(pk=pk).exclude(job="").filter(
        Q(job_seen_at=None) | Q(job_seen_at__lt=now - timedelta(seconds=GIVEN_UP)))
    if not mine.update(job_seen_at=now):
        return
    batch = ImportBatch.objects.select_related("uploader", "job_by").get(pk=pk)
    message = "程序出错，没有办成，请再试一次；还不行请告诉管理员。"
    try:
        message = _do(batch, sheet)
    except (ValidationError, Unreadable) as error:
        message = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    finally:
        ImportBatch.objects.filter(pk=pk).update(job="", job_seen_at=None, message=message)


def _do(batch, sheet):
    def saw(done):
        ImportBatch.objects.filter(pk=batch.pk).update(done=done, job_seen_at=timezone.now())

    if batch.job == Job.PREVIEW:
        preview(batch, sheet or sheet_of(batch), saw)
        return ""
    if batch.job == Job.CONFIRM:
        confirm(batch)
        return ""
    if batch.job == Job.APPROVE:
        return approve_all(batch, batch.job_by, saw)
    return send_back_all(batch, batch.job_by, batch.job_note, saw)
