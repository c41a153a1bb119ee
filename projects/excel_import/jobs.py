"""The long steps of an import. Short ones are done at once, long ones by a worker beside the pages."""
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks import task

from guicheng.files.spreadsheets import Unreadable
from guicheng.review.checked import UNTICKED, Checked
from guicheng.tables.long_work import FAILED
from projects.excel_import.confirm import confirm
from projects.excel_import.preview import preview
from projects.excel_import.review import approve_all, publishes, send_back_all
from projects.excel_import.upload import sheets_of
from projects.models import ImportBatch

LONG = 2_000  # rows; a review goes row by row and is long ten times sooner
Job, State = ImportBatch.Job, ImportBatch.State
STATES = {  # in which a batch must be for a step to begin
    Job.PREVIEW: [State.UPLOADED, State.PREVIEWED], Job.CONFIRM: [State.PREVIEWED],
    Job.APPROVE: [State.CONFIRMED], Job.SEND_BACK: [State.CONFIRMED],
}


def start(batch, job, by, note="", sheets=None, checked=UNTICKED):
    """Do a step of the import: now when it is short, else by the worker. `sheets` spares reading the file again.

    `checked`: what the last reviewer ticked. Raises ValidationError where the step makes something public without.
    """
    if job == Job.APPROVE and publishes(batch, by):
        checked.require()
    free = ImportBatch.objects.filter(pk=batch.pk, job="", state__in=STATES[job])
    if not free.update(job=job, job_by=by, job_note=note, job_checked=checked.as_dict(), job_queued_at=timezone.now(),
                       job_seen_at=None, done=0, message=""):
        now = ImportBatch.objects.get(pk=batch.pk)
        busy = "这一批正在办，请等它办完。"
        raise ValidationError(busy if now.job else f"这一批{now.get_state_display()}，不能这样办。")
    is_long = batch.total > (LONG if job in (Job.PREVIEW, Job.CONFIRM) else LONG // 10)
    if is_long:
        work.enqueue(batch.pk)
    else:
        run(batch.pk, sheets)
    batch.refresh_from_db()


@task()
def work(batch):
    run(batch)


def run(pk, sheets=None):
    """Do the step that the batch waits for, unless somebody else is at it."""
    if not ImportBatch.objects.filter(pk=pk).exclude(job="").claim():
        return
    batch = ImportBatch.objects.select_related("uploader", "job_by").get(pk=pk)
    message = FAILED
    try:
        message = _do(batch, sheets)
    except (ValidationError, Unreadable) as error:
        message = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    finally:
        ImportBatch.objects.filter(pk=pk).update(job="", job_seen_at=None, message=message)


def _do(batch, sheets):
    if batch.job == Job.PREVIEW:
        preview(batch, sheets or sheets_of(batch), batch.saw)
        return ""
    if batch.job == Job.CONFIRM:
        confirm(batch)
        return ""
    if batch.job == Job.APPROVE:
        return approve_all(batch, batch.job_by, Checked.from_dict(batch.job_checked), batch.saw)
    return send_back_all(batch, batch.job_by, batch.job_note, batch.saw)
