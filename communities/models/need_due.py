"""By when a need is to be answered, and how that day is reckoned, day by day.

Counted are the working days after the day it was taken on (《民法典》第二百零一条: the first day does not count), as
many as its kind has and as were added by an extension. A day on which it rests, from the day the rest begins to the day
before it ends, is not counted.
"""
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from communities.models.need_moves import RESTING, Verb
from guicheng.days.workdays import UnknownYear, WorkCalendar

MOST_DAYS = 400  # calendar days that are looked at; past that something else is wrong


@dataclass(frozen=True)
class Rest:
    """Days that do not count: from `first` to the day before `until`; without `until` it still rests."""

    first: date
    until: date | None
    why: str

    def holds(self, day):
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Reckoned:
    """The sum for one need. `days`: what each day from the first to the last counted for; `due_on` None: not known."""

    accepted_on: date
    allowed: int
    extended: int
    rests: list
    days: list
    due_on: date | None
    why_unknown: str = ""

    @property
    def rested(self):
        """Working days that did not count because it rested."""
        return sum(day.kind == "rest" for day in self.days)

    @property
    def off(self):
        """Weekends and holidays in between."""
        return sum(day.kind == "off" for day in self.days)

    def number_on(self, day):
        """The how-manieth working day `day` is, 0 on the first; None outside."""
        found = [each.number for each in self.days if each.day <= day]
        return found[-1] if found else None


@dataclass(frozen=True)
class Day:
    """One day of the sum. `kind`: first, counted, rest or off; `number` of those counted up to it."""

    day: date
    kind: str
    number: int
    note: str = ""
    is_due: bool = False


def rests_of(events):
    """The rests of a need, by its events in order."""
    found, since, why = [], None, ""
    for event in events:
        on = timezone.localdate(event.at)
        if event.state in RESTING and since is None:
            since, why = on, event.get_verb_display()
        elif event.state not in RESTING and since is not None:
            found.append(Rest(since, on, why))
            since = None
    return found + ([Rest(since, None, why)] if since else [])


def reckoned(need, events, calendar=None):
    """The Reckoned of a need that was taken on, by its events in order."""
    taken_up = max((number for number, event in enumerate(events) if event.verb == Verb.REOPEN), default=0)
    events = events[taken_up:]  # what went before is another term's
    extended = sum(event.days or 0 for event in events if event.verb == Verb.EXTEND)
    return reckon(need.accepted_on, need.answer_days, extended, rests_of(events), calendar)


def reckon(accepted_on, allowed, extended=0, rests=(), calendar=None):
    """The Reckoned of `allowed` working days, and `extended` more, after `accepted_on`."""
    calendar = calendar or WorkCalendar.load()
    days, number, day = [Day(accepted_on, "first", 0)], 0, accepted_on

    def result(due_on, why=""):
        return Reckoned(accepted_on, allowed, extended, list(rests), days, due_on, why)

    if any(rest.until is None for rest in rests):
        return result(None, "正在暂停，日子停在这里；恢复以后再往下数。")
    while number < allowed + extended and len(days) < MOST_DAYS:
        day += timedelta(days=1)
        try:
            works = calendar.is_workday(day)
        except UnknownYear as unknown:
            return result(None, f"{unknown}。")
        rest = next((rest for rest in rests if rest.holds(day)), None)
        kind = "off" if not works else "rest" if rest else "counted"
        number += kind == "counted"
        days.append(Day(day, kind, number, rest.why if kind == "rest" else "",
                        kind == "counted" and number == allowed + extended))
    return result(day) if days[-1].is_due or not allowed + extended else result(None, "日子太长，算不出来。")
