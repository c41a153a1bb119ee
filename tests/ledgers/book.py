"""Workbooks from rows of plain values: the same sheet as .xlsx, .xls, .ods, .csv or pasted text."""
import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils import range_boundaries

from tests.ledgers.shape import Ledger


@dataclass(frozen=True)
class C:
    """A cell with what it looks like. `struck`: the part of the text before the rest that is struck out."""

    value: object = ""
    format: str = ""
    strike: bool = False
    struck: str = ""
    formula: str = ""  # with `value` as its stored result; None: without one


@dataclass(frozen=True)
class Sheet:
    """Rows from row 1 on. Merged ranges as A1:B2; the value is that of the first cell."""

    rows: list
    name: str = "Sheet1"
    merges: tuple = ()
    hidden: tuple = ()  # numbers of rows
    filtered: tuple = ()
    hidden_columns: tuple = ()  # letters
    is_hidden: bool = False

    def cells(self):
        for y, row in enumerate(self.rows):
            for x, value in enumerate(row):
                cell = value if isinstance(value, C) else C(value)
                if cell.value not in ("", None) or cell.formula or cell.struck:
                    yield y, x, cell

    def spans(self):
        """{(row, column) of the first cell: (last row, last column)}, from nought."""
        found = {}
        for each in self.merges:
            left, top, right, bottom = range_boundaries(each)
            found[top - 1, left - 1] = bottom - 1, right - 1
        return found


def _format_of(cell):
    return cell.format or ("yyyy-mm-dd" if isinstance(cell.value, date | datetime) else "")


def xlsx(*sheets):
    """By XlsxWriter."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    struck = book.add_format({"font_strikeout": True})
    plain = book.add_format({"font_color": "#000000"})
    for each in sheets:
        page = book.add_worksheet(each.name)
        spans = each.spans()
        for y, x, cell in each.cells():
            style = book.add_format({"num_format": _format_of(cell) or "General", "font_strikeout": cell.strike})
            if (y, x) in spans:
                page.merge_range(y, x, *spans[y, x], "")
            if cell.formula:
                page.write_formula(y, x, cell.formula, style, "" if cell.value is None else cell.value)
            elif cell.struck:
                page.write_rich_string(y, x, struck, cell.struck, plain, cell.value)
            elif isinstance(cell.value, date | datetime):
                page.write_datetime(y, x, cell.value, style)
            else:
                page.write(y, x, cell.value, style)
        for number in (*each.hidden, *each.filtered):
            page.set_row(number - 1, None, None, {"hidden": True})
        for letter in each.hidden_columns:
            page.set_column(f"{letter}:{letter}", None, None, {"hidden": True})
        if each.filtered:
            page.autofilter(0, 0, len(each.rows) - 1, len(each.rows[0]) - 1)
        if each.is_hidden:
            page.hide()
    book.close()
    return out.getvalue()


def opx(*sheets):
    """By openpyxl, which stores no results of formulas."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for each in sheets:
        page = book.create_sheet(each.name)
        for y, x, cell in each.cells():
            value = cell.formula or cell.value
            if cell.struck:
                value = CellRichText(TextBlock(InlineFont(strike=True), cell.struck), cell.value)
            there = page.cell(y + 1, x + 1, value)
            if isinstance(value, str) and not cell.formula:
                there.data_type = "s"
            if _format_of(cell):
                there.number_format = _format_of(cell)
            if cell.strike:
                there.font = Font(strike=True)
        for span in each.merges:
            page.merge_cells(span)
        for number in (*each.hidden, *each.filtered):
            page.row_dimensions[number].hidden = True
        for letter in each.hidden_columns:
            page.column_dimensions[letter].hidden = True
        if each.filtered:
            page.auto_filter.ref = page.dimensions
        if each.is_hidden:
            page.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(*sheets):
    """By xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    struck = xlwt.Font()
    struck.struck_out = True
    for each in sheets:
        page = book.add_sheet(each.name)
        spans = each.spans()
        for y, x, cell in each.cells():
            style = xlwt.XFStyle()
            style.num_format_str = _format_of(cell) or "General"
            style.font.struck_out = cell.strike
            value = xlwt.Formula(cell.formula.lstrip("=")) if cell.formula else cell.value
            if (y, x) in spans:
                bottom, right = spans[y, x]
                page.write_merge(y, bottom, x, right, value, style)
            elif cell.struck:
                page.write_rich_text(y, x, [(cell.struck, struck), (cell.value, xlwt.Font())])
            else:
                page.write(y, x, value, style)
        for number in (*each.hidden, *each.filtered):
            page.row(number - 1).hidden = True
        for letter in each.hidden_columns:
            page.col(ord(letter) - ord("A")).hidden = True
        if each.is_hidden:
            page.visibility = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ODS_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.2">
<office:automatic-styles>
<number:percentage-style style:name="N1"><number:number number:decimal-places="0" number:min-integer-digits="1"/>
<number:text>%</number:text></number:percentage-style>
<number:date-style style:name="N2"><number:year number:style="long"/><number:text>年</number:text><number:month/>
<number:text>月</number:text></number:date-style>
<style:style style:name="percent" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="month" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="gone" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/>
</style:style><style:style style:name="struck" style:family="text"><style:text-properties
 style:text-line-through-style="solid" style:text-line-through-type="single"/></style:style>
<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>"""  # noqa: E501 - a namespace is one word


