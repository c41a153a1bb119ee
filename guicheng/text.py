"""Text from outside, cleaned once on the way in; text to search, folded once at save."""
import re
import unicodedata
from functools import lru_cache

# C0 and C1 but tab and newline, bidi overrides, surrogates, noncharacters: workbooks and Word refuse
# them, PostgreSQL refuses NUL, and a bidi override can turn a sentence round.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
SEARCHED = 200  # characters; each word is a condition, and SQLite refuses a query of a thousand
_HAN = re.compile(r"[\u4e00-\u9fff]+")


def clean_text(value):
    """`value` in NFC, without control characters, bidi overrides and outer space."""
    if value.isprintable() and unicodedata.is_normalized("NFC", value):  # nearly all of what people type
        return value.strip()
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", value)).strip()


def is_row_number(text):
    """Whether this may be the number of a row: plain digits, no more than the column of either database holds."""
    return text.isascii() and text.isdecimal() and len(text) < 19


@lru_cache(maxsize=4096)
def _pinyin(run):
    """The pinyin and the initials of a run of characters; places and offices come again and again."""
    from pypinyin import Style, lazy_pinyin  # 54 MB: only those who save pay for it

    return "".join(lazy_pinyin(run)), "".join(lazy_pinyin(run, style=Style.FIRST_LETTER))


def search_text(*parts):
    """The lower-cased text in which a search looks: the parts, their pinyin and their initials.

    "映月" gives "映月 yingyue yy". Spaces inside a part stay, so a phrase is found as written.
    """
    words = [clean_text(part) for part in parts if part]
    spelled = [_pinyin(run) for word in words for run in _HAN.findall(word)]
    full, initials = [pair[0] for pair in spelled], [pair[1] for pair in spelled]
    return " ".join(dict.fromkeys(words + full + initials)).lower()


def search_term(query):
    """Fold what a person typed the way `search_text` folds what is searched; what is longer than SEARCHED is cut."""
    return clean_text(query)[:SEARCHED].lower()
