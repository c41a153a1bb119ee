"""The pictures to forward: what they say, in what size, from which material, and what is never in them."""
import io
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from guicheng.days.as_of import NOW
from guicheng.public.turns import turn
from projects.cards import drawing, kept, of
from projects.cards.drawing import HEIGHT, SIDE, WIDTH, Card, svg_of
from projects.cards.steps import Step, off_the_stair, steps_of_many
from projects.models import Project, Status
from projects.project_page import ProjectPage
from projects.report import Missing
from tests import factories
from tests.seal import world

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
CARDS = ["/projects/park/card.png", "/communities/here/card.png", "/reports/2021Q4/card.png"]


@pytest.fixture
def street(project):
    project.community = factories.make_community(slug="here", name="此地", phone="0757-00000001")
    project.save()
    factories.make_update(project, status="in_progress", text="挖好了湖。", effective_on=date(2021, 11, 3))
    return project


@pytest.fixture
def said(monkeypatch):
    """The texts of what was drawn last, instead of pixels: `said(client, address)`."""
    drawn = []
    monkeypatch.setattr(kept, "png_of", lambda svg: drawn.append(svg) or b"\x89PNG")

    def ask(client, address):
        kept.forget()
        assert client.get(address).status_code == 200, address
        return drawn[-1]

    return ask


def card_of(code="park"):
    return of.card_of_project(ProjectPage(code, NOW))


def texts(svg):
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


@pytest.mark.parametrize("address", CARDS)
def test_it_is_a_picture_of_the_size_that_chats_want(street, visitor, address):
    response = visitor.get(address)
    picture = Image.open(io.BytesIO(response.content))
    assert response["Content-Type"] == "image/png" and picture.size == (1200, 630)
    assert len(picture.convert("L").getcolors(256)) > 20 and len(response.content) < 150_000
    assert response["Cache-Control"] == "public, max-age=60"
    assert visitor.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/projects/none/card.png", "/communities/none/card.png",
                                     "/reports/2021Q7/card.png", "/reports/2099Q1/card.png"])
def test_what_is_not_there_is_a_page(street, visitor, address):
    response = visitor.get(address)
    assert response.status_code == 404 and response["Content-Type"].startswith("text/html")


def test_a_hidden_project_has_none(street, visitor):
    Project.objects.update(is_published=False)
    assert visitor.get("/projects/park/card.png").status_code == 404


# --- what it says ----------------------------------------------------------------------------------
def test_a_project_says_where_it_stands_and_who_says_so(street, visitor, said):
    lines = texts(said(visitor, "/projects/park/card.png"))
    assert {"半月岛公园", "2021 年重点项目", "挖好了湖。"} <= set(lines)
    assert {"公布", "筹备", "推进 · 在这一步", "待验收", "办成"} <= set(lines)
    assert any(line.startswith("截至 2021 年 11 月 3 日 · 据《") for line in lines)


def test_the_steps_carry_the_days_that_were_told(street):
    factories.make_update(street, status="in_use", effective_on=date(2021, 12, 20), effective_from=date(2021, 12, 20))
    steps = {step.label: step for step in card_of().steps}
    assert steps["公布"].note == "2021 年 4 月 30 日" and steps["推进"].note == "截至 2021 年 11 月 3 日"
    assert steps["办成"].is_here and steps["办成"].note == "2021 年 12 月 20 日"
    assert not steps["筹备"].is_told and not steps["筹备"].note


@pytest.mark.parametrize("status", ["standing", "paused", "cancelled"])
def test_what_stands_on_no_step_is_told_in_words(street, status):
    factories.make_update(street, status=status, effective_on=date(2021, 12, 20), reason="地下有管线。", text="说明。")
    card = card_of()
    assert not any(step.is_here for step in card.steps)
    assert card.sentence == f"{Status(status).label}。说明。"


