"""The close of a quarter as work: a short one is done at once, a long one by the worker beside the pages."""
from operator import call

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from guicheng.notices.inbox import tell
from guicheng.tables.long_work import FAILED, in_a_child
from projects.models import Project, QuarterClosing
from projects.permissions import can_close_quarter
from projects.report import close as quarter_close
from projects.report.files import FORMATS

LONG = 300  # projects; of so many the paper alone takes seconds
State = QuarterClosing.State


def start(report, by, address=""):
    """Close this report's quarter, or have it closed; gives the QuarterClosing, which says how it ended.

    Raises ValidationError where this person may not close it, or somebody is at it.
    """
    quarter_close.check_closable(report, by)
    job = QuarterClosing(report=report, version=report.version, asked_by=by, address=address, total=len(FORMATS),
                         job_queued_at=timezone.now())
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError as error:
        raise ValidationError("这个季度正在锁定，请等它办完。") from error
    if Project.objects.published().real()[:LONG + 1].count() > LONG:
        work.enqueue(job.pk)
    else:
        run(job.pk)
    job.refresh_from_db()
    return job


@task()
def work(job):
    run(job, by_worker=True)


def run(pk, by_worker=False):
    """Do it, unless somebody else is at it. From the worker whoever asked for it hears how it ended.

    And there each file is made in a process of its own: the paper takes some hundred MB, which a worker would keep.
    """
    started = timezone.now()
    if not QuarterClosing.objects.filter(pk=pk).open().claim(state=State.RUNNING, started_at=started, done=0):
        return
    job = QuarterClosing.objects.select_related("report", "asked_by").get(pk=pk)
    job.report.version = job.version  # what was read through; another by now is refused
    state, message = State.FAILED, FAILED
    try:
        if not can_close_quarter(job.asked_by):
            raise ValidationError("申请人现在不能锁定季度，没有锁定。")
        close = quarter_close.close(job.report, job.asked_by, job.address, job.saw, in_a_child if by_worker else call)
        state, message = State.FINISHED, f"{close.quarter.title}已锁定，指纹 {close.figures_sha256[:16]}……"
    except ValidationError as error:
        message = " ".join(error.messages)
    except OSError as error:
        message = f"写不了文件（{error.strerror or error}），没有锁定。请告诉管理员。"
    finally:
        mine = QuarterClosing.objects.filter(pk=pk, state=State.RUNNING, started_at=started)
        if mine.update(state=state, message=message, job_seen_at=None) and by_worker:
            _tell(job, state, message)


def _tell(job, state, message):
    quarter = job.report.quarter.title
    title = f"{quarter}已锁定" if state == State.FINISHED else f"{quarter}没有锁定"
    tell([job.asked_by], f"quarter-closing-{job.pk}", title, message,
         reverse("admin:projects_quarterreport_change", args=[job.report_id]), matter="季度锁定")
