"""The rows of one unit's table as a page shows them: what is typed, what was last said, what is wrong."""
from dataclasses import dataclass, field

from projects.models import AskedColumn, ReportingColumn, ReportingRow, Standing, Status
from projects.reporting.drafts import draft_of, read
from projects.supervision.lights import lights_of

SHOWN = 30  # rows a page
SHORT = {"percent", "quantity"}
FROM_PROJECT = {"status", "percent", "quantity"}


@dataclass
class Cell:
    """One cell of a row."""

    key: str
    label: str
    definition: str
    name: str
    value: str
    before: str = ""
    error: str = ""

    @property
    def box(self):
        return "status" if self.key == "status" else "short" if self.key in SHORT else "long"

    @property
    def shown(self):
        """Its value where it can only be read."""
        return Status.label_of(self.value) if self.key == "status" and self.value in Status.values else self.value


@dataclass
class Line:
    """One row of the table."""

    row: ReportingRow
    number: int
    light: object
    draft: dict
    cells: list
    may_edit: bool
    reading: object
    theirs: dict = field(default_factory=dict)  # what somebody else wrote meanwhile

    @property
    def standing(self):
        return Standing(self.row.standing_now)

    @property
    def may_go(self):
        return self.may_edit and self.reading.may_go

    @property
    def errors(self):
        return self.reading.errors

    @property
    def row_error(self):
        return self.errors.get("", "")

    @property
    def is_red(self):
        return self.light.colour == "red"

    @property
    def others(self):
        """What somebody else wrote meanwhile, in words."""
        labels = {**dict(AskedColumn.choices), "reason": "原因", "nil": "零报告", "nil_reason": "说明",
                  "effective_on": "日期"}
        return "；".join(f"{labels.get(key, key)}：{text}" for key, text in self.theirs.items())

    @property
    def statement(self):
        return self.row.latest.update if self.row.latest_id else None

    @property
    def said_before(self):
        """What was last published of it, in a sentence."""
        latest, project = self.row.project.latest_update, self.row.project
        said = [Status.label_of(project.status) if project.status else "",
                "" if project.percent is None else f"{project.percent}%", latest.text if latest else ""]
        return "，".join(filter(None, said)) or "还没有说过"

    @property
    def needs_reason(self):
        return "reason" in self.errors or bool(self.draft.get("reason"))


class Table:
    """What a unit's page works on. `typed`: what came with a request, by row; it stands before what is kept."""

    def __init__(self, unit, may_fill, rows, typed=None, first=1):
        self.unit, self.task = unit, unit.task
        self.columns = list(ReportingColumn.objects.filter(task=self.task))
        self.may_fill = may_fill
        self.parts = ()  # of the other kinds of rows, where they stand on the same page
        rows = list(rows)
        self.lights = lights_of([row.project for row in rows])
        self.lines = [self._line(row, number, (typed or {}).get(row.pk)) for number, row in enumerate(rows, first)]

    def _line(self, row, number, typed):
        kept = row.draft
        if not row.has_draft and row.standing_now == Standing.RETURNED:
            kept = {key: text for key, text in row.latest.said.items() if key != "words_checked"}
        draft = kept if typed is None else typed
        may_edit = self.may_fill and row.is_to_fill
        shown = draft if may_edit else row.latest.said if row.latest_id else row.draft
        light = self.lights[row.project_id]
        reading = read(row, draft, self.task, light=light)
        cells = [Cell(column.key, column.get_key_display(), column.definition, f"r{row.pk}-{column.key}",
                      shown.get(column.key, ""), self._before(row.project, column.key),
                      reading.errors.get(column.key, "") if may_edit else "") for column in self.columns]
        return Line(row, number, light, draft, cells, may_edit, reading)

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
        return [line for line in self.lines if line.may_edit and line.errors]

    @property
    def untouched(self):
        return [line for line in self.lines if line.may_edit and not line.draft] + [
            line for part in self.parts for line in part.untouched]


def rows_of(unit):
    """The rows of a table in its order, with all that a page reads of them."""
    rows = ReportingRow.objects.filter(unit=unit).in_table_order()
    return rows.select_related("project__latest_update", "project__project_list", "project__lead_department",
                               "latest__update", "draft_by")


def typed_in(post, keys, columns):
    """{row's key: (version, draft)} of these rows, as a page sent them; without a version it is none."""
    found = {}
    for pk in keys:
        version = post.get(f"r{pk}-version", "")
        if version.isascii() and version.isdecimal() and len(version) < 10:
            texts = {name: post[f"r{pk}-{name}"] for name in [*columns, "reason", "effective_on", "nil", "nil_reason",
                                                              "words_checked"] if f"r{pk}-{name}" in post}
            found[pk] = int(version), draft_of(texts, columns)
    return found