def test_what_nobody_spoke_of_is_announced_and_nothing_more(project):
    card = card_of()
    assert card.sentence == "已公布，暂无进展信息。" and [step.label for step in card.steps if step.is_here] == ["公布"]
    factories.make_project(code="loose")
    assert not any(step.is_here for step in card_of("loose").steps), "what is on no list was not announced"


def test_what_was_withdrawn_is_not_told(street):
    from projects.models import ProgressUpdate

    factories.make_withdrawal(ProgressUpdate.objects.get(), reason="说错了。")
    assert "挖好了湖" not in str(card_of())


def test_a_sample_says_so(street, visitor, said):
    factories.make_project(code="made-up", name="示例项目", is_sample=True)
    assert drawing.SAMPLE in texts(said(visitor, "/projects/made-up/card.png"))


def test_a_community_counts_its_steps_and_nothing_where_nothing_is_known(street, visitor, said):
    factories.make_part(street, community=street.community)
    lines = texts(said(visitor, "/communities/here/card.png"))
    assert "写明属于这个社区的项目和分项 2 个。" in lines and lines.count("1") == 2 and lines.count("0") == 3
    factories.make_community(slug="empty", name="彼处")
    lines = texts(said(visitor, "/communities/empty/card.png"))
    assert "还没有收到这个社区的资料。" in lines and "0" not in lines


def test_a_quarter_says_what_its_page_says_first(facts, visitor, said):
    lines = texts(said(visitor, "/reports/2021Q4/card.png"))
    page = re.search(r'<meta name="description" content="([^"]+)"', visitor.get("/reports/2021Q4/").text)[1]
    assert "2021 年第四季度" in lines and page.partition("：")[2].startswith(lines[3][:12])
    assert {"公布", "暂无进展"} & set(lines) == {"暂无进展"}


def test_the_counts_are_those_of_the_figures():
    steps = steps_of_many({"": 1, "planned": 2, "completed": 3, "in_use": 4, "standing": 9})
    assert [step.count for step in steps] == [1, 2, 0, 0, 7]
    assert off_the_stair({"standing": 9, "paused": 0}) == "长期开展 9 个"


def test_it_knows_where_it_leads_only_where_the_site_does(street, visitor, said, settings):
    assert "<path" not in said(visitor, "/projects/park/card.png")
    settings.PUBLIC_URL = "https://example.org/"
    svg = said(visitor, "/projects/park/card.png")
    assert "<path" in svg and "example.org/projects/park" in texts(svg)


def test_no_unit_and_no_person_is_on_it(street, visitor, said):
    Project.objects.update(leader="张三", contact="李四", phone="0757-12345678")
    svg = said(visitor, "/projects/park/card.png")
    assert not [word for word in ("城建", "张三", "李四", "0757", "此地") if word in svg]


