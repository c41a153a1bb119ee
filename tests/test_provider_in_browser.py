"""Signing in through a provider in a real Chromium: the whole way there and back, with and without JavaScript."""
import pytest
from django.urls import reverse

from guicheng.accounts.identity import BoundIdentity
from tests import factories, stand_in
from tests.browser import barriers
from tests.guicheng.test_provider import forget
from tests.guicheng.test_two_factor import code_of, equip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = reverse("admin:projects_project_changelist")


@pytest.fixture
def provider(settings):
    forget()
    with stand_in.running(stand_in.Provider()) as running:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
            running.url, running.client, running.secret)
        settings.OIDC_NAME = "统一身份认证"
        yield running


@pytest.fixture
def person(db):
    return factories.make_user("person", name="某经办", roles=["部门经办人"])


def faults_of(page):
    found = []
    page.on("console", lambda message: found.append(message.text) if "Security Policy" in message.text else None)
    return found


def agree(page, base, wanted=LIST):
    page.goto(base + wanted)
    page.click("text=用统一身份认证登录")
    assert page.inner_text("h1") == "统一身份认证"
    page.click("#in")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_there_and_back_and_out(live_server, open_page, provider, person, script):
    """To the page that was asked for, past our own second factor; and out of both."""
    BoundIdentity.bind(person, provider.url, provider.person)
    device, _ = equip(person)
    base, page = live_server.url, open_page(java_script_enabled=script)
    faults = faults_of(page)
    agree(page, base, f"{LIST}?q=a")
    assert "验证器" in page.inner_text("main")
    page.fill("[name=code]", code_of(device, 1))
    page.click("input[value=登录]")
    page.wait_for_url(f"**{LIST}?q=a")
    page.click("#logout-form button")
    page.wait_for_url("**" + reverse("admin:login"))
    assert len(provider.ended) == 1 and provider.ended[0]["id_token_hint"]
    assert faults == []


def test_the_first_time_it_is_bound(live_server, open_page, provider, person):
    base, page = live_server.url, open_page()
    faults = faults_of(page)
    agree(page, base)
    assert "还没有绑定本站的账号" in page.inner_text("main")
    page.click("main a.record")
    page.fill("input[name=username]", "person")
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("[type=submit]")
    assert "某经办（person）" in page.inner_text("main") and faults == []
    assert barriers(page, schemes=("light", "dark")) == [], "bind"
    page.click("text=都是我本人的，绑定")
    page.wait_for_url(f"**{LIST}")
    assert "以后可以用统一身份认证登录" in page.inner_text(".messagelist")
    other = open_page()
    agree(other, base)
    other.wait_for_url(f"**{LIST}")


def test_by_keyboard_alone(live_server, open_page, provider, person):
    BoundIdentity.bind(person, provider.url, provider.person)
    page = open_page(live_server.url + reverse("admin:login"))
    page.focus("[type=submit]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.click("#in")
    page.wait_for_url("**" + reverse("admin:index"))


def test_no_barrier(live_server, open_page, provider, person, superuser):
    base, page = live_server.url, open_page()
    page.goto(base + reverse("admin:login"))
    assert barriers(page, schemes=("light", "dark")) == [], "login"
    agree(page, base)
    assert barriers(page, schemes=("light", "dark")) == [], "unbound"
    page.goto(base + reverse("admin:provider_back"))
    assert "不是从这个浏览器开始的" in page.inner_text("main") and barriers(page) == [], "refused"
