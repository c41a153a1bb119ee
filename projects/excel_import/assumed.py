"""What was assumed where a file does not say it itself: sheets, header, units, percentages, what is hidden.

Each assumption can be said otherwise at the head of the preview: `projects/excel_import/otherwise.py` does it.
"""
from dataclasses import dataclass, replace

from guicheng.excel_import.amounts import TO_TEN_THOUSAND
from guicheng.excel_import.columns import letter_of
from guicheng.excel_import.percents import OF_HUNDRED, OF_ONE
from guicheng.excel_import.values import is_number, says_nothing

UNITS = [unit for unit in TO_TEN_THOUSAND if unit.endswith("元")]
SCALES = {OF_ONE: "0.7 就是 70%", OF_HUNDRED: "70 就是 70%"}


@dataclass(frozen=True)
class Assumption:
    """`what` it is about in a word, `sentence`; `key`: how it is said otherwise (see otherwise.py), "" not at all;
    `value`: what holds now, where one of several is chosen; `sheets`: of which it speaks, none of the file itself."""

    what: str
    sentence: str
    key: str = ""
    value: str = ""
    sheets: tuple = ()


def assumed_of_sheets(batch):
    """Which sheets were read and which were not, where there are several; and what was taken from habit."""
    sheets = batch.read_sheets
    wanted = [each.name for each in sheets if each.is_read and each.names_projects]
    if not wanted:
        names = "”“".join(each.name for each in sheets)
        yield Assumption("表", f"“{names}”里没有认出表头：要有一列叫“项目名称”（或“事项名称”“任务名称”），"
                             "下面一行是一个项目", "sheets")
    elif len(sheets) > 1:
        left = [f"“{each.name}”（{_why_not(each)}）" for each in sheets if each.name not in wanted]
        read = f"读了工作表“{'”“'.join(wanted)}”"
        yield Assumption("表", f"{read}；没有读：{'、'.join(left)}" if left else read, "sheets")
    remembered = dict.fromkeys(_flat(heading) for each in sheets if each.is_read for heading in each.remembered)
    if remembered:
        yield Assumption("记住", f"照你以前选过的读：“{'”“'.join(remembered)}”", "forget")


def _why_not(each):
    return "隐藏的" if each.is_hidden else "没有选" if each.has_header or each.names_projects else "没有认出表头"


def assumed(roster):
    """What was assumed of one sheet, as far as a person might have meant it otherwise."""
    for each in (_header, _list, _money, _percent, _community, _hidden, _left_out):
        if found := each(roster):
            yield Assumption(*found)


def merged(of_sheets):
    """Assumptions as they are told: what several sheets have in common once. `of_sheets`: [(name, assumptions)]."""
    found = {}
    for name, assumptions in of_sheets:
        for each in assumptions:
            found.setdefault(each, []).append(name)
    return [replace(each, sheets=tuple(names)) for each, names in found.items()]


def _named(table, key):
    index = table.places[key]
    return f"{letter_of(index)} 列“{_flat(table.headings[index])}”"


def _flat(heading):
    return "".join(heading.split())


def _header(roster):
    sheet = roster.read_sheet
    last = sheet.header_row + sheet.header_rows - 1
    return "标题", f"表头在第 {sheet.header_row}{f'、{last}' if sheet.header_rows > 1 else ''} 行", "header"


def _list(roster):
    title = roster.finder.lists.names.get(roster.project_list, "")
    return ("清单", f"清单：{title}", "columns") if title else None


def _money(roster):
    table = roster.table
    if "budget" not in table.places:
        return None
    if roster.unit:
        return "钱", f"{_named(table, 'budget')}按{roster.unit}读", "unit", roster.read_sheet.unit
    plain = any(is_number(value) and not look for value, look in table.cells("budget"))
    return ("钱", f"{_named(table, 'budget')}没有写单位，没有写的按万元读", "unit") if plain else None


def _percent(roster):
    table = roster.table
    if "percent" not in table.places:
        return None
    cells = [(value, look) for value, look in table.cells("percent") if not says_nothing(value)]
    if cells and all(look == "percent" for _, look in cells):
        return "百分比", f"{_named(table, 'percent')}按每格的格式读：0.7 显示为 70%，就是 70%"
    if not roster.scale:
        plain = any(is_number(value) and look != "percent" for value, look in cells)
        said = "没有百分号的 1，看不出是 1% 还是 100%"
        return ("百分比", f"{_named(table, 'percent')}{said}", "scale") if plain else None
    shown = SCALES[OF_ONE if roster.scale == OF_ONE else OF_HUNDRED]
    return "百分比", f"{_named(table, 'percent')}没有百分号的数，{shown}", "scale", roster.read_sheet.scale


def _community(roster):
    if roster.community and "community" not in roster.table.places:
        return "社区", "社区取自工作表的名字" + ("" if roster.table.called else f"“{roster.table.sheet.name}”")
    return None


def _hidden(roster):
    table = roster.table
    hidden = [f"{letter_of(index)} 列“{_flat(table.headings[index])}”" for index in table.sheet.hidden_columns
              if index < len(table.headings) and table.headings[index]]
    return ("隐藏的列", f"隐藏的列照样读了：{'、'.join(hidden)}", "columns") if hidden else None


def _left_out(roster):
    table, mapped = roster.table, {index for index, _ in roster.table.columns}
    left = [f"{letter_of(index)} 列“{_flat(heading)}”" for index, heading in enumerate(table.headings)
            if heading and index not in mapped]
    return ("不认的列", f"没有导入的列：{'、'.join(left)}", "columns") if left else None
