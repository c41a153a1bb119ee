"""Read a quarter from the database into a `Document`. Every figure in it is one of `projects/summary/`."""
from collections import Counter
from itertools import islice
from operator import itemgetter

from guicheng.access.units import behind
from guicheng.figures import iso
from guicheng.tables.listing import Listing
from projects import summary
from projects.document import FORMAT, Document
from projects.ledger.corrections import corrections_on
from projects.models import Discrepancy, LightRule, Project
from projects.models.lights import Colour
from projects.report.rows import CHUNK, rows_by
from projects.spooled import Spool, among
from projects.summary.changes_page import SIZE
from projects.supervision.lights import NEEDED, lights_of

OUTLINED = SIZE + 1  # rows of an outline: those a page of the quarter reads, so that they are read once


def _sorted(rows, order=None):
    return sorted(rows, key=order) if order else list(rows)


def document_of(quarter, known_at=None, as_of=None, keep=_sorted):
    """The document of a quarter as it stands, not closed: figures for everybody, lights and words for staff.

    `keep`: that of a Spool where its rows are to lie on the disk.
    """
    each = summary.quarter_summary(quarter, known_at, as_of)
    place, staff = _places(each.lists), _OfStaff()
    rows = keep(staff.seeing(rows_by(each.as_of, known_at, for_staff=True), place), place)
    for_staff = _for_staff(quarter, each.as_of, rows, staff, each.lists, keep)
    return Document(_figures(quarter, each, rows, known_at, keep), for_staff)


def public_document_of(quarter, known_at=None, as_of=None):
    """The same without what is for staff, however many rows: they lie on the disk and are read one by one."""
    each = summary.quarter_summary(quarter, known_at, as_of)
    spool = Spool()
    rows = spool.keep((row.public for row in rows_by(each.as_of, known_at)), _places(each.lists))
    return Document(_figures(quarter, each, rows, known_at, spool.keep))


def _places(lists):
    """The order of rows: by list, then code, last those on none. In Python: databases differ in both."""
    found = {row.project_list.slug: index for index, row in enumerate(lists)}
    return lambda row: (found.get(row["list"], len(found)), row["code"])


def outline_of(quarter, each):
    """The document of a summary without its rows, corrections and earlier figures: what a page says in words.

    Its fingerprint is not that of the quarter.
    """
    following = _due_next(quarter, each.as_of, None)
    first = [row.frozen() for row in following[:OUTLINED]]
    if len(first) == OUTLINED:  # perhaps there are more: they are counted, and read when they are looked at
        first = Listing(lambda: following.rows, lambda chunk: [row.frozen() for row in following.make(chunk)])
    return Document({**_outline(quarter, each, None), "next_promises": first, "tellings": each.tellings})


# --- what is public ------------------------------------------------------------------------------
def _figures(quarter, each, rows, known_at, keep):
    """The figures. `rows`: every project in order; `keep(rows, order)` gives the rows of a part to be read again."""
    before = {row.project_list.slug: row for row in summary.list_summaries(quarter.previous.last_day, known_at)}
    late, pending = (set(by(each.as_of, known_at).values_list("code", flat=True))
                     for by in (summary.overdue_by, summary.pending_by))
    each.figures = summary.quarter_figures(each.moves, each.verdicts, len(late), len(pending), each.as_of)
    return {
        **_outline(quarter, each, known_at, 0),
        "lists": [row.frozen(before.get(row.project_list.slug)) for row in each.lists if row.is_known],
        "changes": keep((row.frozen() for row in each.changes), _places(each.lists)),
        "promises": keep(row.frozen() for row in each.promises),
        "next_promises": keep(row.frozen() for row in _due_next(quarter, each.as_of, known_at)),
        "overdue": among(rows, late),
        "pending": among(rows, pending),
        "projects": rows,
        "communities": _communities(quarter),
        "corrections": keep(row.as_dict() for row in corrections_on(
            quarter.first_day, quarter.last_day, known_at)),
    }


