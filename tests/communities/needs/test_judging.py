"""Judged once for each answer, a slip mended within ten minutes, taken up again once by right."""
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.models import Need, NeedRating
from communities.models.need_moves import State
from communities.needs import handling, judging
from communities.needs.judging import judge, verdict_on
from tests import factories

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


def answered(need=None):
    """A need that has its answer."""
    clerk, one, two = (factories.make_user() for _ in range(3))
    need = need or factories.make_need()
    handling.accept(need, clerk)
    answer = handling.hand_in(need, clerk, "灯头已经换好，今晚会亮。以后每月巡一次。")
    answer.checker = one
    answer.publish(two)
    need.refresh_from_db()
    return need


def now(need):
    return Need.objects.get(pk=need.pk)


def test_it_is_judged_and_stays_answered():
    need = answered()
    rating = judge(need, "solved")
    assert (rating.verdict, now(need).state) == ("solved", State.ANSWERED)
    assert verdict_on(need.answers.get()) == rating


def test_unsolved_has_it_taken_up_again():
    need = answered()
    judge(need, "unsolved", words="靠公交站那盏还不亮。")
    need = now(need)
    assert (need.state, need.due_on) == (State.REOPENED, None)
    assert need.events.last().text == "靠公交站那盏还不亮。"
    assert need.accept_by


def test_a_slip_is_mended_within_ten_minutes():
    need = answered()
    due_on = need.due_on
    judge(need, "unsolved")
    judge(need, "solved")
    need = now(need)
    assert (need.state, need.due_on) == (State.ANSWERED, due_on)
    assert need.answered_at
    with pytest.raises(ValidationError, match="十分钟"):
        judge(need, "partly", now=timezone.now() + LATER)
    assert NeedRating.objects.count() == 2
    assert verdict_on(need.answers.get()).verdict == "solved"


def test_what_was_accepted_anew_is_not_taken_back():
    need = answered()
    judge(need, "unsolved")
    need = now(need)
    handling.accept(need, factories.make_user())
    with pytest.raises(ValidationError, match="没有可以评价"):
        judge(need, "solved")


def test_the_second_time_it_is_not_taken_up_by_right():
    need = answered()
    judge(need, "unsolved")
    need = answered(now(need))
    judge(need, "unsolved")
    assert now(need).state == State.ANSWERED
    assert NeedRating.objects.filter(verdict="unsolved").count() == 2


def test_each_answer_is_judged_by_itself():
    need = answered()
    judge(need, "unsolved")
    need = answered(now(need))
    judge(need, "solved")
    assert [rating.verdict for rating in NeedRating.objects.order_by("pk")] == ["unsolved", "solved"]


def test_without_an_answer_there_is_nothing_to_judge():
    with pytest.raises(ValidationError):
        judge(factories.make_need(), "solved")


def test_words_are_said_once():
    need = answered()
    with pytest.raises(ValidationError, match="先评价"):
        judging.add_words(need, "", "还行。")
    judge(need, "partly")
    judging.add_words(need, "broken", "又灭了一盏。")
    assert verdict_on(need.answers.get()).words == "又灭了一盏。"
    with pytest.raises(ValidationError, match="已经收到"):
        judging.add_words(need, "", "再说一句。")


def test_a_call_is_a_source_of_its_own():
    need, clerk = answered(), factories.make_user()
    judging.enter_call(need, clerk, "solved", "说灯亮了。")
    assert now(need).state == State.FOLLOWED_UP
    assert verdict_on(need.answers.get()) is None
    judge(now(need), "partly")
    assert NeedRating.objects.by_asker().get().verdict == "partly"


def test_a_rating_stays_as_it_is():
    judge(answered(), "partly")
    with pytest.raises(DatabaseError), transaction.atomic():
        NeedRating.objects.update(verdict="solved")
