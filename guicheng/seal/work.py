"""What a seal has to do beyond the answers, which are covered as they go: finished whatever is killed meanwhile.

An app adds a piece of work by the decorator `work`. Each looks for what is not done yet, does one thing at a time in a
transaction of its own, and can be begun again: nothing is remembered but what the database says. It is begun by the
confirmation, by the start of the site and of the worker, by `manage.py cover_sealed`, and by the page of the seals.
"""
import logging

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django_tasks import task

from guicheng.locks import held

logger = logging.getLogger(__name__)
WORKS = []


def work(function):
    """Add a piece of work; done again it does nothing."""
    WORKS.append(function)
    return function


@task()
def finish():
    finish_now()


def begin():
    """Ask the worker to finish it."""
    finish.enqueue()


def begin_unfinished():
    """At the start: what a killed process left is gone on with, a new close among it."""
    try:
        if _seals().in_force().exists():
            begin()
    except DatabaseError as error:  # the pages will say so too
        logger.warning("Nobody looked whether a seal is finished: %s", error)


def begin_where_sealed():
    """After something new was drawn: only where words are sealed is there anything to do."""
    if _seals().cover():
        begin()


def finish_now():
    """Do all that is left; one process of the machine at a time. Gives how many seals are finished by it.

    What cannot be done now, as the erasing of a photo during a backup, keeps nothing else from being done.
    """
    with held(settings.DATA_DIR / "seal.work"):
        begun = list(_seals().unfinished().values_list("pk", flat=True))  # one confirmed meanwhile is not done
        done = [_done(each) for each in WORKS]
        if not all(done):
            return 0
        return _seals().filter(pk__in=begun, covered_at=None).update(covered_at=timezone.now())


def _done(each):
    try:
        each()
    except Exception:
        logger.exception("A seal is not finished: %s", each.__name__)
        return False
    return True


def _seals():
    return apps.get_model("guicheng.Seal").objects
