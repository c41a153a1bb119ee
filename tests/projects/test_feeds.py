"""The feeds: every published statement once, under an identity that stays; what is hidden or sealed is not in them."""
from datetime import date

import pytest

from guicheng.text import clean_text
from projects import feeds
from projects.models import ProgressUpdate, Project, ProjectList
from tests import factories
from tests.projects.standards import read_feed
from tests.seal import world

pytestmark = pytest.mark.django_db
FEEDS = ["/feed.xml", "/lists/key-test/feed.xml", "/communities/here/feed.xml"]


@pytest.fixture
def street(project):
    Project.objects.update(community=factories.make_community(slug="here", name="此地"))
    project.refresh_from_db()
    return project


def entries(client, address="/feed.xml"):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "application/atom+xml; charset=utf-8"
    faults, found = read_feed(response.content)
    assert faults == []
    return found


@pytest.mark.parametrize("address", FEEDS)
def test_it_is_a_feed_with_and_without_statements(street, visitor, address):
    assert entries(visitor, address) == []
    assert visitor.get(address).content == visitor.get(address).content, "an empty one is the same each time"
    row = factories.make_update(street, status="in_progress", text="挖好了 <b>湖</b> & 路。",
                                effective_on=date(2021, 11, 3))
    entry, = entries(visitor, address)
    assert entry["title"] == "半月岛公园：推进中" and entry["link"] == "http://testserver/projects/park/"
    assert "<p>挖好了 &lt;b&gt;湖&lt;/b&gt; &amp; 路。</p>" in entry["summary"]
    assert "截至 2021 年 11 月 3 日" in entry["summary"] and f"《{row.source.title}》" in entry["summary"]
    assert entry["id"] == "tag:localhost,2021:guicheng/statement/park/1"


def test_it_would_be_seen():
    """Negative control."""
    faults, _ = read_feed(b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title><updated>2021</updated>'
                          b"<entry><title>a</title></entry></feed>")
    assert len(faults) >= 6


def test_a_correction_is_the_same_entry_told_anew(street, visitor):
    row = factories.make_update(street, status="in_progress", text="挖好了湖。")
    before, = entries(visitor)
    second = factories.make_correction(row, text="挖好了一半。", status="in_progress", reason="写错了。")
    after, = entries(visitor)
    assert after["id"] == before["id"] and after["published"] == before["published"]
    assert after["updated"] > before["updated"]
    assert "挖好了一半" in after["summary"] and "挖好了湖" not in after["summary"] and "写错了" in after["summary"]
    third = factories.make_correction(second, text="挖好了。", status="in_progress", reason="又写错了。")
    assert entries(visitor)[0]["id"] == before["id"]
    factories.make_withdrawal(third, reason="没有这回事。")
    last, = entries(visitor)
    assert last["id"] == before["id"] and "已撤回" in last["title"] and "没有这回事" in last["summary"]
    assert "挖好" not in last["summary"]


def test_the_newest_publication_comes_first_and_there_is_an_end(street, visitor, monkeypatch):
    for day in (5, 3, 4):
        factories.make_update(street, text=f"{day} 日的话。", effective_on=date(2021, 11, day))
    assert ["4 日" in entry["title"] for entry in entries(visitor)] == [True, False, False]
    monkeypatch.setattr(feeds, "SHOWN", 2)
    assert len(entries(visitor)) == 2


def test_what_is_not_public_is_not_in_it(street, visitor):
    factories.make_update(street, published=False, text="还没审的话。")
    factories.make_update(factories.make_project(is_published=False), text="没公开的项目的话。")
    factories.make_update(factories.make_project(is_sample=True), text="示例的话。")
    assert entries(visitor) == []
    factories.make_update(street, text="公开的话。")
    ProjectList.objects.update(is_published=False)
    assert entries(visitor) == [] and visitor.get("/lists/key-test/feed.xml").status_code == 404


def test_each_feed_has_its_own(street, visitor):
    factories.make_update(street, text="在清单上，在社区里。")
    factories.make_update(factories.make_project(), text="哪里都不在。")
    assert [len(entries(visitor, address)) for address in FEEDS] == [2, 1, 1]


@pytest.mark.parametrize("address", ["/lists/none/feed.xml", "/communities/none/feed.xml"])
def test_what_is_not_there_is_a_page(visitor, db, address):
    response = visitor.get(address)
    assert response.status_code == 404 and "没有找到这一页" in response.text


def test_a_sealed_word_is_in_none(visitor, db):
    world.street()
    assert all("陈大文" in str(entries(visitor, address)) for address in FEEDS), "the control"
    world.seal()
    assert not any("陈大文" in str(entries(visitor, address)) for address in FEEDS)


def test_no_unit_and_no_person_is_in_it(street, visitor):
    Project.objects.update(leader="张三", contact="李四", phone="0757-12345678")
    factories.make_update(street, status="paused", reason="地下有管线。", problem="内部的话", next_step="内部的下一步")
    said = str(entries(visitor))
    assert not [word for word in ("城建", "张三", "李四", "0757", "此地", "内部") if word in said]


def test_the_site_tells_its_own_address_where_it_knows_it(street, visitor, settings):
    settings.PUBLIC_URL = "https://example.org/"
    factories.make_update(street, text="公开的话。")
    entry, = entries(visitor)
    assert entry["link"] == "https://example.org/projects/park/" and entry["id"].startswith("tag:example.org,2021:")
    assert 'rel="self"' in visitor.get("/feed.xml").text and "testserver" not in visitor.get("/feed.xml").text


def test_over_the_facts_it_holds_what_was_said_last(visitor, facts):
    found = entries(visitor)
    assert 40 < len(found) <= feeds.SHOWN
    assert len(entries(visitor, "/lists/2021-key/feed.xml")) == ProgressUpdate.objects.in_force().filter(
        project__project_list__slug="2021-key").count()
    assert all(clean_text(entry["summary"]) == entry["summary"] for entry in found)
