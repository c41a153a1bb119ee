"""What the public list is ordered and narrowed by is found through an index."""
from functools import partial

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from projects.filters import ProjectFilter
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
    ("", "project_newest"), ("list=there", "project_list_newest"), ("status=completed", "project_status_newest")])
def test_each_has_its_index(rows, query, index):
    ask = partial(ProjectFilter(QueryDict(query)).page, ROW)
    assert any(index in plan for plan in plans(ask, ""))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")  # the control
    assert not any(index in plan for plan in plans(ask, " "))
