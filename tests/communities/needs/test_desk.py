"""The desk: the queue by what is due, the page of one need with its verbs, who sees what."""
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.models import AnswerTemplate, Need, NeedAnswer, NeedOriginal
from communities.models.need_moves import MOVES, OF_THE_ANSWER, State, Verb, Who
from communities.needs import handling
from communities.permissions import may_do
from guicheng.trail.audit import AuditEntry
from tests import factories
from tests.forms import held

pytestmark = pytest.mark.django_db
QUEUE = "admin:communities_need_changelist"
ANSWER = "灯头已经换好，今晚会亮。以后每月巡一次。"
PHONE = "13800000000"  # of nobody


@pytest.fixture
def community():
    return factories.make_community()


@pytest.fixture
def clerk(community):
    user = factories.make_user(roles=["社区经办人"], name="社区经办人甲")
    community.clerks.add(user)
    return user


@pytest.fixture
def reviewers(community):
    users = [factories.make_user(roles=["审核员"], is_established=True) for _ in range(2)]
    community.reviewers.add(*users)
    return users


@pytest.fixture
def elsewhere():
    """A clerk of another community."""
    user = factories.make_user(roles=["社区经办人"])
    factories.make_community().clerks.add(user)
    return user


@pytest.fixture
def need(community):
    return factories.make_need(community=community, name="诸葛示", phone=PHONE)


@pytest.fixture
def accepted(need, clerk):
    handling.accept(need, clerk)
    return need


def page_of(need):
    return need.staff_page()


def do(client, need, verb, **values):
    address = reverse("admin:communities_need_do", args=[need.pk])
    return client.post(address, {"verb": verb, "version": need.version, **values})


def write(client, need, text, **values):
    answer = need.answers.unsent().first()
    address = reverse("admin:communities_need_answer", args=[need.pk])
    return client.post(address, {"version": need.version, "answer_version": answer.version if answer else 0,
                                 "text": text, **values})


def text_of(response):
    return response.content.decode()


def test_every_form_carries_the_token(sign_in, clerk, need, reviewers):
    """The test client asks for none, a browser is refused without."""
    for _ in range(2):
        page = text_of(sign_in(clerk).get(page_of(need)))
        forms = re.findall(r'<form method="post".*?</form>', page, re.S)
        assert len(forms) > 5 and all("csrfmiddlewaretoken" in form for form in forms)
        if need.state == State.RECEIVED:
            handling.accept(need, clerk)


# --- the queue -----------------------------------------------------------------------------------
def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_queue_asks_a_fixed_number(sign_in, clerk, community):
    client, numbers = sign_in(clerk), []
    for _ in range(2):
        for state in (None, True):
            need = factories.make_need(community=community)
            if state:
                handling.accept(need, clerk)
        numbers.append(queries(client, reverse(QUEUE)))
    assert numbers[0] == numbers[1] <= 14, numbers


def test_what_is_due_first_stands_first_and_says_how_far_it_is(sign_in, clerk, community):
    today = timezone.localdate()
    later, late, resting = (factories.make_need(community=community, title=title)
                            for title in ("后到期的", "超期的", "暂停的"))
    for each in (later, late, resting):
        handling.accept(each, clerk)
    handling.do(resting, Verb.PAUSE, clerk, text="等天气。")
    Need.objects.filter(pk=late.pk).update(due_on=today - timedelta(3))
    page = text_of(sign_in(clerk).get(reverse(QUEUE)))
    assert page.index("超期的") < page.index("后到期的") < page.index("暂停的")
    assert "超 3 天" in page and "个工作日" in page and "日子不往下数" in page


@pytest.mark.parametrize("query, seen", [
    ({}, {"我们的", "转来的", "没人的"}), ({"mine": "held"}, {"我们的"}), ({"mine": "offered"}, {"转来的"}),
    ({"mine": "nobody"}, {"没人的"}), ({"state": "all"}, {"我们的", "转来的", "没人的", "办完的"}),
    ({"state": "withdrawn"}, {"办完的"}), ({"late": "1"}, {"我们的"}), ({"kind__exact": "question"}, {"没人的"}),
    ({"channel__exact": "phone"}, {"没人的"}), ({"q": "办完"}, {"办完的"}),
])
def test_the_filters(sign_in, clerk, community, query, seen):
    clerk = factories.make_user(roles=["业务管理员"])
    community.clerks.add(clerk)
    ours, done, offered = (factories.make_need(community=place, title=title) for title, place in (
        ("我们的", community), ("办完的", community), ("转来的", factories.make_community())))
    factories.make_need(title="没人的", kind="question", channel="phone")
    Need.objects.filter(pk=ours.pk).update(accept_by=timezone.localdate() - timedelta(1))
    Need.objects.filter(pk=done.pk).update(state=State.WITHDRAWN)
    Need.objects.filter(pk=offered.pk).update(offered_community=community)
    rows = sign_in(clerk).get(reverse(QUEUE), query).context["cl"].result_list
    assert {row.title for row in rows} == seen


