"""Files that mean harm, or are no ledgers: refused in one sentence, or read without harm, and never slowly."""
import io
import re
import struct
import zipfile

import xlwt

from tests.ledgers.book import ODS_HEAD, Sheet, ods, text, xls, xlsx
from tests.ledgers.shape import OPEN, REFUSED, Has, Lacks, Ledger, OneOf, answer, either, row, sheet

ROWS = [["项目名称", "预算（万元）"], ["示例口袋公园", 20]]
READ = either(sheet(row(2, "new|ask", name=Has("示例口袋公园"), budget=OneOf(("20", None)))))
SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


NAME, AMOUNT = b'<c r="A2" s="1" t="s"><v>2</v></c>', b'<c r="B2" s="1"><v>20</v></c>'  # as XlsxWriter writes ROWS


def repacked(changes, base=None):
    """A sound workbook with some parts replaced: {name: bytes, or a function of the old bytes}; None takes it out."""
    old = zipfile.ZipFile(io.BytesIO(base or xlsx(Sheet(ROWS))))
    parts = {name: old.read(name) for name in old.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts[name]) if callable(change) else change
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def swap(old, new):
    def change(content):
        assert old in content
        return content.replace(old, new, 1)
    return change


def after_declaration(words):
    """Put words between the declaration of an XML part and its first element."""
    return lambda content: content.replace(b"?>", b"?>" + words, 1)


ENTITY = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE sst [<!ENTITY a "' + b"ha" * 50 + b'">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(8)) + b"]>"


def entity_in_sheet():
    """The name is an entity that stands for a file of the machine."""
    name = '<c r="A2" t="inlineStr"><is><t>示例口袋公园&x;</t></is></c>'.encode()
    return repacked({SHEET: lambda old: swap(NAME, name)(after_declaration(ENTITY)(old))})


def entity_in_texts():
    return repacked({"xl/sharedStrings.xml": lambda old: swap(
        "示例口袋公园".encode(),
        "示例口袋公园&x;".encode())(after_declaration(ENTITY.replace(b"worksheet", b"sst"))(old))})


def laughs():
    """Ten to the eighth of one word, by entities within entities."""
    return repacked({"xl/sharedStrings.xml": lambda old: swap(
        "示例口袋公园".encode(), b"&i;")(after_declaration(LAUGHS)(old))})


def bomb(megabytes=64):
    """A sheet of a few thousand bytes that unpacks to many million."""
    return repacked({SHEET: swap(b"<sheetData>", b"<sheetData>" + b" " * (megabytes << 20))})


def bomb_of_rows(rows=400_000):
    """The same by cells: short to send, long to read."""
    cell = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    page = b"<worksheet " + MAIN + b"><sheetData>" + cell * rows + b"</sheetData></worksheet>"
    return repacked({SHEET: page})


def bomb_of_texts():
    return repacked({"xl/sharedStrings.xml": swap(b"</sst>", b"<si><t>" + b"A" * (64 << 20) + b"</t></si></sst>")})


