"""What is seen of a form when it is uploaded: head, meanings, lines; what is refused, in one sentence."""
import io
import zipfile

import openpyxl
import pytest
import xlwt

from guicheng.files.spreadsheets import Unreadable
from projects.superior_form.reading import NO_HEAD, NO_LINES, OLD, read
from tests.superior_forms import forms
from tests.superior_forms.filled import filled, form_of, opened

SEEN = {  # form: (header row, its rows, columns, [(first, last line)])
    "plain": (3, 1, ["serial", "name", "lead_department", "budget", "percent", "text", "leave"], [(4, 8)]),
    "two_storeys": (3, 2, ["serial", "name", "lead_department", "budget", "", "percent", "text", "planned_end"],
                    [(6, 15)]),
    "three_storeys": (2, 3, ["serial", "name", "planned_start", "planned_end", "status", "budget", "text", "problem",
                             ""], [(8, 10)]),
    "formulas_in_lines": (1, 1, ["serial", "name", "budget", "quantity", "leave", "leave"], [(2, 4)]),
    "among_sheets": (1, 1, ["serial", "name", "status", "budget", "unit"], [(2, 21)]),
    "protected": (2, 1, ["name", "community", "status", "percent", "problem"], [(3, 5)]),
    "sections": (1, 1, ["serial", "name", "budget", "text"], [(3, 4), (7, 8)]),
    "named": (1, 1, ["serial", "name", "text", "percent", "next_step"], [(2, 4)]),
    "one_line": (2, 1, ["serial", "name", "", "budget", "planned_end"], [(3, 3)]),
    "table": (1, 1, ["serial", "name", "leader", "phone", "effective_on"], [(2, 3)]),
}
UNITS = {"plain": "万元", "two_storeys": "元", "three_storeys": "万元", "among_sheets": "亿元", "one_line": "亿元"}


@pytest.mark.parametrize("name", forms.FORMS)
def test_a_form_is_seen_without_a_hand(name, tmp_path):
    form = form_of(forms.FORMS[name](), tmp_path)
    lines = [(block["first"], block["last"]) for block in form.layout["blocks"]]
    assert (form.header_row, form.header_rows, form.columns, lines) == SEEN[name]
    if name in UNITS:
        assert form.units[form.columns.index("budget")] == UNITS[name]


def test_every_form_has_its_answer():
    assert SEEN.keys() == forms.FORMS.keys() and len(forms.FORMS) == 10


def test_places_outside_the_table(tmp_path):
    form = form_of(forms.plain(), tmp_path)
    assert form.layout["places"] == [[2, 1, "填报单位（盖章）：{unit}　统计截止日：{as_of}"]]
    assert form_of(forms.protected(), tmp_path).layout["places"] == [[1, 2, "{unit}"]]
    assert form_of(forms.table(), tmp_path).layout["places"] == [[5, 1, "填报日期：{today}"]]


@pytest.mark.parametrize("words", ["填报单位：示例局", "请填报单位负责人核对", "单位：万元", "填报说明：一行一个"])
def test_what_is_no_place_stays(words, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(forms.plain()))
    book["月报表"]["A2"] = words
    form, filling = filled(forms.saved(book), tmp_path)
    assert form.layout["places"] == []
    assert opened(filling)["月报表"]["A2"].value == words


def test_what_was_seen_is_said(tmp_path):
    assert "这张工作表有保护，填好的表仍有保护。" in form_of(forms.protected(), tmp_path).layout["said"]
    assert "表里的图片照原样留着。" in form_of(forms.one_line(), tmp_path).layout["said"]
    assert "第 7 行是例子，照原样留着，不填。" in form_of(forms.three_storeys(), tmp_path).layout["said"]
    assert "有隐藏的列，照原样隐藏。" in form_of(forms.three_storeys(), tmp_path).layout["said"]
    assert form_of(forms.plain(), tmp_path).layout["said"] == []


def test_a_person_says_where_the_lines_are(tmp_path):
    form, filling = filled(forms.plain(), tmp_path, number=3, lines=(6, 8))
    page = opened(filling)["月报表"]
    assert [page.cell(row, 2).value for row in (4, 5)] == [None, None] and page["B6"].value == "示例公园（一期）"


def test_corrections_hold_for_the_next_version(tmp_path):
    old = form_of(forms.plain(), tmp_path)
    old.columns[5] = "next_step"
    assert form_of(forms.plain(), tmp_path, "new", before=old).columns[5] == "next_step"
    assert form_of(forms.plain(), tmp_path, "alone").columns[5] == "text"


def _xls():
    book, out = xlwt.Workbook(), io.BytesIO()
    for column, word in enumerate(["序号", "项目名称", "进展情况"]):
        book.add_sheet("表", cell_overwrite_ok=True) if not column else None
        book.get_sheet(0).write(0, column, word)
    book.save(out)
    return out.getvalue()


def _with_part(content, name, text):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, text)
    return out.getvalue()


def _declared(content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as changed:
        for name in package.namelist():
            part = package.read(name)
            if name == "xl/styles.xml":
                part = b'<!DOCTYPE x [<!ENTITY a "b">]>' + part
            changed.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(("content", "words"), [
    (_xls(), OLD),
    ("序号,项目名称,进展\n,,".encode(), OLD),
    (b"%PDF-1.7", "这不是能读的表格"),
    (b"", "空的"),
    (forms.plain()[:2000], "已损坏"),
    (_with_part(forms.plain(), "xl/vbaProject.bin", b"x"), "带宏的工作簿请另存为 .xlsx 再上传。"),
    (_declared(forms.plain()), "没有打开"),
    (forms.by_the_template([["通知"], ["请各单位报送"]]), NO_HEAD),
    (forms.by_the_template([["序号", "项目名称", "总投资（万元）"], ["合计", "", "=SUM(C1:C1)"]]), NO_LINES),
])
def test_what_is_no_form_is_refused(content, words, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words.replace("（", "[（]").replace(".", "[.]")):
        read(path)


def test_an_uploaded_file_reads_like_one_on_disk():
    assert read(io.BytesIO(forms.plain()))["columns"] == SEEN["plain"][2]
