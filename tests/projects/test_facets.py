"""The numbers beside the filters: what each choice would find, and no unit of what is late while that face is off."""
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guicheng.days.as_of import Moment
from guicheng.public.faces import FaceDecision
from projects import summary
from projects.faces import LATE_UNITS
from projects.filters import ProjectFilter
from projects.models import Department, ProjectList
from projects.summary import facet as counting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _street(standing):
    """Projects of two lists, two communities and none, some with promises, some silent."""
    with standing():
        key_list = factories.make_list(slug="key-test", title="2021 年重点项目", kind="key")
        other = factories.make_list(slug="second", year=2022)
        office = factories.make_department(name="城建办公室", short_name="城建办", phone="0757-00000000")
        north, south = (factories.make_community(slug=slug, name=name)
                        for slug, name in (("north", "北约"), ("south", "南约")))
        category = factories.make_category(key_list, number=1)
        places = [(key_list, north), (key_list, south), (other, north), (None, None), (key_list, None), (other, south)]
        for number, (each, community) in enumerate(places * 2):
            row = factories.make_project(each, code=f"p{number}", community=community, lead_department=office,
                                         category=category if each == key_list and number < 6 else None)
            if number % 3:
                status = ["planned", "in_progress", "completed"][number % 4 % 3]
                factories.make_update(row, status=status, effective_on=date(2021, 3 + number % 6, 1))
            if number % 2:
                factories.make_promise(row, due_on=date(2021, 12, 31))
                factories.make_promise(row, due_on=date(2021, 5, 31))
        yield key_list


@pytest.fixture
def street(db, _street):
    return ProjectList.objects.get(pk=_street.pk)


@pytest.fixture
def office(street):
    return Department.objects.get(short_name="城建办")


KEPT_A_WHILE = {"guicheng_seal", "guicheng_facedecision"}


def valid(moment=None, **data):
    filters = ProjectFilter(data, moment=moment or Moment())
    assert filters.is_valid(), filters.sentence_of_errors
    return filters


CHOSEN = [{}, {"list": "key-test"}, {"list": "key-test", "category": "1"}, {"status": "completed"}, {"list": "none"},
          {"community": "north", "status": "unknown"}, {"verdict": "unreported"}, {"q": "北约"},
          {"verdict": "kept", "list": "key-test", "community": "south"}, {"year": "2022"}]


@pytest.mark.parametrize("moment", [Moment(), Moment(date(2021, 5, 15))])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_each_number_is_what_the_choice_finds(street, chosen, moment):
    if moment:
        ProjectList.objects.update(announced_on=date(2021, 1, 1))
    filters = valid(moment, **chosen)
    looked_at = 0
    for facet in summary.facets(filters).values():
        assert facet.current.value == chosen.get(facet.name, "")
        for option in facet.options:
            if facet.name == "verdict" and not option.value:
                assert option.count is None, "what has no promise has no verdict"
                continue
            kept = {name: value for name, value in chosen.items() if not (facet.name == "list" and name == "category")}
            found = valid(moment, **kept | {facet.name: option.value}).qs
            assert option.count == found.count(), (facet.name, option)
            looked_at += 1
    assert looked_at > 15


def test_two_queries_whatever_is_chosen(street):
    for chosen in CHOSEN:
        filters = valid(**chosen)
        filters.options.lists, filters.form.cleaned_data  # noqa: B018 - read before
        with CaptureQueriesContext(connection) as queries:
            summary.facets(filters)
        assert len([each for each in queries if not KEPT_A_WHILE & set(each["sql"].split('"'))]) == 2, chosen


def test_more_than_is_counted_has_no_numbers(street, monkeypatch):
    monkeypatch.setattr(counting, "COUNTED", 11)
    assert {option.count for facet in summary.facets(valid()).values() for option in facet.options} == {None}
    assert summary.facets(valid(q="北约"))["list"].options[0].count == 4


def test_an_address_keeps_what_is_chosen(street):
    filters = ProjectFilter({"list": "key-test", "category": "1", "order": "name", "after": "2021-01-01_3",
                             "utm_source": "wechat"}, moment=Moment(date(2021, 12, 31)))
    assert filters.is_valid()
    found = summary.facets(filters)
    urls = {option.value: option.url for option in found["list"].options}
    rest = "order=name&asof=2021-12-31"
    assert urls == {"": f"?{rest}", **{each: f"?list={each}&{rest}" for each in ("key-test", "second", "none")}}
    assert found["category"].current.url == "?list=key-test&category=1&order=name&asof=2021-12-31"


# --- the units of what is late --------------------------------------------------------------------
@pytest.fixture
def unnamed(street):
    """Something late in the north, and the face off."""
    late = factories.make_project(street, code="late", name="桥", community=street.projects.get(code="p0").community)
    factories.make_update(late, status="in_progress", effective_on=date(2022, 1, 31))
    factories.make_promise(late, due_on=date(2021, 12, 31))
    FaceDecision(is_on=False, since=timezone.localdate(), approved_by="某某", basis="办公会议纪要").enter(
        LATE_UNITS, FaceDecision.objects.next_number(LATE_UNITS), factories.make_user())
    return late


@pytest.mark.parametrize("chosen", [{"community": "north"}, {"q": "北约"}, {"department": "1"}])
def test_what_is_late_is_not_found_by_its_unit(unnamed, visitor, office, chosen):
    if "department" in chosen:
        chosen = {"department": str(office.pk)}
    answer = visitor.get("/projects/", chosen | {"verdict": "unkept"})
    assert answer.status_code == 400 and "不能同时按社区" in answer.text and "桥" not in answer.text
    assert visitor.get("/api/projects/", chosen | {"verdict": "unkept"}).status_code == 400
    offered = [option.value for option in summary.facets(valid(**chosen))["verdict"].options]
    assert "unkept" not in offered and "late" not in offered and "kept" in offered


def test_what_is_late_is_found_without_its_unit(unnamed, visitor):
    page = visitor.get("/projects/?verdict=unkept")
    assert "桥" in page.text and "community" not in [each.name for each in page.context["facets"]]
    assert "北约社区" not in page.text.partition("</form>")[2]


def test_control_with_the_face_on_it_is_named(unnamed, visitor, monkeypatch):
    monkeypatch.setattr(type(LATE_UNITS), "is_on", True)
    page = visitor.get("/projects/?verdict=unkept")
    names = [each.name for each in page.context["facets"]]
    assert "北约社区" in page.text.partition("</form>")[2] and "community" in names
    assert visitor.get("/projects/?verdict=unkept&community=north").status_code == 200
