"""Long exports: asked for, made once, whole or not there, seen by who may, and gone after a month."""
import csv
import hashlib
import io
import os
import threading
from datetime import timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guicheng.tables.long_work import FAILED, GIVEN_UP
from projects.apps import rename_queued_tasks
from projects.exports.files import export_files
from projects.models import ExportFile, Project
from tests import factories

pytestmark = pytest.mark.django_db
NOW = reverse("admin:projects_exportfile_add")


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def waiting(monkeypatch):
    """Every export is long, and there is no worker."""
    monkeypatch.setattr(export_files, "LONG", 0)
    monkeypatch.setattr(export_files, "work", SimpleNamespace(enqueue=lambda pk: None))


def page(name, file):
    return reverse(f"admin:projects_exportfile_{name}", args=[file.pk])


def rows_of(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def files():
    folder = export_files.folder()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- asking and making -----------------------------------------------------------------------------
def test_it_works(sign_in, clerk, project):
    client = sign_in(clerk)
    answer = client.post(NOW, {"extension": "csv"})
    file = ExportFile.objects.get()
    assert answer.url == page("change", file)
    assert (file.state, file.what, file.total, file.done, file.asked_by) == ("finished", "全部项目", 1, 1, clerk)
    content = export_files.path_of(file).read_bytes()
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert "下载 CSV" in client.get(page("change", file)).content.decode()
    assert [row["项目"] for row in rows_of(client.get(page("download", file)))] == ["半月岛公园"]
    assert files() == [file.stored]


def test_the_workbook_holds_the_same(clerk, project):
    file = export_files.start(clerk, {}, "xlsx")
    head, row = openpyxl.load_workbook(export_files.path_of(file)).active.values
    assert dict(zip(head, row, strict=True))["项目"] == "半月岛公园"


def test_only_the_projects_of_the_person(other_clerk, clerk, project):
    assert export_files.start(other_clerk, {}, "csv").total == 0
    assert export_files.start(clerk, {}, "csv").total == 1


def test_the_filters_are_kept_and_said(sign_in, street_admin, project, key_list):
    other = factories.make_project(key_list, name="灯光球场")
    factories.make_update(other, status="in_progress")
    client = sign_in(street_admin)
    client.post(NOW, {"list": "key-test", "status": "in_progress", "q": "球场", "extension": "csv"})
    file = ExportFile.objects.get()
    assert file.query == {"list": "key-test", "status": "in_progress", "q": "球场"}
    assert file.what == "名称等有“球场”；清单：2021 年重点项目；状态：推进中"
    assert [row["项目"] for row in rows_of(client.get(page("download", file)))] == ["灯光球场"]


@pytest.mark.parametrize("data", [
    {"extension": "pdf"}, {}, {"extension": "csv", "list": "no-such"}, {"extension": "csv", "status": "odd"},
    {"extension": "csv", "department": "x" * 300}, {"extension": "csv", "q": "长" * 200},
])
def test_what_cannot_be_read_is_one_sentence(sign_in, street_admin, data):
    answer = sign_in(street_admin).post(NOW, data)
    assert answer.status_code == 400
    assert "没有开始导出" in answer.content.decode()
    assert not ExportFile.objects.exists()


def test_a_unit_of_others_is_no_choice(sign_in, clerk, other_clerk, project):
    theirs = other_clerk.department_clerk_of.get()
    client = sign_in(clerk)
    shown = client.get(NOW).content.decode()
    assert theirs.name not in shown and "城建办公室" in shown
    assert client.post(NOW, {"extension": "csv", "department": theirs.pk}).status_code == 400


def test_the_list_of_projects_leads_there_with_its_filter(sign_in, street_admin, project, key_list, office):
    query = {"q": "公园", "project_list__id__exact": key_list.pk, "lead_department__id__exact": office.pk}
    client = sign_in(street_admin)
    shown = client.get(reverse("admin:projects_project_changelist"), query).content.decode()
    assert "导出全部（后台生成）" in shown
    form = client.get(NOW, query).context["filters"]
    assert form.chosen == {"q": "公园", "list": "key-test", "department": str(office.pk)}


@pytest.mark.parametrize(("query", "is_said"), [({"q": "公园", "o": "1"}, False), ({"light": "red"}, True)])
def test_a_filter_that_is_not_carried_over_is_said(sign_in, street_admin, query, is_said):
    assert ("没有带过来" in sign_in(street_admin).get(NOW, query).content.decode()) == is_said


def test_the_same_one_asked_for_twice_is_made_once(clerk, street_admin, project, waiting):
    first = export_files.start(clerk, {"q": "公园"}, "csv")
    assert export_files.start(clerk, {"q": "公园"}, "csv") == first
    assert export_files.start(clerk, {"q": "公园"}, "xlsx") != first
    assert export_files.start(clerk, {}, "csv") != first
    assert export_files.start(street_admin, {"q": "公园"}, "csv") != first


@pytest.mark.parametrize("value", ["x", "9" * 30, "-1", "99999999"])
def test_an_odd_way_in_is_no_fault(sign_in, street_admin, value):
    assert sign_in(street_admin).get(NOW, {"community__id__exact": value}).status_code == 200


# --- while it waits ---------------------------------------------------------------------------------
def test_a_long_one_waits_and_the_page_says_how_far_it_is(sign_in, clerk, project, waiting):
    file = export_files.start(clerk, {}, "xlsx")
    assert (file.state, files()) == ("queued", [])
    client = sign_in(clerk)
    answer = client.get(page("change", file))
    assert answer["Refresh"] == "2" and "<progress" in answer.content.decode()
    assert "现在就办" not in answer.content.decode()
    ExportFile.objects.update(state="running", job_seen_at=timezone.now(), started_at=timezone.now(), done=500,
                              total=1000)
    assert '<progress max="1000" value="500"' in client.get(page("change", file)).content.decode()
    listed = client.get(reverse("admin:projects_exportfile_changelist")).content.decode()
    assert '<progress max="1000" value="500"' in listed and "500 / 1,000 行" in listed
    assert client.get(page("download", file)).status_code == 404


def test_nobody_took_it_and_it_is_made_there_and_then(sign_in, clerk, project, waiting):
    file = export_files.start(clerk, {}, "csv")
    client = sign_in(clerk)
    client.post(page("work", file))
    file.refresh_from_db()
    assert file.state == "queued", "not yet: a worker may still come"
    ExportFile.objects.update(job_queued_at=timezone.now() - timedelta(seconds=20))
    assert "现在就办" in client.get(page("change", file)).content.decode()
    export_files.LONG = 2000  # by monkeypatch put back
    client.post(page("work", file))
    file.refresh_from_db()
    assert (file.state, files()) == ("finished", [file.stored])


def test_what_an_older_version_queued_is_made(clerk, project, monkeypatch):
    """The queue holds the path that the function had then."""
    monkeypatch.setattr(export_files, "LONG", 0)
    file, _ = export_files.ask(clerk, {}, "csv")
    export_files.begin(file)
    old = DBTaskResult.objects.filter(task_path=export_files.work.module_path)
    assert old.update(task_path="projects.export_files.work") == 1
    task = DBTaskResult.objects.get()
    with pytest.raises(ImportError):
        task.task  # noqa: B018, the control: nobody finds it there any more
    rename_queued_tasks()
    task.refresh_from_db()
    assert task.task.func is export_files.work.func and task.args_kwargs["args"] == [file.pk]


def test_who_is_at_it_is_left_alone_and_who_died_is_not(clerk, project):
    file = export_files.start(clerk, {}, "csv")
    ExportFile.objects.update(state="running", finished_at=None, size=None, sha256="", stored="abc",
                              job_seen_at=timezone.now())
    export_files.run(file.pk)
    assert ExportFile.objects.get().stored == "abc"
    ExportFile.objects.update(job_seen_at=timezone.now() - timedelta(seconds=GIVEN_UP + 1))
    export_files.run(file.pk)
    assert ExportFile.objects.get().state == "finished"


def test_a_finished_one_is_not_made_again(clerk, project):
    file = export_files.start(clerk, {}, "csv")
    export_files.run(file.pk)
    assert ExportFile.objects.get().stored == file.stored


def test_who_was_given_up_and_comes_late_leaves_nothing(clerk, project, monkeypatch):
    original = export_files.rows

    def slow(*args):
        ExportFile.objects.update(stored="another")
        return original(*args)

    monkeypatch.setattr(export_files, "rows", slow)
    export_files.start(clerk, {}, "csv")
    assert (ExportFile.objects.get().state, ExportFile.objects.get().stored, files()) == ("running", "another", [])


# --- what goes wrong ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("error", "sentence"), [
    (OSError(28, "No space left on device"), "写不了文件（No space left on device），没有生成。请告诉管理员。"),
    (ValidationError("筛选条件不对。"), "筛选条件不对。"),
])
def test_a_failure_is_said_and_leaves_nothing(sign_in, clerk, project, monkeypatch, error, sentence):
    def fail(*args):
        raise error

    monkeypatch.setitem(export_files.WRITERS, "csv", fail)
    file = export_files.start(clerk, {}, "csv")
    assert (file.state, file.message, files()) == ("failed", sentence, [])
    client = sign_in(clerk)
    assert sentence in client.get(page("change", file)).content.decode()
    assert f"没有生成：{sentence}" in client.get(reverse("admin:projects_exportfile_changelist")).content.decode()


