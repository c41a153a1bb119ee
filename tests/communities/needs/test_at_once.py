"""Two at the same instant: a double click on 发出 is one need, a double click on a small form is one step."""
import os

import pytest
from django.test import Client

from communities.models import Need, NeedEvent, NeedPhoto
from tests import factories
from tests.communities.needs.forms import WORDS, opened, own_form
from tests.pictures import jpeg
from tests.two_writers.scene import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = int(os.environ.get("PAIRS", "4"))


@pytest.fixture(autouse=True)
def here(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("communities.views.asking.SHARE", 10_000)
    monkeypatch.setattr("communities.views.own.SHARE", 10_000)
    return factories.make_community(slug="here", name="此地")


def clicks(address, data):
    """Two clicks on the same button; a file is chosen anew for each."""
    def click():
        sent = {name: value() if callable(value) else value for name, value in data.items()}
        return Client(raise_request_exception=False).post(address, sent)

    return at_once(click, click)


def test_a_double_click_is_one_need():
    for number in range(TIMES):
        data = opened() | WORDS | {"text": f"第 {number} 件。", "photos": lambda: jpeg(300, 200)}
        answers = clicks("/needs/new/complaint/", data)
        assert [each.status_code for each in answers] == [303, 303], answers
        assert answers[0].url == answers[1].url
    assert Need.objects.count() == NeedEvent.objects.count() == NeedPhoto.objects.count() == TIMES


def test_a_double_click_on_a_small_form_is_one_step(here):
    for _ in range(TIMES):
        need = factories.make_need(community=here)
        data = own_form(Client(), need.get_link(), "withdraw")
        answers = clicks(need.get_link(), data)
        assert all(each.status_code in (303, 409) for each in answers), answers
        assert need.events.filter(verb="withdraw").count() == 1


def test_control_without_the_key_of_the_page_there_are_two():
    data = opened() | WORDS | {"sending": "not-a-key"}
    clicks("/needs/new/complaint/", data)
    assert Need.objects.count() == 2
