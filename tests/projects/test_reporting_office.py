"""The office's half of 报送任务: returns, releases, wordings, reminders, the next task."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from guicheng.days.workdays import WorkCalendar
from guicheng.notices.inbox import InboxMessage
from projects.models import (
    AskedUnit,
    ProgressUpdate,
    ReportingAnswer,
    ReportingReminder,
    ReportingReturn,
    ReportingRow,
    ReportingScan,
    ReportingTask,
    ReportingWording,
    Standing,
)
from projects.reporting import releasing, returns, wording
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import close_task, open_task, prepare_next
from projects.reporting.releasing import newest_answer, release, release_of
from projects.reporting.reminders import days_of_reminders, due_kind, remind, urge
from projects.reporting.returns import send_back, versions_of, words_of
from projects.reporting.wording import newest_wording, word, wordings_of
from projects.summary import tasks_between
from tests import factories as make
from tests.projects.test_reporting import COLUMNS, at, make_task, stands, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(key_list, project, office, street_admin):
    make.make_project(key_list, number=2, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


@pytest.fixture
def unit(task):
    return AskedUnit.objects.get(task=task)


@pytest.fixture
def rows(unit):
    return list(ReportingRow.objects.filter(unit=unit).order_by("pk"))


def handed_in(unit, by, **texts):
    return hand_in(unit.rows, typed(unit, by, **texts), by)


def now_of(unit):
    return ReportingRow.objects.filter(unit=unit).select_related("latest__update", "latest__returned").order_by("pk")


def refused_by_database(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


# --- 退回重报 ---------------------------------------------------------------------------------------------
def test_a_whole_table_is_returned_and_handed_in_again(unit, rows, clerk, street_admin):
    handed_in(unit, clerk, text="快好了。")
    assert send_back(unit, street_admin, "请写哪天完工。", newest_answer(unit)) == 2
    assert [stands(row) for row in rows] == [Standing.RETURNED] * 2
    assert {words for words, _, _ in words_of(now_of(unit)).values()} == {"请写哪天完工。"}
    told = InboxMessage.objects.get(recipient=clerk, title__startswith="退回重报")
    assert (told.text, told.path) == ("2 行：请写哪天完工。", unit.get_absolute_url())
    assert handed_in(unit, clerk, text="11 月 28 日完工。").number == 2
    assert words_of(now_of(unit)) == {}
    said = [(answer.said["text"], words) for answer, _, words in versions_of(rows[0])]
    assert said == [("11 月 28 日完工。", ""), ("快好了。", "请写哪天完工。")]


def test_no_change_is_returned_and_stays_beside_what_comes_after(unit, rows, clerk, street_admin):
    handed_in(unit, clerk, nil="1")
    assert send_back(unit, street_admin, "上月说好要开工。", newest_answer(unit), rows[0]) == 1
    assert [stands(row) for row in rows] == [Standing.RETURNED, Standing.NIL]
    assert words_of(now_of(unit))[rows[0].pk][:2] == ("上月说好要开工。", street_admin)
    first = ReportingRow.objects.get(pk=rows[0].pk)
    assert hand_in(unit.rows, {first.pk: first.version}, clerk).number == 0  # nothing was typed
    handed_in(unit, clerk, text="开工了。")
    assert [stands(row) for row in rows] == [Standing.HANDED_IN, Standing.NIL]
    assert [(said, words) for _, said, words in versions_of(rows[0])] == [
        ("本期进展（公开）：开工了。", ""), ("零报告，本期无变化。", "上月说好要开工。")]


def test_a_row_that_was_handed_in_anew_is_not_returned_unseen(unit, rows, clerk, street_admin):
    handed_in(unit, clerk, text="好了。")
    seen = ReportingRow.objects.get(pk=rows[0].pk).latest_id
    send_back(unit, street_admin, "写日期。", seen, rows[0])
    handed_in(unit, clerk, text="28 日好了。")
    with pytest.raises(ValidationError, match=returns.CHANGED):
        send_back(unit, street_admin, "写日期。", seen, rows[0])
    assert stands(rows[0]) == Standing.HANDED_IN


@pytest.mark.parametrize("reason", ["", "  ", "\0"])
def test_a_return_needs_its_reason(unit, clerk, street_admin, reason):
    handed_in(unit, clerk, nil="1")
    with pytest.raises(ValidationError, match=returns.UNEXPLAINED):
        send_back(unit, street_admin, reason, newest_answer(unit))
    refused_by_database(lambda: ReportingReturn.objects.create(
        answer=ReportingAnswer.objects.first(), reason="", by=street_admin))


def test_what_was_not_handed_in_or_is_public_is_not_returned(
        unit, rows, clerk, reviewer, senior_reviewer, street_admin):
    with pytest.raises(ValidationError, match="没有可以退回的行"):
        send_back(unit, street_admin, "看看。", newest_answer(unit))
    handed_in(unit, clerk, text="好了。")
    for update in ProgressUpdate.objects.filter(author=clerk):
        update.approve(reviewer)
        update.refresh_from_db()
        update.approve(senior_reviewer, make.CHECKED)
    with pytest.raises(ValidationError, match="没有可以退回的行"):
        send_back(unit, street_admin, "看看。", newest_answer(unit))
    assert [stands(row) for row in rows] == [Standing.PUBLISHED] * 2


def test_what_comes_after_a_return_and_the_closing_is_marked(unit, rows, task, clerk, street_admin):
    handed_in(unit, clerk, nil="1")
    send_back(unit, street_admin, "再看看。", newest_answer(unit), rows[0])
    close_task(task, street_admin)
    assert [row.at_close.standing for row in ReportingRow.objects.order_by("pk")] == [Standing.RETURNED, Standing.NIL]
    handed_in(unit, clerk, text="开工了。")
    assert [row.latest.is_late for row in now_of(unit)] == [True, False]
    assert [row.at_close.standing for row in ReportingRow.objects.order_by("pk")] == [Standing.RETURNED, Standing.NIL]


def test_a_return_stays_as_it_was(unit, clerk, street_admin):
    handed_in(unit, clerk, nil="1")
    send_back(unit, street_admin, "再看看。", newest_answer(unit))
    refused_by_database(lambda: ReportingReturn.objects.update(reason="别的"))
    refused_by_database(lambda: ReportingReturn.objects.all().delete())


def test_many_rows_are_returned_in_few_queries(key_list, office, street_admin, clerk, django_assert_max_num_queries):
    for number in range(30):
        make.make_project(key_list, number=number + 1, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    unit = AskedUnit.objects.get(task=task)
    handed_in(unit, clerk, text="好了。")
    with django_assert_max_num_queries(20):
        assert send_back(unit, street_admin, "写日期。", newest_answer(unit)) == 30


# --- 审签 ------------------------------------------------------------------------------------------------
def test_the_reviewer_releases_the_whole_table_and_a_new_answer_asks_again(unit, rows, clerk, reviewer, street_admin):
    with pytest.raises(ValidationError, match=releasing.NOT_WHOLE):
        release(unit, reviewer, 0)
    handed_in(unit, clerk, nil="1")
    assert release_of(unit) is None
    made = release(unit, reviewer, newest_answer(unit), filler="经办人", phone="0757-00000000")
    assert release_of(unit) == made
    with pytest.raises(ValidationError, match=releasing.ALREADY):
        release(unit, reviewer, newest_answer(unit))
    send_back(unit, street_admin, "再看看。", newest_answer(unit), rows[0])
    assert release_of(unit) is None
    handed_in(unit, clerk, text="开工了。")
    assert release_of(unit) is None
    with pytest.raises(ValidationError, match=releasing.CHANGED):
        release(unit, reviewer, made.up_to_id)
    assert release_of(unit) is None
    release(unit, reviewer, newest_answer(unit))
    assert release_of(unit) != made
    refused_by_database(lambda: unit.releases.update(filler="别人"))


def test_the_reviewers_are_told_once_the_table_is_whole(unit, rows, clerk, reviewer):
    waits = InboxMessage.objects.filter(recipient=reviewer, title__startswith="请审签")
    seen = typed(unit, clerk, nil="1")
    hand_in(unit.rows, {rows[0].pk: seen[rows[0].pk]}, clerk)
    assert not waits.exists()
    hand_in(unit.rows, {rows[1].pk: seen[rows[1].pk]}, clerk)
    assert waits.get().path.endswith(f"/table/{unit.pk}/release/")
    assert not InboxMessage.objects.filter(recipient=clerk, title__startswith="请审签").exists()


def test_nobody_releases_what_they_handed_in(unit, reviewer):
    handed_in(unit, reviewer, nil="1")
    with pytest.raises(ValidationError, match=releasing.OWN):
        release(unit, reviewer, newest_answer(unit))


def test_a_task_that_wants_a_scan_gets_one(unit, task, clerk, reviewer):
    ReportingTask.objects.filter(pk=task.pk).update(needs_scan=True)
    unit.refresh_from_db()
    handed_in(unit, clerk, nil="1")
    with pytest.raises(ValidationError, match=releasing.NO_SCAN):
        release(unit, reviewer, newest_answer(unit))
    scan = ReportingScan(title="盖章", size=9, sha256="a" * 64, uploaded_by=reviewer)
    assert release(unit, reviewer, newest_answer(unit), scan=scan).scan == scan
    assert not ReportingScan.objects.published()
    assert ReportingScan.objects.visible_to(clerk).get() == scan
    assert not ReportingScan.objects.visible_to(make.make_user(roles=["部门经办人"]))
    refused_by_database(lambda: ReportingScan.objects.update(title="别的"))
    again = {"unit": unit, "title": "再传一次", "size": 9, "uploaded_by": reviewer}
    refused_by_database(lambda: ReportingScan.objects.bulk_create([ReportingScan(sha256="a" * 64, **again)]))
    ReportingScan.objects.bulk_create([ReportingScan(sha256="b" * 64, **again)])


# --- 办公室的表述 -----------------------------------------------------------------------------------------
def test_the_office_words_a_cell_beside_the_units_and_each_version_stays(unit, rows, clerk, street_admin):
    handed_in(unit, clerk, text="好了好了。")
    row = rows[0]
    assert word(row, {"text": "已完工。", "problem": "", "status": "completed"}, 0, street_admin) == 1
    assert wordings_of([row]) == {row.pk: {"text": "已完工。"}}
    assert ProgressUpdate.objects.get(project=row.project, author=clerk).text == "好了好了。"
    with pytest.raises(ValidationError, match=wording.CHANGED):
        word(row, {"text": "别的。"}, 0, street_admin)
    assert word(row, {"text": ""}, newest_wording(row), street_admin) == 1
    assert wordings_of([row]) == {row.pk: {}}
    assert [each.text for each in row.wordings.order_by("pk")] == ["已完工。", ""]
    refused_by_database(lambda: ReportingWording.objects.update(text="改了"))


# --- 提醒和催报 -------------------------------------------------------------------------------------------
def test_reminders_belong_to_three_working_days_before_and_the_day(task):
    calendar = WorkCalendar.load()
    later = ReportingTask(due_at=at(date(2026, 12, 7)))  # a Monday
    assert days_of_reminders(later, calendar) == {"soon": date(2026, 12, 2), "today": date(2026, 12, 7)}
    kinds = {day: due_kind(later, date(2026, 12, day), calendar) for day in (1, 2, 6, 7, 8)}
    assert kinds == {1: None, 2: "soon", 6: "soon", 7: "today", 8: None}


def test_each_is_said_once_and_only_to_who_has_not_handed_in(task, unit, clerk, reviewer):
    day = timezone.localdate(task.due_at)
    assert remind(day).units == 1
    assert remind(day).units == 0
    assert InboxMessage.objects.filter(recipient=clerk, title__startswith="今天截止").count() == 1
    assert ReportingReminder.objects.get().told == 1
    assert remind(day - timedelta(days=1)).units == 1  # the other kind


def test_control_who_has_handed_in_all_is_not_reminded(task, unit, clerk):
    handed_in(unit, clerk, nil="1")
    assert remind(timezone.localdate(task.due_at)).units == 0
    assert not ReportingReminder.objects.exists()


def test_neither_a_closed_nor_a_prepared_nor_a_sample_task_reminds(task, project, street_admin):
    make_task()
    ReportingTask.objects.filter(pk=task.pk).update(is_sample=True)
    assert remind(timezone.localdate(task.due_at)).units == 0
    ReportingTask.objects.filter(pk=task.pk).update(is_sample=False)
    close_task(task, street_admin)
    assert remind(timezone.localdate(task.due_at)).units == 0


def test_a_dry_run_names_unit_and_people_and_writes_nothing(task, clerk):
    run = remind(timezone.localdate(task.due_at), dry_run=True)
    assert len(run.lines) == 1
    assert "城建办" in run.lines[0]
    assert "经办人" in run.lines[0]
    assert not ReportingReminder.objects.exists()
    assert not InboxMessage.objects.filter(title__startswith="今天截止").exists()


def test_urging_reaches_those_that_were_shown_and_still_owe(task, unit, clerk, street_admin):
    assert urge(task, {unit.pk}, street_admin) == 1
    assert urge(task, {unit.pk}, street_admin) == 1  # a person may say it again
    with pytest.raises(ValidationError):
        urge(task, {unit.pk + 1}, street_admin)
    handed_in(unit, clerk, nil="1")
    with pytest.raises(ValidationError):
        urge(task, {unit.pk}, street_admin)
    assert ReportingReminder.objects.filter(kind="urge", by=street_admin).count() == 2


def test_a_unit_without_an_account_is_counted_apart(task, unit, office, street_admin):
    assert urge(task, {unit.pk}, street_admin) == 0
    reminder = ReportingReminder.objects.get()
    assert (reminder.told, reminder.without_account) == (0, 1)


# --- the next one ---------------------------------------------------------------------------------------
def test_the_next_one_asks_the_same_with_its_days_moved_on(key_list, project, office, street_admin):
    task = make_task(title="2026 年 11 月重点项目进展", as_of=date(2026, 11, 30), due_at=at(date(2026, 11, 27)),
                     guidance="按月填。", needs_scan=True)
    ReportingTask.objects.filter(pk=task.pk).update(
        meant_at=at(date(2026, 11, 29)), opened_at=timezone.now(), opened_by=street_admin)
    task.lists.set([key_list])
    task.departments.set([office])
    following = prepare_next(task, street_admin)
    assert (following.title, following.as_of) == ("2026 年 12 月重点项目进展", date(2026, 12, 31))
    assert following.due_at == at(date(2026, 12, 30))  # a day before, as was meant: not drifted with the days off
    assert (following.guidance, following.needs_scan, following.opened_at) == ("按月填。", True, None)
    assert list(following.lists.all()) == [key_list]
    assert list(following.departments.all()) == [office]
    assert [column.key for column in following.columns.all()] == COLUMNS
    assert prepare_next(task, street_admin) == following
    assert [column.key for column in task.columns.all()] == COLUMNS


def test_what_is_asked_once_or_not_opened_has_no_next(task, street_admin):
    for bad in (make_task(), make_task(rhythm="once")):
        with pytest.raises(ValidationError):
            prepare_next(bad, street_admin)


# --- in the quarter's report ----------------------------------------------------------------------------
def test_the_quarter_counts_who_had_answered_by_the_closing_and_names_nobody(task, unit, rows, clerk, street_admin):
    hand_in(unit.rows, {rows[0].pk: typed(unit, clerk, nil="1")[rows[0].pk]}, clerk)
    first = last = task.as_of
    assert tasks_between(first, last) == [{
        "title": str(task), "ground": "示例通知", "as_of": task.as_of.isoformat(), "is_closed": False, "units": 1,
        "rows": 2, "units_answered": None, "rows_answered": None}]
    close_task(task, street_admin)
    handed_in(unit, clerk, nil="1")  # 补报 changes nothing
    told, = tasks_between(first, last)
    assert (told["units_answered"], told["rows_answered"]) == (0, 1)
    assert tasks_between(first - timedelta(days=40), first - timedelta(days=1)) == []
    ReportingTask.objects.update(is_sample=True)
    assert tasks_between(first, last) == []
