"""Pages by keyset: forward and back every row comes once, however many share a day."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from guicheng.tables import paging
from guicheng.tables.paging import Keyset, NoSuchPage, capped_count, numbered_page
from projects.filters import ProjectFilter
from projects.models import Project, Source
from tests import factories

DAY = date(2021, 6, 30)


@pytest.fixture
def rows(db):
    """23 projects on three days; `moved_on` is set past the ledger, for paging asks nothing else."""
    source = Source.objects.own()
    for number in range(23):
        factories.make_project(source=source, code=f"p{number}")
    for project in Project.objects.all():
        Project.objects.filter(pk=project.pk).update(moved_on=DAY + timedelta(days=project.pk % 3))
    return Project.objects.newest_first()


def walk(rows, size, way="next", search=False, start=None):
    """Turn the pages from `start` as long as there is one; give what stood on each."""
    keyset, pages = Keyset("moved_on", size), []
    change = start or {}
    while change is not None:
        page = keyset.page(rows, ["code", "moved_on"], search=search, **change)
        pages.append(page)
        assert len(pages) < 30, "the pages go round in a circle"
        change = getattr(page, way)
    return pages


def codes(pages):
    return [row["code"] for page in pages for row in page.rows]


def test_it_works(rows):
    page = Keyset("moved_on", 5).page(rows, ["code", "moved_on"])
    assert (len(page.rows), page.previous, page.count, page.count_text) == (5, None, 23, "23")
    assert set(page.rows[0]) == {"pk", "code", "moved_on"}
    assert page.next == {"after": f"{page.rows[-1]['moved_on']}_{page.rows[-1]['pk']}"}


@pytest.mark.parametrize("search", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5, 7, 22, 23, 24])
def test_forward_and_back_every_row_comes_once(rows, size, search):
    wanted = [row.code for row in rows]
    forward = walk(rows, size, search=search)
    assert codes(forward) == wanted
    assert len(forward) == -(-23 // size)
    if len(forward) > 1:
        back = walk(rows, size, "previous", search, forward[-1].previous)
        assert codes(back[::-1]) == codes(forward[:-1])
        assert back[0].next == {"after": f"{back[0].rows[-1]['moved_on']}_{back[0].rows[-1]['pk']}"}


def test_control_without_the_key_a_tie_would_lose_rows(rows):
    """What a token of the day alone would do: the rest of that day is never seen."""
    first = list(rows[:5])
    rest = rows.filter(moved_on__lt=first[-1].moved_on)
    assert len(first) + rest.count() < 23


def test_a_row_that_comes_meanwhile_moves_no_page(rows):
    first = Keyset("moved_on", 5).page(rows, ["code", "moved_on"])
    newer = factories.make_project(code="newer")
    Project.objects.filter(pk=newer.pk).update(moved_on=DAY + timedelta(days=9))
    second = Keyset("moved_on", 5).page(rows, ["code", "moved_on"], **first.next)
    assert not set(codes([first])) & set(codes([second])) and "newer" not in codes([second])


def test_a_token_whose_row_is_gone_still_leads_on(rows):
    page = Keyset("moved_on", 5).page(rows, ["code", "moved_on"])
    wanted = codes(walk(rows, 5))[5:]
    Project.objects.filter(pk=page.rows[-1]["pk"]).delete()
    assert codes(walk(rows, 5, start=page.next)) == wanted


@pytest.mark.parametrize("search", [False, True])
def test_nothing_to_page(db, search):
    page = Keyset("moved_on").page(Project.objects.all(), ["code", "moved_on"], search=search)
    assert (page.rows, page.previous, page.next, page.count) == ([], None, None, 0)


@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("token", [
    "x", "_", "2021-06-30", "2021-06-30_", "_5", "2021-02-30_5", "2021-06-30_x", "2021-06-30_-1", "2021-06-30_1.5",
    f"2021-06-30_{2**63}", "2021-06-30_" + "9" * 5000, "2021-06-30_\x00", "2021-06-30_5_6 7", "99999-01-01_1",
    "0000-00-00_1", "'; DROP TABLE--",
])
def test_a_bad_token_is_refused_with_a_sentence(db, way, token):
    with pytest.raises(ValidationError, match="翻页的地址不完整"):
        Keyset("moved_on").page(Project.objects.all(), ["code", "moved_on"], **{way: token})


@pytest.mark.parametrize("token", [f"2021-06-30_{2**63 - 1}", "2021-06-30_0", "0001-01-01_1", "9999-12-31_1"])
def test_a_far_token_is_taken_by_both_databases(rows, token):
    Keyset("moved_on").page(rows, ["code", "moved_on"], after=token)
    Keyset("moved_on").page(rows, ["code", "moved_on"], before=token)


# --- the count -----------------------------------------------------------------------------------
def test_the_count_stops_at_its_cap(rows, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 10)
    assert capped_count(rows) == 11
    page = Keyset("moved_on", 5).page(rows, ["code", "moved_on"])
    assert (page.count, page.count_text) == (11, "10 多")
    assert Keyset("moved_on", 5).page(rows, ["code", "moved_on"], search=True).count == 11
    assert capped_count(rows.filter(code__in=["p1", "p2"])) == 2


def test_the_database_does_not_count_beyond_it(rows, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        capped_count(rows)
    assert f"LIMIT {paging.COUNT_CAP + 1}" in asked[0]["sql"]


@pytest.mark.parametrize("search, number", [(False, 2), (True, 2)])
def test_a_page_is_two_queries(rows, django_assert_num_queries, search, number):
    with django_assert_num_queries(number):
        Keyset("moved_on", 5).page(rows, ["code", "moved_on"], search=search)


# --- pages by number -----------------------------------------------------------------------------
def test_pages_by_number(rows):
    first, last = (numbered_page(rows.order_by("pk"), ["code"], number, 10) for number in (None, "3"))
    assert (len(first.rows), first.previous, first.next) == (10, None, {"page": 2})
    assert (len(last.rows), last.previous, last.next, last.count) == (3, {"page": 2}, None, 23)


@pytest.mark.parametrize("number", ["0", "000", "-1", "x", "1.5", "\x00", "２"])
def test_what_is_no_page_number_is_refused(rows, number):
    with pytest.raises(ValidationError, match="不是页码") as refused:
        numbered_page(rows.order_by("pk"), ["code"], number, 10)
    assert not isinstance(refused.value, NoSuchPage)


@pytest.mark.parametrize("number", ["4", "999", "9" * 30])
def test_a_page_beyond_the_last_one_is_not_there(rows, number):
    with pytest.raises(NoSuchPage, match="没有这一页"):
        numbered_page(rows.order_by("pk"), ["code"], number, 10)


@pytest.mark.parametrize("order", ["newest", "due", "name", "status"])
def test_every_order_of_the_list_pages_without_loss(rows, order):
    Project.objects.update(planned_end=DAY)
    seen, change = [], {}
    while change is not None:
        page = ProjectFilter({"order": order, **change}).page(["code", "moved_on"], size=7)
        seen += [row["code"] for row in page.rows]
        assert len(seen) < 50, "the pages go round in a circle"
        change = page.next
    assert len(seen) == len(set(seen)) == 23
