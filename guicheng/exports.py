"""The writers of files people download: text stays text, and no cell is a live formula."""
import csv
from datetime import date, datetime
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from guicheng.text import clean_text

MAX_CELL = 32_767  # what a workbook cell holds
CUT = "……（内容过长，此处截断）"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(value):
    """Give a cell's value as a number, a day or clean text that fits a workbook cell."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float | Decimal | date):
        return value
    text = clean_text(str(value))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def csv_cell(value):
    """Give a CSV cell; text that a spreadsheet would take for a formula gets a leading apostrophe."""
    value = plain(value)
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


class _Echo:
    def write(self, value):
        return value


def csv_lines(columns, rows):
    """Yield the lines of a CSV: `columns` are (title, getter) pairs. Starts with a BOM, for Excel."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([title for title, _ in columns])
    for row in rows:
        yield writer.writerow([csv_cell(get(row)) for _, get in columns])


def csv_response(filename, columns, rows):
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
