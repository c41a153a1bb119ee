"""The page of one need: each verb by its form, who may what, who asked."""
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.models import Need, NeedAnswer, NeedOriginal
from communities.models.need_moves import MOVES, OF_THE_ANSWER, State, Verb, Who
from communities.needs import handling
from guicheng.trail.audit import AuditEntry
from tests import factories
from tests.communities.desk.sending import PHONE, do, page_of, queries, text_of

pytestmark = pytest.mark.django_db


def test_every_form_carries_the_token(sign_in, clerk, need, reviewers):
    """The test client asks for none, a browser is refused without."""
    for _ in range(2):
        page = text_of(sign_in(clerk).get(page_of(need)))
        forms = re.findall(r'<form method="post".*?</form>', page, re.S)
        assert len(forms) > 5 and all("csrfmiddlewaretoken" in form for form in forms)
        if need.state == State.RECEIVED:
            handling.accept(need, clerk)


def test_it_says_first_what_to_do(sign_in, clerk, need):
    page = text_of(sign_in(clerk).get(page_of(need)))
    assert "请签收" in page and "社区经办人甲" in page
    do(sign_in(clerk), need, "accept")
    page = text_of(sign_in(clerk).get(page_of(need)))
    assert "请办理，写好答复提交审核" in page and "日子怎么算" in page


def test_the_page_asks_a_fixed_number(sign_in, accepted, clerk, community):
    client, numbers = sign_in(clerk), []
    for round in range(2):
        for _ in range(2):
            handling.do(accepted, Verb.NOTE, clerk, text=f"办到第 {round} 步。")
            factories.make_need(community=community)
            factories.make_community()
        numbers.append(queries(client, page_of(accepted)))
    assert numbers[0] == numbers[1] <= 36, numbers


FILLED = {  # what a form is filled in with besides its words
    Verb.ASK_EXTENSION: {"days": 2}, Verb.PASS_ON: {"outside_number": "示例 1"}, Verb.SPLIT: {"title": "另一处积水"},
    Verb.FOLLOW_UP: {"verdict": "solved"},
}
OF_CLERK = [verb for verb in MOVES if Who.HOLDER in MOVES[verb].who and verb not in OF_THE_ANSWER]
STARTS = {Verb.ACCEPT: State.RECEIVED, Verb.START: State.ACCEPTED, Verb.SUPPLEMENT: State.WAITING,
          Verb.RESUME: State.PAUSED, Verb.FOLLOW_UP: State.ANSWERED, Verb.REOPEN: State.ANSWERED}


@pytest.mark.parametrize("verb", OF_CLERK)
def test_each_verb_by_its_form(sign_in, clerk, accepted, verb):
    other, unit = factories.make_need(community=accepted.community), factories.make_department()
    state = STARTS.get(verb, State.ACCEPTED)
    Need.objects.filter(pk=accepted.pk).update(state=state, answered_at=timezone.now())
    accepted.refresh_from_db()
    if verb == Verb.FOLLOW_UP:
        NeedAnswer.objects.create(need=accepted, text="灯头已经换好，今晚会亮。", state="published",
                                  recorded_at=timezone.now())
    values = {"text": "写明的一句话。", **FILLED.get(verb, {})}
    values |= {"unit": f"department:{unit.pk}"} if verb == Verb.OFFER else {}
    values |= {"other": f" {other.number.lower()}"} if verb == Verb.MERGE else {}
    client = sign_in(clerk)
    assert f'value="{verb}"' in text_of(client.get(page_of(accepted)))
    response = do(client, accepted, verb, **values)
    assert response.status_code == 302, text_of(response)
    need = Need.objects.get(pk=accepted.pk)
    assert need.events.in_order().last().verb == verb
    assert need.state == (MOVES[verb].to or state)


@pytest.mark.parametrize("verb", [Verb.NOTE, Verb.ASK_BACK, Verb.OFFER, Verb.ASK_EXTENSION, Verb.PASS_ON, Verb.MERGE,
                                  Verb.SPLIT, Verb.REFUSE])
def test_what_is_missing_is_said_beside_the_field_and_the_rest_is_kept(sign_in, clerk, accepted, verb):
    response = do(sign_in(clerk), accepted, verb, note="只写了这一句")
    assert response.status_code == 400
    page = text_of(response)
    assert "errorlist" in page and f'id="{verb}_' in page and f'<a href="#{verb}_' in page
    assert "只写了这一句" in page or verb != Verb.NOTE
    assert accepted.events.count() == 2


@pytest.mark.parametrize("values", [{"days": "0"}, {"days": "61"}, {"days": "x"}, {"days": "2", "text": "字" * 2001}])
def test_odd_values_are_refused(sign_in, clerk, accepted, values):
    assert do(sign_in(clerk), accepted, "ask_extension", **values).status_code == 400


@pytest.mark.parametrize("verb", ["nothing", "withdraw", "hand_in", "answer", "resume", ""])
def test_a_verb_that_is_not_ones_to_make_is_refused_in_a_sentence(sign_in, clerk, accepted, verb):
    response = do(sign_in(clerk), accepted, verb, text="我写的话")
    assert response.status_code == 409
    assert "不能由你" in text_of(response)
    assert accepted.events.count() == 2


