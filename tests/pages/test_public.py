"""The public pages over the real facts: they open, they lead on, they set no cookie, they say what is unknown."""
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pytest
from django.urls import resolve, reverse

from projects.cards import kept
from projects.models import Project, ProjectList
from projects.report.files import Format
from projects.views import reports
from tests import factories
from tests.pages.figures import without_marks

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attributes):
        if dict(attributes).get("rel") in ("canonical", "nofollow"):
            return  # whole by design: tests/pages/test_head.py; every mixture of filters: test_facets.py
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.found.add(value.partition("#")[0])


def links_of(page):
    parser = Links()
    parser.feed(page)
    return parser.found - {""}


def again(link):
    """(name of the route, "poster" or "elder") of an address that tells what another one tells; otherwise None."""
    path = link.partition("?")[0]
    if path.endswith("/poster/"):
        return resolve(path).url_name, "poster"
    return (resolve(path.removeprefix("/elder")).url_name, "elder") if path.startswith("/elder/") else None


def text_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return b"".join(response).decode() if response.streaming else without_marks(response.text)


@pytest.fixture
def drawn_once(monkeypatch):
    """Make the document of a quarter once, not for each of its files, and draw a file of each kind once.

    There are twenty-four quarters of seven files, and a PDF takes two seconds; a card of each page takes half of one.
    """
    pieces, drawn = Format.pieces, set()

    def draw(kind, document, address=""):
        if kind.extension in drawn:
            return []
        drawn.add(kind.extension)
        return pieces(kind, document, address)

    png_of = kept.png_of

    def draw_card(svg):
        if "card" in drawn:
            return b""
        drawn.add("card")
        return png_of(svg)

    monkeypatch.setattr(kept, "png_of", draw_card)
    monkeypatch.setattr(Format, "pieces", draw)
    monkeypatch.setattr(reports, "public_document_of", cache(reports.public_document_of))
    return drawn


def test_every_link_of_every_page_leads_somewhere(visitor, facts, drawn_once):
    """From the home page on, every internal link answers 200, no page sets a cookie or names another host.

    Of posters in both sizes and of elder pages three of each kind: they differ by what the plain pages hold.
    """
    waiting, seen, alike = ["/"], set(), Counter()
    while waiting and len(seen) < 3000:
        address = waiting.pop()
        seen.add(address)
        response = visitor.get(address)
        assert response.status_code == 200, address
        assert not response.cookies, address
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = response.content.decode()
        assert not re.search(r">\s*None\s*<|\{\{|\{%", page), address
        for link in links_of(page):
            if link.startswith(("tel:", "/static/", "/admin/")):
                continue
            assert "//" not in link, f"{address} leads to another host: {link}"
            if link.startswith("?") or not link.startswith("/"):
                link = address.partition("?")[0] + link
            if link in seen or link in waiting:
                continue
            if kind := again(link):
                alike[kind] += 1
            if not kind or alike[kind] <= 3:
                waiting.append(link)
    assert 700 < len(seen) < 3000 and len(alike) > 15
    assert drawn_once == {"xlsx", "csv", "json", "pdf", "svg", "png", "card"}


@pytest.mark.parametrize("name", ["home", "list-index", "project-index", "community-index", "secretary-index",
                                  "party", "party-figures", "party-board", "party-organisations", "party-stories",
                                  "venue-index", "report-index", "source-list", "about"])
def test_an_empty_portal_says_so(visitor, name):
    page = text_of(visitor, reverse(name))
    assert "还没有" in page or name in ("about", "project-index")


def test_an_empty_portal_has_no_other_day(visitor):
    assert "还没有录入" in text_of(visitor, "/lists/?asof=2021-06-30", status=400)


def test_the_home_page_answers_the_question(visitor, facts):
    page = text_of(visitor, "/")
    assert "2023 年的清单" in page and "往年资料（根据公开报道整理，不是完整名单）" in page
    assert "公布 45 个，有明细的 7 个，其余 38 个明细整理中。" in page
    lists = text_of(visitor, "/lists/")
    assert "公布 45 项，有明细的 12 项，其余 33 项明细整理中。" in lists
    assert "公布为完成，按公布数计算完成率 90.1%。" in lists
    assert "公布 45 项，有明细的 12 项：6 项办成，4 项在办，1 项长期开展，1 项公开资料没有写明进展。" in page
    assert page.count("<li>\n<a href=\"/communities/") == 45


def test_a_list_shows_its_gap_its_parts_and_its_disagreements(visitor, facts):
    page = text_of(visitor, "/lists/2021-key/")
    for words in ("其余 33 项", "同一份资料里两处写法不同，正在核实", "海棠村", "按上下文算在清单上", "基本完成"):
        assert words in page


def test_the_promises_have_their_verdicts(visitor, facts):
    page = text_of(visitor, "/lists/2021-key/promises/")
    assert "按期完成 3 条，到期待核 2 条" in page
    lines = text_of(visitor, "/lists/2021-key/promises.csv").splitlines()
    assert len(lines) == 6 and lines[0].startswith("\ufeff项目编号")


def test_the_csv_of_a_list_holds_parts_and_projects(visitor, facts):
    lines = text_of(visitor, "/lists/2021-key/projects.csv").strip().splitlines()
    assert len(lines) == 1 + Project.objects.filter(project_list__slug="2021-key").count()


