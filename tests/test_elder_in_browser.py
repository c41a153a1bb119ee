"""The elder edition in a real Chromium: its type, its lines, its targets, its one column, and reading aloud."""
import pytest

from tests.browser import WIDTHS, barriers
from tests.elder import shortcomings
from tests.test_in_browser import PUBLIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VOICE = """
Object.defineProperty(window, "speechSynthesis", {value: {
  said: [], getVoices: () => [{lang: "%s"}], cancel() { this.said = []; }, speak(what) { this.said.push(what.text); },
  addEventListener() {},
}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture
def base(live_server, facts):
    return f"{live_server.url}/elder"


def test_every_page_is_large_and_has_no_barrier(base, watched):
    wrong, page = {}, watched(width=390)
    for address in PUBLIC:
        page.faults.clear()
        page.goto(base + address)
        found = [*page.faults]
        for width in WIDTHS:
            found += barriers(page, [width], ["light", "dark"] if width == 390 else ["light"])
            page.emulate_media(color_scheme="light")
            found += [f"{width}: {each}" for each in shortcomings(page)]
        if found:
            wrong[address] = found
    assert wrong == {}


def test_it_would_be_seen(base, open_page):
    """Negative control: the plain edition is too small in all three ways."""
    found = shortcomings(open_page(base.removesuffix("/elder") + "/projects/kp03/", width=390))
    assert any("px p" in each for each in found) and any(each.startswith("target") for each in found)
    page = open_page(base + "/projects/kp03/", width=390)
    assert shortcomings(page) == []
    page.evaluate("document.querySelector('main p:not([hidden])').style.lineHeight = 1.2")
    assert any(each.startswith("line") for each in shortcomings(page))


def test_the_switch_leads_to_the_same_page_and_back(base, open_page):
    page = open_page(base.removesuffix("/elder") + "/projects/?list=2021-key", width=390)
    assert page.locator(".edition").bounding_box()["height"] >= 44
    page.click("text=长者版")
    page.wait_for_load_state()  # with its styles
    assert page.url == f"{base}/projects/?list=2021-key"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    page.click("text=普通版")
    assert page.url == f"{base.removesuffix('/elder')}/projects/?list=2021-key"


def test_the_page_is_read_where_the_browser_has_a_chinese_voice(base, open_page):
    page = open_page(width=390)
    page.add_init_script(VOICE % "zh-CN")
    page.goto(f"{base}/projects/kp03/")
    page.click("text=朗读本页")
    said = page.evaluate("speechSynthesis.said")
    heading = page.inner_text("h1")
    assert any(heading.startswith(each) for each in said) and len(said) > 10
    assert page.is_visible("text=停止朗读")
    page.click("text=停止朗读")
    assert page.evaluate("speechSynthesis.said") == [] and page.is_visible("text=朗读本页")


def test_without_a_chinese_voice_there_is_no_button(base, open_page):
    page = open_page(width=390)
    page.add_init_script(VOICE % "en-GB")
    page.goto(f"{base}/projects/kp03/")
    assert not page.is_visible(".read-aloud")
    plain = open_page(base.removesuffix("/elder") + "/projects/kp03/")
    assert plain.locator(".read-aloud").count() == 0
