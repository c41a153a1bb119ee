"""The last reviewer ticks: nothing that is reviewed becomes public by a person without all four, and 主动公开."""
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from guicheng.office.seen import seal
from guicheng.review.checked import TICKS, Checked, Openness
from guicheng.review.permissions import would_publish
from guicheng.review.states import State, Verb
from tests import factories
from tests.guicheng.test_review import look, people, wish  # noqa: F401 - fixtures
from tests.wishes.models import Wish, WishStep

pytestmark = pytest.mark.django_db
SHORT = [(Checked(), "请核对政治表述和专名、保密（国家秘密、工作秘密）、个人信息（含照片）、数字有出处，勾好再发布"),
         *[(Checked(frozenset(TICKS) - {name}, Openness.OPEN), f"请核对{label}，") for name, label in TICKS.items()],
         (Checked(frozenset(TICKS)), "请选公开属性"),
         (Checked(frozenset(TICKS), Openness.ON_REQUEST), "“依申请公开”，不能发布，请退回填报人"),
         (Checked(frozenset(TICKS), Openness.CLOSED), "“不公开”，不能发布，请退回填报人")]


@pytest.fixture
def checked(wish, people):  # noqa: F811
    """A wish that waits for the 终审."""
    return wish.approve(people.checker)


def test_it_works(checked, people):  # noqa: F811
    checked.approve(people.head, factories.CHECKED)
    step = checked.steps.get(verb="published")
    assert (step.by, step.checked, step.openness) == (people.head, Checked.whole(), "open") and step.at
    assert str(step.checked) == (
        "终审已核对：政治表述和专名、保密（国家秘密、工作秘密）、个人信息（含照片）、数字有出处；主动公开")
    assert {str(each.checked) for each in checked.steps.exclude(pk=step.pk)} == {""}


@pytest.mark.parametrize("said, sentence", SHORT)
def test_without_one_of_them_nothing_is_published(checked, people, said, sentence):  # noqa: F811
    for verb in (checked.approve, checked.publish):
        with pytest.raises(ValidationError, match=sentence):
            verb(people.head, said)
    with pytest.raises(ValidationError, match="勾好再发布"):
        checked.publish(people.head)
    kept = Wish.objects.get(pk=checked.pk)
    assert (kept.state, kept.version) == (checked.state, checked.version) == (State.CHECKED, 2)
    assert checked.reviewer is None and not checked.steps.filter(verb="published").exists()


def test_one_person_who_does_both_steps_ticks(wish, people):  # noqa: F811
    people.here.one_step_review = True
    people.here.save()
    assert would_publish(people.head, wish) and not would_publish(people.checker, wish)
    with pytest.raises(ValidationError, match="勾好再发布"):
        wish.approve(people.head)
    assert wish.approve(people.head, factories.CHECKED).is_published


def test_many_at_once_are_never_published(checked, people):  # noqa: F811
    with pytest.raises(ValueError):
        Wish.in_bulk([checked], people.head, Verb.PUBLISHED)


@pytest.mark.parametrize("verb, said, is_good", [
    ("published", Checked.whole(), True), ("published", Checked(), True), ("checked", Checked(), True),
    ("checked", Checked.whole(), False), ("published", Checked(frozenset(TICKS)), False),
    ("published", Checked(frozenset(TICKS), "closed"), False),
    *[("published", Checked(frozenset(TICKS) - {name}, "open"), False) for name in TICKS],
])
def test_the_database_keeps_all_or_nothing(wish, people, verb, said, is_good):  # noqa: F811
    """What was published before there were ticks stays as it is: without any."""
    step = WishStep(wish=wish, verb=verb, by=people.head, **said.as_dict())
    if is_good:
        step.save()
        return
    with pytest.raises(IntegrityError, match="checked_whole"), transaction.atomic():
        step.save()


def test_it_is_kept_for_work_that_is_done_later():
    for said, _ in SHORT:
        assert Checked.from_dict(said.as_dict()) == said
    assert Checked.from_dict({}) == Checked()


# --- the pages --------------------------------------------------------------------------------------
@pytest.mark.urls("tests.wishes.urls")
def test_on_the_rows_page(checked, people, look):  # noqa: F811
    head, decide = look(people.head), reverse("wishes:wishes_wish_decide", args=[checked.pk])
    typed = {"version": checked.version, "decision": "approve"}
    for left_out in (*TICKS, "openness"):
        ticked = {name: value for name, value in factories.TICKED.items() if name != left_out}
        answer = head.post(decide, typed | ticked)
        assert answer.status_code == 400 and "请审核" in answer.text
    assert head.post(decide, typed | factories.TICKED | {"openness": "all"}).status_code == 400
    assert not Wish.objects.published().exists()
    assert head.post(decide, typed | factories.TICKED).status_code == 302
    assert checked.steps.get(verb="published").checked == Checked.whole()


@pytest.mark.urls("tests.wishes.urls")
def test_in_the_list_they_are_asked_once_for_all(wish, people, look):  # noqa: F811
    rows = [wish, *[Wish(community=people.here, text=f"示例：第 {number} 盏灯。") for number in range(3)]]
    for row in rows[1:]:
        row.submit(people.clerk)
    for row in rows[:3]:
        row.approve(people.checker)
    listed, head = reverse("wishes:wishes_wish_changelist"), look(people.head)
    data = {"action": "approve_selected", "_selected_action": [row.pk for row in rows], "seen": seal(rows[:2])}
    page = head.post(listed, data).text
    assert "下面 2 条会发布" in page and "第 0 盏灯" in page and "第 1 盏灯" not in page, "only what was seen"
    assert page.count('type="checkbox"') == 4 and page.count('type="radio"') == 3 and "checked" not in page
    assert page.count('name="_selected_action"') == 4
    ticked = {name: value for name, value in factories.TICKED.items() if name != "privacy"}
    answer = head.post(listed, data | ticked | {"ticked": "1"})
    assert answer.status_code == 400 and "还没有发布：请核对个人信息（含照片），勾好再发布。" in answer.text
    assert answer.text.count(" checked") == 4, "what was ticked is not lost"
    assert not Wish.objects.published().exists()
    head.post(listed, data | factories.TICKED | {"ticked": "1"})
    assert Wish.objects.published().count() == 2
    assert {step.checked for step in WishStep.objects.filter(verb="published")} == {Checked.whole()}


@pytest.mark.urls("tests.wishes.urls")
def test_a_first_review_asks_for_none(wish, people, look):  # noqa: F811
    data = {"action": "approve_selected", "_selected_action": [wish.pk], "seen": seal([wish])}
    assert look(people.checker).post(reverse("wishes:wishes_wish_changelist"), data).status_code == 302
    assert Wish.objects.get(pk=wish.pk).state == State.CHECKED
