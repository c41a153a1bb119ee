"""Odd blank forms of a superior, invented: each as the bytes of a workbook."""
import io

import openpyxl
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table
from PIL import Image as Picture

THIN = Border(*[Side(style="thin")] * 4)
BOLD = Font(name="宋体", bold=True, size=12)


def rule(page, first, last, columns):
    for row in page.iter_rows(min_row=first, max_row=last, max_col=columns):
        for cell in row:
            cell.border = THIN


def head(page, row, words):
    for column, word in enumerate(words, 1):
        if word:
            page.cell(row, column, word).font = BOLD


def shown(page, letter, first, last, code):
    for row in range(first, last + 1):
        page[f"{letter}{row}"].number_format = code


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain():
    """A title, the unit's place, five lines, a total below, signatures."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "月报表"
    page["A1"] = "示例区重点项目进展月报表"
    page.merge_cells("A1:G1")
    page["A2"] = "填报单位（盖章）：                统计截止日：    年  月  日"
    head(page, 3, ["序号", "项目名称", "责任单位", "总投资（万元）", "完成比例", "本月进展", "备注"])
    page["A9"] = "合计"
    page.merge_cells("A9:C9")
    page["D9"] = "=SUM(D4:D8)"
    rule(page, 3, 9, 7)
    shown(page, "E", 4, 8, "0%")
    shown(page, "D", 4, 9, "#,##0.00")
    page["A10"] = "填表人：          审核人：          联系电话："
    for letter, width in zip("ABCDEFG", (6, 30, 18, 14, 10, 40, 12), strict=True):
        page.column_dimensions[letter].width = width
    page.row_dimensions[1].height = 36
    page.print_area = "A1:G10"
    page.print_title_rows = "3:3"
    page.page_setup.orientation = "landscape"
    return saved(book)


def two_storeys():
    """A head of two storeys, the total above the lines, months as days, money in 元."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "附件 2"
    page["A2"] = "示例民生实事推进情况表"
    page.merge_cells("A2:H2")
    head(page, 3, ["序号", "项目", "", "投资（元）", "", "进度", "", "计划完成时间"])
    head(page, 4, ["", "名称", "牵头单位", "总投资", "已完成投资", "完成%", "本月进展", ""])
    for area in ("A3:A4", "B3:C3", "D3:E3", "F3:G3", "H3:H4"):
        page.merge_cells(area)
    page["A5"], page["D5"], page["E5"] = "总计", "=SUM(D6:D15)", "=SUM(E6:E15)"
    rule(page, 3, 15, 8)
    shown(page, "H", 6, 15, 'yyyy"年"m"月"')
    for row in range(6, 16):
        page[f"A{row}"] = row - 5
    page["A16"] = "注：本表每月 25 日前报。"
    page.merge_cells("A16:H16")
    return saved(book)


def three_storeys():
    """Three storeys, a row of 甲 乙 丙, notes under the head, an example, a hidden column, days as the example has."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "示例表"
    page["I1"] = "单位：万元"
    head(page, 2, ["序号", "基本情况", "", "", "推进情况", "", "", "", "内部码"])
    head(page, 3, ["", "名称", "时间", "", "状态", "进展", "", "存在问题", ""])
    head(page, 4, ["", "", "计划开始", "计划完成", "", "总投资", "进展情况", "", ""])
    for area in ("A2:A4", "B2:D2", "C3:D3", "E2:H2", "B3:B4", "E3:E4", "F3:G3", "H3:H4", "I2:I4"):
        page.merge_cells(area)
    head(page, 5, ["甲", "乙", "1", "2", "3", "4", "5", "6", "7"])
    page["A6"] = "填表说明：一行一个项目，时间写到月。"
    page.merge_cells("A6:I6")
    for column, word in enumerate(["例", "示例路灯改造", "2026.3", "2026.10", "推进中", 50, "示例：完成一半", "无"], 1):
        page.cell(7, column, word)
    rule(page, 2, 10, 9)
    page["A11"], page["F11"] = "合  计", "=SUM(F8:F10)"
    rule(page, 11, 11, 9)
    page.column_dimensions["I"].hidden = True
    return saved(book)


def formulas_in_lines():
    """Lines with a formula of their own, numbers that count on, a total as a sum of cells, a share of totals."""
    book = openpyxl.Workbook()
    page = book.active
    head(page, 1, ["序号", "项目名称", "预算（万元）", "完成数量", "每万元数量", "占比"])
    for row in (2, 3, 4):
        page[f"A{row}"] = 1 if row == 2 else f"=A{row - 1}+1"
        page[f"E{row}"] = f"=D{row}/C{row}"
        page[f"F{row}"] = f"=C{row}/C$5"
    page["A5"], page["C5"], page["D5"], page["E5"] = "合计", "=C2+C3+C4", "=SUM(D2:D4)", "=D5/C5"
    page["B6"] = '="共 "&COUNTA(B2:B4)&" 项（B2:B4）"'
    rule(page, 1, 6, 6)
    return saved(book)


def among_sheets():
    """The second of four sheets; another sums it up, one names the words of a drop-down, one is hidden."""
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active["A1"] = "请填“明细 表”，不要改动其他表。"
    page = book.create_sheet("明细 表")
    head(page, 1, ["序号", "事项名称", "办理状态", "投资额（亿元）", "填报单位"])
    rule(page, 1, 21, 5)
    total = book.create_sheet("汇总")
    total["A1"], total["B1"] = "投资合计（亿元）", "=SUM('明细 表'!D2:D21)"
    total["A2"], total["B2"] = "项数", "=COUNTA('明细 表'!B2:B21)"
    words = book.create_sheet("字典")
    for row, word in enumerate(["未开工", "在建", "已完工"], 1):
        words.cell(row, 1, word)
    words.sheet_state = "hidden"
    book.defined_names["状态"] = DefinedName("状态", attr_text="字典!$A$1:$A$3")
    chosen = DataValidation(type="list", formula1="=状态", allow_blank=True)
    chosen.add("C2:C21")
    page.add_data_validation(chosen)
    return saved(book)


def protected():
    """A protected sheet with drop-downs, a limited number, a conditional format."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"], page["B1"] = "填报单位", ""
    head(page, 2, ["项目名称", "所属社区", "当前状态", "完成百分比", "存在问题"])
    page["A6"], page["D6"] = "平均", "=AVERAGE(D3:D5)"
    rule(page, 1, 6, 5)
    status = DataValidation(type="list", formula1='"筹备,推进中,完成"', allow_blank=True, prompt="第一行\n第二行")
    share = DataValidation(type="decimal", operator="between", formula1="0", formula2="1")
    for each, area in ((status, "C3:C5"), (share, "D3:D5")):
        each.add(area)
        page.add_data_validation(each)
    page.conditional_formatting.add("A3:E5", FormulaRule(
        formula=["$D3<0.5"], fill=PatternFill("solid", bgColor="FFFFC7CE")))
    page.protection.sheet = True
    page.protection.password = "example"  # noqa: S105
    return saved(book)


