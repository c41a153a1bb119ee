"""Chinese working days: an editable table of the days that are not what their weekday says. Never guessed.

A year counts once somebody vouched for it (`CalendarYear.is_complete`); past the last such year every
question is answered with UnknownYear, whose text is the sentence to show.
"""
from collections import defaultdict
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone

from guicheng.days.compiled import compiled
from guicheng.fields import ALL, CleanCharField, DayField
from guicheng.kept.publication import Publishes

FIRST_YEAR = 2021  # the first year of which the portal knows promises
KEEP = "guicheng.change_calendaryear"
REMINDED_FROM = 11  # the State Council publishes the next year's days off in autumn


class UnknownYear(Exception):
    """A year whose days off nobody has entered."""

    def __init__(self, year):
        super().__init__(f"{year} 年的放假安排还没有录入，不能推算工作日")
        self.year = year


class CalendarYear(models.Model):
    """One year of the calendar of working days."""

    publishes = Publishes()

    year = models.PositiveSmallIntegerField(
        "年份", unique=True, error_messages={"unique": "已有这一年。"},
        validators=[MinValueValidator(1990, "年份应在 1990 年以后。"),
                    MaxValueValidator(2100, "年份应在 2100 年以前。")],
    )
    is_complete = models.BooleanField(
        "已录全", default=False,
        help_text="国务院办公厅公布的放假和调休都录好了才勾；没有勾的年份，系统不推算工作日。",
    )

    class Meta:
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__range=(1990, 2100)), name="guicheng_calendaryear_in_range",
                violation_error_message="年份应在 1990 年到 2100 年之间。",
            ),
        ]

    def __str__(self):
        return f"{self.year} 年"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked (调休)."""

    publishes = Publishes()

    unwatched = ALL  # read by staff

    year = models.ForeignKey(CalendarYear, verbose_name="年份", on_delete=models.CASCADE, related_name="days")
    day = DayField("日期", unique=True, error_messages={"unique": "已有这一天。"})
    is_workday = models.BooleanField("上班", default=False, help_text="周末调休上班的勾上；放假的不勾。")
    name = CleanCharField("名称", max_length=40, blank=True)

    class Meta:
        verbose_name = "放假或调休"
        verbose_name_plural = "放假和调休"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.name}"

    def clean(self):
        year = getattr(self, "year", None)  # not saved yet where the year is entered with its days
        if self.day and year and self.day.year != year.year:
            raise ValidationError({"day": f"这一天不在 {year}里。"})


@compiled()
def _vouched_for():
    return CalendarYear.objects.filter(is_complete=True).values_list("year", "days__day", "days__is_workday")


class WorkCalendar:
    """The whole table in one query; ask it as often as needed."""

    def __init__(self, years, exceptions):
        self.years, self.exceptions = frozenset(years), exceptions

    @classmethod
    def load(cls):
        exceptions = defaultdict(bool)
        years = set()
        for year, day, is_workday in _vouched_for():
            years.add(year)
            if day:
                exceptions[day] = is_workday
        return cls(years, dict(exceptions))

    def is_workday(self, day):
        """Whether people work on `day`. Raises UnknownYear."""
        if day.year not in self.years:
            raise UnknownYear(day.year)
        return self.exceptions.get(day, day.weekday() < 5)

    def between(self, first, last):
        """How many working days lie after `first`, up to and with `last`; 0 when `last` is not later."""
        return sum(self.is_workday(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))

    def add(self, day, number):
        """The day on which the `number`th working day after `day` falls."""
        while number > 0:
            day += timedelta(days=1)
            number -= self.is_workday(day)
        return day

    def on_or_before(self, day):
        """`day` where people work on it, else the last working day before it. Raises UnknownYear."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def is_within(self, first, last, number):
        """Whether at most `number` working days lie between the two days.

        A stretch of four weeks more than `number` weeks always holds more, whatever the calendar says,
        so a day far away is answered without its year. Raises UnknownYear for a near one.
        """
        if (last - first).days > 28 + 7 * number:
            return False
        passed = 0
        for step in range(1, (last - first).days + 1):
            passed += self.is_workday(first + timedelta(days=step))
            if passed > number:
                return False
        return True


def add_working_days(day, number):
    """The day on which the `number`th working day after `day` falls. Raises UnknownYear."""
    return WorkCalendar.load().add(day, number)


def keeps_calendar(user):
    """Whether this person enters the days off."""
    return user.has_perm(KEEP)


def keepers_of_calendar():
    """The people whose role it is to enter the days off; superusers are not, though they may."""
    return get_user_model().objects.with_perm(
        KEEP, include_superusers=False, backend="django.contrib.auth.backends.ModelBackend")


def missing_year(today=None):
    """The year whose days off should be entered by now and are not: this one, or from November the next; else None."""
    today = today or timezone.localdate()
    wanted = [today.year, *([today.year + 1] if today.month >= REMINDED_FROM else [])]
    known = set(CalendarYear.objects.filter(is_complete=True, year__in=wanted).values_list("year", flat=True))
    return next((year for year in wanted if year not in known), None)


# --- the seed ------------------------------------------------------------------------------------
def known_days():
    """{year: {day: (is_workday, name)}} of the years chinesecalendar knows."""
    from chinese_calendar.constants import Holiday, holidays, workdays  # 20 years of days: only when seeding

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    years = defaultdict(dict)
    for is_workday, days in ((False, holidays), (True, workdays)):
        for day, name in days.items():
            label = names.get(name, "")
            years[day.year][day] = (is_workday, f"{label}调休" if is_workday else label)
    return {year: days for year, days in years.items() if year >= FIRST_YEAR}


def seed_calendar(using="default", **kwargs):
    """Enter the years that are not there. A year that is there belongs to its editors and is left alone."""
    there = set(CalendarYear.objects.using(using).values_list("year", flat=True))
    missing = {year: days for year, days in known_days().items() if year not in there}
    with transaction.atomic(using=using):
        for year, days in missing.items():
            row = CalendarYear.objects.using(using).create(year=year, is_complete=True)
            CalendarDay.objects.using(using).bulk_create(
                [CalendarDay(year=row, day=day, is_workday=is_workday, name=name)
                 for day, (is_workday, name) in sorted(days.items())],
                ignore_conflicts=True,  # a day an editor had entered stays as it is
            )
    return sorted(missing)


def seed_after_migrate(using="default", **kwargs):
    """After every migration; not while the tables are still, or no longer, away."""
    from django.db import connections

    if CalendarDay._meta.db_table in connections[using].introspection.table_names():
        seed_calendar(using)
