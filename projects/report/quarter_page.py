"""What the page of a quarter tells beside its figures: each change once with its words and days, and who moved."""
from dataclasses import dataclass
from itertools import groupby

from django.db.models import DateField

from guicheng.days.as_of import Moment
from guicheng.days.compiled import compiled
from projects.ledger.timeline import hide_withdrawn
from projects.models import ProgressUpdate, Project
from projects.models.then import latest_at
from projects.report import digest
from projects.report.flow import MOST, flow
from projects.summary import Change, states_between
from projects.summary.changes_page import SIZE
from projects.summary.lists import status_from


@dataclass(frozen=True)
class Told:
    """A change with what was last said of the project: its days in words, and the words."""

    change: Change
    days: str
    text: str


def groups_of(each, changes, document=None):
    """[(Telling, how many in all, those of them as Told)] of these `changes`. `document`: of a closed quarter."""
    said = _said_then(document) if document else _said(changes, each.as_of, each.known_at)
    rows = sorted(changes, key=lambda row: list(each.tellings).index(row.telling))
    return [(telling, each.tellings[telling], [Told(row, *said.get(row.code, ("", ""))) for row in found])
            for telling, found in groupby(rows, key=lambda row: row.telling)]


def _said_then(document):
    """code -> (days, words) of what was last said, as a close keeps it."""
    return {row["code"]: (digest.moved(row), row["latest"]) for row in document.figures["projects"]}


def _said(changes, day, known_at):
    """The same of the ledger, in one query."""
    rows = hide_withdrawn(_newest_of(
        known_at and Moment(day, known_at), codes=[row.code for row in changes], day=day), known_at)
    return {row.project.code: (row.told, row.text) for row in rows}


@compiled(codes=[Project._meta.get_field("code")], day=DateField())
def _newest_of(known, codes, day):
    """Of each of these projects the newest statement by the end of `day`."""
    newest = Project.objects.filter(code__in=codes).annotate(latest=latest_at(day, known and known.known_at))
    rows = ProgressUpdate.objects.filter(pk__in=newest.values("latest")).select_related("project")
    return rows.only("project__code", "seq", "effective_from", "effective_on", "status", "text")


def flow_of(each, document=None):
    """The Flow of the first list in which something changed; None where it is too long to be followed."""
    moved = {row.list_slug for row in each.changes[: SIZE + 1]}
    main = next((row for row in each.own if row.project_list.slug in moved), None)
    if main is None or main.recorded.value > MOST:
        return None
    if document is None:
        before = each.quarter.previous.last_day
        states = states_between(main.project_list, before, each.as_of, each.known_at)
    else:
        states = _states_then(each, document, main.project_list.slug)
    return flow(main.project_list.title, states)


def _states_then(each, document, slug):
    """The same of a closed quarter: what did not change was so before."""
    changes = {row.code: row for row in each.changes}
    then = [(row["code"], row["name"], status_from(row["status"])) for row in document.figures["projects"]
            if row["list"] == slug and not row["is_part"]]
    return [(code, name, changes[code].before if code in changes else status, status) for code, name, status in then]


def said_by_all(promises):
    """The one Promise whose words and day all of them repeat; None where they differ."""
    told = {(row.promise.text, row.promise.due_on) for row in promises}
    return promises[0].promise if len(told) == 1 else None
