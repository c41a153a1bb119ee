"""Lights counted by the database: as many of each colour as read one by one, over projects of every sort."""
from datetime import timedelta

import pytest
from django.db.models import DateField, Value
from django.utils import timezone

from projects.models import LightOverride, Project, Status
from projects.summary import by_light, by_light_with, lights, lights_by_colour
from projects.supervision.lights import at_rest, lights_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _of_every_sort(standing):
    """Projects of every status with every kind of plan, said to be late or not, compiled or not, and what stands apart.
    """
    with standing():
        make_some_of_every_sort()
        yield


@pytest.fixture
def of_every_sort(db, _of_every_sort):
    return Project.objects.all()


def make_some_of_every_sort():
    today = timezone.localdate()
    key_list, street_admin = factories.make_list(kind="key"), factories.make_user(roles=["业务管理员"])
    days = [(None, None), (-200, None), (-200, -3), (-300, -30), (-50, 1), (-50, 50), (None, 50), (5, 90)]
    plans = [[at and today + timedelta(days=at) for at in plan] for plan in days]
    press = factories.make_list(is_compiled=True)
    for number, (start, end) in enumerate(plans):
        for status in ["", *Status]:
            of = press if number in (3, 5) else key_list
            project = factories.make_project(of, planned_start=start, planned_end=end)
            for on, percent in [(today - timedelta(days=40), 10 * number), (today, None)][:1 + (status != "planned")]:
                if status:
                    factories.make_update(project, effective_on=on, status=status, percent=percent, reason="停工。")
            if status in ("in_progress", "in_use"):
                for colour in ("green", "")[:number % 3]:
                    LightOverride.objects.create(project=project, colour=colour, by=street_admin,
                                                 reason="已与业主协调好", effective_on=today)
            if status in ("acceptance", "planned") and number % 2:
                factories.make_milestone(project, planned_on=today - timedelta(days=9))


def test_counted_by_the_database_there_are_as_many_of_each_colour(of_every_sort):
    one_by_one = lights_by_colour(lights_of(of_every_sort).values())
    assert by_light(of_every_sort) == one_by_one
    assert len(one_by_one) == 6 and one_by_one.total() == len(of_every_sort)


def test_what_is_at_rest_is_counted_by_its_status_alone(of_every_sort):
    beside = lights_of(of_every_sort.filter(~at_rest())).values()
    assert by_light_with(of_every_sort, beside) == by_light(of_every_sort)
    assert 0 < len(beside) < len(of_every_sort)


@pytest.mark.parametrize("name", ["read_due", "read_unfinished", "read_start", "read_percent", "read_compiled"])
def test_whatever_the_count_left_unread_would_show(of_every_sort, monkeypatch, name):
    whole = lights._read
    unread = Value(False) if name in ("read_unfinished", "read_compiled") else Value(None, output_field=DateField())
    monkeypatch.setattr(lights, "_read", lambda day: whole(day) | {name: unread})
    assert by_light(of_every_sort) != lights_by_colour(lights_of(of_every_sort).values())


def test_the_count_asks_as_many_queries_for_many(of_every_sort, django_assert_num_queries):
    with django_assert_num_queries(8):
        by_light(of_every_sort)
