"""The changes of a quarter in pages, each found by the project next to it: no page reads those before it."""
import re

from django.core.exceptions import ValidationError
from django.db.models import Q

from guicheng.tables.listing import Listing
from guicheng.tables.paging import COUNT_CAP, NO_PAGE, WRONG_PLACE, NoSuchPage, Page
from projects.models import Project

SIZE = 200
CODE = re.compile(r"[-\w]{1,100}", re.ASCII)


def page_of_changes(changes, query):
    """The page of the Changes that an address asks for: the first, or those after or before the code of a project.

    Raises ValidationError, and NoSuchPage where nothing is beyond it.
    """
    after, before = query.get("after", ""), query.get("before", "")
    if after and before or not all(CODE.fullmatch(code) for code in (after, before) if code):
        raise ValidationError(WRONG_PLACE)
    if not (after or before):
        return _page(changes[:SIZE], has_previous=False, has_next=len(changes) > SIZE, count=len(changes))
    rows = (_read if isinstance(changes, Listing) else _cut)(changes, after, before)
    if not rows:
        raise NoSuchPage(NO_PAGE)
    has_more = len(rows) > SIZE
    shown = rows[-SIZE:] if before else rows[:SIZE]
    return _page(shown, has_previous=bool(after) or has_more, has_next=bool(before) or has_more, count=len(changes))


def _page(rows, has_previous, has_next, count):
    return Page(rows, {"before": rows[0].code} if has_previous and rows else None,
                {"after": rows[-1].code} if has_next and rows else None, min(count, COUNT_CAP + 1))


def _cut(changes, after, before):
    """Of a closed quarter: one more than a page of its rows."""
    place = next((index for index, row in enumerate(changes) if row.code == (after or before)), None)
    if place is None:
        raise ValidationError(WRONG_PLACE)
    return changes[place + 1: place + 2 + SIZE] if after else changes[max(0, place - 1 - SIZE): place]


def _read(changes, after, before):
    """One more than a page of the rows beyond a project, whether or not it is still one of them."""
    found = list(Project.objects.published().filter(code=after or before).values_list("project_list__order", flat=True))
    if not found:
        raise ValidationError(WRONG_PLACE)
    if after:
        return changes.make(list(changes.rows.filter(_later(found[0], after))[: SIZE + 1]))
    return changes.make(list(changes.rows.filter(_earlier(found[0], before)).reverse()[: SIZE + 1])[::-1])


def _later(order, code):
    """The condition of `changes_between`'s order: those on no list come last."""
    if order is None:
        return Q(project_list=None, code__gt=code)
    return Q(project_list=None) | Q(project_list__order__gt=order) | Q(project_list__order=order, code__gt=code)


def _earlier(order, code):
    if order is None:
        return Q(project_list__isnull=False) | Q(project_list=None, code__lt=code)
    return Q(project_list__order__lt=order) | Q(project_list__order=order, code__lt=code)
