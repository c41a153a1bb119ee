"""The detail of projects as a file: its columns, its order, and one query whatever the number."""
import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from guicheng.tables.exports import csv_parts, write_xlsx
from projects.exports.columns import PROJECT_COLUMNS, STAFF_COLUMNS, project_rows
from projects.models import Project
from tests import factories

EVIL = '=HYPERLINK("http://evil.example","点我")'


def table(columns=PROJECT_COLUMNS):
    content = b"".join(csv_parts(columns, project_rows(Project.objects.all(), columns))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_it_works(project, office):
    factories.make_update(project, status="in_progress", text="道路已铺好一半。")
    row = table()[0]
    assert (row["项目"], row["状态"], row["牵头单位"]) == ("半月岛公园", "推进中", "城建办公室")
    assert (row["最近进展"], row["是否写明在清单上"], row["示例"]) == ("道路已铺好一半。", "来源写明在清单上", "")


def test_nothing_stated_is_said(project):
    row = table()[0]
    assert (row["状态"], row["完成百分比"], row["最近进展日"]) == ("已公布，暂无进展信息", "", "")


def test_every_column_has_a_name_of_its_own():
    assert len({column.title for column in STAFF_COLUMNS}) == len(STAFF_COLUMNS) >= 15


@pytest.mark.parametrize(("own", "shown"), [("", "0757-00000000"), ("0757-11111111", "0757-11111111")])
def test_the_phone_is_the_one_of_the_page(project, own, shown):
    project.phone = own
    project.save()
    assert table()[0]["办公电话"] == shown == Project.objects.get().office


def test_without_an_office_there_is_no_phone(key_list):
    factories.make_project(key_list, lead_department=None)
    assert table()[0]["办公电话"] == Project.objects.get().office == ""


def test_what_is_hidden_is_said_to_staff_only(project):
    project.hide()
    assert table(STAFF_COLUMNS)[0]["公开"] == "没有公开"
    assert "公开" not in table()[0]


def test_lists_stand_in_their_order_and_what_is_on_none_comes_last(db):
    later = factories.make_list(slug="later", order=2)
    first = factories.make_list(slug="first", order=1)
    for project_list, code in ((None, "a"), (later, "b"), (first, "d"), (first, "c")):
        factories.make_project(project_list, code=code)
    assert [row["编号"] for row in table()] == ["c", "d", "b", "a"]


def test_one_query_whatever_the_number(key_list, django_assert_num_queries, tmp_path):
    for _ in range(20):
        factories.make_update(factories.make_project(key_list, community=factories.make_community()))
    with django_assert_num_queries(1):
        assert len(table()) == 20
    with django_assert_num_queries(1):
        write_xlsx(tmp_path / "detail.xlsx", "项目", PROJECT_COLUMNS, project_rows(Project.objects.all()))


def test_the_workbook_says_what_the_csv_says(project, tmp_path):
    factories.make_update(factories.make_project(project.project_list, name=EVIL), text="+1+1")
    path = tmp_path / "detail.xlsx"
    write_xlsx(path, "项目", PROJECT_COLUMNS, project_rows(Project.objects.all()))
    sheet = openpyxl.load_workbook(path).active
    head, *rows = sheet.values
    for found, wanted in zip(rows, table(), strict=True):
        for title, cell in zip(head, found, strict=True):
            text = "" if cell is None else f"{cell:%Y-%m-%d}" if hasattr(cell, "year") else str(cell).removesuffix(".0")
            assert text in (wanted[title], wanted[title].removeprefix("'"))
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert {"'" + EVIL, "'+1+1"} <= {value for row in table() for value in row.values()}


def test_the_public_list_is_streamed_without_what_is_hidden(client, project):
    factories.make_project(project.project_list, name="没有公开的", is_published=False)
    response = client.get(reverse("list-csv", args=[project.project_list.slug]))
    assert response.streaming
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "半月岛公园" in content and "没有公开的" not in content
