"""Workbooks as other programs write them: shared formulas, prefixes, merged lines, odd words."""
import io
import re
import shutil
import zipfile

import openpyxl
import pytest

from projects.superior_form.filling import fill
from projects.superior_form.parts import escaped
from tests.superior_forms import forms
from tests.superior_forms.filled import filled, form_of, is_yellow, opened, recalculated, rows


def changed(content, change):
    """The workbook with `change(name, text)` done to each of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as after:
        for name in package.namelist():
            part = package.read(name)
            after.writestr(name, change(name, part.decode()) if name.endswith((".xml", ".rels")) else part)
    return out.getvalue()


def shared(name, text):
    """E3 and E4 say what E2 says."""
    if name != "xl/worksheets/sheet1.xml":
        return text
    text = text.replace("<f>D2/C2</f>", '<f t="shared" ref="E2:E4" si="0">D2/C2</f>')
    after = re.sub(r"<f>D[34]/C[34]</f>", '<f t="shared" si="0"/>', text)
    assert after.count("shared") == 3
    return after


def test_shared_formulas(tmp_path):
    _, filling = filled(changed(forms.formulas_in_lines(), shared), tmp_path)
    page = opened(filling)["Sheet"]
    assert [page[f"E{row}"].value for row in range(2, 11)] == [f"=D{row}/C{row}" for row in range(2, 11)]


def prefixed(name, text):
    """The same part with a prefix before each element of its main namespace."""
    if not name.startswith("xl/") or name.endswith(".rels") or "theme" in name:
        return text
    text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
    return text.replace('xmlns="http', 'xmlns:x="http')


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_with_prefixes(tmp_path):
    content = changed(forms.plain(), prefixed)
    assert b"<x:sheetData>" in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    form, filling = filled(content, tmp_path)
    assert form.columns[:2] == ["serial", "name"]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "prefixed.xlsx").write_bytes(filling.content)
    book = recalculated(tmp_path / "in", tmp_path / "out")["prefixed"]
    assert book["月报表"]["D12"].value == 412.5 and book.sheetnames == ["月报表", "填报情况"]


def test_a_column_merged_over_the_lines_holds_one_value(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.plain()))
    book["月报表"].merge_cells("C4:C8")
    form, filling = filled(forms.saved(book), tmp_path)
    page = opened(filling)["月报表"]
    assert page["C4"].value == "示例建设办" and "C4:C11" in {str(area) for area in page.merged_cells.ranges}
    assert len([why for *_, why in filling.misfits if "合并" in why]) == 7


def test_words_that_xml_cannot_hold(tmp_path):
    form = form_of(forms.plain(), tmp_path)
    found = rows(1)
    found[0].said["text"] = "甲\x0b乙\ufffe丙]]>&<\r\n丁 "
    page = opened(fill(form, found))["月报表"]
    assert page["F4"].value == "甲乙丙]]>&<\r\n丁 "
    assert escaped("甲\x00") == "甲"


def test_a_cell_without_any_style_turns_yellow(tmp_path):
    content = forms.by_the_template([["序号", "项目名称", "存在问题"], ["", "", ""]])
    _, filling = filled(content, tmp_path, number=2)
    page = opened(filling)["Sheet"]
    assert page["B2"].value == "示例公园（一期）" and is_yellow(page["C2"]) and is_yellow(page["C3"])


def test_names_and_charts_of_the_book_follow(tmp_path):
    from openpyxl.chart import BarChart, Reference
    from openpyxl.workbook.defined_name import DefinedName

    book = openpyxl.load_workbook(io.BytesIO(forms.plain()))
    page = book["月报表"]
    book.defined_names["投资"] = DefinedName("投资", attr_text="月报表!$D$4:$D$8")
    chart = BarChart()
    chart.add_data(Reference(page, min_col=4, min_row=4, max_row=8))
    page.add_chart(chart, "A20")
    _, filling = filled(forms.saved(book), tmp_path)
    assert opened(filling).defined_names["投资"].attr_text == "月报表!$D$4:$D$11"
    with zipfile.ZipFile(io.BytesIO(filling.content)) as package:
        assert "'月报表'!$D$4:$D$11" in package.read("xl/charts/chart1.xml").decode()
