"""Days and numbers as a Chinese reader expects them."""
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from guicheng import words
from guicheng.fields import Qualifier


def test_it_works():
    assert words.day(date(2021, 12, 2)) == "2021 年 12 月 2 日"
    assert words.day(None) == ""


def test_an_instant_has_the_day_it_was_here():
    """00:43 of the 21st in Shanghai is 16:43 of the 20th in UTC."""
    assert words.day(datetime(2026, 11, 20, 16, 43, tzinfo=UTC)) == "2026 年 11 月 21 日"
    assert words.day(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == "2026 年 11 月 20 日"


@pytest.mark.parametrize("first, last, text", [
    (None, None, ""),
    (None, (2021, 9, 1), "2021 年 9 月 1 日"),
    ((2021, 9, 1), None, "不早于 2021 年 9 月 1 日"),
    ((2021, 9, 1), (2021, 9, 1), "2021 年 9 月 1 日"),
    ((2021, 12, 22), (2021, 12, 31), "2021 年 12 月 22—31 日之间"),
    ((2021, 12, 1), (2021, 12, 30), "2021 年 12 月 1—30 日之间"),
    ((2021, 12, 1), (2021, 12, 31), "2021 年 12 月"),
    ((2021, 2, 1), (2021, 2, 28), "2021 年 2 月"),
    ((2020, 2, 1), (2020, 2, 28), "2020 年 2 月 1—28 日之间"),
    ((2020, 2, 1), (2020, 2, 29), "2020 年 2 月"),
    ((2021, 1, 1), (2021, 12, 31), "2021 年"),
    ((2021, 1, 1), (2021, 12, 30), "2021 年，不迟于 12 月 30 日"),
    ((2021, 1, 2), (2021, 12, 31), "2021 年 1 月 2 日—12 月 31 日之间"),
    ((2021, 6, 21), (2021, 7, 1), "2021 年 6 月 21 日—7 月 1 日之间"),
    ((2021, 12, 22), (2022, 1, 3), "2021 年 12 月 22 日—2022 年 1 月 3 日之间"),
    ((2021, 1, 1), (2022, 12, 31), "2021 年 1 月 1 日—2022 年 12 月 31 日之间"),
])
def test_a_range_of_days(first, last, text):
    assert words.day_range(first and date(*first), last and date(*last)) == text


def test_a_last_day_alone_is_told_as_a_bound():
    assert words.day_range(None, date(2021, 12, 31), "不迟于 ") == "不迟于 2021 年 12 月 31 日"
    assert words.day_range(date(2021, 12, 31), date(2021, 12, 31), "不迟于 ") == "2021 年 12 月 31 日"


@pytest.mark.parametrize("value, text", [
    (None, "—"), (0, "0"), (1431, "1,431"), (Decimal("1431.0000"), "1,431"), (Decimal("1.3900"), "1.39"),
    (Decimal("13100"), "13,100"), (Decimal("0.0000"), "0"), (Decimal("700000.5"), "700,000.5"),
])
def test_a_number(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(("value", "unit", "qualifier", "said"), [
    (1431, "万人次", "超", "超 1,431 万人次"), (13100, "名", "多", "13,100 多名"), (50, "万元", "左右", "50 万元左右"),
    (1000, "平方米", "约", "约 1,000 平方米"), (45, "个", "", "45 个"),
    (Decimal("1.5000"), "亿元", "近", "近 1.5 亿元"),
    (3, "", "左右", "3左右"), (3, "", "", "3"), (None, "个", "", "— 个"),
])
def test_a_qualifier_stays_with_its_number_and_unit(value, unit, qualifier, said):
    assert words.quantity(value, unit, qualifier) == said
    assert words.quantity_parts(value, unit, qualifier)[1] == words.number(value)


def test_every_qualifier_has_its_place():
    """A new qualifier must be told before or behind the number, never lost."""
    assert all(each in words.quantity(5, "个", each) for each in Qualifier.values)
