"""What the cells of an .xlsx look like: formats, struck words, hidden rows and columns. Runs in the limited child.

A look says what a format makes of a number or a day: "percent" (0.7 is shown as 70%), "month" (a day is shown without
its day), "year", "scaled" (thousands are left out), or the unit that is shown beside it: 元, 万元, 亿元, ¥ ….
"""
import re
from xml.parsers import expat

from guicheng.files.spreadsheet_limits import in_words

BUILT_IN = {9: "percent", 10: "percent", **dict.fromkeys((17, 27, 36, 50, 52, 57), "month"),
            **dict.fromkeys((5, 6, 7, 8, 42, 44), "¥")}
STRIKE = b"strike", "strike".encode("utf-16-le")[:-1]  # which stands in either order of UTF-16
UNIT = re.compile("亿元|千万元|百万元|十万元|万元|千元|元|亿|万")


def look_of(code):
    """What a number format says of what it shows; "" where it is nothing to know."""
    first = code.split(";")[0]
    words = "".join(map("".join, re.findall(r'"([^"]*)"|\\(.)|\[\$([^-\]]*)', first)))
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", first)
    if "%" in bare:
        return "percent"
    if re.search("[yYeE年]", bare) and not re.search("[0#]", bare):
        if not re.search("[dDhHsS日]", bare):
            return "month" if re.search("[mM]", bare) else "year"
        return ""
    if re.search(r"[0#]", bare):
        if found := UNIT.search(words) or UNIT.search(bare):
            return found[0]
        if re.search("[¥￥]", words + bare):
            return "¥"
        if re.search(r"[0#],+(?![0#])", bare):
            return "scaled"
    return ""


def local(name):
    return name.rpartition(":")[2]


def is_on(value):
    return value not in ("0", "false", "none")


def parsed(package, part, start, end=None, data=None):
    """Walk through a part of the package; whatever is not well formed ends the walk."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        with package.open(part) as file:
            parser.ParseFile(file)
    except (expat.ExpatError, KeyError):
        pass


class Styles:
    """`looks` and `strikes` by the number of a cell's style."""

    def __init__(self, package):
        self.formats, self.struck_fonts, self.styles = {}, [], []
        self._in = ""
        parsed(package, "xl/styles.xml", self._start, self._end)
        self.looks = [look_of(self.formats[number]) if number in self.formats else BUILT_IN.get(number, "")
                      for number, _ in self.styles]
        self.strikes = [font < len(self.struck_fonts) and self.struck_fonts[font] for _, font in self.styles]

    def _start(self, name, attributes):
        name = local(name)
        if name in ("fonts", "cellXfs", "cellStyleXfs", "dxfs"):
            self._in = name
        elif name == "numFmt" and self._in != "dxfs":
            self.formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "font" and self._in == "fonts":
            self.struck_fonts.append(False)
        elif name == "strike" and self._in == "fonts" and self.struck_fonts:
            self.struck_fonts[-1] = is_on(attributes.get("val", "1"))
        elif name == "xf" and self._in == "cellXfs":
            self.styles.append((_number(attributes.get("numFmtId")), _number(attributes.get("fontId"))))

    def _end(self, name):
        if local(name) == self._in:
            self._in = ""


