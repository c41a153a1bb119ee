"""What a page sends of a row: two people in it told apart, a table pasted from Excel, a photo that goes along."""
import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects.models import AskedUnit, Photo, ProgressUpdate, Project, ReportingRow, ReviewStep, Standing
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import open_task
from projects.reporting.pasting import NO_NAME, read_pasted
from projects.reporting.table import Table, rows_of
from projects.reporting.typed import MARK, Typed, marks_of
from tests import factories as make
from tests.pictures import jpeg
from tests.projects.test_reporting import draft_of, make_task

pytestmark = pytest.mark.django_db


def page(version, drawn, **texts):
    """What a page that was drawn with `drawn` sends once these texts were typed over it."""
    return Typed(version, draft_of({**drawn, **texts}), dict(MARK.findall(marks_of(drawn))))


@pytest.fixture
def unit(key_list, office, street_admin):
    for number in range(1, 4):
        make.make_project(key_list, number=number, name=f"第 {number} 项", lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    return AskedUnit.objects.get(task=task)


@pytest.fixture
def rows(unit):
    return list(ReportingRow.objects.filter(unit=unit).in_table_order())


def now(row):
    return ReportingRow.objects.with_standing().select_related("latest__update").get(pk=row.pk)


def red(row):
    Project.objects.filter(pk=row.project_id).update(planned_start="2026-01-01", planned_end="2026-01-31",
                                                     due_on="2026-01-31")
    make.make_update(row.project, status="in_progress", effective_on="2026-03-01")


# --- two people in one row --------------------------------------------------------------------------------
@pytest.mark.parametrize(("typed", "theirs", "together", "clash"), [
    ({"text": "甲"}, {"percent": "8"}, {"text": "甲", "percent": "8"}, set()),
    ({"text": "甲"}, {"text": "乙"}, {"text": "甲"}, {"text"}),
    ({"text": "甲"}, {"text": "甲"}, {"text": "甲"}, set()),
    ({"problem": ""}, {"problem": "旧", "text": "乙"}, {"text": "乙"}, set()),  # emptied here, left alone there
    ({"problem": ""}, {"problem": "新"}, {}, {"problem"}),
    ({"nil": "1"}, {"problem": "旧", "text": "乙"}, {"nil": "1", "problem": "旧", "text": "乙"}, {"nil", "text"}),
    ({}, {"text": "乙"}, {"text": "乙"}, set()),
])
def test_cells_are_put_together_and_of_one_cell_one_is_asked(typed, theirs, together, clash):
    drawn = {"problem": "旧"} if "problem" in typed or "problem" in theirs else {}
    assert page(1, drawn, **typed).beside(theirs) == (together, clash)


def test_a_page_that_does_not_say_what_it_was_drawn_with_is_asked_about_all(rows):
    assert Typed(1, {"text": "甲"}).beside({"percent": "8"})[1] == {"text", "percent"}


def test_a_row_nobody_touched_is_left_alone(unit, rows, clerk):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="甲")}, clerk)
    assert save_drafts(unit.rows, {rows[0].pk: page(1, {})}, clerk) == ([], [])  # an old page
    assert now(rows[0]).draft == {"text": "甲"}


def test_what_was_handed_in_meanwhile_is_refused(unit, rows, clerk):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="甲")}, clerk)
    hand_in(unit.rows, {rows[0].pk: 2}, clerk)
    assert save_drafts(unit.rows, {rows[0].pk: page(1, {}, percent="8")}, clerk) == ([], [rows[0]])


def test_of_a_row_somebody_else_typed_in_nothing_is_handed_in_unseen(sign_in, unit, rows, clerk, reviewer):
    client = sign_in(clerk)
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, percent="8")}, reviewer)
    said = client.post(unit.get_absolute_url(), {
        f"r{rows[0].pk}-version": 1, f"r{rows[0].pk}-drawn": "-", f"r{rows[0].pk}-text": "甲", "do": "all",
    }, follow=True)
    assert "刚被别人改过，请看过再交" in said.text
    assert now(rows[0]).draft == {"text": "甲", "percent": "8"}
    assert now(rows[0]).standing == Standing.DRAFT


