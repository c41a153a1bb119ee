"""Text from outside, cleaned once on the way in."""
import re
import unicodedata

# C0 and C1 but tab and newline, bidi overrides, surrogates, noncharacters: workbooks and Word refuse
# them, PostgreSQL refuses NUL, and a bidi override can turn a sentence round.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
SEARCHED = 200  # characters of what staff look for; each word is a condition, and SQLite refuses a query of a thousand


def clean_text(value):
    """`value` in NFC, without control characters, bidi overrides and outer space."""
    if value.isprintable() and unicodedata.is_normalized("NFC", value):  # nearly all of what people type
        return value.strip()
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", value)).strip()


def is_row_number(text):
    """Whether this may be the number of a row: plain digits, no more than the column of either database holds."""
    return text.isascii() and text.isdecimal() and len(text) < 19
