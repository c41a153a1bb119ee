"""What no spreadsheet may exceed, and what is said of one that is not read. Known to the child and its readers."""
from dataclasses import dataclass, field

MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_SHEETS = 20_000, 200, 1_500_000, 50
MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 2_000, 200 * 1024 * 1024, 250
MAX_MERGES = 20_000

MACRO = "带宏的工作簿请另存为 .xlsx 再上传。"
ENCRYPTED = "这个工作簿加了密码，请取消密码再上传。"
BROKEN = "这个文件已损坏或没有传完，打不开。请重新保存一份再上传。"
BOMB = "这个文件压缩得不正常，展开后会非常大，没有打开。"
DECLARES = "这个文件里有外部引用声明（DOCTYPE），不安全，没有打开。请用 Excel 或 WPS 另存一份再上传。"
FAR = "表里很远的地方（如 {ref}）还有内容，请删去表格以外的内容再上传。"
NOT_A_TABLE = "这不是能读的表格。请上传 .xlsx、.xls、.ods 或 .csv 文件。"
WEB_PAGE = "这是改了名字的网页，不是表格。请用 Excel 打开它，另存为 .xlsx 再上传。"
BINARY = "这种工作簿（.xlsb）请另存为 .xlsx 再上传。"
EMPTY = "这个文件是空的。"
TOO_MANY_ROWS = f"表“{{name}}”超过 {MAX_ROWS:,} 行，请分成几份再上传。"
TOO_MANY_COLUMNS = f"表“{{name}}”超过 {MAX_COLUMNS} 列，请只留要导入的列再上传。"
TOO_MANY_CELLS = "这个工作簿的内容太多，请只留要导入的表再上传。"
FORMULA_WITHOUT_VALUE = "#没有结果的公式"
ERROR_VALUE = "#出错的公式"


class Refused(Exception):
    """The file is not read; the text is one sentence for the person who sent it."""


@dataclass
class Row:
    """A row as a reader gives it. Columns are counted from 0; `struck` words do not stand in `cells`."""

    cells: list
    looks: dict = field(default_factory=dict)  # {column: what the format says of the number or day: see looks.py}
    struck: dict = field(default_factory=dict)  # {column: the words that are struck out}
    spread: list = field(default_factory=list)  # columns that repeat what a merged cell says further left or above
    is_hidden: bool = False


def in_words(value):
    """What a struck-out cell said: 50.0 is 50."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def spread_over(rows, merges):
    """The rows with the value of each merged cell in all of its area.

    `merges`: ((top, left), (bottom, right)), all counted from 0 and within.
    """
    starting = {}
    for (top, left), (bottom, right) in merges:
        starting.setdefault(top, []).append((bottom, left, min(right, MAX_COLUMNS)))
    active = []
    for number, row in enumerate(rows):
        for bottom, left, right in starting.get(number, ()):
            if left < len(row.cells) and row.cells[left] != "":
                active.append((number, bottom, left, right, row.cells[left], row.looks.get(left)))
        for top, _, left, right, value, look in active:
            row.cells += [""] * (min(right + 1, MAX_COLUMNS) - len(row.cells))
            for column in range(left, min(right + 1, len(row.cells))):
                if (top, left) != (number, column):
                    row.spread.append(column)
                    row.cells[column] = value
                    if look:
                        row.looks[column] = look
        active = [each for each in active if each[1] > number]
        yield row