class Runs:
    """Rich text on its way: the words that are struck out and those that are left."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.struck, self.left, self._is_struck, self._in_text, self._skip = "", "", False, False, False

    def start(self, name, attributes):
        if name == "r":
            self._is_struck = False
        elif name == "strike":
            self._is_struck = is_on(attributes.get("val", "1"))
        elif name == "rPh":
            self._skip = True
        elif name == "t":
            self._in_text = not self._skip

    def end(self, name):
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._skip = False
        elif name == "r":
            self._is_struck = False

    def data(self, text):
        if self._in_text and self._is_struck:
            self.struck += text
        elif self._in_text:
            self.left += text


def struck_texts(package):
    """{number of a shared text: (its struck words, the rest)} of those in which something is struck out."""
    found, count, runs, part = {}, 0, Runs(), "xl/sharedStrings.xml"
    if part not in package.namelist() or not _strikes_within(package, part):
        return found

    def start(name, attributes):
        name = local(name)
        if name == "si":
            runs.clear()
        runs.start(name, attributes)

    def end(name):
        nonlocal count
        name = local(name)
        runs.end(name)
        if name == "si":
            if runs.struck:
                found[count] = runs.struck, runs.left
            count += 1

    parsed(package, part, start, end, runs.data)
    return found


def _strikes_within(package, part):
    """Whether a part may strike out words within a text: with most it is not worth the walk to look for them."""
    with package.open(part) as file:
        tail = b""
        while piece := file.read(1 << 20):
            if any(word in tail + piece for word in STRIKE):
                return True
            tail = piece[-12:]
    return False


class SheetLooks:
    """`rows`: {row: (looks, struck)} where there is anything to know; `hidden_rows`, `hidden_columns`.

    `struck` is {column: (struck words, the rest)}; None for both where the whole cell is struck out.
    """

    def __init__(self, package, part, styles, texts):
        self.styles, self.texts = styles, texts
        self.rows, self.hidden_rows, self.hidden_columns = {}, set(), []
        self._row, self._column, self._kind, self._value, self._runs = -1, -1, "", None, Runs()
        self._plain = {number for number, known in enumerate(zip(styles.looks, styles.strikes, strict=True))
                       if not any(known)}
        self._skipped = ""  # the address of the last cell of which there was nothing to know
        if texts or _strikes_within(package, part):
            parsed(package, part, self._start, self._end, self._data)
        else:
            parsed(package, part, self._start)  # most sheets: no text of theirs is struck out

    def _start(self, name, attributes):
        if name == "v" and not self.texts:
            return
        name = name if name == "c" else local(name)
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._row = _number(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column, self._skipped = -1, ""
            if is_on(attributes.get("hidden", "0")):
                self.hidden_rows.add(self._row)
        elif name == "col" and is_on(attributes.get("hidden", "0")):
            first, last = _number(attributes.get("min")), _number(attributes.get("max"))
            self.hidden_columns += range(first - 1, min(last, 200))
        elif name == "v":
            self._value = "" if self.texts and self._kind == "s" else None
        elif self._kind == "inlineStr":
            self._runs.start(name, attributes)

    def _cell(self, attributes):
        self._kind = attributes.get("t", "")
        style = _number(attributes.get("s"))
        if "r" not in attributes:
            self._column = (column_of(self._skipped) if self._skipped else self._column) + 1
        elif style in self._plain and not self.texts and self._kind != "inlineStr":
            self._skipped = attributes["r"]
            return
        else:
            self._column = column_of(attributes["r"])
        self._skipped = ""
        if self._kind == "inlineStr":
            self._runs.clear()
        if style < len(self.styles.looks):
            if look := self.styles.looks[style]:
                self._of_row()[0][self._column] = look
            if self.styles.strikes[style]:
                self._of_row()[1][self._column] = None, None

    def _of_row(self):
        return self.rows.setdefault(self._row, ({}, {}))

    def _data(self, text):
        if self._value is not None:
            self._value += text
        elif self._kind == "inlineStr":
            self._runs.data(text)

    def _end(self, name):
        name = local(name)
        if name == "v" and self._value is not None:
            if found := self.texts.get(_number(self._value)):
                self._of_row()[1].setdefault(self._column, found)
            self._value = None
        elif name == "c" and self._kind == "inlineStr" and self._runs.struck:
            self._of_row()[1].setdefault(self._column, (self._runs.struck, self._runs.left))
        elif self._kind == "inlineStr":
            self._runs.end(name)

    def dress(self, rows):
        """The rows (of `Row`) with what their cells look like, and without the words that are struck out."""
        for number, row in enumerate(rows):
            row.is_hidden = number in self.hidden_rows
            looks, struck = self.rows.get(number, ((), ()))
            for column in looks:
                if column < len(row.cells) and row.cells[column] != "":
                    row.looks[column] = looks[column]
            for column in struck:
                if column < len(row.cells) and row.cells[column] != "":
                    words, left = struck[column]
                    row.struck[column] = in_words(row.cells[column]) if words is None else words
                    row.cells[column] = left or ""
            yield row


def column_of(ref):
    """"C5" gives 2."""
    column = 0
    for letter in ref.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    return column - 1


def _number(text):
    return int(text) if text and text.isdecimal() else 0