@pytest.mark.parametrize(("query", "code"), [
    ("映月", "kp09"), ("yingyue", "kp09"), ("xcgz", ""), ("校车", "op02"), ("xiaoche", "op02"), ("新建映月", "kp09"),
    ("桂南", "op02"), ("桂南 校车", "op02"), ("桂花 园东区", "guihua-2023"),
])
def test_two_characters_pinyin_and_initials_find(visitor, facts, query, code):
    page = text_of(visitor, f"/projects/?q={query}")
    assert (f'href="/projects/{code}/"' in page) if code else ("没有找到" in page)


def test_initials_find(visitor, facts):
    assert 'href="/projects/kp09/"' in text_of(visitor, "/projects/?q=yywhzx")


@pytest.mark.parametrize(("query", "count"), [
    ("list=2023-730", 30), ("list=2023-730&category=7", 5), ("status=in_use&list=2021-key", 3),
    ("community=guinan", 1), ("list=none", 14), ("status=unknown&list=2021-key", 1),
])
def test_filters_narrow(visitor, facts, query, count):
    assert f"共 <strong>{count}</strong> 件" in text_of(visitor, f"/projects/?{query}")


@pytest.mark.parametrize("query", ["list=nope", "status=done", "community=x", "year=21", "after=zzz",
                                   "after=2021-12-31_x",
                                   "before=2021-13-01_1", "order=name&page=x", "page=x", "category=%00",
                                   "department=abc", "after=2021-12-31_99999999999999999999"])
def test_what_cannot_be_read_is_a_sentence(visitor, facts, query):
    page = text_of(visitor, f"/projects/?{query}", status=400)
    assert 'role="alert"' in page


@pytest.mark.parametrize("query", ["q=%00", "q=" + "长" * 81])
def test_a_search_that_cannot_be_is_a_sentence(visitor, facts, query):
    assert 'role="alert"' in text_of(visitor, f"/projects/?{query}", status=400)


def test_pages_lead_through_every_project(visitor, facts):
    address, seen = "/projects/", []
    while address:
        page = text_of(visitor, address)
        seen += re.findall(r'<h3><a href="/projects/([^"]+)/"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/projects/" + following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == Project.objects.published().count()


def test_the_school_bus_tells_what_was_seen(visitor, facts):
    page = text_of(visitor, "/projects/op02/")
    for words in ("07:10", "07:12", "07:40", "据 2021 年 12 月报道", "三条", "还不知道：责任单位、办公电话",
                  "tel:12345"):
        assert words in page


def test_party_figures_keep_their_qualifier(visitor, facts):
    assert "13,100<small> 多名</small>" in text_of(visitor, "/party/")
    page = text_of(visitor, "/party/figures/")
    for words in ("超 1,431 万人次", "13,100 多名", "574", "663"):
        assert words in page


@pytest.mark.parametrize(("address", "sentence"), [
    ("/reports/2021Q5/", "不是一个季度"), ("/reports/abc/", "不是一个季度"), ("/reports/2099Q1/", "还没有到"),
    ("/reports/2021Q5.xlsx", "不是一个季度"), ("/reports/2021Q4.doc", "可以下载"), ("/nowhere/", "没有找到这一页"),
    ("/projects/none/", "没有找到这一页"), ("/lists/none/", "没有找到这一页"),
])
def test_what_is_not_there_is_a_chinese_page(visitor, facts, address, sentence):
    assert sentence in text_of(visitor, address, status=404)


def test_a_fault_is_a_chinese_page(settings):
    from guicheng.upkeep.full_disk import server_error

    response = server_error(None)
    assert response.status_code == 500 and "系统出了问题" in response.content.decode()


def test_a_foreign_host_is_refused(visitor):
    page = visitor.get("/", headers={"host": "evil.example"})
    assert page.status_code == 400 and "没法识别" in page.content.decode()


def test_hidden_things_stay_hidden(visitor, project):
    assert project.name in text_of(visitor, "/projects/")
    ProjectList.objects.update(is_published=False)
    assert project.name not in text_of(visitor, "/projects/")
    text_of(visitor, project.get_absolute_url(), status=404)
    text_of(visitor, project.project_list.get_absolute_url(), status=404)
    ProjectList.objects.update(is_published=True)
    draft = factories.make_update(project, published=False, text="还没审的话")
    assert draft.text not in text_of(visitor, project.get_absolute_url())
    Project.objects.update(is_published=False)
    text_of(visitor, project.get_absolute_url(), status=404)


def test_security_headers(visitor):
    response = visitor.get("/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_api_answers_like_the_page(visitor, facts):
    answer = visitor.get("/api/projects/?list=2023-730").json()
    assert answer["count"] == 30 and len(answer["results"]) == 30
    assert answer["results"][0]["status"] == "unknown" and answer["results"][0]["moved_on"] is None
    assert visitor.get("/api/projects/?list=zzz").status_code == 400
    assert "不是一个季度" in visitor.get("/api/summary/2021Q9/").json()["detail"]
    assert visitor.post("/api/projects/", b"[" * 100_000, content_type="application/json").status_code == 405


def test_a_source_of_places_alone_is_in_use(visitor, facts):
    page = visitor.get("/sources/").content.decode()
    section = page.split('id="nbs-2021">')[1].split("</section>")[0]
    assert "还没有内容用到它" not in section and section.count('href="/communities/') == 45


def test_only_what_stands_on_a_list_was_announced(visitor, facts):
    pages = {code: visitor.get(f"/projects/{code}/").content.decode() for code in ("guihua-2021", "kp12")}
    assert "暂无进展信息：公开资料没有写明" in pages["guihua-2021"] and "已公布，暂无" not in pages["guihua-2021"]
    assert "已公布，暂无进展信息：公开资料没有写明" in pages["kp12"]
