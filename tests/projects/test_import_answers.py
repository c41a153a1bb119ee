"""What a person says of a preview: sheets, answers, rows to be read after all, readings; each is read anew at once."""
import io
import json
from datetime import date

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from projects.models import ColumnHabit, ImportAnswer, ImportBatch, ProgressUpdate, Project
from tests import factories
from tests.projects.office_lists import HEAD, confirm, several, workbook

pytestmark = pytest.mark.django_db
DUE = [["序号", "项目名称", "完成时限"], [1, "半月岛公园", "2021-12-31"]]
TWINS = [HEAD, ["", "步道", "城建办", "", "已进场。"], ["", "步道", "城建办", "", "还没有进场。"]]


def url(name, *args):
    return reverse(f"admin:projects_importbatch_{name}", args=args)


@pytest.fixture
def say(sign_in):
    """Post to a batch as its uploader, and give it as it then is."""
    def _say(batch, verb, **data):
        answer = sign_in(batch.uploader).post(url(verb, batch.pk), data)
        assert answer.status_code == 302
        batch.refresh_from_db()
        return batch
    return _say


@pytest.fixture
def answer(say):
    def _answer(batch, key, words="", number=None):
        row = next(row for row in batch.rows.all() if row.asks and number in (None, row.number))
        question = next(each["question"] for each in row.asks if key in [choice[0] for choice in each["choices"]])
        name = f"{row.pk}-{question}"
        return say(batch, "answer", **{f"answer-{name}": key, f"words-{name}": words})
    return _answer


def rows(batch):
    return [(row.sheet, row.number, row.outcome) for row in batch.rows.all()]


# --- sheets ------------------------------------------------------------------------------------------
@pytest.fixture
def communities(db):
    return [factories.make_community(name=name) for name in ("示一", "示二")]


PLAIN = ["序号", "项目名称", "进展情况"]


def of_communities():
    return several({
        "填报说明": [["本表由各社区填写"]],
        "示一": [["示一社区项目表"], PLAIN, [1, "长椅", "已装好。"], [2, "路灯", "在装。"]],
        "示二": [PLAIN, [1, "长椅", "已装好。"]],
        "旧表": [PLAIN, [1, "旧长椅", "已拆。"]],
    }, hidden=["旧表"])


def test_a_sheet_for_each_community_is_read_whole(street_admin, communities, preview):
    """The community is the sheet's name; numbers of lines are not of the list; each row has its sheet."""
    batch = preview(street_admin, of_communities())
    assert rows(batch) == [("示一", 3, "new"), ("示一", 4, "new"), ("示二", 2, "new")]
    said = " ".join(each["sentence"] for each in batch.assumed)
    assert "读了工作表“示一”“示二”；没有读：“填报说明”（没有认出表头）、“旧表”（隐藏的）" in said
    confirm(batch)
    made = Project.objects.values_list("name", "community__name", "number").order_by("pk")
    assert list(made) == [("长椅", "示一", None), ("路灯", "示一", None), ("长椅", "示二", None)]


def test_a_sheet_can_be_left_out_and_a_hidden_one_read(street_admin, communities, preview, say):
    batch = preview(street_admin, of_communities())
    say(batch, "reading", what="sheets", place=["2", "3"])
    assert rows(batch) == [("示二", 2, "new"), ("旧表", 2, "new")]
    say(batch, "reading", what="sheets", place=["2"])
    assert rows(batch) == [("", 2, "new")], "one sheet needs no name"
    say(batch, "reading", what="sheets")
    assert rows(batch) == [("", 2, "new")], "at least one is read"


def test_rows_are_called_by_their_sheet(street_admin, communities, preview, sign_in):
    batch = preview(street_admin, of_communities())
    client = sign_in(street_admin)
    assert "“示二”第 2 行" in client.get(url("change", batch.pk)).text
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("result", batch.pk)).content))
    assert book.sheetnames == ["示一", "示二"] and book["示二"]["E2"].value == "长椅"
    confirm(batch)
    Project.objects.filter(community=communities[1]).update(version=9)
    client.post(url("undo", batch.pk))
    assert "“示二”第 2 行“长椅”导入以后又有改动" in client.get(url("change", batch.pk)).text


