"""The columns of the downloads, and the quarterly summary as a workbook, CSV and JSON."""
import io
import json
from math import ceil

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from guicheng import words
from guicheng.exports import Column, csv_lines, plain
from projects import summary
from projects.models import Project, Status

OFFICE = Coalesce(NullIf("phone", Value("")), "lead_department__phone")  # as Project.office
PROJECT_COLUMNS = [
    Column("编号", "code", width=16),
    Column("清单", "project_list__title", width=28),
    Column("序号", "number", width=6),
    Column("类型", "category__name", width=18),
    Column("项目", "name", width=40),
    Column("属于", "parent__name", width=20),
    Column("是否写明在清单上", "membership", lambda value: Project.Membership(value).label if value else "", 18),
    Column("社区", "community__name"),
    Column("牵头单位", "lead_department__name", width=22),
    Column("办公电话", OFFICE, width=16),
    Column("状态", "status", Status.label_of, 18),
    Column("完成百分比", "percent"),
    Column("最近进展日", "latest_update__effective_on"),
    Column("最近进展", "latest_update__text", width=50),
    Column("计划开始", "planned_start"),
    Column("计划完成", "planned_end"),
    Column("预算（万元）", "budget"),
    Column("来源", "source__title", width=30),
    Column("示例", "is_sample", lambda value: "示例" if value else ""),
]
STAFF_COLUMNS = [*PROJECT_COLUMNS, Column("公开", "is_published", lambda value: "公开" if value else "没有公开")]


def project_rows(projects, columns=PROJECT_COLUMNS):
    """What the columns read of these projects, in a stable order: one query, no model instances."""
    order = [F("project_list__order").asc(nulls_last=True), "code"]
    return projects.order_by(*order).values_list(*[column.source for column in columns])


PROMISE_COLUMNS = [
    ("项目编号", lambda row: row.promise.project.code),
    ("项目", lambda row: row.promise.project.name),
    ("承诺", lambda row: row.promise.text),
    ("承诺日", lambda row: row.promise.promised_on),
    ("到期日", lambda row: row.promise.due_on),
    ("判定", lambda row: row.verdict.label),
    ("依据日期", lambda row: row.proof.effective_on if row.proof else None),
    ("依据", lambda row: row.proof.text if row.proof else ""),
    ("依据的来源", lambda row: row.proof.source.title if row.proof else ""),
]

LIST_COLUMNS = [
    ("清单", lambda row: row.project_list.title),
    ("公布总数", lambda row: row.declared.value),
    ("公布完成数", lambda row: row.declared_done.value),
    ("本站有资料", lambda row: row.recorded.value),
    ("已完成合计", lambda row: row.done.value),
    ("长期开展", lambda row: row.standing.value),
    ("暂无进展信息", lambda row: row.unknown.value),
    ("暂缺资料", lambda row: row.missing.value),
]
STATUS_COLUMNS = [
    (label, lambda row, key=key: row.by_status[key]) for key, label in Status.choices
]
CHANGE_COLUMNS = [
    ("编号", lambda row: row.project.code),
    ("项目", lambda row: row.project.name),
    ("上季度末", lambda row: row.before_label),
    ("本季度末", lambda row: row.after_label),
]


def _flat_rows(quarter):
    """The summary as (part, list, item, key, figure) rows: what the CSV holds."""
    for each in quarter.lists:
        title, slug = each.project_list.title, each.project_list.slug
        for key, get in [
            ("declared", each.declared), ("declared_done", each.declared_done), ("recorded", each.recorded),
            ("done", each.done), ("standing", each.standing), ("unknown", each.unknown), ("missing", each.missing),
        ]:
            yield "清单", slug, title, get.definition.label, key, get.value
        for key in Status.possible():
            yield "按状态", slug, title, Status.label_of(key), key or "unknown", each.by_status[key]
        for part, groups in (("按类型", each.by_category), ("按社区", each.by_community)):
            for group in groups:
                yield part, slug, title, group.label, "recorded", group.recorded
                yield f"{part}已完成", slug, title, group.label, "done", group.done
    for row in quarter.changes:
        yield "变动", row.project.code, row.project.name, f"{row.before_label} → {row.after_label}", "changed", 1
    for row in quarter.promises:
        yield "承诺", row.promise.project.code, row.promise.project.name, row.verdict.label, row.verdict.value, 1


FLAT_COLUMNS = [
    (title, lambda row, index=index: row[index])
    for index, title in enumerate(["部分", "编号", "名称", "项", "键", "数"])
]


def quarter_csv(quarter):
    columns = [("季度", lambda row: str(quarter.quarter)), ("截至", lambda row: quarter.as_of), *FLAT_COLUMNS]
    return "".join(csv_lines(columns, _flat_rows(quarter))).encode(), "text/csv; charset=utf-8"


def quarter_json(quarter):
    text = json.dumps(quarter.as_dict(), ensure_ascii=False, indent=1)
    return text.encode(), "application/json; charset=utf-8"


def _lines(values, widths):
    """How many lines a row needs: a Chinese character is two units of a column's width."""
    needs = [sum(2 if ord(sign) > 255 else 1 for sign in value) / (width - 1)
             for value, width in zip(values, widths, strict=False) if isinstance(value, str)]
    return max(1, *map(ceil, needs)) if needs else 1


