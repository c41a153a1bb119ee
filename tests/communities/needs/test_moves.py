"""The table of moves: what leads where, who may, and that nothing happens beside it."""
from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.models import Need, NeedEvent
from communities.models.need_moves import ENDED, MOVES, OPEN, RESTING, State, Verb, Who, allowed
from communities.needs import handling
from communities.permissions import may_do
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def community():
    return factories.make_community()


@pytest.fixture
def clerk(community):
    user = factories.make_user(roles=["社区经办人"])
    community.clerks.add(user)
    return user


@pytest.fixture
def reviewer(community):
    user = factories.make_user(roles=["审核员"], is_established=True)
    community.reviewers.add(user)
    return user


@pytest.fixture
def second_reviewer(community):
    user = factories.make_user(roles=["审核员"], is_established=True)
    community.reviewers.add(user)
    return user


def at(day, hour=10):
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))


def test_every_state_is_reached_and_every_open_one_is_left():
    reached = {move.to for move in MOVES.values() if move.to} | {State.RECEIVED}
    assert reached == set(State)
    assert all(allowed(state, frozenset(Who)) for state in State if state not in ENDED)
    assert RESTING < OPEN
    assert not OPEN & ENDED


def test_it_is_accepted_answered_and_read_by_another(community, clerk, reviewer, second_reviewer):
    need = factories.make_need(community=community)
    handling.accept(need, clerk)
    assert (need.state, need.answer_days) == (State.ACCEPTED, 5)
    answer = handling.hand_in(need, clerk, "灯头已经换好，今晚会亮。以后每月巡一次。")
    assert need.state == State.IN_REVIEW
    answer.approve(reviewer)
    assert Need.objects.get().state == State.IN_REVIEW
    answer.approve(second_reviewer)
    need = Need.objects.get()
    assert need.state == State.ANSWERED
    assert need.answered_at
    assert [event.verb for event in need.events.in_order()] == ["ask", "accept", "hand_in", "answer"]


def test_an_answer_that_is_sent_back_is_handled_again(community, clerk, reviewer):
    need = factories.make_need(community=community)
    handling.accept(need, clerk)
    answer = handling.hand_in(need, clerk, "灯头已经换好，今晚会亮。以后每月巡一次。")
    answer.send_back(reviewer, "请写清是哪天换的。")
    need = Need.objects.get()
    assert need.state == State.HANDLING
    handling.hand_in(need, clerk, "灯头 11 月 9 日换好，当晚就亮了。以后每月巡一次。", answer)
    assert Need.objects.get().state == State.IN_REVIEW
    assert need.answers.count() == 1


def test_nobody_reviews_their_own_answer(community, clerk):
    community.reviewers.add(clerk)
    need = factories.make_need(community=community)
    handling.accept(need, clerk)
    answer = handling.hand_in(need, clerk, "灯头已经换好，今晚会亮。以后每月巡一次。")
    with pytest.raises(ValidationError):
        answer.publish(clerk)
    assert Need.objects.get().state == State.IN_REVIEW


@pytest.mark.parametrize("verb", [verb for verb in MOVES if verb not in (Verb.ACCEPT,)])
def test_a_move_the_table_does_not_allow_is_refused(community, clerk, verb):
    need = factories.make_need(community=community)
    Need.objects.filter(pk=need.pk).update(state=State.WITHDRAWN)
    need.refresh_from_db()
    with pytest.raises(ValidationError):
        need.move(verb, clerk, text="一句话", note="一句话", outside_number="1")
    assert need.state == State.WITHDRAWN
    assert need.events.count() == 1


def test_who_had_it_first_has_it_until_another_takes_it_over(community, clerk):
    need, other = factories.make_need(community=community), factories.make_department()
    theirs = factories.make_user(roles=["部门经办人"])
    other.clerks.add(theirs)
    handling.accept(need, clerk)
    handling.offer(need, clerk, other, "路灯由街道养护。")
    assert need.holder == community
    assert Verb.TAKE_OVER in may_do(theirs, need)
    assert Verb.TAKE_OVER not in may_do(clerk, need)
    handling.decline(need, theirs, "不是我们管的路。")
    assert (need.holder, need.offered_to) == (community, None)
    assert need.events.last().text == ""
    handling.offer(need, clerk, other, "问过了，是你们的路。")
    handling.take_over(need, theirs)
    assert (need.holder, need.state) == (other, State.ACCEPTED)
    assert may_do(clerk, need) == []
    assert need in Need.objects.visible_to(clerk)  # who got it first still reads how it goes


