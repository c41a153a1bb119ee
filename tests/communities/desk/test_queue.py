"""The queue of needs by what is due, and what of it stands on the first page."""
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.models import Need
from communities.models.need_moves import State, Verb
from communities.needs import handling
from communities.permissions import may_do
from tests import factories
from tests.communities.desk.sending import ANSWER, page_of, queries, text_of

pytestmark = pytest.mark.django_db
QUEUE = "admin:communities_need_changelist"


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


def test_where_the_ended_are_among_them_the_newest_stands_first(sign_in, clerk, community):
    old, new = factories.make_need(community=community), factories.make_need(community=community)
    Need.objects.filter(pk=new.pk).update(state=State.WITHDRAWN, due_on=timezone.localdate())
    for query in ({"state": "all"}, {"q": old.number[:8]}):
        assert list(sign_in(clerk).get(reverse(QUEUE), query).context["cl"].result_list) == [new, old]


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
