"""The quarter as a whole: its lists, what changed in it, and the promises of its year.

Counting is apart from fetching: the counts come from the database in a fixed number of queries, and what is
listed is read when it is looked at, as much of it as is looked at.
"""
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from guicheng.days.quarters import Quarter
from guicheng.figures import Definition, Figure, from_iso, iso
from guicheng.tables.listing import Listing
from projects.ledger.promises import Judgement, Verdict
from projects.models import Declaration, ProgressUpdate, ProjectList, Status, UpdatesByMonth
from projects.summary import compared
from projects.summary.compared import count_late, known_by
from projects.summary.lists import ListSummary, counter_from, real_lists, status_from, summaries_of, written
from projects.summary.moves import Move, Telling, count_moves, count_tellings
from projects.summary.promises import promises_of, verdicts_of
from projects.summary.report import quarter_figures


@dataclass(frozen=True, slots=True)
class Change:
    """A project whose status at the end of the quarter differs from that of the quarter before."""

    code: str
    name: str
    list_slug: str
    list_title: str
    before: str
    after: str
    happened: bool

    def get_absolute_url(self):
        return reverse("project-detail", args=[self.code])

    @property
    def kind(self):
        return Move.of(self.before, self.after, self.happened)

    @property
    def telling(self):
        return Telling.of(self.before, self.after, self.happened)

    @property
    def before_label(self):
        return Status.label_of(self.before)

    @property
    def after_label(self):
        return Status.label_of(self.after)

    def frozen(self):
        return {"code": self.code, "name": self.name, "list": self.list_slug or None, "list_title": self.list_title,
                "before": written(self.before), "after": written(self.after),
                "before_label": self.before_label, "after_label": self.after_label,
                "happened": self.happened, "kind": self.kind.value, "kind_label": self.kind.label}

    @classmethod
    def from_frozen(cls, row):
        return cls(row["code"], row["name"], row["list"] or "", row["list_title"], status_from(row["before"]),
                   status_from(row["after"]), row.get("happened", True))


@dataclass
class QuarterSummary:
    quarter: object
    as_of: date
    known_at: object
    lists: list
    changes: Listing
    promises: Listing
    verdicts: dict  # Verdict -> number of promises, in the order of the verdicts
    moves: dict  # Move -> number of projects, in the order of the kinds
    tellings: dict  # Telling -> number of projects, in the order of telling

    @cached_property
    def figures(self):
        """The figures beside those of the lists. One query when they are looked at."""
        overdue, pending = count_late(self.as_of, self.known_at)
        return quarter_figures(self.moves, self.verdicts, overdue, pending, self.as_of)

    @property
    def changed(self):
        """How many projects differ from the quarter before, as a Figure."""
        return self.figures[0]

    @property
    def kept(self):
        """How many of the promises that were due were kept, as a Figure."""
        return next(row for row in self.figures if row.definition.key == "kept")

    @property
    def changes_in_all(self):
        """How many changes there are, of which a page shows some."""
        return len(self.changes)

    @property
    def promised(self):
        """How many promises there were by then to be kept in the year, due or not."""
        return sum(self.verdicts.values())

    @property
    def is_known(self):
        """Whether any list was public by then: before that there is nothing to go back to."""
        return any(row.is_known for row in self.lists)

    @property
    def has_before(self):
        """Whether any list was public when the quarter began: else there is nothing to compare it with."""
        return any(row.project_list.announced_on < self.quarter.first_day for row in self.lists)

    @property
    def own(self):
        """The street's lists that were known by then."""
        return [row for row in self.lists if row.is_known and row.project_list.is_street]

    @property
    def above(self):
        """Those of the district and other towns: beside the street's, never among them."""
        return [row for row in self.lists if row.is_known and not row.project_list.is_street]

    @property
    def appeared(self):
        """The lists announced in this quarter."""
        return [row for row in self.lists
                if self.quarter.first_day <= row.project_list.announced_on <= self.as_of]

    def as_dict(self, changes=None, promises=None):
        """As plain values that everybody may read; of what is listed only these, where they are given."""
        return {
            "quarter": str(self.quarter),
            "as_of": self.as_of.isoformat(),
            "lists": [row.as_dict() for row in self.lists],
            "changes": [
                {"code": row.code, "name": row.name, "before": row.before or "unknown",
                 "after": row.after or "unknown", "kind": row.kind.value, "kind_label": row.kind.label}
                for row in (self.changes if changes is None else changes)
            ],
            "promises": [
                {"code": row.promise.project.code, "name": row.promise.project.name,
                 "due": row.promise.due_on.isoformat(), "verdict": row.verdict.value,
                 "verdict_label": row.verdict.label} for row in (self.promises if promises is None else promises)
            ],
        }

    # as a document keeps it
    def frozen(self, limit=None):
        """As plain values; with `limit` only so many of what is listed, and the lists without their groups."""
        whole = {} if limit is None else {"kinds": ()}
        return {
            "quarter": str(self.quarter), "as_of": iso(self.as_of),
            "lists": [row.frozen(**whole) for row in self.lists if row.is_known],
            "counts": [row.frozen() for row in self.figures],
            "moves": [{"key": kind.value, "label": kind.label, "count": count} for kind, count in self.moves.items()],
            "verdicts": [{"key": verdict.value, "label": verdict.label, "count": count}
                         for verdict, count in self.verdicts.items()],
            "changes": [row.frozen() for row in self.changes[:limit]],
            "promises": [row.frozen() for row in self.promises[:limit]],
        }

    @classmethod
    def from_frozen(cls, figures):
        """The summary that was written down, with the definitions of then. Its rows are of no database."""
        as_of = from_iso(figures["as_of"])
        found = cls(
            Quarter.parse(figures["quarter"]), as_of, None, [ListSummary.from_frozen(row) for row in figures["lists"]],
            [Change.from_frozen(row) for row in figures["changes"]],
            [Judgement.from_frozen(row) for row in figures["promises"]],
            {Verdict(row["key"]): row["count"] for row in figures["verdicts"]},
            {Move(row["key"]): row["count"] for row in figures["moves"]},
            tellings_of(figures),
        )
        definitions = [Definition.from_frozen(row) for row in figures["definitions"]]
        found.figures = [Figure.from_frozen(row, definitions, as_of) for row in figures["counts"]]
        return found


