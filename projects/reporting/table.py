"""The rows of one unit's table as a page shows them: what is typed, what was last said, what is wrong."""
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from projects.models import AskedRow, Photo, ReportingColumn, ReportingRow, Standing, Status
from projects.reporting.kinds import kind_of
from projects.reporting.reading import LABELS, read
from projects.reporting.returns import words_of
from projects.reporting.typed import as_typed, marks_of
from projects.supervision.lights import lights_of

SHOWN = 30  # rows a page
SHORT = {"percent", "quantity"}
FROM_PROJECT = {"status", "percent", "quantity"}


@dataclass
class Cell:
    """One cell of a row. `box`: how it is typed into: status, short, line, day, long; `called`: what is read out."""

    key: str
    label: str
    name: str
    value: str
    box: str = "long"
    called: str = ""
    definition: str = ""
    before: str = ""
    hint: str = ""
    error: str = ""
    doubt: str = ""
    told: str = ""  # how it would be put down, where it is typed otherwise
    longest: int = 2000
    folds: bool = True  # whether 本期无变化 leaves nothing to say in it
    theirs: str | None = None  # what somebody else wrote meanwhile, where it is something else

    @property
    def shown(self):
        """Its value where it can only be read."""
        return Status.label_of(self.value) if self.box == "status" and self.value in Status.values else self.value

    @property
    def odd(self):
        """A status that nobody knows, as it was typed: it stands there until it is put right."""
        return self.value if self.box == "status" and self.value not in Status.values else ""


@dataclass
class Line:
    """One row of a table, of whatever kind. `theirs`: what somebody else wrote meanwhile, where it differs."""

    row: AskedRow
    number: int
    draft: dict
    cells: list
    may_edit: bool
    reading: object
    theirs: dict = field(default_factory=dict)
    returned: tuple = ()  # (words, who, when) of its return

    first = ""  # the template of what stands first in it
    labels = {}  # what is wrong or theirs, in words, by name
    no_change = ""  # what 本期无变化 means for it
    is_red = False

    @property
    def called(self):
        """What is read out of its boxes before their own name."""
        return f"第 {self.number} 行"

    @property
    def name(self):
        """What its names in a form begin with, and its place on the page."""
        return f"{kind_of(type(self.row)).prefix}{self.row.pk}"

    @property
    def button(self):
        """Its row as a button names it."""
        return self.name[1:]

    @property
    def standing(self):
        return Standing(self.row.standing_now)

    @property
    def is_touched(self):
        """Whether anything was typed since it was asked or returned: what was returned waits for another word."""
        return self.row.has_draft or self.draft != self.row.kept

    @property
    def may_go(self):
        return self.may_edit and self.is_touched and self.reading.may_go

    @property
    def is_untouched(self):
        return self.may_edit and not self.draft and not self.returned

    @property
    def errors(self):
        return self.reading.errors if self.may_edit else {}

    @property
    def row_error(self):
        return self.errors.get("", "")

    @property
    def wrong(self):
        """(where it stands on the page, what it is called) of each thing that is wrong."""
        return [(f"{self.name}-{name}" if name and name != "words" else self.name, self.labels.get(name, name))
                for name in self.errors]

    @property
    def marks(self):
        """What it is drawn with, carried by the page. After a clash the clerk has seen both: so it is theirs."""
        return marks_of(self.row.kept)

    @property
    def theirs_beside(self):
        """(label, text) of what somebody else wrote in what stands in no cell."""
        shown = {cell.key for cell in self.cells}
        return [(self.labels[name], text or "空着") for name, text in self.theirs.items() if name not in shown]

    @property
    def reviewed(self):
        return self.row.reviewed

    @property
    def folding(self):
        """The cells in which 本期无变化 leaves nothing to say."""
        return [cell for cell in self.cells if cell.folds]

    @property
    def staying(self):
        return [cell for cell in self.cells if not cell.folds]

    def say_in_cells(self):
        """Put what is wrong, what is doubtful and what is theirs to the cells."""
        for cell in self.cells if self.may_edit else ():
            cell.error, cell.doubt = self.errors.get(cell.key, ""), self.reading.doubts.get(cell.key, "")
            cell.theirs = self.theirs.get(cell.key)
            if cell.box == "status" and cell.theirs in Status.values:
                cell.theirs = Status.label_of(cell.theirs)
        return self


