"""Tables that stand below each other on one sheet, each with its own header: each is read as a sheet of its own."""
from dataclasses import replace

from guicheng.excel_import.columns import folded
from guicheng.excel_import.values import plain_text

LONGEST_NAME = 150


def parts_of(sheet, fields):
    """The sheet itself, or where other tables follow on it one part for each, with the rows numbered as they stand.

    The first part keeps the name of the sheet.
    """
    starts = _starts(sheet, fields)
    if len(starts) < 2:
        return [sheet]
    bounds = [0, *starts[1:], len(sheet.rows)]
    return [replace(sheet, name=sheet.name if begin == 0 else f"{sheet.name[:LONGEST_NAME]}（第 {begin + 1} 行起）",
                    rows=[*([[]] * begin), *sheet.rows[begin:end]], part_of=sheet.name)
            for begin, end in zip(bounds, bounds[1:], strict=False)]


def _starts(sheet, fields):
    """The rows, from 0, in which a header stands that is not the one above it; a thing stands between any two."""
    naming = {word for word, key in fields.words.items() if key in fields.naming}
    begins = {word[0] for word in naming}  # folding only takes signs away: a cell without these is not looked at
    starts, headings = [], []
    for index, row in enumerate(sheet.rows):
        if not any(isinstance(cell, str) and len(cell) < 20 and not begins.isdisjoint(cell)
                   and folded(cell) in naming for cell in row):
            continue
        said = [folded(text) for text in map(plain_text, row) if text]
        if not _is_header(said, fields) or said == headings:
            continue
        if starts and not any(len([cell for cell in between if cell != ""]) > 1
                              for between in sheet.rows[starts[-1] + 1:index]):
            continue  # the second storey of one header
        starts.append(index)
        headings = said
    return starts


def _is_header(said, fields):
    """Whether most cells of a row are the very words of headings, one of which names a thing."""
    keys = [fields.words.get(text, "") for text in said]
    known = {key for key in keys if key}
    return len(known) > 1 and bool(known & set(fields.naming)) and sum(map(bool, keys)) * 2 > len(said)
