"""How a form is laid out below its head: the lines to fill, sections, totals, examples; and places for unit and day."""
import re
from dataclasses import asdict, dataclass, field

from guicheng.excel_import.kinds import ALONE, FIRST_WORD, NOTE, PREFIX, TOTAL, section_of
from guicheng.excel_import.names import key_of
from guicheng.excel_import.values import half_width, plain_text
from projects.superior_form.references import REFERENCE, area_of, split

EXAMPLE = re.compile(r"[(（【\[]?(?:填写)?(?:例|示例|样例|范例|举例)(?:\d|[)）】\]:：,，、.]|$)")
NUMBERED = re.compile(r"栏次|列次|行次|[甲乙丙丁戊己庚]|[A-Z]|\(?\d{1,2}\)?(?:=.*)?")
BLANK = r"[\s_＿　]*"
DAY = rf"(?:{BLANK}年{BLANK}月{BLANK}日)?{BLANK}"
PLACES = {
    "unit": re.compile(rf"((?:填报|报送|填表|上报)单位(?:名称)?(?:[（(][^（）()]*[）)])?{BLANK})([:：]?)({BLANK})"),
    "as_of": re.compile(rf"((?:统计截止|数据截止|统计截至|截至)(?:日期|时间|日)?{BLANK})([:：]?)({DAY})"),
    "today": re.compile(rf"((?:填报|报送|填表|制表|上报)(?:日期|时间){BLANK})([:：]?)({DAY})"),
}
AROUND = re.compile("^(?:桂城街道)|(?:社区居民委员会|社区居委会|社区|类项目|类事项|类|项目清单|清单)$")
LONG = 30  # signs: a single cell of so many is a sentence


@dataclass
class Block:
    """A run of lines to fill, from row to row, with the section it stands under."""

    first: int
    last: int
    section: str = ""
    names: dict = field(default_factory=dict)  # {row: name of a project} where the superior wrote them

    @property
    def size(self):
        return self.last - self.first + 1


@dataclass
class Layout:
    blocks: list
    places: list  # [row, column, text with {unit} {as_of} {today}], from 1
    examples: list = field(default_factory=list)  # rows that stay as they are
    computed: list = field(default_factory=list)  # columns (from 0) in which the lines have a formula
    sheets: list = field(default_factory=list)  # [name, whether it is hidden] of all that the workbook has
    said: list = field(default_factory=list)  # sentences for the person: what was seen

    def as_dict(self):
        return asdict(self)

    @classmethod
    def from_dict(cls, kept):
        blocks = [Block(**{**each, "names": {int(row): name for row, name in each["names"].items()}})
                  for each in kept["blocks"]]
        return cls(**{**kept, "blocks": blocks})

    @property
    def has_unit(self):
        return any("{unit}" in text for _, _, text in self.places)

    @property
    def has_sections(self):
        return any(block.section for block in self.blocks)

    @property
    def is_named(self):
        return any(block.names for block in self.blocks)


class Rows:
    """The rows below a head, one kind each."""

    def __init__(self, sheet, seen, head, columns):
        self.sheet, self.head, self.columns = sheet, head, columns
        self.ruled = set(seen["ruled"])
        self.formulas = {}
        for cell, text in seen["formulas"].items():
            column, row = split(cell)
            self.formulas.setdefault(row, {})[column] = text
        self.is_ruled_form = head.row in self.ruled or bool(self.ruled and max(self.ruled) > head.below)
        self.end = max([len(sheet.rows), *self.ruled, head.below])
        self.name = columns.index("name") if "name" in columns else None
        self.serial = {index for index, key in enumerate(columns) if key in ("serial", "number")}

    def texts(self, row):
        """[(column from 0, words)] that stand in a row, without formulas and what a merge repeats."""
        cells = self.sheet.rows[row - 1] if row <= len(self.sheet.rows) else []
        return [(column, text) for column, cell in enumerate(cells)
                if (text := plain_text(cell)) and column + 1 not in self.formulas.get(row, ())
                and (row - 1, column) not in self.sheet.spread]

    def kind(self, row):
        """line, section, total, example, numbers, note or blank."""
        texts = self.texts(row)
        if self._sums(row) or any(TOTAL.fullmatch(half_width(text)) for _, text in texts[:2]):
            return "total"
        bare = [(column, text) for column, text in texts if not (column in self.serial and _is_serial(text))]
        if not bare:
            return "line" if self._is_line(row) else "blank"
        first = half_width(bare[0][1])
        if first in FIRST_WORD or any(EXAMPLE.match(half_width(text)) for _, text in texts[:2]):
            return "example"
        if len(texts) > 2 and all(NUMBERED.fullmatch(half_width(text)) for _, text in texts):
            return "numbers"
        if NOTE.match(first) or ALONE.fullmatch(first) or re.match("(?:备?注|说明|填表说明)", first):
            return "note"
        if PREFIX.match(first) and len(bare) < 3 and (self.name is None or len(texts) < 3):
            return "section"
        if len(bare) == 1 and len(first) > LONG:
            return "note"
        return "line" if self._is_line(row) else "note"

    def _is_line(self, row):
        return row in self.ruled or (not self.is_ruled_form and row <= self.end) or row in self.formulas

    def _sums(self, row):
        """Whether a formula of the row takes a range of other rows."""
        for text in self.formulas.get(row, {}).values():
            for found in REFERENCE.finditer(text):
                if found["b"]:
                    _, top, _, bottom = area_of(f"{found['a']}:{found['b']}".replace("$", ""))
                    if top != bottom and not top <= row <= bottom:
                        return True
        return False


