"""Sheets of an .ods from its own XML, with what its cells look like. Runs in the limited child.

OpenDocument 1.2 part 1: tables (9), cell values (19.385), data styles (16.27), table:visibility (19.749).
"""
from datetime import date, datetime
from xml.parsers import expat

from guicheng.files.looks import UNIT, is_on, local
from guicheng.files.spreadsheet_limits import (
    BROKEN,
    FORMULA_WITHOUT_VALUE,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_MERGES,
    MAX_ROWS,
    MAX_SHEETS,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    Refused,
    Row,
    in_words,
    spread_over,
)


class Styles:
    """Cell and text styles by name: what they say of a number, and whether they strike out."""

    def __init__(self):
        self.formats, self.cells, self.strikes, self.hidden_tables = {}, {}, set(), set()
        self._format = self._style = ""
        self._parts, self._text = set(), ""

    def start(self, name, attributes):
        if name in ("percentage-style", "number-style", "currency-style", "date-style", "time-style"):
            self._format, self._parts, self._text = attributes.get("style:name", ""), {name}, ""
        elif name in ("year", "month", "day", "hours") and self._format:
            self._parts.add(name)
        elif name == "style":
            self._style = attributes.get("style:name", "")
            if attributes.get("style:family") == "table-cell":
                parent = self.cells.get(attributes.get("style:parent-style-name", ""), "")
                self.cells[self._style] = attributes.get("style:data-style-name", parent)
                if attributes.get("style:parent-style-name", "") in self.strikes:
                    self.strikes.add(self._style)
        elif name == "text-properties" and self._style:
            line = attributes.get("style:text-line-through-style") or attributes.get("style:text-line-through-type")
            if line:
                (self.strikes.add if line != "none" else self.strikes.discard)(self._style)
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self.hidden_tables.add(self._style)

    def data(self, text):
        if self._format:
            self._text += text

    def end(self, name):
        if name.endswith("-style") and self._format and name in self._parts:
            self.formats[self._format] = self._look()
            self._format = ""
        elif name == "style":
            self._style = ""

    def _look(self):
        if "percentage-style" in self._parts:
            return "percent"
        if "date-style" in self._parts:
            if "day" in self._parts or "hours" in self._parts:
                return ""
            return "month" if "month" in self._parts else "year"
        found = UNIT.search(self._text)
        return found[0] if found else "¥" if "¥" in self._text or "￥" in self._text else ""

    def look(self, name):
        return self.formats.get(self.cells.get(name, ""), "")


