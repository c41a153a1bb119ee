"""Whether a promise was kept follows from the ledger: six verdicts and their edges."""
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from projects.ledger.promises import Verdict, judgements, project_judgements
from projects.models import Project, Promise
from tests import factories

DUE = date(2021, 12, 31)
BEFORE, AFTER, LATER = DUE - timedelta(days=30), DUE + timedelta(days=30), DUE + timedelta(days=60)


@pytest.fixture
def promise(project):
    return factories.make_promise(project, due_on=DUE)


def say(promise, *rows):
    for day, status in rows:
        factories.make_update(promise.project, effective_on=day, status=status, reason="停工。")


def verdict(day):
    return judgements(day=day)[0].verdict


def test_it_works(promise):
    say(promise, (BEFORE, "in_progress"), (DUE - timedelta(days=1), "in_use"))
    judgement = judgements(day=DUE)[0]
    assert (judgement.promise, judgement.verdict) == (promise, Verdict.KEPT)
    assert judgement.proof.status == "in_use"


@pytest.mark.parametrize("rows, day, expected", [
    # kept
    ([(BEFORE, "completed")], BEFORE, Verdict.EARLY),
    ([(BEFORE, "completed")], DUE, Verdict.KEPT),
    ([(DUE, "in_use")], DUE, Verdict.KEPT),
    ([(DUE, "in_progress"), (DUE, "completed")], DUE, Verdict.KEPT),  # of one day the last entered
    ([(BEFORE, "completed"), (AFTER, "in_progress")], LATER, Verdict.KEPT),
    # not due
    ([], DUE - timedelta(days=1), Verdict.NOT_DUE),
    ([(BEFORE, "in_progress")], DUE - timedelta(days=1), Verdict.NOT_DUE),
    ([(BEFORE, "completed"), (BEFORE + timedelta(days=1), "in_progress")], DUE - timedelta(days=1), Verdict.NOT_DUE),
    ([(DUE, "completed")], DUE - timedelta(days=1), Verdict.NOT_DUE),
    # late: only where it is told that it was not finished by then
    ([(AFTER, "in_progress"), (LATER, "in_use")], LATER, Verdict.LATE),
    ([(DUE + timedelta(days=1), "completed")], DUE + timedelta(days=1), Verdict.PENDING),  # by then, perhaps in time
    ([(BEFORE, "completed"), (DUE, "in_progress"), (AFTER, "completed")], LATER, Verdict.PENDING),
    # due and told not to be done
    ([(AFTER, "in_progress")], AFTER, Verdict.UNKEPT),
    ([(AFTER, "acceptance")], AFTER, Verdict.UNKEPT),
    ([(AFTER, "cancelled")], AFTER, Verdict.UNKEPT),
    ([(BEFORE, "cancelled")], AFTER, Verdict.UNKEPT),
    ([(DUE, "in_progress")], DUE, Verdict.PENDING),  # the day itself was still to be used
    ([(DUE, "completed"), (DUE, "acceptance")], DUE, Verdict.PENDING),
    ([(AFTER, "standing")], AFTER, Verdict.PENDING),  # of what has no end nobody said that it was not done
    ([(AFTER, "in_progress"), (LATER, "in_use")], AFTER, Verdict.UNKEPT),
    # nobody said
    ([], DUE, Verdict.PENDING),
    ([(BEFORE, "in_progress")], DUE, Verdict.PENDING),
    ([(BEFORE, "completed"), (DUE - timedelta(days=1), "in_progress")], AFTER, Verdict.PENDING),
    ([(AFTER, "completed")], DUE, Verdict.PENDING),
])
def test_the_verdicts_and_their_edges(promise, rows, day, expected):
    say(promise, *rows)
    assert verdict(day) is expected
    if day >= max([each for each, _ in rows], default=DUE):
        updates = list(promise.project.updates.published())
        assert project_judgements(promise.project, updates)[0].verdict is verdict(timezone.localdate())


def test_the_proof_is_the_row_that_kept_or_broke_it(promise):
    say(promise, (BEFORE, "completed"), (DUE, "in_use"))
    assert judgements(day=AFTER)[0].proof.effective_on == BEFORE
    factories.make_correction(promise.project.updates.get(seq=1), status="planned")
    assert judgements(day=AFTER)[0].proof.effective_on == DUE
    factories.make_withdrawal(promise.project.updates.get(seq=2))
    assert judgements(day=AFTER)[0].proof is None


