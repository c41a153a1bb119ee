"""What was assumed where a file does not say it itself: sheets, header, units, percentages, what is hidden."""
from guicheng.excel_import.columns import letter_of
from guicheng.excel_import.percents import OF_ONE
from guicheng.excel_import.values import is_number, says_nothing
from projects.excel_import.fields import FIELDS


def has_name(sheet):
    """Whether a sheet has a header that names projects."""
    header = FIELDS.find_header(sheet)
    if header is None:
        return False
    columns = FIELDS.map_columns(header.headings, sheet, header.below)
    return bool({"name", "code"} & set(columns))


def is_read(sheets, chosen=""):
    """The names of the sheets that are read: the one that is chosen, else all that have a header and are shown."""
    return [sheet.name for sheet in sheets
            if (sheet.name == chosen if chosen else not sheet.is_hidden) and has_name(sheet)]


def assumed_of_sheets(sheets, wanted):
    """Which sheets were read and which were not, where there are several."""
    if len(sheets) < 2 and wanted:
        return []
    if not wanted:
        names = "”“".join(sheet.name for sheet in sheets)
        return [f"“{names}”里没有认出表头：要有一列叫“项目名称”（或“事项名称”“任务名称”），下面一行是一个项目"]
    left = [f"“{sheet.name}”（{'隐藏的' if sheet.is_hidden else '没有选' if has_name(sheet) else '没有认出表头'}）"
            for sheet in sheets if sheet.name not in wanted]
    read = f"读了工作表“{'”“'.join(wanted)}”" if wanted else "一张工作表也没有读"
    return [f"{read}；没有读：{'、'.join(left)}" if left else read]


def assumed(roster):
    """Sentences about one sheet, each of what a person might have meant otherwise."""
    return [sentence for each in (_header, _list, _money, _percent, _community, _hidden, _left_out)
            if (sentence := each(roster))]


def _named(table, key):
    index = table.places[key]
    return f"{letter_of(index)} 列“{_flat(table.headings[index])}”"


def _flat(heading):
    return "".join(heading.split())


def _header(roster):
    batch = roster.batch
    last = batch.header_row + batch.header_rows - 1
    return f"表头在第 {batch.header_row}{f'、{last}' if batch.header_rows > 1 else ''} 行"


def _list(roster):
    return f"清单：{roster.batch.project_list}" if roster.batch.project_list else ""


def _money(roster):
    table = roster.table
    if "budget" not in table.places:
        return ""
    if roster.unit:
        return f"{_named(table, 'budget')}按{roster.unit}读"
    plain = any(is_number(value) and not look for value, look in table.cells("budget"))
    return f"{_named(table, 'budget')}没有写单位，没有写的按万元读" if plain else ""


def _percent(roster):
    table = roster.table
    if "percent" not in table.places:
        return ""
    cells = [(value, look) for value, look in table.cells("percent") if not says_nothing(value)]
    if cells and all(look == "percent" for _, look in cells):
        return f"{_named(table, 'percent')}按每格的格式读：0.7 显示为 70%，就是 70%"
    shown = "0.7 就是 70%" if roster.scale == OF_ONE else "70 就是 70%"
    return f"{_named(table, 'percent')}没有百分号的数，{shown}" if roster.scale else ""


def _community(roster):
    if roster.community and "community" not in roster.table.places:
        return f"社区取自工作表的名字“{roster.table.sheet.name}”"
    return ""


def _hidden(roster):
    table = roster.table
    hidden = [f"{letter_of(index)} 列“{_flat(table.headings[index])}”" for index in table.sheet.hidden_columns
              if index < len(table.headings) and table.headings[index]]
    return f"隐藏的列照样读了：{'、'.join(hidden)}" if hidden else ""


def _left_out(roster):
    table, mapped = roster.table, {index for index, _ in roster.table.columns}
    left = [f"{letter_of(index)} 列“{_flat(heading)}”" for index, heading in enumerate(table.headings)
            if heading and index not in mapped]
    return f"没有导入的列：{'、'.join(left)}" if left else ""
