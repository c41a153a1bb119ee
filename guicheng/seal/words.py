"""Find sealed words in whatever way an answer writes them, and put the mark in their place. Asks no database.

A word is found as people read it: full-width or half-width, upper or lower case, with spaces or line breaks inside;
and as machines write it: escaped for HTML, for JSON, for an address.
"""
import html
import json
import re
import unicodedata
from functools import cached_property, lru_cache
from urllib.parse import quote

from guicheng.search.text import search_text

MARK = "【依规不再公开】"
LONGEST = 300  # characters: what a stream holds back so that no word slips through between two parts
SHORTEST_NUMBER = 7  # digits and letters without a Chinese character: less would stand in codes and in markup
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # not NFKC, which takes ㎡ and … apart
INSIDE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
ESCAPED_SPACE = ("&nbsp;|&ensp;|&emsp;|&thinsp;|&shy;|&zwnj;|&zwj;|&#(?:9|10|13|32|160|173|8203|12288);"
                 "|&#[xX](?:9|[aA]|[dD]|20|[aA]0|[aA][dD]|200[bB]|3000);"
                 "|%20|%09|%0[aAdD]|%[cC]2%[aA]0|%[eE]3%80%80|%[eE]2%80%8[bB]"
                 r"|\\[nrt]|\\u(?:3000|00[aA]0|200[bB]|00[aA][dD])|<(?:w?br) ?/?>")
HYPHEN = re.compile("(?<=[0-9])[-\u2010-\u2015](?=[0-9])")
GAP = f"(?:{INSIDE.pattern[:-1]}|{ESCAPED_SPACE})*"
NUMBER_GAP = f"(?:{INSIDE.pattern[:-1]}|[-\u2010-\u2015\uff0d]|{ESCAPED_SPACE})*"
NOT_BEFORE = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\[nrt]))"
NOT_AFTER = r"(?![0-9A-Za-z])"


def folded(text):
    """A text as it is compared: full-width as half-width, lower case, nothing between its characters."""
    return INSIDE.sub("", unicodedata.normalize("NFC", text)).translate(NARROW).casefold()


def what_is_wrong(text):
    """The sentence that says why these words cannot be covered, or ""."""
    short = folded(text)
    if len(short) < 2:
        return "至少写两个字，只有一个字会遮掉别的内容。"
    if short in folded(MARK) or folded(MARK) in short:
        return f"“{MARK}”本身不用遮。"
    if not HAN.search(text) and (len(short) < SHORTEST_NUMBER or not any(sign.isdigit() for sign in short)):
        return f"要有汉字，或者是 {SHORTEST_NUMBER} 位以上带数字的号码；太短的字母和数字会遮掉网页自己的代码。"
    return ""


# --- how a character may be written ----------------------------------------------------------------
def _ways(sign):
    """The regular expressions for one character of a folded text."""
    ways = []
    for each in sorted(_shapes(sign)):
        ways.append(re.escape(each))
        ways += [re.escape(name) for name in {html.escape(each), json.dumps(each)[1:-1]} - {each}]
        ways += [f"&#0*{ord(each)};", f"&#[xX]0*{_any_case(f'{ord(each):x}')};"]
        units = each.encode("utf-16-be")
        ways.append("".join(rf"\\u{_any_case(units[at:at + 2].hex())}" for at in range(0, len(units), 2)))
        ways.append("".join(f"%{_any_case(f'{byte:02x}')}" for byte in each.encode()))
    return "|".join(dict.fromkeys(ways))


def _shapes(sign):
    """Every character that folds to this one and that people type."""
    shapes = {sign, sign.upper() if len(sign.upper()) == 1 else sign}
    wide = {chr(ord(each) + 0xFEE0) for each in shapes if "!" <= each <= "~"}
    return shapes | wide


def _any_case(digits):
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)


def _pattern(signs):
    parts = []
    for place, sign in enumerate(signs):
        if place:
            parts.append(NUMBER_GAP if sign.isdigit() and signs[place - 1].isdigit() else GAP)
        parts.append(f"(?:{_ways(sign)})")
    before = NOT_BEFORE if signs[0].isascii() and signs[0].isalnum() else ""
    after = NOT_AFTER if signs[-1].isascii() and signs[-1].isalnum() else ""
    return re.compile(before + "".join(parts) + after)


class _Word:
    """One sealed word. Its pattern is slow to make and to search by: first it is asked whether it could be there."""

    def __init__(self, text):
        self.text, self.signs = text, HYPHEN.sub("", folded(text))
        self._clues = [
            (_shapes(sign), [f"{ord(sign):x}", str(ord(sign)), quote(sign).lower()])
            for sign in dict.fromkeys(self.signs) if not sign.isascii()]

    @cached_property
    def pattern(self):
        return _pattern(self.signs)

    def could_stand_in(self, text, lower):
        """Whether each of its characters stands there somehow; a plain search takes next to no time."""
        return all(any(shape in text for shape in shapes) or any(hint in lower for hint in hints)
                   for shapes, hints in self._clues)


class Cover:
    """The words that are sealed at one instant; it puts MARK in their place."""

    def __init__(self, words):
        self.words = tuple(sorted(set(words), key=lambda text: (-len(text), text)))  # the longest first
        self._all = [_Word(text) for text in self.words]

    def __bool__(self):
        return bool(self.words)

    def _patterns(self, text):
        lower = text.lower()
        return [word.pattern for word in self._all if word.could_stand_in(text, lower)]

    def touches(self, text):
        return any(pattern.search(text) for pattern in self._patterns(text))

    def text(self, text):
        """The text with each sealed word covered, in the way it was written."""
        for pattern in self._patterns(text):
            text = pattern.sub(_mark_for, text)
        return text

    def value(self, value):
        """A JSON value with every text in it covered; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value

    def parts(self, parts):
        """The parts of a long text, covered: what could be the beginning of a word is held back until it is whole."""
        held, room = "", 12 * LONGEST
        for part in parts:
            held += part
            if len(held) > 2 * room:
                ready, held = self._cut(held, len(held) - room)
                yield ready
        if held:
            yield self.text(held)

    def _cut(self, text, place):
        """(covered up to `place`, the rest): a word that stands across it is covered whole."""
        matches = [match.span() for pattern in self._patterns(text) for match in pattern.finditer(text)]
        while across := [end for start, end in matches if start < place < end]:
            place = max(across)
        return self.text(text[:place]), text[place:]

    def hinted_by(self, *asked):
        """The sealed words that a search for one of these would give away: it is a part of one, or overlaps with one.

        Of several words each is asked alone as well.
        """
        asked = {folded(each) for text in asked for each in (text, *text.split())}
        return [text for text in self.words
                if any(_overlap(each, way) for each in asked for way in _searched_as(text))]


def _mark_for(match):
    found = match[0]
    if found.startswith("%"):
        return quote(MARK)
    return json.dumps(MARK)[1:-1] if found.startswith("\\u") else MARK


@lru_cache(maxsize=1_000)
def _searched_as(text):
    """The folded word, its pinyin and its initials: by each of them it could be looked for."""
    return {folded(each) for each in [text, *search_text(text).split()]} - {""}


def _overlap(asked, word):
    if not asked or asked in word or word in asked:
        return bool(asked)
    shorter = min(len(asked), len(word))
    return any(asked.endswith(word[:size]) or asked.startswith(word[-size:]) for size in range(1, shorter))


@lru_cache(maxsize=8)
def cover_of(words):
    """The Cover of a tuple of words; to make one takes milliseconds."""
    return Cover(words)
