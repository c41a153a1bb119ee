"""The pages of 上级表样: uploaded by the office, looked through, filled with one click."""
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import SuperiorForm
from projects.reporting.opening import open_task
from projects.superior_form import reading
from tests import factories as make
from tests import pictures
from tests.forms import opened as held
from tests.projects.test_reporting import make_task
from tests.superior_forms import forms

pytestmark = pytest.mark.django_db
ADD = "admin:projects_superiorform_add"


@pytest.fixture
def task(key_list, office, street_admin):
    community = make.make_community(name="示例")
    make.make_project(key_list, name="办公室的项目", number=1, lead_department=office)
    make.make_project(key_list, name="社区的项目", number=2, community=community)
    task = make_task()
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


def keep(by, name="plain", title="示例月报表", content=None):
    upload = io.BytesIO(content or forms.FORMS[name]())
    upload.name = f"{name}.xlsx"
    form = reading.receive(by, title, "示例局", upload)
    reading.keep(form, upload)
    return form


@pytest.fixture
def form(street_admin):
    return keep(street_admin)


def fill_address(form, **query):
    return reverse("admin:projects_superiorform_fill", args=[form.pk], query=query)


def send(client, content, title="示例月报表", name="空表.xlsx"):
    return client.post(reverse(ADD), {"title": title, "ground": "", "file": pictures.upload(content, name)},
                       follow=True)


def test_a_form_is_uploaded_and_looked_through(sign_in, street_admin):
    content = forms.plain()
    page = send(sign_in(street_admin), content)
    form = SuperiorForm.objects.get()
    assert "表样收下了" in page.text and "第 4 到 8 行是要填的" in page.text
    assert (form.file_name, form.uploaded_by, form.columns[1]) == ("空表.xlsx", street_admin, "name")
    assert form.path.endswith(".xlsx") and Path(form.path).read_bytes() == content


@pytest.mark.parametrize(("content", "words"), [
    (b"%PDF-1.7 x", "这不是能读的表格"),
    (forms.by_the_template([["通知"], ["请报送"]]), "没有看出表头在哪里"),
])
def test_what_is_no_form_is_refused_on_the_page(sign_in, street_admin, content, words):
    page = send(sign_in(street_admin), content)
    assert page.status_code == 400 and words in page.text and 'value="示例月报表"' in page.text
    assert not SuperiorForm.objects.exists()


def test_a_title_stands_once(sign_in, street_admin, form):
    page = send(sign_in(street_admin), forms.plain())
    assert page.status_code == 400 and "已经有叫这个名称的表样" in page.text
    SuperiorForm.objects.update(is_retired=True)
    assert send(sign_in(street_admin), forms.plain()).status_code == 200


def test_a_correction_is_kept_and_taken_over_by_the_next_version(sign_in, street_admin, form):
    client = sign_in(street_admin)
    data = held(client, form.get_absolute_url())
    data["column_5"], data["unit_3"] = "next_step", "亿元"
    page = client.post(form.get_absolute_url(), data, follow=True)
    assert "存好了。" in page.text
    form.refresh_from_db()
    assert form.columns[5] == "next_step" and form.units[3] == "亿元"
    history = client.get(reverse("admin:projects_superiorform_history", args=[form.pk])).text
    assert "F 本月进展：下一步" in history and "恢复" not in history
    SuperiorForm.objects.update(is_retired=True)
    assert keep(street_admin).columns[5] == "next_step"


def test_another_head_is_read_anew(sign_in, street_admin):
    form = keep(street_admin, "two_storeys")
    client = sign_in(street_admin)
    data = held(client, form.get_absolute_url())
    data["header_row"], data["header_rows"] = "4", "1"
    page = client.post(form.get_absolute_url(), data, follow=True)
    assert "表头重新读过了" in page.text
    form.refresh_from_db()
    assert form.headings[1] == "名称" and (form.header_row, form.header_rows) == (4, 1)


@pytest.mark.parametrize(("name", "value", "words"), [
    ("header_row", "0", "大于或等于"),
    ("header_row", "19999", "没有看出表头在哪里"),
    ("first_line", "5", "要都写"),
    ("column_1", "nonsense", "选择一个有效的选项"),
    ("sheet", "没有的表", "选择一个有效的选项"),
    ("version", "x", "整数"),
    ("title", "", "必填"),
])
def test_a_wrong_value_costs_a_sentence(sign_in, street_admin, form, name, value, words):
    client = sign_in(street_admin)
    data = held(client, form.get_absolute_url())
    data[name] = value
    page = client.post(form.get_absolute_url(), data)
    assert page.status_code == 400 and words in page.text
    form.refresh_from_db()
    assert form.version == 1


def test_the_second_of_two_is_told(sign_in, street_admin, form):
    client = sign_in(street_admin)
    data = held(client, form.get_absolute_url())
    data["ground"] = "甲"
    assert client.post(form.get_absolute_url(), data).status_code == 302
    data["ground"] = "乙"
    page = client.post(form.get_absolute_url(), data)
    assert page.status_code == 400 and "刚被别人改过" in page.text
    form.refresh_from_db()
    assert form.ground == "甲"