def changes_between(before, after, known_at=None, count=None):
    """The street's real top-level projects whose status differs between the ends of two days. One query to read."""
    known = known_by(after, known_at)
    return Listing(
        lambda: compared.changed(before, after, known_at),
        lambda chunk: [Change(code, name, slug or "", title or "", *values)
                       for code, name, slug, title, *values in chunk],
        count, first=lambda limit: compared.first_changed(known, limit, before=before, after=after))


def quarter_summary(quarter, known_at=None, as_of=None):
    """The whole summary of a quarter, as of its last day (today, while the quarter runs) or of a day within it."""
    as_of = as_of or min(quarter.last_day, timezone.localdate())
    before = quarter.previous.last_day
    tally = compared.tally_between(before, as_of, known_at)
    counts = verdicts_of(quarter.year, as_of, known_at)
    return QuarterSummary(
        quarter, as_of, known_at, summaries_of(real_lists(), tally, as_of, known_at),
        changes_between(before, as_of, known_at, tally.moves.total()),
        promises_of(quarter.year, as_of, known_at, sum(counts.values())), counts, count_moves(tally.moves),
        count_tellings(tally.moves),
    )


def tellings_of(figures):
    """Telling -> number of projects, of written figures: all changes are there, or in an outline the numbers."""
    if "tellings" in figures:
        return figures["tellings"]
    changes = [Change.from_frozen(row) for row in figures["changes"]]
    return count_tellings(Counter((row.before, row.after, row.happened) for row in changes))


def states_between(project_list, before, after, known_at=None):
    """[(code, name, status before, status after)] of a list's counted projects at the ends of two days. One query."""
    rows = compared.states(known_by(after, known_at), project_list=project_list.pk, before=before, after=after)
    return [(code, name, after if before is None else before, after) for code, name, before, after in rows]


def own_by_status(figures):
    """Status -> how many recorded projects of the street's own lists have it, of the figures of a document."""
    found = Counter()
    for row in figures["lists"]:
        if row["is_street"]:
            found.update(counter_from(row["by_status"]))
    return found


@dataclass(frozen=True)
class QuarterNews:
    """A quarter of which there is news: how many statements are about it, and the lists announced in it."""

    quarter: Quarter
    statements: int
    lists: list


def quarters_with_news():
    """The quarters in which a real list was announced or declared, or a real project moved, newest first."""
    statements, lists, declared = Counter(), defaultdict(list), set()
    for row in ProjectList.objects.published().real():
        lists[Quarter.of(row.announced_on)].append(row)
    for day in Declaration.objects.filter(
            project_list__is_sample=False, project_list__is_published=True, effective_on__lte=timezone.localdate(),
            ).values_list("effective_on", flat=True).distinct():
        declared.add(Quarter.of(day))
    for month, count in UpdatesByMonth.objects.published().counts("month"):
        statements[Quarter.of(date.fromisoformat(f"{month}-01"))] += count
    return [QuarterNews(quarter, statements[quarter], lists[quarter])
            for quarter in sorted({*statements, *lists, *declared}, reverse=True)]


def last_changed():
    """The newest quarter in which the status of a project changed, of twelve with news; None of none."""
    days = ProgressUpdate.objects.in_force().filter(is_sample=False).exclude(status="").order_by().values_list(
        "effective_on", flat=True).distinct()
    for quarter in sorted({Quarter.of(day) for day in days}, reverse=True)[:12]:
        if changes_between(quarter.previous.last_day, quarter.last_day).rows.exists():
            return quarter
    return None


def first_day():
    """The day of the first entry, a list's announcement or a statement; None where there is neither."""
    firsts = [ProjectList.objects.published().aggregate(first=Min("announced_on"))["first"],
              ProgressUpdate.objects.published().aggregate(first=Min("effective_on"))["first"]]
    return min(filter(None, firsts), default=None)
