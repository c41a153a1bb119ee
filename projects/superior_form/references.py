"""Which row of a sheet goes where when lines are added to it, and formulas and areas that follow.

No row is ever taken away, so nothing a formula points at is lost. Known to the limited child: it imports no Django.
"""
import re
from bisect import bisect_right

SHEET = r"'(?:[^']|'')+'!|[A-Za-z_\u4e00-\u9fff][\w.\u4e00-\u9fff]*!"
CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
REFERENCE = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")|(?<![\w.$])(?P<sheet>{SHEET})?(?:(?P<a>{CELL})(?::(?P<b>{CELL}))?(?![\w(.!])"""
    r"""|(?P<ra>\$?[1-9]\d{0,6}):(?P<rb>\$?[1-9]\d{0,6})(?![\w.]))""")
PARTS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")
TAKES_RANGES = {"SUM", "SUBTOTAL", "AVERAGE", "COUNT", "COUNTA", "COUNTBLANK", "MAX", "MIN", "PRODUCT", "AGGREGATE",
                "COUNTIF", "SUMIF", "COUNTIFS", "SUMIFS"}


class Moves:
    """Where each row of a sheet stands afterwards. `copies`: {row: how many times it stands there, 2 or more}."""

    def __init__(self, copies=(), blocks=()):
        self.copies = dict(copies)
        self.blocks = list(blocks)  # (first, last) row of each run of lines, as they were
        self.rows = sorted(self.copies)
        added, self.added = 0, []
        for row in self.rows:
            added += self.copies[row] - 1
            self.added.append(added)

    def __bool__(self):
        return bool(self.copies)

    def first(self, row):
        """The first row at which this one stands."""
        at = bisect_right(self.rows, row - 1)
        return row + (self.added[at - 1] if at else 0)

    def last(self, row):
        return self.first(row) + self.copies.get(row, 1) - 1

    def block_of(self, row):
        return next((block for block in self.blocks if block[0] <= row <= block[1]), None)

    def area(self, text):
        """An area or several, as `sqref` names them."""
        return " ".join(self._one_area(each) for each in text.split())

    def _one_area(self, text):
        start, _, end = text.partition(":")
        if not PARTS.fullmatch(start) or (end and not PARTS.fullmatch(end)):
            return text  # whole columns
        if not end and self.copies.get(_row(start), 1) == 1:
            return _at(start, self.first(_row(start)))
        return f"{_at(start, self.first(_row(start)))}:{_at(end or start, self.last(_row(end or start)))}"


class Formulas:
    """Formulas of a workbook of which one sheet gets more rows."""

    def __init__(self, moves, sheet):
        self.moves, self.sheet = moves, sheet
        self.ranges = []  # (first, last) row of what stood in formulas outside the lines, as it is afterwards

    def moved(self, formula, sheet, own=None, is_total=False):
        """The formula as it reads afterwards. `sheet`: on which it stands.

        `own`: (row it stood in, row it stands in) of one within the lines. `is_total`: one cell of a line that became
        several is then read as all of them.
        """
        def each(found):
            if found["text"]:
                return found[0]
            named = _plain(found["sheet"]) if found["sheet"] else sheet
            if named.casefold() != self.sheet.casefold():
                return found[0]
            if found["ra"]:
                return (found["sheet"] or "") + _row_range(found["ra"], self.moves.first) + ":" + _row_range(
                    found["rb"], self.moves.last)
            return self._reference(found, own, is_total, formula)

        return REFERENCE.sub(each, formula)

    def _reference(self, found, own, is_total, formula):
        start, end, sheet = found["a"], found["b"], found["sheet"] or ""
        first = self._row_of(start, own, self.moves.first)
        if end:
            last = self._row_of(end, own, self.moves.last)
            if is_total:
                self.ranges.append((first, last))
            return f"{sheet}{_at(start, first)}:{_at(end, last)}"
        many = self.moves.copies.get(_row(start), 1)
        if own or not is_total or many == 1:
            return sheet + _at(start, first)
        area = f"{sheet}{_at(start, first)}:{_at(start, first + many - 1)}"
        return area if _function_around(formula, found.start()) in TAKES_RANGES else f"SUM({area})"

    def _row_of(self, cell, own, otherwise):
        """A line that was copied points from its copy at what the line pointed at, so many rows further down."""
        row, is_fixed = _row(cell), "$" in cell[1:]
        if own and not is_fixed:
            block = self.moves.block_of(own[0])
            if block and block[0] <= row <= block[1]:
                return self.moves.first(row) + own[1] - self.moves.first(own[0])
        return otherwise(row)


def translated(formula, down, right):
    """A formula as it reads so many rows and columns away: what a shared formula says in another cell."""
    def cell(text):
        fixed_column, column, fixed_row, row = PARTS.fullmatch(text).groups()
        column = column if fixed_column else letters(number(column) + right)
        return f"{fixed_column}{column}{fixed_row}{row if fixed_row else int(row) + down}"

    def each(found):
        if found["text"] or found["ra"]:
            return found[0]
        return (found["sheet"] or "") + cell(found["a"]) + (f":{cell(found['b'])}" if found["b"] else "")

    return REFERENCE.sub(each, formula)


def number(column):
    """The number of a column, A is 1."""
    total = 0
    for letter in column.upper():
        total = total * 26 + ord(letter) - 64
    return total


def letters(column):
    text = ""
    while column:
        column, place = divmod(column - 1, 26)
        text = chr(65 + place) + text
    return text


def split(cell):
    """(column from 1, row) of an address."""
    found = PARTS.fullmatch(cell)
    return number(found[2]), int(found[4])


def area_of(text):
    """(first column, first row, last column, last row) of an area or a cell."""
    start, _, end = text.partition(":")
    return (*split(start), *split(end or start))


def _row(cell):
    return int(PARTS.fullmatch(cell)[4])


def _at(cell, row):
    fixed_column, column, fixed_row, _ = PARTS.fullmatch(cell).groups()
    return f"{fixed_column}{column}{fixed_row}{row}"


def _row_range(text, move):
    return ("$" if text.startswith("$") else "") + str(move(int(text.lstrip("$"))))


def _plain(sheet):
    name = sheet[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _function_around(formula, place):
    """The name of the function in whose brackets this place stands."""
    depth = 0
    for index in range(place - 1, -1, -1):
        if formula[index] == ")":
            depth += 1
        elif formula[index] == "(":
            if not depth:
                return re.search(r"[A-Za-z.]*$", formula[:index])[0].upper()
            depth -= 1
    return ""
