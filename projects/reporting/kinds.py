"""What a task can ask beside projects: each kind of row is brought by the app that owns it.

An app registers its kind in its `reporting`, which its `AppConfig.ready` imports; nothing here knows which there are.
The opening, the tables of the units, the board and the closing ask every one of them.
"""
from dataclasses import dataclass

from django.utils import timezone

from guicheng.text import is_row_number

REFUSED = "有的数刚被别人改过，没有存；按“只存草稿”看两边写的。"
_KINDS = []


class Kind:
    """One kind of rows of `AskedUnit`s. What it says of none costs a task nothing."""

    name = ""  # what it is called in a mark of a table
    template = ""  # the part of a unit's page that draws a `Part`

    def asked(self, task):
        """{unit: [what it would be asked, each with a `name`]}."""
        raise NotImplementedError

    def warnings(self, task):
        """Sentences for whoever is about to open the task."""
        return []

    def open(self, task, rows):
        """Make the rows. `rows`: {unit: (its AskedUnit, what it is asked)}."""
        raise NotImplementedError

    def close(self, task):
        """Write down how each row stands, under the rows' locks; give how many there are."""
        raise NotImplementedError

    def counts(self, task, unit=None):
        """[(key of the AskedUnit, standing, how many rows, newest answer's key, when the first of them was handed in,
        how many are 补报)]. One query."""
        raise NotImplementedError

    def to_fill(self):
        """The rows that still wait for their unit, a queryset with `unit`."""
        raise NotImplementedError

    def asked_rows(self, tasks):
        """[(key of the task, how many rows it asked)] of these tasks, a queryset. One query."""
        raise NotImplementedError

    def stood(self, tasks):
        """[(key of the task, key of the AskedUnit, standing, how many rows)] as they were closed. One query."""
        raise NotImplementedError

    def listing(self, task, unit=None, standing=""):
        """The Listing of what was answered, for 月报表 and 汇总表. One query."""
        raise NotImplementedError

    def newest(self, unit):
        """The key of the newest answer that stands in this table; 0 where there is none."""
        raise NotImplementedError

    def send_back(self, unit, by, reason, up_to, row=None):
        """Return the answers of this table up to this key, or that of one row; give the rows. Raises ValidationError.
        """
        raise NotImplementedError

    def lock(self, unit):
        """Lock the rows of this table, so that nothing is handed in or returned meanwhile."""
        raise NotImplementedError

    def answered_by(self, unit):
        """Who handed in the rows as they stand: a queryset of users."""
        raise NotImplementedError

    def part(self, unit, user, typed=None):
        """The Part of this unit's page. `typed`: what came with a request and was refused. One query."""
        raise NotImplementedError

    def sent(self, unit, post, do):
        """The Sent of a form."""
        raise NotImplementedError

    def pages(self, task):
        """[(words, address)] of its pages for who sees all units of this task."""
        return []


@dataclass
class Listing:
    """A second table beside that of the projects: `columns` (heading, width in a workbook), `rows` ListingRow."""

    heading: str
    columns: list
    rows: list


@dataclass
class ListingRow:
    """A row of it: whose, its cells, its page."""

    unit: object
    cells: list
    standing: object
    address: str


class Part:
    """What a unit's page shows of a kind.

    `counts`: rows by standing, a Counter; `ready`, `wrong`, `untouched`: lines that can go, cannot, were not begun.
    """

    counts = ready = wrong = untouched = ()


class Sent:
    """What one form holds of a kind. `save` before `hand_in`, both in the transaction of the caller."""

    typed = None  # by row, for a page that shows it again
    versions = refused = taken = ()  # by the row's name in the form, without its first letter: what was kept, what not

    def save(self, by):
        """Keep the drafts; give the rows that somebody else changed meanwhile."""
        raise NotImplementedError

    def hand_in(self, by):
        """Hand in what was asked for."""
        raise NotImplementedError

    def told(self):
        """(done, warnings): sentences of what came of it."""
        raise NotImplementedError


def marks_of(newest):
    """The mark of a table's newest answers of the other kinds. `newest`: {kind's name: key}, 0 for none."""
    return ",".join(f"{name}:{key}" for name, key in sorted(newest.items()) if key)


def read_marks(mark):
    """{kind's name: key} of such a mark; what is none says nothing."""
    pairs = (each.partition(":") for each in mark.split(","))
    return {name: int(key) for name, _, key in pairs if is_row_number(key)}


def told_of(sent, post):
    """What a page learns of drafts that it kept by itself (static/js/keep.js); of somebody else's text nothing."""
    told = {"at": f"{timezone.localtime():%H:%M:%S}",
            "set": {f"r{row}-version": version for row, version in sent.versions.items()},
            "kept": [name for name in post if name.partition("-")[0][1:] in sent.taken]}
    return {**told, "said": REFUSED} if sent.refused else told


def register(kind):
    if not any(type(each) is type(kind) for each in _KINDS):
        _KINDS.append(kind)


def kinds():
    return tuple(_KINDS)


def listings(task, unit=None, standing=""):
    """The Listings of a task that have a row."""
    found = [kind.listing(task, unit, standing) for kind in kinds()]
    return [each for each in found if each.rows]
