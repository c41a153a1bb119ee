"""The child process of `spreadsheets.py`: open one hostile file under limits and write its rows as lines of JSON.

Run by `limited_child.py`; it imports nothing of the portal. First the outside of the file is looked at (magic bytes,
the zip's directory, declarations in the XML, far cells), only then calamine opens it.
"""
import csv
import io
import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from itertools import count

from guicheng.files.looks import SheetLooks, Styles, struck_texts
from guicheng.files.ods_reader import sheets_of_ods
from guicheng.files.spreadsheet_limits import (
    BINARY,
    BOMB,
    BROKEN,
    DECLARES,
    EMPTY,
    ENCRYPTED,
    ERROR_VALUE,
    FAR,
    FORMULA_WITHOUT_VALUE,
    MACRO,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_MERGES,
    MAX_PARTS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_UNPACKED,
    NOT_A_TABLE,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    WEB_PAGE,
    Refused,
    Row,
    spread_over,
)
from guicheng.files.xls_reader import sheets_of_xls

OTHER_KINDS = b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"
TEXT_CUT = 40_000  # a cell of Excel holds 32,767 characters

# a cell beyond column IV or row 30,000 that holds something: an empty cell with a format may stand anywhere
FAR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']((?:[A-Z]{3,}\d+|(?:[J-Z][A-Z]|I[W-Z])\d+|[A-Z]+(?:[3-9]\d{4}|\d{6,})))["'][^>]*(?<!/)>(?!</)""")
ODD_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,2}\d{1,5})"(?:[^>]*?\bt="e"[^>]*>|[^>]*>\s*<(?:\w+:)?f[^>]*>[^<]*"""
    rb"""</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</)""")
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C\0T|E\0N\0T)|\0<\0!\0D\0O\0C", re.IGNORECASE)


def main(path):
    try:
        cells = 0
        for name, hidden, hidden_columns, rows in sheets_of(path):
            write({"sheet": name, "hidden": hidden, "hidden_columns": hidden_columns})
            for number, row in enumerate(rows, 1):
                while row.cells and row.cells[-1] in ("", None) and len(row.cells) - 1 not in row.struck:
                    row.cells.pop()
                if len(row.cells) > MAX_COLUMNS:
                    raise Refused(TOO_MANY_COLUMNS.format(name=name))
                if number > MAX_ROWS + 30 and row.cells:
                    raise Refused(TOO_MANY_ROWS.format(name=name))
                cells += len(row.cells)
                if cells > MAX_CELLS:
                    raise Refused(TOO_MANY_CELLS)
                if number <= MAX_ROWS + 30:
                    write(line_of(row))
        write({"end": True})
    except Refused as refusal:
        write({"unreadable": str(refusal)})


def line_of(row):
    """A row as the portal is told of it: plain cells where there is nothing else to say."""
    cells = [cut(value) for value in row.cells]
    if not (row.looks or row.struck or row.spread or row.is_hidden):
        return cells
    return {"row": cells, "looks": list(row.looks.items()), "spread": row.spread, "is_hidden": row.is_hidden,
            "struck": [(column, cut(words)) for column, words in row.struck.items()]}


def write(line):
    sys.stdout.write(LINES.encode(line) + "\n")


def as_json(value):
    for kind, key in ((datetime, "datetime"), (date, "date"), (time, "time")):
        if isinstance(value, kind):
            return {key: value.isoformat()}
    return str(value)


LINES = json.JSONEncoder(default=as_json)  # one for all: `dumps` would make one a row


def cut(value):
    if isinstance(value, str):
        return unquoted(value[:TEXT_CUT])
    return str(value) if isinstance(value, timedelta) or value != value else value


def sheets_of(path):
    """Yield (name, is hidden, hidden columns, rows) of whatever the file is: its first bytes say, not its name."""
    with open(path, "rb") as file:
        head = file.read(4096)
        if not head.strip(b"\0 \r\n\t"):
            raise Refused(EMPTY)
        if head.startswith(b"PK\x03\x04"):
            yield from of_zip(path)
        elif head.startswith(OTHER_KINDS):
            raise Refused(NOT_A_TABLE)
        elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            yield from of_compound_file(path, head + file.read())
        else:
            yield from of_text(head, file)


