"""Review, for whatever is reviewed: a wish, which only the tests know, goes the way that a statement goes."""
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guicheng.notices.inbox import InboxMessage
from guicheng.office.seen import seal
from guicheng.review import checks
from guicheng.review.models import Reviewed
from guicheng.review.permissions import can_approve, can_check, can_publish, handed_in, takes_part_in_review
from guicheng.review.states import CLOSED, MOVES, OPEN, State, Verb
from projects.models import ProgressUpdate
from tests import factories
from tests.wishes.models import Wish, WishStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    """A community's clerk, its reviewer, its reviewer who is 在编, and a reviewer of another one."""
    here, there = factories.make_community(), factories.make_community()
    may = Permission.objects.filter(codename__in=["check_wish", "publish_wish"])
    made = {name: factories.make_user(name, name=name) for name in ("clerk", "checker", "head", "stranger")}
    for user in made.values():
        user.user_permissions.set(may if user.username != "clerk" else [])
    made["head"].is_established = made["stranger"].is_established = True
    made["head"].save()
    made["stranger"].save()
    here.clerks.add(made["clerk"])
    here.reviewers.add(made["checker"], made["head"])
    there.reviewers.add(made["stranger"])
    return SimpleNamespace(here=here, there=there, **made)


@pytest.fixture
def wish(people):
    wish = Wish(community=people.here, text="示例：多一张长椅。")
    wish.submit(people.clerk)
    return wish


def told(user):
    return [(each.title, each.text) for each in InboxMessage.objects.filter(recipient=user).order_by("pk")]


def test_it_works(wish, people):
    assert wish.approve(people.checker).state == State.CHECKED and not wish.is_published
    assert wish.approve(people.head, factories.CHECKED).is_published and wish.published_by == people.head
    assert list(wish.steps.in_order().values_list("verb", "by__username")) == [
        ("submitted", "clerk"), ("checked", "checker"), ("published", "head")]
    assert list(Wish.objects.published()) == [wish]
    assert told(people.clerk) == [(f"已发布：{people.here}", "示例：多一张长椅。")]


def test_the_set_and_the_row_ask_the_same(wish, people):
    for approve in (people.checker, people.head, None):
        for user in (people.clerk, people.checker, people.head, people.stranger):
            assert Wish.objects.for_review_by(user).exists() == can_approve(user, wish), user.username
        if approve:
            assert can_approve(approve, wish)
            wish.approve(approve, factories.CHECKED)


def test_who_may_take_a_step(wish, people):
    assert can_check(people.checker, wish) and not can_publish(people.checker, wish)
    assert can_publish(people.head, wish) and not can_check(people.head, wish), "nobody else could do the 终审"
    assert not takes_part_in_review(people.stranger, wish) and not takes_part_in_review(people.clerk, wish)
    people.here.reviewers.add(people.clerk)
    assert handed_in(people.clerk, wish) and not can_approve(people.clerk, wish)


def test_returned_with_a_reason_and_handed_in_again(wish, people):
    with pytest.raises(ValidationError, match="退回要写明原因"):
        wish.send_back(people.checker, " ")
    wish.send_back(people.checker, "请写明地点。")
    assert wish.state == State.RETURNED and told(people.clerk) == [
        (f"已退回：{people.here}", "checker：请写明地点。")]
    with pytest.raises(ValidationError, match="这条心愿不在审核中"):
        wish.approve(people.checker)
    wish.submit(people.clerk)
    assert wish.state == State.SUBMITTED


def test_of_two_reviewers_one_is_told_what_happened(wish, people):
    stale = Wish.objects.get(pk=wish.pk)
    wish.approve(people.checker)
    with pytest.raises(ValidationError, match="这条心愿刚被别人改过或处理过"):
        stale.send_back(people.checker, "晚了。")
    assert Wish.objects.get(pk=wish.pk).what_happened() == "已由checker初审通过。"


@pytest.mark.parametrize("values, rule", [
    ({"state": "published", "checker": "checker", "reviewer": "head"}, "state_consistent"),
    ({"reviewer": "clerk"}, "two_people"),
    ({"checker": "clerk"}, "checked_by_another"), ({"checker": "head", "reviewer": "head"}, "two_reviewers"),
    ({"state": "published", "recorded_at": "2021-01-01T00:00Z"}, "reviewed"),
])
def test_the_database_keeps_the_rules(wish, people, values, rule):
    values = {name: getattr(people, str(value), value) for name, value in values.items()}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Wish.objects.filter(pk=wish.pk).update(**values)
    Wish.objects.filter(pk=wish.pk).update(checker=people.checker, reviewer=people.head)  # the control


# --- the pages --------------------------------------------------------------------------------------
@pytest.fixture
def look(people, sign_in):
    """Signs one of these people in, with the roles that let them into the list."""
    def come_in(user):
        user.is_staff = True
        user.save()
        user.user_permissions.add(*Permission.objects.filter(codename__in=["view_wish", "change_wish"]))
        return sign_in(user)

    return come_in


