"""The head of every public page: what it tells, by which address, and that no two kinds of page tell the same."""
import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from guicheng.public.head import LONGEST, Head, shortened
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [  # one of each kind of page
    "/", "/lists/", "/lists/2021-key/", "/lists/2021-key/promises/", "/projects/", "/projects/kp09/", "/communities/",
    "/communities/guihua/", "/communities/huayuan/", "/secretary-projects/", "/party/", "/reports/", "/reports/2021Q4/",
    "/reports/2021Q4/print/", "/reports/compare/", "/reports/compare/?a=2021Q2&b=2021Q4", "/reports/verify/",
    "/sources/", "/about/", "/projects/kp09/poster/", "/communities/guihua/poster/",
]
FRAMED = [address for address in KINDS if "/print/" not in address and "/poster/" not in address]
META = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">')


def head_of(client, address):
    """name -> the values of the meta tags and links of a page."""
    response = client.get(address)
    assert response.status_code == 200, address
    head = response.text.partition("</head>")[0]
    found = {}
    for name, value in META.findall(head):
        found.setdefault(name, []).append(unescape(value))
    found["title"] = [unescape(re.search(r"<title>(.*?)</title>", head)[1])]
    found["canonical"] = re.findall(r'<link rel="canonical" href="([^"]+)">', head)
    found["alternate"] = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', head)
    return found


def faults(told):
    """What is wrong with the descriptions of {address: values}; [] is nothing."""
    wrong = [f"{address}: {len(values)} descriptions" for address, values in told.items() if len(values) != 1]
    said = [values[0] for values in told.values() if values]
    wrong += [f"{text}: told twice" for text in sorted(set(said)) if said.count(text) > 1]
    return wrong + [f"{text}: no sentence" for text in said
                    if len(text) < 12 or not text.endswith(("。", "……")) or "None" in text]


def test_every_kind_of_page_tells_one_sentence_of_its_own(visitor, facts):
    assert faults({address: head_of(visitor, address).get("description", []) for address in KINDS}) == []


def test_it_would_be_seen():
    """Negative control."""
    twice = ["一样的一句话，说了两遍的。"]
    assert len(faults({"/a/": twice, "/b/": twice, "/c/": [], "/d/": ["短。"]})) == 3


def test_every_page_of_the_site_has_one(visitor, facts):
    """All the addresses that search engines are told of."""
    from guicheng.pages.sitemaps import SITEMAPS

    addresses = [kind().location(item) for kind in SITEMAPS.values() for number in kind().paginator.page_range
                 for item in kind().paginator.page(number).object_list]
    assert len(addresses) > 140
    begins = '<meta name="description" content="'
    assert [address for address in addresses if visitor.get(address).text.count(begins) != 1] == []


@pytest.mark.parametrize("address", FRAMED)
def test_the_address_is_plain_and_whole(visitor, facts, address):
    head, path = head_of(visitor, address), urlsplit(address).path
    assert head["canonical"] == head["og:url"] == [f"http://testserver{path}"]
    assert head["og:description"] == head["description"] and head["og:locale"] == ["zh_CN"]
    assert head["title"][0] and head["og:title"][0]
    assert head["og:image"][0].startswith("http://testserver/") and head["og:image"][0].endswith(".png")
    assert head["og:type"][0] in ("website", "article")


@pytest.mark.parametrize(("address", "card"), [
    ("/projects/kp09/", "/projects/kp09/card.png"), ("/communities/guihua/", "/communities/guihua/card.png"),
    ("/reports/2021Q4/", "/reports/2021Q4/card.png"), ("/", "/static/img/card.png"),
])
def test_the_picture_is_its_own(visitor, facts, address, card):
    assert head_of(visitor, address)["og:image"] == [f"http://testserver{card}"]


def test_the_site_tells_its_own_address_where_it_knows_it(visitor, facts, settings):
    settings.PUBLIC_URL = "https://example.org/"
    head = head_of(visitor, "/projects/kp09/")
    assert head["canonical"] == ["https://example.org/projects/kp09/"]
    assert head["og:image"] == ["https://example.org/projects/kp09/card.png"]


def test_another_day_is_told_by_the_plain_address_and_kept_from_search_engines(visitor, facts):
    head = head_of(visitor, "/projects/kp09/?asof=2021-12-31")
    assert head["canonical"] == ["http://testserver/projects/kp09/"] and head["robots"] == ["noindex"]
    assert "robots" not in head_of(visitor, "/projects/kp09/")


def test_it_leads_to_what_can_be_followed(visitor, facts):
    assert head_of(visitor, "/lists/2021-key/")["alternate"] == [
        ("application/atom+xml", "/lists/2021-key/feed.xml"), ("text/calendar", "/lists/2021-key/planned.ics")]
    assert head_of(visitor, "/communities/guihua/")["alternate"] == [
        ("application/atom+xml", "/communities/guihua/feed.xml")]
    for _, path in head_of(visitor, "/")["alternate"]:
        assert visitor.get(path).status_code == 200


def test_an_error_page_tells_nothing(visitor):
    assert "og:title" not in visitor.get("/projects/none/").text


def test_the_sentence_of_a_project_is_what_was_said_last(visitor, project):
    assert head_of(visitor, "/projects/park/")["description"] == ["半月岛公园：已公布，暂无进展信息。"]
    factories.make_update(project, status="in_progress", text="挖好了<湖>。")
    said = head_of(visitor, "/projects/park/")["description"][0]
    assert said.startswith("半月岛公园：推进中。挖好了<湖>（") and said.endswith("）。")


def test_a_long_text_is_cut_and_says_so():
    assert shortened("字" * 119 + "。") == "字" * 119 + "。"
    assert len(Head("", "字，" * 100).description) <= LONGEST and shortened("字" * 130).endswith("字……")


def test_the_ways_in_are_in_two_pieces(visitor, facts):
    from django.template.loader import render_to_string

    head = Head("映月", "一句话。", card="/a.png", poster="/p/", feed=None)
    said = render_to_string("includes/_share.html", {"head": head})
    assert 'href="/a.png"' in said and 'href="/p/?size=a3"' in said
    assert render_to_string("includes/_share.html", {"head": Head("", "")}).strip() == ""
    assert render_to_string("includes/_follow.html", {"head": head}).strip() == ""
