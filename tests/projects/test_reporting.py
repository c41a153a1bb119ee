"""报送任务: whom it asks, what each answers, and that every answer goes through the one review."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guicheng.days.workdays import WorkCalendar
from projects.models import (
    AskedUnit,
    ProgressUpdate,
    Project,
    ReportingAnswer,
    ReportingColumn,
    ReportingRow,
    ReportingTask,
    Standing,
    WatchedWord,
)
from projects.reporting import hand_in as handing
from projects.reporting.asking import Statements
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import asked, close_task, due_before, next_days, open_task
from projects.reporting.reading import TYPED, read
from tests import factories as make

pytestmark = pytest.mark.django_db
COLUMNS = ["status", "percent", "text", "problem", "delay_reason", "next_step"]


def draft_of(texts):
    return Statements().clean(texts, TYPED)


def make_task(columns=COLUMNS, **kw):
    kw = {"title": "2026 年 11 月进展", "ground": "示例通知", "as_of": timezone.localdate(),
          "due_at": timezone.now() + timedelta(days=3)} | kw
    task = ReportingTask(**kw)
    task.full_clean()
    task.save()
    for key in columns:
        ReportingColumn.objects.create(task=task, key=key)
    return task


@pytest.fixture
def task(project, street_admin):
    task = make_task()
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


@pytest.fixture
def unit(task):
    return AskedUnit.objects.get(task=task)


@pytest.fixture
def row(unit):
    return ReportingRow.objects.get(unit=unit)


def typed(unit, by, **texts):
    """Type into every row of the table and give what was seen of them: {key: version}."""
    rows = list(ReportingRow.objects.filter(unit=unit))
    save_drafts(unit.rows, {row.pk: (row.version, draft_of(texts)) for row in rows}, by)
    return dict(ReportingRow.objects.filter(unit=unit).values_list("pk", "version"))


def stands(row):
    found = ReportingRow.objects.with_standing().select_related("latest__update").get(pk=row.pk)
    assert found.standing == found.standing_now  # the rows' word and the one row's are the same
    return found.standing


def refused_by_database(make_row):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row()


# --- the task -------------------------------------------------------------------------------------------
def test_it_works(row, unit, clerk, senior_reviewer, reviewer):
    outcome = hand_in(unit.rows, typed(unit, clerk, status="in_progress", percent="78%", text="主管接通。"), clerk)
    assert outcome.number == 1
    update = ProgressUpdate.objects.get(author=clerk)
    assert (update.state, update.percent, update.effective_on) == ("submitted", 78, timezone.localdate())
    assert [step.verb for step in update.steps.all()] == ["submitted"]
    assert stands(row) == Standing.HANDED_IN
    update.approve(reviewer)
    update.refresh_from_db()
    update.approve(senior_reviewer, make.CHECKED)
    assert stands(row) == Standing.PUBLISHED


def test_a_task_needs_its_ground():
    with pytest.raises(ValidationError):
        make_task(ground="")


def test_of_a_task_the_lists_the_units_and_what_is_not_finished_are_asked(key_list, office, project):
    other = make.make_project(make.make_list(), lead_department=office)
    done = make.make_project(key_list, lead_department=office, number=2)
    Project.objects.filter(pk=done.pk).update(status="completed")
    community = make.make_community()
    theirs = make.make_project(key_list, community=community, number=3)
    nobodys = make.make_project(key_list, number=4)
    task = make_task()
    task.lists.set([key_list])
    found = asked(task)
    assert found.units == [(community, [theirs]), (office, [project])]
    assert found.unanswered == [nobodys]
    task.departments.set([office])
    assert asked(task).units == [(office, [project])]
    task.only_unfinished = False
    assert asked(task).units == [(office, [project, done])]
    task.lists.clear()
    assert other in asked(task).units[0][1]


def test_it_is_opened_once_and_only_with_columns_in_time_and_somebody_to_ask(project, street_admin):
    for bad in (make_task(columns=[]), make_task(due_at=timezone.now() - timedelta(hours=1))):
        with pytest.raises(ValidationError):
            open_task(bad, street_admin)
    Project.objects.update(lead_department=None)
    with pytest.raises(ValidationError):
        open_task(make_task(), street_admin)
    Project.objects.update(lead_department=make.make_department())
    task = make_task()
    assert open_task(task, street_admin) == 1
    with pytest.raises(ValidationError):
        open_task(task, street_admin)


def test_the_same_columns_of_the_same_unit_within_25_days_warn(task):
    assert len(asked(make_task()).warnings) == 1
    assert asked(make_task(columns=["quantity"])).warnings == []  # other columns
    ReportingTask.objects.filter(pk=task.pk).update(opened_at=timezone.now() - timedelta(days=26))
    assert asked(make_task()).warnings == []


def test_only_its_units_and_the_street_see_it(task, row, clerk, other_clerk, street_admin):
    assert ReportingTask.objects.visible_to(clerk).get() == task
    assert ReportingTask.objects.visible_to(street_admin).get() == task
    assert not ReportingTask.objects.visible_to(other_clerk)
    assert not ReportingRow.objects.visible_to(other_clerk)
    assert ReportingRow.objects.visible_to(clerk).get() == row
    make_task()  # is prepared: nobody but the street sees it
    assert ReportingTask.objects.visible_to(clerk).count() == 1


# --- days -----------------------------------------------------------------------------------------------
def at(day, hour=17):
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, hour))


def test_a_deadline_on_a_day_off_moves_to_the_working_day_before():
    assert due_before(at(date(2026, 11, 28))) == at(date(2026, 11, 27))  # Saturday
    assert due_before(at(date(2026, 11, 27))) == at(date(2026, 11, 27))
    assert due_before(at(date(2099, 11, 28))) == at(date(2099, 11, 28))  # nobody entered that year
    assert WorkCalendar.load().on_or_before(date(2026, 10, 7)) == date(2026, 9, 30)  # the national days


@pytest.mark.parametrize(("rhythm", "day", "expected"), [
    ("month", date(2026, 11, 30), date(2026, 12, 31)), ("month", date(2026, 1, 31), date(2026, 2, 28)),
    ("month", date(2026, 11, 25), date(2026, 12, 25)), ("quarter", date(2026, 9, 30), date(2026, 12, 31)),
    ("half_month", date(2026, 11, 15), date(2026, 11, 30)), ("half_month", date(2026, 11, 30), date(2026, 12, 15)),
])
def test_the_next_one_of_its_rhythm(rhythm, day, expected):
    assert next_days(ReportingTask(rhythm=rhythm, as_of=day, due_at=at(day)))[0] == expected


def test_what_is_asked_once_has_no_next():
    assert next_days(ReportingTask(rhythm="once", as_of=date(2026, 11, 30), due_at=timezone.now())) is None


# --- what is typed --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("texts", "name"), [
    ({"percent": "120"}, "percent"), ({"percent": "八成"}, "percent"), ({"status": "不知道"}, "status"),
    ({"status": "paused", "text": "停"}, "reason"), ({"problem": "缺钱"}, "text"),
    ({"status": "completed", "percent": "90"}, "status"), ({"text": "好", "effective_on": "11月"}, "effective_on"),
    ({"text": "好", "effective_on": "2099-01-01"}, "effective_on"),
])
def test_what_is_wrong_is_told_beside_its_cell(row, task, texts, name):
    reading = read(row, draft_of(texts), task, own=None)
    assert name in reading.errors
    assert not reading.may_go


@pytest.mark.parametrize("texts", [
    {"percent": "100％"}, {"status": "已完成"}, {"text": "装好 24 盏。"},
    {"status": "paused", "reason": "等批复"}, {"nil": "1"}])
def test_control_what_is_right_may_go(row, task, texts):
    assert read(row, draft_of(texts), task, own=None).may_go


def test_a_draft_is_kept_as_it_was_typed_and_makes_no_statement(row, unit, clerk):
    typed(unit, clerk, percent="120")
    row.refresh_from_db()
    assert row.draft == {"percent": "120"}
    assert stands(row) == Standing.DRAFT
    assert not ProgressUpdate.objects.filter(author=clerk).exists()


def test_of_two_writers_the_second_is_refused_and_nothing_is_lost(row, unit, clerk):
    before = row.version
    typed(unit, clerk, text="甲写的")
    saved, refused = save_drafts(unit.rows, {row.pk: (before, {"text": "乙写的"})}, clerk)
    assert (saved, refused) == ([], [row])
    row.refresh_from_db()
    assert row.draft == {"text": "甲写的"}
    saved, refused = save_drafts(unit.rows, {row.pk: (before, {"text": "甲写的"})}, clerk)  # the same: no quarrel
    assert (saved, refused) == ([], [])


# --- handing in -----------------------------------------------------------------------------------------
def test_a_row_that_is_wrong_stays_and_the_others_go(key_list, office, project, street_admin, clerk):
    make.make_project(key_list, number=2, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    unit = AskedUnit.objects.get(task=task)
    first, second = ReportingRow.objects.filter(unit=unit)
    save_drafts(unit.rows, {first.pk: (1, {"percent": "120"}), second.pk: (1, {"text": "好了。"})}, clerk)
    outcome = hand_in(unit.rows, {first.pk: 2, second.pk: 2}, clerk)
    assert outcome.refused == {first: {"percent": "不能超过 100。"}}
    assert outcome.in_review == [second]
    assert (stands(first), stands(second)) == (Standing.DRAFT, Standing.HANDED_IN)


def test_no_change_is_an_answer_and_no_statement(row, unit, clerk):
    outcome = hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk)
    assert outcome.nils == [row]
    assert stands(row) == Standing.NIL
    assert not ProgressUpdate.objects.filter(author=clerk).exists()


def test_no_change_of_a_red_row_needs_a_reason(row, unit, clerk, project):
    make.make_update(project, status="in_progress", effective_on=timezone.localdate())
    Project.objects.filter(pk=project.pk).update(
        planned_start=date(2026, 1, 1), planned_end=date(2026, 1, 31), due_on=date(2026, 1, 31))
    assert "nil_reason" in hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk).refused[row]
    assert hand_in(unit.rows, typed(unit, clerk, nil="1", nil_reason="等验收。"), clerk).nils == [row]


def test_what_was_handed_in_is_not_handed_in_again(row, unit, clerk):
    seen = typed(unit, clerk, text="好了。")
    assert hand_in(unit.rows, seen, clerk).number == 1
    assert hand_in(unit.rows, seen, clerk).number == 0
    assert ProgressUpdate.objects.filter(author=clerk).count() == 1


def test_who_saw_an_older_draft_does_not_hand_it_in(row, unit, clerk):
    seen = typed(unit, clerk, text="甲")
    typed(unit, clerk, text="乙")
    assert hand_in(unit.rows, seen, clerk).refused == {row: {"": handing.CHANGED}}


def test_a_project_that_is_no_longer_theirs_is_not_told_by_them(row, unit, clerk, project):
    Project.objects.filter(pk=project.pk).update(lead_department=make.make_department())
    assert hand_in(unit.rows, typed(unit, clerk, text="好了。"), clerk).refused == {row: {"": Statements.not_theirs}}


def test_a_returned_row_is_handed_in_again_and_both_versions_stay(row, unit, clerk, reviewer):
    hand_in(unit.rows, typed(unit, clerk, text="快好了。"), clerk)
    first = ProgressUpdate.objects.get(author=clerk)
    first.send_back(reviewer, "请写哪天完工。")
    assert stands(row) == Standing.RETURNED
    hand_in(unit.rows, typed(unit, clerk, text="11 月 28 日完工。"), clerk)
    assert stands(row) == Standing.HANDED_IN
    assert [answer.said["text"] for answer in row.answers.all()] == ["快好了。", "11 月 28 日完工。"]
    first.refresh_from_db()
    assert (first.state, first.text) == ("dropped", "快好了。")


def test_a_word_of_the_list_is_asked_about_once(row, unit, clerk):
    WatchedWord.objects.create(word="张主任", kind="leader", advice="不写姓名。")
    seen = typed(unit, clerk, text="张主任到场。")
    assert "words" in hand_in(unit.rows, seen, clerk).refused[row]
    assert hand_in(unit.rows, typed(unit, clerk, text="张主任到场。", words_checked="1"), clerk).number == 1


def test_the_author_does_not_review_what_the_table_made(unit, clerk, office, row):
    office.reviewers.add(clerk)
    hand_in(unit.rows, typed(unit, clerk, text="好了。"), clerk)
    assert not ProgressUpdate.objects.for_review_by(clerk)


def test_thirty_rows_are_handed_in_with_few_queries(key_list, office, street_admin, clerk):
    for number in range(30):
        make.make_project(key_list, number=number + 1, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    unit = AskedUnit.objects.get(task=task)
    seen = typed(unit, clerk, text="好了。")
    with CaptureQueriesContext(connection) as asked_for:
        assert hand_in(unit.rows, seen, clerk).number == 30
    assert len(asked_for) <= 30, [each["sql"][:90] for each in asked_for]


# --- closing --------------------------------------------------------------------------------------------
def test_closing_freezes_who_had_answered_and_what_comes_later_is_marked(row, unit, task, clerk, street_admin):
    typed(unit, clerk, text="好了。")
    assert close_task(task, street_admin) == 1
    row.refresh_from_db()
    assert row.at_close.standing == Standing.DRAFT
    assert hand_in(unit.rows, {row.pk: row.version}, clerk).number == 1
    answer = ReportingAnswer.objects.get()
    assert answer.is_late
    row.at_close.refresh_from_db()
    assert row.at_close.standing == Standing.DRAFT
    with pytest.raises(ValidationError):
        close_task(task, street_admin)


def test_control_what_came_in_time_is_not_marked(row, unit, task, clerk, street_admin):
    hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk)
    close_task(task, street_admin)
    row.refresh_from_db()
    assert row.at_close.standing == Standing.NIL
    assert row.at_close.answer == row.latest
    assert not row.latest.is_late


def test_the_database_keeps_answers_as_they_were(row, unit, task, clerk, street_admin):
    hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk)
    close_task(task, street_admin)
    row.refresh_from_db()
    refused_by_database(lambda: ReportingAnswer.objects.update(reason="别的"))
    refused_by_database(lambda: ReportingAnswer.objects.filter(pk=row.latest_id).delete())
    refused_by_database(lambda: type(row.at_close).objects.update(standing="published"))
