"""How many promises stand how: what `projects/ledger/promises.py` judges of each, counted by the database."""
from datetime import date

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least, NullIf
from django.utils import timezone

from guicheng.days.as_of import Moment
from guicheng.days.compiled import compiled
from projects.ledger.promises import Verdict, in_order, judgements, last_ended, made_by
from projects.models import ProgressUpdate, Project, Promise, Status
from projects.models.then import of_street


def _said(day, known_at):
    return ProgressUpdate.objects.in_force(day, known_at).filter(project=OuterRef("project"))


def _statuses(day, known_at):
    """What was said of the project by the due day, and what is said by `day`."""
    stated = _said(day, known_at).exclude(status="").newest_first().values("status")
    by_due, then = Subquery(stated.filter(effective_on__lte=OuterRef("due_on"))[:1]), Subquery(stated[:1])
    if known_at is not None:
        return {"status_when_due": by_due, "status_then": then}
    return {"status_when_due": _kept_or(by_due, project__moved_on__lte=Least("due_on", day)),
            "status_then": _kept_or(then, project__moved_on__lte=day)}


def _kept_or(said, **is_silent):
    """What the project keeps where it has been silent since, else what is read of the ledger."""
    return Case(When(**is_silent, then=NullIf("project__status", Value(""))), default=said,
                output_field=models.CharField())


def _verdict(day, known_at, ended):
    """`judge`, in the same order, as one expression. `ended`: the last day that is over."""
    said, due = _said(day, known_at), OuterRef("due_on")
    spoke = Q() if known_at is not None else Q(project__moved_on__gt=F("due_on"))  # else nothing is said of a later day
    unfinished = spoke & Q(Exists(said.unfinished_after(due)))
    done_later = said.filter(effective_on__gt=due, status__in=Status.DONE)
    perhaps_by_due = spoke & Q(Exists(done_later.filter(Q(effective_from=None) | Q(effective_from__lte=due))))
    put_off = Exists(said.filter(postponed_to__gt=due))
    # nested, so that each subquery is written, planned and asked as rarely as can be
    in_time = Case(When(due_on__gt=ended, then=Value(Verdict.EARLY)), default=Value(Verdict.KEPT))
    done = Case(When(unfinished | ~perhaps_by_due, then=Value(Verdict.LATE)), default=Value(Verdict.PENDING))
    return Case(
        When(status_when_due__in=Status.DONE, then=in_time),
        When(due_on__gt=ended, then=Value(Verdict.NOT_DUE)),
        When(status_then__in=Status.DONE, then=done),
        When(Q(status_then=Status.CANCELLED) | unfinished | Q(put_off), then=Value(Verdict.UNKEPT)),
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
    return _counted(_by_verdict(with_verdict(promises, day, known_at)))


def _by_verdict(promises):
    return promises.order_by().values_list("verdict").annotate(count=Count("pk"))


def _counted(rows):
    counts = dict(rows)
    return {each: counts.get(each, 0) for each in Verdict}


# --- of a year -----------------------------------------------------------------------------------
YEAR = {"first": models.DateField(), "last": models.DateField()}
DAY = models.DateField()


def _days_of(year):
    return {"first": date(year, 1, 1), "last": date(year, 12, 31)}


def to_keep_in(first, last, known_at=None):
    """The street's promises of a year: those due in it, and those of before that were open when it began.

    Open is what nobody had told by then to be finished or given up: a promise does not vanish with its year.
    """
    said = ProgressUpdate.objects.in_force(None, known_at).filter(project=OuterRef("project"), effective_on__lt=first)
    was = Subquery(said.exclude(status="").newest_first().values("status")[:1])
    if known_at is None:  # who has been silent since was then what he is now
        was = Case(When(project__moved_on__lt=first, then=F("project__status")), default=was,
                   output_field=models.CharField())
    ended = [*Status.DONE, Status.CANCELLED]
    promises = Promise.objects.filter(of_street("project__"), is_sample=False)
    return promises.annotate(status_before=Coalesce(was, Value(""))).filter(
        Q(due_on__gte=first, due_on__lte=last) | Q(due_on__lt=first) & ~Q(status_before__in=ended))


def promises_of(year, day, known_at=None, count=None):
    """What `to_keep_in` finds, judged as of `day`: a Listing. `count`, where it is known."""
    known, days = known_at and Moment(day, known_at), _days_of(year)
    return judgements(to_keep_in(**days, known_at=known_at), day, known_at, count,
                      first=lambda limit: _first_of(known, limit, **days, day=day))


@compiled(**YEAR, day=DAY)
def _first_of(known, limit, first, last, day):
    return in_order(to_keep_in(first, last, known and known.known_at), day)[:limit]


def verdicts_of(year, day, known_at=None):
    """`verdicts` of what `to_keep_in` finds."""
    return _counted(_verdicts_of(
        known_at and Moment(day, known_at), **_days_of(year), day=day, ended=last_ended(day)))


@compiled(**YEAR, day=DAY, ended=DAY)
def _verdicts_of(known, first, last, day, ended):
    known_at = known and known.known_at
    return _by_verdict(_with_verdict(to_keep_in(first, last, known_at), day, known_at, ended))


def due_between(first, last, day, known_at=None):
    """The street's promises due between two days, judged as of `day`: a Listing."""
    known, days = known_at and Moment(day, known_at), {"first": first, "last": last}
    return judgements(_due_between(**days), day, known_at,
                      first=lambda limit: _first_due(known, limit, **days, day=day))


def _due_between(first, last):
    return Promise.objects.filter(of_street("project__"), is_sample=False, due_on__gte=first, due_on__lte=last)


@compiled(**YEAR, day=DAY)
def _first_due(known, limit, first, last, day):
    return in_order(_due_between(first, last), day)[:limit]
