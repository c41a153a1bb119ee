"""Read any office file that may come from anywhere into plain rows, or say in one sentence why not.

    for sheet in read_sheets(file):          # a path, an open file or an uploaded one
        sheet.name, sheet.rows               # row 1 of the sheet is rows[0]; merged cells are spread

The file is opened by a child process with a limit on memory and time (`limited_child.py`): a workbook of 4 KB can ask
for gigabytes. What the child looks at is in `spreadsheet_reader.py`.
"""
import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from guicheng.files.limited_child import limited_child

MAX_BYTES = 20 * 1024 * 1024
MAX_MEMORY = 640  # MB
MAX_SECONDS = 30  # of the processor
READER = Path(__file__).with_name("spreadsheet_reader.py")
TOO_BIG = "文件太大，最多 20 MB。请去掉图片、空白的格式，或分成几份再上传。"
EXHAUSTED = "这个文件展开以后太大，或者格式有毛病，读不了。请新建一个工作簿，只把要导入的表复制过去再上传。"


class Unreadable(Exception):
    """The file cannot be read; the text is one sentence for the person who sent it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as plain rows of str, float, bool, date, datetime and time; "" is an empty cell.

    Beside them what the cells look like, by (row, column) counted from 0; words that are struck out do not stand in
    the rows.
    """

    name: str
    rows: list = field(default_factory=list, repr=False)
    is_hidden: bool = False
    looks: dict = field(default_factory=dict, repr=False)  # what a format says of a number or day: see looks.py
    struck: dict = field(default_factory=dict, repr=False)  # the words that are struck out
    spread: set = field(default_factory=set, repr=False)  # cells that repeat what a merged cell says
    hidden_rows: set = field(default_factory=set, repr=False)
    hidden_columns: list = field(default_factory=list, repr=False)
    part_of: str = ""  # the name of the sheet, where this is one of several tables on it

    def add(self, row):
        """Take a row as the child tells it."""
        if isinstance(row, dict):
            number = len(self.rows)
            self.looks.update(((number, column), look) for column, look in row["looks"])
            self.struck.update(((number, column), words) for column, words in row["struck"])
            self.spread.update((number, column) for column in row["spread"])
            if row["is_hidden"]:
                self.hidden_rows.add(number)
            row = row["row"]
        self.rows.append(row)


def read_sheets(file):
    """The sheets of a workbook or CSV file, visible ones first. Raises Unreadable."""
    if _size_of(file) > MAX_BYTES:
        raise Unreadable(TOO_BIG)
    with limited_child(READER, file, memory=MAX_MEMORY, seconds=MAX_SECONDS) as lines:
        sheets = list(_sheets(lines))
    return sorted(sheets, key=lambda sheet: sheet.is_hidden)


def _size_of(file):
    return Path(file).stat().st_size if isinstance(file, str | Path) else file.seek(0, 2)


def _sheets(lines):
    """Put together what the child writes: a line for each sheet and row, and a last one that says it is whole."""
    sheet, told = None, json.JSONDecoder(object_hook=_value)
    for line in lines:
        row = told.decode(line.decode())
        if isinstance(row, Sheet):
            if sheet:
                yield sheet
            sheet = row
        elif isinstance(row, list) or "row" in row:
            sheet.add(row)
        elif "unreadable" in row:
            raise Unreadable(row["unreadable"])
        else:
            if sheet:
                yield sheet
            return
    raise Unreadable(EXHAUSTED)  # it died before the last line


def _value(found):
    if "sheet" in found:
        return Sheet(found["sheet"], is_hidden=found["hidden"], hidden_columns=found["hidden_columns"])
    for key, kind in (("date", date), ("datetime", datetime), ("time", time)):
        if key in found:
            return kind.fromisoformat(found[key])
    return found
