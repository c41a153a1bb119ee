"""Review: 提交, 初审, 终审, 退回, 撤销; who may, in which order, and what two at once meet."""
from datetime import date
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from guicheng.review.permissions import can_approve, can_check, can_publish
from projects.models import ProgressUpdate, ReviewStep, WatchedWord
from projects.permissions import can_publish_project
from tests import factories

Kind, State, Verb = ProgressUpdate.Kind, ProgressUpdate.State, ReviewStep.Verb


@pytest.fixture
def draft(project, clerk):
    return factories.make_update(project, published=False, author=clerk, status="in_progress")


@pytest.fixture
def submitted(draft, clerk):
    draft.submit(clerk)
    return draft


def steps(update):
    return [(step.verb, step.by.username) for step in update.steps.in_order()]


def test_it_works(submitted, reviewer, senior_reviewer):
    assert submitted.state == State.SUBMITTED
    assert can_approve(reviewer, submitted) and not can_publish(reviewer, submitted)
    submitted.approve(reviewer)
    assert submitted.state == State.CHECKED and not submitted.is_published
    assert can_approve(senior_reviewer, submitted) and not can_approve(reviewer, submitted)
    submitted.approve(senior_reviewer, factories.CHECKED)
    row = ProgressUpdate.objects.get(pk=submitted.pk)
    assert row.is_published and (row.checker, row.reviewer, row.one_step) == (reviewer, senior_reviewer, False)
    assert steps(row) == [("submitted", "clerk"), ("checked", "reviewer"), ("published", "senior_reviewer")]


def test_what_is_in_review_is_not_public(submitted, reviewer):
    submitted.approve(reviewer)
    assert not ProgressUpdate.objects.published().exists()
    assert submitted.project.projections()["status"] == ""


# --- who -----------------------------------------------------------------------------------------
def test_the_author_neither_checks_nor_publishes(project, office, senior_reviewer):
    row = factories.make_update(project, published=False, author=senior_reviewer)
    row.submit(senior_reviewer)
    assert not can_approve(senior_reviewer, row)
    with pytest.raises(ValidationError, match="填报人不能初审自己填的进展"):
        row.approve(senior_reviewer, factories.CHECKED)
    with pytest.raises(ValidationError, match="填报人不能审核自己填的进展"):
        row.publish(senior_reviewer, factories.CHECKED)
    assert (row.state, row.checker, row.reviewer, row.seq) == (State.SUBMITTED, None, None, None)


def test_a_reviewer_who_is_not_established_does_not_publish(submitted, reviewer, office):
    submitted.approve(reviewer)
    other = factories.make_user(roles=["审核员"])
    office.reviewers.add(other)
    assert not can_publish(other, submitted)
    other.is_established = True
    assert can_publish(other, submitted)


def test_a_reviewer_of_another_office_does_neither(submitted):
    stranger = factories.make_user(roles=["审核员"], is_established=True)
    factories.make_department().reviewers.add(stranger)
    assert not can_check(stranger, submitted)
    assert not can_publish(stranger, submitted)


def test_one_person_does_not_do_both_steps(submitted, senior_reviewer):
    submitted.approve(senior_reviewer, factories.CHECKED)
    assert submitted.state == State.CHECKED
    assert not can_approve(senior_reviewer, submitted)
    with pytest.raises(ValidationError, match="初审和终审要由两个人做"):
        submitted.approve(senior_reviewer, factories.CHECKED)


def test_the_only_one_who_could_publish_does_not_check(submitted, office, reviewer, senior_reviewer, sign_in):
    """Once pressed, nobody could do the 终审."""
    def may_check():
        queue = ProgressUpdate.objects.for_review_by(senior_reviewer)
        assert queue.exists() == can_check(senior_reviewer, submitted)
        return queue.exists()

    assert not may_check() and can_check(reviewer, submitted)
    address = reverse("admin:projects_progressupdate_change", args=[submitted.pk])
    page = sign_in(senior_reviewer).get(address).text
    assert "先由别人初审，再由你终审" in page and "初审通过" not in page
    author = submitted.author
    author.groups.add(Group.objects.get(name="审核员"))
    office.reviewers.add(author)
    type(author).objects.filter(pk=author.pk).update(is_established=True)
    assert not may_check(), "the author is no second reviewer"
    another = factories.make_user(roles=["审核员"], is_established=True)
    assert not may_check(), "one of another office is none either"
    office.reviewers.add(another)
    assert may_check()
    assert "初审通过" in sign_in(senior_reviewer).get(address).text
    type(another).objects.filter(pk=another.pk).update(is_active=False)
    assert not may_check()
    factories.make_user(roles=["业务管理员"], is_established=True)
    assert may_check(), "who sees everything may do the 终审"


