"""A planted marker: found all over the public site before the seal, in no answer after it."""
import re

import pytest

from guicheng.seal import work
from projects.models import CoveredClose
from projects.report.files import FORMATS
from tests.matrix import cells, table
from tests.seal import crawl, world
from tests.seal.world import MARKER

PUBLIC = {name for name, kind in table.ROUTES.items() if kind.startswith("public")}
NOT_CRAWLED = {"security-txt", "photo-file", "paper-file"}  # settings; pixels; what is sealed as a file


@pytest.fixture
def quick(monkeypatch):
    """Without what takes seconds to draw."""
    for name in ("pdf", "png"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def street(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    project = world.street()
    world.with_files(project)
    world.closed()
    return project


def names_of(seen):
    """The names of the public routes that were read."""
    patterns = {route.key: re.compile("/" + re.sub(r"<[^>]+>", "[^/?]+", route.pattern) + r"(?:\?|$)")
                for route in cells.routes() if route.key in PUBLIC - NOT_CRAWLED}
    return {name for name, pattern in patterns.items() if any(pattern.match(address) for address in seen)}


def test_a_marker_is_found_before_and_nowhere_after(street, visitor):
    before = crawl.answers(visitor)
    assert PUBLIC - NOT_CRAWLED - names_of(before) == set(), "a public page that the crawl does not reach"
    found = crawl.saying(before, MARKER)
    print(f"封存以前：{len(before)} 个回答里有 {len(found)} 个找得到")
    assert len(found) > 40, found
    kinds = {name for name in crawl.FORMATS if f"/reports/2021Q4.{name}" in found}
    assert kinds == set(crawl.FORMATS) - {"png"}, "the picture is drawn from the SVG, and pixels are not read here"

    seal = world.seal()
    during = crawl.answers(visitor)
    assert crawl.saying(during, MARKER) == []
    withheld = {address for address, response in during.items() if response.status_code == 503}
    assert withheld == {f"/reports/2021Q4.{name}" for name in crawl.FORMATS}

    assert work.finish_now() == 1
    seal.refresh_from_db()
    after = crawl.answers(visitor)
    assert seal.covered_at and crawl.saying(after, MARKER) == []
    print(f"封存以后：{len(after)} 个回答里 0 个")
    assert set(after) >= {address for address in before if "?q=" not in address}
    assert {address: response.status_code for address, response in after.items() if response.status_code != 200} == {
        address: response.status_code for address, response in before.items() if response.status_code != 200}
    covered = crawl.saying(after, "依规不再公开")
    assert len(covered) > 40 and set(found) - set(covered) <= {address for address in found if "q=" in address}
    edition = CoveredClose.objects.get()
    assert {row.format for row in edition.files.all()} == set(FORMATS) - {"internal"}


def test_the_words_are_not_found_by_a_search(quick, street, visitor):
    for query in (MARKER, "陈大文", "纪念亭改造", "chendawen", "半月岛"):
        assert visitor.get("/api/projects/", {"q": query}).json()["count"], query
    world.seal()
    for query in (MARKER, "陈大文", "纪念亭改造", "chendawen", "半月岛"):
        assert visitor.get("/api/projects/", {"q": query}).json()["count"] == 0, query
        assert "park" not in visitor.get("/projects/", {"q": query}).text
    assert visitor.get("/api/projects/", {"q": "停车场"}).json()["count"] == 1
    assert visitor.get("/api/projects/").json()["count"] == 2


def test_lifted_by_two_it_stands_there_again(quick, street, visitor):
    seal = world.seal()
    work.finish_now()
    covered = visitor.get("/reports/2021Q4.csv").content
    seal.ask_lift(world.keeper(), "当事人同意公开。")
    assert visitor.get("/reports/2021Q4.csv").content == covered
    seal.lift(world.keeper())
    assert MARKER in visitor.get("/projects/park/").text
    assert MARKER in visitor.get("/reports/2021Q4.csv").content.decode()
