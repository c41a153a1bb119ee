"""Working days: from an editable table, never overwritten, never guessed."""
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from guicheng.days.workdays import (
    CalendarDay,
    CalendarYear,
    UnknownYear,
    WorkCalendar,
    add_working_days,
    missing_year,
    seed_calendar,
)
from tests import factories

pytestmark = pytest.mark.django_db
LAST = 2026  # the last year chinesecalendar 1.11 knows


def test_it_works():
    """国庆 2021: 1—7 October off, Saturday 9 October worked."""
    assert add_working_days(date(2021, 9, 29), 3) == date(2021, 10, 9)
    assert WorkCalendar.load().between(date(2021, 9, 29), date(2021, 10, 9)) == 3


@pytest.mark.parametrize(("day", "works"), [
    (date(2021, 10, 1), False), (date(2021, 10, 9), True), (date(2021, 10, 10), False), (date(2021, 10, 11), True),
    (date(2021, 2, 11), False), (date(2021, 2, 7), True), (date(2023, 1, 27), False), (date(2025, 1, 26), True),
])
def test_single_days(day, works):
    assert WorkCalendar.load().is_workday(day) is works


@pytest.mark.parametrize(("first", "last", "days"), [
    (date(2021, 6, 1), date(2021, 6, 1), 0), (date(2021, 6, 2), date(2021, 6, 1), 0),
    (date(2021, 6, 4), date(2021, 6, 7), 1), (date(2021, 12, 31), date(2022, 1, 4), 1),
])
def test_between(first, last, days):
    assert WorkCalendar.load().between(first, last) == days


def test_a_year_nobody_entered_is_not_guessed():
    with pytest.raises(UnknownYear, match="2027 年的放假安排还没有录入，不能推算工作日"):
        add_working_days(date(2026, 12, 30), 3)
    with pytest.raises(UnknownYear, match="2020 年"):
        WorkCalendar.load().between(date(2020, 12, 1), date(2021, 1, 5))


def test_control_the_same_question_inside_the_table_is_answered():
    assert add_working_days(date(2025, 12, 30), 3) == date(2026, 1, 5)  # Sunday 4 January is worked


def test_far_days_need_no_table_near_ones_do():
    calendar = WorkCalendar.load()
    assert calendar.is_within(date(2026, 11, 1), date(2027, 6, 1), 3) is False
    assert calendar.is_within(date(2026, 12, 25), date(2027, 1, 20), 3) is False, "passed before the year ends"
    with pytest.raises(UnknownYear):
        calendar.is_within(date(2026, 12, 30), date(2027, 1, 6), 3)


def test_a_year_counts_only_once_it_is_complete():
    year = CalendarYear.objects.create(year=2027)
    with pytest.raises(UnknownYear):
        WorkCalendar.load().between(date(2027, 3, 1), date(2027, 3, 2))
    year.is_complete = True
    year.save()
    assert WorkCalendar.load().between(date(2027, 3, 1), date(2027, 3, 2)) == 1


def test_the_seed_holds_every_known_year():
    assert set(CalendarYear.objects.values_list("year", flat=True)) == set(range(2021, LAST + 1))
    assert CalendarDay.objects.get(day=date(2021, 10, 9)).name == "国庆节调休"


def test_seeding_again_changes_nothing_of_an_editor():
    CalendarDay.objects.filter(day=date(2021, 10, 9)).update(is_workday=False, name="改过")
    CalendarDay.objects.filter(day=date(2021, 10, 1)).delete()
    count = CalendarDay.objects.count()
    assert seed_calendar() == []
    call_command("migrate", verbosity=0)
    assert CalendarDay.objects.count() == count
    assert CalendarDay.objects.get(day=date(2021, 10, 9)).name == "改过"


def test_seeding_fills_a_missing_year():
    """The negative control of the test above."""
    CalendarYear.objects.filter(year=2023).delete()
    assert seed_calendar() == [2023]
    assert CalendarDay.objects.filter(day__year=2023).count() > 20


@pytest.mark.parametrize(("today", "year"), [
    (date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2027, 1, 1), 2027), (date(2025, 12, 1), None),
])
def test_the_missing_year_is_named_from_november(today, year):
    assert missing_year(today) == year


def test_loading_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        WorkCalendar.load().add(date(2021, 1, 1), 300)


# --- the screen ----------------------------------------------------------------------------------
def test_the_business_administrator_enters_a_year(sign_in, street_admin):
    client = sign_in(street_admin)
    page = client.get(reverse("admin:guicheng_calendaryear_changelist")).content.decode()
    assert "2021 年" in page
    client.post(reverse("admin:guicheng_calendaryear_add"), {
        "year": "2027", "is_complete": "on", "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0",
        "days-0-day": "2027-01-01", "days-0-name": "元旦"})
    assert not WorkCalendar.load().is_workday(date(2027, 1, 1))


def test_a_day_of_another_year_is_refused_with_a_sentence(sign_in, street_admin):
    response = sign_in(street_admin).post(reverse("admin:guicheng_calendaryear_add"), {
        "year": "2027", "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0", "days-0-day": "2026-01-01"})
    assert "这一天不在 2027 年里。" in response.content.decode()


def test_others_may_look_and_not_touch(sign_in, clerk):
    client = sign_in(clerk)
    year = CalendarYear.objects.get(year=2021)
    address = reverse("admin:guicheng_calendaryear_change", args=[year.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 403
    assert client.get(reverse("admin:guicheng_calendaryear_add")).status_code == 403
    nobody = factories.make_user("nobody", is_staff=True)
    assert sign_in(nobody).get(address).status_code == 403
