"""One form of a text to look in, with the way back to each character as it was typed.

Full width, circled, bold and foreign digits are plain ones; small letters; one kind of space; nothing that nobody sees
(zero-width signs, the frame of 1️⃣). Chinese numerals stay: in a name they are no digits. `guicheng.search.folding`
cannot serve here: it forgets where a character stood.
"""
import unicodedata
from functools import cached_property, lru_cache

from guicheng.personal.surnames import TRADITIONAL
from guicheng.text import RADICALS

NUMERALS = "零〇○◯一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸"
DIGIT_OF = dict(zip(NUMERALS, "0000123456789" "1123456789" "236", strict=True))
TO_DIGITS = str.maketrans(DIGIT_OF)
DASHES = dict.fromkeys("‐‑‒–—―−﹣－﹘─━", "-")
WORDS = {**TRADITIONAL, **RADICALS, **DASHES}


class Plain:
    """`text` is looked in; `span(start, end)` are the places in the source."""

    def __init__(self, source):
        self.source = source
        signs, self.at = [], []
        for place, sign in enumerate(source):
            for each in _plain(sign):
                signs.append(each)
                self.at.append(place)
        self.text = "".join(signs)
        self.at.append(len(source))

    @cached_property
    def digits(self):
        """The text with each Chinese numeral as its digit, every character in its place."""
        return self.text.translate(TO_DIGITS)

    def span(self, start, end):
        """What stands at [start, end) of the plain text, unseen characters after it included."""
        return self.at[start], max(self.at[end], self.at[end - 1] + 1)

    def before(self, place, size=12):
        return self.text[max(0, place - size):place]


@lru_cache(maxsize=20_000)
def _plain(sign):
    if sign in "\n\r":
        return "\n"
    if sign in WORDS:
        return WORDS[sign]
    category = unicodedata.category(sign)
    if category == "Zs" or sign == "\t":
        return " "
    if category in ("Cf", "Cc", "Mn", "Me", "Cs", "Co"):
        return ""
    value = unicodedata.numeric(sign, None) if category in ("Nd", "No") else None
    if value is not None and value in range(10):
        return str(int(value))
    return unicodedata.normalize("NFKC", sign).lower()
