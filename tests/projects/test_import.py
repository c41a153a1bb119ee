"""An office's own list becomes projects and statements: preview, confirmation, undo, review of the whole batch."""
import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guicheng.trail.audit import AuditEntry
from projects.excel_import import confirm as confirming
from projects.excel_import import jobs, upload
from projects.excel_import.undo import undo
from projects.models import ColumnHabit, ImportBatch, ProgressUpdate, Project, Source, WatchedWord
from tests import factories
from tests.projects.office_lists import HEAD, NEW, confirm, workbook

pytestmark = pytest.mark.django_db
State = ImportBatch.State


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def rows(batch):
    return list(batch.rows.order_by("number"))


def only(batch):
    row, = rows(batch)
    return row


def changes(row):
    return {label: (old, new) for label, old, new in row.changes}


def test_it_works(clerk, project, preview):
    """A clerk's list: one project known by its number, one new; seen first, then written, then reviewed."""
    batch = preview(clerk, [["2021 年重点项目进展情况表"], HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"], NEW])
    assert batch.counts == {"new": 1, "changed": 1, "unchanged": 0, "ask": 0, "wrong": 0}
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


# --- one test per refusal ----------------------------------------------------------------------------
def test_a_project_is_known_by_its_code_first(clerk, project, preview):
    row = only(preview(clerk, [["编号", "项目名称", "进展情况"], ["park", "半月岛公园", "主体完工。"]]))
    assert (row.outcome, row.project) == ("changed", project)


def test_a_project_is_known_by_its_name_with_other_signs(clerk, key_list, office, preview):
    known = factories.make_project(key_list, name="步道（一期）", lead_department=office)
    row = only(preview(clerk, [HEAD, ["", "步道(一期)", "", "", "主体完工。"]]))
    assert (row.outcome, row.project, changes(row)) == ("changed", known, {"进展": ("", "主体完工。")})


def test_a_number_that_is_only_a_line_number_renames_nothing(clerk, project, preview):
    """Row 1 of the sheet is not project 1 of the list: the name says so."""
    row = only(preview(clerk, [HEAD, [1, "学校周边护栏", "城建办", "", "主体完工。"]]))
    assert row.outcome == "wrong"
    assert "清单上的第 1 项是“半月岛公园”，和这一行的名称对不上" in row.sentence


def test_two_of_one_name_need_a_code(clerk, key_list, office, preview):
    for _ in range(2):
        factories.make_project(key_list, name="步道", lead_department=office)
    assert "有 2 个项目都叫这个名称" in only(preview(clerk, [HEAD, ["", "步道", "", "", "完工。"]])).sentence


UNLISTED = ["编号", "项目名称", "进展情况"]


def test_without_a_list_the_name_finds_the_one_project_on_any(clerk, project, preview):
    """One's own project on a list, and a sheet that names none: no second project of the same name."""
    factories.make_project(name="半月岛公园", lead_department=factories.make_department())  # another office's
    batch = preview(clerk, [UNLISTED, ["", "半月岛 公园", "主体完工。"]], project_list=None)
    row = only(batch)
    assert (row.outcome, row.project, row.sentence) == ("changed", project, "")
    assert confirm(batch).state == State.CONFIRMED and project.updates.get().text == "主体完工。"


def test_a_new_project_is_told_of_its_namesakes(clerk, office, project, preview):
    """On a list that was chosen, on none as was said, or of several of the name: new, but not silently."""
    other = factories.make_list(title="民生微实事", slug="micro-test", kind="micro")
    sheet = [UNLISTED, ["", "半月岛公园", "已进场。"], ["", "步道", "已进场。"]]
    said = "系统里已有同名的项目：半月岛公园（2021 年重点项目，编号 park），如果就是它，请填编号。"
    for batch in (preview(clerk, sheet, project_list=other), preview(clerk, sheet, project_list=None, no_list=True)):
        assert [(row.outcome, row.sentence) for row in rows(batch)] == [("new", said), ("new", "")]
    factories.make_project(other, code="second", name="半月岛公园", lead_department=office)
    row = rows(preview(clerk, sheet, project_list=None))[0]
    assert row.outcome == "new" and "编号 park）、半月岛公园（民生微实事，编号 second），如果就是它" in row.sentence


def test_a_clerk_may_not_change_the_plan(clerk, project, preview):
    """Progress in the same row is imported all the same; 时限原文 goes with 计划完成 and nobody typed it."""
    Project.objects.filter(pk=project.pk).update(schedule_text="9月底", planned_end=date(2021, 9, 30))
    sheet = [HEAD, [1, "半月岛公园", "", "2021年12月31日", "主体完工。"], [2, "步道", "", "", "已进场。"]]
    batch = preview(clerk, sheet)
    row = rows(batch)[0]
    assert (row.outcome, changes(row)) == ("changed", {"进展": ("", "主体完工。")})
    assert row.sentence == "“计划完成”和系统里的不同，你不能改，没有导入。"
    assert confirm(batch).state == State.CONFIRMED
    project.refresh_from_db()
    assert (project.planned_end, project.version) == (date(2021, 9, 30), 1)
    assert project.updates.get().text == "主体完工。"


def test_a_part_of_a_plan_s_cell_is_called_by_the_cell(clerk, project, preview):
    Project.objects.filter(pk=project.pk).update(planned_end=date(2021, 12, 31))
    row = only(preview(clerk, [HEAD[:4], [1, "半月岛公园", "", "2021年11月至12月底"]]))
    assert (row.outcome, row.sentence) == ("unchanged", "“计划完成”和系统里的不同，你不能改，没有导入。")


def test_a_business_administrator_may(street_admin, project, preview):
    batch = confirm(preview(street_admin, [HEAD, [1, "半月岛公园", "", "12月底", "主体完工。"]]))
    project.refresh_from_db()
    assert (project.planned_end, project.due_on, project.schedule_text) == (
        date(2021, 12, 31), date(2021, 12, 31), "12月底")
    assert project.version == 2
    assert only(batch).update.author == street_admin


def test_another_office_s_project_is_not_named(other_clerk, project, preview):
    """By code, by number, by name: nothing of it is read out."""
    batch = preview(other_clerk, [["编号", "序号", "项目名称", "进展"], ["park", "", "", "x"], ["", 1, "半月岛", "x"]])
    assert [row.outcome for row in rows(batch)] == ["wrong", "wrong"]
    assert all("半月岛公园" not in row.sentence for row in rows(batch))


def test_a_clerk_of_one_unit_need_not_name_it(clerk, office, preview):
    row = only(preview(clerk, [["项目名称", "进展"], ["步道", "已进场。"]]))
    assert changes(row)["牵头单位"] == ("", "城建办公室")


def test_the_budget_names_its_source(street_admin, preview):
    confirm(preview(street_admin, [["项目名称", "投资额（亿元）"], ["步道", "1.2"]]))
    made = Project.objects.get()
    assert (made.budget, made.budget_source) == (12_000, Source.objects.own())


def test_an_unknown_office_can_be_made_with_a_tick(street_admin, sign_in, key_list):
    client = sign_in(street_admin)
    send(client, workbook([HEAD, ["", "步道", "示例水务所", "", "已进场。"]]), project_list=str(key_list.pk))
    batch = ImportBatch.objects.get()
    assert batch.unknown_departments == ["示例水务所"]
    client.post(url("departments", batch.pk), {"department": ["示例水务所", "没有写在表里"]})
    batch.refresh_from_db()
    assert (batch.new_departments, only(batch).outcome) == (["示例水务所"], "new")
    client.post(url("confirm", batch.pk))
    assert Project.objects.get().lead_department.name == "示例水务所"
    client.post(url("undo", batch.pk))
    assert not Project.objects.visible_to(street_admin).exists()


def test_the_list_is_read_from_the_title(clerk, key_list, preview):
    batch = preview(clerk, [["2021 年重点项目（九月）"], HEAD, NEW], project_list=None)
    assert batch.project_list == key_list


def test_a_column_may_name_the_list(clerk, key_list, preview):
    other = factories.make_list(title="民生微实事", slug="micro-test", kind="micro")
    row = only(preview(clerk, [["清单名称", *HEAD], ["民生微实事", *NEW]]))
    assert row.values["plan"]["project_list"] == other.pk


# --- the same twice, undo, again -----------------------------------------------------------------------
TWO = [HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"], NEW]


def test_the_same_file_twice_changes_nothing(clerk, project, preview):
    confirm(preview(clerk, TWO))
    again = preview(clerk, TWO)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "ask": 0, "wrong": 0}
    assert confirm(again).message == "没有要导入的行。"
    assert ProgressUpdate.objects.count() == 2


def test_a_batch_is_confirmed_once(clerk, project, preview):
    batch = confirm(preview(clerk, TWO))
    with pytest.raises(ValidationError, match="这一批已导入"):
        confirm(batch)
    assert ProgressUpdate.objects.count() == 2


def test_undo_withdraws_and_deletes_nothing(street_admin, project, preview):
    project.description = "原来的内容"
    project.save()
    batch = confirm(preview(street_admin, [
        [*HEAD, "主要内容"], [1, "半月岛公园", "城建办", "", "主体完工。", "新的内容"], [*NEW, ""]]))
    assert undo(batch, street_admin) == (2, 0)
    project.refresh_from_db()
    assert (batch.state, project.description) == (State.UNDONE, "原来的内容")
    assert {update.state for update in ProgressUpdate.objects.all()} == {"dropped"}
    assert [step.verb for step in project.updates.get().steps.in_order()] == ["submitted", "dropped"]
    made = Project.objects.get(name="映月湖步道")
    assert made.dropped_at and not Project.objects.visible_to(street_admin).filter(pk=made.pk).exists()


def test_after_an_undo_the_same_file_brings_the_same_projects_back(clerk, project, preview):
    batch = confirm(preview(clerk, TWO))
    made = Project.objects.get(name="映月湖步道")
    undo(batch, clerk)
    again = preview(clerk, TWO)
    assert [row.outcome for row in rows(again)] == ["changed", "new"]
    confirm(again)
    made.refresh_from_db()
    assert (Project.objects.count(), made.dropped_at) == (2, None)


def test_undo_is_refused_when_something_was_built_on_it(clerk, project, preview):
    batch = confirm(preview(clerk, TWO))
    factories.make_update(project, published=False, by=clerk)
    with pytest.raises(ValidationError, match="第 2 行“半月岛公园”导入以后又有改动"):
        undo(batch, clerk)
    batch.refresh_from_db()
    assert batch.state == State.CONFIRMED
    assert not ProgressUpdate.objects.filter(state="dropped").exists()


def entries(project):
    return [(entry.kind, entry.by, entry.reason) for entry in AuditEntry.objects.about(project).order_by("pk")]


def test_an_import_and_its_undo_are_in_the_history(street_admin, clerk, project, preview):
    """Each project with its version, who and which file; what the undo took back as well."""
    sheet = [[*HEAD, "主要内容"], [1, "半月岛公园", "", "", "完工。", "新的"], [*NEW, "乙"]]
    batch = confirm(preview(street_admin, sheet))
    made, reason = Project.objects.get(name="映月湖步道"), "Excel 导入：清单.xlsx"
    assert entries(made) == [("+", street_admin, reason)]
    assert entries(project)[-1] == ("~", street_admin, reason)
    assert AuditEntry.objects.about(project).newest_first()[0].changes == [
        {"field": "description", "label": "内容", "old": "", "new": "新的"}]
    assert [(each.history_type, each.history_user, each.description) for each in made.history.all()] == [
        ("+", street_admin, "乙")]
    undo(batch, street_admin)
    taken_back = ("~", street_admin, "撤销导入：清单.xlsx")
    assert entries(made)[-1] == entries(project)[-1] == taken_back
    assert project.history.first().description == ""


def test_a_version_taken_after_the_check_is_a_sentence(street_admin, project, preview, monkeypatch):
    """Somebody saves between the check and the lock: nothing of the batch is written, no history either."""
    check = confirming.refuse_stale
    monkeypatch.setattr(confirming, "refuse_stale", lambda *args: (
        check(*args), Project.objects.filter(pk=project.pk).update(version=7)))
    batch = preview(street_admin, [[*HEAD, "主要内容"], [1, "半月岛公园", "", "", "完工。", "新的"], [*NEW, "乙"]])
    before = AuditEntry.objects.count()
    assert confirm(batch).state == State.PREVIEWED and "刚才有人动过“半月岛公园”" in batch.message
    assert (Project.objects.count(), ProgressUpdate.objects.count(), AuditEntry.objects.count()) == (1, 0, before)


@pytest.mark.parametrize("build", [
    lambda project: factories.make_promise(project),
    lambda project: Project.objects.filter(pk=project.pk).update(version=9)], ids=["promise", "edit"])
def test_undo_sees_other_things_built_on_a_new_project(build, clerk, preview):
    batch = confirm(preview(clerk, [HEAD, NEW]))
    build(Project.objects.get())
    with pytest.raises(ValidationError, match="不能撤销"):
        undo(batch, clerk)


def test_only_a_confirmed_batch_is_undone(clerk, project, preview):
    batch = confirm(preview(clerk, TWO))
    undo(batch, clerk)
    with pytest.raises(ValidationError, match="只有已导入"):
        undo(batch, clerk)


def test_a_watched_word_warns_and_refuses_nothing(clerk, project, preview):
    WatchedWord.objects.create(word="牵投", kind="wrong", advice="应写作“牵头”。")
    WatchedWord.objects.create(word="完工", kind="wrong", advice="停用的不问。", is_active=False)
    batch = preview(clerk, [HEAD, [1, "半月岛公园", "", "", "由城建办牵投，已经完工。"], NEW])
    assert [row.outcome for row in rows(batch)] == ["changed", "new"]
    assert [row.sentence for row in rows(batch)] == ["请核对“牵投”：应写作“牵头”。", ""]
    assert confirm(batch).state == State.CONFIRMED


# --- what happened between the preview and the confirmation ---------------------------------------------
@pytest.mark.parametrize("meanwhile", [
    lambda project: Project.objects.filter(pk=project.pk).update(version=7),
    lambda project: factories.make_update(project),
    lambda project: factories.make_project(project.project_list, name="映月湖步道",
                                           lead_department=project.lead_department)],
    ids=["edited", "spoken of", "entered by another"])
def test_what_the_preview_saw_must_still_be_so(meanwhile, clerk, project, preview):
    batch = preview(clerk, TWO)
    meanwhile(project)
    before = ProgressUpdate.objects.count(), Project.objects.count()
    confirm(batch)
    assert "核对以后有人动过第" in batch.message
    assert (batch.state, ProgressUpdate.objects.count(), Project.objects.count()) == (State.PREVIEWED, *before)


def test_control_without_the_check_the_edit_is_overrun(clerk, project, preview, monkeypatch):
    """Negative control: the guard switched off, the stale preview is written."""
    monkeypatch.setattr("projects.excel_import.confirm.refuse_stale", lambda batch, rows: None)
    batch = preview(clerk, TWO)
    Project.objects.filter(pk=project.pk).update(version=7)
    assert confirm(batch).state == State.CONFIRMED


def test_a_clerk_who_left_the_office_meanwhile_writes_nothing(clerk, project, office, preview):
    batch = preview(clerk, TWO)
    office.clerks.remove(clerk)
    assert "已经不归你管" in confirm(batch).message


def test_all_or_nothing(clerk, project, preview, monkeypatch):
    """A fault at the last moment leaves no row behind."""
    batch = preview(clerk, TWO)
    monkeypatch.setattr("projects.excel_import.writer.Writer._remember", lambda self, rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        confirm(batch)
    batch.refresh_from_db()
    assert (Project.objects.count(), ProgressUpdate.objects.count()) == (1, 0)
    assert (batch.state, batch.job) == (State.PREVIEWED, "")
    assert "程序出错" in batch.message


# --- review of the whole batch --------------------------------------------------------------------------
@pytest.fixture
def second_reviewer(office):
    user = factories.make_user("second", name="终审员", roles=["审核员"], is_established=True)
    office.reviewers.add(user)
    return user


def test_a_batch_is_reviewed_in_two_steps_and_then_public(clerk, reviewer, second_reviewer, project, preview, sign_in):
    batch = confirm(preview(clerk, TWO))
    sign_in(reviewer).post(url("review", batch.pk), {"approve": "1"} | factories.TICKED)
    batch.refresh_from_db()
    assert batch.message == "初审通过 2 条。"
    sign_in(second_reviewer).post(url("review", batch.pk), {"approve": "1"} | factories.TICKED)
    batch.refresh_from_db()
    assert batch.message == "发布 2 条，公开新项目 1 个。"
    made = Project.objects.get(name="映月湖步道")
    assert (made.is_published, made.published_by, made.latest_update.text) == (True, second_reviewer, "已进场施工。")


def test_the_uploader_reviews_nothing_of_it(clerk, project, preview, sign_in):
    clerk.groups.add(*factories.make_user(roles=["审核员"]).groups.all())
    batch = confirm(preview(clerk, TWO))
    sign_in(clerk).post(url("review", batch.pk), {"approve": "1"})
    batch.refresh_from_db()
    assert "没有可以由你审核的" in batch.message
    assert not ProgressUpdate.objects.exclude(state="submitted").exists()


def test_a_batch_is_returned_with_a_reason(clerk, reviewer, project, preview, sign_in):
    batch = confirm(preview(clerk, TWO))
    client = sign_in(reviewer)
    assert "退回要写明原因" in client.post(url("review", batch.pk), {"send_back": "1"}, follow=True).text
    answer = client.post(url("review", batch.pk), {"send_back": "1", "reason": "日期不对"}, follow=True)
    assert "退回 2 条" in answer.text
    assert {update.state for update in ProgressUpdate.objects.all()} == {"returned"}


def test_undo_of_what_is_public_asks_for_review(clerk, reviewer, second_reviewer, street_admin, project, preview):
    batch = confirm(preview(clerk, TWO))
    for person in (reviewer, second_reviewer):
        jobs.start(batch, "approve", person, checked=factories.CHECKED)
    with pytest.raises(ValidationError, match="“映月湖步道”已经公开，请业务管理员来撤销"):
        undo(batch, clerk)
    assert undo(batch, street_admin) == (0, 2)
    made = Project.objects.get(name="映月湖步道")
    assert (made.is_published, bool(made.dropped_at)) == (False, True)
    withdrawals = ProgressUpdate.objects.filter(kind="withdrawal")
    assert {row.state for row in withdrawals} == {"submitted"}
    assert project.updates.in_force().count() == 1  # public until the withdrawal is reviewed


# --- round trip -----------------------------------------------------------------------------------------
def download(client, query=""):
    answer = client.get(url("template", query=query))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_exported_edited_and_imported_only_the_edit_is_seen(street_admin, sign_in, facts):
    """With all the real projects, edited by another program's writer."""
    client = sign_in(street_admin)
    book = download(client)
    sheet = book["项目"]
    titles = [cell.value for cell in sheet[2]]
    line = next(row for row in sheet.iter_rows(min_row=3) if row[0].value == "kp09")
    line[titles.index("进展")].value = "示例：公共区域布展。"
    line[titles.index("完成百分比")].value = 0.8
    buffer = io.BytesIO()
    book.save(buffer)
    send(client, SimpleUploadedFile("改好.xlsx", buffer.getvalue()), effective_on="2022-01-31")
    batch = ImportBatch.objects.get()
    total = Project.objects.count()
    assert batch.counts == {"new": 0, "changed": 1, "unchanged": total - 1, "ask": 0, "wrong": 0}
    row = batch.rows.get(outcome="changed")
    assert (row.name, set(changes(row))) == ("映月文化中心", {"进展", "完成百分比"})


def test_the_template_offers_ones_own_choices(clerk, project, sign_in):
    book = download(sign_in(clerk))
    sheet = book["项目"]
    assert sheet["A3"].value == "park"
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list"}
    assert [cell.value for cell in book["选项"]["B"] if cell.value] == ["城建办公室"]
    assert book["选项"].sheet_state == "hidden"
    assert download(sign_in(clerk), "?blank")["项目"]["A3"].value is None


def test_a_value_like_a_formula_comes_back_as_text(clerk, project, sign_in):
    project.place = "=1+1"
    project.save()
    sheet = download(sign_in(clerk))["项目"]
    cell = next(cell for cell in sheet[3] if cell.value == "=1+1")
    assert cell.data_type == "s"


# --- the mapping -----------------------------------------------------------------------------------------
ODD_HEAD = ["干什么", "谁来干", "干得怎样"]


def test_a_corrected_mapping_is_learned(clerk, key_list, office, sign_in):
    client = sign_in(clerk)
    answer = send(client, workbook([ODD_HEAD, ["步道", "城建办", "已进场。"]]), project_list=str(key_list.pk))
    batch = ImportBatch.objects.get()
    assert answer.url == url("columns", batch.pk)
    assert "没有认出哪一列是项目名称" in client.get(answer.url).text
    form = {"project_list": key_list.pk, "effective_on": "2021-09-30", "sheet": "表", "header_row": 1,
            "column_0": "name", "column_1": "lead_department", "column_2": "text"}
    assert client.post(answer.url, form).url == url("change", batch.pk)
    assert changes(only(batch))["进展"] == ("", "已进场。")
    assert ColumnHabit.objects.filter(user=clerk).count() == 3
    send(client, workbook([ODD_HEAD, ["护栏", "城建办", "已进场。"]]), project_list=str(key_list.pk))
    assert ImportBatch.objects.latest("pk").read_sheets[0].columns == ["name", "lead_department", "text"]


def test_another_person_learns_nothing_from_it(other_clerk, clerk, preview):
    ColumnHabit.objects.create(user=other_clerk, heading="干什么", field="name")
    batch, _ = upload.receive(clerk, workbook([ODD_HEAD, ["a", "b", "c"]]), source=Source.objects.own(),
                              effective_on=date(2021, 9, 30))
    assert batch.read_sheets[0].columns == ["", "", ""]


def test_a_field_is_filled_by_one_column(clerk, project, sign_in):
    client = sign_in(clerk)
    send(client, workbook(TWO), project_list=str(project.project_list_id))
    batch = ImportBatch.objects.get()
    form = {"project_list": batch.project_list_id, "effective_on": "2021-09-30", "sheet": "表", "header_row": 1,
            "column_0": "name", "column_1": "name"}
    answer = client.post(url("columns", batch.pk), form)
    assert answer.status_code == 400
    assert "有 2 列都选了“项目名称”" in answer.text


# --- whose it is ----------------------------------------------------------------------------------------
def test_nobody_else_sees_it_or_touches_it(clerk, other_clerk, project, preview, sign_in):
    batch = confirm(preview(clerk, TWO))
    client = sign_in(other_clerk)
    for name in ("change", "columns", "result"):
        assert client.get(url(name, batch.pk)).status_code == 404
    for name in ("confirm", "discard", "undo", "departments", "review", "work"):
        assert client.post(url(name, batch.pk)).status_code == 404
    assert batch.file_name not in client.get(url("changelist")).text


def test_a_reviewer_sees_the_rows_of_the_own_office(clerk, reviewer, office, project, preview, sign_in):
    community = factories.make_community(name="桂一")
    community.clerks.add(clerk)
    batch = confirm(preview(clerk, [[*HEAD, "社区"], [1, "半月岛公园", "", "", "主体完工。", ""],
                                    ["", "社区的事", "", "", "已进场。", "桂一社区"]]))
    page = sign_in(reviewer).get(url("change", batch.pk)).text
    assert "半月岛公园" in page and "社区的事" not in page
    assert sign_in(reviewer).post(url("undo", batch.pk)).status_code == 403


def test_who_may_not_import_has_no_way_in(reviewer, sign_in):
    client = sign_in(reviewer)
    assert client.get(url("add")).status_code == 403
    assert client.get(url("template")).status_code == 403
    assert "导入 Excel" not in client.get("/admin/projects/project/").text


@pytest.mark.parametrize("name", ["confirm", "discard", "undo", "departments", "review", "work"])
def test_a_link_changes_nothing(name, clerk, project, preview, sign_in):
    assert sign_in(clerk).get(url(name, preview(clerk, TWO).pk)).status_code == 405


@pytest.mark.parametrize("query", ["?page=x", "?page=99999999999999999999", "?page=-1", "?outcome=%00", "?outcome=no"])
def test_an_odd_address_is_answered(query, clerk, project, preview, sign_in):
    assert sign_in(clerk).get(url("change", preview(clerk, TWO).pk, query=query)).status_code == 200


@pytest.mark.parametrize("pk", ["0", "999999999999999999", "99999999999999999999", "abc"])
def test_a_batch_that_is_none_is_not_found(pk, clerk, sign_in):
    assert sign_in(clerk).get(f"/admin/projects/importbatch/{pk}/change/").status_code == 404


@pytest.mark.parametrize("form", [
    {}, {"effective_on": "2999-01-01"}, {"effective_on": "0021-01-01"}, {"project_list": "999"},
    {"project_list": "\0"}, {"effective_on": "\0"}])
def test_a_wrong_upload_is_a_sentence(form, clerk, sign_in):
    answer = send(sign_in(clerk), workbook(TWO), **form) if form else sign_in(clerk).post(url("add"), {})
    assert answer.status_code == 400
    assert "没有上传成功" in answer.text


def test_a_given_up_batch_leaves_no_file(clerk, project, preview, sign_in, tmp_path):
    batch = preview(clerk, TWO)
    assert list(tmp_path.glob("imports/*/*"))
    sign_in(clerk).post(url("discard", batch.pk))
    batch.refresh_from_db()
    assert (batch.state, list(tmp_path.glob("imports/*/*"))) == (State.DISCARDED, [])


def test_the_result_is_coloured_and_has_the_original_cells(clerk, project, preview, sign_in):
    batch = preview(clerk, [*TWO, ["", "", "没有这个单位", "", "坏的"]])
    answer = sign_in(clerk).get(url("result", batch.pk))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == ["结果", "说明", "原来第几行", *HEAD]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["有改动", "新增", "有问题"]
    assert sheet["B2"].value == "进展：（空） → 主体完工。"
    assert "没有写项目名称" in sheet["B4"].value
    assert len({row[0].fill.fgColor.rgb for row in sheet.iter_rows(min_row=2)}) == 3


# --- long ones ---------------------------------------------------------------------------------------------
def test_a_job_that_nobody_takes_is_said_and_can_be_done_now(clerk, project, preview, sign_in, monkeypatch):
    from datetime import timedelta

    from django.utils import timezone

    batch = preview(clerk, TWO)
    monkeypatch.setattr(jobs, "LONG", 1)
    monkeypatch.setattr(jobs.work.__class__, "enqueue", lambda self, *args: None)
    client = sign_in(clerk)
    client.post(url("confirm", batch.pk))
    answer = client.get(url("change", batch.pk))
    assert answer["Refresh"] == "2" and "<progress" in answer.text
    assert "现在就办" not in answer.text
    client.post(url("work", batch.pk))
    batch.refresh_from_db()
    assert batch.state == State.PREVIEWED  # a worker may still take it
    ImportBatch.objects.update(job_queued_at=timezone.now() - timedelta(seconds=20))
    assert "现在就办" in client.get(url("change", batch.pk)).text
    client.post(url("work", batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.job) == (State.CONFIRMED, "")


def test_two_do_not_do_the_same_job(clerk, project, preview):
    batch = preview(clerk, TWO)
    ImportBatch.objects.filter(pk=batch.pk).update(job="confirm")
    with pytest.raises(ValidationError, match="正在办"):
        jobs.start(batch, "confirm", clerk)


def test_a_preview_asks_a_fixed_number(clerk, key_list, office, preview, django_assert_max_num_queries):
    many = [HEAD, *[["", f"步道 {number}", "城建办", "9月底", "已进场。"] for number in range(400)]]
    with django_assert_max_num_queries(70):
        preview(clerk, many)


def test_the_page_asks_a_fixed_number(clerk, project, preview, sign_in, django_assert_max_num_queries):
    many = [["", f"步道 {number}", "城建办", "9月底", "已进场。"] for number in range(60)]
    batch = confirm(preview(clerk, [HEAD, *many]))
    client = sign_in(clerk)
    client.get(url("change", batch.pk))
    with django_assert_max_num_queries(16):
        client.get(url("change", batch.pk))


KILLED = """
import os, signal, sys, django
django.setup()
from projects.excel_import import jobs, writer
from projects.models import ImportBatch

write = writer.Writer._remember
def die(self, rows):
    write(self, rows)
    os.kill(os.getpid(), signal.SIGKILL)
writer.Writer._remember = die
ImportBatch.objects.update(job="confirm", job_queued_at="2021-01-01T00:00Z")
jobs.run(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_leaves_nothing_half_written(clerk, project, preview, settings):
    """The process dies after its last write and before the end of the transaction; then it is done again."""
    import os
    import subprocess
    import sys

    from django.db import connection

    batch = preview(clerk, TWO)
    wanted = connection.settings_dict
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "guicheng.settings", "DATA_DIR": str(settings.DATA_DIR)}
    if connection.vendor == "postgresql":
        env["DATABASE_URL"] = env["DATABASE_URL"].rsplit("/", 1)[0] + "/" + wanted["NAME"]
    else:
        env["DATABASE_URL"] = f"sqlite:///{wanted['NAME']}"
    died = subprocess.run([sys.executable, "-c", KILLED, str(batch.pk)], cwd=settings.BASE_DIR, env=env,
                          capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    assert (Project.objects.count(), ProgressUpdate.objects.count()) == (1, 0)
    batch.refresh_from_db()
    assert (batch.state, batch.job) == (State.PREVIEWED, "confirm")
    ImportBatch.objects.update(job_seen_at="2021-01-01T00:00Z")
    batch.refresh_from_db()
    assert batch.nobody_took_it
    batch.job_seen_at = batch.job_queued_at = None  # as an older release may leave it
    assert batch.nobody_took_it
    jobs.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Project.objects.count(), ProgressUpdate.objects.count()) == (State.CONFIRMED, 2, 2)


def test_an_office_s_own_number_is_no_code_of_ours(street_admin, project, preview):
    """Whoever sees all projects may import a sheet with codes of its own: the name says which project it is."""
    row = only(preview(street_admin, [["项目编号", "项目名称", "进展"], ["GC-2021-7", "半月岛公园", "主体完工。"]]))
    assert (row.outcome, row.project) == ("changed", project)


def test_a_statement_of_an_earlier_day_is_said_to_be_one_and_said_once(
        clerk, reviewer, second_reviewer, project, preview):
    factories.make_update(project, effective_on=date(2021, 12, 31), text="已经完工。")
    batch = preview(clerk, TWO[:2])
    assert "系统里有 2021 年 12 月 31 日的进展，这一条更早" in only(batch).sentence
    confirm(batch)
    for person in (reviewer, second_reviewer):
        jobs.start(batch, "approve", person, checked=factories.CHECKED)
    project.refresh_from_db()
    assert project.latest_update.text == "已经完工。"
    assert only(preview(clerk, TWO[:2])).outcome == "unchanged"


def test_the_name_of_a_new_office_is_looked_at_as_well(street_admin, project, preview):
    WatchedWord.objects.create(word="牵投", kind="wrong", advice="应写作“牵头”。")
    batch = preview(street_admin, [HEAD, ["", "映月湖步道", "牵投办公室", "", "已进场。"]])
    batch.new_departments = ["牵投办公室"]
    batch.save()
    jobs.start(batch, "preview", street_admin)
    assert "请核对“牵投”：应写作“牵头”" in batch.rows.get().sentence