def test_a_status_in_the_words_of_an_office_is_that_status():
    assert draft_of({"status": "在建"}) == {"status": "in_progress"}
    assert draft_of({"status": "差不多"}) == {"status": "差不多"}


def test_a_status_that_nobody_knows_stays_in_its_cell(sign_in, unit, rows, clerk):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, status="差不多")}, clerk)
    said = sign_in(clerk).get(unit.get_absolute_url()).text
    assert '<option value="差不多" selected>' in said
    assert "没有“差不多”这种状态。" in said


# --- what a page keeps by itself --------------------------------------------------------------------------
def kept_by_itself(client, unit, **sent):
    return client.post(reverse("admin:projects_reportingtask_drafts", args=[unit.pk]), sent)


def test_it_is_no_activity(sign_in, unit, rows, clerk):
    client = sign_in(clerk)
    client.get(unit.get_absolute_url())
    session = Session.objects.get()
    touched = session.get_decoded().get("touched")
    stored = session.session_data
    kept_by_itself(client, unit, **{f"r{rows[0].pk}-version": 1, f"r{rows[0].pk}-text": "甲"})
    assert touched is not None
    assert Session.objects.get().session_data == stored
    assert now(rows[0]).draft == {"text": "甲"}


def test_what_both_wrote_comes_back(sign_in, unit, rows, clerk, reviewer):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="乙"), rows[1].pk: page(1, {}, percent="8")}, reviewer)
    answer = kept_by_itself(sign_in(clerk), unit, **{
        f"r{row.pk}-{name}": text for row in rows[:2] for name, text in
        (("version", 1), ("drawn", "-"), ("text", "甲"))}).json()
    first, second = rows[:2]
    assert answer["both"] == {f"r{first.pk}-text": {"theirs": "乙", "mark": marks_of({"text": "乙"})}}
    assert answer["put"] == {f"r{second.pk}-percent": "8"}
    assert answer["set"][f"r{second.pk}-version"] == 3
    assert f"r{first.pk}-text" not in answer["kept"]
    assert "两边写的都在格里" in answer["said"]
    assert not ReviewStep.objects.exists()


# --- what may be said, but is seldom meant ------------------------------------------------------------------
def test_a_warning_stops_nobody(sign_in, unit, rows, clerk):
    red(rows[0])
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="正常推进")}, clerk)
    said = sign_in(clerk).get(unit.get_absolute_url()).text
    assert "看不出卡在哪里" in said
    assert "红灯，写一句为什么晚了。" in said
    assert hand_in(unit.rows, {rows[0].pk: 2}, clerk).number == 1


def test_control_what_says_something_is_not_warned_of(unit, rows, clerk):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="正常推进")}, clerk)
    line = Table(unit, True, [(1, row) for row in rows_of(unit)]).lines[0]
    assert line.reading.doubts == {}  # no red lamp


@pytest.mark.parametrize(("texts", "is_red", "named"), [
    ({"text": "正常推进"}, True, True), ({"text": "正常推进"}, False, False), ({"text": "桩打完了"}, True, False),
    ({"text": "正常推进", "problem": "等图纸"}, True, False)])
def test_the_board_names_red_rows_that_say_nothing(sign_in, street_admin, unit, rows, clerk, texts, is_red, named):
    if is_red:
        red(rows[0])
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, **texts)}, clerk)
    hand_in(unit.rows, {rows[0].pk: 2}, clerk)
    board = sign_in(street_admin).get(unit.task.get_absolute_url()).text
    assert ("只写了“正常推进”这样的话" in board) is named
    office_row = reverse("admin:projects_reportingtask_office_row", args=[rows[0].pk])
    assert (office_row in board) is named


