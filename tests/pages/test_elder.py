"""The elder edition: its addresses, what is not there, and that nothing of it is left behind in the thread."""
import re
from html import unescape
from ipaddress import ip_network
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_script_prefix, reverse, set_script_prefix

from guicheng.public import elder, middleware
from guicheng.public.middleware import elder_edition
from tests.seal import world
from tests.seal.world import MARKER

PAGES = ["/", "/lists/", "/lists/2021-key/", "/lists/2021-key/promises/", "/projects/?list=2021-key", "/projects/kp03/",
         "/communities/", "/communities/guihua/", "/secretary-projects/", "/party/", "/reports/", "/reports/2021Q4/",
         "/reports/compare/?a=2021Q2&b=2021Q4", "/reports/verify/", "/sources/", "/about/", "/accessibility/"]
# names: (what it is, the address); none of them is a page
NO_PAGES = ["/admin/", "/admin/login/", "/api/projects/", "/api/summary/2021Q4/", "/lists/2021-key/projects.csv",
            "/reports/2021Q4.xlsx", "/reports/2021Q4.docx", "/reports/2021Q4.pdf", "/reports/2021Q4.svg",
            "/reports/2021Q4.png", "/reports/2021Q4.json", "/lists/x/planned.ics", "/feed.xml", "/static/css/base.css",
            f"/media/{'a' * 32}-320.jpg", f"/papers/{'a' * 32}.pdf", "/.well-known/security.txt",
            "/reports/2021Q4/print/", "/robots.txt", "/sitemap.xml", "/admin", "/healthz"]
ADDRESS = re.compile(r'\b(?:href|src|action)="([^"]*)"')
SRCSET = re.compile(r'\bsrcset="([^"]*)"')


def addresses(html, here):
    """The paths on this site that a page names."""
    found = [*ADDRESS.findall(html), *(each.split()[0] for row in SRCSET.findall(html) for each in row.split(","))]
    whole = [urlsplit(urljoin(f"http://testserver{here}", unescape(each))) for each in found]
    return {each.path for each in whole if each.scheme == "http" and each.netloc == "testserver"}


def strays(html, here, other):
    """The addresses on an elder page that neither keep the edition nor are a file's, but for that of the switch."""
    return {path for path in addresses(html, here) - {urlsplit(other).path}
            if path.startswith("/elder/") != elder.is_page(path.removeprefix("/elder"))}


@pytest.fixture(autouse=True)
def as_it_was():
    yield
    assert get_script_prefix() == "/", "the prefix was left behind"


# --- links ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_link_keeps_the_edition_or_leads_to_a_plain_file(visitor, facts):
    wrong = {}
    for page in PAGES:
        answer = visitor.get(f"/elder{page}")
        assert answer.status_code == 200 and '<html lang="zh-Hans" class="elder">' in answer.text, page
        if found := strays(answer.text, f"/elder{page}", page):
            wrong[page] = found
        assert len([path for path in addresses(answer.text, "/elder/") if path.startswith("/elder/")]) > 8
    assert wrong == {}


@pytest.mark.django_db
def test_a_stray_link_would_be_seen(visitor, facts):
    """Negative control."""
    html = visitor.get("/elder/lists/2021-key/").text
    assert strays(html + '<a href="/projects/">', "/elder/lists/2021-key/", "/lists/2021-key/") == {"/projects/"}
    assert strays(html + '<a href="/elder/a.csv">', "/elder/lists/2021-key/", "/lists/2021-key/") == {"/elder/a.csv"}


@pytest.mark.django_db
def test_the_plain_pages_know_the_edition_only_in_the_switch(visitor, facts):
    for page in PAGES:
        visitor.get(f"/elder{page}")
        html = visitor.get(page).text
        path = urlsplit(page).path
        kept = {each for each in addresses(html, page) if each.startswith("/elder")}
        assert kept == {f"/elder{path}"}, page
        assert f'class="edition" href="/elder{page.replace("&", "&amp;")}"' in html, "the query is kept"
        assert 'class="elder"' not in html and "elder.css" not in html and "read_aloud" not in html


