"""What a project was at the end of a day: expressions on projects, from the ledger, the lists and what was promised."""
from datetime import date

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from guicheng.access.units import behind
from guicheng.ledger import newest
from projects.models.evidence import Layer, told_by
from projects.models.ledger import ProgressUpdate
from projects.models.lists import ProjectList

NEVER = date(1900, 1, 1)  # `moved_on` before anybody said anything: sorts last on both databases


def _then(column, stated, day, known_at, projection=""):
    return newest(ProgressUpdate, column, stated, day, known_at, projection or column)


def status_at(day, known_at=None):
    """An expression: the project's status by the end of `day`, "" where nobody had said."""
    return Coalesce(_then("status", ~Q(status=""), day, known_at), Value(""))


def latest_at(day, known_at=None):
    """An expression: the key of the newest statement by the end of `day`, null where nobody had said anything."""
    return _then("id", Q(), day, known_at, "latest_update")


def due_at(day, known_at=None):
    """An expression: the day the project was due as one said by the end of `day`, null where none was set.

    What it was put off to, else what was planned, else the last day that had been promised.
    """
    promises = behind(ProgressUpdate, "project__promises").objects.filter(project=OuterRef("pk"))
    promised = Subquery(promises.by(day).order_by("-due_on").values("due_on")[:1])
    put_off = newest(ProgressUpdate, "postponed_to", Q(postponed_to__isnull=False), day, known_at)
    said = Coalesce(put_off, "planned_end", promised, output_field=models.DateField())
    if known_at is not None:
        return said
    later = promises.filter(promised_on__gt=day)
    return Case(When(~Exists(later), moved_on__lte=day, then=F("due_on")), default=said,
                output_field=models.DateField())


PUBLIC = (Q(project_list=None) | Q(project_list__is_published=True)) & Q(is_published=True)


def of_street(of=""):
    """The condition on projects: the street's own. `of`: as "project__", on what is said of one."""
    return Q(**{f"{of}project_list__kind__in": ProjectList.STREET_KINDS}) | Q(
        **{f"{of}project_list": None, f"{of}layer": Layer.STREET})


OF_STREET = of_street()


def announced_by(day):
    """The condition: its list had been announced by the end of `day`, or, where it is on none, its source was out."""
    return Q(project_list__announced_on__lte=day) | (Q(project_list=None) & told_by(day))


def is_told_unfinished(due, day, known_at=None):
    """A condition: by the end of `day` a statement said of a day after the column `due` that it was not finished."""
    rows = ProgressUpdate.objects.in_force(day, known_at).filter(project=OuterRef("pk"))
    told = Exists(rows.unfinished_after(OuterRef(due)))
    # of whom nothing in force speaks of a later day there is nothing to look for
    return Q(told) if known_at is not None else Q(moved_on__gt=F(due)) & told


def state_then(day, known_at=None):
    """{name: expression} of all that `ProjectQuerySet.with_state` adds."""
    def then(column, projection="", **stated):
        return _then(column, Q(**stated), day, known_at, projection)

    return {
        "status_then": status_at(day, known_at),
        "percent_then": then("percent", percent__isnull=False),
        "quantity_then": then("quantity", quantity__isnull=False),
        "due_then": due_at(day, known_at),
        "closed_then": then("effective_on", "closed_on", proof__gt=""),
        "moved_then": Coalesce(then("effective_on", "moved_on"), Value(NEVER), output_field=models.DateField()),
        "latest_then": latest_at(day, known_at),
    }