def bomb_in_ods():
    """One empty row, repeated a thousand million times; one cell as often."""
    end = '</office:spreadsheet></office:body></office:document-content>'
    many = ('<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000000"><table:table-cell '
            'table:number-columns-repeated="1000000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table>")
    return repacked({"content.xml": (ODS_HEAD + many + end).encode()}, ods(Sheet(ROWS)))


def entity_in_ods():
    return repacked({"content.xml": lambda old: swap("示例口袋公园".encode(), "示例口袋公园&x;".encode())(
        after_declaration(ENTITY.replace(b"worksheet", b"office"))(old))}, ods(Sheet(ROWS)))


def declared():
    """It says that it has all the rows and columns there can be, and has two."""
    return repacked({SHEET: lambda old: re.sub(
        rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', old)})


def last_row():
    """A single cell in the very last row: all between is empty, and is not held."""
    return repacked({SHEET: swap(b"</sheetData>", b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>'
                                 + "合计".encode() + b"</t></is></c></row></sheetData>")})


def merged_over_all():
    """One merge over a whole sheet: filled in, it would be seventeen thousand million cells."""
    return repacked({SHEET: swap(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:XFD1048576"/>'
                                 b"</mergeCells>")})


def external():
    """Cells from another file, and a link to it that would be followed by who updates links."""
    link = (b'<externalLink ' + MAIN + b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships"><externalBook r:id="rId1"/></externalLink>')
    rels = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            b'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"'
            b' Target="http://127.0.0.1:9/a.xlsx" TargetMode="External"/></Relationships>')
    cell = b'<c r="B2"><f>[1]Sheet1!B2</f><v>20</v></c>'
    return repacked({"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": rels,
                     SHEET: swap(AMOUNT, cell)})


def dde():
    return repacked({SHEET: swap(AMOUNT, b"<c r=\"B2\"><f>cmd|'/c calc'!A0</f><v>20</v></c>")})


def outside():
    """Parts named so that whoever unpacks them writes elsewhere."""
    return repacked({"../../../guicheng-outside.txt": b"x", "/guicheng-outside.txt": b"x"})


def sheet_elsewhere():
    """The workbook says that its sheet lies on another machine."""
    return repacked({"xl/_rels/workbook.xml.rels": swap(
        b'Target="worksheets/sheet1.xml"', b'Target="http://127.0.0.1:9/s.xml" TargetMode="External"')})


def macro():
    return repacked({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)})


def encrypted():
    """The head of an OLE file with the streams of an encrypted package: what a password makes of a .xlsx."""
    book = xls(Sheet(ROWS))
    name, new = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    place = book.index(name)
    entry = new + bytes(64 - len(new)) + struct.pack("<H", len(new) + 2)
    return book[:place] + entry + book[place + 66:]


def protected_xls():
    """A .xls whose stream says FILEPASS: all that follows is cipher."""
    book = bytearray(xls(Sheet(ROWS)))
    place = book.index(b"\x42\x00\x02\x00")  # the code page's record, overwritten by one of the same length
    book[place:place + 2] = b"\x2f\x00"
    return bytes(book)


def half(content):
    return content[:len(content) // 2]


def xls_formulas():
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("a")
    for x, words in enumerate(ROWS[0]):
        page.write(0, x, words)
    page.write(1, 0, "示例口袋公园")
    page.write(1, 1, xlwt.Formula('HYPERLINK("http://127.0.0.1:9/";"20")'))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HTML = ('<html><head><meta charset="utf-8"><script>alert(1)</script></head><body><table><tr><td>项目名称</td>'
        "<td>预算（万元）</td></tr><tr><td>示例口袋公园</td><td>20</td></tr></table></body></html>").encode()
SPREADSHEETML = (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-'
                 b'com:office:spreadsheet"><Worksheet><Table/></Worksheet></Workbook>')
LIVE = [["项目名称", "进展情况"], ["=cmd|'/c calc'!A0", "示例"], ["示例口袋公园",
    "=HYPERLINK(\"http://127.0.0.1:9/\")"],
        ["+示例", "@SUM(1)"], ["<script>alert(1)</script>", "示例：' OR 1=1 --"]]


def hostile(name, content, expected=REFUSED, file_name="a.xlsx", kind="bytes"):
    return Ledger(f"hostile-{name}", kind, file_name, content, expected)


# where a file is read, nothing of this machine may stand in it; a name that waits or is refused is as good
NO_TABLE = either(sheet(read=False))
# xlwt stores nought as the result of each formula
LINKED = either(sheet(row(2, "new|ask", name="示例口袋公园", budget=OPEN)))
OPEN_QUOTE = either(sheet(row(2, name="示例口袋公园", budget="20"), listed=[3]))
TEXTS = either(sheet(row(2, "new|ask|wrong", name=Lacks("root:"))))

LEDGERS = [
    hostile("bomb", bomb, READ), hostile("bomb-of-rows", bomb_of_rows, NO_TABLE),
    hostile("bomb-of-texts", bomb_of_texts, READ),
    hostile("bomb-ods", bomb_in_ods, NO_TABLE, "a.ods"), hostile("laughs", laughs, TEXTS),
    hostile("entity-sheet", entity_in_sheet, TEXTS), hostile("entity-texts", entity_in_texts, TEXTS),
    hostile("entity-ods", entity_in_ods, TEXTS, "a.ods"),
    hostile("declared-rows", declared, READ | {"refused": False}, kind="xlsx"),
    hostile("last-row", last_row, READ, kind="bytes"), hostile("merged-over-all", merged_over_all, READ),
    hostile("external-links", external, READ, kind="bytes"), hostile("dde", dde, READ, kind="xlsx"),
    hostile("outside", outside, READ), hostile("sheet-elsewhere", sheet_elsewhere, either(sheet(read=OPEN))),
    hostile("macro", macro, READ), hostile("xls-link", xls_formulas, LINKED, "a.xls", "xls"),
    hostile("encrypted", encrypted), hostile("encrypted-xls", protected_xls, REFUSED, "a.xls"),
    hostile("html", lambda: HTML), hostile("html-xls", lambda: HTML, READ, "a.xls"),
    hostile("spreadsheetml", lambda: SPREADSHEETML, REFUSED, "a.xls"), hostile("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\n"),
    hostile("empty", lambda: b""), hostile("noughts", lambda: bytes(4096)),
    hostile("half-xlsx", lambda: half(xlsx(Sheet(ROWS)))),
    hostile("half-xls", lambda: half(xls(Sheet(ROWS))), REFUSED, "a.xls"),
    hostile("no-sheet", lambda: repacked({SHEET: None})),
    hostile("no-workbook", lambda: repacked({"xl/workbook.xml": None})),
    hostile("broken-xml", lambda: repacked({SHEET: lambda old: old[:-40]}), either(sheet(read=OPEN))),
    hostile("styles-missing", lambda: repacked({"xl/styles.xml": None}), READ),
    hostile("style-beyond", lambda: repacked({SHEET: swap(b'r="B2" s="1"', b'r="B2" s="99999"')}), READ),
    hostile("text-beyond", lambda: repacked({SHEET: swap(NAME, NAME.replace(b"2</v>", b"99999</v>"))}),
            either(sheet(read=OPEN, listed=[2]))),
    hostile("csv-noughts", lambda: text(ROWS, "utf-8") + bytes(100), READ, "a.csv"),
    hostile("csv-quote-open", lambda: text(ROWS, "utf-8") + b'"' + b"x\n" * 5000, OPEN_QUOTE, "a.csv"),
    hostile("csv-one-line", lambda: b"a," * 200_000, either(sheet(read=False)), "a.csv"),
    # text that looks like a formula or a script is text, and stays so
    Ledger("hostile-live-texts", "csv", "a.csv", lambda: text(LIVE), answer(sheet(
        row(2, "new|ask|wrong", text="示例"), row(3, "new|ask|wrong", name="示例口袋公园"), row(4, "new|ask|wrong"),
        row(5, "new|ask|wrong", name=OneOf(("<script>alert(1)</script>", None)))))),
]
