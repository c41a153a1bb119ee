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

    assert "会新增 1 项、改动 1 项；1 行要先说明，没有说明的不导入" in page.inner_text(".lead")
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


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_clerk_answers_and_takes_in(scripts, live_server, open_page, clerk, project, tmp_path, settings):
    """The second 步道 is another one; the row in hiding is to be read; the unit is 亿元: each is read anew at once."""
    settings.DATA_DIR = tmp_path
    book = openpyxl.Workbook()
    for row in [["项目名称", "责任单位", "总投资"], ["示例步道", "城建办", 2], ["示例步道", "城建办", 3],
                ["示例长椅", "城建办", 4]]:
        book.active.append(row)
    book.active.row_dimensions[4].hidden = True
    book.save(tmp_path / "odd.xlsx")
    page = open_page(width=390, java_script_enabled=scripts)
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("admin:projects_importbatch_add"))
    page.set_input_files("[name=file]", tmp_path / "odd.xlsx")
    page.select_option("[name=project_list]", label=str(project.project_list))
    page.click("text=上传并核对")
    assert "1 行要先说明" in page.inner_text(".lead")
    if scripts:
        clean(page, "asked")
        page.reload()
    page.get_by_label("是另一个项目").check()
    page.locator(".import-ask button").click()
    assert "说：是另一个项目" in page.inner_text(".import-answered")
    assert "会新增 2 项" in page.inner_text(".lead")

    page.get_by_role("button", name="第 4 行按普通行读").click()
    assert "会新增 3 项" in page.inner_text(".lead")
    page.click("text=改钱")
    page.get_by_label("没有写单位的按").select_option(label="亿元")
    page.locator(".import-otherwise details[open] button").click() if scripts else page.locator(
        "form:has(select[name=value]) button").click()
    assert "30,000 万元" in page.inner_text(".import-rows") and "按亿元读" in page.inner_text(".import-reading")

    page.locator(".import-answered button").first.click()
    assert "1 行要先说明" in page.inner_text(".lead")
    page.click("text=确认导入 2 行")
    assert set(Project.objects.exclude(pk=project.pk).values_list("name", "budget")) == {
        ("示例步道", 20000), ("示例长椅", 40000)}
