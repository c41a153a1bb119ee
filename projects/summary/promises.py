"""How many promises stand how: what `projects/ledger/promises.py` judges of each, counted by the database."""
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from guicheng.days.compiled import compiled
from projects.ledger.promises import Verdict, last_ended, made_by
from projects.models import ProgressUpdate, Project, Promise, Status


def _said(day, known_at):
    return ProgressUpdate.objects.in_force(day, known_at).filter(project=OuterRef("project"))


def _statuses(day, known_at):
    """What was said of the project by the due day, and what is said by `day`."""
    stated = _said(day, known_at).exclude(status="").newest_first().values("status")
    return {"status_when_due": Subquery(stated.filter(effective_on__lte=OuterRef("due_on"))[:1]),
            "status_then": Subquery(stated[:1])}


def _verdict(day, known_at, ended):
    """`judge`, in the same order, as one expression. `ended`: the last day that is over."""
    said, due = _said(day, known_at), OuterRef("due_on")
    unfinished = Exists(said.unfinished_after(due))
    done_later = said.filter(effective_on__gt=due, status__in=Status.DONE)
    perhaps_by_due = Exists(done_later.filter(Q(effective_from=None) | Q(effective_from__lte=due)))
    put_off = Exists(said.filter(postponed_to__gt=due))
    # nested, so that each subquery is written, planned and asked as rarely as can be
    in_time = Case(When(due_on__gt=ended, then=Value(Verdict.EARLY)), default=Value(Verdict.KEPT))
    done = Case(When(Q(unfinished) | ~Q(perhaps_by_due), then=Value(Verdict.LATE)), default=Value(Verdict.PENDING))
    return Case(
        When(status_when_due__in=Status.DONE, then=in_time),
        When(due_on__gt=ended, then=Value(Verdict.NOT_DUE)),
        When(status_then__in=Status.DONE, then=done),
        When(Q(status_then=Status.CANCELLED) | Q(unfinished) | Q(put_off), then=Value(Verdict.UNKEPT)),
        default=Value(Verdict.PENDING), output_field=models.CharField())


def with_verdict(promises=None, day=None, known_at=None):
    """These promises, those made by `day`, with what `judge` says of each as `verdict`, and their `status_then`."""
    day = day or timezone.localdate()
    return _with_verdict(promises, day, known_at, last_ended(day))


def _with_verdict(promises, day, known_at, ended):
    statuses, verdict = _statuses(day, known_at), _verdict(day, known_at, ended)
    return made_by(promises, day).annotate(**statuses).annotate(verdict=verdict)


def judged_as(moment, projects):
    """{(project, verdict)}: which verdicts the promises of these projects' keys have. One query."""
    day = moment.day or timezone.localdate()
    return set(_judged(moment, projects=projects, day=day, ended=last_ended(day)))


@compiled(projects=[Project._meta.pk], day=models.DateField(), ended=models.DateField())
def _judged(moment, projects, day, ended):
    promises = Promise.objects.filter(project__in=projects)
    return _with_verdict(promises, day, moment.known_at, ended).order_by().values_list("project", "verdict")


def verdicts(promises=None, day=None, known_at=None):
    """Verdict -> number of promises, in the order of the verdicts. What `judge` says of each, in one query."""
    found = with_verdict(promises, day, known_at)
    counts = dict(found.order_by().values_list("verdict").annotate(count=Count("pk")))
    return {each: counts.get(each, 0) for each in Verdict}
