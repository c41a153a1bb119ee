"""The figures of a table as a page shows them: what is typed, what was last public, what is wrong or looks odd."""
from collections import Counter
from dataclasses import dataclass

from guicheng import words
from partybuilding.models import ReadingRow
from partybuilding.reporting.reading import LONGEST, read
from projects.reporting.kinds import Part
from projects.reporting.returns import words_of
from projects.reporting.table import Cell, Column, Line
from projects.reporting.typed import as_typed

LABELS = {"value": "本期的数", "effective_on": "到哪天", "note": "说明（公开）", "nil": "本期无变化",
          "words_checked": "已核对提醒词", "": "这一行", "words": "提醒词"}
COLUMNS = [Column(name, LABELS[name]) for name in ("value", "effective_on", "note")]


@dataclass
class ReadingLine(Line):
    """One figure of one community."""

    called: str = ""

    first, labels = "admin/partybuilding/reporting/_figure.html", LABELS
    no_change = "本期无变化，交的是零报告，公开的还是上次的数。"

    @property
    def said_before(self):
        """What was last public of it: value, day, source."""
        row = self.row
        return f"{row.before}，{words.day(row.before_on)}，《{row.before_source}》" if row.before else ""

    @property
    def given(self):
        """What was answered, where it can only be read."""
        if self.reviewed:
            return self.reviewed.told
        if self.row.latest_id:
            return "：".join(filter(None, ["本期无变化", self.row.latest.reason]))
        return self.draft.get("value") or "还没有填"

    @property
    def told(self):
        """What would be put down for what is typed, where it is written otherwise."""
        reported = self.reading.reviewed
        is_same = reported is None or reported.told.replace(" ", "") == self.draft["value"].replace(" ", "")
        return "" if is_same else reported.told


def line_of(row, task, may_fill, typed=None, returned=(), called=""):
    """The Line of a row. `typed`: what came with a request and was refused; it stands before what is kept."""
    draft, theirs = as_typed(row, typed)
    line = ReadingLine(row, 0, draft, [], may_fill and row.is_to_fill, read(row, draft, task), theirs, returned,
                       called or row.metric.name)
    return _with_cells(line, task).say_in_cells()


def _with_cells(line, task):
    reported = line.reviewed
    given = {"value": line.given, "effective_on": words.day(reported.effective_on) if reported else "",
             "note": reported.note if reported else ""}
    shown = line.draft if line.may_edit else given
    value, day, note = line.cells = [
        Cell(column.key, column.label, f"{line.name}-{column.key}", shown.get(column.key, ""), box,
             f"{line.called} {column.label}", longest=LONGEST[column.key])
        for column, box in zip(COLUMNS, ("line", "day", "long"), strict=True)]
    value.before, value.told = line.said_before, line.told
    value.hint, day.hint = "" if line.said_before else "以前没有公开过", f"空着就是 {words.day(task.usual_day())}"
    note.folds = False  # it is why nothing changed
    return line


def lines_of(rows, task, may_fill, typed=None, called=str):
    """The Lines of these rows, a queryset; `called`: what is read out of each. One query, one more if returned."""
    rows = list(for_pages(rows))
    returned = words_of(rows)
    return [line_of(row, task, may_fill, (typed or {}).get(row.pk), returned.get(row.pk, ()), called(row))
            for row in rows]


class ReadingPart(Part):
    """The figures on the page of one community."""

    heading, columns, has_photos = "数据项", COLUMNS, False

    def __init__(self, unit, may_fill, typed=None):
        self.task, self.may_fill = unit.task, may_fill
        rows = ReadingRow.objects.filter(unit=unit).in_table_order()
        self.lines = lines_of(rows, unit.task, may_fill, typed, lambda row: row.metric.name) \
            if unit.community_id else []
        self.counts = Counter(line.standing.value for line in self.lines)

    @property
    def ready(self):
        return [line for line in self.lines if line.may_go]

    @property
    def wrong(self):
        return [line for line in self.lines if line.errors]

    @property
    def untouched(self):
        return [line for line in self.lines if line.is_untouched]


def for_pages(rows):
    """These rows with all that a page reads of them."""
    return rows.with_answers().select_related("unit__task", "latest__reported__metric", "latest__returned__by")
