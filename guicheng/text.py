"""Text from outside, cleaned once on the way in."""
import re
import unicodedata

# C0 and C1 but tab and newline, bidi overrides, surrogates, noncharacters: workbooks and Word refuse
# them, PostgreSQL refuses NUL, and a bidi override can turn a sentence round.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# What nobody sees and what looks like another letter: zero-width signs, soft hyphens, and the radicals that stand for
# whole characters in texts copied from a PDF (Unicode: EquivalentUnifiedIdeograph).
_UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff]")
RADICALS = dict(zip(
    "⺟⺠⺼⺝⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "母民肉月虎西见角贝车長长门青页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟", strict=True))
_MENDED = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | {
    ord(sign): plain for sign, plain in RADICALS.items()} | {0xA0: " "}
_TO_MEND = re.compile("[\u00a0\u2e80-\u2fd5]")
SEARCHED = 200  # characters of what staff look for; each word is a condition, and SQLite refuses a query of a thousand


def clean_text(value):
    """`value` in NFC, without control and unseen characters, bidi overrides and outer space.

    Radicals that stand for a character become it, spaces that do not break become spaces.
    """
    if _TO_MEND.search(value):
        value = value.translate(_MENDED)
    if value.isprintable() and unicodedata.is_normalized("NFC", value):  # nearly all of what people type
        return value.strip()
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _FORBIDDEN.sub("", value))).strip()


def is_row_number(text):
    """Whether this may be the number of a row: plain digits, no more than the column of either database holds."""
    return text.isascii() and text.isdecimal() and len(text) < 19
