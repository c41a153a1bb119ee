"""The workbooks people download: the template filled in for them, and the coloured result of an import."""
import io
import re
from datetime import date
from decimal import Decimal

from guicheng.excel_import.rows import Outcome
from guicheng.tables.exports import plain
from projects.excel_import.fields import TEMPLATE
from projects.excel_import.matching import Finder
from projects.models import Project

NOTE = ("改好以后直接上传：只有改过的格子会被当作改动，空格表示不改。编号是系统用来认项目的，请不要改；"
        "新项目的编号空着。“进展日期”不填就用上传时选的日期。")
BLANK_ROWS = 200
SIZE = 500
FILLS = {"new": "#E7F3EC", "changed": "#FDF3DF", "unchanged": "#FFFFFF", "ask": "#FDF3DF",
         "wrong": "#FBEEEC"}
LABELS = dict(Outcome.choices)
PASSED = "没有读的行"  # the sheet of a result that names them


def _open():
    import xlsxwriter  # imported here: django.setup() stays small

    buffer = io.BytesIO()
    return buffer, xlsxwriter.Workbook(buffer, {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})


# --- the template -----------------------------------------------------------------------------------
def import_template(projects, user):
    """A workbook of these projects in the columns that the import reads, with lists to choose from.

    Uploaded again as it is, it changes nothing.
    """
    buffer, book = _open()
    font = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1,
            "border_color": "#E3E1DC"}
    formats = {
        "note": book.add_format({"font_name": "宋体", "font_size": 11, "font_color": "#50555D"}),
        "head": book.add_format({**font, "bold": True, "bg_color": "#FBEEEC", "align": "center"}),
        "day": book.add_format({**font, "num_format": "yyyy-mm-dd"}), "cell": book.add_format(font),
    }
    sheet = book.add_worksheet("项目")
    for column, field in enumerate(TEMPLATE):
        sheet.set_column(column, column, field.width)
    sheet.freeze_panes(2, 5)
    sheet.write_string(0, 0, NOTE, formats["note"])
    for column, field in enumerate(TEMPLATE):
        sheet.write_string(1, column, field.label, formats["head"])
    row = 2
    finder = Finder(user)
    for known in _known(finder, projects):
        for column, field in enumerate(TEMPLATE):
            _write(sheet, row, column, _cell(finder, known, field), formats)
        row += 1
    _choices(book, sheet, finder, row + BLANK_ROWS)
    book.close()
    return buffer.getvalue()


def _known(finder, projects):
    keys = list(projects.values_list("pk", flat=True))
    for start in range(0, len(keys), SIZE):
        read = {known.pk: known for known in finder.read(Project.objects.filter(pk__in=keys[start:start + SIZE]))}
        yield from (read[pk] for pk in keys[start:start + SIZE])


def _cell(finder, known, field):
    """What the template says of a field; days, numbers and amounts as such, so that Excel can reckon with them."""
    if field.key == "code":
        return known.code
    stored = known.plan[field.key] if field.key in known.plan else known.said.get(field.key)
    value = field.loaded(stored)
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, date) or (value and field.key == "number") else field.shown(stored, finder)


def _write(sheet, row, column, value, formats):
    value = plain(value)
    if value == "":
        sheet.write_blank(row, column, None, formats["cell"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, str):
        sheet.write_string(row, column, value, formats["cell"])
    else:
        sheet.write_number(row, column, value, formats["cell"])


def _choices(book, sheet, finder, last):
    """Drop-down lists on a hidden sheet; what is not in them only warns."""
    options = {column: field.options(finder) for column, field in enumerate(TEMPLATE) if field.options}
    options = dict(reversed(options.items()))  # as they always stood on that sheet
    hidden = book.add_worksheet("选项")
    hidden.hide()
    for row in range(max(map(len, options.values()))):
        for place, names in enumerate(options.values()):
            if row < len(names):
                hidden.write_string(row, place, names[row])
    for letter, (column, names) in zip("ABCDE", options.items(), strict=True):
        if names:
            sheet.data_validation(2, column, last, column, {
                "validate": "list", "source": f"=选项!${letter}$1:${letter}${len(names)}", "error_type": "warning",
                "error_title": "不在可选范围", "error_message": "请从下拉列表里选；确实没有的，导入时会说明。"})


# --- the result -------------------------------------------------------------------------------------
def import_result(batch, rows):
    """The original cells with what became of each row, coloured, a sheet for each that was read; and what was not."""
    buffer, book = _open()
    font = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1,
            "border_color": "#E3E1DC"}
    head = book.add_format({**font, "bold": True, "bg_color": "#EEEDE8", "align": "center"})
    fills = {outcome: book.add_format({**font, "bg_color": colour}) for outcome, colour in FILLS.items()}
    read = [each for each in batch.read_sheets if each.is_read]
    for number, each in enumerate(read):
        name = _sheet_name(each.name, number) if len(read) > 1 else "导入结果"
        _write_result(book.add_worksheet(name), each.headings, rows.filter(sheet=each.name if len(read) > 1 else ""),
                      head, fills)
    if batch.passed_over:
        taken = len(read) > 1 and PASSED in {_sheet_name(each.name, 0) for each in read}
        sheet = book.add_worksheet(f"{PASSED}_" if taken else PASSED)
        _write_passed(sheet, batch.passed_over, head, fills["unchanged"])
    book.close()
    return buffer.getvalue()


def _sheet_name(name, number):
    """A name that Excel takes; what other programs allow beyond that is left out."""
    plain_name = re.sub(r"[\[\]:*?/\\']", "", name)
    return plain_name if plain_name == name and len(name) <= 31 else f"{number + 1} {plain_name}"[:31]


def _write_result(sheet, headings, rows, head, fills):
    titles = ["结果", "说明", "原来第几行", *[heading.replace("\n", "") for heading in headings]]
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 50)
    sheet.set_column(2, len(titles), 16)
    sheet.freeze_panes(1, 2)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, plain(title), head)
    row = 0
    for row, each in enumerate(rows.iterator(SIZE), 1):
        cells = [LABELS[each.outcome], explained(each), each.number, *each.raw]
        for column, value in enumerate(cells):
            value, fill = plain(value), fills[each.outcome]
            if isinstance(value, str):
                sheet.write_string(row, column, value, fill)
            else:
                sheet.write_number(row, column, value, fill)
    sheet.autofilter(0, 0, row, len(titles) - 1)


def _write_passed(sheet, passed, head, cell):
    """Every row that was not read, with why."""
    titles = [("工作表", 16), ("原来第几行", 10), ("为什么没有读", 24), ("里面写的", 80)]
    for column, (title, width) in enumerate(titles):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    for number, each in enumerate(passed, 1):
        sheet.write_string(number, 0, plain(each["sheet"]), cell)
        sheet.write_number(number, 1, each["row"], cell)
        sheet.write_string(number, 2, each["why"], cell)
        sheet.write_string(number, 3, plain(each["words"]), cell)


def explained(row):
    """What the page says of a row, in one line."""
    changes = row.changes if row.outcome == "changed" else []
    said = "；".join(f"{label}：{old or '（空）'} → {new}" for label, old, new in changes)
    return said.rstrip("。") + ("。" if said else "") + row.sentence
