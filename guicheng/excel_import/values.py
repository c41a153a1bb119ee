"""What a cell means. Every function gives a value or raises `Unclear` with the end of a sentence."""
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from guicheng.text import clean_text

ODD = "#出错的公式", "#没有结果的公式"  # what the reader puts where a formula has no value
EXCEL_ZERO = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = 5000
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
TO_TEN_THOUSAND = {"元": Decimal("0.0001"), "万元": Decimal(1), "万": Decimal(1), "亿元": Decimal(10000),
                   "亿": Decimal(10000)}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．％／－（）", "0123456789.%/-()")


class Unclear(ValueError):
    """The cell cannot be understood; the text says why."""


def plain_text(value):
    """A cell as clean text: a whole number without ".0", a day as 2021-09-01."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == value.time().min else "%Y-%m-%d %H:%M")
    return str(value)


def text_of(value, longest=LONGEST):
    text = plain_text(value)
    if text in ODD:
        raise Unclear(f"是{text[1:]}，请在 Excel 里改成值再上传")
    if len(text) > longest:
        raise Unclear(f"太长，有 {len(text)} 个字，最多 {longest} 个")
    return text


def number_of(value):
    text = text_of(value).translate(FULL_WIDTH)
    if not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) <= 32767:
        raise Unclear(f"“{short(text)}”不是序号")
    return int(text)


def short(text, length=20):
    return text if len(text) <= length else text[:length] + "……"


# --- days -----------------------------------------------------------------------------------------
_Y, _M, _D = r"(?:(?P<y>\d{4}|\d{2}(?=年)|今年|本年|明年|去年)\s*[年./\-]?\s*)", r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_TAIL = r"(?P<tail>底|末|初|上旬|中旬|下旬|内)?"
_BEFORE = re.compile(r"(之前|以前|前|完成|完工|竣工|左右)+$")
FORMS = [re.compile(form) for form in (
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    rf"(?P<y>\d{{4}}|\d{{2}})\s*[年./\-]\s*{_M}\s*[月./\-]\s*{_D}\s*[日号]?(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?",
    rf"(?P<y>今年|本年|明年|去年)?{_M}\s*月\s*{_D}\s*[日号]?",
    rf"{_Y}?(?:第)?(?P<q>[一二三四1-4])季度{_TAIL}",
    rf"{_Y}?(?P<half>上半年|下半年){_TAIL}",
    rf"{_Y}?{_M}\s*月份?{_TAIL}",
    rf"(?P<y>\d{{4}})\s*[./\-]\s*{_M}",
    rf"(?P<y>\d{{4}}|今年|本年|明年|去年)\s*年?{_TAIL}",
    r"年(?P<tail>底|末|内)",
)]
EXACT = 3  # the first so many forms name one day
_TENTHS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20)}
_SEPARATOR = re.compile(r"\s*(?:至|到|~|～|—+|－|–|-)\s*")


def _year(found, year):
    if found is None:
        if year is None:
            raise Unclear("没有写年份")
        return year
    if not found.isdecimal():
        if year is None:
            raise Unclear("没有写年份")
        return year + {"明年": 1, "去年": -1}.get(found, 0)
    return int(found) + (2000 if len(found) == 2 else 0)


def _span(text, year):
    """The first and last day that a text names, and whether it names one day; None when it names none."""
    for index, form in enumerate(FORMS):
        found = form.fullmatch(text)
        if not found:
            continue
        parts = found.groupdict()
        in_year = _year(parts.get("y"), year)
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
                return _known(day), day, index < EXACT
            first = date(in_year, first_month, 1)
            last = date(in_year, last_month, monthrange(in_year, last_month)[1])
        except ValueError:
            raise Unclear(f"“{short(text)}”不是一个有的日子")
        if parts.get("m") and parts.get("tail") in _TENTHS:
            begin, end = _TENTHS[parts["tail"]]
            return _known(first.replace(day=begin)), first.replace(day=end), False
        return _known(first), last, False
    return None


def _known(day):
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unclear(f"{day.year} 年不对，请检查年份")
    return day


def span_of(value, year=None):
    """(first day, last day, the words to keep, whether it is a range).

    The words are "" where an exact day leaves nothing to keep; 长期 and what else is no date has no days.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _known(value), value, "", False
    if isinstance(value, float | int) and not isinstance(value, bool) and 30_000 <= value < 75_000:
        day = EXCEL_ZERO + timedelta(days=int(value))
        return day, day, "", False
    if isinstance(value, float) and str(value)[4:] == ".1":
        raise Unclear(f"“{value}”看不出是 1 月还是 10 月，请写成 {int(value)}-01 或 {int(value)}-10")
    text = text_of(value, 200)
    folded = text.translate(FULL_WIDTH)
    if re.fullmatch(r"[3-7]\d{4}(\.0)?", folded):
        return span_of(float(folded), year)
    folded = _BEFORE.sub("", re.sub(r"\s+", " ", folded)).strip()
    if found := _span(folded, year):
        first, last, exact = found
        return first, last, "" if exact and "前" not in text else text, False
    if found := _range(folded, year):
        return *found, text, True
    if re.search(r"\d\s*[年月./\-]\s*\d|\d+\s*[月日号]", folded) and len(folded) < 16:
        raise Unclear(f"“{short(text)}”看不出是哪一天")
    if len(text) > 60:
        raise Unclear("太长，时限最多 60 个字")
    return None, None, text, False


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


