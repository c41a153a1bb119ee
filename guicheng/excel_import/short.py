"""A list short enough to be judged at once: nothing of it is kept between its pages, which carry it themselves."""
from django.core.exceptions import ValidationError

from guicheng.excel_import.blank import blank_workbook
from guicheng.excel_import.rows import Line, Outcome, Roster, Table
from guicheng.files.spreadsheets import Unreadable, read_sheets


class ShortRoster(Roster):
    """A roster that reads its file itself, for the person `by`.

    `compare` sets `line.name` and, of a row of ours, `line.seen`, which changes whenever somebody edits that row.
    """

    counted = ""  # what a number of rows counts: 个词
    most = 500  # rows of one file
    needs = ()  # groups of fields: of each there must be a column for one
    is_whole = False  # whether it is written as a whole or not at all; else a wrong row is left out

    def __init__(self, by):
        super().__init__()
        self.by = by

    @property
    def labels(self):
        return [field.label for field in self.fields]

    @property
    def name_label(self):
        """What the field is called by which a row is known."""
        return self.fields[self.needs[0][0]].label

    def read_file(self, file):
        """The lines of an uploaded file, judged. Raises ValidationError with one sentence."""
        try:
            self.table = self._table(read_sheets(file))
        except Unreadable as refusal:
            raise ValidationError(str(refusal))
        lines = list(self.table.every_line())
        if not lines:
            raise ValidationError(f"标题行下面没有{self.thing}。")
        if len(lines) > self.most:
            measure = self.counted[0]
            raise ValidationError(f"一次最多 {self.most} {self.counted}，这里有 {len(lines)} {measure}，请分几次。")
        return self.judge(lines)

    def _table(self, sheets):
        """The table below its header, wherever that is below titles."""
        sheet, header = self.fields.choose_sheet(sheets)
        meant = [key for key, _ in map(self.fields.meaning, header.headings) if key] if header else []
        if not all(set(keys) & set(meant) for keys in self.needs):
            names = "和".join(f"“{self.fields[keys[0]].label}”" for keys in self.needs)
            raise ValidationError(f"没有找到标题行：要有{names}{'这一列' * (len(self.needs) == 1)}。"
                                  f"可以下载空白模板来填（{'、'.join(self.labels)}）。")
        self.refuse_header(meant)
        return Table(sheet, header, self.fields.map_columns(header.headings, sheet, header.below))

    def refuse_header(self, meant):
        """Raise ValidationError where these fields, left to right, are no header of ours."""

    def to_write(self, lines):
        if self.is_whole and any(line.problems for line in lines):
            return []
        return [line for line in lines if line.outcome in (Outcome.NEW, Outcome.CHANGED)]

    def carried(self, lines):
        """What a preview sends back to be judged again: the rows it would write, as plain text, as it saw them."""
        return [[line.number, line.seen, {key: line.text(key) for key in line.cells}] for line in self.to_write(lines)]

    def judge_again(self, carried):
        """(the lines of a preview, judged once more; whether each row of ours is as the preview saw it)."""
        lines = self.judge([Line(number, [], cells) for number, _, cells in carried])
        return lines, all(line.seen == seen for line, (_, seen, _) in zip(lines, carried, strict=True))

    def blank(self, title):
        """The workbook to fill in, with one sheet called `title`."""
        return blank_workbook(title, self.fields, self.finder)
