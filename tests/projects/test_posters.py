"""The sheets for the notice board: one page each, in large print, with whom to call and a QR code."""
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from guicheng.public.faces import FaceDecision
from projects.cards.poster import SENTENCE, TITLE, PosterSize
from projects.faces import LATE_UNITS
from projects.models import Project
from projects.report.canvas import qr_path
from tests import factories

pytestmark = pytest.mark.django_db
POSTERS = ["/projects/park/poster/", "/communities/here/poster/"]
LONG = "桂澜路至一环路段雨污水管道更换及道路修复工程（含周边道路和绿化以及配套的停车场和其他附属设施）二期"
CSS = Path(django_settings.BASE_DIR) / "static" / "css"


@pytest.fixture
def street(project):
    community = factories.make_community(slug="here", name="此地", phone="0757-00000001", hours="周一至周五 9:00—17:00",
                                         address="某路 1 号")
    Project.objects.update(community=community)
    factories.make_update(project, status="in_progress", text="挖好了湖。", effective_on=date(2021, 11, 3))
    return project


@pytest.fixture(params=[(160, 300), (60, 30), (25, 64)], ids=str)
def crowded(street, request):
    """As much as there may be of everything; the name and what is said of different lengths."""
    name, said = request.param
    Project.objects.update(name=(LONG * 4)[:name])
    for month in range(5):
        status = ["planned", "in_progress", "acceptance", "completed", "in_use"][month]
        factories.make_update(street, status=status, text=(LONG * 6)[:said], effective_from=date(2021, 11, 4 + month),
                              effective_on=date(2022, 1, 20 + month))
    for number in range(12):
        factories.make_project(street.project_list, name=(LONG * 4)[:160], community=street.community,
                               number=10 + number)


@pytest.mark.parametrize("address", POSTERS)
def test_it_says_the_least_one_has_to_know(street, visitor, address):
    page = visitor.get(address).text
    for words in ("桂城办实事", "0757-0000000", "扫码看每一步和出处", "<svg", 'name="robots" content="noindex"'):
        assert words in page, words
    assert page.count("<h1") == 1 and "None" not in page


@pytest.mark.parametrize("size", ["a5", "A4", "xx" * 40, "<b>"])
def test_another_size_is_one_sentence(street, visitor, size):
    response = visitor.get("/projects/park/poster/", {"size": size})
    assert response.status_code == 400 and "可以选 A4、A3" in response.text and "<b>" not in response.text


@pytest.mark.parametrize("address", ["/projects/none/poster/", "/communities/none/poster/"])
def test_what_is_not_there_is_a_page(visitor, address, db):
    assert visitor.get(address).status_code == 404


def test_the_code_leads_to_the_plain_address_and_the_page_says_which(street, visitor, settings):
    page = visitor.get("/projects/park/poster/?size=a3").text
    assert qr_path("http://testserver/projects/park/")[1] in page
    assert "二维码指向的是这台机器（testserver/projects/park）" in page
    settings.PUBLIC_URL = "https://example.org/"
    page = visitor.get("/projects/park/poster/").text
    assert qr_path("https://example.org/projects/park/")[1] in page
    assert "example.org/projects/park" in page and "指向的是这台机器" not in page


def test_who_is_late_is_not_named_while_that_face_is_off(street, visitor):
    factories.make_promise(street, due_on=date(2021, 10, 1))
    told = visitor.get("/projects/park/poster/").text
    assert "城建办公室" in told and "此地社区" in told
    FaceDecision(is_on=False, since=date.today()).enter(LATE_UNITS, 1, factories.make_user())
    told = visitor.get("/projects/park/poster/").text
    assert "城建办公室" not in told and "此地社区" not in told and "0757-00000000" in told


@pytest.mark.parametrize("crowded", [(160, 300)], indirect=True)
def test_what_is_long_is_cut(crowded, visitor):
    page = visitor.get("/projects/park/poster/").text
    title, lead = re.search(r"<h1[^>]*>(.*?)</h1>", page)[1], re.search(r'class="lead">(.*?)</p>', page)[1]
    assert len(title) <= TITLE and len(lead) <= SENTENCE and title.endswith("……") and lead.endswith("……")


# --- one page --------------------------------------------------------------------------------------
def paper(page):
    """The number of pages of a WeasyPrint document, and the size of the first in millimetres."""
    return len(page.pages), round(page.pages[0].width * 25.4 / 96), round(page.pages[0].height * 25.4 / 96)


@pytest.mark.parametrize("address", POSTERS)
@pytest.mark.parametrize(("size", "wanted"), [("a4", (1, 210, 297)), ("a3", (1, 297, 420))])
def test_it_is_one_page_by_weasyprint(crowded, visitor, address, size, wanted):
    import weasyprint

    html = visitor.get(address, {"size": size}).text
    styles = [weasyprint.CSS(filename=CSS / name) for name in ("tokens.css", "poster.css")]
    assert paper(weasyprint.HTML(string=html, base_url=str(CSS)).render(stylesheets=styles)) == wanted


@pytest.mark.browser
@pytest.mark.parametrize("address", POSTERS)
@pytest.mark.parametrize(("size", "box"), [("a4", b"594[.]9"), ("a3", b"841[.]9")])
def test_it_is_one_page_in_a_browser_and_nothing_is_cut_off(crowded, watched, live_server, address, size, box):
    page = watched(f"{live_server.url}{address}?size={size}")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[\s*0\s+0\s+" + box, pdf), re.findall(rb"/MediaBox[^]]*", pdf)
    page.emulate_media(media="print")
    hidden = page.evaluate("""() => { const sheet = document.querySelector('.sheet');
        const foot = document.querySelector('.day').getBoundingClientRect();
        const frame = sheet.getBoundingClientRect();
        return [sheet.scrollHeight - sheet.clientHeight, foot.bottom - frame.bottom,
                sheet.scrollWidth - sheet.clientWidth]}""")
    assert hidden[0] <= 1 and hidden[1] <= 0 and hidden[2] <= 1
    assert page.faults == []


@pytest.mark.browser
@pytest.mark.parametrize("address", POSTERS)
def test_it_is_read_on_a_screen_too(crowded, watched, live_server, address):
    from tests.browser import barriers

    page = watched(f"{live_server.url}{address}")
    assert page.faults == []
    assert barriers(page, schemes=("light", "dark")) == []


def test_the_sizes_are_two():
    assert PosterSize.read("") == PosterSize.A4 and PosterSize.values == ["a4", "a3"]