def test_another_communitys_clerk_finds_nothing(sign_in, need, elsewhere):
    client = sign_in(elsewhere)
    assert need.title not in text_of(client.get(reverse(QUEUE)))
    assert client.get(page_of(need)).status_code == 404
    for name in ("do", "answer", "phone", "receipt"):
        assert client.post(reverse(f"admin:communities_need_{name}", args=[need.pk])).status_code == 404


# --- the page ------------------------------------------------------------------------------------
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


# --- the answer ----------------------------------------------------------------------------------
def test_it_is_written_kept_handed_in_read_and_sent(sign_in, clerk, reviewers, accepted):
    client = sign_in(clerk)
    assert write(client, accepted, "先写", draft="1").status_code == 302
    assert "先写" in text_of(client.get(page_of(accepted)))
    assert write(client, accepted, ANSWER).status_code == 302
    answer = NeedAnswer.objects.get()
    for reviewer in reviewers:
        page = text_of(sign_in(reviewer).get(page_of(accepted)))
        assert "请你审核" in page and "保密" not in page
        answer.refresh_from_db()
        response = sign_in(reviewer).post(reverse("admin:communities_needanswer_decide", args=[answer.pk]),
                                          {"version": answer.version, "decision": "approve"}, follow=True)
        assert response.status_code == 200
    assert "已发出" in text_of(response) and "公开页面" not in text_of(response)
    assert Need.objects.get(pk=accepted.pk).state == State.ANSWERED
    assert ANSWER in text_of(client.get(page_of(accepted)))


def test_it_is_sent_back_with_a_reason_and_handed_in_again(sign_in, clerk, reviewers, accepted):
    client, reader = sign_in(clerk), sign_in(reviewers[0])
    write(client, accepted, ANSWER)
    answer = NeedAnswer.objects.get()
    address = reverse("admin:communities_needanswer_decide", args=[answer.pk])
    response = reader.post(address, {"version": answer.version, "decision": "return"})
    assert response.status_code == 400 and "退回要写明原因" in text_of(response)
    reader.post(address, {"version": answer.version, "decision": "return", "reason": "请写是哪天换的。"})
    page = text_of(client.get(page_of(accepted)))
    assert "请写是哪天换的。" in page and "答复被退回了" in page
    accepted.refresh_from_db()
    assert write(client, accepted, "11 月 9 日换好灯头，当晚就亮了。").status_code == 302
    assert Need.objects.get(pk=accepted.pk).state == State.IN_REVIEW


@pytest.mark.parametrize("text, said", [
    ("您好，灯头【哪天】换好了，今晚会亮。", "还有没填的【哪天】"), ("您好，灯头换好了，今晚会亮。", "和答复模板一样"),
    ("好了", "答复太短"), ("", "请写"),
])
def test_a_template_is_never_sent_as_it_is(sign_in, clerk, accepted, text, said):
    template = AnswerTemplate.objects.create(title="路灯", text="您好，灯头【哪天】换好了，今晚会亮。")
    client = sign_in(clerk)
    assert template.text in text_of(client.get(page_of(accepted), {"template": template.pk}))
    response = write(client, accepted, text)
    assert response.status_code == 400 and said in text_of(response)
    assert accepted.events.count() == 2


def test_ten_alike_are_warned_of(sign_in, clerk, reviewers, community):
    for number in range(10):
        need = factories.make_need(community=community)
        handling.accept(need, clerk)
        if number < 9:
            handling.hand_in(need, clerk, ANSWER)
    response = write(sign_in(clerk), need, f" {ANSWER} ")
    page = text_of(sign_in(clerk).get(response["Location"]))
    assert "近 90 天已有 9 份一模一样的答复" in page
    assert "一模一样" in text_of(sign_in(reviewers[0]).get(page_of(need)))


def test_two_who_write_the_same_answer(sign_in, clerk, accepted):
    client = sign_in(clerk)
    data = held(client.get(page_of(accepted)))
    write(client, accepted, "甲写的草稿，还没有写完。", draft="1")
    response = client.post(reverse("admin:communities_need_answer", args=[accepted.pk]),
                           {"version": data.get("version"), "answer_version": "0", "text": "乙写的草稿，也没有写完。"})
    assert response.status_code == 409 and "乙写的草稿" in text_of(response)
    assert NeedAnswer.objects.get().text == "甲写的草稿，还没有写完。"


