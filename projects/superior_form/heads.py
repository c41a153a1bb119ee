"""What a form's columns are called, in however many storeys, and what the portal knows of each."""
import re

from guicheng.excel_import.columns import Header, folded, letter_of
from guicheng.excel_import.kinds import NOTE
from guicheng.excel_import.values import half_width, plain_text
from projects.excel_import.fields import FIELDS, PLAN, PROGRESS

STOREYS = 4  # at most
LEAVE = "leave"  # a column that nobody fills: no yellow either
OWN = {"serial": "序号（从 1 连着编）", "unit": "填报单位", "as_of": "统计截止日"}
OWN_WORDS = {"unit": "填报单位 报送单位 上报单位 填表单位",
             "as_of": "统计截止日 统计截止日期 数据截止日期 截至时间 统计时间"}
LEFT = {"备注", "说明", "附件", "签名", "签字"}
MONEY = ("元", "千元", "万元", "百万元", "亿元")
IDENTITY = ("number", "name", "code", "project_list")


def choices():
    """What a column can be filled with, in groups."""
    identity = [(key, FIELDS[key].label if key != "number" else "清单序号") for key in IDENTITY]
    return [("", "本站没有，留空标黄"), (LEAVE, "不用填，留空"), ("这张表的", list(OWN.items())),
            ("是哪个项目", identity), ("计划", [(field.key, field.label) for field in PLAN]),
            ("进展", [(field.key, field.label) for field in PROGRESS])]


def label_of(key):
    """How people call what fills a column."""
    return OWN.get(key) or ("清单序号" if key == "number" else FIELDS[key].label)


def find_head(sheet):
    """The head of a form: the import's header with all storeys that merged cells tie to it. None without any."""
    found = FIELDS.find_header(sheet) or _widest(sheet)
    if found is None:
        return None
    first, last = found.row, found.row + found.rows - 1
    while last - first + 1 < STOREYS and _is_tied(sheet, last):
        last += 1
    while first > 1 and last - first + 1 < STOREYS and _is_storey(sheet, first - 1):
        first -= 1
    return head_at(sheet, first, last - first + 1)


def head_at(sheet, row, rows):
    """The head that a person says stands there."""
    lines = [[plain_text(cell) for cell in line] for line in sheet.rows[row - 1:row - 1 + rows]]
    width = max(map(len, lines), default=0)
    headings = []
    for column in range(width):
        parts = [line[column] for line in lines if column < len(line) and line[column]]
        is_merged = column and (row + rows - 2, column) in sheet.spread and lines[-1][column:column + 1] == \
            lines[-1][column - 1:column] and parts and parts == [
                line[column - 1] for line in lines if column - 1 < len(line) and line[column - 1]]
        headings.append("" if is_merged else "／".join(dict.fromkeys(parts)))
    while headings and not headings[-1]:
        headings.pop()
    return Header(row, rows, headings, 0)


def _widest(sheet):
    """Where no heading is known: the first row that has the most different words."""
    rows = [(len({plain_text(cell) for cell in row} - {""}), -index) for index, row in enumerate(sheet.rows[:20])]
    width, index = max(rows, default=(0, 0))
    return Header(-index + 1, 1, [], 0) if width > 2 else None


def _is_tied(sheet, last):
    """Whether the row below row `last` (from 1) belongs to the same head."""
    if last >= len(sheet.rows):
        return False
    upper, lower = sheet.rows[last - 1], sheet.rows[last]
    for column, cell in enumerate(lower):
        above = upper[column] if column < len(upper) else ""
        if cell != "" and (last, column) in sheet.spread and cell == above:
            return True
    across = [column for column in range(1, len(upper)) if (last - 1, column) in sheet.spread
              and upper[column] != "" and upper[column] == upper[column - 1]]
    return any(column < len(lower) and isinstance(lower[column], str) and lower[column].strip()
               and (last, column) not in sheet.spread for column in across)


def _is_storey(sheet, row):
    """Whether this row (from 1) is an upper storey: several words, some over several columns, none with a colon."""
    cells = sheet.rows[row - 1]
    words = {plain_text(cell) for cell in cells} - {""}
    if len(words) < 2 or any(NOTE.match(half_width(word)) or re.search("[:：]", word) for word in words):
        return False
    return _is_tied(sheet, row)


def meanings(head, sheet):
    """For each column the key of what fills it, "" where nothing does, LEAVE where nobody has to."""
    found = FIELDS.map_columns(head.headings, sheet, head.below)
    for index, heading in enumerate(head.headings):
        words = folded(heading.rpartition("／")[2])
        own = next((key for key, said in OWN_WORDS.items() if words in said.split()), "")
        if own and own not in found:
            found[index] = own
        elif found[index] == "number" and not re.search("清单|项目", heading):
            found[index] = "serial"
        elif not found[index] and words in LEFT:
            found[index] = LEAVE
    return found


def told(form):
    """What its columns are filled with, a line each, as the history tells it."""
    lines = []
    for index, (heading, key, unit) in enumerate(zip(form.headings, form.columns, form.units, strict=True)):
        if heading:
            said = {"": "本站没有，标黄", LEAVE: "不用填"}.get(key) or label_of(key)
            lines.append(f"{letter_of(index)} {heading}：{said}{f'，以{unit}计' if unit else ''}")
    return "\n".join(lines)


def is_same_heading(one, other):
    return folded(one) == folded(other)
