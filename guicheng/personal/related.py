"""Persons known by who they are to somebody, or by the number beside them: 我妈麦银好, 老板肥仔明, （蒙志刚，粤Y…）.

Here the place says that a person is meant, so more is taken for a name than where a text only speaks of somebody:
rarer surnames, signs that no list holds, what people call one another. Each place is looked at over a fixed number of
characters.
"""
import re

from guicheng.personal.illness import WORD
from guicheng.personal.names import HAN, is_han, is_rare, surname_at
from guicheng.personal.surnames import (
    COMMON,
    FOLLOWS_RELATED,
    GIVEN,
    KIN,
    LEADS,
    NOT_A_SIGN,
    PLACES,
    PUBLIC_FIGURES,
    RARE,
    RELATIONS,
    ROLES,
    SAID_NAME,
    VERBS,
)

SAID = {*SAID_NAME, "真名", "本名", "实名", "法人", "法人代表", "法定代表人", "户主", "收件", "收货人", "经办",
        "经手人", "委托人", "代办人"}
LINK = "(?P<link>(?:名叫|叫做|[ :是为叫系的嘅\"“”'(]){0,3})"
RELATED = re.compile(
    f"(?P<role>{'|'.join(sorted({*RELATIONS, *ROLES}, key=lambda word: (-len(word), word)))}|"
    f"(?<=[我他她佢])[姐妹弟哥仔女]){LINK}")
NUMERALS = set("一二三四五六七八九")
AS_A_SIGN = NUMERALS | set("以之可大小亦")  # in the middle of a name: 罗四妹, 宁以骁
NICKNAME = re.compile(
    f"(?:阿(?![{KIN}妈爸弟妹])|[肥高矮细靓黑傻大](?:仔|婆|佬|妹|头)){HAN}|[小老](?!区|板|师|人|年|公|婆|豆|母|妈|爸|"
    f"龙虾)"
    f"[{''.join(sorted(COMMON))}]|[{''.join(sorted(COMMON | set('毕栗容蓝尹靳')))}](?:[工总队局所处科生太{KIN}])")
CHILD = re.compile("(?:儿子|女儿|孩子|小孩|孙子|孙女|仔|女|侄子|侄女|外甥|弟弟|妹妹)$")
CALLED = re.compile(
    f"(?<=[找揾问])(?:[小老](?!区|板|师|人|年|公|婆|龙)[{''.join(sorted(COMMON))}](?!{HAN}?[路街村园场店])|"
    f"{NICKNAME.pattern}(?!{HAN}))")
OF_A_DOOR = re.compile(f"(?:住户|业主|租客|户主|房东)?[的嘅](?P<name>[二三四五六七八九][{KIN}]|{NICKNAME.pattern})")
QUOTED = re.compile("(?:[他她佢我]叫|叫自己|昵称|网名|群名片?|"
                    "花名)[是:为做 ]?[\"“「'](?P<name>[^\"”」'“，。\n]{2,6})[\"”」']")
LATIN = re.compile("(?<![a-z])(?<![^0-9,;。\n] )(?:name|姓名|英文名|"
                   "拼音)[ :是为]{1,3}(?P<name>[a-z]{2,12}(?:[ ,]{1,2}[a-z]{2,12}){1,3})(?![a-z0-9]| [a-z])")
WRITTEN = re.compile("(?:错?写|打|登|印|录)(?:错)?成了?")
KEY = ("(?:(?:旧|老|新)?(?:身份证|身分证|证件|联系电话|联系方式|电话|手机|座机|微信|qq|tel|银行卡|卡|账|帐|"
       "车牌)(?:号码?)?[ :是为]{0,2})?")
BEFORE_NUMBER = re.compile(f"(?P<name>{HAN}{{2,4}})[ ,:、;(/|\\n]{{0,3}}(?:[男女][ ,]{{1,2}})?{KEY}$")
BEFORE_ROOM = re.compile(f"(?P<name>{HAN}{{2,4}}) ?[(,:、 ] ?(?:{HAN}|[0-9]){{0,12}}$")
AFTER_NUMBER = re.compile(f"[ ,:、;(/|]{{1,3}}(?P<name>{HAN}{{2,4}})(?!{HAN})")
STANDS_BEFORE = (*LEADS, "有", "揾", "经查", "查询")
NUMBERS = {"phone", "id_number", "bank_card", "plate", "account", "email"}
BESIDE = 24  # characters before a number in which its owner may stand


