"""The portfolio as of any day, as it was known at any instant."""
import io
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from projects.ledger.timeline import timeline
from projects.models import ProgressUpdate, Project
from projects.models.then import NEVER, status_at
from tests import factories


def at(month, day, hour=12):
    return timezone.make_aware(datetime(2021, month, day, hour))


@pytest.fixture
def history(project):
    """Started in May, said completed in July; in September the July statement was corrected."""
    started = factories.make_update(
        project, effective_on=date(2021, 5, 31), status="in_progress", percent=30, recorded_at=at(6, 2))
    completed = factories.make_update(
        project, effective_on=date(2021, 7, 31), status="completed", recorded_at=at(8, 1))
    corrected = factories.make_correction(completed, status="acceptance", percent=95, recorded_at=at(9, 1))
    return started, completed, corrected


def then(day, known_at=None):
    return Project.objects.as_of(day, known_at).values_list("status_then", "percent_then", "moved_then").get()


def test_it_works(history):
    assert then(date(2021, 12, 31)) == ("acceptance", 95, date(2021, 7, 31))


@pytest.mark.parametrize("day, status", [
    (date(2021, 5, 30), ""), (date(2021, 5, 31), "in_progress"), (date(2021, 7, 30), "in_progress"),
    (date(2021, 7, 31), "acceptance"), (date(2099, 1, 1), "acceptance"),
])
def test_by_the_end_of_a_day(history, day, status):
    assert then(day)[0] == status
    assert Project.objects.annotate(now=status_at(day)).get().now == status


@pytest.mark.parametrize("known_at, status", [
    (at(6, 1), ""), (at(6, 2), "in_progress"), (at(7, 31), "in_progress"), (at(8, 1), "completed"),
    (at(9, 1) - timedelta(seconds=1), "completed"), (at(9, 1), "acceptance"),
])
def test_as_known_at_an_instant(history, known_at, status):
    """What a quarter knew when it was closed never changes afterwards."""
    assert then(date(2021, 12, 31), known_at)[0] == status


def test_day_and_instant_together(history):
    assert then(date(2021, 6, 30), at(8, 15))[0] == "in_progress"
    assert then(date(2021, 5, 1), at(9, 15))[0] == ""


def test_in_force_leaves_out_what_was_amended(history):
    started, completed, corrected = history
    rows = ProgressUpdate.objects
    assert list(rows.in_force().newest_first()) == [corrected, started]
    assert list(rows.in_force(known_at=at(8, 15)).newest_first()) == [completed, started]
    assert list(rows.in_force(date(2021, 6, 30))) == [started]
    assert rows.published().count() == 3  # the control: they are all still there


def test_in_force_shows_neither_withdrawal_nor_draft(history, project):
    withdrawal = factories.make_withdrawal(history[2], recorded_at=at(10, 1))
    factories.make_update(project, published=False)
    assert list(ProgressUpdate.objects.in_force()) == [history[0]]
    assert withdrawal not in ProgressUpdate.objects.in_force()
    assert history[2] in ProgressUpdate.objects.in_force(known_at=at(9, 30))


def test_a_waiting_correction_changes_nothing(history):
    factories.make_correction(history[0], published=False, status="planned")
    assert history[0] in ProgressUpdate.objects.in_force()


def test_a_range_counts_from_its_last_day(project):
    factories.make_update(project, effective_from=date(2021, 9, 1), effective_on=date(2021, 9, 30), status="in_use")
    assert then(date(2021, 9, 29))[0] == ""
    assert then(date(2021, 9, 30))[0] == "in_use"


def test_a_project_counts_from_its_lists_day(project):
    on_none = factories.make_project(source=factories.make_source(published_on=date(2021, 4, 29)))
    assert list(Project.objects.as_of(date(2021, 4, 28))) == [], "no source had told of it"
    assert list(Project.objects.as_of(date(2021, 4, 29))) == [on_none]
    assert set(Project.objects.as_of(date(2021, 4, 30))) == {project, on_none}


def test_what_is_on_no_list_counts_from_its_sources_day(db):
    """The last possible day of a source; of one that only has a first one, that; an undated one was always there."""
    days = {"to": {"published_from": date(2021, 12, 22), "published_to": date(2021, 12, 31)},
            "from": {"published_from": date(2022, 9, 1)}, "none": {}}
    made = {name: factories.make_project(source=factories.make_source(published_on=None, **day))
            for name, day in days.items()}
    for day, there in [((2021, 12, 30), ["none"]), ((2021, 12, 31), ["none", "to"]), ((2022, 8, 31), ["none", "to"]),
                       ((2022, 9, 1), ["from", "none", "to"])]:
        found = set(Project.objects.as_of(date(*day)))
        assert sorted(name for name, row in made.items() if row in found) == there, day


def test_each_project_has_its_own_ledger(history, key_list):
    other = factories.make_project(key_list)
    factories.make_update(other, status="planned", effective_on=date(2021, 8, 31))
    statuses = Project.objects.as_of(date(2021, 12, 31)).values_list("code", "status_then")
    assert dict(statuses) == {"park": "acceptance", other.code: "planned"}


def test_projections_are_what_holds_today(history, key_list):
    for status in ("standing", "", "completed"):
        each = factories.make_project(key_list)
        factories.make_update(each, status=status, percent=12 if status else None)
    factories.make_withdrawal(ProgressUpdate.objects.get(project=each))
    for row in Project.objects.as_of(timezone.localdate()):
        assert (row.status, row.percent) == (row.status_then, row.percent_then)
        assert row.moved_on == (row.moved_then or NEVER)


@pytest.mark.parametrize("number", [3, 300])
def test_one_query_however_many(facts, django_assert_num_queries, number):
    call_command("seed_sample", projects=number, stdout=io.StringIO())
    with django_assert_num_queries(1):
        rows = Project.objects.filter(is_sample=True).as_of(date(2024, 12, 31), timezone.now())
        assert len([(row.status_then, row.percent_then, row.due_then, row.latest_then) for row in rows]) == number


# --- the timeline --------------------------------------------------------------------------------
def entries(project):
    return timeline(list(project.updates.published()))


def test_a_correction_stands_where_the_corrected_row_stood(history, project):
    started, completed, corrected = history
    first, second = entries(project)
    assert (first.row, first.replaced, first.is_withdrawn) == (corrected, [completed], False)
    assert (second.row, second.replaced) == (started, [])


def test_of_a_withdrawn_row_its_withdrawal_is_shown(history, project):
    withdrawal = factories.make_withdrawal(history[2])
    first, second = entries(project)
    assert (first.row, first.withdrawal, first.is_withdrawn) == (history[2], withdrawal, True)
    assert first.replaced == [history[1]]
    assert not second.is_withdrawn
