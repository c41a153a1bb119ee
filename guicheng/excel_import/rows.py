"""The rows below a header, and the roster that judges and writes them."""
from django.db import models

from guicheng.access.units import behind
from guicheng.excel_import.columns import folded
from guicheng.excel_import.names import NotFound
from guicheng.excel_import.values import Unclear, plain_text

TOTALS = ("合计", "总计", "小计", "共计")
NOTES = ("备注", "注：", "注:", "说明", "填表", "填报人", "填报单位", "审核人", "制表", "联系人：", "联系人:")


class Outcome(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "有改动"
    UNCHANGED = "unchanged", "没有改动"
    WRONG = "wrong", "有问题"


class Line:
    """One row on its way: its cells by field, which row of ours it speaks of, what is wrong, what is to be said."""

    def __init__(self, number, raw, cells, section=""):
        self.number, self.raw, self.cells, self.section = number, raw, cells, section
        self.roster = self.known = None
        self.name = self.seen = ""
        self.values, self.changes = {}, []
        self.problems, self.notes = [], []
        self.filled_by = {}  # of each field that was read, the field whose cell said it

    def text(self, key):
        return plain_text(self.cells[key]) if key in self.cells else ""

    def note(self, field, sentence):
        """Say something of a cell that was read all the same."""
        self.notes.append(f"“{field.label}”{sentence}")


class Table:
    """The rows below a header. `columns`: for each column the field it fills, or ""."""

    def __init__(self, rows, below, headings, columns):
        self.rows, self.first, self.headings = rows[below:], below + 1, headings
        self.columns = [(index, key) for index, key in enumerate(columns) if key]
        self.labels = {key: headings[index].split("／")[-1].replace("\n", "") for index, key in self.columns}
        self.skipped = 0

    def cells(self, key):
        """Every cell of the column that fills a field."""
        index = next((index for index, each in self.columns if each == key), None)
        return [row[index] for row in self.rows if index is not None and index < len(row)]

    def every_line(self):
        """The rows in which anything stands."""
        for number, raw in enumerate(self.rows, self.first):
            if any(map(plain_text, raw)):
                yield self._line(number, raw)

    def lines(self):
        """The rows without totals, notes, repeated headers and headings between them; these are counted as skipped."""
        section = ""
        head = [folded(heading) for heading in self.headings]
        for number, raw in enumerate(self.rows, self.first):
            texts = [plain_text(cell) for cell in raw]
            filled = [text for text in texts if text]
            if not filled:
                continue
            if len(set(filled)) == 1 and len(head) > 2:
                if self._is_section(filled, texts):
                    section = filled[0]
                    self.skipped += 1
                    continue
            elif folded(texts[0]) == head[0] and [folded(text) for text in texts][:len(head)] == head[:len(texts)]:
                self.skipped += 1
                continue
            if filled[0].startswith((*TOTALS, *NOTES)):
                self.skipped += 1
                continue
            yield self._line(number, raw, section)

    def _line(self, number, raw, section=""):
        cells = {key: raw[index] for index, key in self.columns if index < len(raw) and plain_text(raw[index]) != ""}
        return Line(number, raw, cells, section)

    def _is_section(self, filled, texts):
        """Whether a row with one text only is a heading between the rows (一、民生设施), not a thing's bare name."""
        name_column = next((index for index, key in self.columns if key == "name"), None)
        at_name = name_column is not None and name_column < len(texts) and texts[name_column] == filled[0]
        return not (at_name and len(filled) == 1)


class Roster:
    """What an office keeps in Excel, of one kind: its fields, and what an app says of a row.

    `judge` calls, for the lines of a chunk: `prepare` (place them, and read at once what they are compared with),
    `identify` each, `fetch` (read at once what is known of those identified), `compare` each.
    """

    fields = None  # Fields
    thing = ""  # what a row speaks of, in people's words
    finder = None  # where the fields look up what cells name

    def __init__(self, table=None):
        self.table, self.first_seen = table, {}

    def prepare(self, lines):
        """Read at once what these lines are compared with."""

    def identify(self, line):
        """Set `line.known`, the row of ours that a line speaks of; None is a new one."""
        raise NotImplementedError

    def fetch(self, lines):
        """Read at once what is known of what these lines speak of."""

    def compare(self, line):
        """Set `line.outcome`, and what is to be written."""
        raise NotImplementedError

    def write(self, rows):
        """Write rows as they were judged; the caller holds the transaction. Raises ValidationError."""
        raise NotImplementedError

    def judge(self, lines):
        """Bring the lines of a chunk to what they mean, all lookups of the chunk at once."""
        for line in lines:
            line.roster = self
        self.prepare(lines)
        for line in lines:
            if not line.problems:
                self.identify(line)
        self.fetch(lines)
        for line in lines:
            self.compare(line)
        return lines

    def read(self, line, keys):
        """What a line says of these fields: {key: stored value}. An empty cell says nothing, an unclear one is told."""
        values = {}
        for key in keys:
            if key in line.cells:
                field = self.fields[key]
                try:
                    said = field.read(line, field)
                    values |= {name: self.fields[name].stored(value) for name, value in said.items()}
                    line.filled_by |= dict.fromkeys(said, key)
                except (Unclear, NotFound) as fault:
                    self.refuse(line, key, fault)
        return values

    def refuse(self, line, key, fault):
        """Name the column; a sentence that goes on from it needs no colon."""
        label = self.table.labels.get(key) if self.table else None
        colon = "" if str(fault)[0] in "是太应" else "："
        line.problems.append(f"“{label or self.fields[key].label}”{colon}{fault}")

    def once(self, line, identity):
        """Refuse a second row of the same thing."""
        first = self.first_seen.setdefault(identity, line.number)
        if first != line.number:
            line.problems.append(f"和第 {first} 行是同一个{self.thing}，只导入第 {first} 行")

    def changes(self, values, before):
        """[label, old, new] of each field, for people."""
        return [[self.fields[key].label, self.fields[key].shown(before.get(key), self.finder),
                 self.fields[key].shown(value, self.finder)] for key, value in values.items()]


class Loader:
    """Stored values as the fields of a model hold them; the rows they point at are read at once."""

    def __init__(self, model, fields):
        self.model, self.fields, self.rows = model, fields, {}

    def read_links(self, plans):
        """Read what these dicts of stored values point at."""
        wanted = {}
        for plan in plans:
            for key, stored in plan.items():
                if stored and self.fields[key].link:
                    wanted.setdefault(key, set()).add(stored)
        for key, keys in wanted.items():
            self.rows[key] = behind(self.model, key).objects.in_bulk(keys)

    def loaded(self, plan):
        """{key: value} of one dict of stored values, whose links were read."""
        return {key: self.rows[key][stored] if stored is not None and self.fields[key].link
                else self.fields[key].loaded(stored) for key, stored in plan.items()}


def chunks(rows, size):
    """Lists of at most `size` rows."""
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
