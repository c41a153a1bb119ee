"""Ten odd forms, filled: right totals, nothing else changed, what is unknown yellow and told."""
import io
import re
import shutil
import zipfile
from datetime import datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from projects.superior_form.filling import fill
from tests.superior_forms import forms
from tests.superior_forms.filled import NAMES, filled, form_of, is_yellow, opened, recalculated, rows

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
SUM = sum(12.5 * index for index in range(1, 9) if index != 3)  # in 万元, of the eight rows
TOTALS = {  # form: (sheet, cell, what it gives)
    "plain": [("月报表", "D12", SUM)],
    "two_storeys": [("Sheet", "D5", SUM * 10_000)],
    "three_storeys": [("Sheet", "F16", SUM)],
    "formulas_in_lines": [("Sheet", "C10", SUM), ("Sheet", "D10", 36), ("Sheet", "E10", 36 / SUM), ("Sheet", "A9", 8),
                          ("Sheet", "E9", 8 / 100), ("Sheet", "F9", 100 / SUM), ("Sheet", "B11", "共 8 项（B2:B4）")],
    "among_sheets": [("汇总", "B1", SUM / 10_000), ("汇总", "B2", 8)],
    "protected": [("Sheet", "D11", 0.7)],
    "sections": [("分单位", "C5", 37.5), ("分单位", "C13", SUM - 37.5), ("分单位", "C14", SUM)],
    "named": [],
    "one_line": [("Sheet", "D11", SUM / 10_000)],
    "table": [],
}


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """{name: (form, Filling)} of all ten, with eight rows."""
    folder = tmp_path_factory.mktemp("forms")
    return {name: filled(make(), folder, name=name) for name, make in forms.FORMS.items()}


@pytest.fixture(scope="module")
def by_office(every, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    for name, (_, filling) in every.items():
        (folder / f"{name}.xlsx").write_bytes(filling.content)
    return recalculated(folder, folder / "office")


@needs_office
@pytest.mark.parametrize("name", forms.FORMS)
def test_libreoffice_counts_the_right_totals(by_office, name):
    for sheet, cell, value in TOTALS[name]:
        found = by_office[name][sheet][cell].value
        assert found == (value if isinstance(value, str) else pytest.approx(value)), (name, cell)


@needs_office
def test_totals_that_did_not_widen_would_be_seen(tmp_path):
    """Control: with the formula as it stood in the form LibreOffice counts another sum."""
    _, filling = filled(forms.plain(), tmp_path)
    book = opened(filling)
    assert book["月报表"]["D12"].value == "=SUM(D4:D11)"
    book["月报表"]["D12"] = "=SUM(D4:D8)"  # as it stood in the form
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "left.xlsx")
    assert recalculated(tmp_path / "in", tmp_path / "out")["left"]["月报表"]["D12"].value != pytest.approx(SUM)


@pytest.mark.parametrize("name", forms.FORMS)
def test_calamine_reads_what_was_filled(every, name):
    form, filling = every[name]
    book = CalamineWorkbook.from_filelike(io.BytesIO(filling.content))
    words = {cell for row in book.get_sheet_by_name(form.sheet).to_python() for cell in row}
    assert set(NAMES[:2] if name == "named" else NAMES) <= words
    assert book.sheet_names[-1] == "填报情况"


@pytest.mark.parametrize("name", forms.FORMS)
def test_what_stands_around_the_table_stays(every, name):
    """Every part of the package, every width, and every cell of the head, as they were."""
    form, filling = every[name]
    with zipfile.ZipFile(form.path) as before, zipfile.ZipFile(io.BytesIO(filling.content)) as after:
        assert set(before.namelist()) - {"xl/calcChain.xml"} <= set(after.namelist())
        assert after.testzip() is None
    old, new = openpyxl.load_workbook(form.path), opened(filling)
    assert new.sheetnames[:-1] == old.sheetnames
    assert [page.sheet_state for page in old] == [page.sheet_state for page in new][:-1]
    was, now = old[form.sheet], new[form.sheet]
    for row in was.iter_rows(max_row=form.header_row + form.header_rows - 1):
        for cell in row:
            if [cell.row, cell.column] not in [each[:2] for each in form.layout["places"]]:
                assert now[cell.coordinate].value == cell.value
                assert repr(now[cell.coordinate].font) == repr(cell.font)
    assert {key: each.width for key, each in was.column_dimensions.items()} == {
        key: each.width for key, each in now.column_dimensions.items()}
    assert {key: each.hidden for key, each in was.column_dimensions.items()} == {
        key: each.hidden for key, each in now.column_dimensions.items()}
    assert was.page_setup.orientation == now.page_setup.orientation
    assert was.protection.sheet == now.protection.sheet
    assert was.protection.hashValue == now.protection.hashValue and was.protection.password == now.protection.password


