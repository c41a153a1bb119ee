"""Work too long for one answer: a row says how far it is, the worker beside the pages does it, the page waits.

Nothing notices a missing worker by itself: the page does, and offers to do it there and then.
"""
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context

from django.db import connections, models
from django.utils import timezone

from guicheng.fields import ALL

NOBODY_TOOK_IT = 15  # seconds until the page says that no worker is running
GIVEN_UP = 120  # seconds without a sign until a job may be taken over
FAILED = "程序出错，没有办成，请再试一次；还不行请告诉管理员。"


class LongWorkQuerySet(models.QuerySet):
    def claim(self, **values):
        """Take what waits, or whose maker gave no sign for long; give whether it is ours. `values` are set with it."""
        now = timezone.now()
        silent = models.Q(job_seen_at=None) | models.Q(job_seen_at__lt=now - timedelta(seconds=GIVEN_UP))
        return bool(self.filter(silent).update(job_seen_at=now, **values))


class LongWork(models.Model):
    """A row with work that waits or is being done, where `is_waiting` says so."""

    unwatched = ALL  # read by staff

    job_queued_at = models.DateTimeField(null=True, blank=True)
    job_seen_at = models.DateTimeField(null=True, blank=True)  # the last sign of life of whoever does it
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField("说明", blank=True)

    class Meta:
        abstract = True

    @property
    def nobody_took_it(self):
        """Whether it waits for a worker that is not there, or whoever did it has died."""
        if not self.is_waiting:
            return False
        since, patience = (self.job_seen_at, GIVEN_UP) if self.job_seen_at else (self.job_queued_at, NOBODY_TOOK_IT)
        return since is None or (timezone.now() - since).total_seconds() > patience

    def saw(self, done):
        """Say how far it is; that is the sign of life too."""
        type(self)._default_manager.filter(pk=self.pk).update(done=done, job_seen_at=timezone.now())


def in_a_child(work):
    """Call `work()` in a process of its own, whose memory goes with it; raises what it raises.

    For a worker with one thread. `work` asks no database: the connection is the parent's.
    """
    context = get_context("fork")
    heard, told = context.Pipe(duplex=False)

    def tell():
        try:
            work()
            told.send(None)
        except Exception as error:  # noqa: BLE001 it is raised below
            told.send(error)

    child = context.Process(target=tell)
    child.start()
    told.close()  # so that the end of the child ends the waiting
    try:
        error = heard.recv()
    except EOFError:
        raise RuntimeError("the process that should do it was ended") from None
    finally:
        child.join()
        heard.close()
    if error:
        raise error


@contextmanager
def on_own_connection():
    """`call(function, *args)`, which asks the database on a connection of its own.

    On SQLite a connection that is still reading rows cannot write any more once somebody else has written.
    """
    with ThreadPoolExecutor(1) as beside:
        try:
            yield lambda function, *args: beside.submit(function, *args).result()
        finally:
            beside.submit(connections.close_all).result()
