"""The rows below a header, and the roster that judges and writes them."""
from django.db import models

from guicheng.access.units import behind
from guicheng.excel_import.kinds import RowKinds, Skipped, section_of
from guicheng.excel_import.names import NotFound
from guicheng.excel_import.values import Choice, Question, Unclear, plain_text, says_nothing, short, text_of

LEAVE = "leave"  # the answer that leaves the cell out, so that its row waits no longer
READ = "read"  # the answer to "row": what was passed over is a thing


class Outcome(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "有改动"
    UNCHANGED = "unchanged", "没有改动"
    ASK = "ask", "要先说明"
    WRONG = "wrong", "有问题"


class Remark(str):
    """A sentence about a row; `key` is the field of whose cell it speaks, "" where it speaks of the row.

    `choices`: what a person may answer to it, under the name of `question`.
    """

    def __new__(cls, sentence, key="", choices=(), question=""):
        remark = super().__new__(cls, sentence)
        remark.key, remark.choices, remark.question = key, tuple(choices), question or key
        return remark


class Line:
    """One row on its way: its cells by field, which row of ours it speaks of, what is wrong, what is to be said.

    `looks`, `struck`, `spread`: of the cells by field, as `Sheet` tells them. `sheet`: the name of its sheet, where
    several are read. `answers`: what people said to its questions: {question: (key of the choice, words)}.
    """

    def __init__(self, number, raw, cells, section="", sheet=""):
        self.number, self.raw, self.cells, self.section, self.sheet = number, raw, cells, section, sheet
        self.answers = {}
        self.looks, self.struck, self.spread = {}, {}, set()
        self.roster = self.known = None
        self.name = self.seen = ""
        self.values, self.changes = {}, []
        self.problems, self.questions, self.notes = [], [], []
        self.filled_by = {}  # of each field that was read, the field whose cell said it

    @property
    def where(self):
        return row_of_sheet(self.sheet, self.number)

    @property
    def remarks(self):
        """All that is said of it; what was said without the name of a cell is of the row."""
        return [each if isinstance(each, Remark) else Remark(each)
                for each in (*self.problems, *self.questions, *self.notes)]

    def answer(self, question):
        """The key of what was chosen; "" where nobody answered."""
        return self.answers.get(question, ("", ""))[0]

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


def row_of_sheet(sheet, number):
    """How people call a row: 第 5 行, and with its sheet where several are read."""
    return f"“{sheet}”第 {number} 行" if sheet else f"第 {number} 行"


class Table:
    """The rows below a header. `columns`: for each column the field it fills, or "". `answers`: what people said of
    rows, by number: {question: (key, words)}; one that is to be READ is a thing whatever it looks like. `called`: the
    name of the sheet, where several are read."""

    def __init__(self, sheet, header, columns, answers=None, called=""):
        self.sheet, self.rows, self.first = sheet, sheet.rows[header.below:], header.below + 1
        self.above, self.headings, self.called = sheet.rows[: header.row - 1], header.headings, called
        self.answers = answers or {}
        self.kept = {number for number, said in self.answers.items() if said.get("row", ("",))[0] == READ}
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
            is_kept = number in self.kept and why != "blank"
            if why == "section" and not is_kept:
                section = section_of(words)
            if not why or is_kept:
                yield self._line(number, raw, section)
            else:
                self.skipped.append(Skipped(number, why, words))
        while self.skipped and self.skipped[-1].is_empty:
            self.skipped.pop()  # below the last row there is nothing to tell

    def _line(self, number, raw, section=""):
        line = Line(number, raw, {}, section, self.called)
        line.answers = self.answers.get(number, {})
        for index, key in self.columns:
            place = number - 1, index
            if index < len(raw) and raw[index] != "" and plain_text(raw[index]) != "":
                line.cells[key] = raw[index]
            if look := self.sheet.looks.get(place):
                line.looks[key] = look
            if words := self.sheet.struck.get(place):
                if number in self.kept and key not in line.cells:
                    line.cells[key] = words  # of a row that was struck out whole and is to be read
                else:
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
            if key in line.struck:
                line.note(self.fields[key], f"里划掉的“{short(line.struck[key])}”没有读")
            if key not in line.cells or says_nothing(line.cells[key]):
                continue
            try:
                said = self._said_by(line, self.fields[key])
            except (Unclear, NotFound) as fault:
                self.refuse(line, key, fault)
                continue
            for name, value in said.items():
                values[name], line.filled_by[name] = self.fields[name].stored(value), key
        return values

    def _said_by(self, line, field):
        """What a cell says; where it is unclear, what a person said that it says."""
        refuse_odd(line.cells[field.key])
        before = len(line.notes)
        try:
            return field.read(line, field)
        except (Unclear, NotFound) as fault:
            answer = line.answer(field.key)
            if fault.question or answer not in (LEAVE, *[choice.key for choice in fault.choices]):
                raise
        del line.notes[before:]
        if answer == LEAVE:
            del line.cells[field.key]
            return {}
        line.cells[field.key] = answer
        line.looks.pop(field.key, None)
        return field.read(line, field)

    def refuse(self, line, key, fault):
        """Tell what is wrong with a cell, and what it costs: the row, or nothing but the cell."""
        field = self.fields[key]
        label = self.table.labels.get(key) if self.table else None
        colon = "" if str(fault)[0] in "是太应里被小超写" else "："
        sentence = f"“{label or field.label}”{colon}{fault}"
        if isinstance(fault, Question):
            leave = [] if field.costs_row or fault.question else [Choice(LEAVE, "这一格不导入")]
            line.questions.append(Remark(sentence, key, [*fault.choices, *leave], fault.question))
        elif field.costs_row:
            line.problems.append(Remark(sentence, key, fault.choices, fault.question))
        else:
            line.notes.append(Remark(f"{sentence}，这一格没有导入", key, fault.choices, fault.question))

    def once(self, line, identity):
        """Refuse a second row of the same thing."""
        first = self.first_of(line, identity)
        if first != line.where:
            line.problems.append(f"和{first}是同一个{self.thing}，只导入{first}")

    def first_of(self, line, identity):
        """Where the first line stands that spoke of this."""
        return self.first_seen.setdefault(identity, line.where)

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
