"""Reading the portal as of another day: `?asof=2021-06-30`, and `&known_at=` for what was known at an instant.

A view marked `@travelling(…)` finds the moment in `request.moment`: NOW on a plain page, which costs nothing. On the
page of another day every link to a page that travels too keeps the day, and search engines are asked to stay away.
"""
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from html import escape, unescape
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.exceptions import ValidationError
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import timezone

from guicheng import words

NAMES = ("asof", "known_at")
LINK = re.compile(r'(<a (?![^>]*\bdata-now\b)(?:[^>]*? )?href=")([^"#]*)')


@dataclass(frozen=True)
class Moment:
    """A day, and the instant until which what was recorded counts. Without a day it is now, and false."""

    day: date | None = None
    known_at: datetime | None = None

    def __bool__(self):
        return self.day is not None

    @property
    def query(self):
        """What an address says to come back to it."""
        if not self:
            return {}
        known = {"known_at": self.known_at.isoformat()} if self.known_at else {}
        return {"asof": self.day.isoformat(), **known}

    @property
    def in_name(self):
        """What a file's name says of it."""
        return f"（{self.day}）" if self else ""

    def has(self, day):
        """Whether something of that day, or of no known day, was there by then."""
        return not self or day is None or day <= self.day


NOW = Moment()


def read_day(text):
    """Read "2021-06-30". Raises ValidationError with a sentence."""
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"“{text[:20]}”不是一个日期，应写成 2021-06-30 的样子。") from error


def check_day(day, first_day):
    """Raises ValidationError where nothing is to be seen on that day; `first_day()` is the day of the first entry."""
    today = timezone.localdate()
    if day > today:
        raise ValidationError(f"{words.day(day)}还没有到，最晚可看到今天（{words.day(today)}）。")
    first = first_day()
    if first is None:
        raise ValidationError("还没有录入清单和进展，没有以前的情况可看。")
    if day < first:
        raise ValidationError(f"本站的资料从 {words.day(first)}开始，看不到 {words.day(day)}的情况。")


def read_instant(text):
    """Read an ISO instant; without a time zone it is Beijing's. Raises ValidationError with a sentence."""
    try:
        # a plus sign that nobody escaped arrives as a space
        instant = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", text) if "T" in text else text)
        if timezone.is_naive(instant):
            instant = timezone.make_aware(instant)
        timezone.localtime(instant)
        instant.astimezone(UTC)  # the first day of year 1 in Beijing has none
    except (ValueError, OverflowError) as error:
        raise ValidationError(f"“{text[:32]}”不是一个时刻，应写成 2022-01-05T09:00:00+08:00 的样子。") from error
    if instant > timezone.now():
        raise ValidationError("“按何时所知”不能在现在以后。")
    return instant


def read_moment(query, first_day):
    """The moment an address asks for, NOW where it asks for none. Raises ValidationError with one sentence."""
    asof, known_at = (query.get(name, "").strip() for name in NAMES)
    if not asof and not known_at:
        return NOW
    known_at = read_instant(known_at) if known_at else None
    day = read_day(asof) if asof else timezone.localdate(known_at)
    check_day(day, first_day)
    return Moment(day, known_at)


def travelling(first_day, sentence_page, keeps=True):
    """A decorator for public views. A moment that cannot be read is answered by `sentence_page(request, 400, …)`.

    `keeps`: whether links to this view keep the day.
    """
    def decorate(view):
        @wraps(view)
        def travelled(request, *args, **kwargs):
            try:
                request.moment = read_moment(request.GET, first_day)
            except ValidationError as error:
                return sentence_page(request, 400, " ".join(error.messages))
            response = view(request, *args, **kwargs)
            if request.moment:
                response["X-Robots-Tag"] = "noindex"
                if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
                    response.content = keep_in_links(response.text, request)
            return response

        travelled.keeps_moment = keeps
        return travelled

    return decorate


def keep_in_links(html, request):
    """Add the moment to the links that lead to pages which can show it too."""
    known = {}

    def changed(match):
        address = match[2]
        if address not in known:
            known[address] = _with_moment(unescape(address), request)
        return match[1] + (escape(known[address]) if known[address] else address)

    return LINK.sub(changed, html)


def _with_moment(address, request):
    parts = urlsplit(urljoin(request.path, address))
    if not address or parts.scheme or parts.netloc or "asof=" in parts.query:
        return None
    try:
        view = resolve("/" + parts.path.removeprefix(get_script_prefix())).func
    except Resolver404:
        return None
    if not getattr(view, "keeps_moment", False):
        return None
    return f"{address}{'&' if parts.query else '?'}{urlencode(request.moment.query)}"
