"""What somebody typed as a figure, in the words of people: 300多, 约8000名, 1.39亿元, 百分之九十八.

The qualifier is kept as it was said. What can be read in two ways is refused with a sentence, never guessed.
"""
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

from guicheng import words
from guicheng.excel_import.values import chinese_number, half_width, short
from guicheng.fields import Qualifier

BEFORE = {"大约": "约", "约": "约", "大概": "约", "将近": "近", "接近": "近", "近": "近", "超过": "超", "超": "超",
          "逾": "超", "突破": "超"}
AFTER = {"左右": "左右", "上下": "左右", "多": "多", "余": "多"}
BOUNDS = re.compile("以上|以下|以内|不到|不足|至少|最多")
SIZES = {"千": 10**3, "万": 10**4, "亿": 10**8}
FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = re.compile(rf"([-负]?)(?:({FIGURES})([千万亿]*)|([〇零一二两三四五六七八九十百千万亿点]+))")
TWO_FIGURES = re.compile("[一二两三四五六七八九][〇零一二两三四五六七八九]")  # 两三百 is no number, 二〇二一 a year
PEOPLE = frozenset("人名位")
RANGE = re.compile(r"\d(?:[-~—–至到]+|-)\d")
MOST = Decimal(10) ** 12
PLACES = 4
JUMP = 3  # times what was said before, or less than that part of it: looked at once more


@dataclass(frozen=True)
class Value:
    """A number with its qualifier, in the unit of its metric."""

    number: Decimal
    qualifier: str = Qualifier.EXACT

    def told(self, unit):
        return words.quantity(self.number, unit, self.qualifier)


def read_value(typed, metric):
    """The Value that a text says of this metric, None where it says nothing. Raises ValidationError with a sentence."""
    text = half_width(typed)
    if not text:
        return None
    if re.search(r"[()\[\]]", text):
        raise ValidationError("括号里的话请写到“说明”里，这一格只填数。")
    if found := BOUNDS.search(text):
        raise ValidationError(f"“{found[0]}”看不出是多少，请写成“超”“多”“约”或确数。")
    if RANGE.search(text):
        raise ValidationError("填了一段，请只填一个数；两个数都要说的，写到“说明”里。")
    before, rest = _taken(text, BEFORE)
    share = rest.startswith("百分之")
    found = NUMBER.match(rest.removeprefix("百分之"))
    if not found or not found[0].strip("-负"):
        raise ValidationError(f"“{short(text)}”不是一个数；没有的填 0。")
    after, size, unit = _after(rest.removeprefix("百分之")[found.end():])
    if before and after:
        raise ValidationError(f"“{before}”和“{after}”请只写一个。")
    number = _number(found) * size * _scale(found[3] or "" if found[2] else "", size, unit, metric, share)
    return Value(_checked(number, metric), before or after)


def _taken(text, marks):
    """(the qualifier, the rest) of a text that begins with one of `marks`."""
    for mark in marks:
        if text.startswith(mark):
            return marks[mark], text.removeprefix(mark)
    return "", text


def _after(text):
    """(qualifier, size, unit) of what follows the number: 多万人次, 人次左右, 余."""
    qualifier, text = _taken(text, AFTER)
    size = 1
    if qualifier and text[:1] in SIZES:  # 3多万 is said of 万
        size, text = SIZES[text[0]], text[1:]
    for mark in AFTER:
        if not qualifier and text.endswith(mark):
            qualifier, text = AFTER[mark], text.removesuffix(mark)
    return qualifier, size, text


def _number(found):
    if found[4]:
        number = chinese_number(found[4])
        if number is None or TWO_FIGURES.search(found[4].partition("点")[0]):
            raise ValidationError(f"“{found[4]}”不是一个确切的数。")
    else:
        number = Decimal(found[2].replace(",", ""))
        for sign in found[3]:
            number *= SIZES[sign]
    return -number if found[1] else number


def _scale(sizes, size, unit, metric, share):
    """By what the number is to be multiplied to stand in the metric's unit. Raises ValidationError."""
    own = half_width(metric.unit)
    if share or unit == "%":
        if own != "%":
            raise ValidationError(f"这个数的单位是“{metric.unit}”，不是百分比。")
        return 1
    if own == "%":
        if unit:
            raise ValidationError(f"这个数是百分比，“{short(unit)}”对不上。")
        return 1
    own_size, base = (SIZES[own[0]], own[1:]) if own[0] in SIZES else (1, own)
    if unit not in ("", base, own) and not _means(unit, base):
        raise ValidationError(f"这个数的单位是“{metric.unit}”，“{short(unit)}”对不上。")
    is_in_base = bool(sizes) or size > 1 or own_size > 1 and unit == base != ""
    return Decimal(1) / own_size if is_in_base else 1


def _means(unit, base):
    """Whether people use one word for the other: 人 and 名, 个 for 个小区. Never 人 for 人次."""
    return {unit, base} <= PEOPLE or unit == "个" and base.startswith("个")


def _checked(number, metric):
    try:
        number = number.normalize()
        if abs(number) >= MOST:
            raise ValidationError("这个数太大，请核对。")
        if round(number, PLACES) != number:
            raise ValidationError(f"最多 {PLACES} 位小数，单位是“{metric.unit}”。")
    except InvalidOperation:
        raise ValidationError("这个数太大，请核对。") from None
    if number < 0 and not metric.allows_negative:
        raise ValidationError("这个数不能小于 0。")
    return number + 0  # no minus before a nought


def jumped(number, before):
    """Whether a number is so far from the one said before that a slip of the hand is likely."""
    if before is None or before <= 0 or number < 0:
        return False
    return number >= before * JUMP or number * JUMP <= before