# --- workbooks in a zip ---------------------------------------------------------------------------
def of_zip(path):
    try:
        with zipfile.ZipFile(path) as package:
            kind = look_at_directory(package)
            if kind == "ods":
                look_at_ods(package)
                yield from sheets_of_ods(package)
                return
            odd, looks = look_at_parts(package), looks_of(package)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        raise Refused(BROKEN)
    except Exception as error:  # zlib.error is not exported
        if type(error).__name__ == "error":
            raise Refused(BROKEN)
        raise
    yield from of_calamine(path, odd, looks)


def looks_of(package):
    """{sheet name: what its cells look like}."""
    styles, texts, known = Styles(package), struck_texts(package), set(package.namelist())
    return {name: SheetLooks(package, part, styles, texts) for part, name in sheet_names(package).items()
            if part in known}


def look_at_directory(package):
    """Refuse by the list of parts alone; give which kind of workbook it is."""
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(BOMB)
    for part in parts:
        if part.file_size > 10_000_000 and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise Refused(BOMB)
        if part.flag_bits & 1:
            raise Refused(ENCRYPTED)
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names) or any(n.startswith("Basic/") for n in names):
        raise Refused(MACRO)
    if "xl/workbook.bin" in names:
        raise Refused(BINARY)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and b"opendocument.spreadsheet" in package.read("mimetype")[:100]:
        return "ods"
    raise Refused(NOT_A_TABLE)


def stream(package, name):
    """The text of a part in pieces that overlap, so that nothing hides on a seam."""
    tail = b""
    with package.open(name) as part:
        while piece := part.read(1 << 20):
            yield tail + piece
            tail = piece[-2048:]


def look_at_parts(package):
    """Refuse declarations and far cells; give {sheet name: {(row, column): what is odd there}}."""
    odd = {}
    names = sheet_names(package)
    for part in package.namelist():
        if not part.endswith((".xml", ".rels", ".vml")):
            continue
        rows = 0
        for text in stream(package, part):
            if DECLARATION.search(text):
                raise Refused(DECLARES)
            if part.startswith("xl/worksheets/"):
                if far := FAR_CELL.search(text):
                    rows += text[:far.start()].count(b"<row ")
                    is_long = rows > MAX_ROWS  # a long table, not a cell that strayed
                    raise Refused(TOO_MANY_ROWS.format(name=names.get(part, "")) if is_long
                                  else FAR.format(ref=far[1].decode()))
                rows += text.count(b"<row ")
                found = odd.setdefault(names.get(part, part), {})
                has_odd = b't="e"' in text or b"<f" in text or b":f" in text  # the search is slow, and rarely needed
                for cell in ODD_CELL.finditer(text) if has_odd else ():
                    if len(found) < 50_000:
                        is_error = b't="e"' in cell[0]
                        found[position(cell[1])] = ERROR_VALUE if is_error else FORMULA_WITHOUT_VALUE
    return odd


