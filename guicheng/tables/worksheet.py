"""A workbook made to be printed and forwarded: titles, tables, charts, page set-up. The same input, the same bytes.

Nothing here reads a clock, a setting or the database.
"""
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from math import ceil
from tempfile import TemporaryDirectory
from typing import Any

from guicheng.tables.exports import plain

A4, A3 = 9, 8  # the numbers Excel gives to papers
INK, SECOND, LINE, EDGE, WASH = "#1D1F23", "#50555D", "#E3E1DC", "#8D9097", "#FBEEEC"
ROOM = {(A4, False): 140, (A4, True): 96, (A3, False): 205, (A3, True): 140}  # (paper, portrait): columns' width
SMALLEST = 0.72  # of the size on the screen: below it nobody can read a print
LINE_HEIGHT = 16.5  # points for one line of 11 pt; fonts put in the place of 宋体 need as much
MAX_ROW = 409  # points: what a workbook allows
WORDS = re.compile(r"[!-~]+|\n|.", re.DOTALL)  # what a line may not be broken in


@dataclass(frozen=True)
class Column:
    """A column of a table. `style` names a format, or gives it for a row; without one the value decides."""

    title: str
    get: Any
    style: Any = None


@lru_cache(maxsize=16_384)
def _plain_text(text):
    return plain(text)


def units(text):
    """The width of a text in half-width signs, rather too many than too few."""
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace"))


@lru_cache(maxsize=16_384)  # units, places and statuses come again and again
def lines_in(text, width):
    """How many lines a text takes in a column `width` wide."""
    room = max(4, int((7 * width + 1) / 7.4))
    if "\n" not in text and (2 * len(text) <= room or units(text) <= room):
        return 1
    room -= 2  # a line may end a sign early: no 标点 begins the next
    lines, used = 1, 0
    for word in WORDS.findall(text):
        need = len(word) if word.isascii() else 2
        if word == "\n":
            lines, used = lines + 1, 0
        elif used + need <= room:
            used += need
        elif need <= room:
            lines, used = lines + 1, need
        else:  # a word longer than the line is broken
            lines += ceil((used + need) / room) - 1
            used = (used + need) % room
    return lines


def pages_across(widths, repeated, room):
    """The columns that begin the second and later pages of a sheet `room` wide; [] where one page holds all.

    The first `repeated` columns stand on each.
    """
    starts, used = [], 0
    for index, width in enumerate(widths):
        if used and used + width > room:
            starts.append(index)
            used = sum(widths[:repeated])
        used += width
    return starts