class Reader:
    """The sheets of one content.xml: (name, is hidden, hidden columns, rows)."""

    def __init__(self, package):
        self.styles, self.sheets = Styles(), []
        self.cells_read = 0
        for part in ("styles.xml", "content.xml"):
            if part in package.namelist():
                self._read(package, part)

    def _read(self, package, part):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        self._table = self._row = self._cell = None
        self._depth = self._skip = 0
        try:
            with package.open(part) as file:
                parser.ParseFile(file)
        except expat.ExpatError:
            raise Refused(BROKEN)

    # --- tables ---------------------------------------------------------------------------------------
    def _start(self, name, attributes):
        kind = local(name)
        if kind == "table" and name.startswith("table:"):
            if self._table is None:
                self._begin_table(attributes)
            self._depth += 1
        elif self._table is None or self._depth > 1:
            self.styles.start(kind, attributes)
        elif kind == "table-column":
            times = _number(attributes.get("table:number-columns-repeated"), 1)
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.hidden_columns += range(self.columns, min(self.columns + times, MAX_COLUMNS))
            self.default_styles += [attributes.get("table:default-cell-style-name", "")] * min(times, MAX_COLUMNS)
            self.columns += times
        elif kind == "table-row":
            self._row = Row([], is_hidden=attributes.get("table:visibility") in ("collapse", "filter"))
            self._times = _number(attributes.get("table:number-rows-repeated"), 1)
            self._empty = 0
        elif kind in ("table-cell", "covered-table-cell") and self._row is not None:
            self._cell = attributes
            self._texts, self._struck, self._spans = [], "", []
        elif self._cell is not None:
            self._start_text(kind, attributes)

    def _begin_table(self, attributes):
        if len(self.sheets) >= MAX_SHEETS:
            raise Refused(TOO_MANY_CELLS)
        self._table, self.rows, self.merges = attributes, [], []
        self.columns, self.hidden_columns, self.default_styles, self._blank = 0, [], [], 0

    def _end(self, name):
        kind = local(name)
        if kind == "table" and name.startswith("table:"):
            self._depth -= 1
            if self._depth == 0:
                self._end_table()
        elif self._table is None or self._depth > 1:
            self.styles.end(kind)
        elif kind == "table-row" and self._row is not None:
            self._end_row()
        elif kind in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell()
        elif self._cell is not None:
            self._end_text(kind)

    def _end_table(self):
        name = self._table.get("table:name", "")
        hidden = self._table.get("table:style-name", "") in self.styles.hidden_tables
        self.sheets.append((name, hidden, self.hidden_columns, spread_over(self.rows, self.merges[:MAX_MERGES])))
        self._table = None

    def _end_row(self):
        while self._row.cells and self._row.cells[-1] == "" and len(self._row.cells) - 1 not in self._row.struck:
            self._row.cells.pop()
        row, self._row = self._row, None
        if not row.cells:
            self._blank += self._times
            return
        name = self._table.get("table:name", "")
        if len(self.rows) + self._blank + self._times > MAX_ROWS + 30:
            raise Refused(TOO_MANY_ROWS.format(name=name))
        self.rows += [Row([]) for _ in range(self._blank)]
        self._blank = 0
        self.cells_read += len(row.cells) * self._times
        if self.cells_read > MAX_CELLS:
            raise Refused(TOO_MANY_CELLS)
        self.rows += [row, *[Row(list(row.cells), dict(row.looks), dict(row.struck), [], row.is_hidden)
                             for _ in range(self._times - 1)]]

    def _end_cell(self):
        attributes, self._cell = self._cell, None
        value, times = self._value(attributes), _number(attributes.get("table:number-columns-repeated"), 1)
        if value == "" and not self._struck:
            self._empty += times
            return
        column = len(self._row.cells) + self._empty
        if column + times > MAX_COLUMNS:
            raise Refused(TOO_MANY_COLUMNS.format(name=self._table.get("table:name", "")))
        self._row.cells += [""] * self._empty
        self._empty = 0
        style = attributes.get("table:style-name") or (
            self.default_styles[column] if column < len(self.default_styles) else "")
        is_percent = attributes.get("office:value-type") == "percentage"  # a writer may leave out the style
        look = self.styles.look(style) or ("percent" if is_percent else "")
        if style in self.styles.strikes:
            self._struck, value = self._struck + in_words(value), ""
        for place in range(column, column + times):
            self._row.cells.append(value)
            if look:
                self._row.looks[place] = look
            if self._struck:
                self._row.struck[place] = self._struck
        self._merge(attributes, column)

    def _merge(self, attributes, column):
        down = _number(attributes.get("table:number-rows-spanned"), 1)
        across = _number(attributes.get("table:number-columns-spanned"), 1)
        if down > 1 or across > 1:
            top = len(self.rows) + self._blank
            self.merges.append(((top, column), (top + down - 1, column + across - 1)))

    # --- cells ----------------------------------------------------------------------------------------
    def _start_text(self, kind, attributes):
        if kind == "annotation":
            self._skip += 1
        elif kind == "p" and not self._skip:
            self._texts.append("")
        elif kind == "span":
            self._spans.append(attributes.get("text:style-name", "") in self.styles.strikes)
        elif kind in ("s", "tab", "line-break"):
            self._data({"s": " " * min(_number(attributes.get("text:c"), 1), 100), "tab": "\t"}.get(kind, "\n"))

    def _end_text(self, kind):
        if kind == "annotation":
            self._skip -= 1
        elif kind == "span" and self._spans:
            self._spans.pop()

    def _data(self, text):
        if self._table is None:
            self.styles.data(text)
        elif self._cell is not None and self._texts and not self._skip:
            if any(self._spans):
                self._struck += text
            else:
                self._texts[-1] += text

    def _value(self, attributes):
        kind = attributes.get("office:value-type", "")
        text = "\n".join(self._texts).strip("\n")
        try:
            if kind in ("float", "percentage", "currency"):
                return float(attributes["office:value"])
            if kind == "date":
                said = attributes["office:date-value"]
                return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
            if kind == "boolean":
                return is_on(attributes["office:boolean-value"])
        except (KeyError, ValueError):
            return text
        if "table:formula" in attributes and not text and not attributes.get("office:string-value"):
            return FORMULA_WITHOUT_VALUE
        return text or attributes.get("office:string-value", "")


def sheets_of_ods(package):
    """(name, is hidden, hidden columns, rows) of each sheet. Raises Refused."""
    return Reader(package).sheets


def _number(text, otherwise=0):
    return int(text) if text and text.isdecimal() and len(text) < 12 else otherwise