# --- how it is drawn -------------------------------------------------------------------------------
LONG = "桂澜路至一环路段雨污水管道更换及道路修复工程（含周边道路和绿化以及配套的停车场和其他附属设施）二期"
HARD = {
    "long": Card(LONG * 3, LONG, LONG * 4, (
        *(Step(label, "doing", "2021 年 12 月 22 日—2022 年 1 月 31 日之间", None, True, label == "推进")
          for label in ("公布", "筹备", "推进")),
        Step("待验收", "doing"), Step("办成", "done", "2022 年，不迟于 12 月 28 日", None, True, False)), LONG * 2,
        "https://example.org/guicheng/projects/x/", "example.org/guicheng/projects/x"),
    "counts": Card("某社区", "社区", LONG, tuple(steps_of_many({"": 1234, "planned": 56789})), "说明", "", ""),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", HARD)
def test_nothing_overflows_or_overlaps_in_a_browser(open_page, name):
    page = open_page()
    page.set_content(svg_of(HARD[name]))
    boxes = page.evaluate("""[...document.querySelectorAll('text')].map(each => {
        const box = each.getBBox(); return [each.textContent, box.x, box.y, box.width, box.height]})""")
    bad = [text for text, x, y, width, height in boxes
           if x < SIDE - 1 or x + width > WIDTH - SIDE + 1 or y < 0 or y + height > HEIGHT]
    cores = [(text, x, y + height * 0.3, x + width, y + height * 0.7) for text, x, y, width, height in boxes]
    bad += [f"{one[0]} × {two[0]}" for place, one in enumerate(cores) for two in cores[place + 1:]
            if one[1] < two[3] and two[1] < one[3] and one[2] < two[4] and two[2] < one[4]]
    assert bad == []


@pytest.mark.browser
def test_a_chat_finds_it_from_the_page(street, watched, live_server):
    page = watched(f"{live_server.url}/projects/park/")
    address = page.get_attribute('meta[property="og:image"]', "content")
    assert address.startswith(live_server.url)
    size = page.evaluate("""async address => {
        const image = new Image(); image.src = address; await image.decode();
        return [image.naturalWidth, image.naturalHeight]}""", address)
    assert size == [1200, 630]
    assert page.faults == []


# --- how it is kept --------------------------------------------------------------------------------
def test_it_is_drawn_once_and_again_when_something_is_published(street, visitor, monkeypatch):
    drawn = []
    kept.forget()
    monkeypatch.setattr(kept, "png_of", lambda svg: drawn.append(svg) or b"png")
    for _ in range(3):
        visitor.get("/projects/park/card.png")
    assert len(drawn) == 1
    factories.make_update(street, status="completed", effective_on=date(2021, 12, 30))
    visitor.get("/projects/park/card.png")
    assert len(drawn) == 2 and len(list(kept.folder().glob("*.png"))) == 2
    assert {path.stat().st_mode & 0o777 for path in [*kept.folder().glob("*.png")]} == {0o600}


def test_while_one_is_drawn_another_has_to_wait(street, visitor):
    kept.forget()
    with turn("card"):
        response = visitor.get("/projects/park/card.png")
        assert response.status_code == 503 and response["Retry-After"] and "请过几秒" in response.text
    assert visitor.get("/projects/park/card.png").status_code == 200
    with turn("card"):
        assert visitor.get("/projects/park/card.png").status_code == 200, "what was drawn is given"


def test_there_are_never_too_many(street, visitor, monkeypatch):
    kept.forget()
    monkeypatch.setattr(kept, "MOST", 2)
    monkeypatch.setattr(kept, "png_of", lambda svg: b"png")
    for address in CARDS:
        visitor.get(address)
    assert len(list(kept.folder().glob("*.png"))) == 2


def test_on_a_full_disk_it_is_drawn_all_the_same(street, visitor, monkeypatch):
    kept.forget()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "whole_file", full)
    assert visitor.get("/projects/park/card.png").content.startswith(b"\x89PNG")


def test_without_a_chinese_font_it_is_the_picture_of_the_site(street, visitor, monkeypatch):
    kept.forget()

    def missing(svg):
        raise Missing("没有字体")

    monkeypatch.setattr(kept, "png_of", missing)
    response = visitor.get("/projects/park/card.png")
    assert response.status_code == 200 and response.content == kept.WHOLE_SITES.read_bytes()
    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
    assert not kept.folder().exists()


# --- what is sealed --------------------------------------------------------------------------------
def test_a_sealed_word_is_never_drawn(visitor, said, db):
    world.street()
    addresses = ["/projects/park/card.png", "/communities/here/card.png"]
    assert all("陈大文" in said(visitor, address) for address in addresses), "the control: before it stands there"
    world.seal()
    for address in addresses:
        svg = said(visitor, address)
        assert "陈大文" not in svg and "半月岛" not in svg and "依规不再公开" in svg


def test_what_was_kept_goes_when_a_word_is_sealed(street, visitor):
    from guicheng.seal import work

    visitor.get("/projects/park/card.png")
    assert list(kept.folder().glob("*.png"))
    world.seal(words="挖好了湖")
    work.finish_now()
    assert not kept.folder().exists()