# --- returned ---------------------------------------------------------------------------------------------
@pytest.fixture
def returned(unit, rows, clerk, reviewer):
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="快好了。")}, clerk)
    hand_in(unit.rows, {rows[0].pk: 2}, clerk)
    update = ProgressUpdate.objects.get(author=clerk)
    update.send_back(reviewer, "请写哪天完工。")
    return update


def test_the_reviewers_words_stand_under_the_name(sign_in, unit, returned, clerk, reviewer):
    said = sign_in(clerk).get(unit.get_absolute_url()).text
    assert f"退回</strong>　请写哪天完工。（{reviewer.name}，" in said


def test_what_was_returned_does_not_go_again_by_itself(sign_in, unit, rows, returned, clerk):
    client = sign_in(clerk)
    line = Table(unit, True, [(1, row) for row in rows_of(unit)]).lines[0]
    assert (line.draft, line.may_go) == ({"text": "快好了。"}, False)
    sent = {f"r{rows[0].pk}-version": 3, f"r{rows[0].pk}-drawn": line.marks, f"r{rows[0].pk}-text": "快好了。"}
    client.post(unit.get_absolute_url(), {**sent, "do": "all"})
    assert now(rows[0]).standing == Standing.RETURNED
    client.post(unit.get_absolute_url(), {**sent, "do": f"row:{rows[0].pk}"})  # by name it does
    assert now(rows[0]).standing == Standing.HANDED_IN


def test_the_photos_of_what_was_returned_come_along(sign_in, unit, rows, returned, clerk):
    make.make_photo(returned)
    save_drafts(unit.rows, {rows[0].pk: page(3, now(rows[0]).kept, text="28 日完工。")}, clerk)
    assert hand_in(unit.rows, {rows[0].pk: 4}, clerk).number == 1
    new = now(rows[0]).latest.update
    assert new != returned
    assert [photo.alt for photo in new.photos.all()] == [photo.alt for photo in returned.photos.all()]
    assert new.state == "submitted"


# --- photos -------------------------------------------------------------------------------------------------
def with_photo(row, do="one", **sent):
    return {f"r{row.pk}-version": row.version, f"r{row.pk}-text": "好了。", "do": do, "media-photos": jpeg(), **sent}


def test_a_photo_goes_with_the_row(sign_in, rows, clerk):
    answer = sign_in(clerk).post(rows[0].get_absolute_url(), with_photo(
        rows[0], **{"media-alt": "装好的路灯", "media-people_agreed": "on"}))
    assert answer["Location"] == rows[1].get_absolute_url()
    update = now(rows[0]).latest.update
    assert (update.state, [photo.alt for photo in update.photos.all()]) == ("submitted", ["装好的路灯"])
    assert [step.verb for step in update.steps.all()] == ["submitted"]


def test_what_a_photo_lacks_is_said_and_the_text_and_the_photo_stay(sign_in, rows, clerk):
    client = sign_in(clerk)
    answer = client.post(rows[0].get_absolute_url(), with_photo(rows[0]))
    assert answer.status_code == 400
    assert "照片要写拍的是什么" in answer.text
    assert "已收到 1 张照片" in answer.text
    assert now(rows[0]).draft == {"text": "好了。"}
    held = answer.text.partition('name="media-held" value="')[2].partition('"')[0]
    client.post(rows[0].get_absolute_url(), {
        f"r{rows[0].pk}-version": 2, f"r{rows[0].pk}-text": "好了。", "do": "one", "media-held": held,
        "media-alt": "装好的路灯", "media-people_agreed": "on"})
    assert Photo.objects.get().update == now(rows[0]).latest.update


def test_a_photo_chosen_for_a_draft_is_held(sign_in, rows, clerk):
    answer = sign_in(clerk).post(rows[0].get_absolute_url(), with_photo(
        rows[0], "save", **{"media-alt": "路灯", "media-people_agreed": "on"}))
    assert (answer.status_code, Photo.objects.count()) == (200, 0)
    assert "已收到 1 张照片" in answer.text
    assert now(rows[0]).draft == {"text": "好了。"}