def _outline(quarter, each, known_at, limit=OUTLINED):
    """What the picture shows: every figure, and of the rows the first."""
    return {
        **each.frozen(limit), "format": FORMAT,
        "title": quarter.title, "year": quarter.year,
        "first_day": iso(quarter.first_day), "last_day": iso(quarter.last_day),
        "is_over": quarter.is_over,
        "known_at": known_at.isoformat() if known_at else None,
        "before": {"quarter": str(quarter.previous), "title": quarter.previous.title,
                   "as_of": iso(quarter.previous.last_day)},
        "after": {"quarter": str(quarter.next), "title": quarter.next.title},
        "next_promises": [],
        "overdue": [], "pending": [], "projects": [], "communities": [], "corrections": [],
        "definitions": [row.frozen() for row in [*summary.DEFINITIONS, *summary.QUARTER_DEFINITIONS]],
    }


def _due_next(quarter, day, known_at):
    """The promises of the quarter after it, judged: a Listing."""
    return summary.due_between(quarter.next.first_day, quarter.next.last_day, day, known_at)


def _communities(quarter):
    """Every community known by that year, in the office's order: also those of which no list has anything."""
    rows = behind(Project, "community").objects.published()
    rows = rows.filter(known_from__lte=quarter.year).order_by("order", "pk")
    return [{"key": slug, "label": name} for slug, name in rows.values_list("slug", "name")]


# --- for staff -----------------------------------------------------------------------------------
class _OfStaff:
    """What the rows say for staff, taken while they pass: few of them say anything."""

    def __init__(self):
        self.keys, self._office, self._words = {}, [], []

    def seeing(self, rows, place):
        """Yield what is public of these."""
        for row in rows:
            self.keys[row.public["code"]] = row.pk
            if row.office:
                self._office.append((place(row.public), row.office))
            if row.said.words and any(row.said.words.values()):
                self._words.append((place(row.public), row.said.words))
            yield row.public

    @property
    def office_words(self):
        return {code: said for (_, code), said in sorted(self._office, key=itemgetter(0))}

    @property
    def words(self):
        return [{"code": code, **said} for (_, code), said in sorted(self._words, key=itemgetter(0))]


def _for_staff(quarter, day, rows, staff, lists, keep):
    rule, by_colour = LightRule.objects.in_force(day), Counter()
    lights = keep(_lights(rows, staff.keys, day, by_colour))
    return {
        "lights": lights,
        "light_counts": [{"colour": colour.value, "word": colour.label, "count": by_colour[colour]}
                         for colour in Colour],
        "light_rule": {"effective_on": iso(rule.effective_on), "yellow_from": rule.yellow_from,
                       "red_from": rule.red_from, "due_within": rule.due_within,
                       "not_started_months": rule.not_started_months} if rule else None,
        "office_words": staff.office_words,
        "differing": sorted(Discrepancy.objects.published().told(day).filter(is_settled=False).exclude(
            project=None).values_list("project__code", flat=True).distinct()),
        "office_names": {each.project_list.slug: each.project_list.office_name for each in lists
                         if each.project_list.office_name},
        "reporting": summary.tasks_between(quarter.first_day, quarter.last_day),
        "words": staff.words,
    }


def _lights(rows, keys, day, by_colour):
    """Yield the light of each counted row, and count it. `keys`: of their projects, by code."""
    counted = (row for row in rows if not row["is_part"])
    while chunk := list(islice(counted, CHUNK)):
        found = lights_of(
            Project.objects.filter(pk__in=[keys[row["code"]] for row in chunk]).only(*NEEDED), day)
        by_colour.update(summary.lights_by_colour(found.values()))
        yield from [_light(row, found[keys[row["code"]]]) for row in chunk]


def _light(public, light):
    return {**{name: public[name] for name in ("code", "name", "list_title", "department", "community", "due_on")},
            "colour": light.colour, "word": light.word, "label": light.label, "sentence": light.sentence,
            "days_late": light.days_late}
