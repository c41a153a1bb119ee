"""What goes into a form is what is known: of a task as of its day, reviewed; of a list today."""
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import AskedUnit, ProgressUpdate, ReportingRow, ReportingTask
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import open_task
from projects.superior_form.filling import Column
from projects.superior_form.rows import rows_of_list, rows_of_task
from tests import factories as make
from tests.projects.test_reporting import make_task

pytestmark = pytest.mark.django_db
PLAIN = Column("表头", "万元", "{0.year}.{0.month}")


@pytest.fixture
def task(key_list, office, street_admin):
    for number in range(4):
        make.make_project(key_list, name=f"项目{number + 1}", number=number + 1, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


def answer(task, number, clerk, senior_reviewer=None, **draft):
    row = ReportingRow.objects.get(unit__task=task, project__number=number)
    unit = AskedUnit.objects.get(pk=row.unit_id)
    save_drafts(unit.rows, {row.pk: (row.version, draft)}, clerk)
    row.refresh_from_db()
    outcome = hand_in(unit.rows, {row.pk: row.version}, clerk)
    assert outcome.number == 1, outcome.refused
    row.refresh_from_db()
    if senior_reviewer:
        row.latest.update.publish(senior_reviewer, make.CHECKED)
    return row


def text_of(task, number, key="text"):
    row = next(row for row in rows_of_task(task) if row.project.number == number)
    return row.value(key, PLAIN)


def test_what_was_reviewed_is_filled(task, clerk, senior_reviewer):
    answer(task, 1, clerk, senior_reviewer, text="主体完成。", problem="缺管材。", status="in_progress", percent="60")
    assert text_of(task, 1) == {"text": "主体完成。"}
    assert text_of(task, 1, "problem") == {"text": "缺管材。"}
    assert text_of(task, 1, "status")["text"] == "推进中"
    assert text_of(task, 1, "percent") == {"share": 60, "is_plain": False}
    assert text_of(task, 1, "next_step") == {"unknown": "报的时候没有写"}


def test_what_was_not_said_stays_empty_with_its_reason(task, clerk, senior_reviewer):
    answer(task, 2, clerk, text="等审核的话。")
    answer(task, 3, clerk, nil="1")
    assert text_of(task, 2) == {"unknown": "交了，还没有审核完"}
    assert text_of(task, 3) == {"text": "本期无变化"}
    assert text_of(task, 3, "problem") == {"unknown": "本期无变化"}
    assert text_of(task, 4) == {"unknown": "本期还没有报"}
    assert text_of(task, 4, "budget") == {"unknown": "本站没有录"}


def test_what_was_said_before_the_task_is_no_word_of_it(task, senior_reviewer):
    project = ReportingRow.objects.get(unit__task=task, project__number=4).project
    make.make_update(project, text="上月的话。", status="in_progress", effective_on=date(2021, 6, 30))
    assert text_of(task, 4) == {"unknown": "本期还没有报"}
    assert text_of(task, 4, "status")["text"] == "推进中"  # it is known still


def test_the_state_is_that_of_the_day(task):
    project = ReportingRow.objects.get(unit__task=task, project__number=4).project
    today = timezone.localdate()
    make.make_update(project, status="in_progress", percent=30, effective_on=today - timedelta(days=40))
    make.make_update(project, status="completed", percent=100, effective_on=today)
    ReportingTask.objects.filter(pk=task.pk).update(as_of=today - timedelta(days=10))
    task.refresh_from_db()
    assert text_of(task, 4, "status")["text"] == "推进中"
    assert text_of(task, 4, "percent")["share"] == 30


def test_a_correction_takes_the_place_and_a_withdrawal_leaves_nothing(task, clerk, senior_reviewer):
    row = answer(task, 1, clerk, senior_reviewer, text="写错的话。")
    make.make_correction(row.latest.update, text="改对的话。")
    assert text_of(task, 1) == {"text": "改对的话。"}
    make.make_withdrawal(ProgressUpdate.objects.get(text="改对的话。"), reason="没有这回事。")
    assert text_of(task, 1) == {"unknown": "公开以后撤回了"}


def test_a_deadline_that_was_put_off_is_to_be_looked_at(task):
    project = ReportingRow.objects.get(unit__task=task, project__number=1).project
    type(project).objects.filter(pk=project.pk).update(planned_end=date(2026, 10, 31))
    project.refresh_from_db()
    project.refresh_projections()
    assert text_of(task, 1, "planned_end")["text"] == "2026.10" and "doubt" not in text_of(task, 1, "planned_end")
    make.make_update(project, kind="postponement", postponed_to=date(2027, 3, 31), reason="等批复。",
                     effective_on=timezone.localdate())
    assert text_of(task, 1, "planned_end")["doubt"] == "已延期到2027 年 3 月 31 日，请核对填哪个"


def test_a_list_is_told_as_it_is_today(key_list, street_admin, office):
    said, silent = (make.make_project(key_list, name=f"项目{number}", number=number, lead_department=office)
                    for number in (1, 2))
    make.make_update(said, text="开工了。", status="in_progress")
    make.make_project(make.make_list(), name="别的清单的")
    first, second = rows_of_list(key_list, street_admin)
    assert (first.project, second.project) == (said, silent)
    assert first.value("text", PLAIN) == {"text": "开工了。"}
    assert second.value("text", PLAIN) == {"unknown": "还没有进展"}


def test_every_offered_column_can_be_asked(task):
    from projects.superior_form.heads import LEAVE, choices

    keys = {key for group in choices() for key, _ in (group[1] if isinstance(group[1], list) else [group])}
    for key in keys - {"", LEAVE, "serial"}:
        assert {"text", "number", "share", "unknown"} & set(text_of(task, 1, key)), key


def test_rows_cost_a_fixed_number_of_queries(task, key_list):
    with CaptureQueriesContext(connection) as captured:
        rows_of_task(task)
    assert len(captured) <= 6