def test_a_plain_form(every):
    form, filling = every["plain"]
    book = opened(filling)
    page, note = book["月报表"], [list(filter(None, row)) for row in book["填报情况"].values]
    assert page["A2"].value == "填报单位（盖章）：示例建设办　统计截止日：2026年11月30日"
    assert [page.cell(4, column).value for column in range(1, 8)] == [
        1, "示例公园（一期）", "示例建设办", 12.5, 0.7, "=1+1 完成<主体>&“甲”", None]
    assert page["F4"].data_type == "s"  # words, no formula
    assert page["E11"].number_format == "0%" and page["D11"].number_format == "#,##0.00"  # a line that was added
    assert page["B11"].border.left.style == "thin"
    assert page.print_area == "'月报表'!$A$1:$G$13" and page.print_title_rows == "$3:$3"
    assert page.row_dimensions[1].height == 36
    assert {str(area) for area in page.merged_cells.ranges} == {"A1:G1", "A12:C12"}
    assert page["A13"].value.startswith("填表人：")
    yellow = {cell.coordinate for row in page.iter_rows() for cell in row if is_yellow(cell)}
    assert yellow == {"F5", "D6", "E7"}
    assert filling.empty == 3 and ["填了 8 行，3 格没有填，标成黄色。下面列出 3 处和原因。"] in note
    assert ["F5", "示例学校", "本月进展", "本期还没有报"] in note


def test_fewer_rows_than_lines_leave_them_blank(tmp_path):
    _, filling = filled(forms.plain(), tmp_path, number=2)
    page = opened(filling)["月报表"]
    assert [page.cell(row, 2).value for row in range(4, 9)] == [*NAMES[:2], None, None, None]
    assert page["D9"].value == "=SUM(D4:D8)" and page["A9"].value == "合计"
    assert not is_yellow(page["B6"])


def test_no_rows_leave_the_form_as_it_is(tmp_path):
    form, filling = filled(forms.sections(), tmp_path, number=0)
    page = opened(filling)["分单位"]
    assert list(page.values) == list(openpyxl.load_workbook(form.path)["分单位"].values)
    assert filling.rows == filling.empty == 0


def test_money_and_days_in_the_manner_of_the_form(every):
    page = opened(every["two_storeys"][1])["Sheet"]
    assert page["D6"].value == 125_000 and page["F6"].value == 70  # 元; the heading has %
    assert page["H6"].value == datetime(2026, 12, 31) and page["H6"].number_format == 'yyyy"年"m"月"'
    assert is_yellow(page["E6"]) and page["E6"].value is None  # 已完成投资 is not ours
    page = opened(every["three_storeys"][1])["Sheet"]
    assert (page["C8"].value, page["D8"].value) == ("2026.1", "2026.12")  # as the example writes them
    assert page["A7"].value == "例" and page["B7"].value == "示例路灯改造"
    page = opened(every["one_line"][1])["Sheet"]
    assert page["E10"].value == datetime(2026, 12, 31)
    assert page["D3"].value == pytest.approx(0.00125)  # 亿元
    assert opened(every["named"][1])["Sheet"]["D2"].value == "70%"  # neither a format nor the heading says it


def test_a_column_that_nothing_fills_is_told_once(every):
    _, filling = every["two_storeys"]
    lines = [row[0] for row in opened(filling)["填报情况"].values if row[0]]
    assert "整栏没有填的：投资（元）／已完成投资。本站没有这些内容。" in lines
    assert not any(heading == "投资（元）／已完成投资" for _, _, heading, _ in filling.misfits)
    assert filling.empty == 8 + 3


def test_drop_downs_and_limits(every):
    page = opened(every["protected"][1])["Sheet"]
    assert [page.cell(row, 3).value for row in (3, 4)] == ["推进中", "完成"]  # its own word for 已完成
    assert page["D3"].value == 0.7  # it takes a fraction
    assert {str(each.sqref) for each in page.data_validations.dataValidation} == {"C3:C10", "D3:D10"}
    assert page.data_validations.dataValidation[0].prompt == "第一行\n第二行"
    assert [str(each.sqref) for each in page.conditional_formatting] == ["A3:E10"]
    page = opened(every["among_sheets"][1])["明细 表"]
    assert [page.cell(row, 3).value for row in (2, 3)] == ["在建", "已完工"]  # from a hidden sheet, by a name


def test_a_value_that_the_drop_down_does_not_have_is_yellow(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.protected()))
    book.active.data_validations.dataValidation[0].formula1 = '"甲,完成"'
    _, filling = filled(forms.saved(book), tmp_path)
    page = opened(filling)["Sheet"]
    assert page["C3"].value is None and is_yellow(page["C3"]) and page["C4"].value == "完成"
    assert ["C3", NAMES[0], "当前状态", "本站是“推进中”，下拉列表里没有"] in filling.misfits


def test_a_number_out_of_the_limits_is_yellow(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.protected()))
    book.active.data_validations.dataValidation[1].formula2 = "0.5"
    _, filling = filled(forms.saved(book), tmp_path)
    assert is_yellow(opened(filling)["Sheet"]["D3"])
    assert ["D3", NAMES[0], "完成百分比", "“70”不在这一格限定的范围里"] in filling.misfits