def test_who_looks_on_makes_no_move_and_sees_no_name(sign_in, accepted):
    client = sign_in(factories.make_user(roles=["领导"]))
    page = text_of(client.get(page_of(accepted)))
    assert "138****" not in page and "显示电话" not in page and "communities/need/" in page
    for name in ("do", "answer", "phone", "receipt"):
        assert client.post(reverse(f"admin:communities_need_{name}", args=[accepted.pk])).status_code == 403


def test_the_unit_it_was_offered_to_takes_it_or_hands_it_back(sign_in, clerk, accepted):
    unit = factories.make_department()
    theirs = factories.make_user(roles=["部门经办人"])
    unit.clerks.add(theirs)
    do(sign_in(clerk), accepted, "offer", unit=f"department:{unit.pk}", text="路灯由街道养护。")
    accepted.refresh_from_db()
    page = text_of(sign_in(theirs).get(page_of(accepted)))
    assert "请接收" in page
    assert do(sign_in(theirs), accepted, "decline", text="不是我们管的路。").status_code == 302
    accepted.refresh_from_db()
    do(sign_in(clerk), accepted, "offer", unit=f"department:{unit.pk}", text="问过了，是你们的。")
    accepted.refresh_from_db()
    do(sign_in(theirs), accepted, "take_over")
    assert Need.objects.get(pk=accepted.pk).holder == unit
    assert "不是我们管的路" in text_of(sign_in(clerk).get(page_of(accepted)))  # who got it first still reads it


def test_the_street_finds_a_unit(sign_in, street_admin, community):
    need = factories.make_need()
    page = text_of(sign_in(street_admin).get(page_of(need)))
    assert "还没有单位办，请分派" in page
    do(sign_in(street_admin), need, "assign", unit=f"community:{community.pk}")
    assert Need.objects.get(pk=need.pk).holder == community


def test_units_that_answered_the_like_come_first(sign_in, clerk, accepted):
    unit = factories.make_department(name="市政设施所")
    past = factories.make_need(title="示例路口的路灯不亮")
    Need.objects.filter(pk=past.pk).update(department=unit, answered_at=timezone.now(), accepted_on="2026-01-05",
                                           answer_days=5, state=State.ANSWERED)
    assert "市政设施所（答复过 1 件）" in text_of(sign_in(clerk).get(page_of(accepted)))


def test_an_extension_is_decided_by_another(sign_in, clerk, reviewers, accepted):
    do(sign_in(clerk), accepted, "ask_extension", days=2, text="等配件到货。")
    accepted.refresh_from_db()
    assert "请你决定" in text_of(sign_in(reviewers[0]).get(page_of(accepted)))
    assert reviewers[0].inbox.get().path == page_of(accepted)
    assert do(sign_in(clerk), accepted, "extend").status_code == 409
    due = accepted.due_on
    assert do(sign_in(reviewers[0]), accepted, "extend").status_code == 302
    assert Need.objects.get(pk=accepted.pk).due_on > due
    assert clerk.inbox.get().title.endswith(accepted.title)


def test_two_who_read_the_same_do_not_both_move_it(sign_in, clerk, accepted):
    client, seen = sign_in(clerk), Need.objects.get(pk=accepted.pk)
    do(client, accepted, "note", text="先办了一步。")
    response = do(client, seen, "note", text="后写的一步。")
    assert response.status_code == 409
    page = text_of(response)
    assert "刚被别人办过" in page and "后写的一步。" in page
    assert NeedOriginal.objects.count() == 1
    again = client.post(reverse("admin:communities_need_do", args=[seen.pk]), {
        "verb": "note", "text": "后写的一步。", "version": Need.objects.get(pk=seen.pk).version})
    assert again.status_code == 302


def test_sent_twice_is_done_once(sign_in, clerk, accepted):
    client = sign_in(clerk)
    first, second = (do(client, accepted, "note", text="办了一步。") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert accepted.events.count() == 3


# --- who asked -----------------------------------------------------------------------------------
def test_the_phone_is_shown_only_after_it_was_written_down(sign_in, clerk, need):
    client = sign_in(clerk)
    page = text_of(client.get(page_of(need)))
    assert PHONE not in page and "138****0000" in page
    response = client.post(reverse("admin:communities_need_phone", args=[need.pk]))
    assert PHONE in text_of(response)
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.about(need).get()
    assert (entry.by, entry.changes[0]["label"]) == (clerk, "反映人的电话")
    assert PHONE not in entry.changes_json


def test_nothing_is_shown_where_it_cannot_be_written_down(sign_in, clerk, need, monkeypatch):
    client = sign_in(clerk)
    client.raise_request_exception = False
    monkeypatch.setattr(AuditEntry, "save", lambda self: 1 / 0)
    assert PHONE not in text_of(client.post(reverse("admin:communities_need_phone", args=[need.pk])))


def test_the_words_stand_side_by_side_where_they_differ(sign_in, clerk, need):
    assert "原话" not in text_of(sign_in(clerk).get(page_of(need)))
    Need.objects.filter(pk=need.pk).update(text="【手机号】打不通。")
    page = text_of(sign_in(clerk).get(page_of(need)))
    assert "原话" in page and "三盏灯都不亮" in page and "【手机号】打不通" in page
    leader = text_of(sign_in(factories.make_user(roles=["领导"])).get(page_of(need)))
    assert "原话" not in leader and "三盏灯都不亮" not in leader
