"""The answer: written, handed in, read by others, sent."""

import pytest
from django.urls import reverse

from communities.models import AnswerTemplate, Need, NeedAnswer
from communities.models.need_moves import State
from communities.needs import handling
from tests import factories
from tests.communities.desk.sending import ANSWER, page_of, text_of, write
from tests.forms import held

pytestmark = pytest.mark.django_db


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
