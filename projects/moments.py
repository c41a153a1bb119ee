"""The public pages as of another day: which views travel, and projects as they were then.

A queryset is asked `at(moment)`; what was read from it goes through `as_they_were`, which puts what held then in the
place of what holds now, so that templates and columns need not know.
"""
from itertools import islice

from guicheng import words
from guicheng.days.as_of import travelling
from guicheng.public.errors import error_page
from projects.ledger.timeline import hide_withdrawn
from projects.models import ProgressUpdate, Status
from projects.summary import first_day

travels = travelling(first_day, error_page)
travels_alone = travelling(first_day, error_page, keeps=False)

# what is read of the day -> the column that holds it now
THEN = {"status_then": "status", "percent_then": "percent", "quantity_then": "quantity", "due_then": "due_on",
        "closed_then": "closed_on", "moved_then": "moved_on", "latest_then": "latest_update_id"}
NOW_TO_THEN = {column: name for name, column in THEN.items()}
LATEST = "latest_update__"


def days_of(row):
    """The days of the newest statement of a row that was read with `values()`, as a reader is told them."""
    return words.day_range(row[f"{LATEST}effective_from"], row[f"{LATEST}effective_on"], Status.alone(row["status"]))


def at(projects, moment):
    """These projects, those there were at the moment."""
    return projects.as_of(moment.day, moment.known_at) if moment else projects


def newest_first(projects, moment):
    return projects.order_by("-moved_then", "-pk") if moment else projects.newest_first()


def columns_at(columns, moment):
    """The columns for `values()` that `as_they_were` can turn into these."""
    if not moment:
        return columns
    return [*(NOW_TO_THEN.get(name, name) for name in columns if not name.startswith(LATEST)), "latest_then"]


def as_they_were(rows, moment):
    """These rows of `at(projects, moment)` as they were: instances, or the dicts of `columns_at`. One query more.

    What was withdrawn since is shown no more, whatever was known then.
    """
    if not moment:
        return rows
    rows = list(rows)
    get = dict.get if rows and isinstance(rows[0], dict) else getattr
    latest = _statements({get(row, "latest_then") for row in rows}, moment)
    for row in rows:
        if isinstance(row, dict):
            _put_into_dict(row, latest.get(row.pop("latest_then")))
        else:
            for name, column in THEN.items():
                setattr(row, column, getattr(row, name))
            row.latest_update = latest.get(row.latest_then)
    return rows


def _put_into_dict(row, statement):
    for name in THEN.keys() & row.keys():
        row[THEN[name]] = row.pop(name)
    for name in ("text", "effective_from", "effective_on"):
        row[LATEST + name] = getattr(statement, name, None)
    row[f"{LATEST}source__title"] = statement and statement.source.title


def _statements(keys, moment):
    rows = ProgressUpdate.objects.filter(pk__in=keys - {None}).select_related("source")
    return {row.pk: row for row in hide_withdrawn(rows, moment.known_at)}


def milestones_at(milestones, moment):
    """Those that had a planned day or were reached by then; what came later is not yet told."""
    if not moment:
        return list(milestones)
    rows = [row for row in milestones if row.planned_on or moment.has(row.actual_on)]
    for row in rows:
        row.actual_on = row.actual_on if moment.has(row.actual_on) else None
    return rows


def streamed(rows, moment, size=2000):
    """The rows of an iterator as they were, batch by batch."""
    if not moment:
        return rows
    return _streamed(iter(rows), moment, size)


def _streamed(rows, moment, size):
    while batch := list(islice(rows, size)):
        yield from as_they_were(batch, moment)