@pytest.mark.urls("tests.wishes.urls")
def test_the_pages_take_the_steps(wish, people, look):
    listed = reverse("wishes:wishes_wish_changelist")
    checker, head, stranger = look(people.checker), look(people.head), look(people.stranger)
    assert "示例：多一张长椅。" in checker.get(f"{listed}?for_me=review").text
    assert "示例：多一张长椅。" not in head.get(f"{listed}?for_me=review").text
    decide = reverse("wishes:wishes_wish_decide", args=[wish.pk])
    assert stranger.post(decide, {"version": wish.version, "decision": "approve"}).status_code == 404
    unexplained = checker.post(decide, {"version": wish.version, "decision": "return", "reason": ""})
    assert (unexplained.status_code, unexplained.text) == (400, "待初审；请审核")
    assert checker.post(decide, {"version": wish.version, "decision": "approve"}).status_code == 302
    late = checker.post(decide, {"version": wish.version, "decision": "approve"})
    assert (late.status_code, late.text) == (409, "待终审；等在编的审核员终审，初审人不能再做终审。")
    wish.refresh_from_db()
    data = {"action": "approve_selected", "_selected_action": [wish.pk], "seen": seal([wish]), "ticked": "1"}
    data |= factories.TICKED
    head.post(listed, data | {"seen": ""})
    assert not Wish.objects.published().exists(), "nobody approves what they did not see"
    head.post(listed, data)
    assert Wish.objects.published().exists()


# --- one table of moves ----------------------------------------------------------------------------
def put(wish, state, people):
    """Bring the kept row into a state, whatever the way."""
    is_public = state == State.PUBLISHED
    Wish.objects.filter(pk=wish.pk).update(
        state=state, recorded_at="2021-01-01T00:00Z" if is_public else None,
        checker=people.checker if is_public or state == State.CHECKED else None,
        reviewer=people.head if is_public else None)
    return Wish.objects.get(pk=wish.pk)


VERBS = {
    Verb.SUBMITTED: lambda row, people: row.submit(people.clerk),
    Verb.CHECKED: lambda row, people: row.approve(people.checker),
    Verb.PUBLISHED: lambda row, people: row.publish(people.head, factories.CHECKED),
    Verb.RETURNED: lambda row, people: row.send_back(people.checker, "示例"),
    Verb.DROPPED: lambda row, people: row.drop(people.clerk),
    Verb.HANDED_OVER: lambda row, people: row.hand_over(people.stranger, people.clerk),
}


@given(state=st.sampled_from(State), verb=st.sampled_from(Verb))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_verb_and_many_rows_at_once_keep_to_the_table(wish, people, state, verb):
    """Each step out of each state: the verb does it where the table has it, and changes nothing elsewhere."""
    leaves, leads = MOVES[verb]
    walks = [VERBS[verb]]
    if verb == Verb.DROPPED:  # the others are for new rows, or for none
        walks.append(lambda row, people: Wish.in_bulk([row], people.clerk, verb, "示例"))
    for walk in walks:
        with transaction.atomic():
            row = put(wish, state, people)
            before, steps = (row.state, row.version), row.steps.count()
            if state in leaves:
                walk(row, people)
                assert row.state == Wish.objects.get(pk=row.pk).state == (leads or state)
                assert row.steps.in_order().last().verb == verb
            else:
                with pytest.raises(ValidationError):
                    walk(row, people)
                kept = Wish.objects.get(pk=row.pk)
                assert (kept.state, kept.version) == before and kept.steps.count() == steps
            transaction.set_rollback(True)


def test_every_open_state_leads_somewhere_and_the_closed_nowhere():
    left = {state for leaves, _ in MOVES.values() for state in leaves}
    assert left == OPEN and not left & CLOSED and set(MOVES) == set(Verb)


def test_many_new_rows_at_once_are_as_if_handed_in_one_by_one(people, django_assert_num_queries):
    rows = [Wish(community=people.here, text=f"示例 {number}") for number in range(30)]
    with django_assert_num_queries(2 + 2):  # savepoints of the test
        assert Wish.in_bulk(rows, people.clerk, Verb.SUBMITTED, "示例") == 30
    one = Wish(community=people.here, text="示例 30")
    one.submit(people.clerk)
    kept = Wish.objects.values_list("state", "version", "author", "checker", "recorded_at", "is_sample").distinct()
    assert kept.count() == 1, "the same columns, whichever way"
    assert set(WishStep.objects.values_list("verb", "by")) == {("submitted", people.clerk.pk)}


def test_a_row_that_was_changed_meanwhile_stops_all(people):
    rows = [Wish(community=people.here, text=f"示例 {number}") for number in range(3)]
    Wish.in_bulk(rows, people.clerk, Verb.SUBMITTED)
    Wish.objects.get(pk=rows[1].pk).approve(people.checker)
    with pytest.raises(ValidationError, match="刚被别人改过"):
        Wish.in_bulk(rows, people.clerk, Verb.DROPPED)
    assert not Wish.objects.filter(state=State.DROPPED).exists()
    with pytest.raises(ValueError):
        Wish.in_bulk(rows, people.head, Verb.PUBLISHED)


# --- the check at the start ------------------------------------------------------------------------
def test_what_is_reviewed_has_all_that_review_needs():
    assert checks.check_reviews() == []
    assert {Wish, ProgressUpdate} <= set(Reviewed.__subclasses__())


@pytest.mark.parametrize("take_away, found", [
    (lambda options: options.constraints.pop(), "guicheng.E003"),
    (lambda options: options.permissions.pop(), "guicheng.E005"),
])
def test_the_check_finds_what_is_missing(monkeypatch, take_away, found):
    monkeypatch.setattr(Wish._meta, "constraints", list(Wish._meta.constraints))
    monkeypatch.setattr(Wish._meta, "permissions", list(Wish._meta.permissions))
    take_away(Wish._meta)
    assert [error.id for error in checks.check_reviews()] == [found]


def test_the_check_finds_a_table_of_steps_that_is_none(monkeypatch):
    monkeypatch.setattr(Wish, "steps_model", classmethod(lambda cls: models.Model))
    assert [error.id for error in checks.check_reviews()] == ["guicheng.E004"]


def test_the_steps_stay_as_they_are(wish):
    with pytest.raises(IntegrityError), transaction.atomic():
        wish.steps.update(verb="dropped")
