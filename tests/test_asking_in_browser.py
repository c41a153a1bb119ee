"""A resident at a telephone: choose, ask, the receipt, the own page; by the keyboard and without JavaScript as well."""
import pytest
from django.test import Client

from communities.models import Need
from communities.models.need_moves import Verb
from communities.needs import handling
from communities.needs.judging import judge
from tests import factories
from tests.browser import barriers, sideways
from tests.elder import shortcomings
from tests.pictures import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE, TEXT = "示例路口的路灯连着三晚不亮", "三盏灯都不亮，晚上七点以后看不清台阶。"
SCHEMES = ["light", "dark"]


@pytest.fixture
def here(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("communities.views.asking.LEAST_SECONDS", -1)  # the hand of a test is fast
    return factories.make_community(slug="here", name="此地")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(jpeg(600, 400).read())
    return str(path)


def fill(page, **but):
    page.select_option("[name=community]", "here")
    for name, value in ({"title": TITLE, "text": TEXT} | but).items():
        page.fill(f"[name={name}]", value)


def test_choose_ask_receipt_own_page(live_server, watched, here, picture):
    found = {}
    page = watched(live_server.url, width=390)

    def look(name):
        found[name] = [*page.faults, *barriers(page, widths=[390], schemes=SCHEMES)]
        page.faults.clear()

    page.click("text=我要反映")
    look("choose")
    page.click("text=反映问题")
    look("form")
    fill(page, title="", phone="13800000000")
    page.set_input_files("[name=photos]", picture)
    page.click("button:has-text('发出')")
    assert page.evaluate("document.activeElement.id") == "faults"
    assert page.input_value("[name=text]") == TEXT and page.locator(".thumbs img").count() == 1
    look("with a fault")
    page.click(".faults a")
    assert page.evaluate("document.activeElement.name") == "title"
    page.keyboard.type(TITLE)
    page.click("button:has-text('发出')")
    need = Need.objects.get()
    assert page.url.endswith(f"{need.get_link()}?new=1") and need.photos.count() == 1
    look("receipt")
    page.click("button:has-text('复制链接')")
    assert page.inner_text("#link-copied")
    page.click("text=看这件事的页面")
    assert TITLE in page.inner_text("h1") and "1 张" in page.inner_text(".side")
    look("own page")
    page.click("summary:has-text('撤回')")
    page.click("form button:has-text('撤回')")
    assert "您已撤回" in page.inner_text("main") and page.url.endswith(need.get_link())
    look("withdrawn")
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_without_javascript_it_is_all_there(live_server, open_page, here, picture):
    page = open_page(f"{live_server.url}/needs/new/question/", width=390, java_script_enabled=False)
    fill(page, text="")
    page.set_input_files("[name=photos]", picture)
    page.click("button:has-text('发出')")
    assert "还差 1 处" in page.inner_text(".faults") and page.input_value("[name=title]") == TITLE
    page.fill("[name=text]", TEXT)
    page.click("button:has-text('发出')")
    need = Need.objects.get()
    by = factories.make_user()
    handling.accept(need, by)
    handling.do(need, Verb.ASK_BACK, by, text="请写灯杆号。")
    page.click("text=看这件事的页面")
    page.fill("[name=text]", "灯杆号 0712。")
    page.click("button:has-text('补充')")
    assert "灯杆号 0712。" in page.inner_text(".timeline") and Need.objects.get().state == "handling"


def test_by_the_keyboard_alone(live_server, open_page, here):
    page = open_page(f"{live_server.url}/needs/new/complaint/", width=1280)
    page.focus("[name=community]")
    for _ in range(2):  # past 请选择 and 不知道
        page.keyboard.press("ArrowDown")
    for text in (TITLE, TEXT, "", None, "", ""):  # None: the photos
        page.keyboard.press("Tab")
        if text:
            page.keyboard.type(text)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?new=1")
    assert Need.objects.get().community == here


def test_judged_with_one_tap_and_taken_up_again(live_server, open_page, here):
    """Without JavaScript: 未解决, what is still missing, a slip mended."""
    by, need = factories.make_user(), factories.make_need(community=here)
    handling.accept(need, by)
    handling.hand_in(need, by, "灯头烧坏，已经换好，当晚起亮灯。").publish(factories.make_user(), factories.CHECKED)
    page = open_page(f"{live_server.url}{need.get_link()}", width=390, java_script_enabled=False)
    page.click("button:has-text('未解决')")
    assert "已经重新办理" in page.inner_text("#judge")
    assert Need.objects.get().state == Need.State.REOPENED
    page.check("text=又坏了")
    page.fill("#judge [name=words]", "靠公交站那盏还不亮。")
    page.click("text=补充这些话")
    assert "靠公交站那盏还不亮。" in page.inner_text("#judge")
    page.click("summary:has-text('点错了')")
    page.click("button:has-text('部分解决')")
    assert "记下了：部分解决" in page.inner_text("#judge")
    assert Need.objects.get().state == Need.State.ANSWERED


def test_every_state_has_no_barrier_large_small_and_in_the_elder_edition(live_server, watched, here):
    by = factories.make_user()
    received, waiting, answered, judged = (factories.make_need(community=here, phone="13800000000") for _ in range(4))
    handling.accept(waiting, by)
    handling.do(waiting, Verb.ASK_BACK, by, text="请写灯杆号。")
    for need in (answered, judged):
        handling.accept(need, by)
        handling.hand_in(need, by, "灯头烧坏，已经换好，当晚起亮灯。").publish(factories.make_user(), factories.CHECKED)
    judge(judged, "partly")
    links = [need.get_link() for need in (received, waiting, answered, judged)]
    addresses = [*links, f"{links[0]}?new=1", f"{links[0]}my-data/", "/needs/new/", "/needs/new/complaint/",
                 "/needs/find/"]
    assert {Client().get(each).status_code for each in addresses} == {200}
    page, wrong = watched(width=390), {}
    for address in addresses:
        page.faults.clear()
        page.goto(live_server.url + address)
        found = [*page.faults, *barriers(page, schemes=SCHEMES)]
        page.set_viewport_size({"width": 320, "height": 640})
        found += ["wider than 320"] * (sideways(page) > 0)
        page.set_viewport_size({"width": 390, "height": 844})
        page.faults.clear()
        page.goto(f"{live_server.url}/elder{address}")
        found += [f"elder {each}" for each in [*page.faults, *barriers(page, widths=[390]), *shortcomings(page)]]
        if found:
            wrong[address] = found
    assert wrong == {}
