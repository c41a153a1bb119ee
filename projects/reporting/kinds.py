"""What a task can ask: projects, and what other apps ask. Each kind of row is brought by the app that owns it.

An app registers its kind in its `reporting`, which its `AppConfig.ready` imports; nothing here knows which there are.
The opening, the tables of the units, the board and the closing ask every one of them.
"""
from dataclasses import dataclass, field

from django.db.models import Max

from guicheng.text import clean_text, is_row_number

AGAIN_WITHIN = 25  # days in which the same asked of the same units warns whoever asks
LONGEST = 2000  # characters of one cell
_KINDS = {}


class Kind:
    """One kind of rows of `AskedUnit`s. What it says of none costs a task nothing."""

    name = ""  # what it is called in a mark of a table; "" is the projects
    prefix = "r"  # of its names in a form, before a row's key
    template = ""  # the part of a unit's page that draws a `Part`
    asks = of = None  # the model of what it asks, and the field of a row that names it
    rows = answers = returns = at_close = None  # its tables
    reviewed = None  # what a row becomes, by the one review
    names = ()  # what can be typed into a row
    longest = {}  # characters, by name, where it is not LONGEST
    nil_reason = ""  # which of the names goes with 零报告
    said_as = {}  # what a version calls what was said, by name
    not_theirs = ""  # the sentence to who may not hand in a row
    done = ""  # that so many were handed in: {number}, {in_review}, {nils}

    # whom it asks
    def asked(self, task):
        """{unit: [what it would be asked, each with a `name`]}."""
        raise NotImplementedError

    def unanswered(self, task):
        """What nobody answers for."""
        return []

    def warnings(self, task, units):
        """Sentences for whoever is about to open the task, which would ask these units."""
        return []

    def marked(self, task):
        """Fields that its rows take from their task."""
        return {}

    def open(self, task, asked):
        """Make the rows; give how many. `asked`: {unit: (its AskedUnit, what it is asked by all kinds)}."""
        made = [self.rows(unit=unit, **{self.of: each}) for unit, those in asked.values()
                for each in those if isinstance(each, self.asks)]
        self.rows.objects.bulk_create(made, batch_size=500)
        return len(made)

    # what is typed
    def names_of(self, task):
        """What can be typed into its rows in this task."""
        return self.names

    def clean(self, texts, names):
        """The texts of one row, cleaned and cut to these names; what is empty is left out."""
        cleaned = {name: clean_text(str(texts.get(name, "")))[:self.longest.get(name, LONGEST)] for name in names}
        return {name: text for name, text in cleaned.items() if text}

    def readings(self, rows, task):
        """{row: the Reading of its draft}, to be handed in. `rows` came `held()`."""
        raise NotImplementedError

    # handing in
    def theirs(self, rows, by):
        """Those of these rows that this person may hand in."""
        raise NotImplementedError

    def refused(self, going):
        """{row: {field: sentence}} of what cannot go beside what is there. `going`: {row: what it would become}."""
        return {}

    def replaced(self, pairs, by):
        """What a returned row had goes over to the one that stands for it: (old, new)."""

    # what was answered
    def of_unit(self, unit):
        return self.rows.objects.filter(unit=unit)

    def close(self, task):
        """Write down how each row stands, under the rows' locks; give how many there are."""
        rows = self.rows.objects.filter(unit__task=task)
        rows.lock()
        stood = [self.at_close(row_id=pk, standing=standing, answer_id=answer, **self.marked(task))
                 for pk, standing, answer in rows.with_standing().values_list("pk", "standing", "latest")]
        self.at_close.objects.bulk_create(stood, batch_size=500)
        return len(stood)

    def newest(self, unit):
        """The key of the newest answer that stands in this table; 0 where there is none."""
        return self.of_unit(unit).aggregate(Max("latest"))["latest__max"] or 0

    def shown(self, name, text):
        """A text as it was said, in words."""
        return text

    # pages, of the kinds beside the projects
    def listing(self, task, unit=None, standing=""):
        """The Listing of what was answered, for 月报表 and 汇总表. One query."""
        raise NotImplementedError

    def part(self, unit, user, typed=None):
        """The Part of this unit's page. `typed`: what came with a request and was refused, by row."""
        raise NotImplementedError

    def pages(self, task):
        """[(words, address)] of its pages for who sees all units of this task."""
        return []


@dataclass
class Reading:
    """What a draft says: what it would become, or 零报告, or the sentences why it cannot be handed in yet."""

    reviewed: object = None
    is_nil: bool = False
    errors: dict = field(default_factory=dict)  # sentence by field; "" for the row
    doubts: dict = field(default_factory=dict)  # sentence by field, which stops nobody

    @property
    def may_go(self):
        return not self.errors and (self.is_nil or self.reviewed is not None)


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


def marks_of(newest):
    """The mark of a table's newest answers beside those of projects. `newest`: {kind's name: key}, 0 for none."""
    return ",".join(f"{name}:{key}" for name, key in sorted(newest.items()) if name and key)


def read_marks(mark):
    """{kind's name: key} of such a mark; what is none says nothing."""
    pairs = (each.partition(":") for each in mark.split(","))
    return {name: int(key) for name, _, key in pairs if is_row_number(key)}


def register(kind):
    _KINDS[kind.rows] = kind


def kind_of(model):
    """The kind whose rows are of this model."""
    return _KINDS[model]


def kinds():
    """All of them, that of the projects first."""
    return sorted(_KINDS.values(), key=lambda kind: kind.name)


def beside():
    """The kinds beside that of the projects."""
    return [kind for kind in kinds() if kind.name]


def listings(task, unit=None, standing=""):
    """The Listings of a task that have a row."""
    found = [kind.listing(task, unit, standing) for kind in beside()]
    return [each for each in found if each.rows]