def position(ref):
    """b"C5" gives (4, 2)."""
    letters = ref.rstrip(b"0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(ref[len(letters):]) - 1, column - 1


def sheet_names(package):
    """{part: sheet name}, from the workbook and its relations."""
    import html

    def attributes(part, tag):
        try:
            text = package.read(part)[:1_000_000].decode("utf-8", "replace")
        except KeyError:
            return
        for found in re.finditer(rf"<(?:\w+:)?{tag}\s([^>]*)>", text):
            yield {name: html.unescape(value) for name, value in re.findall(r'([\w:]+)="([^"]*)"', found[1])}

    targets = {each.get("Id"): each.get("Target", "") for each in
               attributes("xl/_rels/workbook.xml.rels", "Relationship")}
    names = {}
    for each in attributes("xl/workbook.xml", "sheet"):
        relation = next((value for key, value in each.items() if key.endswith(":id")), "")
        target = targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        names[part] = each.get("name", "")
    return names


def look_at_ods(package):
    if "META-INF/manifest.xml" in package.namelist() and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Refused(ENCRYPTED)
    for text in stream(package, "content.xml") if "content.xml" in package.namelist() else ():
        if DECLARATION.search(text):
            raise Refused(DECLARES)


# --- workbooks in a compound file -------------------------------------------------------------------
def of_compound_file(path, content):
    def has(name):
        return name.encode("utf-16-le") in content

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise Refused(ENCRYPTED)
    if has("_VBA_PROJECT"):
        raise Refused(MACRO)
    if not has("Workbook") and not has("Book"):
        raise Refused(NOT_A_TABLE)
    yield from sheets_of_xls(path)


def of_calamine(path, odd, looks):
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(path)
        sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
        if not sheets:
            raise Refused(EMPTY)
        for each in sheets[:MAX_SHEETS]:
            sheet, look = book.get_sheet_by_name(each.name), looks.get(each.name)
            merges = sheet.merged_cell_ranges or []
            hidden = each.visible != calamine.SheetVisibleEnum.Visible
            before = [""] * (sheet.start[1] if sheet.start else 0)  # the rows begin at row 1, but not at column A
            rows = with_odd((before + row for row in sheet.iter_rows()), odd.get(each.name, {}))
            rows = look.dress(rows) if look else rows
            yield each.name, hidden, look.hidden_columns if look else [], spread_over(rows, merges[:MAX_MERGES])
    except calamine.PasswordError:
        raise Refused(ENCRYPTED)
    except calamine.CalamineError:
        raise Refused(BROKEN)
    except BaseException as error:  # a panic of Rust is no Exception
        if isinstance(error, Refused | MemoryError | KeyboardInterrupt | GeneratorExit | BrokenPipeError):
            raise
        raise Refused(BROKEN)


def with_odd(rows, odd):
    """The rows with the cells named whose formula has no value."""
    odd_rows = {}
    for (row, column), sentence in odd.items():
        odd_rows.setdefault(row, []).append((column, sentence))
    last = max(odd_rows, default=-1)
    for number in count():
        row = next(rows, None)
        if row is None and number > last:
            return
        row = ["" if value is None else value for value in row or ()]
        for column, sentence in odd_rows.get(number, ()):
            row += [""] * (column + 1 - len(row) if column < MAX_COLUMNS else 0)
            if column < len(row) and row[column] == "":
                row[column] = sentence
        yield Row(row)


# --- text -----------------------------------------------------------------------------------------
def of_text(head, file):
    begin = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if begin.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<head", b"<div", b"<style")):
        raise Refused(WEB_PAGE)
    text = decoded(head + file.read())
    csv.field_size_limit(1_000_000)
    try:
        yield "CSV", False, [], [Row(row) for row in csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter_of(text))]
    except csv.Error:
        raise Refused(NOT_A_TABLE)


def decoded(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4000]:  # UTF-16 without its mark: each comma and line end has a nought beside it
        even, odd = (content[start:4000:2].count(0) for start in (0, 1))
        if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 50 < min(len(content), 4000):
            raise Refused(NOT_A_TABLE)
        encodings = ["utf-16-be"] if even > odd else ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        control = sum(text[:4000].count(chr(code)) for code in range(32) if code not in (9, 10, 13))
        if control <= 8:
            return text
    raise Refused(NOT_A_TABLE)


def delimiter_of(text):
    """The sign that cuts the first lines into the most columns, the same number in most of them."""
    def columns(sign):
        rows = list(csv.reader(io.StringIO("\n".join(text.splitlines()[:30]), newline=""), delimiter=sign))
        widths = [len(row) for row in rows if len(row) > 1]
        return max((widths.count(width) * width for width in set(widths)), default=0)

    return max(",\t;|", key=columns)


def unquoted(cell):
    """Take back what an export puts around a text: ="0757" and the apostrophe before what looks like a formula."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    is_quoted = cell[:1] == "'" and (cell[1:2] in ("=", "+", "-", "@") or cell[1:2].isdecimal())
    return cell[1:] if is_quoted else cell


if __name__ == "__main__":
    main(sys.argv[1])
