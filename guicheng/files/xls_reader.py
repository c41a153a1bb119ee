"""Sheets of an .xls with what its cells look like. Runs in the limited child."""
import os
import struct
from datetime import date

from guicheng.files.looks import BUILT_IN, look_of
from guicheng.files.spreadsheet_limits import (
    BROKEN,
    EMPTY,
    ENCRYPTED,
    ERROR_VALUE,
    MAX_MERGES,
    MAX_SHEETS,
    Refused,
    Row,
    in_words,
    spread_over,
)

TEXT, NUMBER, DAY, YES_NO, ERROR = 1, 2, 3, 4, 5


def sheets_of_xls(path):
    """Yield (name, is hidden, hidden columns, rows)."""
    import xlrd

    try:
        with open(os.devnull, "w") as silence:
            book = xlrd.open_workbook(path, formatting_info=True, logfile=silence, ragged_rows=True)
            if not book.nsheets:
                raise Refused(EMPTY)
            for sheet in book.sheets()[:MAX_SHEETS]:
                hidden_columns = [column for column, info in sheet.colinfo_map.items() if info.hidden]
                merges = [((top, left), (bottom - 1, right - 1))
                          for top, bottom, left, right in sheet.merged_cells[:MAX_MERGES]]
                yield sheet.name, bool(sheet.visibility), hidden_columns, spread_over(_rows(book, sheet), merges)
    except xlrd.XLRDError as fault:
        raise Refused(ENCRYPTED if "encrypted" in str(fault) else BROKEN)
    except (xlrd.compdoc.CompDocError, struct.error, AssertionError, LookupError, ValueError, TypeError,
            AttributeError, OverflowError):
        raise Refused(BROKEN)


def _rows(book, sheet):
    looks, strikes = _styles(book)
    for number in range(sheet.nrows):
        row = Row([])
        info = sheet.rowinfo_map.get(number)
        row.is_hidden = bool(info and info.hidden)
        for column, cell in enumerate(sheet.row(number)):
            value = _value(book, cell)
            if value != "" and cell.xf_index is not None:
                if look := looks[cell.xf_index]:
                    row.looks[column] = look
                if strikes[cell.xf_index]:
                    row.struck[column], value = in_words(value), ""
                elif runs := sheet.rich_text_runlist_map.get((number, column)):
                    struck, value = _without_struck(book, value, runs)
                    if struck:
                        row.struck[column] = struck
            row.cells.append(value)
        yield row


def _styles(book):
    """What the number of a cell's style says: (looks, whether it is struck out)."""
    looks, strikes = [], []
    for style in book.xf_list:
        known = book.format_map.get(style.format_key)
        code = known.format_str if known else ""
        look = look_of(code) if code and code != "General" else ""
        looks.append(look or BUILT_IN.get(style.format_key, ""))
        strikes.append(bool(book.font_list[style.font_index].struck_out))
    return looks, strikes


def _without_struck(book, text, runs):
    """(the struck words, the rest) of a text whose fonts change at the places that `runs` tell."""
    struck, left = "", text[:runs[0][0]]
    for place, (start, font) in enumerate(runs):
        end = runs[place + 1][0] if place + 1 < len(runs) else len(text)
        if book.font_list[font].struck_out:
            struck += text[start:end]
        else:
            left += text[start:end]
    return struck, left


def _value(book, cell):
    import xlrd

    if cell.ctype in (TEXT, NUMBER):
        return cell.value
    if cell.ctype == DAY:
        try:
            moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
        return moment if moment.time() != moment.time().min else date(moment.year, moment.month, moment.day)
    if cell.ctype == YES_NO:
        return bool(cell.value)
    return ERROR_VALUE if cell.ctype == ERROR else ""
