"""Search and what is passed on, as people use them in a real Chromium."""
import re

import pytest

from tests.browser import barriers, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NATURAL = "() => { const card = document.images[0]; return [card.naturalWidth, card.naturalHeight]; }"


@pytest.fixture
def base(live_server, facts):
    return live_server.url


def test_a_word_leads_by_keyboard_from_home_to_what_was_said(base, open_page):
    page = open_page(base + "/", width=390)
    page.focus("[name=q]")
    page.keyboard.type("学校")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=**")
    assert "找“学校”" in page.inner_text("h1") and page.input_value("[name=q]") == "学校"
    assert "学校" in page.inner_text("#projects mark >> nth=0") or "小学" in page.inner_text("#projects mark >> nth=0")
    page.focus("#projects a.name >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/*/")
    assert page.is_visible("h1")


@pytest.mark.parametrize("words, kind, name", [
    ("guihua", "communities", "桂花"), ("桂花园东区", "communities", "桂花"), ("旧改", "projects", "老旧小区改造"),
    ("映月　文化中心", "projects", "映月"), ("首批重点", "lists", "2021 年首批重点项目"),
])
def test_without_javascript_each_kind_is_found_under_its_heading(base, open_page, words, kind, name):
    page = open_page(f"{base}/search/", width=390, java_script_enabled=False)
    page.fill("[name=q]", words)
    page.click("main button:has-text('找')")
    assert name in page.inner_text(f"#{kind}"), page.inner_text("main")
    page.click(f"nav.letters a[href='#{kind}']")
    assert page.url.endswith(f"#{kind}")


def test_who_finds_nothing_can_call(base, open_page):
    page = open_page(f"{base}/search/?q=没有这样的事", width=390)
    assert "没有找到“没有这样的事”" in page.inner_text("[role=status]")
    assert page.get_attribute(".call a[href^='tel:']", "href") == "tel:12345"
    page.click("main a:has-text('从社区找起')")
    assert page.url == f"{base}/communities/"


@pytest.mark.parametrize("query", ["?q=学校", "?q=投诉", "?q=没有这样的事", "", "?q=" + "长" * 81])
def test_no_page_of_it_has_a_barrier(base, watched, query):
    page = watched(f"{base}/search/{query}")
    assert page.faults == [] and barriers(page, schemes=["light", "dark"]) == []


@pytest.mark.parametrize("address", ["/projects/kp03/", "/communities/guihua/", "/reports/2021Q4/", "/"])
def test_a_page_names_a_card_that_can_be_seen(base, open_page, address):
    """What WeChat and others show of an address that is passed on: the picture is there, and of the size it says."""
    page = open_page(base + address)
    named = {name: page.get_attribute(f"meta[property='og:{name}']", "content") for name in
             ("title", "description", "image", "image:width", "image:height", "url")}
    assert all(named.values()), named
    assert len(named["description"]) >= 10 and "None" not in "".join(named.values())
    assert page.goto(base + re.sub(r"^https?://[^/]+", "", named["image"])).ok
    assert page.evaluate(NATURAL) == [int(named["image:width"]), int(named["image:height"])] == [1200, 630]


@pytest.mark.parametrize("address", ["/projects/kp03/", "/communities/guihua/"])
def test_a_poster_is_hung_up_from_the_page(base, open_page, address):
    page = open_page(base + address, width=390)
    page.click("main a:has-text('A3')")
    assert page.locator("svg").count() and sideways(page) == 0
    page.emulate_media(media="print")
    assert page.pdf(prefer_css_page_size=True)[:4] == b"%PDF"
