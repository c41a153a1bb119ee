"""A queryset that is compiled once finds what the queryset finds, whatever it is given."""
import sys
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateField
from django.test import Client
from django.utils import timezone

from guicheng.days.as_of import NOW, Moment
from guicheng.days.compiled import MOST, compiled
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
APPS = ("guicheng", "projects", "communities", "partybuilding")
KEY = Project._meta.pk


@compiled(keys=[KEY], code=Project._meta.get_field("code"), until=DateField())
def found(is_public, keys, code, until):
    rows = Project.objects.filter(pk__in=keys, moved_on__lte=until).exclude(code=code).select_related("source")
    return (rows.published() if is_public else rows).order_by("pk")


@pytest.fixture
def three():
    return [factories.make_project(code=f"p{number}", is_published=number != 2) for number in range(3)]


def test_it_finds_what_is_asked_for_each_time(three):
    keys, until = [row.pk for row in three], date(2026, 1, 1)
    assert found(False, keys=keys, code="p0", until=until) == three[1:]
    assert found(True, keys=keys, code="p0", until=until) == three[1:2]  # of another shape
    assert found(False, keys=keys[:2], code="p1", until=until) == three[:1]
    assert found(False, keys=keys, code="p0", until=date(1800, 1, 1)) == []
    assert found(False, keys=[], code="p0", until=until) == []
    assert len(found.kept) == 2


def test_it_asks_one_query_and_joins_what_is_joined(three, django_assert_num_queries):
    found(False, keys=[1], code="", until=date(2026, 1, 1))
    with django_assert_num_queries(1):
        row = found(False, keys=[three[0].pk], code="", until=date(2026, 1, 1))[0]
        assert row.source.title and row == three[0]


def test_a_value_that_is_none_finds_nothing(three):
    @compiled(parent=KEY)
    def parts(parent):
        return Project.objects.filter(parent=parent)

    assert parts(parent=None) == []


def test_of_another_day_nothing_is_kept(three):
    @compiled(code=Project._meta.get_field("code"))
    def then(moment, code):
        rows = Project.objects.filter(code=code)
        return rows.filter(moved_on__lte=moment.day) if moment else rows

    assert then(NOW, code="p1") == three[1:2]
    assert then(Moment(date(1800, 1, 1)), code="p1") == [] and then(Moment(date(2026, 1, 1)), code="p1") == three[1:2]
    assert list(then.kept) == [(NOW,)]


def test_shapes_are_bounded(three):
    @compiled()
    def first(number):
        return Project.objects.order_by("pk")[:number]

    for number in range(1, MOST + 3):
        assert len(first(number)) == min(number, 3)
    assert len(first.kept) <= MOST


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_through_its_own_connection():
    row = factories.make_project(code="p0")
    asked = []

    def ask():
        asked.append(found(False, keys=[row.pk], code="", until=date(2026, 1, 1)))
        connection.close()

    ask()
    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [[row]] * 4


# --- nothing that changes is compiled into one --------------------------------------------------
def _kept():
    return {f"{module.__name__}.{name}": each for module in list(sys.modules.values())
            if getattr(module, "__name__", "").partition(".")[0] in APPS
            for name, each in list(vars(module).items()) if hasattr(each, "kept") and hasattr(each, "givens")}


def _told(sql, params):
    return sql, [getattr(each, "name", each) for each in params]


def _differing():
    """The names of those that would be written in another way now."""
    return [name for name, rows in _kept().items() for shape, each in rows.kept.items()
            if _told(each.sql, each.params) != _told(*_written_now(rows, shape))]


def _written_now(rows, shape):
    return rows.__wrapped__(*shape, **rows.givens()).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()


@pytest.fixture
def later(monkeypatch):
    """Call it, and it is another day."""
    there = timezone.now() + timedelta(days=400)
    return lambda: monkeypatch.setattr(timezone, "now", lambda: there)


def test_on_another_day_the_same_is_written(three, later):
    project_list = factories.make_list(slug="there")
    factories.make_project(project_list, code="on-it", number=1, community=factories.make_community(slug="nan"))
    for address in ("/", "/projects/on-it/", "/communities/nan/", "/projects/", "/lists/there/", "/lists/",
                    "/reports/2021Q4/", "/api/summary/2021Q4/"):
        assert Client().get(address).status_code == 200
    assert len(_kept()) >= 10
    later()
    assert _differing() == []


@compiled()
def until_today():
    return Project.objects.filter(moved_on__lte=timezone.localdate())


def test_control_a_day_that_is_compiled_in_is_seen(monkeypatch, later):
    until_today()
    monkeypatch.setattr(sys.modules[__name__], "APPS", (__name__.partition(".")[0],))
    later()
    assert _differing() == [f"{__name__}.until_today"]
