"""Days and spans as offices write them: 2021年12月31日前办结, 三季度初, 3月至11月, 即日起至…, 长期."""
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from guicheng.excel_import.values import (
    FIGURES,
    Choice,
    Question,
    Unclear,
    chinese_number,
    is_number,
    plain_text,
    short,
    text_of,
)

EXCEL_ZERO = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2100
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_Y = r"(?:(?P<y>\d{4}|\d{2}(?=年)|今年|本年|明年|去年)\s*(?:年度?|[./\-])?\s*)"
_M, _D = r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_TAIL = r"(?P<tail>底|末|初|上旬|中旬|下旬|中下旬|上中旬|中|内)?"
FORMS = [re.compile(form) for form in (
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    rf"(?P<y>\d{{4}}|\d{{2}})\s*[年./\-]\s*{_M}\s*[月./\-]\s*{_D}\s*[日号]?(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?",
    rf"(?P<y>今年|本年|明年|去年)?{_M}\s*月\s*{_D}\s*[日号]?",
    rf"{_Y}?(?:第)?(?P<q>[一二三四1-4])季度?{_TAIL}",
    rf"{_Y}?Q(?P<q>[1-4]){_TAIL}",
    rf"{_Y}?(?P<half>上半年|下半年){_TAIL}",
    rf"{_Y}?{_M}\s*月份?{_TAIL}",
    rf"(?P<y>\d{{4}})\s*[./\-]\s*{_M}",
    rf"(?P<y>\d{{4}}|今年|本年|明年|去年)\s*(?:年度?)?(?:年)?{_TAIL}",
    r"(?:全)?年(?P<tail>底|末|内)?",
    rf"{_M}[.]{_D}",
)]
EXACT = 3  # the first so many forms name one day
_PARTS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "中": (11, 20)}
_SEPARATOR = re.compile(r"\s*(?:至|到|~|—+|–|-)\s*")
_BEFORE = re.compile(r"(?:\(前\)|之前|以前|前|内)?(?:全部|基本)?"
                     r"(?:完成|完工|竣工|办结|投用|投入使用|建成|交付|验收|开放|启用)?(?:之前|以前|前|左右)?$")
_LEAD = re.compile(r"^(?:预计|计划|力争|争取|确保|拟|拟于|约|于|在|最迟|不晚于|完成时限[:：]?)+")
_WEEKDAY = re.compile(r"\((?:星期|周|礼拜)[一二三四五六日天]\)")
_NAMED = re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*[日号])?"
                    r"|(?<![\d年])(?P<m2>\d{1,2})月")


@dataclass(frozen=True)
class Span:
    """The days that a cell names. `words`: what is to be kept of it, "" where an exact day leaves nothing to keep.

    No days: 长期 and what else is no date. `at_end`: whether it speaks of the end of its span (年底).
    """

    first: date | None
    last: date | None
    words: str = ""
    is_range: bool = False
    note: str = ""
    at_end: bool = False


@lru_cache(2000, typed=True)  # the days of a list come again and again
def spans_of(value, look="", year=None, is_text_file=False):
    """The `Span` of a cell. `year`: of a day without one. Raises Unclear, and Question where it may be two days."""
    if isinstance(value, date):
        return _of_day(value.date() if isinstance(value, datetime) else value, look)
    if is_number(value):
        return _of_number(value, look)
    text = text_of(value, 200)
    folded = _folded(text)
    if is_text_file and re.fullmatch(r"\d{4}\.1", folded):
        raise Question(f"“{text}”是 1 月还是 10 月？Excel 会把 {folded}0 写成 {folded}",
                       _january_or_october(folded[:4]))
    if re.fullmatch(r"[3-7]\d{4}(\.0)?", folded):
        return _of_number(float(folded), look)
    note = ""
    if found := re.search(r"\(([^()]*)\)$", folded):
        folded, note = folded[:found.start()], f"里的“（{found[1]}）”没有读成日期"
    bare = _BEFORE.sub("", _LEAD.sub("", folded)).strip()
    return _of_text(text, bare, year, note)


def _of_day(day, look):
    _known(day)
    if look == "month":
        return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    if look == "year":
        return Span(date(day.year, 1, 1), date(day.year, 12, 31), note="只显示年份，按那一年算")
    return Span(day, day)


def _of_number(value, look):
    if 30_000 <= value < 75_000:
        day = EXCEL_ZERO + timedelta(days=int(value))
        said = _of_day(day, look)
        return said if look else Span(day, day, note=f"写的是 {value:g}，按 Excel 的日期读成 {day:%Y-%m-%d}")
    if float(value).is_integer() and FIRST_YEAR <= value <= LAST_YEAR:
        return Span(date(int(value), 1, 1), date(int(value), 12, 31), str(int(value)), note="只写了年份，按那一年算")
    if float(value).is_integer() and 19900101 <= value <= 21001231:
        found = _span(str(int(value)), None)
        return Span(found[0], found[1])
    if str(value)[4:] == ".1":
        raise Unclear(f"“{value}”看不出是 1 月还是 10 月", _january_or_october(int(value)))
    found = _span(str(value), None)
    if found is None:
        raise Unclear(f"“{value:g}”不是日期")
    return Span(found[0], found[1], str(value), note="是数字，按年和月读")


