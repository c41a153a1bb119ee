"""Public pages ask a fixed number of queries: one row or five hundred."""
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partybuilding.models import Metric
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db


def count(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


@pytest.fixture
def street(key_list, office):
    community = factories.make_community(slug="here", name="此地", code="440605011001")
    project = factories.make_project(key_list, code="first", community=community, lead_department=office)
    factories.make_update(project, status="in_progress")
    for day in (date(2021, 6, 30), date(2021, 9, 30)):
        factories.make_reading(Metric.objects.first() or factories.make_metric(slug="members"), effective_on=day)
    return community


# the home page sums what is kept of the lists, and asks one query more for the newest day of each
ADDRESSES = {
    "/": 13, "/lists/": 7, "/lists/key-test/": 15, "/lists/key-test/promises/": 6, "/projects/": 11,
    "/projects/?list=key-test&q=第&status=in_progress": 13, "/projects/?order=name": 11, "/communities/": 5,
    "/communities/here/": 15, "/secretary-projects/": 8, "/party/": 10, "/party/figures/": 6,
    "/party/figures/members/": 6, "/party/730/": 3, "/party/organisations/": 3, "/party/stories/": 4,
    "/party/stories/programme/": 6, "/venues/": 3, "/reports/": 6, "/reports/2021Q4/": 19, "/feed.xml": 2,
    "/lists/key-test/feed.xml": 3, "/communities/here/feed.xml": 3, "/lists/key-test/planned.ics": 6,
    "/projects/first/card.png": 6, "/communities/here/card.png": 4, "/reports/2021Q4/card.png": 16,
    "/projects/first/poster/": 9, "/communities/here/poster/": 5, "/sitemap.xml": 8, "/sitemap-projects.xml": 3,
    "/sources/": 14, "/about/": 4, "/api/projects/": 7, "/api/summary/2021Q4/": 13,
}


def test_the_numbers_do_not_grow(visitor, street, key_list, office):
    before = {address: count(visitor, address) for address in ADDRESSES}
    call_command("seed_sample", projects=500, verbosity=0)
    for number in range(5):
        row = factories.make_project(key_list, lead_department=office, community=street, number=number + 1)
        factories.make_update(row, status="completed")
        factories.make_promise(row)
        factories.make_fact(community=street)
    after = {address: count(visitor, address) for address in ADDRESSES}
    # empty relations need no query; rows must not add any
    grown = {address: (before[address], after[address]) for address in ADDRESSES
             if after[address] > before[address] + 2}
    assert grown == {}
    assert {address: number for address, number in after.items() if number > ADDRESSES[address]} == {}


def test_a_project_page_with_everything_asks_ten(visitor, key_list, office):
    parent = factories.make_project(key_list, lead_department=office)
    project = factories.make_project(key_list, parent=parent, code="full", lead_department=office,
                                     supporting_departments=[factories.make_department()])
    for _ in range(3):
        factories.make_update(project, status="in_progress")
        factories.make_alias(project)
        factories.make_milestone(project)
        factories.make_fact(project=project)
        factories.make_part(parent)
    factories.make_promise(project)
    factories.make_discrepancy(project=project)
    assert Project.objects.count() > 4
    assert count(visitor, "/projects/full/") <= 10