def test_none_is_ever_required(sign_in, rows, clerk):
    sign_in(clerk).post(rows[0].get_absolute_url(), {
        f"r{rows[0].pk}-version": 1, f"r{rows[0].pk}-text": "好了。", "do": "one"})
    assert now(rows[0]).standing == Standing.HANDED_IN


# --- from Excel -----------------------------------------------------------------------------------------------
def test_a_pasted_table_is_read_as_the_import_reads_it(unit, rows):
    pasting = read_pasted(unit, "序号\t项目名称\t状态\t完成比例\t本期进展\n"
                                "1\t第1项\t在建\t约八成\t铺好路。\n2\t第2项\t\t0.4\t\n")
    assert [match.row for match in pasting.found] == rows[:2]
    assert pasting.found[0].texts == {"status": "在建", "percent": "80", "text": "铺好路。"}
    assert pasting.found[0].draft["status"] == "in_progress"
    assert pasting.found[1].texts == {"percent": "40"}


@pytest.mark.parametrize(("line", "why"), [
    ("没有的项目\t好", "没有叫“没有的项目”的项目"), ("\t好", "没有项目名称"), ("第 1 项\t", "没有要改的"),
])
def test_what_has_no_row_says_why_and_can_be_tried_again(unit, line, why):
    pasting = read_pasted(unit, f"项目名称\t本期进展\n第 2 项\t好\n{line}\n第 2 项\t又一次")
    assert why in pasting.left[0].why
    assert "上面已经有一行" in pasting.left[1].why
    assert [match.texts for match in read_pasted(unit, pasting.rest()).found] == [{"text": "又一次"}]


@pytest.mark.parametrize("text", ["第 1 项\t好", "只有字", "状态\t完成%\n在建\t5", "项目名称\t地址\n第 1 项\t某路"])
def test_what_is_no_table_of_ours_is_refused_in_a_sentence(sign_in, unit, clerk, text):
    with pytest.raises(ValidationError):
        read_pasted(unit, text)
    answer = sign_in(clerk).post(reverse("admin:projects_reportingtask_paste", args=[unit.pk]), {"pasted": text})
    assert answer.status_code == 400
    assert text.partition("\n")[0] in answer.text  # still in the box
    assert NO_NAME in answer.text or "没有认出一列是这张表要填的" in answer.text


def test_pasting_over_what_somebody_just_wrote_is_refused(sign_in, unit, rows, clerk, reviewer):
    text = "项目名称\t本期进展\n第 1 项\t贴的"
    save_drafts(unit.rows, {rows[0].pk: page(1, {}, text="刚写的")}, reviewer)
    answer = sign_in(clerk).post(reverse("admin:projects_reportingtask_paste", args=[unit.pk]), {
        "pasted": text, "do": "write", f"r{rows[0].pk}-version": 1})
    assert "刚被别人改过" in answer.text
    assert "原来写的　刚写的" in answer.text
    assert now(rows[0]).draft == {"text": "刚写的"}


# --- what is left ---------------------------------------------------------------------------------------------
def test_only_what_is_not_handed_in(sign_in, unit, rows, clerk):
    save_drafts(unit.rows, {rows[1].pk: page(1, {}, nil="1")}, clerk)
    hand_in(unit.rows, {rows[1].pk: 2}, clerk)
    client = sign_in(clerk)
    table = client.get(f"{unit.get_absolute_url()}?show=left").context["table"]
    assert [(line.number, line.row) for line in table.lines] == [(1, rows[0]), (3, rows[2])]
    assert len(client.get(unit.get_absolute_url()).context["table"].lines) == 3
    assert client.get(f"{unit.get_absolute_url()}?show=some").status_code == 400


@pytest.mark.parametrize(("number", "status"), [("1", 200), ("2", 404), ("0", 404), ("x", 404), ("9" * 30, 404)])
def test_a_page_that_is_not_there(sign_in, unit, rows, clerk, number, status):
    assert sign_in(clerk).get(f"{unit.get_absolute_url()}?page={number}").status_code == status
