"""The rows of a quarter: every real public project that counted by a day, with what its ledger said, as plain values.

No row is made an object, and no more of them are held than are read at once. What the projects keep of today is read
beside them; the ledger itself only for an instant gone by and for staff, who have all of a project's statements.
"""
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice, takewhile

from guicheng import figures, words
from guicheng.ledger import withdrawn_of
from projects.ledger.timeline import TAKEN_BACK
from projects.models import ProgressUpdate, Project, ProjectList, Status
from projects.models.evidence import Layer

WORDS = ["problem", "delay_reason", "next_step", "coordination"]  # of the clerks, for staff only
CHUNK = 2000  # projects read at once
COLUMNS = ("pk", "code", "name", "project_list__slug", "project_list__title", "project_list__kind", "layer", "number",
           "category__name", "category__office_name", "parent", "parent__name", "membership", "community__name",
           "lead_department__name", "phone", "lead_department__phone", "planned_start", "planned_end", "budget",
           "source__title", "due_then")
KEPT = ("status_then", "percent_then", "closed_then", "latest_then")  # what a project keeps of its ledger


iso = lru_cache(4096)(figures.iso)  # the same days and words come again and again
label_of = lru_cache(64)(Status.label_of)


@lru_cache(4096)
def _days(first, last, status):
    return words.day_range(first, last, Status.alone(status))


@dataclass(slots=True)
class Said:
    """What the ledger said of a project by the day. `words`: of the clerks; `office_text`, `since`: for a paper."""

    status: str = ""
    percent: int | None = None
    closed_on: str | None = None
    moved_on: str | None = None
    moved: str = ""
    latest: str = ""
    office_text: str = ""
    since: str = ""
    words: dict | None = None


SILENT = Said()


@dataclass(slots=True)
class Row:
    """One project: its key, what everybody may read, and what of its ledger is for staff."""

    pk: int
    public: dict
    said: Said
    category: str  # as a paper calls it

    @property
    def office(self):
        """What a paper says of it, where that is not what the pages say."""
        told = {"text": self.said.office_text, "since": self.said.since, "category": self.category}
        return {key: value for key, value in told.items() if value}


def rows_by(day, known_at=None, for_staff=False):
    """Yield the Rows by the end of `day` as known at an instant, in no order. A few queries for each thousands.

    What was taken back since `known_at` is not told again.
    """
    reads_ledger = for_staff or known_at is not None
    projects = Project.objects.published().real().as_of(day, known_at)
    rows = projects.order_by("pk").values_list(*COLUMNS, *(() if reads_ledger else KEPT), named=True).iterator(CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        said = _said(chunk, day, known_at) if reads_ledger else _kept(chunk, day)
        for row in chunk:
            found = said.get(row.pk, SILENT)
            yield Row(row.pk, _public(row, found), found, row.category__office_name or "")


def _public(row, said):
    is_listed = row.project_list__slug is not None
    return {
        "code": row.code, "name": row.name,
        "list": row.project_list__slug, "list_title": row.project_list__title or "",
        "number": row.number, "category": row.category__name or "",
        "parent": row.parent__name or "", "is_part": row.parent is not None,
        "is_own": row.project_list__kind in ProjectList.STREET_KINDS if is_listed else row.layer == Layer.STREET,
        "membership": Project.Membership(row.membership).label if row.membership else "",
        "community": row.community__name or "",
        "department": row.lead_department__name or "", "phone": row.phone or row.lead_department__phone or "",
        "status": said.status or "unknown", "status_label": label_of(said.status),
        "percent": said.percent, "moved_on": said.moved_on, "moved": said.moved, "latest": said.latest,
        "planned_start": iso(row.planned_start), "planned_end": iso(row.planned_end),
        "due_on": iso(row.due_then), "closed_on": said.closed_on,
        "budget": None if row.budget is None else str(row.budget), "source": row.source__title,
    }


# --- what the projects keep ------------------------------------------------------------------------
def _kept(chunk, day):
    """{key: Said} by the projects' own columns and their newest statement."""
    newest = {pk: told for pk, *told in ProgressUpdate.objects.filter(
        pk__in=[row.latest_then for row in chunk if row.latest_then]).values_list(
        "pk", "effective_from", "effective_on", "status", "text")}
    silent = [row.pk for row in chunk if row.latest_then in newest and not newest[row.latest_then][3]]
    texts = _texts(silent, day) if silent else {}
    found = {}
    for row in chunk:
        if row.latest_then in newest:
            since, last, status, text = newest[row.latest_then]
            found[row.pk] = Said(row.status_then, row.percent_then, iso(row.closed_then), iso(last),
                                 _days(since, last, status), text or texts.get(row.pk, ""))
    return found


def _texts(projects, day):
    """{key: the newest words} of those whose newest statement has none."""
    rows = ProgressUpdate.objects.in_force(day).filter(project__in=projects).exclude(text="")
    found = {}
    for pk, text in rows.order_by("project", "-effective_on", "-seq").values_list("project", "text"):
        found.setdefault(pk, text)
    return found


# --- what the ledger says --------------------------------------------------------------------------
def _said(chunk, day, known_at):
    """{key: Said} by all their statements, with what is for staff."""
    keys = [row.pk for row in chunk]
    rows = ProgressUpdate.objects.in_force(day, known_at).filter(project__in=keys)
    rows = rows.order_by("project", "-effective_on", "-seq").values_list(
        "pk", "project", "status", "percent", "proof", "effective_from", "effective_on", "text", "office_text",
        *WORDS, named=True)
    was_withdrawn = withdrawn_of(ProgressUpdate, keys, known_at) if known_at is not None else lambda pk: False
    told = (row._replace(text=TAKEN_BACK, proof="") if was_withdrawn(row.pk) else row for row in rows.iterator(CHUNK))
    return {key: _of_statements(list(said)) for key, said in groupby(told, lambda row: row.project)}


def _of_statements(rows):
    """What these statements of one project say, the newest first."""
    newest = rows[0]
    worded = next((row for row in rows if row.text), None)
    return Said(
        next((row.status for row in rows if row.status), ""),
        next((row.percent for row in rows if row.percent is not None), None),
        next((iso(row.effective_on) for row in rows if row.proof), None),
        iso(newest.effective_on), _days(newest.effective_from, newest.effective_on, newest.status),
        worded.text if worded else "", worded.office_text if worded else "", _since(rows),
        {name: next((getattr(row, name) for row in rows if getattr(row, name)), "") for name in WORDS})


def _since(rows):
    """The day on which the present status came, where it is told to the day; "" else."""
    stated = [row for row in rows if row.status]
    same = list(takewhile(lambda row: row.status == stated[0].status or {row.status, stated[0].status} <= Status.DONE,
                          stated))
    last = same[-1] if same else None
    if last is None or last.effective_from != last.effective_on:
        return ""
    return _days(last.effective_from, last.effective_on, last.status)
