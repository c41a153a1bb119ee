"""A need of somebody who came or phoned."""

import pytest
from django.urls import reverse

from communities.models import Need
from guicheng.trail.audit import AuditEntry
from tests import factories
from tests.communities.desk.sending import PHONE, text_of
from tests.forms import held

pytestmark = pytest.mark.django_db


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
