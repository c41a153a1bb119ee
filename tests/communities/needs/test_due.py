"""By when: working days after the day it was taken on, without the days on which it rested."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.models import Need, NeedTerm
from communities.models.need_due import Rest, reckon
from communities.needs import handling
from guicheng.days.workdays import CalendarDay, CalendarYear, WorkCalendar
from tests import factories
from tests.communities.needs.test_moves import at

PLAIN = WorkCalendar([2026, 2027], {date(2026, 10, 1): False, date(2026, 10, 10): True})


def test_as_it_is_drawn():
    """look/02-need: taken on on the 3rd, five working days, a weekend, a day of rest: the 11th."""
    found = reckon(date(2026, 11, 3), 5, rests=[Rest(date(2026, 11, 6), date(2026, 11, 9), "退回补充")], calendar=PLAIN)
    assert found.due_on == date(2026, 11, 11)
    assert (found.rested, found.off) == (1, 2)
    assert [each.kind for each in found.days] == [
        "first", "counted", "counted", "rest", "off", "off", "counted", "counted", "counted"]
    assert found.number_on(date(2026, 11, 10)) == 4


def test_holidays_and_worked_weekends():
    assert reckon(date(2026, 9, 30), 1, calendar=PLAIN).due_on == date(2026, 10, 2)
    assert reckon(date(2026, 10, 9), 1, calendar=PLAIN).due_on == date(2026, 10, 10)


def test_an_open_rest_has_no_day():
    found = reckon(date(2026, 11, 3), 5, rests=[Rest(date(2026, 11, 4), None, "暂停")], calendar=PLAIN)
    assert found.due_on is None
    assert "暂停" in found.why_unknown


def test_a_year_nobody_entered_has_no_day():
    found = reckon(date(2027, 12, 30), 5, calendar=PLAIN)
    assert found.due_on is None
    assert "2028 年" in found.why_unknown


@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 30), st.integers(0, 10),
       st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), max_size=4))
def test_no_rest_shortens_it_and_each_day_stands_once(first, allowed, extended, rests):
    """Against a plain count, day by day."""
    rests = [Rest(first + timedelta(start), first + timedelta(start + length), "暂停") for start, length in rests]
    found = reckon(first, allowed, extended, rests, PLAIN)
    day, number = first, 0
    while number < allowed + extended:
        day += timedelta(1)
        number += PLAIN.is_workday(day) and not any(rest.first <= day < rest.until for rest in rests)
    assert found.due_on == day
    assert found.due_on >= reckon(first, allowed, extended, calendar=PLAIN).due_on
    assert [each.day for each in found.days] == [first + timedelta(n) for n in range(len(found.days))]


@pytest.mark.django_db(transaction=True)
def test_open_needs_follow_the_calendar():
    clerk, need, done = factories.make_user(), factories.make_need(), factories.make_need()
    for each in (need, done):
        handling.accept(each, clerk, at(date(2026, 11, 3)))
    Need.objects.filter(pk=done.pk).update(state=Need.State.WITHDRAWN)
    year = CalendarYear.objects.get(year=2026)
    CalendarDay.objects.create(year=year, day=date(2026, 11, 5), name="示例放假")
    assert Need.objects.get(pk=need.pk).due_on == date(2026, 11, 11)
    assert Need.objects.get(pk=done.pk).due_on == date(2026, 11, 10)
    year.is_complete = False
    year.save()
    assert Need.objects.get(pk=need.pk).due_on is None


@pytest.mark.django_db
def test_each_kind_has_a_term_and_what_is_accepted_keeps_its_own():
    assert NeedTerm.objects.count() == 6
    need = factories.make_need()
    handling.accept(need, factories.make_user(), at(date(2026, 11, 3)))
    NeedTerm.objects.filter(kind="complaint").update(answer_days=10)
    handling.do(need, "start", None)
    assert need.due_on == date(2026, 11, 10)
