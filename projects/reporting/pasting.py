"""A table pasted from Excel into a unit's table, put to its rows by the name of the project. The import reads it."""
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from guicheng.excel_import.names import Names, NotFound
from guicheng.excel_import.percents import percent_of, scale_of
from guicheng.excel_import.rows import Table as Pasted
from guicheng.excel_import.values import Unclear, plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets
from projects.excel_import.fields import FIELDS
from projects.models import ReportingColumn, ReportingRow, Status
from projects.reporting.kinds import kind_of
from projects.reporting.reading import LABELS

LONGEST = 400_000  # characters
NO_NAME = "没有认出哪一列是项目名称。请连表头一起复制，表头里要有“项目名称”。"
NO_COLUMN = "除了项目名称，没有认出一列是这张表要填的。这张表要填：{}。"


@dataclass
class Match:
    """A pasted line and the row it was put to; of one that could not be put, why not."""

    words: str  # the line as it was pasted
    name: str
    row: ReportingRow | None = None
    texts: dict = field(default_factory=dict)
    why: str = ""

    @property
    def draft(self):
        """The row's draft with these texts in it; 本期无变化 is no longer said where something is."""
        kept = {name: text for name, text in self.row.kept.items() if name != "nil"}
        return kind_of(ReportingRow).clean({**kept, **self.texts}, kept.keys() | self.texts.keys())

    @property
    def changes(self):
        """(what, what stood there, what will) of each text that becomes another."""
        kept, draft = self.row.kept, self.draft
        return [(LABELS[name], _shown(name, kept.get(name, "")), _shown(name, draft[name])) for name in self.texts
                if draft.get(name) and draft[name] != kept.get(name, "")]


@dataclass
class Pasting:
    """What was pasted: the lines that have a row, those that have none, and the head for whoever copies the rest."""

    found: list
    left: list
    head: str

    def rest(self, refused=()):
        """What was not put, as it was pasted, and what of the rows `refused` was; to be put right and tried again."""
        rest = [match.words for match in self.left]
        rest += [match.words for match in self.found if match.row in refused]
        return "\n".join([self.head, *rest]) if rest else ""


def read_pasted(unit, text):
    """A Pasting of this text. Raises ValidationError with one sentence where it is no table of ours."""
    table, columns = _table(text), dict(ReportingColumn.objects.filter(task=unit.task).values_list("key", "key"))
    asked = [key for key in columns if key in table.places]
    if "name" not in table.places:
        raise ValidationError(NO_NAME)
    if not asked:
        raise ValidationError(NO_COLUMN.format("、".join(LABELS[key] for key in columns)))
    rows = {row.project_id: row for row in ReportingRow.objects.filter(unit=unit).select_related(
        "project", "latest__update")}
    names = Names([(key, row.project.name, "") for key, row in rows.items()], "项目")
    scale = scale_of(table.cells("percent"), "%" in table.labels.get("percent", ""))
    pasting, taken = Pasting([], [], _words(table.headings)), set()
    for line in table.every_line():
        match = Match(_words(line.raw), line.text("name"))
        _put(match, rows, names, taken)
        match.texts = {key: _text(line, key, scale) for key in asked if line.text(key)}
        if match.row and not match.changes and not match.why:
            match.why = "没有要改的：格里空着，或者和现在的一样。"
        (pasting.left if match.why else pasting.found).append(match)
    return pasting


def _table(text):
    try:
        sheets = read_sheets(SimpleUploadedFile("paste.txt", text.encode()))
    except Unreadable as refusal:
        raise ValidationError(str(refusal)) from None
    sheet, header = FIELDS.choose_sheet(sheets)
    if header is None:
        raise ValidationError(NO_NAME)
    return Pasted(sheet, header, FIELDS.map_columns(header.headings, sheet, header.below))


def _put(match, rows, names, taken):
    """Find its row, or say why it has none."""
    if not match.name:
        match.why = "这一行没有项目名称。"
        return
    try:
        row = rows[names.get(match.name)]
    except NotFound as refusal:
        match.why = f"{refusal}。"
        return
    if not row.is_to_fill:
        match.why = "这一行已经交了。"
    elif row.pk in taken:
        match.why = "上面已经有一行是这个项目。"
    else:
        match.row = row
        taken.add(row.pk)


def _text(line, key, scale):
    """What the cell says, as it would be typed; what the import cannot read is put as it is, and told in its cell."""
    if key == "percent":
        try:
            return str(percent_of(line.cells[key], line.looks.get(key, ""), scale).value)
        except Unclear:
            pass
    return line.text(key)


def _shown(name, text):
    return Status.label_of(text) if name == "status" and text in Status.values else text


def _words(cells):
    return "\t".join(plain_text(cell).replace("\n", " ") for cell in cells)