@pytest.mark.django_db
def test_pages_of_another_day_keep_both(visitor, facts):
    html = visitor.get("/elder/lists/2021-key/?asof=2021-06-30").text
    assert 'href="/elder/projects/kp03/?asof=2021-06-30"' in html
    assert 'class="edition" href="/lists/2021-key/?asof=2021-06-30"' in html


@pytest.mark.django_db
def test_who_reads_it_elsewhere_gets_the_plain_address(visitor, facts, settings):
    assert '<link rel="canonical" href="http://testserver/projects/kp03/">' in visitor.get("/elder/projects/kp03/").text
    settings.PUBLIC_URL, host = "https://www.example.invalid/", "www.example.invalid"
    request = RequestFactory().get("/elder/projects/kp03/")
    said = f'<meta content="https://{host}/elder/projects/kp03/card.png"> {host}/elder/projects/kp03 <a href="{{}}/">'
    foreign = "https://other.example/elder/a.pdf"
    answer = elder_edition(lambda _: HttpResponse(said + foreign))(request).text
    assert f"https://{host}/projects/kp03/card.png" in answer and f" {host}/projects/kp03 " in answer
    assert foreign in answer
    assert elder.plain_address("/elder/projects/kp03/") == elder.plain_address("/projects/kp03/") == "/projects/kp03/"


@pytest.mark.django_db
def test_a_form_that_sends_something_goes_to_the_plain_page(visitor, facts):
    html = visitor.get("/elder/reports/verify/").text
    assert re.search(r'<form method="post"[^>]* action="/reports/verify/"', html)
    assert '<form action="/elder/reports/verify/"' in html


def test_below_a_path_of_another_site(settings, visitor, db):
    settings.BASE_PATH = "/banshishi"
    settings.FORCE_SCRIPT_NAME = "/banshishi"
    set_script_prefix("/banshishi/")
    try:
        html = visitor.get("/elder/about/?a=1").text
        led = visitor.get("/elder/lists/x/projects.csv?a=1")
        assert get_script_prefix() == "/banshishi/"
    finally:
        set_script_prefix("/")
    assert 'href="/banshishi/elder/projects/"' in html and 'href="/banshishi/about/?a=1"' in html
    assert 'href="/banshishi/admin/"' in html and 'href="/banshishi/elder/admin' not in html
    assert led["Location"] == "/banshishi/lists/x/projects.csv?a=1"


# --- what is not there ---------------------------------------------------------------------------
@pytest.mark.parametrize("path", NO_PAGES)
def test_what_is_no_page_has_its_plain_address_alone(path, client, db):
    answer = client.get(f"/elder{path}?a=1")
    assert (answer.status_code, answer["Location"]) == (302, f"{path}?a=1")


def test_no_page_is_taken_for_a_file_and_no_file_for_a_page():
    assert [page for page in PAGES if not elder.is_page(urlsplit(page).path)] == []
    assert [path for path in NO_PAGES if elder.is_page(path)] == []


@pytest.mark.parametrize(("asked", "led"), [
    ("/elder", "/elder/"), ("/elder?a=1", "/elder/?a=1"), ("/elder//evil.example/x.csv", "/evil.example/x.csv"),
    ("/elder///evil.example", "/evil.example"), ("/elder/\\evil.example/a.csv", "/%5Cevil.example/a.csv"),
])
def test_where_it_leads_is_on_this_site(asked, led, client, db):
    assert client.get(asked)["Location"] == led


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_is_only_read(method, client, db):
    for path in ("/elder/", "/elder/reports/verify/", "/elder/admin/login/", "/elder/nowhere/"):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD"), path
        assert "换到普通版" in answer.text


@pytest.mark.parametrize("path", ["/elder/nowhere/", "/elder/projects/nothing/", "/elder/elder/", "/elder//evil/"])
def test_what_is_not_there_says_so_in_large_type(path, client, db):
    answer = client.get(path)
    assert answer.status_code == 404 and 'class="elder"' in answer.text and 'action="/elder/search/"' in answer.text
    assert 'href="//' not in answer.text