def test_in_a_small_unit_one_step_is_both(submitted, office, senior_reviewer):
    office.one_step_review = True
    office.save()
    submitted.project.refresh_from_db()
    submitted.approve(senior_reviewer, factories.CHECKED)
    assert submitted.is_published and submitted.one_step
    assert (submitted.checker, submitted.reviewer) == (senior_reviewer, senior_reviewer)


def test_a_small_unit_does_not_make_an_unestablished_reviewer_publish(submitted, office, reviewer):
    office.one_step_review = True
    office.save()
    submitted.project.refresh_from_db()
    submitted.approve(reviewer)
    assert submitted.state == State.CHECKED


def test_the_database_refuses_what_nobody_reviewed(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.filter(pk=draft.pk).update(
            state="published", seq=1, recorded_at=draft.created_at)


# --- returned and dropped ------------------------------------------------------------------------
def test_it_is_returned_with_a_reason_and_comes_again(submitted, clerk, reviewer, senior_reviewer):
    submitted.send_back(reviewer, "请写明验收日期。")
    assert submitted.state == State.RETURNED
    assert submitted.steps.in_order().last().note == "请写明验收日期。"
    submitted.text = "已开工，九月验收。"
    submitted.submit(clerk)
    submitted.approve(reviewer)
    submitted.send_back(senior_reviewer, "再核对一次。")
    assert submitted.checker is None
    assert [verb for verb, _ in steps(submitted)] == ["submitted", "returned", "submitted", "checked", "returned"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_return_without_a_reason_is_refused(submitted, reviewer, reason):
    with pytest.raises(ValidationError, match="退回要写明原因"):
        submitted.send_back(reviewer, reason)
    assert submitted.state == State.SUBMITTED


def test_a_change_after_the_check_is_checked_again(submitted, clerk, reviewer):
    submitted.approve(reviewer)
    submitted.text = "改了一句。"
    submitted.submit(clerk)
    assert (submitted.state, submitted.checker) == (State.SUBMITTED, None)


def test_what_is_dropped_stays_dropped(submitted, clerk, reviewer):
    submitted.drop(clerk, "填错了项目。")
    assert not submitted.is_open
    for verb in (lambda: submitted.submit(clerk), lambda: submitted.publish(reviewer, factories.CHECKED)):
        with pytest.raises(ValidationError, match="已经撤销"):
            verb()
    assert ProgressUpdate.objects.get(pk=submitted.pk).state == State.DROPPED


@pytest.mark.parametrize("verb", [lambda row, by: row.approve(by), lambda row, by: row.send_back(by, "原因")])
def test_a_draft_is_not_in_review(draft, reviewer, verb):
    with pytest.raises(ValidationError, match="不在审核中"):
        verb(draft, reviewer)


# --- two at once ---------------------------------------------------------------------------------
def test_the_reviewer_publishes_what_was_read(submitted, clerk, reviewer):
    """The author changes the text while the reviewer reads."""
    read = ProgressUpdate.objects.get(pk=submitted.pk)
    submitted.text = "另一句话。"
    submitted.submit(clerk)
    with pytest.raises(ValidationError, match="刚被别人改过"):
        read.approve(reviewer)
    assert ProgressUpdate.objects.get(pk=submitted.pk).state == State.SUBMITTED


def test_control_without_the_version_another_text_would_pass(submitted, clerk, reviewer, monkeypatch):
    read = ProgressUpdate.objects.get(pk=submitted.pk)
    submitted.text = "另一句话。"
    submitted.submit(clerk)
    monkeypatch.setattr(ProgressUpdate, "_claim", lambda self: None)
    read.approve(reviewer)
    assert ProgressUpdate.objects.get(pk=submitted.pk).state == State.CHECKED


def decide_at_once(pk, people):
    """Let each person take the next step at the same moment; give what each met."""
    barrier, outcomes = Barrier(len(people)), []

    def decide(person):
        try:
            row = ProgressUpdate.objects.get(pk=pk)
            barrier.wait(10)
            row.approve(person, factories.CHECKED)
            outcomes.append("done")
        except ValidationError as error:
            outcomes.append(error.messages[0])
        finally:
            connection.close()

    threads = [Thread(target=decide, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_several_reviewers_at_once_take_one_step(submitted, office):
    people = [factories.make_user() for _ in range(5)]
    outcomes = decide_at_once(submitted.pk, people)
    assert sorted(each == "done" for each in outcomes) == [False] * 4 + [True]
    assert ReviewStep.objects.filter(verb=Verb.CHECKED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_version_they_all_would(submitted, office, monkeypatch):
    monkeypatch.setattr(ProgressUpdate, "_claim", lambda self: None)
    outcomes = decide_at_once(submitted.pk, [factories.make_user() for _ in range(5)])
    assert outcomes == ["done"] * 5


# --- the record ----------------------------------------------------------------------------------
def test_the_record_stays(submitted):
    step = submitted.steps.get()
    for change in (step.delete, lambda: ReviewStep.objects.update(verb="dropped")):
        with pytest.raises(IntegrityError, match="审核记录不能修改或删除"), transaction.atomic():
            change()


def test_the_record_is_seen_within_scope(submitted, clerk, other_clerk, street_admin):
    assert ReviewStep.objects.visible_to(clerk).count() == ReviewStep.objects.visible_to(street_admin).count() == 1
    assert not ReviewStep.objects.visible_to(other_clerk).exists()


# --- postponement, closure, projects -------------------------------------------------------------
def test_a_postponement_moves_the_due_day_and_keeps_the_first(project, clerk, reviewer):
    project.planned_end = date(2021, 9, 30)
    project.save()
    factories.make_update(project, kind=Kind.POSTPONEMENT, text="", postponed_to=date(2021, 12, 31),
                          reason="雨季延误。", author=clerk, by=reviewer)
    project.refresh_from_db()
    assert (project.planned_end, project.due_on) == (date(2021, 9, 30), date(2021, 12, 31))
    assert project.status == ""


def test_a_withdrawn_postponement_brings_the_first_day_back(project):
    project.planned_end = date(2021, 9, 30)
    project.save()
    row = factories.make_update(project, kind=Kind.POSTPONEMENT, text="", postponed_to=date(2021, 12, 31),
                                reason="雨季延误。")
    factories.make_withdrawal(row)
    project.refresh_from_db()
    assert project.due_on == date(2021, 9, 30)


def test_a_closure_is_on_record(project):
    row = factories.make_update(project, kind=Kind.CLOSURE, status="completed", proof="验收合格。")
    project.refresh_from_db()
    assert (project.status, project.closed_on) == ("completed", row.effective_on)


def test_a_new_project_is_published_by_another(key_list, clerk, reviewer, senior_reviewer, office):
    project = factories.make_project(key_list, lead_department=office, is_published=False, entered_by=clerk)
    assert not can_publish_project(clerk, project) and not can_publish_project(reviewer, project)
    assert can_publish_project(senior_reviewer, project)
    with pytest.raises(ValidationError, match="录入人不能自己公开"):
        project.publish(clerk, factories.CHECKED)
    project.publish(senior_reviewer, factories.CHECKED)
    project.refresh_from_db()
    assert project.is_published and project.published_by == senior_reviewer


def test_words_that_warn(db):
    WatchedWord.objects.create(word="牵投", kind="wrong", advice="应写作“牵头”。")
    assert [word.advice for word in WatchedWord.objects.found_in("由城建办牵投。")] == ["应写作“牵头”。"]
    assert WatchedWord.objects.found_in("由城建办牵头。") == []
