"""Persons named in a text: 王主任, 李某某医生, 张伟科长, 居民陈小明, 举报李建国, 小陈.

A surname alone says nothing in Chinese: half of them are everyday words. So a name is a surname, with signs that people
are given as names, beside a word that speaks of a person: a title after it, a role before it, a verb on either side.
Around each such place a fixed number of characters is looked at.
"""
import re

from guicheng.personal.broken import BROKEN
from guicheng.personal.surnames import (
    COMMON,
    COMPOUND,
    FALSE_FRIENDS,
    FOLLOWS,
    GIVEN,
    KIN,
    LEADS,
    NEVER_GIVEN,
    PLACES,
    PUBLIC_FIGURES,
    RARE,
    ROLES,
    SAID_NAME,
    SHORT_TITLES,
    STRONG,
    SURNAMES,
    TITLES,
)

ALL = SURNAMES | COMMON | RARE


def _class(signs):
    return "".join(sorted(signs))


def _any_of(words):
    return "|".join(sorted(map(re.escape, set(words)), key=lambda word: (-len(word), word)))


# what makes another word of the end of a title: 主任务, 先生产, 经理解, 王石路长期
NO_TITLE = {
    "长": "期远效时年达约度", "主任": "务", "书记": "录", "委员": "会", "同志": "愿", "同学": "校", "先生": "产活",
    "医生": "活", "经理": "解", "代表": "性作", "社工": "站部作", "保安": "亭岗室公队", "护士": "站台", "主席": "台",
    "老师": "傅", "教练": "车", "干事": "业情", "护工": "作", "家长": "会"}
TITLE = re.compile(f"(?:{_any_of(TITLES)})" + "".join(
    f"(?!(?<={end})[{signs}])" for end, signs in NO_TITLE.items()))
ROLE = re.compile(f"(?P<role>{_any_of({*ROLES, *TITLES} - {'仔', 'sir'})})(?P<link>[ :是为叫系的\"“”'(]{{0,3}})")
SURNAME = re.compile(f"{_any_of(COMPOUND)}|[{_class(SURNAMES - RARE | COMMON)}]")
SOMEBODY = re.compile(f"(?:{_any_of(COMPOUND)}|"
                      f"[{_class(ALL - set('时应于任成解'))}])某(?![些个种天日次地处单一年月项部类份时小原社村])"
                      "(?:某某?|[x×]{1,2})?")
SMALL = tuple("三四五六")
NUMBERED = re.compile("[零一二三四五六七八九十百千万亿番个元岁年月日楼层栋号户]")
HAN = "[㐀-鿿]"
STARRED = re.compile(
    f"(?<![a-z0-9])[{_class(COMMON)}]"
    f"(?:[*x×○]{HAN}(?!{HAN})|[*x×○]{{2}}(?![*x×0-9a-z])|[*x×○](?![*x×0-9a-z]|{HAN}))")
AFTER_SHORT = ("的说在是来去和也跟给帮把被对反每经热态人家住昨今已就都不电手微你您这那常太很真好辛负又还要会收打答承"
               "拒没过")
ENDS = f"(?:(?!{HAN})|(?=[{AFTER_SHORT}]))"
SHORT = re.compile(f"[老小阿]?[{_class(COMMON)}](?:[{_class(GIVEN)}]?[伯叔姨婶嫂姐哥]|[{SHORT_TITLES}]{ENDS})")
NO_NICK = set("波尔森迪德美斯凯维克拉里富莫司胶西奇法")  # 阿波罗, 阿尔卑斯, 阿莫西林
NICK = re.compile(f"(?<![大弱狭缩较微渺最很太从幼中养古敬衰])[老小][{_class(COMMON - set('区麦关温林'))}]{ENDS}"
                  f"|阿[{_class(GIVEN - NO_NICK - {*KIN})}](?![㐀-鿿]?[省市县旗山河湖])")
NOT_SHORT = re.compile("周公|关公|何处|何科|林科|林业|马队|黄太|施工|程处|余生|养生|卫生|计生|余处|温度|小董|周总理")


def is_han(sign):
    return "㐀" <= sign <= "鿿" or sign >= "𠀀"


def found_names(plain):
    """("name", start, end) in the plain text."""
    text = plain.text
    found = [*_titled(text), *_after_a_role(text), *_in_short(text), *_alone(text)]
    found += _beside(text, found)
    known = [each.span() for each in re.finditer(_any_of(PUBLIC_FIGURES), text)]
    places = {place for start, end in known for place in range(start, end)}
    for start, end in found:
        if start not in places:
            yield "name", start, end


def surname_at(text, place):
    """How many characters of a surname begin here; 0 where the character belongs to another word."""
    if text.startswith(COMPOUND, place):
        return 2
    if place >= len(text) or text[place] not in ALL or _is_broken(text, place):
        return 0
    if text[place + 1:place + 2] == "家" and text[place + 2:place + 3] in GIVEN:  # 黄家 is a household, 黄家宝 a person
        return 1
    return 0 if any(text[place:place + size] in FALSE_FRIENDS for size in (2, 3)) else 1


