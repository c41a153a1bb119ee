"""Every page, file and answer that shows a figure, against the summaries: N figures, 0 differences."""
import re
from datetime import date

import pytest
from django.urls import reverse

from communities.models import Community
from communities.summary import tile_grid
from guicheng.days.as_of import Moment
from guicheng.days.quarters import Quarter
from partybuilding.models import Metric
from projects.models import Project, ProjectList
from tests import factories
from tests.pages.figure_files import Walk
from tests.pages.figures import Reader, Truth, corpus, differences, unmarked

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Reader((b"".join(response) if response.streaming else response.content).decode())


PARTY = ["party", "party-figures", "party-board", "party-organisations", "party-stories", "venue-index"]


def public_pages():
    """(address, Truth): every page for everybody that shows a figure, over the real facts."""
    now, day = Truth(), Moment(date(2021, 12, 31))
    then = Truth(day)
    lists = [row.get_absolute_url() for row in ProjectList.objects.published()]
    places = [row.get_absolute_url() for row in Community.objects.published()]
    plain = [reverse(name) for name in ("home", "list-index", "project-index", "community-index", "secretary-index",
                                        *PARTY, "about", "report-index", "report-verify", "source-list")]
    figures = [row.get_absolute_url() for row in Metric.objects.published()]
    travelling = [*plain[1:5 + len(PARTY)], "/party/figures/members/",
                  *(row.get_absolute_url() for row in ProjectList.objects.published() if row.announced_on <= day.day)]
    found = [(address, now) for address in [*plain, *lists, *places, *figures, *(f"{row}promises/" for row in lists)]]
    found += [(f"{address}?asof=2021-12-31", then) for address in travelling]
    for name in ("2021Q1", "2021Q2", "2021Q4", "2023Q1"):
        truth = Truth(quarter=Quarter.parse(name))
        found += [(f"/reports/{name}/", truth), (f"/reports/{name}/print/", truth)]
    found.append(("/reports/2021Q4/?asof=2021-12-31", Truth(day, Quarter.parse("2021Q4"))))
    ends = Quarter.parse("2021Q2").last_day, Quarter.parse("2021Q4").last_day
    found.append(("/reports/compare/?a=2021Q2&b=2021Q4", Truth(ends=ends)))
    return found


def test_pages(visitor, facts):
    walk = Walk()
    for address, truth in public_pages():
        walk.add(address, read(visitor, address).marks, truth)
    walk.end(at_least=1400)


@pytest.mark.parametrize("name", ["2021Q1", "2021Q2", "2021Q4", "2023Q1"])
def test_files_and_answers(visitor, facts, name):
    walk, truth = Walk(), Truth(quarter=Quarter.parse(name))
    walk.add_files(visitor, name, truth, with_pdf=name == "2021Q4")
    walk.end(at_least=500 if truth.summary.is_known else 0)


# --- definitions ---------------------------------------------------------------------------------
def test_every_definition_is_one_tap_away(visitor, facts):
    """Each mark's definition stands on 这些数怎么算, and the page leads there beside its figures, not in its foot."""
    about = read(visitor, reverse("about"))
    for address, _ in public_pages():
        page = read(visitor, address)
        keys = {mark.definition for mark in page.marks if not mark.says}
        assert keys <= about.ids, (address, keys - about.ids)
        leads = any(link.partition("#")[0] == reverse("about") for link in page.links)
        assert leads or keys <= page.ids, (address, keys - page.ids)
        for link in page.links:
            if link.startswith(reverse("about") + "#"):
                assert link.partition("#")[2] in about.ids, (address, link)


# --- numbers that nobody marked ------------------------------------------------------------------
ALLOWED = {re.compile(rule): reason for rule, reason in {
    r"资料写法不同": "how many notices stand below on the same page",
    r"填前 16 个": "signs of a fingerprint",
    r"共 .* 件，含分项": "how many rows an answer has: the pager's own count",
}.items()}


def test_no_number_stands_unmarked(visitor, facts):
    quoted, found = corpus(), {}
    addresses = [address for address, _ in public_pages()]
    addresses += [row.get_absolute_url() for row in Project.objects.published()]
    for address in addresses:
        if left := unmarked(read(visitor, address), quoted, ALLOWED):
            found[address] = left
    for address, left in found.items():
        print(address, *sorted(set(left)), sep="\n   ")
    assert not found


# --- negative controls ---------------------------------------------------------------------------
def test_one_figure_too_high_is_found(visitor, facts):
    """On the side of the summaries, and on one page."""
    page = read(visitor, "/lists/2021-key/")
    assert page.marks and differences(page.marks, Truth()) == []
    truth = Truth()
    truth.lists["2021-key"].by_status["completed"] += 1
    assert {row[0] for row in differences(page.marks, truth)} >= {"done", "bar", "gap"}
    whole = visitor.get("/lists/2021-key/").text
    wrong = whole.replace('data-figure="done">6<', 'data-figure="done">7<', 1)
    assert wrong != whole and [row[2:] for row in differences(Reader(wrong).marks, Truth())] == [("7", 6)]


def test_a_number_that_nobody_marked_is_found(visitor, facts):
    whole = visitor.get("/lists/2021-key/").text
    wrong = whole.replace("<h2>清单上的项目</h2>", "<h2>清单上的项目 13 个</h2>")
    assert unmarked(Reader(whole), corpus(), ALLOWED) == []
    assert unmarked(Reader(wrong), corpus(), ALLOWED) == ["清单上的项目 13 个"]


def test_a_community_without_a_code_is_not_one_of_those_with_items(db):
    for slug, code in (("listed", "440605011001"), ("later", None), ("bare", "440605011002")):
        here = factories.make_community(slug=slug, code=code)
        if slug != "bare":
            factories.make_project(community=here)
    grid = tile_grid()
    assert (grid.listed, grid.with_items, [tile.items for tile in grid.tiles]) == (2, 1, [1, 1, 0])
