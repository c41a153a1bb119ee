"""An office's own list becomes projects and statements: preview, confirmation, undo, review of the whole batch."""
import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.excel_import import jobs, upload
from projects.models import ImportBatch, Project, Source

pytestmark = pytest.mark.django_db
State = ImportBatch.State
HEAD = ["序号", "项目名称", "责任单位", "完成时限", "进展情况"]


def workbook(rows, title="表", name="清单.xlsx"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def preview(key_list):
    """Upload rows as a person and give the batch, previewed."""
    def _preview(user, rows, **kw):
        kw = {"project_list": key_list, "effective_on": date(2021, 9, 30), "source": Source.objects.own()} | kw
        file = rows if hasattr(rows, "read") else workbook(rows)
        batch, sheet = upload.receive(user, file, **kw)
        jobs.start(batch, "preview", user, sheet=sheet)
        return batch

    return _preview


def confirm(batch):
    jobs.start(batch, "confirm", batch.uploader)
    return batch


def rows(batch):
    return list(batch.rows.order_by("number"))


def only(batch):
    row, = rows(batch)
    return row


def changes(row):
    return {label: (old, new) for label, old, new in row.changes}


NEW = ["", "映月湖步道", "城建办", "2021年9月30日", "已进场施工。"]


def test_it_works(clerk, project, preview):
    """A clerk's list: one project known by its number, one new; seen first, then written, then reviewed."""
    batch = preview(clerk, [["2021 年重点项目进展情况表"], HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"], NEW])
    assert batch.counts == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
    known, new = rows(batch)
    assert changes(known) == {"进展": ("", "主体完工。")}
    assert changes(new)["计划完成"] == ("", "2021 年 9 月 30 日")
    assert Project.objects.count() == 1

    confirm(batch)
    assert (batch.state, batch.message) == (State.CONFIRMED, "")
    made = Project.objects.get(name="映月湖步道")
    assert (made.is_published, made.entered_by, made.lead_department.short_name) == (False, clerk, "城建办")
    assert (made.due_on, made.membership) == (date(2021, 9, 30), "stated")
    update = project.updates.get()
    assert (update.state, update.text, update.author) == ("submitted", "主体完工。", clerk)
    assert [step.verb for step in update.steps.all()] == ["submitted"]


# --- the pages -------------------------------------------------------------------------------------
def url(name, *args, query=""):
    from django.urls import reverse

    return reverse(f"admin:projects_importbatch_{name}", args=args) + query


def send(client, file, **kw):
    kw = {"project_list": "", "effective_on": "2021-09-30"} | kw
    return client.post(url("add"), {"file": file, **kw})


def test_the_pages_lead_from_the_upload_to_the_undo(clerk, project, sign_in):
    client = sign_in(clerk)
    assert "导入 Excel" in client.get("/admin/projects/project/").text
    assert client.get(url("add")).status_code == 200
    answer = send(client, workbook([["2021 年重点项目"], HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"], NEW]))
    batch = ImportBatch.objects.get()
    assert answer.url == url("change", batch.pk)
    page = client.get(answer.url)
    assert "确认导入 2 行" in page.text and "主体完工。" in page.text
    assert client.get(url("columns", batch.pk)).status_code == 200
    assert client.get(url("result", batch.pk)).status_code == 200
    assert client.post(url("confirm", batch.pk)).status_code == 302
    page = client.get(answer.url)
    assert "待初审 2 条" in page.text
    assert client.post(url("undo", batch.pk)).status_code == 302
    assert "已撤销" in client.get(answer.url).text
    assert client.get(url("changelist")).status_code == 200
    assert client.get(url("template")).status_code == 200
