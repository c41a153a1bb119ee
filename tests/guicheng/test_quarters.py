"""Quarters as half-open ranges of Asia/Shanghai days."""
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError

from guicheng.days.quarters import Quarter, QuarterConverter


@pytest.mark.parametrize("text, first, last, title", [
    ("2021Q1", date(2021, 1, 1), date(2021, 3, 31), "2021 年第一季度"),
    ("2021Q2", date(2021, 4, 1), date(2021, 6, 30), "2021 年第二季度"),
    ("2021Q3", date(2021, 7, 1), date(2021, 9, 30), "2021 年第三季度"),
    ("2021q4", date(2021, 10, 1), date(2021, 12, 31), "2021 年第四季度"),
    ("2020Q1", date(2020, 1, 1), date(2020, 3, 31), "2020 年第一季度"),
])
def test_it_works(text, first, last, title):
    quarter = Quarter.parse(text)
    assert (quarter.first_day, quarter.last_day, quarter.title) == (first, last, title)
    assert quarter.end == last + timedelta(days=1)
    assert str(quarter) == text.upper()


@pytest.mark.parametrize("text", [
    "", "2021", "2021Q0", "2021Q5", "2021Q", "Q4", "21Q4", "1999Q4", "2100Q1", "2021Q4 ", "2021Q4\n", " 2021Q4",
    "2021-Q4", "2021Q44", "20２１Q4", "2021Q４", "２０２１Q4", "2021年4季度", "\x00", "x" * 5000,
])
def test_what_is_no_quarter_is_refused_with_a_short_sentence(text):
    with pytest.raises(ValidationError, match="不是一个季度") as refused:
        Quarter.parse(text)
    assert len(refused.value.messages[0]) < 60


def test_the_year_goes_round():
    assert Quarter(2021, 4).next == Quarter(2022, 1)
    assert Quarter(2021, 1).previous == Quarter(2020, 4)
    assert Quarter(2021, 2).next.previous == Quarter(2021, 2)
    assert sorted([Quarter(2022, 1), Quarter(2021, 4)]) == [Quarter(2021, 4), Quarter(2022, 1)]


def test_every_day_is_in_one_quarter():
    day = date(2020, 1, 1)
    while day < date(2022, 1, 1):
        quarter = Quarter.of(day)
        assert quarter.first_day <= day < quarter.end
        day += timedelta(days=1)


@pytest.mark.parametrize("instant, quarter", [
    (datetime(2021, 12, 31, 15, 59, 59, tzinfo=UTC), "2021Q4"),
    (datetime(2021, 12, 31, 16, 0, 0, tzinfo=UTC), "2022Q1"),  # midnight in Shanghai
])
def test_the_current_quarter_is_shanghais(instant, quarter):
    with mock.patch("django.utils.timezone.now", return_value=instant):
        assert str(Quarter.current()) == quarter


def test_in_an_address():
    assert QuarterConverter().to_url(Quarter(2021, 4)) == "2021Q4"
