"""How far a thing is, in percent: by the cell's format, by its words, by its column. Never 100 before done."""
import re
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from functools import lru_cache

from guicheng.excel_import.values import Said, Unclear, chinese_number, exact, half_width, is_number, short, text_of

OF_ONE, OF_HUNDRED = "1 就是 100%", "100 就是 100%"
ABOUT = r"(?:约|大约|近|将近|接近|达到?|超过?)"
SHARE = re.compile(rf"(?:已?完成|进度|目前)?({ABOUT})?(\d{{1,6}}(?:\.\d+)?)(%)?(左右|以上|多)?")
TENTHS = re.compile(rf"(?:已?完成)?({ABOUT})?([一二三四五六七八九十两])成([一二三四五六七八九])?半?(左右|以上|多)?")


def is_share(value, look=""):
    """Whether a cell can be nothing but a share: shown with %, or written so."""
    if is_number(value):
        return look == "percent" or 0 <= value <= 1
    text = half_width(value) if isinstance(value, str) else ""
    found = SHARE.fullmatch(text)
    return bool(found and found[3]) or bool(TENTHS.fullmatch(text)) or text.startswith("百分之")


def scale_of(cells, is_in_percent):
    """What 1 means in a column of numbers without a format: OF_ONE, OF_HUNDRED, or "" where nobody can tell.

    `cells`: (value, look) of the column; `is_in_percent`: whether its heading says %.
    """
    if is_in_percent:
        return OF_HUNDRED
    plain = [exact(number) for value, look in cells if look != "percent" for number in _number(value)]
    if any(number > 1 for number in plain):
        return OF_HUNDRED
    return OF_ONE if any(0 < number < 1 for number in plain) else ""


def _number(value):
    if is_number(value):
        return [value]
    try:
        return [float(half_width(value))] if isinstance(value, str) else []
    except ValueError:
        return []


@lru_cache(2000, typed=True)
def percent_of(value, look="", scale=""):
    """A whole percentage from 0 to 100. `scale` is what `scale_of` says of the column."""
    if is_number(value):
        if look == "percent":
            return _whole(exact(value) * 100)
        return _plain(exact(value), scale)
    text = half_width(text_of(value))
    if found := SHARE.fullmatch(text):
        if not found[3] and not found[1] and not found[4] and text == found[2]:
            return _plain(Decimal(found[2]), scale)
        said = _whole(Decimal(found[2]))
        return Said(said.value, said.note or "写的是约数") if found[1] or found[4] else said
    if found := TENTHS.fullmatch(text):
        share = chinese_number(found[2]) * 10 + (chinese_number(found[3]) if found[3] else 5 if "半" in text else 0)
        return Said(_whole(share).value, "写的是约数" if found[1] or found[4] else "")
    if text.startswith("百分之") and (share := chinese_number(text[3:])) is not None:
        return _whole(share)
    raise Unclear(f"“{short(text)}”不是一个百分比")


def _plain(number, scale):
    if scale == OF_ONE:
        return _whole(number * 100)
    if scale == OF_HUNDRED:
        said = _whole(number)
        return Said(said.value, f"写的是 {number:f}，按 {number:f}% 读") if 0 < number < 1 else said
    if number == 1:
        raise Unclear("写的是 1，看不出是 1% 还是 100%")
    return _whole(number)


def _whole(share):
    try:
        whole = int(share.to_integral_value(ROUND_DOWN))
    except InvalidOperation:
        raise Unclear("不是一个百分比")
    if share < 0:
        raise Unclear("小于 0")
    if share > 100:
        raise Unclear(f"是 {share.normalize():f}%，超过 100%")
    return Said(whole, "" if whole == share else f"是 {share.normalize():f}%，没到就不进位")
