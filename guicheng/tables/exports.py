"""The writers of files people download: text stays text, and no cell is a live formula.

Short tables are (title, getter) pairs over rows of any kind. Long ones are Columns over the rows of
`values_list()`: they are read in chunks, most cells are looked up rather than made, and neither the rows
nor the file are ever held whole.
"""
import csv
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from unicodedata import is_normalized
from zipfile import ZipFile, ZipInfo

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from guicheng.text import clean_text

MAX_CELL = 32_767  # what a workbook cell holds
CUT = "……（内容过长，此处截断）"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 500  # rows read at once
REMEMBERED, SHORT = 1_000, 100  # values of a column whose cells are kept, and how long such a text may be
QUOTED = re.compile('[",\r\n]')
NOT_AS_IT_IS = re.compile('[",]|^[=+@ -]| $')  # of printable text
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def plain(value):
    """A cell's value as a number, a day or clean text that fits a workbook cell."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float | Decimal | date):
        return value
    text = clean_text(str(value))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def csv_cell(value):
    """A CSV cell; text that a spreadsheet would take for a formula gets a leading apostrophe."""
    value = plain(value)
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


# --- short tables ---------------------------------------------------------------------------------
class _Echo:
    def write(self, value):
        return value


def csv_lines(columns, rows):
    """Yield the lines of a CSV: `columns` are (title, getter) pairs. Starts with a BOM, for Excel."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([title for title, _ in columns])
    for row in rows:
        yield writer.writerow([csv_cell(get(row)) for _, get in columns])


def stream(filename, parts):
    """An answer that sends the parts of a CSV as they come."""
    response = StreamingHttpResponse(parts, content_type=CONTENT_TYPES["csv"])
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def csv_response(filename, columns, rows):
    return stream(filename, csv_lines(columns, rows))


def workbook_response(filename, content):
    """An answer that is a workbook, whole."""
    response = HttpResponse(content, content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


# --- long tables ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Column:
    """A column of a long table.

    `source` is what `values_list()` reads, a field path or an expression; a column without one takes any value.
    `show` makes of a value what people read; without it that is the value itself.
    """

    title: str
    source: Any = None
    show: Any = None
    width: int = 12


class _Cells(dict):
    """value → cell, for a database column: its values come again and again, and are of one type: 1 is never True."""

    def __init__(self, make):
        self.make = make

    def __missing__(self, value):
        cell = self.make(value)
        is_short = value is None or isinstance(value, date | int) or isinstance(value, str) and len(value) <= SHORT
        if is_short and len(self) < REMEMBERED:
            self[value] = cell
        return cell


def _maker(column, cell):
    """The function that makes the cells of this column."""
    make = cell if column.show is None else lambda value: cell(column.show(value))
    return make if column.source is None else _Cells(make).__getitem__


def _chunks(columns, rows, cell, saw):
    """Yield the rows' cells, CHUNK rows at a time; `saw(done)` is told after each."""
    makers = [_maker(column, cell) for column in columns]
    rows, done = rows.iterator(CHUNK) if isinstance(rows, QuerySet) else iter(rows), 0
    while chunk := list(islice(rows, CHUNK)):
        yield zip(*[map(make, values) for make, values in zip(makers, zip(*chunk, strict=True), strict=True)],
                  strict=True)
        done += len(chunk)
        saw(done)


def _quoted(value):
    """A CSV cell as it stands in the line; csv.writer takes half as long again over the whole file."""
    if type(value) is int:
        return str(value)
    if type(value) is str and len(value) <= MAX_CELL and value.isprintable() and is_normalized("NFC", value) \
            and not NOT_AS_IT_IS.search(value):
        return value  # nearly all: nothing to clean, to escape or to quote
    text = str(csv_cell(value))
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def csv_parts(columns, rows, saw=lambda done: None):
    """Yield the parts of a long CSV as bytes, many lines each. Starts with a BOM, for Excel."""
    yield ("\ufeff" + ",".join(_quoted(column.title) for column in columns) + "\r\n").encode()
    for chunk in _chunks(columns, rows, _quoted, saw):
        yield ("\r\n".join(map(",".join, chunk)) + "\r\n").encode()


def write_csv(path, title, columns, rows, saw=lambda done: None):
    with open(path, "wb") as file:
        file.writelines(csv_parts(columns, rows, saw))


def _workbook_cell(value):
    """Numbers as floats: an int would take on the look of a day that stood above it in its column."""
    value = plain(value)
    return float(value) if isinstance(value, int | Decimal) else value


def write_xlsx(path, title, columns, rows, saw=lambda done: None):
    """Write one plain sheet with a frozen header. The same rows make the same bytes on any day.

    By the fast writer, which builds no formats cell by cell: 4 to 5 times as fast as XlsxWriter.
    """
    from rustpy_xlsxwriter import FastExcel, Format  # imported here: django.setup() stays small

    titles = [column.title for column in columns]
    if len(set(titles)) < len(titles):
        raise ValueError(f"{title}：有两列同名，会少一列。")
    lines = chain.from_iterable(_chunks(columns, rows, _workbook_cell, saw))
    records = (dict(zip(titles, line, strict=True)) for line in lines)
    first = next(records, dict.fromkeys(titles))  # the header comes from the first row
    book = FastExcel(str(path)).format(datetime_format="yyyy-mm-dd", float_format="General").freeze(row=1)
    book.sheet(title[:31], chain([first], records), header_format=Format().set_bold().set_border_bottom("thin"),
               column_widths={column.title: column.width for column in columns})
    book.save()
    _take_out_the_clock(path)


def _take_out_the_clock(path):
    """Write the workbook's last parts again, among them the one that names the instant it was made."""
    with ZipFile(path, "a") as book:
        core = book.getinfo("docProps/core.xml")
        last = [part for part in book.infolist() if part.header_offset >= core.header_offset]
        contents = {part.filename: book.read(part) for part in last}
        contents[core.filename] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z",
                                         contents[core.filename])
        for part in last:
            book.filelist.remove(part)
            del book.NameToInfo[part.filename]
        book.start_dir = core.header_offset  # from here on it is written anew, the directory too
        for name, content in contents.items():
            book.writestr(ZipInfo(name), content)  # not compressed: another zlib would make other bytes


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}
