"""Hostile and odd workbooks, made by code: what an import may be sent on a bad day.

Every maker gives the bytes of a file. `REFUSED` get one sentence, `ODD` are read (see test_import_corpus.py).
"""
import io
import struct
import zipfile
from datetime import date, datetime

import openpyxl
import xlsxwriter
import xlwt

HEAD = ["序号", "项目名称", "责任单位", "完成时限", "当前状态", "进展情况"]
ROW = ["", "映月湖步道", "城建办", "2021年9月30日", "推进中", "已进场施工。"]
KEYS = ["number", "name", "lead_department", "planned_end", "status", "text"]


# --- makers ---------------------------------------------------------------------------------------
def xlsx(*rows, edit=None, title="表"):
    """A workbook by openpyxl; `edit(book, sheet)` may change it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows or (HEAD, ROW):
        sheet.append(row)
    if edit:
        edit(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def written(write, **options):
    """A workbook by XlsxWriter."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("表")
    for number, row in enumerate((HEAD, ROW)):
        sheet.write_row(number, 0, row)
    write(book, sheet)
    book.close()
    return buffer.getvalue()


def xls(*rows, edit=None):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for number, row in enumerate(rows or (HEAD, ROW)):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    if edit:
        edit(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(*rows, hidden=()):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="表")
    for row in rows or (HEAD, ROW):
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def text(*rows, sign=",", encoding="utf-8"):
    return "\n".join(sign.join(row) for row in rows or (HEAD, ROW)).encode(encoding)


