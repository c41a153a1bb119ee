"""Quarters as half-open ranges of Asia/Shanghai days."""
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a year: `2021Q4`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text):
        """Read "2021Q4". Raises ValidationError with a sentence when it is no quarter."""
        match = re.fullmatch(r"(20[0-9]{2})[Qq]([1-4])", text)
        if not match:
            raise ValidationError(f"“{text[:20]}”不是一个季度，应写成 2021Q4 的样子。")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day):
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def current(cls):
        return cls.of(timezone.localdate())

    @property
    def first_day(self):
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def end(self):
        """The first day after the quarter: the range is first_day <= day < end."""
        return self.next.first_day

    @property
    def last_day(self):
        return self.end - timedelta(days=1)

    @property
    def next(self):
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self):
        return Quarter.of(self.first_day - timedelta(days=1))

    @property
    def is_over(self):
        return self.last_day < timezone.localdate()

    def __str__(self):
        return f"{self.year}Q{self.number}"

    @property
    def title(self):
        return f"{self.year} 年第{'一二三四'[self.number - 1]}季度"


class QuarterConverter:
    """A quarter in an address. It lets anything through, so that 2021Q5 gets a sentence and not a bare 404."""

    regex = r"[0-9A-Za-z]{1,12}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)
