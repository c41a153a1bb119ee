"""The fields of a table, one definition each; which row is the header, and which column fills which field."""
import re
from collections.abc import Callable
from dataclasses import dataclass

from guicheng.excel_import.values import LONGEST, Unclear, plain_text, text_of
from guicheng.text import clean_text

LOOK_AT = 30  # the header stands in the first so many rows
LONGEST_HEADING = 40


def read_text(line, field):
    return {field.key: text_of(line.cells[field.key], field.longest)}


def one_word(meant, asked):
    """How to read a cell in which one of few words stands. `meant`: {word: value}; `asked`: what to write there."""
    def read(line, field):
        word = line.text(field.key)
        if word not in meant:
            raise Unclear(f"填{asked}，不是“{word[:20]}”")
        return {field.key: meant[word]}
    return read


def as_it_is(value):
    return value


@dataclass(frozen=True)
class Field:
    """Something a column can fill, told once: how it is called, read, kept, given back, shown and asked for.

    `read(line, field)` gives what the cell says as {key: value}; it may fill other fields as well. A doubtful cell
    gives its value and a `line.note`; an unreadable one raises Unclear or NotFound with the end of a sentence.
    `store(value)` is the value as JSON keeps it and as it is compared, `load(stored)` the value as the model holds it,
    `show(stored, finder)` the words for people, `options(finder)` the words that a blank workbook offers for it.
    `link` is the name of what the field points at ("" where it holds a plain value): then the stored value is the key
    of a row. `width` is the column's in a workbook.
    """

    key: str
    label: str
    words: str = ""  # how else a heading may say it
    read: Callable = read_text
    store: Callable = as_it_is
    load: Callable = as_it_is
    show: Callable = lambda stored, finder: str(stored)
    link: str = ""
    options: Callable | None = None
    longest: int = LONGEST
    width: int = 16
    costs_row: bool = True  # whether a cell that cannot be read keeps the whole row out

    @property
    def column(self):
        """The attribute of the model that holds the stored value."""
        return f"{self.key}_id" if self.link else self.key

    def stored(self, value):
        return value if value is None else self.store(value)

    def held_by(self, row):
        """What a row of the model holds, as it is compared."""
        return self.stored(getattr(row, self.column))

    def loaded(self, stored):
        return stored if stored in (None, "") else self.load(stored)

    def shown(self, stored, finder):
        return "" if stored in (None, "") else self.show(stored, finder)


@dataclass
class Header:
    """Where the header stands: its first row (from 1), how many rows it has, and its headings."""

    row: int
    rows: int
    headings: list
    score: float

    @property
    def below(self):
        """How many rows stand above the first row of the table itself."""
        return self.row - 1 + self.rows


def folded(heading):
    """A heading without spaces, line breaks, brackets' contents and signs: what is compared."""
    text = re.sub(r"[（(\[【].*?[)）\]】]", "", heading)
    text = re.sub(r"[/／\-—:：]\s*(?:亿|千万|百万|十万|万|千)?\s*元\s*$", "", text)
    return re.sub(r"[\s*＊:：、,，.。/／]+", "", text) or re.sub(r"\s+", "", heading)


