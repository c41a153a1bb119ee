"""The changes and the promises of a quarter in pages, each found by the row next to it: no page reads those before it.

An address has one place, in one of both: a change is named by its project's code, a promise by “due:”, its day and its
project's code. The other list stands at its first page.
"""
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q

from guicheng.tables.listing import Listing
from guicheng.tables.paging import COUNT_CAP, NO_PAGE, WRONG_PLACE, NoSuchPage, Page
from projects.models import Project

SIZE = 20  # as many as a person looks through; the files hold all
CODE = re.compile(r"[-\w]{1,100}", re.ASCII)
DUE = re.compile(r"due:(\d{4}-\d\d-\d\d)_([-\w]{1,100})", re.ASCII)


@dataclass(frozen=True)
class Places:
    """How the rows of one list are found again. `token` names a row in an address, and is its order.

    `later`, `earlier`: the conditions on a Listing's queryset of what lies beyond a token; they raise ValidationError.
    """

    is_own: Callable
    form: re.Pattern
    token: Callable
    later: Callable
    earlier: Callable


def page_of_changes(changes, query):
    """The page of the Changes that an address asks for: the first, or those after or before the code of a project.

    Raises ValidationError, and NoSuchPage where nothing is beyond it.
    """
    return _page_of(changes, query, CHANGES)


def page_of_promises(promises, query):
    """The same of the Judgements: a project has one promise for a day."""
    return _page_of(promises, query, PROMISES)


def _page_of(rows, query, places):
    after, before = (token if places.is_own(token) else "" for token in (
        query.get("after", ""), query.get("before", "")))
    if after and before or not all(places.form.fullmatch(token) for token in (after, before) if token):
        raise ValidationError(WRONG_PLACE)
    if after or before:
        found = (_read if isinstance(rows, Listing) else _cut)(rows, after, before, places)
        if not found:
            raise NoSuchPage(NO_PAGE)
    else:
        found = rows[: SIZE + 1]
    has_more = len(found) > SIZE
    shown = found[-SIZE:] if before else found[:SIZE]
    return Page(
        shown, {"before": places.token(shown[0])} if shown and (after or before and has_more) else None,
        {"after": places.token(shown[-1])} if shown and (before or has_more) else None, min(len(rows), COUNT_CAP + 1))


def _cut(rows, after, before, places):
    """Of a closed quarter: one more than a page of its rows."""
    place = next((index for index, row in enumerate(rows) if places.token(row) == (after or before)), None)
    if place is None:
        raise ValidationError(WRONG_PLACE)
    return rows[place + 1: place + 2 + SIZE] if after else rows[max(0, place - 1 - SIZE): place]


def _read(listing, after, before, places):
    """One more than a page of the rows beyond a place, whether or not its own is still one of them."""
    if after:
        return listing.make(list(listing.rows.filter(places.later(after))[: SIZE + 1]))
    return listing.make(list(listing.rows.filter(places.earlier(before)).reverse()[: SIZE + 1])[::-1])


# --- the order of the changes: those on no list come last ------------------------------------------
def _order_of(code):
    found = list(Project.objects.published().filter(code=code).values_list("project_list__order", flat=True))
    if not found:
        raise ValidationError(WRONG_PLACE)
    return found[0]


def _later(code):
    order = _order_of(code)
    if order is None:
        return Q(project_list=None, code__gt=code)
    return Q(project_list=None) | Q(project_list__order__gt=order) | Q(project_list__order=order, code__gt=code)


def _earlier(code):
    order = _order_of(code)
    if order is None:
        return Q(project_list__isnull=False) | Q(project_list=None, code__lt=code)
    return Q(project_list__order__lt=order) | Q(project_list__order=order, code__lt=code)


CHANGES = Places(lambda token: not token.startswith("due:"), CODE, lambda row: row.code, _later, _earlier)


# --- the order of the promises: by the day they fall due -------------------------------------------
def _due(token):
    day, code = DUE.fullmatch(token).groups()
    try:
        return date.fromisoformat(day), code
    except ValueError as error:
        raise ValidationError(WRONG_PLACE) from error


def _due_later(token):
    day, code = _due(token)
    return Q(due_on__gt=day) | Q(due_on=day, project__code__gt=code)


def _due_earlier(token):
    day, code = _due(token)
    return Q(due_on__lt=day) | Q(due_on=day, project__code__lt=code)


PROMISES = Places(
    lambda token: token.startswith("due:"), DUE,
    lambda row: f"due:{row.promise.due_on.isoformat()}_{row.promise.project.code}", _due_later, _due_earlier)