class _Sheet:
    """A worksheet with a title, an as-of line, a frozen header, and rows of (title, getter) columns."""

    def __init__(self, book, formats, name, title, note):
        self.sheet, self.formats, self.row = book.add_worksheet(name), formats, 0
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        self.write_line(title, "title")
        self.write_line(note, "note")
        self.row += 1

    def write_line(self, text, style="text"):
        self.sheet.write_string(self.row, 0, plain(text), self.formats[style])
        self.row += 1

    def write_table(self, columns, rows, widths=(), freeze=True):
        """Write header and rows; give the first and last row index of the data."""
        for index, (title, _) in enumerate(columns):
            self.sheet.write_string(self.row, index, title, self.formats["head"])
            width = widths[index] if index < len(widths) else 12
            self.sheet.set_column(index, index, width)
        self.sheet.set_row(self.row, 34)
        if freeze:
            self.sheet.freeze_panes(self.row + 1, 1)
            self.sheet.repeat_rows(self.row)
        first = self.row + 1
        for row in rows:
            self.row += 1
            values = [plain(get(row)) for _, get in columns]
            for index, value in enumerate(values):
                self._write_cell(index, value)
            self.sheet.set_row(self.row, 18 * _lines(values, widths))
        self.row += 1
        return first, self.row - 1

    def _write_cell(self, column, value):
        if value == "":
            self.sheet.write_blank(self.row, column, None, self.formats["cell"])
        elif isinstance(value, str):
            self.sheet.write_string(self.row, column, value, self.formats["cell"])
        elif hasattr(value, "year"):
            self.sheet.write_datetime(self.row, column, value, self.formats["day"])
        else:
            self.sheet.write_number(self.row, column, value, self.formats["number"])


def _formats(book):
    font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    cell = {**font, "border": 1, "border_color": "#E3E1DC", "text_wrap": True}
    return {name: book.add_format(each) for name, each in {
        "title": {**font, "font_name": "黑体", "font_size": 18},
        "note": {**font, "font_color": "#50555D"},
        "heading": {**font, "bold": True, "font_size": 12},
        "text": {**font},
        "head": {**cell, "bold": True, "bg_color": "#FBEEEC", "align": "center"},
        "cell": cell,
        "number": {**cell, "align": "right"},
        "day": {**cell, "num_format": "yyyy-mm-dd", "align": "center"},
    }.items()}


def _overview_chart(book, sheet, rows, first, last):
    """Declared, recorded and done, per list."""
    chart = book.add_chart({"type": "bar"})
    colours = {1: "#C9C5BC", 3: "#D9A441", 4: "#1F7A4D"}
    for column, colour in colours.items():
        chart.add_series({
            "name": [sheet.name, first - 1, column], "categories": [sheet.name, first, 0, last, 0],
            "values": [sheet.name, first, column, last, column], "fill": {"color": colour},
        })
    chart.set_title({"name": "各清单公布与完成情况", "name_font": {"size": 13}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#E3E1DC"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 60 + 70 * max(1, rows)})
    return chart


def quarter_xlsx(quarter):
    """The workbook an official forwards: overview with chart, categories, communities, changes, promises."""
    import xlsxwriter  # imported here: django.setup() stays small

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"桂城办实事{quarter.quarter.title}汇总", "company": "桂城街道"})
    formats = _formats(book)
    note = f"截至 {words.day(quarter.as_of)}。空格表示没有公布或没有资料，不是 0。"
    _overview_sheet(book, formats, quarter, note)
    states = _Sheet(book, formats, "按状态", "在清单上的项目，到这一天的状态", note)
    states.write_table([LIST_COLUMNS[0], ("暂无进展信息", lambda row: row.by_status[""]), *STATUS_COLUMNS],
                       quarter.lists, [30, *[12] * 9])
    _group_sheet(book, formats, quarter, note, "按类型", "by_category")
    _group_sheet(book, formats, quarter, note, "按社区", "by_community")
    changes = _Sheet(book, formats, "变动", f"比 {quarter.quarter.previous.title}末有变动的项目", note)
    changes.write_table(CHANGE_COLUMNS, quarter.changes, [14, 46, 22, 22])
    if not quarter.changes:
        changes.write_line("本季度没有项目的状态变动。")
    promises = _Sheet(book, formats, "承诺", f"{quarter.quarter.year} 年到期的承诺", note)
    promises.write_table(PROMISE_COLUMNS, quarter.promises, [14, 40, 24, 12, 12, 14, 12, 50, 40])
    if not quarter.promises:
        promises.write_line("本年没有到期的承诺。")
    definitions = _Sheet(book, formats, "口径", "这些数怎么算", note)
    definitions.write_table(
        [("数", lambda row: row.label), ("怎么算", lambda row: row.sentence)], summary.DEFINITIONS, [16, 110])
    book.close()
    return buffer.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _overview_sheet(book, formats, quarter, note):
    sheet = _Sheet(book, formats, "总览", f"桂城办实事 {quarter.quarter.title}汇总", note)
    first, last = sheet.write_table(LIST_COLUMNS, quarter.lists, [30, *[13] * 7])
    sheet.row += 1
    sheet.sheet.insert_chart(sheet.row, 0, _overview_chart(book, sheet.sheet, len(quarter.lists), first, last),
                             {"description": "各清单公布总数、本站有资料、已完成的条形图，数字见上表。"})


def _group_sheet(book, formats, quarter, note, name, attribute):
    rows = [(each, group) for each in quarter.lists for group in getattr(each, attribute)]
    sheet = _Sheet(book, formats, name, f"{quarter.quarter.title}{name}", note)
    sheet.write_table([
        ("清单", lambda row: row[0].project_list.title), (name[1:], lambda row: row[1].label),
        ("本站有资料", lambda row: row[1].recorded), ("已完成", lambda row: row[1].done),
        ("暂无进展信息", lambda row: row[1].unknown),
    ], rows, [30, 30, 14, 14, 14])


QUARTER_WRITERS = {"xlsx": quarter_xlsx, "csv": quarter_csv, "json": quarter_json}