class Fields:
    """The fields of one kind of table, in groups, and the words by which a heading names them.

    `naming`: the fields one of which a table must have. `not_ours`: headings that mean no field although they end
    like one. `silent`: fields that no column fills. `endings`: whether a heading that ends with a word means it.
    """

    def __init__(self, groups, naming, not_ours=(), silent=(), endings=True):
        self.groups, self.naming, self.not_ours = groups, naming, set(not_ours)
        offered = [field for fields in groups.values() for field in fields]
        self.by_key = {field.key: field for field in [*offered, *silent]}
        self.offered = {field.key for field in offered}
        self.words = {folded(word): field.key for field in offered for word in [field.label, *field.words.split()]}
        self.endings = sorted((word for word in self.words if len(word) > 1), key=len, reverse=True) if endings else []

    def __getitem__(self, key):
        return self.by_key[key]

    def __iter__(self):
        return iter(self.by_key.values())

    # --- what a heading means, for an app to say more exactly -------------------------------------------
    def by_heading(self, key, heading):
        """The field that this very word names, seen with what else stands in the heading."""
        return key

    def by_cells(self, key, cells, heading):
        """The field that the words named, seen with the first cells below: (value, look)."""
        return key

    def is_of_others(self, upper):
        """Whether what stands under this upper heading is never ours, whatever it is called: 实际, 上期."""
        return False

    def guess(self, heading):
        """Tell (field or "", how sure: 2 the very word, 1 a word at its end, 0 nothing)."""
        text = folded(heading)
        if not text or text in self.not_ours or len(heading) > LONGEST_HEADING:
            return "", 0
        if text in self.words:
            return self.by_heading(self.words[text], heading), 2
        return next(((self.words[word], 1) for word in self.endings if text.endswith(word)), ("", 0))

    def meaning(self, heading):
        """What a heading means; of a heading in two storeys the lower one first."""
        upper, _, lower = heading.rpartition("／")
        if upper and self.is_of_others(folded(upper)):
            return "", 0
        for part in [lower, heading]:
            key, sure = self.guess(part)
            if sure:
                return key, sure
        return "", 0

    # --- the header -----------------------------------------------------------------------------------
    def score(self, headings):
        """How much a row looks like a header: 0 where no heading names a thing and fewer than two are known."""
        found = {}
        for heading in headings:
            key, sure = self.meaning(heading)
            if sure:
                found[key] = max(found.get(key, 0), sure)
        named = 2 if found.keys() & set(self.naming) else 0
        if len(found) == 1 and named:
            return 1 if sum(map(bool, headings)) > 1 else 0  # a name and columns that nobody knows
        return sum(found.values()) + named if len(found) > 1 else 0

    def find_header(self, sheet):
        """The row, or the two rows, in which most headings are known; None where nothing looks like a header."""
        best, rows = None, sheet.rows
        for index, row in enumerate(rows[:LOOK_AT]):
            cells = {cell for cell in map(plain_text, row) if cell}
            is_bare = len(cells) == 1 and index + 1 < len(rows) and max(map(len, rows)) == 1
            if len(cells) < 2 and not is_bare:
                continue
            for height in (1, 2):
                if height == 2 and (index + 1 >= len(rows) or not _is_second_storey(sheet, index)):
                    continue
                found = self.header_at(sheet, index + 1, height)
                if is_bare and self.guess(found.headings[0])[0] in self.naming:
                    found.score = 1
                is_better = best is None or found.score > best.score
                is_taller = best is not None and height == 2 and best.row == found.row
                if found.score and (is_better or is_taller) and not self._is_form(rows, found):
                    best = found
        return best

    def _is_form(self, rows, header):
        """Whether the headings stand beside their values: then the rows below have headings as well."""
        labels = 0
        for row in rows[header.below:header.below + 8]:
            filled = [text for text in map(plain_text, row) if text]
            if len(filled) > 1 and self.guess(filled[0])[1] == 2 and self.guess(filled[1])[1] != 2:
                labels += 1
        return labels > 1 and labels * 2 >= len(rows[header.below:header.below + 8])

    def header_at(self, sheet, row, height=1):
        """The header that a person says stands in this row."""
        headings = _headings(sheet, row - 1, height) if row <= len(sheet.rows) else []
        return Header(row, height, headings, self.score(headings))

    def choose_sheet(self, sheets):
        """The sheet whose header is the most recognisable, and that header; (None, None) where none is."""
        found = [(self.find_header(sheet), -index, sheet) for index, sheet in enumerate(sheets)]
        found = [(header.score - (0.5 if sheet.is_hidden else 0), order, sheet, header)
                 for header, order, sheet in found if header]
        if not found:
            return None, None
        _, _, sheet, header = max(found, key=lambda each: each[:2])
        return sheet, header

    # --- the columns ----------------------------------------------------------------------------------
    def map_columns(self, headings, sheet, below, habits=()):
        """For each column the field it fills, or "": what a person said before, else the words; each field once.

        `below`: how many rows stand above the table's first. `habits`: {folded heading: field}.
        """
        sure, columns = [], [""] * len(headings)
        for index, heading in enumerate(headings):
            key, weight = habit if (habit := _habit(habits, heading)) else self.meaning(heading)
            if weight in (1, 2):
                key = self.by_cells(key, cells_below(sheet, below, index), heading)
            if key in self.offered:
                sure.append((-weight, index, key))
        for _, index, key in sorted(sure):
            if key not in columns:
                columns[index] = key
        return columns


def habit_key(heading):
    """What is remembered of a heading."""
    return folded(heading)[:120]


def _habit(habits, heading):
    key = habit_key(heading)
    return (habits[key], 3) if key in habits else None


def cells_below(sheet, below, index):
    """(value, look) of the first cells of a column."""
    return [(row[index], sheet.looks.get((number, index), "")) for number, row in enumerate(
        sheet.rows[below:below + 50], below) if index < len(row) and row[index] != ""]


def _headings(sheet, index, height):
    upper = [clean_text(plain_text(cell)) for cell in sheet.rows[index]]
    if height == 1:
        return upper
    lower = [clean_text(plain_text(cell)) for cell in sheet.rows[index + 1]]
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    for column in range(1, width):  # a .csv has no merges: what stands below an empty cell belongs to its left
        upper[column] = upper[column] or (upper[column - 1] if lower[column] else "")
    return [low if not up or low == up else f"{up}／{low}" if low else up
            for up, low in zip(upper, lower, strict=True)]


def _is_second_storey(sheet, index):
    """Whether merged cells tie two rows together: down (序号 above 序号) or across (进展, 进展); in a .csv, blanks."""
    upper, lower = sheet.rows[index], sheet.rows[index + 1]
    filled = [column for column, cell in enumerate(lower) if plain_text(cell)]
    if not filled:
        return False
    down = [column for column in filled if column < len(upper) and upper[column] == lower[column]
            and (index + 1, column) in sheet.spread]
    across = any((index, column) in sheet.spread for column in range(len(upper)))
    if down and (across or len(down) == len(filled)):
        return len({plain_text(lower[column]) for column in filled}) > 1
    own = [column for column in filled if column not in down]
    blank = [column for column in own if column < len(upper) and not plain_text(upper[column])]
    heads = {column - 1 for column in blank}
    return bool(not sheet.spread and blank and len(own) > 1 and all(
        column in blank or column in heads for column in own) and not any(map(is_figure, (lower[c] for c in own))))


def is_figure(cell):
    return not isinstance(cell, str) or bool(re.search(r"\d", cell))


def letter_of(index):
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, place = divmod(index, 26)
        letters, index = chr(ord("A") + place) + letters, index - 1
    return letters
