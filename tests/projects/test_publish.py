"""The verbs of the ledger: submit, publish, correct, withdraw."""
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from projects.models import ProgressUpdate, Project
from projects.models.then import NEVER
from tests import factories
from tests.databases import on_postgresql

Kind, State = ProgressUpdate.Kind, ProgressUpdate.State


@pytest.fixture
def draft(project, clerk):
    return factories.make_update(project, published=False, author=clerk, status="in_progress")


def states(project):
    project.refresh_from_db()
    return project.status, project.latest_update and project.latest_update.seq


def test_it_works(draft, reviewer):
    instant = timezone.make_aware(datetime(2021, 7, 2, 9))
    with mock.patch("django.utils.timezone.now", return_value=instant):
        draft.publish(reviewer, factories.CHECKED)
    row = ProgressUpdate.objects.get(pk=draft.pk)
    assert (row.seq, row.state, row.recorded_at, row.reviewer) == (1, State.PUBLISHED, instant, reviewer)
    assert (row.checker, row.one_step) == (reviewer, True)  # nobody had checked it before
    assert row.is_published
    assert states(draft.project) == ("in_progress", 1)


def test_a_draft_has_no_place_in_the_ledger(draft):
    assert (draft.seq, draft.recorded_at, draft.is_published) == (None, None, False)
    assert not ProgressUpdate.objects.published().exists()
    assert states(draft.project) == ("", None)


def test_the_numbers_run_within_each_project(project):
    assert [factories.make_update(project).seq for _ in range(3)] == [1, 2, 3]
    assert factories.make_update().seq == 1
    assert factories.make_update(project).seq == 4


def test_a_draft_takes_no_number(project):
    factories.make_update(project, published=False)
    assert factories.make_update(project).seq == 1


# --- refusals ------------------------------------------------------------------------------------
@pytest.mark.parametrize("field, value, sentence", [
    ("effective_on", "tomorrow", "日期不能在今天以后"),
    ("status", "paused", "要写明原因"),
    ("status", "cancelled", "要写明原因"),
    ("percent", 101, "0 到 100"),
    ("effective_from", date(2021, 7, 1), "最早日不能晚于日期"),
    ("kind", Kind.WITHDRAWAL, "更正和撤回要指明是哪一条"),
])
def test_what_breaks_a_rule_is_not_published(draft, reviewer, field, value, sentence):
    setattr(draft, field, timezone.localdate() + timedelta(days=1) if value == "tomorrow" else value)
    with pytest.raises(ValidationError, match=sentence):
        draft.publish(reviewer, factories.CHECKED)
    assert (draft.seq, draft.recorded_at) == (None, None)
    assert not ProgressUpdate.objects.published().exists()


def test_today_may_be_stated(draft, reviewer):
    draft.effective_on = timezone.localdate()
    assert draft.publish(reviewer, factories.CHECKED).is_published


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_a_stop_with_its_reason_is_published(draft, reviewer, status):
    draft.status, draft.reason = status, "等待管线迁改。"
    draft.publish(reviewer, factories.CHECKED)
    assert states(draft.project) == (status, 1)


def test_nothing_said_is_refused(project):
    with pytest.raises(ValidationError, match="至少填一项"):
        factories.make_update(project, text="", status="")


@pytest.mark.django_db
@pytest.mark.parametrize("sample", [False, True])
def test_a_row_is_published_once(sample):
    """Two reviewers had the same draft open; the triggers would let go of a sample row."""
    draft = factories.make_update(factories.make_project(is_sample=sample), published=False)
    first, second = (ProgressUpdate.objects.get(pk=draft.pk) for _ in range(2))
    first.publish(factories.make_user(), factories.CHECKED)
    second.text = "另一句。"
    for again in (first, second):
        with pytest.raises(ValidationError, match="已经发布"):
            again.publish(factories.make_user(), factories.CHECKED)
    row = ProgressUpdate.objects.get(pk=draft.pk)
    assert (row.seq, row.text) == (1, "已开工。")


# --- corrections and withdrawals -----------------------------------------------------------------
@pytest.fixture
def published(project):
    return factories.make_update(project, status="completed", percent=100)