def found_related(plain, others):
    """("name", start, end) in the plain text. `others`: (kind, start, end) of numbers and doors found in it."""
    text = plain.text
    found = [*_after_who_it_is(text), *_beside_numbers(text, others), *_miswritten(text)]
    for pattern in (QUOTED, LATIN):
        found += [each.span("name") for each in pattern.finditer(text)]
    found += [each.span() for each in CALLED.finditer(text)]
    for kind, _, end in others:
        if kind == "room" and (named := OF_A_DOOR.match(text, end)):
            found.append(named.span("name"))
    return [("name", start, end) for start, end in found if not text.startswith(PUBLIC_FIGURES, start)]


def _after_who_it_is(text):
    for found in RELATED.finditer(text):
        start = found.end()
        said = found["role"] in SAID or any(sign in found["link"] for sign in ":叫")
        end = _named(text, start, said) or _nicknamed(text, start, found["role"])
        if not end:
            continue
        yield start, end
        while (after := _listed(text, start, end)) is not None:
            start, end = after
            yield start, end


def _listed(text, start, end):
    """Who follows in a row: 网格员周予安、麦穗; 潘沛霖潘沛森兄弟."""
    place = end + (text[end:end + 1] in ("、", "和", "与", "及"))
    is_brother = place == end and text[end:end + 1] == text[start]
    if place == end and not is_brother:
        return None
    after = _named(text, place, said=True)
    return (place, after) if after else None


def _named(text, start, said=False):
    """Where a name ends that begins where a person is spoken of; None where none begins."""
    surname = surname_at(text, start)
    if not surname or WORD.match(text, start):  # 高血压
        return None
    for size in (2, 1):
        end = start + surname + size
        if _are_signs(text[start + surname:end], size) and _is_name(text, start, end, size, said):
            return end
    return None


def _are_signs(signs, size):
    if len(signs) != size or not all(map(is_han, signs)):
        return False
    if size == 2 and signs[0] in AS_A_SIGN:
        return signs[1] not in NOT_A_SIGN
    return not NOT_A_SIGN.intersection(signs[:-1] if size == 2 and signs[1] == "年" else signs)


def _is_name(text, start, end, size, said):
    known = sum(_is_given(sign) for sign in text[end - size:end])
    if size == 2 and not _is_given(text[end - 1]) and text.startswith(FOLLOWS_RELATED, end - 1):  # 司徒安|住
        return False
    closed = end >= len(text) or not is_han(text[end]) or text.startswith(FOLLOWS_RELATED, end)
    if text.startswith(PLACES, end) and not said:
        return False
    if end - start == size + 1 and text[start] in RARE and not said:
        return size == known == 2 and (closed or text[start] not in VERBS)
    if size == 1:
        return closed and bool(known or said)
    return known == 2 or closed and (known > 0 or said or text[end - 1] not in NUMERALS)


def _is_given(sign):
    return sign in GIVEN or is_rare(sign)


def _nicknamed(text, start, role):
    if found := NICKNAME.match(text, start):
        return found.end()
    if CHILD.search(role) and text[start:start + 1] == "小" and text[start + 1:start + 2] in GIVEN:
        return start + 2 if not is_han(text[start + 2:start + 3] or ",") else None
    return None


# --- beside a number -----------------------------------------------------------------------------------
def _beside_numbers(text, others):
    for kind, start, end in others:
        near = text[max(0, start - BESIDE):start]
        patterns = [BEFORE_NUMBER] if kind in NUMBERS else [BEFORE_ROOM] if kind == "room" else []
        for pattern in patterns:
            if found := pattern.search(near):
                yield from _whole(text, start - len(near) + found.start("name"), start - len(near) + found.end("name"))
        if kind in NUMBERS and (found := AFTER_NUMBER.match(text, end)):
            yield from _whole(text, *found.span("name"))


def _whole(text, low, end):
    """A name that fills the words between two stops, or all of them but a word that leads to it."""
    for start in range(low, end - 1):
        is_first = start == 0 or not is_han(text[start - 1]) or text.endswith(STANDS_BEFORE, max(0, start - 4), start)
        surname = surname_at(text, start)
        signs = text[start + surname:end]
        if not is_first or not surname:
            continue
        if _are_signs(signs, len(signs)) and 1 <= len(signs) <= 2:
            known = sum(map(_is_given, signs))
            if known == len(signs) or known and text[start] not in RARE or signs in tuple(KIN):
                yield start, end
                return


def _miswritten(text):
    """冯桂枝写成了冯桂技: two names that differ in one sign."""
    for found in WRITTEN.finditer(text):
        for size in (3, 2, 4):
            start, end = found.start() - size, found.end() + size
            right, wrong = text[max(0, start):found.start()], text[found.end():end]
            alike = sum(one == other for one, other in zip(right, wrong, strict=False))
            if len(right) == len(wrong) == size and alike == size - 1 and (
                    surname_at(text, start) and _are_signs(right[1:], size - 1) and _is_given(right[1])):
                yield start, found.start()
                yield found.end(), end
                break