def _january_or_october(year):
    return [Choice(f"{year}年{month}月", f"{year} 年 {month} 月") for month in (1, 10)]


def _folded(text):
    """A text of days with its signs in half width, its Chinese figures as figures, without the day of the week."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[〇零一二三四五六七八九]{4}(?=年)",
                    lambda found: "".join(str(FIGURES[sign]) for sign in found[0]), folded)
    folded = re.sub(r"[一二三四五六七八九十]{1,3}(?=[月日号])", lambda found: str(chinese_number(found[0])), folded)
    folded = re.sub(r"年年(?=[底末初])", "年", folded.replace("~", "至"))
    return re.sub(r"\s+", " ", _WEEKDAY.sub("", folded)).strip()


def _of_text(text, bare, year, note):
    until = re.fullmatch(r"(?:即日起?|自?即日起|现在起)\s*(?:至|到)\s*(.+)", bare)
    if until and (said := _span(until[1], year)):
        return Span(None, said[1], text, True, note)
    since = re.fullmatch(r"自?(.+?)(?:起|开始|以后|之后)", bare)
    if since and (said := _span(since[1], year)):
        return Span(said[0], None, text, note="只写了从哪天起，没有写到哪天")
    if said := _span(bare, year):
        first, last, is_exact, tail = said
        if tail in ("初", "中下旬", "上中旬"):
            note = note or f"写的是“{short(text)}”，记到 {last:%Y-%m-%d}"
        keeps = not is_exact or "前" in text or note
        return Span(first, last, text if keeps else "", False, note, tail in ("底", "末"))
    if said := _range(bare, year):
        return Span(*said, text, True, note)
    return _of_words(text, bare, year)


def _of_words(text, bare, year):
    """Days that stand among other words: the last of them, with a note; else words only."""
    named = list(_NAMED.finditer(bare))
    if re.search(r"\d\s*[年月./\-]\s*\d|\d+\s*[月日号]", bare) and not named:
        raise Unclear(f"“{short(text)}”看不出是哪一天")
    if len(text) > 60:
        raise Unclear("太长，时限最多 60 个字")
    if not named or "后" in bare:
        return Span(None, None, text, note="不是日期，只记下原文")
    years = [found["y"] for found in named if found["y"]]
    last = named[-1]
    in_year = int(last["y"] or (years[-1] if years else year or 0))
    said = _span(f"{in_year}年{last['m'] or last['m2']}月" + (f"{last['d']}日" if last["d"] else ""), year)
    return Span(None, said[1], text, True, f"写了别的话，按最后的日子记到 {said[1]:%Y-%m-%d}")


def _year(found, year):
    if found is None or not found.isdecimal():
        if year is None:
            raise Unclear("没有写年份")
        return year + {"明年": 1, "去年": -1}.get(found, 0)
    return int(found) + (2000 if len(found) == 2 else 0)


def _span(text, year):
    """(first day, last day, whether it names one day, its tail) of what a text names; None where it names none."""
    for index, form in enumerate(FORMS):
        found = form.fullmatch(text)
        if not found:
            continue
        parts = found.groupdict()
        in_year, tail = _year(parts.get("y"), year), parts.get("tail")
        first_month, last_month = 1, 12
        if parts.get("m"):
            first_month = last_month = int(parts["m"])
        elif parts.get("q"):
            first_month = QUARTERS[parts["q"]] * 3 - 2
            last_month = first_month + 2
        elif parts.get("half"):
            first_month, last_month = (1, 6) if parts["half"] == "上半年" else (7, 12)
        try:
            if parts.get("d"):
                day = date(in_year, first_month, int(parts["d"]))
                return _known(day), day, index < EXACT, tail
            if tail == "初" and not parts.get("m"):
                last_month = first_month  # the beginning of a quarter or year: its first month
            first = date(in_year, first_month, 1)
            last = date(in_year, last_month, monthrange(in_year, last_month)[1])
        except ValueError:
            raise Unclear(f"“{short(text)}”不是一个有的日子")
        if parts.get("m") and tail in _PARTS:
            begin, end = _PARTS[tail]
            return _known(first.replace(day=begin)), first.replace(day=end), False, tail
        return _known(first), last, False, tail
    return None


def _known(day):
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unclear(f"{day.year} 年不对，请检查年份")
    return day


def _range(text, year):
    """The days between which something is to happen: "6月至9月", "2021.3-2021.9", "3-9月"."""
    for cut in _SEPARATOR.finditer(text):
        left, right = text[:cut.start()], text[cut.end():]
        if not left or not right:
            continue
        try:
            if re.fullmatch(r"\d{1,2}", left) and "月" in right:
                left += "月"
            begin = _span(left, year)
            if begin and re.fullmatch(r"\d{1,2}[日号]", right):
                right = f"{begin[0].year}年{begin[0].month}月{right}"
            end = begin and _span(right, begin[0].year if begin else year)
        except Unclear:
            continue
        if begin and end and begin[0] <= end[1]:
            return begin[0], end[1]
    return None


def day_of(value, look="", year=None):
    """The one day a cell names; of a month its last."""
    last = spans_of(value, look, year).last
    if last is None:
        raise Unclear(f"“{short(plain_text(value))}”看不出是哪一天")
    return last