def test_a_done_that_was_taken_back_before_the_due_day_is_no_proof(promise):
    say(promise, (BEFORE, "completed"), (BEFORE + timedelta(days=5), "in_progress"), (DUE, "completed"))
    assert judgements(day=DUE)[0].proof.effective_on == DUE


def test_the_first_day_decides_what_is_surely_after(promise):
    """A finish is late where its first day lies after; work that went on is told of its first day only."""
    finished = factories.make_update(
        promise.project, effective_from=DUE + timedelta(days=1), effective_on=AFTER, status="completed")
    assert verdict(AFTER) is Verdict.LATE
    factories.make_correction(finished, effective_from=DUE, status="completed")
    assert verdict(AFTER) is Verdict.PENDING
    assert judgements(day=AFTER)[0].why == "公开资料写明已经完成，没有写明是不是按期。"
    second = factories.make_promise(due_on=DUE)
    factories.make_update(second.project, effective_from=BEFORE, effective_on=AFTER, status="in_progress")
    judged = next(row for row in judgements(day=AFTER) if row.promise == second)
    assert (judged.verdict, judged.proof, judged.why) == (Verdict.PENDING, None, "公开资料没有写明是否完成。")


def test_what_was_put_off_past_its_day_was_not_kept(promise):
    factories.make_update(promise.project, effective_on=BEFORE, kind="postponement", reason="停工。", text="",
                          postponed_to=LATER)
    assert verdict(DUE) is Verdict.UNKEPT
    assert verdict(DUE - timedelta(days=1)) is Verdict.NOT_DUE


def test_a_word_without_status_after_the_due_day_says_nothing_of_the_promise(promise):
    factories.make_update(promise.project, effective_on=AFTER, text="市民前来参观。", status="")
    assert verdict(AFTER) is Verdict.PENDING
    assert project_judgements(promise.project, list(promise.project.updates.published()))[0].verdict is Verdict.PENDING


def test_without_a_planned_day_a_project_is_due_as_promised(promise):
    project = promise.project
    assert (project.planned_end, Project.objects.get(pk=project.pk).due_on) == (None, DUE)
    later = factories.make_promise(project, due_on=LATER, promised_on=AFTER)
    assert Project.objects.get(pk=project.pk).due_on == LATER
    then = dict(Project.objects.as_of(DUE).values_list("pk", "due_then"))
    assert then[project.pk] == DUE, "what was promised later had not been promised yet"
    later.delete()
    assert Project.objects.get(pk=project.pk).due_on == DUE
    Project.objects.get(pk=project.pk).save()
    assert Project.objects.get(pk=project.pk).due_on == DUE


def test_a_statement_without_status_takes_no_status_away(promise):
    say(promise, (BEFORE, "completed"))
    factories.make_update(promise.project, effective_on=DUE, text="市民前来参观。", status="")
    assert verdict(DUE) is Verdict.KEPT


def test_as_it_was_known(promise):
    instant = timezone.make_aware(datetime(2022, 1, 10))
    factories.make_update(promise.project, effective_on=DUE, status="completed", recorded_at=instant)
    assert judgements(day=DUE, known_at=instant)[0].verdict is Verdict.KEPT
    assert judgements(day=DUE, known_at=instant - timedelta(seconds=1))[0].verdict is Verdict.PENDING


def test_a_draft_keeps_no_promise(promise):
    factories.make_update(promise.project, published=False, effective_on=BEFORE, status="completed")
    assert verdict(DUE) is Verdict.PENDING


def test_what_is_not_judged(promise):
    factories.make_promise(factories.make_project(is_published=False))
    sample = factories.make_promise(factories.make_project(is_sample=True), is_sample=True)
    factories.make_promise(promised_on=date(2021, 11, 1))
    assert [row.promise for row in judgements(day=date(2021, 10, 31))] == [promise]
    assert len(judgements(day=DUE)) == 2
    assert [row.promise for row in judgements(Promise.objects.filter(pk=sample.pk), day=DUE)] == [sample]


@pytest.mark.parametrize("number", [1, 50])
def test_a_fixed_number_of_queries(db, django_assert_num_queries, number):
    for _ in range(number):
        factories.make_update(factories.make_promise().project, status="completed")
    with django_assert_num_queries(2):
        for row in judgements(day=DUE):
            str(row.promise.project), str(row.promise.source), row.proof.source.title
