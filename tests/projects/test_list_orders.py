"""What the public list is ordered and narrowed by is found through an index."""
from functools import partial

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from guicheng.tables import paging
from projects import list_order, summary
from projects.filters import ProjectFilter
from projects.list_order import first_of_list
from projects.models import Project, Status
from projects.views.projects import ROW
from tests import factories
from tests.databases import on_sqlite

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    project_list = factories.make_list(slug="there")
    for number in range(1, 30):
        factories.make_project(project_list, number=number)


def plans(ask, spaces):
    """How SQLite finds what is asked for; of the same text the plan would be remembered."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    with connection.cursor() as cursor:
        return [row[-1] for each in queries.captured_queries
                for row in cursor.execute(f"EXPLAIN QUERY PLAN {spaces}{each['sql']}").fetchall()]


@on_sqlite  # PostgreSQL reads a small table whole
@pytest.mark.parametrize(("query", "index"), [
    ("order=due", "project_by_due"), ("order=name", "project_by_name"), ("data=sample", "project_samples"),
    ("order=status", "project_by_status"), ("", "project_newest"),
    ("list=there", "project_list_newest"), ("status=completed", "project_status_newest")])
def test_each_has_its_index(rows, query, index):
    ask = partial(ProjectFilter(QueryDict(query)).page, ROW)
    assert any(index in plan for plan in plans(ask, ""))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")  # the control
    assert not any(index in plan for plan in plans(ask, " "))


@pytest.fixture
def many():
    """Projects of two lists of one year, of another year and of none, with and without category, of every status."""
    lists = [factories.make_list(slug=slug, year=year) for slug, year in (("a", 2021), ("b", 2021), ("c", 2022))]
    categories = [factories.make_category(lists[0], number=number) for number in (2, 1)]
    for number in range(40):
        project_list = [*lists, None, lists[0], lists[0]][number % 6]
        category = [*categories, None][number % 3] if project_list == lists[0] else None
        project = factories.make_project(
            project_list, category=category, code=f"p{number * 7 % 40}",
            number=number if number % 4 and project_list else None)
        factories.make_update(project, status=Status.values[number % 8], effective_on=f"2021-0{1 + number % 9}-01",
                              reason="缘故" if number % 8 > 5 else "")
    return lists


def turned(query):
    """The keys on every page there and back, as the pager leads."""
    there, back, place = [], [], {}
    while place is not None:
        page = ProjectFilter(query | place).page(["moved_on"], size=3)
        there, place = there + [row["pk"] for row in page.rows], page.next
        last = page
    place = last.previous
    while place is not None:
        page = ProjectFilter(query | place).page(["moved_on"], size=3)
        back, place = [row["pk"] for row in page.rows] + back, page.previous
    return there, back


@pytest.mark.parametrize("query", [{"year": "2021"}, {"year": "2021", "status": "completed"}, {"year": "2022"}])
def test_a_year_of_many_is_put_together_from_its_lists(many, query, monkeypatch):
    plain = turned(query)
    monkeypatch.setattr(paging, "COUNT_CAP", 1)
    assert turned(query) == plain and len(set(plain[0])) == len(plain[0]) > 3
    wanted = ProjectFilter(query)
    assert plain[0] == list(wanted.in_order().values_list("pk", flat=True))
    monkeypatch.setattr(ProjectFilter, "parts", [Q(project_list=None)])  # the control
    assert turned(query) != plain


@pytest.mark.parametrize("most", [1, 5, 60])
def test_a_long_list_begins_as_a_short_one(many, most):
    rows = Project.objects.counted().filter(project_list=many[0])
    sorted_, found = (first_of_list(rows, many[0].pk, most, count) for count in (1, list_order.LONG + 1))
    assert found == sorted_ and found
    assert first_of_list(rows, many[2].pk, most, list_order.LONG + 1) != found  # the control: no category of its own


def test_a_long_list_has_the_same_stair(many, monkeypatch):
    def stair():
        found = summary.stair(summary.list_summaries(lists=[many[0]])[0])
        return [[row.pk for row in step.projects] for step in found.steps], found.projects

    plain = stair()
    monkeypatch.setitem(summary.stair.__globals__, "LONG", 1)
    assert stair() == plain and any(plain[0])
