"""One tap by the secret link: it counts, may be mended for ten minutes, and asks for nothing more."""
import re

import pytest
from django.urls import reverse

from communities.models import Need, NeedRating
from tests import factories
from tests.communities.needs.forms import form_key_of
from tests.communities.needs.test_judging import answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return answered(factories.make_need(community=factories.make_community()))


def judge(client, need, **data):
    address = reverse("need-judge", args=[need.number, need.link_key])
    return client.post(address, {"form_key": form_key_of(client.get(need.get_link()))} | data)


def test_it_works(visitor, need):
    page = visitor.get(need.get_link()).text
    assert "办得怎样？" in page and page.count('name="verdict"') == 3
    answer = judge(visitor, need, verdict="solved")
    assert (answer.status_code, answer["Location"]) == (303, f"{need.get_link()}#judge")
    page = visitor.get(need.get_link()).text
    assert "记下了：已解决" in page and "点错了，改评价" in page and "还差什么" not in page


def test_unsolved_is_taken_up_again_and_a_slip_goes_back(visitor, need):
    judge(visitor, need, verdict="unsolved")
    page = visitor.get(need.get_link()).text
    assert "已经重新办理" in page and "还差什么" in page
    judge(visitor, need, verdict="partly")
    assert Need.objects.get().state == Need.State.ANSWERED
    judge(visitor, need, lacking="broken", words="又灭了一盏。")
    page = visitor.get(need.get_link()).text
    assert "又灭了一盏。" in page and "补充这些话" not in page


def test_the_same_tap_twice_is_one(visitor, need):
    for _ in range(2):
        assert judge(visitor, need, verdict="solved").status_code == 303
    assert NeedRating.objects.count() == 1


@pytest.mark.parametrize(("data", "status", "said"), [
    ({}, 400, "请点一项"), ({"verdict": "good"}, 400, "请点“已解决”"),
    ({"verdict": "solved", "words": "长" * 501}, 400, "最多"),
    ({"verdict": "partly", "lacking": "x"}, 400, "请从列出的"),
])
def test_what_is_wrong_is_said(visitor, need, data, status, said):
    answer = judge(visitor, need, **data)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert not NeedRating.objects.exists()


def test_words_without_a_verdict_are_given_back(visitor, need):
    answer = judge(visitor, need, words="还是 <b>不亮</b>。")
    assert answer.status_code == 409
    assert "请先评价" in answer.text and "<b>不亮" not in answer.text


def test_looking_counts_for_nothing(visitor, need):
    address = reverse("need-judge", args=[need.number, need.link_key])
    assert visitor.get(address, {"verdict": "solved"})["Location"] == need.get_link()
    assert visitor.head(address).status_code == 302
    assert not NeedRating.objects.exists()


def test_with_another_key_there_is_no_such_page(visitor, need):
    key = re.sub(".", "2", need.link_key)
    assert visitor.post(reverse("need-judge", args=[need.number, key]), {"verdict": "solved"}).status_code == 404


def test_before_the_answer_nothing_is_asked(visitor):
    need = factories.make_need()
    assert "办得怎样" not in visitor.get(need.get_link()).text
    assert judge(visitor, need, verdict="solved").status_code == 409
