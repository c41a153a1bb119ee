"""What an address asks is read one way: a wrong value of a known name is one sentence, other names are nothing."""
from datetime import date

import pytest
from django.urls import reverse

from projects.filters import ORDERS, ProjectFilter
from tests import factories

pytestmark = pytest.mark.django_db

FILTERS = {**dict.fromkeys(ProjectFilter.base_filters, "没有这样的"), "q": "长" * 81, "order": "wrong"}
PLACES = {"page": "abc", "after": "zzz", "before": "2021-13-01_1"}
DAYS = {"asof": "2021-02-30", "known_at": "昨天"}
# every public list, with every name it knows and a value that the name has not
KNOWN = {
    "/projects/": FILTERS | PLACES | DAYS,
    "/api/projects/": FILTERS | PLACES | DAYS,
    "/lists/key-test/projects.csv": {name: value for name, value in FILTERS.items() if name != "list"} | DAYS,
    "/lists/": DAYS, "/lists/key-test/": DAYS, "/lists/key-test/promises/": DAYS,
    "/lists/key-test/promises.csv": DAYS, "/communities/": DAYS, "/communities/here/": DAYS, "/party/": DAYS,
    "/secretary-projects/": DAYS | {"year": "1999"},
    "/search/": {"q": "长" * 81},
}
CASES = [(address, name, value) for address, names in KNOWN.items() for name, value in names.items()]


@pytest.fixture
def street(key_list):
    key_list.announced_on = date(2021, 1, 1)
    key_list.save()
    factories.make_community(slug="here", name="此地")
    for _ in range(3):
        factories.make_update(factories.make_project(key_list), status="completed")
    return key_list


@pytest.mark.parametrize("address, name, value", CASES, ids=[f"{address}?{name}" for address, name, _ in CASES])
def test_a_wrong_value_is_one_sentence(street, visitor, address, name, value):
    answer = visitor.get(address, {name: value})
    assert answer.status_code == 400, answer.text[:200]
    assert "。" in (answer.json()["detail"] if "/api/" in address else answer.text)


@pytest.mark.parametrize("address", KNOWN)
@pytest.mark.parametrize("query", ["?nsukey=abc&from=timeline", "?isappinstalled=0", "?utm_source=x&project_list__pk=3",
                                   "?%00=%00"])
def test_a_name_that_nobody_knows_is_passed_over(street, visitor, address, query):
    def body(response):
        return b"".join(response.streaming_content) if response.streaming else response.content

    plain, more = visitor.get(address), visitor.get(address + query)
    assert (more.status_code, len(body(more)) > 0) == (200, True)
    if "/api/" in address or address.endswith(".csv"):
        assert plain.status_code == 200


@pytest.mark.parametrize("address", KNOWN)
def test_an_empty_value_asks_for_nothing(street, visitor, address):
    assert visitor.get(address, dict.fromkeys(KNOWN[address], "")).status_code == 200


@pytest.mark.parametrize("address", ["/projects/", "/api/projects/"])
@pytest.mark.parametrize("order", ["", *ORDERS])
def test_a_page_beyond_the_last_one_is_not_there(street, visitor, address, order):
    assert visitor.get(address, {"order": order, "page": 1}).status_code == 200
    for number in ("2", "999", "9" * 40):
        answer = visitor.get(address, {"order": order, "page": number})
        assert answer.status_code == 404 and "没有这一页" in answer.text
    for number in ("0", "-1", "abc", "1.5"):
        assert visitor.get(address, {"order": order, "page": number}).status_code == 400


@pytest.mark.parametrize("query", ["page=1&after=2021-06-30_1", "order=name&after=2021-06-30_1",
                                   "after=2021-06-30_1&before=2021-06-30_1"])
def test_two_places_at_once_are_none(street, visitor, query):
    assert visitor.get(f"/projects/?{query}").status_code == 400


@pytest.mark.parametrize("order", ORDERS)
def test_page_file_and_answer_come_in_one_order(street, visitor, order):
    codes = {project.name: project.code for project in street.projects.all()}
    names = [row["name"] for row in visitor.get("/projects/", {"order": order}).context["page"].rows]
    answer = [row["name"] for row in visitor.get("/api/projects/", {"order": order}).json()["results"]]
    lines = b"".join(visitor.get("/lists/key-test/projects.csv", {"order": order})).decode("utf-8-sig").splitlines()
    assert names == answer and [codes[name] for name in names] == [line.partition(",")[0] for line in lines[1:]]


def test_every_public_list_is_walked():
    """Whoever takes filters or travels and is missing above is found here."""
    names = ["project-index", "api-projects", "list-index", "community-index", "party", "secretary-index", "search"]
    assert {reverse(name) for name in names} <= set(KNOWN)