def sections():
    """Sections by unit, each with its own subtotal, and a total of them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "分单位"
    head(page, 1, ["序号", "项目名称", "预算（万元）", "最新进展"])
    page["A2"] = "一、示例建设办"
    page.merge_cells("A2:D2")
    page["B5"], page["C5"] = "小计", "=SUM(C3:C4)"
    page["A6"] = "二、示例社区"
    page.merge_cells("A6:D6")
    page["B9"], page["C9"] = "小计", "=SUM(C7:C8)"
    page["B10"], page["C10"] = "总计", "=C5+C9"
    rule(page, 1, 10, 4)
    return saved(book)


def named():
    """The superior wrote the projects; print set-up with breaks."""
    book = openpyxl.Workbook()
    page = book.active
    head(page, 1, ["序号", "项目名称", "进展情况", "完成率", "下一步工作"])
    for row, name in enumerate(["示例公园（一期）", "示例学校", "示例不在本街道的桥"], 2):
        page[f"A{row}"], page[f"B{row}"] = row - 1, name
        page[f"C{row}"].alignment = Alignment(wrap_text=True)
    rule(page, 1, 4, 5)
    page["A5"] = "注：项目名称不得改动。"
    page.row_breaks.append(Break(id=4))
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = "第 &P 页"
    return saved(book)


def one_line():
    """One ruled line, a picture, a comment and a link below; merged cells within the line."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "示例表"
    head(page, 2, ["序号", "工程名称", "", "总投资(亿元)", "竣工时间"])
    page.merge_cells("B2:C2")
    page.merge_cells("B3:C3")
    page["A4"], page["D4"] = "合计", "=SUM(D3)"
    rule(page, 2, 4, 5)
    page["E3"].number_format = "yyyy-mm-dd"
    page["A6"] = "示例链接"
    page["A6"].hyperlink = "https://example.org/"
    page["D4"].comment = Comment("示例批注", "示例")
    picture = io.BytesIO()
    Picture.new("RGB", (20, 20), "red").save(picture, "PNG")
    page.add_image(Image(picture), "B8")
    return saved(book)


def table():
    """A table of Excel's own kind with one empty row, frozen head, filter."""
    book = openpyxl.Workbook()
    page = book.active
    head(page, 1, ["序号", "项目名称", "责任领导", "联系电话", "截止日期"])
    page.add_table(Table(displayName="表1", ref="A1:E3"))
    rule(page, 1, 3, 5)
    page["A5"] = "填报日期："
    page.freeze_panes = "A2"
    return saved(book)


def by_the_template(words):
    """A form of one row of words, for what is refused."""
    book = openpyxl.Workbook()
    for row, line in enumerate(words, 1):
        for column, word in enumerate(line, 1):
            book.active.cell(row, column, word)
            book.active.column_dimensions[get_column_letter(column)].width = 12
    return saved(book)


FORMS = {make.__name__: make for make in (plain, two_storeys, three_storeys, formulas_in_lines, among_sheets, protected,
                                          sections, named, one_line, table)}
