"""Read any office file that may come from anywhere into plain rows, or say in one sentence why not.

    for sheet in read_sheets(file):          # a path, an open file or an uploaded one
        sheet.name, sheet.rows               # row 1 of the sheet is rows[0]; merged cells are spread

The file is opened by a child process with a limit on memory and time: a workbook of 4 KB can ask for
gigabytes, and what dies of it is the child. What the child may do is in `spreadsheet_reader.py`.
"""
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 40
READER = Path(__file__).with_name("spreadsheet_reader.py")
TOO_BIG = "文件太大，最多 20 MB。请去掉图片、空白的格式，或分成几份再上传。"
EXHAUSTED = "这个文件展开以后太大，或者格式有毛病，读不了。请新建一个工作簿，只把要导入的表复制过去再上传。"


class Unreadable(Exception):
    """The file cannot be read; the text is one sentence for the person who sent it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as plain rows of str, float, bool, date, datetime and time; "" is an empty cell."""

    name: str
    rows: list = field(default_factory=list, repr=False)
    is_hidden: bool = False


def read_sheets(file):
    """Give the sheets of a workbook or CSV file, visible ones first. Raises Unreadable."""
    with _path_of(file) as path:
        if Path(path).stat().st_size > MAX_BYTES:
            raise Unreadable(TOO_BIG)
        child = subprocess.Popen(
            [sys.executable, "-I", str(READER), str(path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        try:
            sheets = list(_sheets(child.stdout))
        finally:
            child.stdout.close()
            child.kill()
            child.wait()
    return sorted(sheets, key=lambda sheet: sheet.is_hidden)


@contextmanager
def _path_of(file):
    """Where the file lies on the disk; one in memory is written to a temporary one first."""
    known = file if isinstance(file, str | Path) else getattr(file, "temporary_file_path", lambda: None)()
    if known:
        yield known
        return
    with tempfile.NamedTemporaryFile(prefix="guicheng-", suffix=".upload") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield copy.name


def _sheets(lines):
    """Put together what the child writes: a line for each sheet and row, and a last one that says it is whole."""
    sheet = None
    for line in lines:
        row = json.loads(line, object_hook=_value)
        if isinstance(row, list):
            sheet.rows.append(row)
        elif isinstance(row, Sheet):
            if sheet:
                yield sheet
            sheet = row
        elif "unreadable" in row:
            raise Unreadable(row["unreadable"])
        else:
            if sheet:
                yield sheet
            return
    raise Unreadable(EXHAUSTED)  # it died before the last line


def _value(found):
    if "sheet" in found:
        return Sheet(found["sheet"], is_hidden=found["hidden"])
    for key, kind in (("date", date), ("datetime", datetime), ("time", time)):
        if key in found:
            return kind.fromisoformat(found[key])
    return found