def _is_serial(text):
    return half_width(text).rstrip(".、").isdecimal()


def layout_of(sheet, seen, head, columns, lines=None):
    """The Layout of a form. `lines`: (first, last) row to fill where a person said so."""
    rows, blocks, examples, said = Rows(sheet, seen, head, columns), [], [], []
    section, open_block, had_lines = "", None, False
    for row in range(head.below + 1, rows.end + 1):
        kind = rows.kind(row)
        if kind == "line":
            name = dict(rows.texts(row)).get(rows.name, "") if rows.name is not None else ""
            if open_block is None:
                open_block = Block(row, row, section)
                blocks.append(open_block)
            open_block.last, had_lines = row, True
            if name:
                open_block.names[row] = name
            continue
        open_block = None
        if kind == "section":
            section = section_of(dict(rows.texts(row))[rows.texts(row)[0][0]])
            if not re.search("[\u4e00-\u9fff]", section):
                section = half_width(rows.texts(row)[-1][1])
        elif kind == "example":
            examples.append(row)
        elif kind == "note" and had_lines:
            break
    if lines:
        blocks = [Block(lines[0], lines[1])]
    elif not blocks and rows.end <= head.below:
        blocks = [Block(head.below + 1, head.below + 1)]
    if examples:
        said.append(f"第 {'、'.join(map(str, examples))} 行是例子，照原样留着，不填。")
    places = list(places_in(sheet, head, blocks))
    computed = {column - 1 for block in blocks for row in (block.first, block.last)
                for column in rows.formulas.get(row, ())}
    return Layout(blocks, places, examples, sorted(computed), said=said)


def places_in(sheet, head, blocks):
    """The places for the unit and the days, outside the table."""
    inside = range(head.row, max((block.last for block in blocks), default=head.below) + 1)
    for number, row in enumerate(sheet.rows[:head.below + 200], 1):
        if number in inside:
            continue
        for column, cell in enumerate(row):
            is_own = isinstance(cell, str) and cell and (number - 1, column) not in sheet.spread
            if is_own and (place := _place(sheet, row, number, column, cell)):
                yield place


def _place(sheet, row, number, column, cell):
    """[row, column, text] of a cell that asks for the unit or a day; None of any other."""
    text, beside = cell, ""
    for key, pattern in PLACES.items():
        def put(found, key=key):
            nonlocal beside
            end = found.string[found.end():]
            if not found[2] and (end or found.start()):
                return found[0]  # words in a sentence
            if not found[2]:
                beside = key
                return found[0]
            if end and not found[3] and not end.startswith(" "):
                return found[0]  # it is filled in already
            return f"{found[1]}{found[2]}{{{key}}}{'　' if end else ''}"
        text = pattern.sub(put, text, count=1)
    if text != cell:
        return [number, column + 1, text]
    if beside:
        right = column + 1
        while (number - 1, right) in sheet.spread and right < len(row) and row[right] == cell:
            right += 1
        if right >= len(row) or row[right] == "":
            return [number, right + 1, f"{{{beside}}}"]
    return None


def manner_of(sheet, layout, column, heading):
    """How a form writes a day in words: as its example does, or as its heading asks."""
    shown = [plain_text(sheet.rows[row - 1][column]) for row in layout.examples
             if row <= len(sheet.rows) and column < len(sheet.rows[row - 1])]
    for text in [*shown, heading]:
        text = half_width(text)
        if re.search(r"\d{4}\.\d{1,2}\.\d{1,2}", text):
            return "{0.year}.{0.month}.{0.day}"
        if re.search(r"\d{4}\.\d{1,2}", text):
            return "{0.year}.{0.month}"
        if re.search(r"\d{4}-\d{2}-\d{2}|(?i:yyyy-mm-dd)", text):
            return "{0.year}-{0.month:02}-{0.day:02}"
        if re.search(r"\d{4}/\d{1,2}/\d{1,2}|(?i:yyyy/mm/dd)", text):
            return "{0.year}/{0.month}/{0.day}"
        if re.search(r"\d{4}年\d{1,2}月(?!\d)|[(]年月[)]|[(]年/月[)]", text):
            return "{0.year}年{0.month}月"
        if re.search(r"(?<!\d)\d{8}(?!\d)|(?i:yyyymmdd)", text):
            return "{0.year}{0.month:02}{0.day:02}"
    return "{0.year}年{0.month}月{0.day}日"


def block_for(blocks, row):
    """The place among the blocks of the section a row stands under, by the first of its names that one has; or None."""
    sections = [_bare(block.section) for block in blocks]
    return next((sections.index(name) for name in map(_bare, row.belongs_to) if name and name in sections), None)


def _bare(name):
    """What a unit, a category or a list is called, without the words that may be there or not."""
    return AROUND.sub("", key_of(name)) or key_of(name)
