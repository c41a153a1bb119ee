"""The Excel import as a clerk uses it, in a real Chromium: upload, correct, preview, confirm, download, undo."""
import io
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from projects.models import ImportBatch, ProgressUpdate, Project
from tests import factories
from tests.browser import barriers, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [["2021 年重点项目"], [], ["序号", "干什么", "责任单位", "完成时限", "进展情况"],
        [1, "半月岛公园", "城建办", "", "示例：主体完工。"], ["", "示例步道", "城建办", "9月底", "示例：已进场。"],
        ["", "示例步道", "城建办", "", "示例：已进场。"]]


@pytest.fixture
def workbook(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "九月.xlsx")
    return tmp_path / "九月.xlsx"


def clean(page, where):
    assert barriers(page, schemes=["light", "dark"]) == [], where


def without_refresh(route):
    """The page reloads itself every two seconds while a batch is at work: nothing could look at it."""
    response = route.fetch()
    route.fulfill(response=response, headers={k: v for k, v in response.headers.items() if k != "refresh"})


@pytest.mark.parametrize("width", [390, 1280])
def test_a_clerk_imports_and_takes_it_back(width, live_server, open_page, clerk, project, workbook):
    page = open_page(width=width)
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("admin:projects_project_changelist"))
    page.click("text=导入 Excel")
    page.set_input_files("[name=file]", workbook)
    page.click("text=上传并核对")

    assert "没有认出哪一列是项目名称" in page.inner_text(".messagelist")
    page.select_option("[name=column_1]", label="项目名称")
    page.click("text=按这样核对")

    assert "会新增 1 项、改动 1 项；1 行要先说明，这次不导入" in page.inner_text(".lead")
    assert "和第 5 行同名" in page.inner_text("li.is-ask")
    assert not Project.objects.filter(name="示例步道").exists()
    with page.expect_download() as download:
        page.click("text=下载结果表")
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["有改动", "新增", "要先说明"]

    page.click("text=确认导入 2 行")
    assert "进展待初审 2 条" in page.inner_text(".lead")
    assert Project.objects.get(name="示例步道").is_published is False
    page.click("text=撤销整批")
    assert "这一批已撤销" in page.inner_text(".lead")
    assert {update.state for update in ProgressUpdate.objects.all()} == {"dropped"}
    assert faults == []


def test_no_page_of_the_import_has_a_barrier(live_server, open_page, street_admin, project, workbook):
    page = open_page()
    sign_in(page, live_server.url, street_admin)
    page.goto(live_server.url + reverse("admin:projects_importbatch_add"))
    clean(page, "upload")
    page.reload()
    page.set_input_files("[name=file]", workbook)
    page.click("text=上传并核对")
    clean(page, "columns")
    page.reload()
    page.select_option("[name=column_1]", label="项目名称")
    page.click("text=按这样核对")
    clean(page, "preview")
    page.reload()
    page.click("text=确认导入")
    clean(page, "confirmed")
    page.goto(live_server.url + reverse("admin:projects_importbatch_changelist"))
    clean(page, "list")
    batch = ImportBatch.objects.get()
    ImportBatch.objects.filter(pk=batch.pk).update(job="confirm", job_queued_at=batch.created_at, total=3, done=1)
    page.route(f"**/{batch.pk}/change/", without_refresh)
    page.goto(live_server.url + reverse("admin:projects_importbatch_change", args=[batch.pk]))
    clean(page, "at work")


def test_without_javascript_the_import_works(live_server, open_page, clerk, project, workbook):
    page = open_page(width=390, java_script_enabled=False)
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("admin:projects_importbatch_add"))
    page.set_input_files("[name=file]", workbook)
    page.click("text=上传并核对")
    page.select_option("[name=column_1]", label="项目名称")
    page.click("text=按这样核对")
    page.click("text=确认导入 2 行")
    assert factories.Project.objects.filter(name="示例步道").exists()