class Book:
    """A workbook. `day` stands as its day of making; `footer` is on every printed page.

    `cover`: what `guicheng/seal/` gives to keep sealed words out of it. One that `is_long` lies on the disk until it
    is whole, and its sheets may be streamed.
    """

    def __init__(self, title, day, footer, cover=None, is_long=False, **properties):
        import xlsxwriter  # imported here: django.setup() stays small

        self.buffer, self.folder = io.BytesIO(), TemporaryDirectory() if is_long else None
        place = {"tmpdir": self.folder.name} if is_long else {"in_memory": True}
        self.book = xlsxwriter.Workbook(self.buffer, place | {
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        self.book.set_properties({"title": title, "created": datetime.combine(day, time()), **properties})
        self.footer, self.cover, self.formats = footer, cover, {}
        font = {"font_name": "宋体", "font_size": 11, "font_color": INK, "valign": "vcenter"}
        cell = {**font, "border": 1, "border_color": LINE, "text_wrap": True}
        self.styles = {
            "title": {**font, "font_name": "黑体", "font_size": 18, "text_wrap": True},
            "heading": {**font, "font_name": "黑体", "font_size": 13, "text_wrap": True},
            "text": {**font, "text_wrap": True},
            "note": {**font, "font_color": SECOND, "text_wrap": True},
            "head": {**cell, "bold": True, "bg_color": WASH, "align": "center"},
            "cell": cell,
            "part": {**cell, "indent": 1},
            # "_ " leaves the width of a space at the right; LibreOffice forgets an indent there
            "whole-percent": {**cell, "align": "right", "num_format": '0"%"_ '},
            "strong": {**cell, "bold": True},
            "number": {**cell, "align": "right", "num_format": "#,##0_ "},
            "amount": {**cell, "align": "right", "num_format": "General_ "},
            "percent": {**cell, "align": "right", "num_format": '0.0"%"_ '},
            "change": {**cell, "align": "right", "num_format": "+#,##0_ ;-#,##0_ ;0_ "},
            "points": {**cell, "align": "right", "num_format": "+0.0_ ;-0.0_ ;0.0_ "},
            "day": {**cell, "num_format": "yyyy-mm-dd", "align": "center"},
        }

    def plain(self, value):
        """A cell's value, with what is sealed covered."""
        value = _plain_text(value) if isinstance(value, str) else plain(value)
        return self.cover.text(value) if self.cover and isinstance(value, str) else value

    def add_style(self, name, **properties):
        """A kind of cell of one's own, beside the common ones."""
        self.styles[name] = {**self.styles["cell"], **properties}

    def format(self, name):
        if name not in self.formats:
            self.formats[name] = self.book.add_format(self.styles[name])
        return self.formats[name]

    def add_sheet(self, name, is_streamed=False):
        """A sheet of XlsxWriter. Of a streamed one each row is on the disk before the next is begun.

        A chart reads its figures of a sheet that is not: the library keeps no cell that it has written.
        """
        self.book.constant_memory = is_streamed
        return self.book.add_worksheet(name)

    def close(self):
        """The bytes of the workbook."""
        self.book.constant_memory = False  # the library would close a file of every sheet
        self.book.close()
        if self.folder:
            self.folder.cleanup()
        return self.buffer.getvalue()


class Sheet:
    """A sheet with a title, an as-of line, lines of text, tables and charts, one below the other."""

    def __init__(self, book, name, title, note, widths, *, portrait=False, paper=A4, one_page=False, repeated=2,
                 is_streamed=False):
        """`repeated`: how many columns a sheet too wide to be read on one page has again on each that follows."""
        self.book, self.sheet, self.row = book, book.add_sheet(name, is_streamed), 0
        self.widths, self.breaks = widths, []
        for index, width in enumerate(widths):
            self.sheet.set_column(index, index, width)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(paper)
        self.sheet.set_portrait() if portrait else self.sheet.set_landscape()
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        starts = [] if one_page else pages_across(widths, repeated, ROOM[paper, portrait] / SMALLEST)
        self.last = starts[0] - 1 if starts else len(widths) - 1  # a line of text stands on the first page
        if starts:
            self.sheet.set_print_scale(round(100 * SMALLEST))
            self.sheet.set_v_pagebreaks(starts)
            self.sheet.repeat_columns(0, repeated - 1)
        else:
            self.sheet.fit_to_pages(1, 1 if one_page else 0)
        self.sheet.set_footer(book.footer)
        self.write(title, "title")
        self.write(note, "note")
        self.sheet.repeat_rows(0, 1)
        self.freeze(2, 0)

    @property
    def name(self):
        return self.sheet.get_name()

    def write(self, text, style="text"):
        """A line over the whole width of the first page, as high as its text needs."""
        text, last = self.book.plain(text), self.last
        size = {"title": 1.7, "heading": 1.25}.get(style, 1)
        if last:
            self.sheet.merge_range(self.row, 0, self.row, last, "", self.book.format(style))
        self.sheet.write_string(self.row, 0, text, self.book.format(style))
        self._set_height(lines_in(text, sum(self.widths[:last + 1]) / size) * size)
        self.row += 1

    def skip(self):
        self.row += 1

    def new_page(self):
        """Print what follows on a page of its own."""
        self.breaks.append(self.row)

    def freeze(self, row, column):
        self.sheet.freeze_panes(row, column)

    def table(self, columns, rows, *, main=False, frozen=1):
        """Write a table and give the indices of its first and last row.

        The main one has the autofilter; its header stays in sight and is repeated on every page.
        """
        head, last = self.row, len(columns) - 1
        self._row([(column.title, "head") for column in columns])
        for row in rows:
            cells = [(self.book.plain(column.get(row)), column.style) for column in columns]
            self._row([(value, style(row) if callable(style) else style) for value, style in cells])
        if main:
            self.freeze(head + 1, frozen)
            self.sheet.repeat_rows(0, head)
            self.sheet.autofilter(head, 0, max(head, self.row - 1), last)
        self.row += 1
        return head + 1, self.row - 2

    def _row(self, cells):
        lines = 1
        for index, (value, style) in enumerate(cells):
            if style == "day" and value and isinstance(value, str):
                value = date.fromisoformat(value)
            if isinstance(value, str):
                style = self.book.format(style or "cell")
                if value:
                    self.sheet.write_string(self.row, index, value, style)
                    lines = max(lines, lines_in(value, self.widths[index]))
                else:
                    self.sheet.write_blank(self.row, index, None, style)
            elif hasattr(value, "year"):
                self.sheet.write_datetime(self.row, index, value, self.book.format(style or "day"))
            else:
                self.sheet.write_number(self.row, index, value, self.book.format(style or "number"))
        self._set_height(lines)
        self.row += 1

    def _set_height(self, lines):
        self.sheet.set_row(self.row, min(MAX_ROW, lines * LINE_HEIGHT + 3))

    def tally(self, found):
        """A small table of one line: (word, number, style of the word) side by side."""
        for index, (word, number, style) in enumerate(found):
            self.sheet.write_string(self.row, index, self.book.plain(word), self.book.format(style))
            self.sheet.write_number(self.row + 1, index, number, self.book.format("number"))
        for _ in range(2):
            self._set_height(1)
            self.row += 1
        self.row += 1

    def leave_room(self, height):
        """Leave `height` pixels free for charts; give the row where they start."""
        start = self.row
        for _ in range(ceil((height + 12) / 20)):
            self.sheet.set_row(self.row, 15)  # 20 pixels, whatever font is there
            self.row += 1
        return start

    def place(self, row, charts, width, height):
        """Charts side by side from a row on, each (chart, its alternative text)."""
        for index, (chart, description) in enumerate(charts):
            chart.set_size({"width": width, "height": height})
            self.sheet.insert_chart(row, 0, chart, {
                "x_offset": index * (width + 16), "y_offset": 4, "description": self.book.plain(description),
                "object_position": 2})

    def finish(self):
        """Print what was written, and nothing else."""
        self.sheet.set_h_pagebreaks(self.breaks)
        self.sheet.print_area(0, 0, max(0, self.row - 1), len(self.widths) - 1)


def _is_dark(colour):
    red, green, blue = (int(colour[start:start + 2], 16) for start in (1, 3, 5))
    return 2 * red + 5 * green + blue < 8 * 128


def bar_chart(sheet, title, rows, colours, is_stacked=False):
    """Bars over the table in `rows` (first, last) of a sheet: names in column 0, a series for each column of `colours`.

    Stacked, every bar is one whole, and the stretches carry their numbers.
    """
    first, last = rows
    chart = sheet.book.book.add_chart({"type": "bar", **({"subtype": "percent_stacked"} if is_stacked else {})})
    for column, colour in colours.items():
        chart.add_series({
            "name": [sheet.name, first - 1, column], "categories": [sheet.name, first, 0, last, 0],
            "values": [sheet.name, first, column, last, column], "fill": {"color": colour}, "gap": 60,
            "border": {"color": EDGE, "width": 0.5} if is_stacked else {"none": True},
            "data_labels": {"value": True, "num_format": "#,##0;;" if is_stacked else "#,##0", "font": {
                "size": 9, "color": "#FFFFFF" if is_stacked and _is_dark(colour) else INK}},
        })
    chart.set_title({"name": title, "name_font": {"size": 13, "color": INK}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 10, "color": INK}, "line": {"color": EDGE},
                      "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})  # the bars carry their numbers
    chart.set_legend({"position": "bottom", "font": {"size": 10, "color": INK}})
    chart.set_chartarea({"border": {"color": LINE}})
    return chart
