"""Is the portal well? A list of checks, each with what it saw, what that means and what to do about it.

An app adds its own by the decorator `check`; `guicheng/upkeep/checks.py` has those that know no app. Whoever asks gets
what was seen a moment ago, so that nobody can stop the site by asking.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from threading import Lock
from time import monotonic

from django.db import DatabaseError
from django.utils import timezone

KEPT = 5  # seconds
STILL_GOOD = 60  # seconds: given to whoever asks while somebody else is looking
WAIT, AT_ONCE = 10, 0.01  # seconds for somebody else's look: where there is nothing to give, and where there is


class Level(IntEnum):
    OK = 0, "正常"
    WARN = 1, "留意"
    BAD = 2, "要处理"

    def __new__(cls, value, label):
        level = int.__new__(cls, value)
        level._value_, level.label = value, label
        return level


@dataclass(frozen=True)
class Seen:
    """What a check saw, in a sentence, and what to do."""

    level: Level
    said: str
    todo: str = ""


@dataclass(frozen=True)
class Check:
    """`meaning` says to a person what is looked at and why."""

    key: str
    title: str
    meaning: str
    look: Callable[[], Seen]


@dataclass(frozen=True)
class Health:
    """All checks at one instant. `is_well` is the one place that says what makes /healthz say no: anything BAD."""

    at: datetime
    found: list  # of (Check, Seen)

    @property
    def level(self):
        return max((seen.level for _, seen in self.found), default=Level.OK)

    @property
    def is_well(self):
        return self.level < Level.BAD

    def count(self, level):
        return sum(seen.level == level for _, seen in self.found)


SILENT = Seen(Level.BAD, f"查了 {WAIT} 秒还没有结果。", "看数据库是不是太忙，网络是不是断了。")
CHECKS = {}  # key -> Check, in the order of the page


def check(key, title, meaning):
    """Add a check: the function looks, in a few cheap questions, and gives what it Seen. It never writes."""
    def add(look):
        CHECKS[key] = Check(key, title, meaning, look)
        return look

    return add


def examine():
    """Look now. What cannot be looked at is BAD."""
    found = []
    for each in CHECKS.values():
        try:
            seen = each.look()
        except DatabaseError as error:
            seen = Seen(Level.BAD, f"数据库答不了（{_first_line(error)}）。", "先把数据库修好。")
        except OSError as error:
            seen = Seen(Level.BAD, f"看不了（{error.strerror or error}：{error.filename or ''}）。", "检查文件和权限。")
        found.append((each, seen))
    return Health(timezone.now(), found)


def _first_line(error):
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


class _Kept:
    """The newest Health of this process. One looks at a time; the others get what there is."""

    def __init__(self):
        self.health, self.at, self.lock = None, 0.0, Lock()

    def give(self):
        known, age = self.health, monotonic() - self.at
        if known and age < KEPT:
            return known
        if not self.lock.acquire(timeout=AT_ONCE if known and age < STILL_GOOD else WAIT):
            return known if known and age < STILL_GOOD else Health(timezone.now(), [(CHECKS["database"], SILENT)])
        try:
            if self.health is known:
                self.health, self.at = examine(), monotonic()
            return self.health
        finally:
            self.lock.release()

    def forget(self):
        """Look anew at the next question."""
        self.health = None


kept = _Kept()


def health():
    """The Health of at most KEPT seconds ago."""
    return kept.give()
