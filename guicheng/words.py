"""Days and numbers as a Chinese reader expects them."""
from calendar import monthrange
from datetime import datetime

from django.utils import timezone


def day(value):
    """"2021 年 12 月 22 日"; of an instant, the day that it was here: the database keeps it in UTC."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value.year} 年 {value.month} 月 {value.day} 日" if value else ""


def near_day(value):
    """"11 月 4 日"; of another year than this one with its year. For what is of these weeks."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value.month} 月 {value.day} 日" if value and value.year == timezone.localdate().year else day(value)


def near_moment(value):
    """"11 月 4 日 9:05"."""
    here = timezone.localtime(value)
    return f"{near_day(here)} {here.hour}:{here.minute:02d}"


def day_range(first, last, alone=""):
    """The days between which something became so: a whole month or year by its name. The one place that tells it.

    "2021 年 12 月 22—31 日之间", "2021 年 12 月", "2021 年", "2021 年，不迟于 6 月 28 日", "2021 年 9 月 1 日".
    Of a last day without a first one `alone` says what it is ("不迟于 ", "截至 "); a first day without a last one is
    "不早于 …".
    """
    if not last:
        return f"不早于 {day(first)}" if first else ""
    if not first:
        return f"{alone}{day(last)}"
    if first == last:
        return day(last)
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    ends_month = last.day == monthrange(last.year, last.month)[1]
    if same_year and first.month == first.day == 1:
        is_whole = last.month == 12 and ends_month
        return f"{first.year} 年" if is_whole else f"{first.year} 年，不迟于 {last.month} 月 {last.day} 日"
    if same_month and first.day == 1 and ends_month:
        return f"{first.year} 年 {first.month} 月"
    if same_month:
        return f"{first.year} 年 {first.month} 月 {first.day}—{last.day} 日之间"
    end = f"{last.month} 月 {last.day} 日" if same_year else day(last)
    return f"{day(first)}—{end}之间"


def quantity_parts(value, unit="", qualifier=""):
    """(before, number, after) of a counted thing, the qualifier where Chinese puts it: ("", "13,100", " 多名").

    A qualifier never stands apart from its number: 超 1,431 万人次, 13,100 多名, 50 万元左右.
    """
    after = {"多": f" 多{unit}", "左右": f" {unit}左右" if unit else "左右"}.get(qualifier, f" {unit}" if unit else "")
    return ("" if qualifier in ("", "多", "左右") else f"{qualifier} ", number(value), after)


def quantity(value, unit="", qualifier=""):
    """"超 1,431 万人次", "13,100 多名", "50 万元左右", "45 个". The one function that tells a number with its unit."""
    return "".join(quantity_parts(value, unit, qualifier))


def number(value):
    """1431.0000 as "1,431", 1.3900 as "1.39"; an unknown number as "—"."""
    if value is None:
        return "—"
    return f"{value.normalize():,f}" if hasattr(value, "normalize") else f"{value:,}"