def test_a_correction_takes_the_whole_place(project, published):
    correction = factories.make_correction(published, status="in_progress", text="还在施工。")
    project.refresh_from_db()
    assert (project.status, project.percent) == ("in_progress", None)
    assert list(project.updates.in_force()) == [correction]
    assert ProgressUpdate.objects.filter(pk=published.pk, text="已开工。").exists()


def test_a_correction_may_move_the_day(project, published):
    factories.make_correction(published, effective_on=date(2021, 3, 1), status="completed")
    project.refresh_from_db()
    assert project.moved_on == date(2021, 3, 1)


def test_a_withdrawal_takes_it_back(project, published):
    factories.make_withdrawal(published)
    project.refresh_from_db()
    assert (project.status, project.percent, project.latest_update) == ("", None, None)
    assert project.moved_on == NEVER
    assert not project.updates.in_force().exists()


def test_what_stood_before_stands_again(project, published):
    later = factories.make_update(project, status="paused", reason="停工。", effective_on=date(2021, 8, 1))
    assert states(project) == ("paused", 2)
    factories.make_withdrawal(later)
    assert states(project) == ("completed", 1)


@pytest.mark.parametrize("first", [factories.make_correction, factories.make_withdrawal])
@pytest.mark.parametrize("second", [factories.make_correction, factories.make_withdrawal])
def test_a_row_is_amended_once(published, first, second):
    first(published)
    with pytest.raises(ValidationError, match="已经更正或撤回过"):
        second(published)


def test_a_correction_may_be_corrected(project, published):
    again = factories.make_correction(factories.make_correction(published), status="in_use")
    assert list(project.updates.in_force()) == [again]
    assert states(project) == ("in_use", 3)


def test_two_corrections_may_wait_but_one_is_published(published, reviewer):
    waiting = [factories.make_correction(published, published=False) for _ in range(2)]
    waiting[0].publish(reviewer, factories.CHECKED)
    with pytest.raises(ValidationError, match="已经更正或撤回过"):
        waiting[1].publish(reviewer, factories.CHECKED)


def test_another_projects_row_is_not_corrected(published):
    with pytest.raises(ValidationError, match="同一个项目"):
        factories.make_update(factories.make_project(), kind=Kind.CORRECTION, amends=published, reason="写错了")


def test_a_draft_is_not_corrected(draft):
    with pytest.raises(ValidationError, match="还没有发布"):
        factories.make_correction(draft)


@pytest.mark.parametrize("make", [factories.make_correction, factories.make_withdrawal])
def test_an_amendment_needs_its_reason(published, make):
    with pytest.raises(ValidationError, match="写明原因"):
        make(published, reason="")


# --- sample rows and two at once -----------------------------------------------------------------
def test_a_row_is_a_sample_where_its_project_is(project):
    sample = factories.make_project(is_sample=True)
    assert factories.make_update(sample).is_sample
    assert not factories.make_update(project, is_sample=True).is_sample


def publish_at_once(project_pk, number):
    """Publish from several threads that start together; give what each met."""
    barrier, outcomes = Barrier(number), []
    users = [factories.make_user() for _ in range(number)]

    def publish(user):
        try:
            barrier.wait(10)
            outcomes.append(factories.make_update(Project.objects.get(pk=project_pk), by=user).seq)
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [Thread(target=publish, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_several_people_at_once_get_different_numbers():
    project = factories.make_project()
    assert sorted(publish_at_once(project.pk, 6), key=str) == [1, 2, 3, 4, 5, 6]
    assert states(project) == ("", 6)


@pytest.mark.django_db(transaction=True)
def test_control_the_database_refuses_the_same_number_twice():
    row = factories.make_update()
    twin = ProgressUpdate(project=row.project, source=row.source, effective_on=row.effective_on, text="同号。",
                          seq=row.seq, state=State.PUBLISHED, recorded_at=row.recorded_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.bulk_create([twin])


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_they_meet_on_one_number(monkeypatch):
    """SQLite has no row locks: its writers queue from the start."""
    project, both_have_their_number = factories.make_project(), Barrier(2)
    full_clean = ProgressUpdate.full_clean

    def wait_and_clean(self):
        both_have_their_number.wait(10)
        full_clean(self)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **options: self)
    monkeypatch.setattr(ProgressUpdate, "full_clean", wait_and_clean)
    outcomes = publish_at_once(project.pk, 2)
    assert 1 in outcomes
    assert any(isinstance(each, IntegrityError | ValidationError) for each in outcomes)