@pytest.mark.parametrize("path", ["/elderly/", "/elders", "/projects/elder/"])
def test_other_names_are_no_edition(path, client, db):
    answer = client.get(path, follow=True)
    assert answer.status_code == 404 and 'class="elder"' not in answer.text


# --- what still holds ----------------------------------------------------------------------------
def test_it_stands_before_whatever_asks_by_the_path():
    order = settings.MIDDLEWARE
    here = order.index("guicheng.public.middleware.elder_edition")
    later = ["guicheng.public.middleware.no_cookie_in_public", "guicheng.public.middleware.staff_addresses",
             "guicheng.seal.middleware.cover_sealed", "guicheng.upkeep.full_disk.Sessions",
             "guicheng.accounts.gate.staff_gate"]
    assert here < min(map(order.index, later))
    assert here > order.index("guicheng.public.middleware.content_security_policy")


@pytest.mark.django_db
def test_staff_addresses_hold(settings, client, superuser):
    client.force_login(superuser)
    settings.STAFF_NETWORKS = [ip_network("10.1.0.0/16")]
    answer = client.get("/elder/admin/", follow=True)
    assert answer.status_code == 403 and "只能从单位的网络打开" in answer.text


@pytest.mark.django_db
def test_sealed_words_are_covered(visitor, project):
    project.name = f"{MARKER}公园"
    project.save()
    assert MARKER in visitor.get("/elder/projects/park/").text
    world.seal()
    page = visitor.get("/elder/projects/park/").text
    assert MARKER not in page and "依规不再公开" in page and 'class="elder"' in page


@pytest.mark.django_db
def test_a_closed_face_is_closed_here_too(visitor, facts, settings):
    address = reverse("report-compare")
    assert visitor.get(f"/elder{address}").status_code == 200
    assert f"/elder{address}" in visitor.get("/elder/reports/").text
    settings.PUBLIC_URL = "https://www.example.invalid/"
    assert visitor.get(f"/elder{address}").status_code == 404
    assert f"/elder{address}" not in visitor.get("/elder/reports/").text


@pytest.mark.django_db
def test_no_cookie_and_the_policy(client, superuser, facts):
    client.force_login(superuser)
    answer = client.get("/elder/projects/kp03/")
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "") and answer["Content-Security-Policy"]
    assert int(answer.get("Content-Length", len(answer.content))) == len(answer.content)


# --- the prefix ----------------------------------------------------------------------------------
def view_that_raises(request):
    raise RuntimeError("on purpose")


def test_an_error_leaves_nothing_behind(monkeypatch, db):
    """The next request in the same thread is plain again."""
    monkeypatch.setattr("guicheng.pages.views.render", view_that_raises)
    client = Client(raise_request_exception=False)
    broken = client.get("/elder/accessibility/")
    assert broken.status_code == 500 and 'class="elder"' in broken.text and 'href="/elder/"' in broken.text
    assert 'href="tel:12345"' in broken.text
    monkeypatch.undo()
    assert reverse("about") == "/about/"
    assert 'href="/about/"' in client.get("/accessibility/").text


def test_a_view_below_that_raises_past_everything():
    with pytest.raises(RuntimeError):
        elder_edition(view_that_raises)(RequestFactory().get("/elder/"))
    assert get_script_prefix() == "/"


def test_without_the_last_step_it_would_be_left(monkeypatch):
    """Negative control: were the prefix not put back, the next page would be made for the elder edition."""
    kept = []
    monkeypatch.setattr(middleware, "set_script_prefix", lambda prefix: kept.append(prefix) or (
        set_script_prefix(prefix) if prefix != "/" else None))
    try:
        with pytest.raises(RuntimeError):
            elder_edition(view_that_raises)(RequestFactory().get("/elder/"))
        assert kept == ["/elder/", "/"] and reverse("about") == "/elder/about/"
    finally:
        set_script_prefix("/")


@pytest.mark.django_db
def test_the_page_on_accessibility_says_whom_to_call(visitor):
    page = visitor.get(reverse("accessibility")).text
    assert page.count('href="tel:12345"') >= 2
    assert 'href="/accessibility/"' in visitor.get("/").text
