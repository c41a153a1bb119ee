"""The projects between two days: what each was at both ends, as rows of the database.

What a page asks of now is compiled once; of another instant it is written each time. `known`: the Moment of that
instant, or None.
"""
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from guicheng.days.as_of import Moment
from guicheng.days.compiled import compiled
from projects.ledger.promises import last_ended
from projects.models import ProgressUpdate, Project, ProjectList
from projects.models.then import OF_STREET, announced_by, status_at
from projects.summary.moves import happened
from projects.summary.report import past_with_told
from projects.summary.tally import Tally, rows_of

DAY = models.DateField()
OF_CHANGE = ("code", "name", "project_list__slug", "project_list__title", "status_before", "status_then", "happened")


def known_by(day, known_at):
    """The `known` of an instant."""
    return None if known_at is None else Moment(day, known_at)


def _instant(known):
    return known and known.known_at


def _moved(before, after, known_at):
    """Where anything may have changed in between: it spares the other projects a second look into the ledger."""
    said = ProgressUpdate.objects.filter(project=OuterRef("pk"), effective_on__gt=before, effective_on__lte=after)
    return Q(moved_on__gt=before) if known_at is None else Q(Exists(said))


def _compared(before, after, known_at):
    """Counted projects that were public by `after`, with their status by the ends of both days, and what `happened`.

    `status_before` is null where nothing can have changed. `is_own`: real and the street's.
    """
    was = Case(When(_moved(before, after, known_at), then=status_at(before, known_at)))
    is_own = Case(When(OF_STREET, is_sample=False, then=Value(True)), default=Value(False))
    return Project.objects.counted().filter(announced_by(after)).annotate(
        status_before=was, status_then=status_at(after, known_at), is_own=is_own,
    ).annotate(happened=happened(before, after, known_at))


def changed(before, after, known_at=None):
    """Of each of the street's real top-level projects whose status differs what OF_CHANGE names, in order."""
    found = _compared(before, after, known_at).real().of_street().filter(_moved(before, after, known_at)).exclude(
        status_before=F("status_then"))
    return found.order_by(F("project_list__order").asc(nulls_last=True), "code").values_list(*OF_CHANGE)


@compiled(before=DAY, after=DAY)
def first_changed(known, limit, before, after):
    return changed(before, after, _instant(known))[:limit]


def tally_between(before, after, known_at=None):
    """The Tally of all on real lists by the end of `after`, with the moves since `before`.

    Of now the numbers are kept, and only what moved is looked at; of another instant all is counted.
    """
    if known_at is not None:
        by = "category", "community"
        return Tally.of_rows(counted_by(known_by(after, known_at), by, before=before, after=after), by, moved=True)
    return Tally.kept_by_place(after, _moved_since(day=after), _moves(before=before, after=after))


@compiled(day=DAY)
def _moved_since(day):
    projects = Project.objects.counted().filter(
        moved_on__gt=day, project_list__is_sample=False, project_list__announced_on__lte=day)
    return projects.annotate(then=status_at(day)).order_by().values_list(
        "project_list", "status", "category", "community", "then").annotate(count=Count("pk"))


@compiled(before=DAY, after=DAY)
def _moves(before, after):
    return changed(before, after).order_by().values_list(
        "status_before", "status_then", "happened").annotate(count=Count("pk"))


@compiled(before=DAY, after=DAY)
def counted_by(known, by, before, after):
    """What a Tally adds up, of all on real lists and on none."""
    projects = _compared(before, after, _instant(known)).filter(
        Q(project_list=None) | Q(project_list__is_sample=False))
    return rows_of(projects, by, moved=True)


@compiled(project_list=ProjectList._meta.pk, before=DAY, after=DAY)
def states(known, project_list, before, after):
    """(code, name, status before, status after) of a list's counted projects; before is null where it is the same."""
    rows = _compared(before, after, _instant(known)).filter(project_list=project_list).order_by("code")
    return rows.values_list("code", "name", "status_before", "status_then")


def count_late(day, known_at=None):
    """(how many `overdue_by` finds, how many `pending_by`). One query."""
    found = {(told, bool(is_compiled)): count for told, is_compiled, count in _late_counts(
        known_by(day, known_at), day=day, ended=last_ended(day))}
    return found.get((True, False), 0), found.get((False, False), 0) + found.get((False, True), 0)


@compiled(day=DAY, ended=DAY)
def _late_counts(known, day, ended):
    rows = past_with_told(day, ended, _instant(known)).order_by()
    return rows.values_list("told", "project_list__is_compiled").annotate(count=Count("pk"))