def _ods_cell(cell, span):
    attributes, value, style, shown = "", cell.value, "gone" if cell.strike else "", str(cell.value or "")
    if cell.formula:
        attributes += f" table:formula={quoteattr('of:' + cell.formula)}"
    if isinstance(value, date):
        style = "month" if "d" not in _format_of(cell) else style
        shown = f"{value.year}年{value.month}月" if style == "month" else value.isoformat()
        attributes += f' office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        is_percent = "%" in cell.format
        style, shown = ("percent", f"{round(value * 100)}%") if is_percent else (style, shown)
        attributes += f' office:value-type="{"percentage" if is_percent else "float"}" office:value="{value}"'
    elif value:
        attributes += ' office:value-type="string"'
    if style:
        attributes += f' table:style-name="{style}"'
    if span:
        attributes += f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    inside = f'<text:span text:style-name="struck">{escape(cell.struck)}</text:span>' if cell.struck else ""
    text = f"<text:p>{inside}{escape(shown)}</text:p>" if shown else ""
    return f"<table:table-cell{attributes}>{text}</table:table-cell>"


def ods(*sheets, head=ODS_HEAD):
    """Hand-written XML in a zip, as LibreOffice and WPS write it."""
    body = []
    for each in sheets:
        cells = {(y, x): cell for y, x, cell in each.cells()}
        spans = each.spans()
        covered = {(y, x) for (top, left), (bottom, right) in spans.items() for y in range(top, bottom + 1)
                   for x in range(left, right + 1)} - spans.keys()
        style = ' table:style-name="hidden"' if each.is_hidden else ""
        body.append(f"<table:table table:name={quoteattr(each.name)}{style}>")
        for x in range(max(map(len, each.rows))):
            style = ' table:visibility="collapse"' if chr(ord("A") + x) in each.hidden_columns else ""
            body.append(f"<table:table-column{style}/>")
        for y, line in enumerate(each.rows):
            kind = "collapse" if y + 1 in each.hidden else "filter" if y + 1 in each.filtered else "visible"
            body.append(f'<table:table-row table:visibility="{kind}">')
            for x in range(len(line)):
                bottom, right = spans.get((y, x), (y, x))
                span = (bottom - y + 1, right - x + 1) if (y, x) in spans else None
                hidden = (y, x) in covered
                body.append("<table:covered-table-cell/>" if hidden else _ods_cell(cells.get((y, x), C()), span))
            body.append("</table:table-row>")
        body.append("</table:table>")
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", mime)
        book.writestr("META-INF/manifest.xml", (
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" xmlns:manifest='
            f'"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{mime}"/><manifest:file-entry manifest:full-path="content.xml" '
            'manifest:media-type="text/xml"/></manifest:manifest>'))
        end = "</office:spreadsheet></office:body></office:document-content>"
        book.writestr("content.xml", head + "".join(body) + end, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def text(rows, encoding="utf-8-sig", delimiter=","):
    """The rows as Excel writes them to a text file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


MAKERS = {"xlsx": xlsx, "opx": opx, "xls": xls, "ods": ods}


def ledgers(name, sheets, expected, makers="xlsx", **kw):
    """One ledger for each maker that is named: the same sheets in other clothes."""
    sheets = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    made = []
    for maker in makers.split():
        kind = "xlsx" if maker == "opx" else maker
        made.append(Ledger(f"{name}-{maker}", kind, f"{name}.{kind}",
                           lambda maker=maker: MAKERS[maker](*sheets), expected, **kw))
    return made


def pages(name, rows, expected, encoding="utf-8-sig", delimiter=",", **kw):
    """One ledger of text: .csv, or .tsv as it is pasted from Excel."""
    kind = "csv" if delimiter == "," else "tsv"
    return [Ledger(f"{name}-{kind}", kind, f"{name}.{kind}", lambda: text(rows, encoding, delimiter), expected, **kw)]
