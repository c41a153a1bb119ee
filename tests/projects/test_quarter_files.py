"""The quarter's files: a workbook, a CSV and a JSON that say the same, figure for figure."""
import csv
import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest

from guicheng.quarters import Quarter
from projects.exports import quarter_csv, quarter_json, quarter_xlsx
from projects.models import Project, Status
from projects.summary import quarter_summary
from tests import factories

EVIL = '=HYPERLINK("http://evil.example","点我")'


@pytest.fixture
def quarter(key_list):
    """Two lists, one of them with a category, a community, gaps, a kept promise and a hostile name."""
    category = factories.make_category(key_list, number=1, name="城市更新")
    community = factories.make_community(slug="yingyue", name="映月")
    factories.make_declaration(key_list, total=45, done=40)
    for status in ("completed", "in_use", "in_progress", "standing"):
        project = factories.make_project(key_list, category=category)
        factories.make_update(project, status=status, effective_on=date(2021, 11, 1))
    factories.make_project(key_list, community=community)
    factories.make_promise(project)
    hostile = factories.make_project(key_list, name=EVIL)
    factories.make_update(hostile, status="paused", reason="停工。", text="+1+1", effective_on=date(2021, 12, 31))
    factories.make_promise(hostile, text="@SUM(A1)")
    factories.make_list(title="微实事", kind="micro", slug="micro-test")
    return quarter_summary(Quarter(2021, 4))


def workbook(quarter):
    return openpyxl.load_workbook(io.BytesIO(quarter_xlsx(quarter)[0]))


def table(sheet):
    """The rows below the frozen header, by its titles; a blank cell is None."""
    head = sheet[int(sheet.freeze_panes[1:]) - 1]
    titles = [cell.value for cell in head]
    rows = sheet.iter_rows(min_row=head[0].row + 1, values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows if row[1] is not None or row[2] is not None or row[0]]


def flat(quarter):
    text = quarter_csv(quarter)[0].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_works(quarter):
    assert workbook(quarter).sheetnames == ["总览", "按状态", "按类型", "按社区", "变动", "承诺", "口径"]


def test_the_json_is_the_summary(quarter):
    assert json.loads(quarter_json(quarter)[0]) == quarter.as_dict()


def test_the_workbook_says_what_the_json_says(quarter):
    book, data = workbook(quarter), quarter.as_dict()
    overview = table(book["总览"])
    assert len(overview) == len(data["lists"]) == 2
    columns = {"公布总数": "declared", "公布完成数": "declared_done", "本站有资料": "recorded", "已完成合计": "done",
               "长期开展": "standing", "暂无进展信息": "unknown", "暂缺资料": "missing"}
    for row, each in zip(overview, data["lists"], strict=True):
        assert row["清单"] == each["title"]
        for title, key in columns.items():
            assert row[title] == each[key], title
    for sheet, key in (("按类型", "by_category"), ("按社区", "by_community")):
        groups = [(each["title"], group) for each in data["lists"] for group in each[key]]
        assert [(row["清单"], row["本站有资料"], row["已完成"], row["暂无进展信息"]) for row in table(book[sheet])] == [
            (title, group["recorded"], group["done"], group["unknown"]) for title, group in groups]
    assert [row["编号"] for row in table(book["变动"])] == [row["code"] for row in data["changes"]]
    assert [row["判定"] for row in table(book["承诺"])] == [row["verdict_label"] for row in data["promises"]]


def test_the_sheet_by_status_says_what_the_json_says(quarter):
    sheet = workbook(quarter)["按状态"]
    head = int(sheet.freeze_panes[1:]) - 1
    first = [cell.value for cell in sheet[head + 1]]
    each = quarter.as_dict()["lists"][0]
    assert first == [each["title"], *(each["by_status"][status] for status in ["unknown", *Status.values])]


def test_the_csv_says_what_the_json_says(quarter):
    rows, data = flat(quarter), quarter.as_dict()
    assert {(row["季度"], row["截至"]) for row in rows} == {("2021Q4", "2021-12-31")}
    figures = {(row["部分"], row["编号"], row["键"], row["项"]): row["数"] for row in rows}
    by_key = {(part, code, key): value for (part, code, key, _), value in figures.items()}
    for each in data["lists"]:
        for key in ("declared", "declared_done", "recorded", "done", "standing", "unknown", "missing"):
            assert by_key["清单", each["slug"], key] == ("" if each[key] is None else str(each[key]))
        for key, count in each["by_status"].items():
            assert by_key["按状态", each["slug"], key] == str(count)
        for part, groups in (("按类型", each["by_category"]), ("按社区", each["by_community"])):
            for group in groups:
                assert figures[part, each["slug"], "recorded", group["name"]] == str(group["recorded"])
                assert figures[f"{part}已完成", each["slug"], "done", group["name"]] == str(group["done"])
    changed = [row["编号"] for row in rows if row["部分"] == "变动"]
    assert changed == [row["code"] for row in data["changes"]]
    promised = [(row["编号"], row["键"]) for row in rows if row["部分"] == "承诺"]
    assert promised == [(row["code"], row["verdict"]) for row in data["promises"]]


def test_no_cell_is_a_formula(quarter):
    cells = [cell for sheet in workbook(quarter) for row in sheet.iter_rows() for cell in row]
    assert EVIL in [cell.value for cell in cells]  # the text is there, as text
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_control_a_formula_would_be_seen():
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    assert book.active["A1"].data_type == "f"


def test_the_csv_holds_no_formula(quarter):
    assert "'" + EVIL in [row["名称"] for row in flat(quarter)]
    assert not [value for row in flat(quarter) for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_every_sheet_has_a_frozen_header_and_prints_on_one_page_width(quarter):
    for sheet in workbook(quarter):
        assert sheet.freeze_panes.startswith("B")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows


def test_there_is_one_chart_over_the_lists(quarter):
    book = workbook(quarter)
    assert [len(sheet._charts) for sheet in book] == [1, 0, 0, 0, 0, 0, 0]
    parts = zipfile.ZipFile(io.BytesIO(quarter_xlsx(quarter)[0])).namelist()
    assert [name for name in parts if name.startswith("xl/charts/chart")] == ["xl/charts/chart1.xml"]
    chart = book["总览"]._charts[0]
    head = int(book["总览"].freeze_panes[1:]) - 1
    assert len(chart.series) == 3
    for series in chart.series:
        assert series.cat.strRef.f == f"总览!$A${head + 1}:$A${head + 2}"
        assert series.val.numRef.f.endswith(f"${head + 2}")


def test_a_blank_is_not_a_0(quarter):
    micro = table(workbook(quarter)["总览"])[1]
    assert (micro["公布总数"], micro["本站有资料"]) == (None, 0)


@pytest.mark.parametrize("write", [quarter_xlsx, quarter_csv, quarter_json])
def test_a_quarter_without_anything_is_written(db, write):
    content, content_type = write(quarter_summary(Quarter(2020, 1)))
    assert content and content_type
    if write is quarter_xlsx:
        openpyxl.load_workbook(io.BytesIO(content))


def test_control_characters_do_not_stop_the_workbook(quarter, key_list):
    """A row that came past `full_clean()`: openpyxl and xlsxwriter's XML refuse these."""
    Project.objects.filter(project_list=key_list).update(name="园\x0b\ufffe\u202e名")
    key_list.title = "清\x0b单"
    key_list.save()
    book = workbook(quarter_summary(Quarter(2021, 4)))
    assert table(book["变动"])[0]["项目"] == "园名"
    assert table(book["总览"])[0]["清单"] == "清单"
