"""The asker's own page by its secret link: what it tells, what it lets do, and who never sees it."""
import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.models import Need, NeedOriginal
from communities.models.need_moves import Verb
from communities.needs import handling
from communities.needs.asking import MOST_TRIES
from communities.needs.judging import judge
from guicheng.days.workdays import CalendarYear
from guicheng.kept.pages import may_be_kept
from tests import factories
from tests.communities.needs.forms import PHONE, faults, opened, own_form, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db):
    return factories.make_community(slug="here", name="此地", phone="0757-11112222")


@pytest.fixture
def need(here, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return factories.make_need(community=here, phone=PHONE, name="李女士", place="路口东侧")


@pytest.fixture
def by(db):
    return factories.make_user(name="经办人甲")


def noon(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def fresh(need):
    return Need.objects.get(pk=need.pk)


def act(client, need, verb, **words):
    """What the asker sends from their page."""
    return client.post(need.get_link(), own_form(client, need.get_link(), verb) | words)


# --- who sees it -----------------------------------------------------------------------------------
def test_it_works(visitor, need):
    page = visitor.get(need.get_link())
    assert page.status_code == 200
    for told in (need.title, need.text, need.place, need.number, "待签收", "收到了", "0757-11112222", "12345"):
        assert told in page.text
    assert PHONE not in page.text and "李女士" not in page.text


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_wrong_key_is_nothing(visitor, need, method):
    other = factories.make_need()
    for address in (f"/needs/{need.number}/{'x' * 16}/", f"/needs/{need.number}/{other.link_key}/",
                    f"/needs/GC9912-0001/{need.link_key}/", f"/needs/{need.number}/{need.link_key.swapcase()}/"):
        assert getattr(visitor, method)(address).status_code == 404


def test_a_link_that_was_changed_is_nothing(visitor, need):
    before = need.get_link()
    Need.objects.filter(pk=need.pk).update(link_number=2)
    assert visitor.get(before).status_code == 404 and visitor.get(fresh(need).get_link()).status_code == 200


def test_it_is_kept_nowhere_and_found_by_nobody(visitor, need):
    for address in (need.get_link(), need.get_link() + "?new=1", "/needs/find/"):
        page = visitor.get(address)
        assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page["X-Robots-Tag"] and "noindex" in page.text or address == "/needs/find/"
        assert not may_be_kept("200 OK", page.items(), page)
    for address in ("/sitemap-pages.xml", "/feed.xml", f"/search/?q={need.title[:6]}", "/", "/communities/here/",
                    "/needs/new/", "/api/projects/"):
        text = visitor.get(address).text
        assert need.link_key not in text and need.title not in text and need.number not in text, address


def test_the_mistake_link_of_a_secret_page_does_not_tell_its_address(visitor, need):
    links = re.findall(r'href="([^"]*needs/new/mistake/[^"]*)"', visitor.get(need.get_link()).text)
    assert links == ["/needs/new/mistake/"]


def test_the_number_of_queries_does_not_grow(visitor, need, by):
    handling.accept(need, by)
    with CaptureQueriesContext(connection) as few:
        visitor.get(need.get_link())
    for number in range(8):
        handling.do(need, Verb.NOTE, by, text=f"办到第 {number} 步。")
    with CaptureQueriesContext(connection) as many:
        visitor.get(need.get_link())
    assert len(many) == len(few) <= 12


# --- what it tells ---------------------------------------------------------------------------------
def test_it_tells_the_days_as_a_sum_and_as_a_strip(visitor, here, by, monkeypatch, settings, tmp_path):
    """look/02-need: taken on on the 3rd, a day of rest, a weekend: the 11th."""
    settings.DATA_DIR = tmp_path
    CalendarYear.objects.get_or_create(year=2026, defaults={"is_complete": True})
    monkeypatch.setattr("communities.needs.asking.timezone.now", lambda: noon(date(2026, 11, 3)))
    need = factories.make_need(community=here)
    handling.accept(need, by, at=noon(date(2026, 11, 3)))
    handling.do(need, Verb.ASK_BACK, by, text="请补一张照片。", at=noon(date(2026, 11, 6)))
    assert "等您补充" in visitor.get(need.get_link()).text and "请补一张照片。" in visitor.get(need.get_link()).text
    handling.do(need, Verb.RESUME, by, at=noon(date(2026, 11, 9)))
    monkeypatch.setattr("communities.needs.asking.timezone.now", lambda: noon(date(2026, 11, 10)))
    text = visitor.get(need.get_link()).text
    parts = re.findall(r"<span>([^<]+)</span>", re.search(r'<p class="sum">.*?</p>', text, re.S)[0])
    assert parts == ["11 月 3 日签收", "5 个工作日", "周末和放假 2 天", "暂停 1 天"]
    assert 'class="equals">11 月 11 日前' in text and "今天是第 4 个工作日，限 5 个工作日" in text
    strip = re.search(r'<ol class="days".*?</ol>', text, re.S)[0]
    assert re.findall(r"<b>([^<]+)</b>", strip) == ["签收", "1", "2", "暂停", "周末", "周末", "3", "4", "5"]
    monkeypatch.setattr("communities.needs.asking.timezone.now", lambda: noon(date(2026, 11, 13)))
    assert "应在 11 月 11 日前答复，已经超了 2 天" in visitor.get(need.get_link()).text


def test_what_is_internal_is_not_told(visitor, need, by):
    handling.accept(need, by)
    handling.do(need, Verb.NOTE, by, text="已联系养护单位。", note="对方态度不好。")
    handling.offer(need, by, factories.make_department(name="城建办公室"), "路灯由城建办公室养护。")
    handling.decline(need, by, "不归我们管。")
    page = visitor.get(need.get_link()).text
    assert "已联系养护单位。" in page and "转给城建办公室" in page
    assert not any(each in page for each in ("对方态度不好", "不归我们管", "经办人甲", "退单"))


def answered(need, by, text="灯头烧坏，已经换好，当晚起亮灯。"):
    handling.accept(need, by)
    answer = handling.hand_in(need, by, text)
    assert text not in Client().get(need.get_link()).text, "nothing is told before another has read it"
    answer.publish(factories.make_user(), factories.CHECKED)
    need.refresh_from_db()
    return answer


def test_the_answer_is_told_once_it_is_sent(visitor, need, by):
    answered(need, by)
    page = visitor.get(need.get_link()).text
    assert "已答复" in page and page.count("灯头烧坏，已经换好，当晚起亮灯。") == 1 and "此地社区" in page


def test_a_merged_need_shows_where_the_other_stands_and_nothing_of_who_asked_it(visitor, need, by, here):
    other = factories.make_need(community=here, title="别家门口的灯", text="别家的原话。", phone="13900000000")
    handling.merge(need, by, other, text="和另一位居民说的是同一处，一起办。")
    answered(other, by)
    page = visitor.get(fresh(need).get_link()).text
    assert "已答复" in page and "灯头烧坏，已经换好" in page and "一起办" in page
    assert not any(each in page for each in ("别家", other.number, other.link_key))


# --- what it lets do -------------------------------------------------------------------------------
def test_what_was_asked_back_is_supplemented(visitor, need, by):
    handling.accept(need, by)
    handling.do(need, Verb.ASK_BACK, by, text="请写灯杆号。")
    response = act(visitor, need, "supplement", text="灯杆号 0712。")
    assert (response.status_code, response.url) == (303, need.get_link())
    assert fresh(need).state == "handling" and "灯杆号 0712。" in visitor.get(need.get_link()).text
    event = need.events.newest_first().first()
    assert (event.by, event.unit, event.verb) == (None, None, "supplement")


def test_without_words_nothing_is_supplemented(visitor, need, by):
    handling.accept(need, by)
    handling.do(need, Verb.ASK_BACK, by, text="请写灯杆号。")
    response = act(visitor, need, "supplement", text="  ")
    assert response.status_code == 400 and "请写“补充的内容”" in faults(response)


def test_it_is_withdrawn_and_then_no_more(visitor, need):
    data = own_form(visitor, need.get_link(), "withdraw")
    assert visitor.post(need.get_link(), data).status_code == 303
    assert visitor.post(need.get_link(), data).status_code == 303, "the second click finds it done"
    page = visitor.get(need.get_link()).text
    assert "您已撤回" in page and 'value="withdraw"' not in page and need.events.count() == 2


def test_it_is_taken_up_again_once(visitor, need, by):
    answered(need, by)
    judge(fresh(need), "solved", now=timezone.now() - timedelta(minutes=11))  # before that, judging is the way
    assert act(visitor, need, "reopen", text="昨晚又不亮了。").status_code == 303
    assert fresh(need).state == "reopened" and "昨晚又不亮了。" in visitor.get(need.get_link()).text
    answered(fresh(need), by, "这次换了整根电缆，连看了三晚。")
    page = visitor.get(need.get_link()).text
    assert 'value="reopen"' not in page and "已经按您的要求重新办理过一次" in page
    assert "灯头烧坏，已经换好" in page and "这次换了整根电缆" in page


def test_a_page_that_is_old_gets_a_sentence_and_keeps_the_words(visitor, need, by):
    handling.accept(need, by)
    handling.do(need, Verb.ASK_BACK, by, text="请写灯杆号。")
    data = own_form(visitor, need.get_link(), "supplement") | {"text": "灯杆号 0712。"}
    handling.do(need, Verb.NOTE, by, text="我们先去现场看了。")
    response = visitor.post(need.get_link(), data)
    assert response.status_code == 409 and "刚有了新的一步" in faults(response) and "灯杆号 0712。" in response.text
    assert fresh(need).state == "waiting"


@pytest.mark.parametrize("headers, status", [
    ({"origin": "null", "sec_fetch_site": "same-origin"}, 303), ({"origin": "null"}, 303),
    ({"origin": "https://example.org"}, 403), ({"origin": "null", "sec_fetch_site": "cross-site"}, 403)])
def test_a_page_without_referrer_sends_its_own_forms(visitor, need, headers, status):
    data = own_form(visitor, need.get_link(), "withdraw")
    assert visitor.post(need.get_link(), data, headers=headers).status_code == status


@pytest.mark.parametrize("verb", ["accept", "answer", "judge", "", "<b>"])
def test_nobody_makes_the_moves_of_staff_here(visitor, need, verb):
    data = own_form(visitor, need.get_link(), "withdraw") | {"verb": verb, "text": "好。"}
    assert visitor.post(need.get_link(), data).status_code == 404 and need.events.count() == 1


# --- finding the link again ------------------------------------------------------------------------
def find(number, digits):
    return send(opened("/needs/find/") | {"number": number, "digits": digits}, "/needs/find/")


def test_it_is_found_again(need):
    response = find(f" {need.number.lower()} ", "0000")
    assert (response.status_code, response.url) == (303, need.get_link())


def without_what_was_typed(response):
    return re.sub(r'(name="(?:form_key|number|digits)" value=")[^"]*', r"\1", response.text)


def test_what_is_wrong_is_not_told(need):
    silent = factories.make_need()
    answers = [find(need.number, "9999"), find("GC9912-0001", "9999"), find(silent.number, "9999")]
    assert {each.status_code for each in answers} == {400}
    assert len({without_what_was_typed(each) for each in answers}) == 1 and "柜台查" in faults(answers[0])


def test_five_wrong_tries_close_the_door_whatever_the_address(need, monkeypatch):
    monkeypatch.setattr("communities.views.finding.SHARE", 1)
    for number in range(MOST_TRIES):
        data = opened("/needs/find/") | {"number": need.number, "digits": f"{number}{number}99"}
        assert Client().post("/needs/find/", data, REMOTE_ADDR=f"203.0.113.{number}").status_code == 400
    data = opened("/needs/find/") | {"number": need.number, "digits": "0000"}
    response = Client().post("/needs/find/", data, REMOTE_ADDR="203.0.113.77")
    assert response.status_code == 400 and "柜台查" in faults(response)
    assert NeedOriginal.objects.get(pk=need.pk).wrong_tries == MOST_TRIES
    other = factories.make_need(phone=PHONE)
    assert Client().post("/needs/find/", data | {"number": other.number}, REMOTE_ADDR="203.0.113.78").status_code == 303


def test_an_address_has_its_share_of_tries(need, monkeypatch):
    monkeypatch.setattr("communities.views.finding.SHARE", 1)
    assert find(need.number, "9999").status_code == 400
    assert find(need.number, "0000").status_code == 429
    assert NeedOriginal.objects.get(pk=need.pk).wrong_tries == 1


def test_once_erased_nothing_is_found(need):
    NeedOriginal.objects.filter(pk=need.pk).update(title="", text="", place="", name="", phone_kept=b"",
                                                   phone_found_by="", erased_at=timezone.now() - timedelta(days=1))
    assert find(need.number, "0000").status_code == 400