@dataclass
class ProjectLine(Line):
    """The row of a project."""

    light: object = None

    first, labels = "admin/projects/reporting/_project.html", LABELS
    no_change = "本期无变化，交的是零报告，不新写进展。"

    @property
    def is_red(self):
        return self.light.colour == "red"

    @property
    def said_before(self):
        """What was last published of it, in a sentence."""
        latest, project = self.row.project.latest_update, self.row.project
        said = [Status.label_of(project.status) if project.status else "",
                "" if project.percent is None else f"{project.percent}%", latest.text if latest else ""]
        return "，".join(filter(None, said)) or "还没有说过"

    @property
    def needs_reason(self):
        beside = ("reason", "effective_on", "words_checked")
        return any(self.draft.get(name) or name in self.errors for name in beside) or "words" in self.errors


@dataclass
class Column:
    """A column of a table whose columns are always the same."""

    key: str
    label: str
    definition: str = ""

    def __str__(self):
        return self.label


class Table:
    """What a unit's page works on. `rows`: (number, row). `typed`: what came with a request, by row; it stands before
    what is kept, and what somebody else wrote meanwhile is told beside it."""

    heading = "项目"
    has_photos = True

    def __init__(self, unit, may_fill, rows, typed=None):
        self.unit, self.task = unit, unit.task
        self.columns = list(ReportingColumn.objects.filter(task=self.task))
        self.may_fill = may_fill
        self.parts = ()  # of the other kinds of rows, where they stand on the same page
        rows = list(rows)
        self.lights, self.returned = lights_of([row.project for _, row in rows]), words_of([row for _, row in rows])
        self.lines = [self._line(number, row, (typed or {}).get(row.pk)) for number, row in rows]

    def _line(self, number, row, typed):
        draft, theirs = as_typed(row, typed)
        may_edit = self.may_fill and row.is_to_fill
        shown = draft if may_edit else row.kept
        light = self.lights[row.project_id]
        reading = read(row, draft, self.task, light=light)
        cells = [Cell(column.key, column.get_key_display(), f"r{row.pk}-{column.key}", shown.get(column.key, ""),
                      _box(column.key), f"第 {number} 行 {column.get_key_display()}", column.definition,
                      self._before(row.project, column.key)) for column in self.columns]
        return ProjectLine(row, number, draft, cells, may_edit, reading, theirs, self.returned.get(row.pk, ()),
                           light).say_in_cells()

    def _before(self, project, key):
        if key == "status":
            return Status.label_of(project.status) if project.status else ""
        if key in FROM_PROJECT:
            value = getattr(project, key)
            return "" if value is None else f"{value.normalize():f}" if key == "quantity" else str(value)
        return getattr(project.latest_update, key) if project.latest_update else ""

    @property
    def ready(self):
        return [line for line in self.lines if line.may_go]

    @property
    def go_words(self):
        """What the main button says. Rows typed since the page was drawn go as well."""
        ready = len(self.ready) + sum(len(part.ready) for part in self.parts)
        return f"交能交的 {ready} 行" if ready else "交能交的行"

    @property
    def wrong(self):
        return [line for line in self.lines if line.errors]

    @property
    def wrong_number(self):
        return sum(len(line.errors) for line in self.wrong)

    @property
    def untouched(self):
        return [line for line in self.lines if line.is_untouched] + [
            line for part in self.parts for line in part.untouched]

    @property
    def hides_delay(self):
        """Whether nothing asks for 滞后原因: a narrow page leaves the column out."""
        return not any(line.is_red or line.draft.get("delay_reason") or "delay_reason" in line.errors
                       for line in self.lines)


def _box(key):
    return "status" if key == "status" else "short" if key in SHORT else "long"


def rows_of(unit):
    """The rows of a table in its order, with all that a page reads of them."""
    photos = Photo.objects.filter(update=OuterRef("latest__update")).order_by().values("update")
    rows = ReportingRow.objects.filter(unit=unit).in_table_order()
    return rows.select_related(
        "project__latest_update", "project__project_list", "project__lead_department", "latest__update",
        "latest__returned",
    ).annotate(photo_number=Coalesce(Subquery(photos.annotate(number=Count("pk")).values("number")), Value(0)))