def test_the_term_runs_over_handing_on(community, clerk):
    need, other = factories.make_need(community=community), factories.make_department()
    theirs = factories.make_user(roles=["部门经办人"])
    other.clerks.add(theirs)
    handling.accept(need, clerk, at(date(2026, 11, 3)))
    due = need.due_on
    handling.offer(need, clerk, other, "路灯由街道养护。")
    handling.take_over(need, theirs)
    assert need.due_on == due == date(2026, 11, 10)


def test_an_extension_is_decided_by_another(community, clerk, reviewer):
    need = factories.make_need(community=community)
    handling.accept(need, clerk, at(date(2026, 11, 3)))
    handling.ask_extension(need, clerk, 2, "要等配件到货。")
    assert need.due_on == date(2026, 11, 10)
    community.reviewers.add(clerk)
    with pytest.raises(ValidationError, match="另一个人"):
        handling.decide_extension(need, clerk, True)
    assert Verb.EXTEND not in may_do(clerk, need)
    assert Verb.EXTEND in may_do(reviewer, need)
    handling.decide_extension(need, reviewer, True)
    assert need.due_on == date(2026, 11, 12)
    assert need.asked_extension is None


def test_while_it_rests_no_day_counts(community, clerk):
    need = factories.make_need(community=community)
    handling.accept(need, clerk, at(date(2026, 11, 3)))
    handling.do(need, Verb.ASK_BACK, clerk, text="请补一张能看清灯杆号的照片。", at=at(date(2026, 11, 6)))
    assert need.due_on is None
    handling.do(need, Verb.SUPPLEMENT, None, text="灯杆号是示例 12。", at=at(date(2026, 11, 9)))
    assert need.due_on == date(2026, 11, 11)  # as look/02-need draws it


def test_the_asker_may_have_it_taken_up_again_once(community, clerk, reviewer, second_reviewer):
    need = factories.make_need(community=community)

    def answered():
        handling.accept(need, clerk)
        answer = handling.hand_in(need, clerk, "灯头已经换好，今晚会亮。以后每月巡一次。")
        answer.approve(reviewer)
        answer.approve(second_reviewer)
        need.refresh_from_db()

    answered()
    handling.reopen(need, None, "靠公交站那盏还不亮。")
    assert (need.state, need.due_on) == (State.REOPENED, None)
    answered()
    with pytest.raises(ValidationError, match="一次"):
        handling.reopen(need, None, "还是不亮。")
    handling.reopen(need, clerk, "回访时说还是不亮。")


def test_it_is_merged_into_one_that_is_open(community, clerk):
    need, other = factories.make_need(community=community), factories.make_need(community=community)
    with pytest.raises(ValidationError):
        handling.merge(need, clerk, need)
    handling.merge(need, clerk, other)
    assert (need.state, need.merged_into) == (State.MERGED, other)
    with pytest.raises(ValidationError, match="不能并过去"):
        handling.merge(other, clerk, need)


def test_passed_on_it_has_the_number_it_has_there(community, clerk):
    need = factories.make_need(community=community)
    with pytest.raises(ValidationError, match="编号"):
        handling.pass_on(need, clerk, "请市里的热线办理。", "")
    handling.pass_on(need, clerk, "请市里的热线办理。", "示例 2026-1")
    assert need.events.last().outside_number == "示例 2026-1"


def test_what_is_split_off_is_a_need_of_its_own(community, clerk):
    need = factories.make_need(community=community)
    handling.accept(need, clerk)
    part = handling.split(need, clerk, "示例路口还有一处积水", "下雨就积水。")
    assert part.number != need.number
    assert Need.objects.get(pk=part.pk).split_from == need


def test_two_who_read_the_same_do_not_both_move_it(community, clerk):
    need = factories.make_need(community=community)
    same = Need.objects.get(pk=need.pk)
    handling.accept(need, clerk)
    with pytest.raises(ValidationError, match="刚被别人办过"):
        handling.do(same, Verb.REFUSE, clerk, text="请打 12388。")
    assert (same.state, same.version) == (State.RECEIVED, 1)
    assert NeedEvent.objects.filter(need=need).count() == 2


@pytest.mark.parametrize("change", ["update", "delete"])
def test_an_event_stays_as_it_is(community, change):
    need = factories.make_need(community=community)
    events = NeedEvent.objects.filter(need=need)
    with pytest.raises(DatabaseError), transaction.atomic():
        events.update(text="改") if change == "update" else events.delete()


def test_what_only_staff_read_is_no_word_to_the_asker(community, clerk):
    need = factories.make_need(community=community)
    handling.do(need, Verb.REFUSE, clerk, text="这件事归法院，请问 12368。")
    assert need.events.last().text
    handling.reopen(need, clerk, "打错了类别。")
    assert all(event.text == "" for event in need.events.filter(verb__in=["decline", "assign"]))
