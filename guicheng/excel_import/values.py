"""What a cell says as text, and what all readings of cells share.

A reading gives `Said(value, note)` or raises `Unclear` with the end of a sentence: a doubtful cell gives its value and
a note, an unreadable one nothing but the reason. Nothing is ever guessed in silence.
"""
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from guicheng.text import clean_text

ODD = "#出错的公式", "#没有结果的公式"  # what the reader puts where a formula has no value
ERRORS = "#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"
LONGEST = 5000
NOTHING = re.compile(r"[-/／\\—–―－_~～·.。、，,\s]*|无|暂无|没有|空|N/?A|不适用", re.IGNORECASE)
BEGINS_NOTHING = "无暂没空nN不"
_JOINERS = re.compile("(?<=[\u3000-\u9fff])[\u200c-\u200f]")  # what a web page left between characters
FIGURES = dict(zip("〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖", [0, *range(10), 2, *range(1, 10)], strict=True))
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}


@dataclass(frozen=True)
class Choice:
    """One answer to what is asked of a cell or a row. `asks`: what is to be written beside it, "" nothing."""

    key: str
    label: str
    asks: str = ""


class Unclear(ValueError):
    """The cell cannot be understood; the text says why.

    `choices`: what it may be; a person chooses. `question`: what the choice answers, "" where it stands for the cell:
    then the key of what is chosen is read in place of the cell.
    """

    def __init__(self, sentence, choices=(), question=""):
        super().__init__(sentence)
        self.choices, self.question = tuple(choices), question


class Question(Unclear):
    """The cell may mean either of two things; the text asks which, and the row waits for the answer."""


@dataclass(frozen=True)
class Said:
    """What a cell says, and what is to be told of it: "" where nothing is doubtful."""

    value: object
    note: str = ""


@lru_cache(20_000)  # a cell is asked several times within its chunk of rows
def _cleaned(text):
    return _JOINERS.sub("", clean_text(text))


def plain_text(value):
    """A cell as clean text: a whole number without ".0", a day as 2021-09-01."""
    if isinstance(value, str):
        return _cleaned(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == value.time().min else "%Y-%m-%d %H:%M")
    return str(value)


def says_nothing(value):
    """Whether a cell is filled in only so that it is not empty: /, —, 无, 暂无."""
    if not isinstance(value, str) or (value[:1].isalnum() and value[:1] not in BEGINS_NOTHING):
        return False
    return bool(NOTHING.fullmatch(clean_text(value)))


def text_of(value, longest=LONGEST):
    text = plain_text(value)
    if text == ODD[1]:
        raise Unclear("是没有结果的公式，请用 Excel 或 WPS 打开、保存一次再上传")
    if text in ODD:
        raise Unclear(f"是{text[1:]}，请在 Excel 里改成值再上传")
    if text in ERRORS:
        raise Unclear(f"是出错的公式（{text}），请在 Excel 里改好再上传")
    if len(text) > longest:
        raise Unclear(f"太长，有 {len(text)} 个字，最多 {longest} 个")
    return text


@lru_cache(20_000)
def half_width(text):
    """A text with its figures, letters and signs in half width, circled figures as figures, and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def short(text, length=20):
    return text if len(text) <= length else text[:length] + "……"


def is_number(value):
    return isinstance(value, float | int) and not isinstance(value, bool)


def exact(value):
    """A number as it was typed: 0.29 × 100 is 29, whatever a computer makes of it."""
    return Decimal(repr(round(value, 12)))


def chinese_number(text):
    """The number that Chinese figures spell (一百二十, 壹佰贰拾万, 一点五亿), as Decimal; None for any other text."""
    whole, _, tail = text.partition("点")
    total = section = figure = 0
    if not text or not all(sign in FIGURES or sign in TENS or sign in MYRIADS for sign in whole):
        return None
    for sign in whole:
        if sign in FIGURES:
            figure = FIGURES[sign]
        elif sign in TENS:
            section += (figure or 1) * TENS[sign]
            figure = 0
        else:
            total = (total + section + figure) * MYRIADS[sign]
            section = figure = 0
    number = Decimal(total + section + figure)
    if tail:
        sized = MYRIADS.get(tail[-1], 1)
        figures = tail.rstrip("万亿")
        if not figures or not all(sign in FIGURES for sign in figures):
            return None
        number = (number + Decimal("0." + "".join(str(FIGURES[sign]) for sign in figures))) * sized
    return number


def number_of(value):
    """The whole number of a row: 3、, ⑤, （二）, 一, 第7项. Raises Unclear for 1-1 and A-01."""
    text = half_width(text_of(value))
    bare = re.sub(r"^第|^N[oO]\.?|[项号个]$", "", text.strip("()[]【】、.,:;"))
    bare = re.sub(r"\.0+$", "", bare)
    if not bare.isdecimal() and (spelt := chinese_number(bare)) is not None:
        bare = str(int(spelt))
    if not re.fullmatch(r"\d{1,5}", bare) or not 0 < int(bare) <= 32767:
        raise Unclear(f"“{short(text)}”不是序号")
    return int(bare)


def parts_of(text):
    """The names that stand in one cell, between commas, strokes or line breaks."""
    return [part for part in re.split(r"[、，,；;/\n]+", text) if part.strip()]


# --- private numbers --------------------------------------------------------------------------------
MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9](?:[-\s]?\d){9}(?!\d)")
SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


def has_private_number(text):
    """Whether a mobile number stands in a text, however it is written."""
    return bool(MOBILE.search(unicodedata.normalize("NFKC", text)))