# --- a title after the name --------------------------------------------------------------------------
def _titled(text):
    for found in TITLE.finditer(text):
        best, begins = 0, None
        for size in (1, 2, 3, 4):
            start = found.start() - size
            if start < 0 or not is_han(text[start]):
                break
            score = _score(text, start, found.start())
            if score >= best and score:
                best, begins = score, start
        if begins is not None:
            yield begins, found.end()


def _score(text, start, end):
    """How much text[start:end] looks like a name before a title; 0 not at all."""
    surname = surname_at(text, start)
    given = text[start + surname:end]
    if not surname or len(given) > 2 or start + surname > end:
        return 0
    is_free = _is_left_free(text, start) or text.endswith(ROLES, max(0, start - 5), start)
    if not given:
        return 5 if surname == 2 else 1 if text[start] in RARE and is_free else 0 if text[start] in RARE else 3
    if "某" in given:
        return 5
    if NEVER_GIVEN.intersection(given):
        return 0
    if GIVEN.issuperset(given):
        return 4 if text[start] not in RARE or is_free else 0
    if is_rare(given[-1]):
        return 3
    return 2 if is_free else 0


def is_rare(sign):
    """Of the second level of GB 2312, or beyond: signs that hardly stand in a text but in names."""
    code = sign.encode("gb2312", errors="ignore")
    return is_han(sign) and (not code or code[0] >= 0xD8)


# --- a role before it ---------------------------------------------------------------------------------
def _after_a_role(text):
    for found in ROLE.finditer(text):
        said = found["role"] in SAID_NAME or any(sign in found["link"] for sign in ":叫")
        if end := _name_at(text, found.end(), said) or _familiar_at(text, found.end()):
            yield found.end(), end


def _familiar_at(text, place):
    """网格员小林: after a role 小 and a surname need nothing behind them."""
    is_one = text[place:place + 1] in ("小", "老") and text[place + 1:place + 2] in COMMON - {"区"}
    return place + 2 if is_one else None


def _name_at(text, place, said=False, bare=False):
    """Where a name that begins here ends; None where none begins. `said`: the text calls it a name."""
    surname = surname_at(text, place)
    if not surname or (surname == 1 and text[place] in RARE and not said):
        return None
    first, second = (text[place + surname + each:place + surname + each + 1] for each in (0, 1))
    if not _may_be_given(first, said, bare) and (bare or first not in SMALL):
        return None
    end = place + surname + 1
    if first in SMALL:  # 张三, 李四
        return None if NUMBERED.match(text, end) else end
    if _may_be_given(second, said, bare) and not text.startswith(FOLLOWS, end):
        end += 1
    return None if text.startswith(PLACES, end) and not said else end


def _may_be_given(sign, said, bare):
    if not sign or not is_han(sign):
        return False
    if sign in GIVEN or sign == "某":
        return True
    return not bare and (is_rare(sign) or said and sign not in NEVER_GIVEN)


# --- forms of everyday --------------------------------------------------------------------------------
def _in_short(text):
    for pattern in (SHORT, NICK, STARRED):
        for found in pattern.finditer(text):
            start, end = found.span()
            familiar = text[start] in "老小阿" and text[start + 1] != "区"
            if not NOT_SHORT.match(text, start) and (familiar or surname_at(text, start)):
                yield start, end
    for found in SOMEBODY.finditer(text):
        end = found.end()
        if not _is_broken(text, found.start()):
            longer = found[0].count("某") == 1 and text[end:end + 1] in GIVEN and not text.startswith(FOLLOWS, end)
            yield found.start(), end + bool(longer and text[end:end + 1])


def _is_broken(text, start):
    return start > 0 and text[start - 1] in BROKEN.get(text[start], "")


# --- a name that stands alone --------------------------------------------------------------------------
def _alone(text):
    """Signs of given names on a surname, between two words or stops that leave room for a person only."""
    for found in SURNAME.finditer(text):
        start = found.start()
        if not _is_left_free(text, start):
            continue
        end = _name_at(text, start, bare=True)
        if end and (end - start > 2 and _is_right_free(text, end, FOLLOWS)
                    or end - start == 2 and (text.startswith(STRONG, end) or _is_a_line(text, start, end))):
            yield start, end


def _is_left_free(text, start):
    return start == 0 or not is_han(text[start - 1]) or text.endswith(LEADS, max(0, start - 4), start)


def _is_right_free(text, end, words):
    return end >= len(text) or not is_han(text[end]) or text.startswith(words, end)


def _is_a_line(text, start, end):
    """A signature: nothing else stands in the line."""
    return text[:start].rpartition("\n")[2].strip(" -") == "" and (end == len(text) or text[end] == "\n") and start > 0


def _beside(text, found):
    """王芳 in 陈小明、王芳: what is listed with a name is one."""
    begun = {start for start, _ in found}
    for _, end in list(found):
        place = end
        while text[place:place + 1] in ("、", ",", "和", "与", "及", "/", " ") and text[place:place + 1]:
            after = _name_at(text, place + 1, bare=True)
            if place + 1 in begun or not after or not _is_right_free(text, after, FOLLOWS):
                break
            begun.add(place + 1)
            yield place + 1, after
            place = after