def test_a_fault_in_the_program_is_said_too(clerk, project, monkeypatch):
    monkeypatch.setitem(export_files.WRITERS, "csv", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_files.start(clerk, {}, "csv")
    file = ExportFile.objects.get()
    assert (file.state, file.message, files()) == ("failed", FAILED, [])


def test_who_may_no_longer_see_projects_gets_none(clerk, project, waiting):
    file = export_files.start(clerk, {}, "csv")
    clerk.groups.clear()
    export_files.run(file.pk)
    file.refresh_from_db()
    assert (file.state, files()) == ("failed", [])


def test_too_many_rows_for_a_sheet(clerk, project, monkeypatch):
    monkeypatch.setattr(export_files, "MAX_SHEET", 0)
    assert "一张 Excel 表放不下" in export_files.start(clerk, {}, "xlsx").message
    assert export_files.start(clerk, {}, "csv").state == "finished"


def test_a_row_cannot_say_finished_without_a_whole_file(clerk):
    for values in ({"state": "finished"}, {"state": "queued", "size": 3},
                   {"state": "finished", "size": 3, "sha256": "0" * 64, "finished_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportFile.objects.create(asked_by=clerk, what="全部项目", extension="csv", **values)


# --- who may ---------------------------------------------------------------------------------------
def test_another_persons_export_is_not_there(sign_in, clerk, other_clerk, project):
    file = export_files.start(clerk, {}, "csv")
    client = sign_in(other_clerk)
    assert client.get(page("change", file)).status_code == 404
    assert client.get(page("download", file)).status_code == 404
    assert client.post(page("work", file)).status_code == 404


def test_who_sees_everything_sees_all_exports(sign_in, clerk, street_admin, project):
    file = export_files.start(clerk, {}, "csv")
    assert len(rows_of(sign_in(street_admin).get(page("download", file)))) == 1


def test_who_left_the_unit_cannot_take_its_projects_along(sign_in, clerk, office, project):
    file = export_files.start(clerk, {}, "csv")
    assert file.scope == [f"department:{office.pk}"]
    client = sign_in(clerk)
    assert client.get(page("download", file)).status_code == 200
    office.clerks.remove(clerk)
    assert client.get(page("download", file)).status_code == 404
    assert "不能下载" in client.get(page("change", file)).content.decode()


def test_who_no_longer_sees_everything_cannot_take_everything_along(sign_in, street_admin, office, project):
    file = export_files.start(street_admin, {}, "csv")
    client = sign_in(street_admin)
    assert client.get(page("download", file)).status_code == 200
    street_admin.groups.set([factories.Group.objects.get(name="部门经办人")])
    office.clerks.add(street_admin)
    assert client.get(page("download", file)).status_code == 404


def test_a_lost_file_is_one_sentence(sign_in, clerk, project):
    file = export_files.start(clerk, {}, "csv")
    export_files.path_of(file).unlink()
    assert sign_in(clerk).get(page("download", file)).status_code == 404


def test_a_visitor_is_led_to_the_sign_in_page(visitor, clerk, project):
    file = export_files.start(clerk, {}, "csv")
    assert visitor.get(page("download", file)).url.startswith(reverse("admin:login"))


# --- tidying ---------------------------------------------------------------------------------------
def test_left_overs_are_swept_and_nothing_else(clerk, project, capsys):
    file = export_files.start(clerk, {}, "csv")
    at_it, gone = (ExportFile.objects.create(asked_by=clerk, what="全部项目", extension="csv", state="running",
                                             stored=name, job_seen_at=timezone.now() - timedelta(seconds=ago))
                   for name, ago in (("aaaa", 5), ("bbbb", GIVEN_UP + 5)))
    for name in (".aaaa.csv.x1.part", ".bbbb.csv.x2.part", ".cccc.csv.x3.part", "dddd.csv"):
        (export_files.folder() / name).write_text("x")
    call_command("sweep_exports", "--dry-run")
    assert "没有生成完的 3 个" in capsys.readouterr().out and len(files()) == 5
    call_command("sweep_exports")
    assert files() == sorted([".aaaa.csv.x1.part", file.stored])


def test_without_a_folder_there_is_nothing_to_sweep(db):
    assert (export_files.sweep(), export_files.remove_old()) == (0, 0)


def test_a_file_is_removed_after_its_days_and_the_row_says_so(sign_in, clerk, project, capsys):
    young, old = export_files.start(clerk, {}, "csv"), export_files.start(clerk, {}, "xlsx")
    ExportFile.objects.filter(pk=old.pk).update(
        finished_at=timezone.now() - timedelta(days=export_files.KEPT_DAYS, minutes=1))
    call_command("sweep_exports", "--dry-run")
    assert "到期的导出文件 1 个" in capsys.readouterr().out and len(files()) == 2
    call_command("sweep_exports")
    assert files() == [young.stored]
    client = sign_in(clerk)
    assert "已到期删除" in client.get(page("change", old)).content.decode()
    assert client.get(page("download", old)).status_code == 404


# --- by hand ---------------------------------------------------------------------------------------
def test_the_command_writes_the_public_projects_of_a_list(project, key_list, data_dir, capsys):
    factories.make_project(key_list, name="没有公开的", is_published=False)
    factories.make_project(name="别的清单的")
    call_command("export_projects", "--list", "key-test", "--format", "csv", "--output", str(data_dir / "out.csv"))
    text = (data_dir / "out.csv").read_text("utf-8-sig")
    assert "半月岛公园" in text and "没有公开的" not in text and "别的清单的" not in text
    said = capsys.readouterr().out
    assert "已写 1 / 1 行" in said and "1 个项目已写入" in said and "\r" not in said


def test_on_a_terminal_there_is_a_bar(project, data_dir):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    out = Terminal()
    call_command("export_projects", "--output", str(data_dir / "out.xlsx"), stdout=out)
    assert "\r██████████████████████████████ 100%　1 / 1 行" in out.getvalue()
    assert openpyxl.load_workbook(data_dir / "out.xlsx").active.max_row == 2


@pytest.mark.parametrize(("options", "sentence"), [
    (["--list", "no-such"], "没有网址名是“no-such”的公开清单。"), (["--output", "/no/such/folder/x.csv"], "写不了文件"),
])
def test_the_command_refuses_in_one_sentence(db, data_dir, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("export_projects", "--output", str(data_dir / "out.csv"), *options)


def test_an_interrupted_command_leaves_no_half_file(project, data_dir, monkeypatch):
    (data_dir / "out.csv").write_text("before")

    def interrupted(path, *args):
        path.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setitem(export_files.WRITERS, "csv", interrupted)
    with pytest.raises(CommandError, match="已中断，没有留下文件"):
        call_command("export_projects", "--format", "csv", "--output", str(data_dir / "out.csv"))
    assert os.listdir(data_dir) == ["out.csv"] and (data_dir / "out.csv").read_text() == "before"


# --- beside others ----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_others_write_while_the_rows_are_read(clerk, key_list, office, waiting, monkeypatch):
    """On SQLite the connection that reads could not say how far it is once somebody else has written."""
    Project.objects.bulk_create([
        Project(code=f"p{number}", name=f"第 {number} 个", project_list=key_list, membership="stated",
                source=key_list.source, lead_department=office) for number in range(1200)])
    monkeypatch.setattr(export_files, "TELL_EVERY", 0)
    said = []
    original = ExportFile.saw

    def saw(file, done):
        def write():
            Project.objects.filter(code="p1").update(description=f"{done}")
            connections.close_all()

        other = threading.Thread(target=write)
        other.start()
        other.join()
        original(file, done)
        said.append(done)

    monkeypatch.setattr(ExportFile, "saw", saw)
    file = export_files.start(clerk, {}, "csv")
    export_files.run(file.pk)
    file.refresh_from_db()
    assert (file.state, file.message, said) == ("finished", "", [500, 1000, 1200])
    assert connection.vendor in ("sqlite", "postgresql")
