"""What a ledger of the corpus is, and how its expected answer is written down.

An expectation has the shape of `manage.py preview_list --format json`, with only the parts that matter. A field that
is not named is not asserted, one that is None must be empty. Money is compared as a number, all else as it stands.
"""
import re
from collections.abc import Callable
from dataclasses import dataclass, field

IS = {"new", "changed", "same", "ask", "wrong"}
WHY = {"total", "section", "note", "blank", "hidden", "struck"}
FIELDS = {
    "name", "number", "community", "lead_department", "supporting_departments", "leader", "contact", "phone",
    "planned_start", "planned_end", "schedule_text", "status", "percent", "quantity", "text", "problem",
    "delay_reason", "next_step", "coordination", "reason", "budget", "category", "effective_on"}

# What must stand in the database before any of these is read: the year's list, its categories, who answers.
# The communities are those of fixtures/02_communities.json.
YEAR = 2026
LIST = {"slug": "2026-sample", "title": "示例清单", "kind": "key", "year": YEAR, "announced_on": "2026-03-01"}
CATEGORIES = ("民生设施类", "环境整治类")
DEPARTMENTS = ("示例办", "示例中心", "示例城建办", "示例民政办")
TODAY = "2026-08-15"  # the day of reading: between the days that the ledgers name


class _Open:
    """Not asserted: import.md leaves the answer open, and a comment beside it says what was decided."""

    def __repr__(self):
        return "OPEN"


OPEN = _Open()


@dataclass(frozen=True)
class OneOf:
    """Each of these is right: a value with a note, or nothing until somebody answers."""

    values: tuple


@dataclass(frozen=True)
class Between:
    """Any day from the first to the last, both counted."""

    first: str
    last: str


@dataclass(frozen=True)
class Lacks:
    """Anything, or nothing, but without these words."""

    words: str


@dataclass(frozen=True)
class Has:
    """A text in which these words stand."""

    words: str


@dataclass(frozen=True)
class Ledger:
    """One file, what kind it is, and what the preview must answer.

    `before`: projects of the list that stand already, each a dict of fields, with `code` where it matters and with
    `updates`: what was said of it and published. `on_list`: False where it is read as projects on no list. `sheet`:
    the name that is asked for, where one is. Rows of a text are counted as Excel counts them, not by its lines.
    """

    name: str
    kind: str  # xlsx, xls, ods, csv, tsv, or bytes for what no library opens
    file_name: str
    content: Callable[[], bytes] = field(repr=False)
    expected: dict = field(repr=False)
    before: tuple = field(default=(), repr=False)
    on_list: bool = True
    sheet: str = ""

    def __str__(self):
        return self.name


def row(number, is_="new", /, notes="", quiet=False, **fields):
    """A data row: its number, what it is (`new|ask`: either), the columns that must carry a note, the fields.

    `quiet`: a note anywhere in this row would be noise.
    """
    assert not (notes and quiet)
    row = {"row": number, "is": is_, "fields": fields, "notes_at": list(notes)}
    return row | {"quiet": True} if quiet else row


def skip(number, why):
    """A row that must be listed as not read, and why (`note|blank`: either)."""
    return {"row": number, "why": why}


def sheet(*rows, name=OPEN, header=OPEN, columns=None, noted="", listed=(), read=True):
    """One sheet of an answer. Every row that is read must stand here: one more is a failure.

    `noted`: columns with a note in at least one row. `listed`: rows that may stand under either head, but must stand.
    """
    return {
        "name": name, "read": read, "header_rows": header, "columns": columns or {},
        "rows": [each for each in rows if "is" in each], "skipped": [each for each in rows if "why" in each],
        "noted": list(noted), "listed": list(listed)}


def answer(*sheets, assumed=()):
    """A whole answer. `assumed`: words that must stand at the head of the preview (`a|b`: one of them)."""
    return {"refused": False, "sheets": list(sheets), "assumed": list(assumed)}


# One sentence and no rows. Or the same as None, where a file may be refused or read without harm.
REFUSED = {"refused": True, "sheets": [], "assumed": []}


def either(*sheets):
    """Refused, or read as these sheets say: both are harmless."""
    return answer(*sheets) | {"refused": OPEN}


def column(index):
    """The letter of a column: 0 is A."""
    return chr(ord("A") + index) if index < 26 else chr(ord("A") + index // 26 - 1) + chr(ord("A") + index % 26)


def is_day(value):
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
