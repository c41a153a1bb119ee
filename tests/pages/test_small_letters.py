"""An address in capitals leads to the page; of what has no page nobody learns that it exists."""
import pytest

from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("asked", "led"), [
    ("/projects/PARK/", "/projects/park/"), ("/projects/Park/?asof=2026-01-01", "/projects/park/?asof=2026-01-01"),
    ("/lists/KEY-TEST/", "/lists/key-test/"), ("/lists/KEY-test/promises/", "/lists/key-test/promises/"),
    ("/lists/KEY-TEST/projects.csv?a=1", "/lists/key-test/projects.csv?a=1"),
    ("/lists/KEY-TEST/promises.csv", "/lists/key-test/promises.csv"), ("/communities/HERE/", "/communities/here/"),
    ("/elder/projects/PARK/", "/elder/projects/park/"),
])
def test_it_leads_to_small_letters(asked, led, visitor, project):
    factories.make_community(slug="here")
    answer = visitor.get(asked)
    assert (answer.status_code, answer["Location"]) == (301, led)


@pytest.mark.parametrize("asked", ["/projects/NOTHING/", "/projects/nothing/", "/lists/NOTHING/", "/communities/NONE/"])
def test_what_is_not_there_stays_404(asked, visitor, project):
    assert visitor.get(asked).status_code == 404


def test_what_is_hidden_stays_404(visitor, project):
    Project.objects.update(is_published=False)
    assert visitor.get("/projects/PARK/").status_code == 404


def test_a_name_in_capitals_is_its_own(visitor, project, key_list):
    factories.make_project(key_list, code="PARK", name="大写的公园")
    assert "大写的公园" in visitor.get("/projects/PARK/").text


def test_one_language_on_every_page(visitor, facts):
    for address in ("/", "/projects/kp03/", "/reports/2021Q4/print/", "/reports/2021Q4.svg", "/nowhere/"):
        page = visitor.get(address).text
        assert 'lang="zh-CN"' not in page and ("<html" not in page or 'lang="zh-Hans"' in page), address
