"""Every page, file and answer that shows a figure, against the summaries: N figures, 0 differences."""
import pytest
from django.urls import reverse

from guicheng.as_of import Moment
from guicheng.quarters import Quarter
from projects.models import ProjectList
from communities.models import Community
from tests.pages.figures import Reader, Truth, differences
from datetime import date

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Reader((b"".join(response) if response.streaming else response.content).decode())


def public_pages():
    """(address, Truth): every page for everybody that shows a figure, over the real facts."""
    now, day = Truth(), Moment(date(2021, 12, 25))
    then = Truth(day)
    lists = [row.get_absolute_url() for row in ProjectList.objects.published()]
    places = [row.get_absolute_url() for row in Community.objects.published()]
    plain = [reverse(name) for name in ("home", "list-index", "project-index", "community-index", "secretary-index",
                                        "party", "about", "report-index", "report-verify", "source-list")]
    travelling = [address for address in (*plain[1:6], *lists) ]
    found = [(address, now) for address in [*plain, *lists, *places, *(f"{row}promises/" for row in lists)]]
    found += [(f"{address}?asof=2021-12-25", then) for address in travelling if "2023" not in address]
    for name in ("2021Q1", "2021Q2", "2021Q4", "2023Q1"):
        truth = Truth(quarter=Quarter.parse(name))
        found += [(f"/reports/{name}/", truth), (f"/reports/{name}/print/", truth)]
    found.append(("/reports/2021Q4/?asof=2021-12-25", Truth(day, Quarter.parse("2021Q4"))))
    ends = Quarter.parse("2021Q2").last_day, Quarter.parse("2021Q4").last_day
    found.append(("/reports/compare/?a=2021Q2&b=2021Q4", Truth(ends=ends)))
    return found


def test_pages(visitor, facts):
    wrong, number = {}, 0
    for address, truth in public_pages():
        page = read(visitor, address)
        number += sum(mark.numbers for mark in page.marks)
        if found := differences(page.marks, truth):
            wrong[address] = found
    print(f"{number} figures, {sum(map(len, wrong.values()))} differences")
    for address, found in wrong.items():
        print(address, *found[:4], sep="\n   ")
    assert not wrong and number > 1500