def test_several_are_passed_from_the_list_without_ticks(sign_in, clerk, reviewers, accepted):
    handling.hand_in(accepted, clerk, ANSWER)
    for reviewer in reviewers:
        client, address = sign_in(reviewer), reverse("admin:communities_needanswer_changelist")
        page = client.get(address, {"for_me": "review"})
        assert accepted.number in text_of(page)
        answer = NeedAnswer.objects.get()
        response = client.post(address, {"action": "approve_selected", "_selected_action": [answer.pk],
                                         "seen": page.context["cl"].seen}, follow=True)
        assert "通过 1 条" in text_of(response)
    assert NeedAnswer.objects.get().is_published


def test_nobody_reviews_ones_own(sign_in, clerk, community, accepted):
    community.reviewers.add(clerk)
    clerk.groups.add(*factories.make_user(roles=["审核员"]).groups.all())
    handling.hand_in(accepted, clerk, ANSWER)
    answer = NeedAnswer.objects.get()
    response = sign_in(type(clerk).objects.get(pk=clerk.pk)).post(
        reverse("admin:communities_needanswer_decide", args=[answer.pk]),
        {"version": answer.version, "decision": "approve"})
    assert response.status_code == 403


def test_the_lists_answer_leads_to_its_need(sign_in, clerk, elsewhere, accepted):
    handling.hand_in(accepted, clerk, ANSWER)
    address = reverse("admin:communities_needanswer_change", args=[NeedAnswer.objects.get().pk])
    assert sign_in(clerk).get(address)["Location"].startswith(page_of(accepted))
    assert sign_in(elsewhere).get(address).status_code == 404


# --- at the counter ------------------------------------------------------------------------------
ADD = "admin:communities_need_add"
ASKED = {"channel": "counter", "kind": "complaint", "title": "示例路口的路灯不亮", "text": "三盏都不亮。",
         "name": "示例", "phone": "138 0000 0000"}


def test_a_clerk_enters_one_for_who_came(sign_in, clerk, community):
    client = sign_in(clerk)
    data = held(client.get(reverse(ADD)))
    assert data["community"] == str(community.pk)
    response = client.post(reverse(ADD), data.dict() | ASKED, follow=True)
    need = Need.objects.get()
    assert (need.community, need.channel, need.events.get().by) == (community, "counter", clerk)
    assert need.original.phone == PHONE
    assert "打印受理回执" in text_of(response)
    paper = client.post(reverse("admin:communities_need_receipt", args=[need.pk]))
    assert need.number in text_of(paper) and need.link_key in text_of(paper) and "<svg" in text_of(paper)
    assert AuditEntry.objects.about(need).get().changes[0]["label"] == "反映人的专属链接"


def test_entered_twice_it_is_one(sign_in, clerk):
    client = sign_in(clerk)
    for _ in range(2):
        assert client.post(reverse(ADD), ASKED).status_code == 302
    assert Need.objects.count() == 1


@pytest.mark.parametrize("change", [{"kind": ""}, {"title": ""}, {"phone": "12"}, {"channel": "web"}, {"kind": "x"},
                                    {"community": "99999999999999999999"}, {"title": "字" * 61}])
def test_what_is_wrong_is_said_and_the_rest_is_kept(sign_in, clerk, change):
    response = sign_in(clerk).post(reverse(ADD), ASKED | change)
    assert response.status_code == 400
    assert "三盏都不亮。" in text_of(response) and "errorlist" in text_of(response)
    assert not Need.objects.exists()


@pytest.mark.parametrize("role", ["审核员", "领导", "党组织经办人"])
def test_who_does_not_handle_enters_none(sign_in, role):
    assert sign_in(factories.make_user(roles=[role])).get(reverse(ADD)).status_code == 403


# --- the first page ------------------------------------------------------------------------------
def test_it_stands_on_the_first_page(sign_in, clerk, reviewers, street_admin, need):
    index = reverse("admin:index")
    assert f"去签收：{need.number}" in text_of(sign_in(clerk).get(index))
    handling.accept(need, clerk)
    assert f"去答复：{need.number}" in text_of(sign_in(clerk).get(index))
    handling.hand_in(need, clerk, ANSWER)
    assert need.number not in text_of(sign_in(clerk).get(index))
    assert f"去审核：{need.number}" in text_of(sign_in(reviewers[0]).get(index))
    factories.make_need()
    assert "1 件还没有单位办" in text_of(sign_in(street_admin).get(index))
    assert may_do(street_admin, need) == []