def day_of(value, year=None):
    """The one day a cell names; of a month its last."""
    last = span_of(value, year)[1]
    if last is None:
        raise Unclear(f"“{short(plain_text(value))}”看不出是哪一天")
    return last


# --- figures ----------------------------------------------------------------------------------------
def percent_of(value, is_fraction=False):
    """A whole percentage: 60, "60%", "已完成60%", or 0.6 where the cell is shown as a percentage."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        share = value * 100 if 0 < value < 1 or (is_fraction and value == 1) else value
    else:
        text = text_of(value).translate(FULL_WIDTH)
        found = re.fullmatch(r"(?:已?完成)?\s*约?\s*(\d{1,4}(?:\.\d+)?)\s*(%|％)?(?:左右)?", text)
        if not found:
            raise Unclear(f"“{short(text)}”不是百分比")
        share = float(found[1])
        if not found[2] and 0 < share < 1:
            share *= 100
    if not 0 <= share <= 100:
        raise Unclear("应在 0 到 100 之间")
    return round(share)


def amount_of(value, unit=""):
    """An amount in 万元. `unit` is what the heading says."""
    text = text_of(value).translate(FULL_WIDTH).replace(",", "").replace("，", "")
    found = re.fullmatch(r"(?:约|人民币|￥|¥)?\s*(\d+(?:\.\d+)?)\s*(亿元|万元|元|亿|万)?(?:左右|人民币)?", text)
    if not found:
        raise Unclear(f"“{short(text)}”不是金额")
    said = found[2] or unit
    try:
        amount = (Decimal(found[1]) * TO_TEN_THOUSAND[said or "万元"]).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Unclear(f"“{short(text)}”太大")
    if not said and amount > 100_000:
        raise Unclear(f"“{short(text)}”没有写单位，按万元算太大，请写明元或万元")
    if amount >= Decimal(10) ** 12:
        raise Unclear(f"“{short(text)}”太大")
    return amount


def unit_in(heading):
    """The unit of money that stands in a heading: 投资额（亿元）."""
    found = re.search(r"亿元|万元|元", heading)
    return found[0] if found else ""


def parts_of(text):
    """The names that stand in one cell, between commas, strokes or line breaks."""
    return [part for part in re.split(r"[、，,；;/\n]+", text) if part.strip()]
