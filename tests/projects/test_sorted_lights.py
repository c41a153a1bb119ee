"""Projects by their lights, found by the database: as many and the same as judged one by one."""
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from projects.models import LightOverride, Project, Status
from projects.models.lights import Colour
from projects.summary import Sorted, by_light, lights, lights_by_colour, of_colour, sorts_of
from projects.supervision.lights import light_of, lights_of
from tests import factories

pytestmark = pytest.mark.django_db


def _decide(project, by, colour, day, until=None):
    LightOverride.objects.create(
        project=project, colour=colour, reason="已与业主协调好", effective_on=day, by=by, until=until)


@pytest.fixture
def of_every_sort(street_admin, key_list):
    """Projects of every status with every kind of plan, said to be late or not, compiled or not, and what stands apart.
    """
    today = timezone.localdate()
    days = [(None, None), (-200, None), (-200, -3), (-300, -30), (-50, 1), (-50, 50), (None, 50), (5, 90)]
    plans = [[at and today + timedelta(days=at) for at in plan] for plan in days]
    press = factories.make_list(is_compiled=True)
    for number, (start, end) in enumerate(plans):
        for status in ["", *Status]:
            of = press if number in (3, 5) else key_list
            project = factories.make_project(project_list=of, planned_start=start, planned_end=end)
            for on, percent in [(today - timedelta(days=40), 10 * number), (today, None)][:1 + (status != "planned")]:
                if status:
                    factories.make_update(project, effective_on=on, status=status, percent=percent, reason="停工。")
            if status in ("in_progress", "in_use"):
                for colour in ("green", "")[:number % 3]:
                    _decide(project, street_admin, colour, today)
            if status in ("acceptance", "planned") and number % 2:
                factories.make_milestone(project, planned_on=today - timedelta(days=9))
    return Project.objects.all()


def test_counted_by_the_database_there_are_as_many_of_each_colour(of_every_sort):
    one_by_one = lights_by_colour(lights_of(of_every_sort).values())
    assert by_light(of_every_sort) == one_by_one
    assert len(one_by_one) == 6 and one_by_one.total() == len(of_every_sort)


def test_those_of_a_colour_are_those_that_have_it(of_every_sort):
    one_by_one = lights_of(of_every_sort)
    for colour in Colour.values:
        found = of_colour(of_every_sort, colour)
        assert {project.pk for project in found} == {pk for pk, light in one_by_one.items() if light.colour == colour}
        assert found.count() and str(found.query).count("|") < 400, "by what the rule reads, not by keys"


def _whole(projects):
    return Sorted.one_by_one(list(sorts_of(projects, timezone.localdate())))


@pytest.mark.parametrize("number", [1, 3, 10, 1000])
def test_the_most_pressing_are_as_one_by_one(of_every_sort, number):
    for project in (projects := list(of_every_sort.order_by("moved_on", "pk"))):
        project.light = light_of(project)
    for colours in (["red"], ["white"], ["red", "yellow", "white", "green"], []):
        pressing = sorted((each for each in projects if each.light.colour in colours), key=lambda p: p.light.pressing)
        first = _whole(of_every_sort).first(colours, number)
        assert [(pk, light.sentence, light.causes) for pk, light in first.items()] == [
            (each.pk, each.light.sentence, each.light.causes) for each in pressing[:number]]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_projects_there_are_the_database_counts_what_the_rule_says(street_admin, seed):
    """Made at random; the seed names them again."""
    chance, today = Random(seed), timezone.localdate()  # noqa: S311 (rows of a test)

    def some_day(least, most):
        return chance.choice([None, today + timedelta(days=chance.randint(least, most))])

    lists = [factories.make_list(is_compiled=compiled) for compiled in (False, False, True)]
    for _ in range(30):
        start, end = some_day(-400, 20), some_day(-60, 60)
        project = factories.make_project(project_list=chance.choice([*lists, None]), planned_end=end,
                                         planned_start=start and min(start, end or start))
        for ago in sorted(chance.sample(range(120), chance.randint(0, 3)), reverse=True):
            factories.make_update(project, effective_on=today - timedelta(days=ago), reason="停工。",
                                  status=chance.choice(Status.values), percent=chance.choice([None, 0, 40, 90]))
        for _ in range(chance.choice([0, 0, 1, 4])):
            factories.make_milestone(project, planned_on=some_day(-90, 90), actual_on=today)
        if chance.random() < 0.2:
            until, begun = chance.choice([(None, 1), (0, 0), (0, -5), (-1, -5), (None, 0)])
            _decide(project, street_admin, chance.choice(["green", "red", ""]),
                    today + timedelta(days=begun), until if until is None else today + timedelta(days=until))
    one_by_one = lights_of(Project.objects.all())
    assert by_light(Project.objects.all()) == lights_by_colour(one_by_one.values())
    found = _whole(Project.objects.all()).first(["red", "yellow", "green", "white"], 1000)
    assert {pk: light.sentence for pk, light in found.items()} == {
        pk: light.sentence for pk, light in one_by_one.items() if light.colour not in ("blue", "grey")}


@pytest.mark.parametrize("part", ["compiled", "due", "told", "start", "percent", "milestones"])
def test_whatever_the_count_left_unread_would_show(of_every_sort, monkeypatch, part):
    whole, place = lights._judged, ["", "compiled", "due", "told", "start", "percent", "milestones"].index(part)

    def unread(sort, *of):
        return whole("|".join("" if at == place else read for at, read in enumerate(sort.split("|"))), *of)

    monkeypatch.setattr(lights, "_judged", unread)
    assert by_light(of_every_sort) != lights_by_colour(lights_of(of_every_sort).values())


def test_the_count_asks_as_many_queries_for_many(of_every_sort, django_assert_num_queries):
    with django_assert_num_queries(8):
        by_light(of_every_sort)
    with django_assert_num_queries(3):  # where nobody decided: the rule, the calendar, the sorts
        by_light(of_every_sort.filter(light_overrides=None))
