"""By the secret link: what is held is seen, put right, erased; and nobody else gets there."""
import pytest
from django.urls import reverse

from communities.models import NeedOriginal
from guicheng.upkeep import erasing
from tests import factories
from tests.communities.needs.forms import PHONE, form_key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return factories.make_need(phone=PHONE, name="李女士", text="三盏灯都不亮，我家门牌 3 座 502。")


def address_of(need):
    return reverse("need-my-data", args=[need.number, need.link_key])


def send(client, need, **data):
    return client.post(address_of(need), {"form_key": form_key_of(client.get(need.get_link()))} | data)


def test_it_is_seen(visitor, need):
    page = visitor.get(address_of(need))
    assert "李女士" in page.text and "138****0000" in page.text and "3 座 502" in page.text
    assert PHONE not in page.text
    assert page["Cache-Control"] == "no-store"
    assert address_of(need) in visitor.get(need.get_link()).text


def test_it_is_put_right(visitor, need):
    assert send(visitor, need, name="李示", phone="139 0000 0001").status_code == 303
    original = NeedOriginal.objects.get()
    assert (original.name, original.phone) == ("李示", "13900000001")
    send(visitor, need, name="李示", phone="")
    assert NeedOriginal.objects.get().has_phone
    send(visitor, need, name="李示", no_phone="on")
    assert not NeedOriginal.objects.get().has_phone


def test_what_is_no_number_is_said(visitor, need):
    answer = send(visitor, need, name="李示", phone="123")
    assert answer.status_code == 400 and "电话应是 11 位" in answer.text and "李示" in answer.text
    assert NeedOriginal.objects.get().phone == PHONE


def test_it_is_erased_only_where_they_are_sure(visitor, need, settings):
    answer = send(visitor, need, erase="1")
    assert answer.status_code == 400 and "请先勾选" in answer.text
    assert send(visitor, need, erase="1", sure="on").status_code == 303
    original = NeedOriginal.objects.get()
    assert original.is_erased and not original.text
    assert list((settings.DATA_DIR / erasing.FOLDER).iterdir())
    page = visitor.get(address_of(need)).text
    assert "已经清除" in page and "李女士" not in page
    assert send(visitor, need, name="李示").status_code == 200
    assert NeedOriginal.objects.get().name == ""
    assert visitor.get(need.get_link()).status_code == 200


def test_with_another_key_there_is_nothing(visitor, need):
    other = factories.make_need()
    assert visitor.get(reverse("need-my-data", args=[need.number, other.link_key])).status_code == 404