def test_a_drop_down_that_cannot_be_read_is_said(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.protected()))
    book.active.data_validations.dataValidation[0].formula1 = "INDIRECT($A$1)"
    _, filling = filled(forms.saved(book), tmp_path)
    page = opened(filling)["Sheet"]
    assert page["C3"].value == "推进中" and is_yellow(page["C3"])


def test_sections_take_their_own_rows(every):
    page = opened(every["sections"][1])["分单位"]
    assert [page.cell(row, 2).value for row in range(3, 15)] == [
        *NAMES[:2], "小计", None, *NAMES[2:], "小计", "总计"]
    assert [page.cell(row, 1).value for row in (3, 4, 7, 12)] == [1, 2, 3, 8]  # counted on
    assert page["A6"].value == "二、示例社区"


def test_a_row_without_its_section_is_told(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.sections()))
    book.active["A6"] = "二、别的社区"
    _, filling = filled(forms.saved(book), tmp_path)
    assert filling.rows == 8  # by their department, in the first section
    book.active["A2"] = "一、别的办"
    _, filling = filled(forms.saved(book), tmp_path)
    assert filling.rows == 0 and len(filling.left_out) == 8
    words = [row[0] for row in opened(filling)["填报情况"].values]
    assert words[-8:] == NAMES


def test_where_the_superior_wrote_the_projects(every):
    form, filling = every["named"]
    page = opened(filling)["Sheet"]
    assert page["C2"].value.startswith("=1+1") and page["E2"].value == "收尾"
    assert is_yellow(page["C4"]) and page["B4"].value == "示例不在本街道的桥"
    assert [str(row) for row, _ in filling.left_out] == NAMES[2:]
    assert page["A5"].value == "注：项目名称不得改动。"
    assert [each.id for each in page.row_breaks.brk] == [4]
    assert page.oddFooter.center.text == "第 &P 页"


def test_a_picture_a_comment_and_a_link_move_along(every):
    page = opened(every["one_line"][1])["Sheet"]
    assert page._images[0].anchor._from.row == 14  # it stood in row 8, seven lines were added
    assert page["D11"].comment.text == "示例批注"
    assert page["A13"].hyperlink.ref == "A13" and page["A13"].value == "示例链接"
    assert {"B3:C3", "B10:C10"} <= {str(area) for area in page.merged_cells.ranges}


def test_a_table_grows(every):
    page = opened(every["table"][1])["Sheet"]
    assert page.tables["表1"].ref == "A1:E9" and page.tables["表1"].autoFilter.ref == "A1:E9"
    assert page.freeze_panes == "A2" and page["A11"].value == "填报日期：2026年11月28日"


def test_a_total_that_leaves_lines_out_is_told(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.plain()))
    book["月报表"]["D9"] = "=SUM(D4:D7)"
    _, filling = filled(forms.saved(book), tmp_path)
    assert any(cell == "D12" and "没有算上全部填了的行" in why for cell, _, _, why in filling.misfits)


def test_a_money_column_without_a_unit_is_not_guessed(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.plain()))
    book["月报表"]["D3"] = "总投资"
    form, filling = filled(forms.saved(book), tmp_path)
    page = opened(filling)["月报表"]
    assert form.units[3] == "" and page["D4"].value is None and is_yellow(page["D4"])
    assert ["D4", NAMES[0], "总投资", "表头没有写是元还是万元（本站是 12.5 万元）"] in filling.misfits
    form.units[3] = "元"  # chosen by a person
    assert opened(fill(form, rows()))["月报表"]["D4"].value == 125_000


def test_no_result_of_before_is_left(tmp_path):
    """A stored result would be believed by whoever does not count anew."""
    content = _with_results(forms.among_sheets())
    _, filling = filled(content, tmp_path)
    with zipfile.ZipFile(io.BytesIO(filling.content)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(rb"</f>\s*<v>", package.read(name)), name
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")


def _with_results(content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as changed:
        for name in package.namelist():
            part = re.sub(rb"</f><v\s*/?>(?:</v>)?", b"</f><v>99</v>", package.read(name))
            changed.writestr(name, part)
    assert b"<v>99</v>" in b"".join(zipfile.ZipFile(out).read(name) for name in zipfile.ZipFile(out).namelist())
    return out.getvalue()


def test_the_form_itself_is_not_touched(tmp_path):
    content = forms.plain()
    form, _ = filled(content, tmp_path)
    assert form.path.read_bytes() == content


def test_3000_rows_of_30_columns_are_filled_within_the_limits(tmp_path):
    book = openpyxl.Workbook()
    words = ["序号", "项目名称", "责任单位", "总投资（万元）", "完成比例", "本月进展", "责任领导", "电话", "计划完成"]
    for column in range(1, 31):
        book.active.cell(1, column, words[column - 1] if column <= 9 else f"第 {column} 项")
    forms.rule(book.active, 1, 4, 30)
    form = form_of(forms.saved(book), tmp_path)
    filling = fill(form, rows(3000))
    assert filling.rows == 3000