def repacked(content, change=None, add=(), leave_out=()):
    """The same package with parts changed: `change(name, text)` gives the new bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in leave_out:
                part = old.read(name)
                new.writestr(name, change(name, part) if change else part)
        for name, part in add:
            new.writestr(name, part)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def in_sheet(content, change):
    return repacked(content, lambda name, part: change(part) if name == SHEET else part)


def compound(name):
    """A compound file (the outside of .xls and of locked .xlsx) whose one stream has this name."""
    content = xlwt.CompoundDoc.XlsDoc()
    buffer = io.BytesIO()
    content.save(buffer, b"\0" * 4096)
    return buffer.getvalue().replace("Workbook".encode("utf-16-le"), name.encode("utf-16-le")[:60], 1)


def locked_xls():
    """A workbook stream that begins with the record FILEPASS."""
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    locked = struct.pack("<HHHHH", 0x002F, 6, 1, 1, 1) + b"\0" * 2000
    buffer = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(buffer, begin + locked + struct.pack("<HH", 0x000A, 0) + b"\0" * 3000)
    return buffer.getvalue()


# --- hostile --------------------------------------------------------------------------------------
def zip_bomb():
    """A few hundred kilobytes that unfold to 300 MB."""
    return repacked(xlsx(), add=[("xl/media/image1.png", b"\0" * 300_000_000)])


def lying_bomb():
    """A part whose size in the directory is a lie."""
    content = bytearray(in_sheet(
        xlsx(), lambda part: part.replace(b"</sheetData>", b"</sheetData>" + b" " * 90_000_000)))
    at = content.rfind(SHEET.encode()) - 46
    content[at + 24:at + 28] = struct.pack("<I", 5000)
    return bytes(content)


def nested_bomb():
    inner = zip_bomb()
    return repacked(xlsx(), add=[(f"xl/embeddings/{number}.zip", inner) for number in range(900)])


def many_parts():
    return repacked(xlsx(), add=[(f"xl/p{number}.xml", b"<a/>") for number in range(2500)])


def far_cell():
    return xlsx(edit=lambda book, sheet: sheet.cell(1_048_576, 16_384, "远"))


def far_row():
    return xlsx(edit=lambda book, sheet: sheet.cell(900_000, 1, "远"))


def far_without_dimension():
    return in_sheet(far_cell(), lambda part: part.replace(b'<dimension ref="A1:XFD1048576"/>', b""))


def doctype(entity):
    def change(name, part):
        if name != SHEET:
            return part
        body = part.split(b"?>", 1)[-1].replace("映月湖步道".encode(), b"&x;")
        return b'<?xml version="1.0"?><!DOCTYPE a [' + entity + b"]>" + body
    return repacked(xlsx(), change)


def billion_laughs():
    lines = b'<!ENTITY l0 "ha">' + b"".join(
        b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10))
    return doctype(lines + b'<!ENTITY x "&l9;">')


def locked_ods():
    return repacked(ods(), lambda name, part: part.replace(
        b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
        if name == "META-INF/manifest.xml" else part)


def repeated_ods():
    """A cell that says it is repeated for a million rows of a thousand columns."""
    return repacked(ods(), lambda name, part: part.replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">').replace(
        b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="1000" ')
        if name == "content.xml" else part)


def locked_zip():
    content = bytearray(xlsx())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


MACRO, LOCKED, BROKEN, BOMB = "带宏", "密码", "已损坏", "压缩得不正常"
REFUSED = {
    "zip-bomb": ("a.xlsx", zip_bomb, BOMB),
    "lying-bomb": ("a.xlsx", lying_bomb, "已损坏|太大|不正常"),
    "nested-bomb": ("a.xlsx", nested_bomb, "太大|不正常"),
    "many-parts": ("a.xlsx", many_parts, BOMB),
    "far-cell": ("a.xlsx", far_cell, "很远的地方（如 XFD1048576）"),
    "far-row": ("a.xlsx", far_row, "很远的地方"),
    "far-without-dimension": ("a.xlsx", far_without_dimension, "很远的地方"),
    "far-xls": ("a.xls", lambda: xls(edit=lambda book, sheet: sheet.write(65_535, 255, "远")), "行|列|太大"),
    "repeated-ods": ("a.ods", repeated_ods, "太大|列|行|已损坏"),
    "xxe": ("a.xlsx", lambda: doctype(b'<!ENTITY x SYSTEM "file:///etc/passwd">'), "DOCTYPE"),
    "billion-laughs": ("a.xlsx", billion_laughs, "DOCTYPE"),
    "macro": ("a.xlsm", lambda: repacked(xlsx(), add=[("xl/vbaProject.bin", b"macro")]), MACRO),
    "macro-named-xlsx": ("a.xlsx", lambda: repacked(xlsx(), add=[("xl/VBAPROJECT.BIN", b"macro")]), MACRO),
    "macro-xls": ("a.xls", lambda: xls() + "_VBA_PROJECT".encode("utf-16-le"), MACRO),
    "locked-xlsx": ("a.xlsx", lambda: compound("EncryptedPackage"), LOCKED),
    "locked-xls": ("a.xls", locked_xls, LOCKED),
    "locked-ods": ("a.ods", locked_ods, LOCKED),
    "locked-zip": ("a.xlsx", locked_zip, LOCKED),
    "xlsb": ("a.xlsb", lambda: repacked(xlsx(), add=[("xl/workbook.bin", b"")]), "xlsb"),
    "word-document": ("a.xlsx", lambda: repacked(xlsx(), leave_out=["xl/workbook.xml"]), "不是能读的表格"),
    "old-word-document": ("a.xls", lambda: compound("WordDoc"), "不是能读的表格"),
    "png": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "不是能读的表格"),
    "pdf": ("a.csv", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20, "不是能读的表格"),
    "html": ("a.xls", lambda: "<html><table><tr><td>项目名称</td></tr></table></html>".encode(), "网页"),
    "xml-2003": ("a.xls", lambda: b'<?xml version="1.0"?><Workbook/>', "网页"),
    "cut-off": ("a.xlsx", lambda: xlsx()[:3000], BROKEN),
    "half-a-zip": ("a.xlsx", lambda: b"PK\x03\x04" + b"\0" * 500, BROKEN),
    "broken-part": ("a.xlsx", lambda: in_sheet(xlsx(), lambda part: part[:300]), "已损坏"),
    "broken-xls": ("a.xls", lambda: xls()[:1500], "已损坏|不是能读"),
    "empty": ("a.xlsx", lambda: b"", "空的"),
    "only-blanks": ("a.csv", lambda: b" \r\n\t \n", "空的"),
    "only-zeros": ("a.xlsx", lambda: b"\0" * 5000, "空的"),
    "nul-in-csv": ("a.csv", lambda: text() + b"\0\0", "不是能读的表格"),
    "20001-rows": ("a.xlsx", lambda: xlsx(HEAD, *[[n, f"项目{n}"] for n in range(20_040)]), "超过 20,000 行"),
    "300-columns": ("a.xlsx", lambda: xlsx([*HEAD, *range(300)], ROW), "很远的地方|超过 200 列"),
    "220-columns": ("a.xlsx", lambda: xlsx([*HEAD, *range(214)], ROW), "超过 200 列"),
    "long-csv-line": ("a.csv", lambda: b"a," * 500_000, "200 列|不是能读"),
    "100-mb": ("a.csv", lambda: b"a,b\n" * 26_000_000, "最多 20 MB"),
}


# --- odd ------------------------------------------------------------------------------------------
def merged(book, sheet):
    """责任单位 and 完成时限 merged down over two rows, as printed lists have it."""
    sheet.append(["", "千灯湖步道", None, None, "筹备中", ""])
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("D2:D3")


def two_storeys(book, sheet):
    for row in (["2021 年民生实事进展表"], ["序号", "项目名称", "责任单位", "完成时限", "进展", None],
                [None, None, None, None, "当前状态", "进展情况"], ROW):
        sheet.append(row)
    for area in ("A2:F2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3"):
        sheet.merge_cells(area)


def other_sheets(book, sheet):
    book.create_sheet("说明", 0).append(["填表说明：请按要求填写"])
    hidden = book.create_sheet("旧表", 0)
    hidden.sheet_state = "hidden"
    for row in (HEAD, ["", "旧项目", "城建办", "", "", "旧的。"]):
        hidden.append(row)


def formulas(book, sheet):
    sheet["F2"] = "=CONCATENATE(\"已\",\"完成\")"


def error_cell(book, sheet):
    sheet["F2"] = "#REF!"
    sheet["F2"].data_type = "e"


def wide_and_blank(book, sheet):
    """Formats far away and nothing in them: what a drag of the mouse leaves."""
    for row, column in ((5, 16_384), (1_048_576, 3), (400, 300)):
        sheet.cell(row, column).font = openpyxl.styles.Font(bold=True)


def epoch_1904(book, sheet):
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet["D2"] = datetime(2021, 9, 30)


def strict(content):
    """The same in the strict form of the standard: other namespaces."""
    transitional, purl = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    return repacked(content, lambda name, part: part.replace(
        transitional + b"spreadsheetml/2006/main", purl + b"spreadsheetml/main").replace(
        transitional + b"officeDocument/2006/relationships", purl + b"officeDocument/relationships"))


def dates():
    forms = ["2021年9月30日", "2021.9.30", "2021/9/30", "2021-9-30", "20210930", "2021年09月30号",
             date(2021, 9, 30), datetime(2021, 9, 30, 8), 44469, "44469", "9月30日", "9月底", "9月", "三季度",
             "第三季度末", "2021年9月底前", "６月至９月", "2021.3-2021.9", "3-9月", "2021年6月1日至2021年9月30日"]
    return xlsx(HEAD[:4], *[["", f"项目{number}", "城建办", form] for number, form in enumerate(forms)])
