"""The rows below a header, and the roster that judges and writes them."""
from django.db import models

from guicheng.access.units import behind
from guicheng.excel_import.kinds import RowKinds, Skipped, section_of
from guicheng.excel_import.names import NotFound
from guicheng.excel_import.values import Question, Unclear, plain_text, says_nothing, short, text_of


class Outcome(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "有改动"
    UNCHANGED = "unchanged", "没有改动"
    ASK = "ask", "要先说明"
    WRONG = "wrong", "有问题"


class Remark(str):
    """A sentence about a row; `key` is the field of whose cell it speaks, "" where it speaks of the row."""

    def __new__(cls, sentence, key=""):
        remark = super().__new__(cls, sentence)
        remark.key = key
        return remark


class Line:
    """One row on its way: its cells by field, which row of ours it speaks of, what is wrong, what is to be said.

    `looks`, `struck`, `spread`: of the cells by field, as `Sheet` tells them.
    """

    def __init__(self, number, raw, cells, section=""):
        self.number, self.raw, self.cells, self.section = number, raw, cells, section
        self.looks, self.struck, self.spread = {}, {}, set()
        self.roster = self.known = None
        self.name = self.seen = ""
        self.values, self.changes = {}, []
        self.problems, self.questions, self.notes = [], [], []
        self.filled_by = {}  # of each field that was read, the field whose cell said it

    def text(self, key):
        return "" if says_nothing(self.cells.get(key, "")) else plain_text(self.cells[key])

    def note(self, field, sentence):
        """Say something of a cell that was read all the same."""
        self.notes.append(Remark(f"“{field.label}”{sentence}", field.key))

    def said(self, field, said):
        """{field: value} of what a reading of its cell gave, whose note is told."""
        if said.note:
            self.note(field, said.note)
        return {field.key: said.value}


class Table:
    """The rows below a header. `columns`: for each column the field it fills, or "". `kept`: rows, by number, that a
    person says are things whatever they look like."""

    def __init__(self, sheet, header, columns, kept=()):
        self.sheet, self.rows, self.first = sheet, sheet.rows[header.below:], header.below + 1
        self.above, self.headings, self.kept = sheet.rows[: header.row - 1], header.headings, set(kept)
        self.columns = [(index, key) for index, key in enumerate(columns) if key]
        self.labels = {key: self.headings[index].split("／")[-1].replace("\n", "") for index, key in self.columns}
        self.places = {key: index for index, key in self.columns}
        self.skipped = []  # what `lines` passed over

    def cells(self, key):
        """(value, look) of every cell of the column that fills a field."""
        index = self.places.get(key)
        return [(row[index], self.sheet.looks.get((number, index), "")) for number, row in enumerate(
            self.rows, self.first - 1) if index is not None and index < len(row) and row[index] != ""]

    def every_line(self):
        """The rows in which anything stands."""
        for number, raw in enumerate(self.rows, self.first):
            if any(map(plain_text, raw)):
                yield self._line(number, raw)

    def lines(self):
        """The rows that are things; the others are told in `skipped`."""
        kinds, section = RowKinds(self), ""
        for number, raw in enumerate(self.rows, self.first):
            why, words = kinds.of(number, raw)
            if why == "section":
                section = section_of(words)
            if not why or (number in self.kept and why != "blank"):
                yield self._line(number, raw, section)
            else:
                self.skipped.append(Skipped(number, why, words))
        while self.skipped and self.skipped[-1].is_empty:
            self.skipped.pop()  # below the last row there is nothing to tell

    def _line(self, number, raw, section=""):
        line = Line(number, raw, {}, section)
        for index, key in self.columns:
            place = number - 1, index
            if index < len(raw) and plain_text(raw[index]) != "":
                line.cells[key] = raw[index]
            if look := self.sheet.looks.get(place):
                line.looks[key] = look
            if words := self.sheet.struck.get(place):
                line.struck[key] = words
            if place in self.sheet.spread:
                line.spread.add(key)
        return line


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
            field = self.fields[key]
            if key in line.struck:
                line.note(field, f"里划掉的“{short(line.struck[key])}”没有读")
            if key in line.cells and not says_nothing(line.cells[key]):
                try:
                    refuse_odd(line.cells[key])
                    said = field.read(line, field)
                except (Unclear, NotFound) as fault:
                    self.refuse(line, key, fault)
                else:
                    values |= {name: self.fields[name].stored(value) for name, value in said.items()}
                    line.filled_by |= dict.fromkeys(said, key)
        return values

    def refuse(self, line, key, fault):
        """Tell what is wrong with a cell, and what it costs: the row, or nothing but the cell."""
        field = self.fields[key]
        label = self.table.labels.get(key) if self.table else None
        colon = "" if str(fault)[0] in "是太应里被小超写" else "："
        sentence = f"“{label or field.label}”{colon}{fault}"
        if isinstance(fault, Question):
            line.questions.append(Remark(sentence, key))
        elif field.costs_row:
            line.problems.append(Remark(sentence, key))
        else:
            line.notes.append(Remark(f"{sentence}，这一格没有导入", key))

    def once(self, line, identity):
        """Refuse a second row of the same thing."""
        first = self.first_of(line, identity)
        if first != line.number:
            line.problems.append(f"和第 {first} 行是同一个{self.thing}，只导入第 {first} 行")

    def first_of(self, line, identity):
        """The number of the first line that spoke of this."""
        return self.first_seen.setdefault(identity, line.number)

    def changes(self, values, before):
        """[label, old, new] of each field, for people."""
        return [[self.fields[key].label, self.fields[key].shown(before.get(key), self.finder),
                 self.fields[key].shown(value, self.finder)] for key, value in values.items()]


def refuse_odd(cell):
    """Raise Unclear for a formula without a result or with an error, whatever the field."""
    if isinstance(cell, str) and cell.startswith("#"):
        text_of(cell)


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
