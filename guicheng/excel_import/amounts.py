"""Amounts of money in 万元: the unit in the cell, in its format, in the heading, above the header, or nowhere."""
import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

from guicheng.excel_import.values import Said, Unclear, chinese_number, exact, half_width, is_number, short, text_of

TO_TEN_THOUSAND = {"元": Decimal("0.0001"), "千元": Decimal("0.1"), "万元": Decimal(1), "万": Decimal(1),
                   "十万元": Decimal(10), "百万元": Decimal(100), "千万元": Decimal(1000), "亿元": Decimal(10000),
                   "亿": Decimal(10000)}
UNITS = r"(?:亿|千万|百万|十万|万|千)?元|亿|万"
IN_HEADING = re.compile(rf"[(\[【/／:\-—](?:单位:)?(?:人民币)?({UNITS})(?:[)\]】]|$)|((?:亿|千万|百万|十万|万|千)元)$")
ABOVE = re.compile(rf"(?:金额|投资|货币|计量)?单位:(?:人民币)?({UNITS})(?![\u4e00-\u9fff])")
MARKS = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])|(?:人民币)$", re.IGNORECASE)
ABOUT = re.compile(r"^(不超过|不高于|不低于|最高|约|大约|近|将近|预计|暂定|拟|概算|估算)|(左右|以内|以上|余|多|上下)$")
NUMBER = r"\d+(?:\.\d+)?(?:[eE][+]?\d{1,2})?"
LARGE = 10_000  # a plain number without any unit from here on looks like 元


def unit_in(heading):
    """The unit of money that stands in a heading: 投资额（亿元）; "" where none does."""
    found = IN_HEADING.search(half_width(heading))
    return (found[1] or found[2]) if found else ""


def unit_above(texts):
    """The unit of money that is told above a header: 单位：元; "" where none is. 填报单位 names an office."""
    return next((found[1] for found in map(ABOVE.search, map(half_width, texts)) if found), "")


@lru_cache(2000, typed=True)
def amount_of(value, look="", unit=""):
    """An amount in 万元, to 0.01. `unit` is what the heading or the row above it says."""
    if is_number(value):
        said = {"¥": "¥"}.get(look, look if look in TO_TEN_THOUSAND else "")
        note = "的格式不显示千位以后，按格子里存的数读" if look == "scaled" else ""
        return _in_ten_thousand(exact(value), said, unit, note, short(f"{value:g}"))
    text = half_width(text_of(value)).replace(",", "")
    note = []
    bare = re.sub(r"\([^()]*\)$", "", text)
    if bare != text and bare:
        note.append(f"里的“{text[len(bare):]}”没有读")
    else:
        bare = text
    while found := ABOUT.search(bare):
        bare = bare[:found.start()] + bare[found.end():]
        note.append(f"写了“{found[0]}”，记的是后面的数" if found[1] else f"写了“{found[0]}”，记的是约数")
    has_mark = bool(re.search("^(RMB|CNY|[¥￥])", bare, re.IGNORECASE))
    bare = MARKS.sub("", bare).removesuffix("整").removesuffix("人民币")
    number, said = _split(bare, text)
    return _in_ten_thousand(number, said or ("¥" if has_mark else ""), unit, "；".join(note), short(text))


def _split(bare, text):
    """(number, unit) of an amount without its marks."""
    if found := re.fullmatch(rf"({NUMBER})({UNITS})?", bare):
        return Decimal(found[1]), found[2] or ""
    found = re.fullmatch(r"(.+?)(元)?", bare)
    number = chinese_number(found[1].removesuffix("块")) if found else None
    if number is not None:
        return number / LARGE, "万元"  # spelt amounts have their 万 in the number
    raise Unclear(f"“{short(text)}”不是一个金额")


def _in_ten_thousand(number, said, unit, note, text):
    """`said`: the unit of the cell itself, ¥ where only a mark of money stands there."""
    if number < 0:
        raise Unclear(f"“{text}”小于 0")
    if said == "¥":
        said = "元" if not unit or (unit != "元" and number >= LARGE) else unit
        if unit and unit != "元":
            note = _joined(note, f"带 ¥，按{said}读，和表头的“{unit}”请核对")
    elif said and unit and _whole(said) != _whole(unit) and TO_TEN_THOUSAND[said] != TO_TEN_THOUSAND[unit]:
        if _whole(said) == "元" and number >= LARGE:
            note = _joined(note, f"自己写了“{said}”，没有按表头的“{unit}”读")
    elif not said and not unit:
        if number >= LARGE:
            raise Unclear(f"“{text}”没有写单位，看不出是元还是万元")
        note = _joined(note, "没有写单位，按万元读")
    try:
        full = number * TO_TEN_THOUSAND[said or unit or "万元"]
        amount = full.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    except InvalidOperation:
        raise Unclear(f"“{text}”太大")
    if amount >= Decimal(10) ** 10:
        raise Unclear(f"“{text}”太大")
    if amount != full:
        if not amount:
            raise Unclear(f"“{text}”不到 0.01 万元")
        note = _joined(note, f"精确到 0.01 万元，记为 {amount} 万元")
    return Said(amount, note)


def _whole(unit):
    return unit if unit.endswith("元") else f"{unit}元"


def _joined(*notes):
    return "；".join(note for note in notes if note)
