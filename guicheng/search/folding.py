"""One form for all the ways to write one thing, for the search only: what people read is never folded.

Full width, Kangxi radicals and ligatures (NFKC), what nobody sees (Cf, variation selectors), one kind of brackets, of
quotes and of dashes, small letters without accents, 〇 as 零; no spaces, and no dash between digits. `fold(fold(x))` is
`fold(x)`, so both sides of a search are folded by the same function.
"""
import re
import unicodedata
from functools import lru_cache

from guicheng.text import RADICALS

OPENING, CLOSING = "[{【〔〖〘〚⟨⟪❨❪❬❰❲❴⦅", "]}】〕〗〙〛⟩⟫❩❫❭❱❳❵⦆"
QUOTES = "'`´‘’‚‛“”„‟«»‹›「」『』《》〈〉〝〞〟′″"
DASHES = "‐‑‒–—―⸺⸻−﹘﹣－~～〜∼_"
DOTS = "•‧∙⋅・･"
ZEROS = "〇○◯"
ONE_KIND = {ord(sign): "(" for sign in OPENING} | {ord(sign): ")" for sign in CLOSING} | {
    ord(sign): '"' for sign in QUOTES} | {ord(sign): "-" for sign in DASHES} | {ord(sign): "·" for sign in DOTS} | {
    ord(sign): "零" for sign in ZEROS} | {ord(sign): plain for sign, plain in RADICALS.items()}
UNSEEN = re.compile("[\\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
                    "\U000e0100-\U000e01ef]+")
ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
BETWEEN = re.compile('(?<=[a-z])"(?=[a-z])|(?<=[0-9])-+(?=[0-9])|(?<=-)-+')  # xi'an, 0757-8623, ——
ROUNDS = 8


@lru_cache(maxsize=256)  # the offices and communities of many rows
def fold(text):
    """A text as it is compared."""
    if text.isascii() and text.isalnum():  # what is typed most after Chinese
        return text.lower()
    for _ in range(ROUNDS):  # taking a sign away can bring two together that are one
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _once(text):
    # signs before letters: NFKC makes a space and an accent of ´
    text = unicodedata.normalize("NFKC", text.translate(ONE_KIND)).casefold()
    text = ACCENT.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFKC", text).translate(ONE_KIND)
    if not text.isprintable():
        text = "".join(sign for sign in text if not _is_control(sign))
    return BETWEEN.sub("", UNSEEN.sub("", text))


@lru_cache(maxsize=8192)
def _is_control(sign):
    """What nobody sees: format characters, and controls but spaces (which go as well)."""
    return unicodedata.category(sign) in ("Cf", "Cc", "Cs", "Co", "Cn")