def test_one_click_fills_it_from_a_task(sign_in, street_admin, form, task):
    client = sign_in(street_admin)
    board = client.get(task.get_absolute_url())
    way = reverse("admin:projects_superiorform_task", args=[task.pk])
    assert f'href="{way}"' in board.text
    address = fill_address(form, source=f"task-{task.pk}")
    assert address in client.get(way).text
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment") and answer.status_code == 200
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["月报表"]
    assert {page["B4"].value, page["B5"].value} == {"办公室的项目", "社区的项目"}
    assert page["D9"].value == "=SUM(D4:D8)"


def test_a_workbook_for_each_unit(sign_in, street_admin, form, task, office):
    answer = sign_in(street_admin).get(fill_address(form, source=f"task-{task.pk}", by="units"))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        names = package.namelist()
        assert [name.split()[:2] for name in names] == [["01", "示例社区"], ["02", str(office)]]
        page = openpyxl.load_workbook(io.BytesIO(package.read(names[0])))["月报表"]
    assert page["A2"].value.startswith("填报单位（盖章）：示例社区") and page["B4"].value == "社区的项目"
    assert page["B5"].value is None


def test_all_in_one_is_the_offices(sign_in, street_admin, form, task, settings):
    settings.OFFICE_NAME = "示例街道"
    answer = sign_in(street_admin).get(fill_address(form, source=f"task-{task.pk}"))
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["月报表"]
    assert page["A2"].value.startswith("填报单位（盖章）：示例街道")


def test_from_a_list(sign_in, street_admin, form, task, key_list):
    answer = sign_in(street_admin).get(fill_address(form, source=f"list-{key_list.pk}"))
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["月报表"]
    assert [page["B4"].value, page["B5"].value] == ["办公室的项目", "社区的项目"]


@pytest.mark.parametrize(("query", "status"), [
    ({}, 302), ({"source": "task-x"}, 400), ({"source": "nobody-1"}, 400), ({"source": "task-99999"}, 404),
    ({"source": "task-99999999999999999999"}, 400),
])
def test_a_wrong_address_is_no_fault_of_the_server(sign_in, street_admin, form, query, status):
    assert sign_in(street_admin).get(fill_address(form, **query)).status_code == status


def test_by_unit_only_where_the_form_has_a_place_for_it(sign_in, street_admin, task):
    form = keep(street_admin, "sections")
    client = sign_in(street_admin)
    assert "只能填在一张表里" in client.get(form.get_absolute_url()).text
    page = client.get(fill_address(form, source=f"task-{task.pk}", by="units"))
    assert page.status_code == 400
    assert "压缩包" not in client.get(reverse("admin:projects_superiorform_task", args=[task.pk])).text


def test_nothing_to_fill_is_said(sign_in, street_admin, form):
    empty = make.make_list()
    page = sign_in(street_admin).get(fill_address(form, source=f"list-{empty.pk}"))
    assert page.status_code == 400 and "没有要填的行。" in page.text


def test_the_original_comes_back_as_it_was(sign_in, street_admin, form):
    answer = sign_in(street_admin).get(reverse("admin:projects_superiorform_original", args=[form.pk]))
    assert b"".join(answer.streaming_content) == Path(form.path).read_bytes()


def test_a_file_that_is_gone_is_said(sign_in, street_admin, form, task):
    form.file.storage.delete(form.file.name)
    client = sign_in(street_admin)
    assert "表样的文件已不在" in client.get(form.get_absolute_url(), follow=True).text
    page = client.get(fill_address(form, source=f"task-{task.pk}"))
    assert page.status_code == 404 and "表样的文件已不在" in page.text


def test_a_retired_form_is_offered_no_more(sign_in, street_admin, form, task):
    SuperiorForm.objects.update(is_retired=True)
    client = sign_in(street_admin)
    assert form.title not in client.get(reverse("admin:projects_superiorform_task", args=[task.pk])).text
    assert "填好，下载" not in client.get(form.get_absolute_url()).text


def test_only_the_office_comes_here(sign_in, clerk, reviewer, form, task):
    for person in (clerk, reviewer):
        client = sign_in(person)
        for address in (form.get_absolute_url(), fill_address(form), reverse(ADD),
                        reverse("admin:projects_superiorform_task", args=[task.pk])):
            assert client.get(address).status_code == 403, address
        assert "填上级表样" not in client.get(task.get_absolute_url(), follow=True).text


def test_a_page_costs_a_fixed_number_of_queries(sign_in, street_admin, form, task):
    client = sign_in(street_admin)
    addresses = [form.get_absolute_url(), reverse("admin:projects_superiorform_task", args=[task.pk]),
                 fill_address(form, source=f"task-{task.pk}")]
    for address, most in zip(addresses, (12, 12, 18), strict=True):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert len(captured) <= most, address