def test_the_command_tells_what_the_page_shows(street_admin, key_list, communities, preview, tmp_path):
    content = of_communities().read()
    batch = preview(street_admin, _upload(content))
    path = tmp_path / "清单.xlsx"
    path.write_bytes(content)
    out = io.StringIO()
    call_command("preview_list", str(path), "--list", key_list.slug, "--as", street_admin.username, stdout=out)
    told = json.loads(out.getvalue())
    of_page = {(row.sheet, row.number): (row.outcome, row.name) for row in batch.rows.all()}
    of_command = {(sheet["name"], row["row"]): (row["is"], row["fields"]["name"])
                  for sheet in told["sheets"] for row in sheet["rows"]}
    assert of_command == of_page and len(of_page) == 3
    assert told["assumed"] == [each["sentence"] for each in batch.assumed]
    assert [each["name"] for each in told["sheets"] if each["read"]] == ["示一", "示二"]
    assert {(sheet["name"], each["row"]) for sheet in told["sheets"] for each in sheet["skipped"]} == {
        (each["sheet"], each["row"]) for each in batch.passed_over}


def _upload(content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("清单.xlsx", content)


def test_two_tables_on_one_sheet_are_two(street_admin, key_list, office, preview):
    """The second has other columns: 完成时限 stands where 责任单位 stood."""
    batch = preview(street_admin, [
        ["民生类"], ["序号", "项目名称", "责任单位", "进展情况"], [1, "步道", "城建办", "在建。"], [], ["环境类"],
        ["序号", "项目名称", "完成时限", "下一步"], [2, "绿道", "2021-12-20", "铺装"]])
    assert [(row.sheet, row.number, row.name) for row in batch.rows.all()] == [
        ("表", 3, "步道"), ("表（第 6 行起）", 7, "绿道")]
    assert batch.rows.get(number=7).values["plan"]["planned_end"] == "2021-12-20"
    same = [["项目名称", "责任单位"], ["步道", "城建办"], ["项目名称", "责任单位"], ["长椅", "城建办"]]
    assert {row.sheet for row in preview(street_admin, same).rows.all()} == {""}, "the same header again is no table"


# --- answers -----------------------------------------------------------------------------------------
def test_rows_of_one_name_are_another_or_the_same(clerk, key_list, office, preview, answer, say):
    batch = preview(clerk, TWINS)
    assert rows(batch) == [("", 2, "new"), ("", 3, "ask")]
    answer(batch, "another")
    assert rows(batch) == [("", 2, "new"), ("", 3, "new")]
    kept = batch.answers.get()
    assert (kept.by, kept.said, kept.number) == (clerk, "是另一个项目", 3) and "第 2 行同名" in kept.asked
    say(batch, "answer", again=kept.pk)
    assert rows(batch)[1] == ("", 3, "ask") and not batch.answers.exists()
    answer(batch, "same")
    row = batch.rows.get(number=3)
    assert (row.outcome, row.sentence) == ("unchanged", "和第 2 行是同一个项目，只导入第 2 行。")
    confirm(batch)
    assert Project.objects.filter(name="步道").count() == 1


def test_a_later_day_is_a_postponement_with_its_reason(street_admin, project, preview, answer):
    Project.objects.filter(pk=project.pk).update(planned_end=date(2021, 10, 31), due_on=date(2021, 10, 31))
    batch = preview(street_admin, DUE)
    assert rows(batch) == [("", 2, "ask")]
    answer(batch, "postpone", "  ")
    assert rows(batch) == [("", 2, "ask")], "without a reason nothing is put off"
    answer(batch, "postpone", "打 13800138000 问")
    assert not batch.answers.exists(), "the reason is public"
    answer(batch, "postpone", "雨季不能施工。")
    row = batch.rows.get()
    assert row.outcome == "changed" and ["延期到", "2021 年 10 月 31 日", "2021 年 12 月 31 日"] in row.changes
    confirm(batch)
    row.refresh_from_db()
    said = project.updates.get()
    assert row.postponement == said and row.update is None
    assert (said.kind, said.postponed_to, said.reason, said.state) == (
        "postponement", date(2021, 12, 31), "雨季不能施工。", "submitted")
    project.refresh_from_db()
    assert project.planned_end == date(2021, 10, 31), "the plan itself stays"
    again = preview(street_admin, DUE).rows.get()
    assert (again.outcome, again.sentence) == ("unchanged", "延期到2021 年 12 月 31 日已在送审。")


def test_no_postponement_leaves_the_day(street_admin, project, preview, answer):
    Project.objects.filter(pk=project.pk).update(planned_end=date(2021, 10, 31), due_on=date(2021, 10, 31))
    batch = answer(preview(street_admin, [[*DUE[0], "进展情况"], [*DUE[1], "主体完工。"]]), "leave")
    assert rows(batch) == [("", 2, "changed")]
    confirm(batch)
    project.refresh_from_db()
    assert project.planned_end == date(2021, 10, 31) and project.updates.get().kind == "progress"


def test_a_clerk_puts_off_what_a_clerk_may_not_change(clerk, project, preview, answer, sign_in, reviewer):
    Project.objects.filter(pk=project.pk).update(planned_end=date(2021, 10, 31), due_on=date(2021, 10, 31))
    batch = preview(clerk, DUE)
    assert rows(batch) == [("", 2, "unchanged")]
    confirm(answer(batch, "postpone", "雨季不能施工。"))
    said = project.updates.get()
    assert (said.kind, said.author) == ("postponement", clerk)
    client = sign_in(reviewer)
    assert "初审 1 条" in client.get(url("change", batch.pk)).text
    client.post(url("review", batch.pk), {"approve": "1"})
    said.refresh_from_db()
    assert said.state == "checked"
    sign_in(clerk).post(url("undo", batch.pk))
    said.refresh_from_db()
    assert said.state == "dropped"


def test_2021_1_is_january_or_october(street_admin, key_list, office, preview, answer):
    content = "序号,项目名称,完成时限\n1,步道,2021.1\n".encode()
    batch = preview(street_admin, _csv(content))
    assert rows(batch) == [("", 2, "ask")]
    answer(batch, "2021年10月")
    assert batch.rows.get().values["plan"]["planned_end"] == "2021-10-31"
    assert batch.rows.get().raw[2] == "2021.1", "the result gives back what stood there"


def _csv(content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("清单.csv", content)


def test_a_mobile_number_is_public_only_when_it_is_the_office_s(clerk, office, key_list, preview, answer):
    sheet = [["项目名称", "责任单位", "联系电话"], ["步道", "城建办", "13800138000"]]
    batch = preview(clerk, sheet)
    assert rows(batch) == [("", 2, "new")] and "phone" not in batch.rows.get().values["plan"]
    answer(batch, "office")
    row = batch.rows.get()
    assert row.values["plan"]["phone"] == "13800138000" and "已确认是对外的办公号码" in row.sentence
    assert batch.answers.get().by == clerk


def test_which_of_two_namesakes(clerk, key_list, office, preview, answer):
    for code in ("one", "two"):
        factories.make_project(key_list, code=code, name="步道", lead_department=office)
    batch = preview(clerk, [HEAD, ["", "步道", "", "", "完工。"]])
    assert rows(batch) == [("", 2, "wrong")]
    assert answer(batch, "two").rows.get().project.code == "two"


def test_a_name_that_is_nearly_right(street_admin, key_list, office, communities, preview, answer):
    batch = preview(street_admin, [["项目名称", "社区"], ["步道", "示三社区"]])
    assert "示三" in batch.rows.get().sentence
    answer(batch, "示一社区")
    assert batch.rows.get().values["plan"]["community"] == communities[0].pk


def test_an_answer_of_an_old_page_is_none(clerk, key_list, office, preview, say):
    batch = preview(clerk, TWINS)
    row = batch.rows.get(outcome="ask")
    for data in ({f"answer-{row.pk + 99}-twin": "another"}, {f"answer-{row.pk}-twin": "nonsense"},
                 {f"answer-{row.pk}-later": "postpone"}, {}, {"again": "7"}, {"answer-x-twin": "another"}):
        say(batch, "answer", **data)
    assert not ImportAnswer.objects.exists() and rows(batch)[1] == ("", 3, "ask")


def test_what_is_confirmed_is_answered_no_more(clerk, key_list, office, preview, say):
    batch = preview(clerk, TWINS)
    row = batch.rows.get(outcome="ask")
    confirm(batch)
    say(batch, "answer", **{f"answer-{row.pk}-twin": "another"})
    assert not ImportAnswer.objects.exists() and Project.objects.filter(name="步道").count() == 1


@pytest.mark.parametrize("verb", ["answer", "take", "reading"])
def test_nobody_else_says_anything(verb, clerk, other_clerk, key_list, office, preview, sign_in):
    batch = preview(clerk, TWINS)
    assert sign_in(other_clerk).post(url(verb, batch.pk), {"what": "forget"}).status_code == 404
    assert sign_in(clerk).get(url(verb, batch.pk)).status_code == 405


# --- rows that were passed over -----------------------------------------------------------------------
def test_a_row_is_read_after_all(clerk, key_list, office, preview, say):
    """A total is none, a hidden row is to be read: each by a click, and taken back by another."""
    sheet = [HEAD, ["", "步道", "城建办", "", "已进场。"], ["", "合计", "城建办", "", "已收齐。"],
             ["", "长椅", "城建办", "", "已装好。"]]
    book = openpyxl.load_workbook(workbook(sheet))
    book.active.row_dimensions[4].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    batch = preview(clerk, _upload(buffer.getvalue()))
    assert rows(batch) == [("", 2, "new")]
    assert [(each["row"], each["why"]) for each in batch.passed_over][:2] == [(3, "合计"), (4, "隐藏的行")]
    say(batch, "take", take="3-0")
    assert rows(batch) == [("", 2, "new"), ("", 3, "new")]
    say(batch, "take", take="隐藏的行")
    assert rows(batch)[2:] == [("", 4, "new")]
    for wrong in ("3-0", "99-0", "3-9", "空行", ""):
        say(batch, "take", take=wrong)
    assert batch.answers.count() == 2
    confirm(batch)
    assert set(Project.objects.values_list("name", flat=True)) == {"步道", "合计", "长椅"}


def test_a_row_that_is_struck_out_is_read_with_its_words(clerk, key_list, office, preview, say):
    book = openpyxl.load_workbook(workbook([HEAD, ["", "步道", "城建办", "", "已进场。"]]))
    for cell in book.active[2]:
        cell.font = openpyxl.styles.Font(strike=True)
    buffer = io.BytesIO()
    book.save(buffer)
    batch = say(preview(clerk, _upload(buffer.getvalue())), "take", take="2-0")
    row = batch.rows.get()
    assert (row.name, row.outcome, row.sentence) == ("步道", "new", "")


# --- readings ----------------------------------------------------------------------------------------
MONEY = [["项目名称", "责任单位", "总投资"], ["步道", "城建办", 60]]


def test_the_unit_of_money_is_said_and_remembered(street_admin, key_list, office, preview, say):
    batch = preview(street_admin, MONEY)
    assert batch.rows.get().values["plan"]["budget"] == "60.00"
    say(batch, "reading", what="unit", place="0", value="亿元")
    assert batch.rows.get().values["plan"]["budget"] == "600000.00"
    assert ColumnHabit.objects.get().reading == "亿元"
    again = preview(street_admin, MONEY)
    assert again.rows.get().values["plan"]["budget"] == "600000.00"
    assert ["记住", "照你以前选过的读：“总投资”"] in [[each["what"], each["sentence"]] for each in again.assumed]
    say(again, "reading", what="forget")
    assert again.rows.get().values["plan"]["budget"] == "60.00" and not ColumnHabit.objects.exists()


def test_another_person_reads_as_the_file_says(street_admin, clerk, key_list, office, preview, say):
    say(preview(street_admin, MONEY), "reading", what="unit", place="0", value="亿元")
    assert preview(clerk, MONEY).rows.get().values["plan"]["budget"] == "60.00"


def test_what_a_share_is_of_can_be_said(clerk, key_list, office, preview, say):
    sheet = [["项目名称", "责任单位", "完成率", "进展情况"], ["步道", "城建办", 1, "在建。"]]
    batch = preview(clerk, sheet)
    assert "percent" not in batch.rows.get().values["progress"]
    say(batch, "reading", what="scale", place="0", value="1 就是 100%")
    assert batch.rows.get().values["progress"]["percent"] == 100


def test_the_header_stands_elsewhere(clerk, key_list, office, preview, say):
    batch = preview(clerk, [["项目名称", "责任单位"], ["步道", "城建办"], ["项目名称", "责任单位"], ["长椅", "城建办"]])
    assert [number for _, number, _ in rows(batch)] == [2, 4]
    say(batch, "reading", what="header", place="0", header_row="3", header_rows="1")
    assert [number for _, number, _ in rows(batch)] == [4]


@pytest.mark.parametrize("data", [
    {}, {"what": "nonsense"}, {"what": "unit", "place": "9"}, {"what": "unit", "place": "0", "value": "斤"},
    {"what": "header", "place": "0", "header_row": "x"}, {"what": "header", "place": "0", "header_row": "0"},
    {"what": "header", "place": "0", "header_row": "99"}, {"what": "header", "place": "0", "header_row": "9" * 18},
    {"what": "scale", "place": "0", "value": "1"}])
def test_an_odd_reading_changes_nothing(data, clerk, key_list, office, preview, say):
    batch = preview(clerk, MONEY)
    before = batch.sheets
    assert say(batch, "reading", **data).sheets == before and not ColumnHabit.objects.exists()


def test_control_an_answer_that_is_not_kept_changes_nothing(clerk, key_list, office, preview, answer, monkeypatch):
    monkeypatch.setattr("projects.excel_import.otherwise._keep", lambda batch, answers: None)
    assert rows(answer(preview(clerk, TWINS), "another"))[1] == ("", 3, "ask")


def test_the_page_asks_a_fixed_number(street_admin, communities, preview, sign_in, django_assert_max_num_queries):
    many = several({name: [PLAIN, *[[number, f"{name}的第{number}张椅子", "在装。"] for number in range(1, 20)]]
                    for name in ("示一", "示二")})
    batch = preview(street_admin, many)
    client = sign_in(street_admin)
    client.get(url("change", batch.pk))
    with django_assert_max_num_queries(20):
        client.get(url("change", batch.pk))
    assert ImportBatch.objects.count() == 1 and not ProgressUpdate.objects.exists()
