"""Numbers that lead to a person: phone, ID number, bank card. Found in groups of digits with a little between them.

GB 11643-1999 (the check digit of the citizen's number, ISO 7064 MOD 11-2); ISO/IEC 7812-1 annex B (the Luhn digit of a
card); the Ministry's numbering plan (mobile 1[3-9] and 11 digits; area 0xx or 0xxx before 7 or 8 digits).
Each group is looked at as the beginning of at most TWENTY digits: the work grows with the text and no faster.
"""
import re
from dataclasses import dataclass

from guicheng.personal.plain import NUMERALS, TO_DIGITS

GROUP = re.compile(f"[0-9]++|[{NUMERALS}]")
TIGHT, LOOSE = set(" -._·~'"), set(",、。/\\()[]*+|\n:;#=")
MOST_BETWEEN = 3  # characters between two groups of one number
TWENTY = 20  # digits: a card has 19 at most, the number of a disability certificate is an ID number with two more
MOBILE = re.compile("(?:0086|86|0)?(1[3-9][0-9]{9})")
LANDLINE = re.compile("(?:0086|86)?0?((?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7})")
LOCAL = re.compile("[25-8][0-9]{7}")
ABROAD = re.compile("(?:00)?85[23][2-9][0-9]{7}")  # Hong Kong and Macao
DATE = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
CALLED = re.compile("电话|手机|座机|致电|拨打|打给|联系方式|来电|号码|tel|phone|mobile")
CALLED_BEFORE = re.compile(rf"(?:{CALLED.pattern})[^0-9\n。；;]{{0,6}}$")
SHORT_BEFORE = re.compile(r"(?:短号|小号|集团号|虚拟号|集群网)[^0-9\n。；;]{0,4}$")
FREE_CALL = re.compile("[48]00[0-9]{7}|1[0-2][0-9]{3,5}|9[5-6][0-9]{3,6}")
SERIAL_BEFORE = re.compile(r"(?:单号|编号|工单|订单|案号|流水号|序号|条码|合同|文号|快递|单据|发票|备案|许可证|"
                           r"信用代码|户号|密码|验证码|口令|邮编|表号|设备号)"
                           r"[^0-9\n。；;]{0,6}$")
STOPS = ("", *"。!?;\n")
NO_CALL_AFTER = re.compile(r" ?(?:元|万|亿|人|户|个|次|件|平方|平米|吨|千克|公里|米|㎡|m2|%|份)")
PART_OF_A_SERIAL = re.compile("[a-z0-9][-_/. ]?$|[〕]$")
ID_BEFORE = re.compile("身份|证件|证号|sfz|id号|id card")
CARD_BEFORE = re.compile(r"(?:银行卡|储蓄卡|信用卡|社保卡|存折|(?<!公交)(?<!饭)(?<!水)卡号|银行账号|银行帐号|账号|"
                         r"帐号|账户)"
                         r"[^0-9\n。；;]{0,8}$")
PROVINCES = {*map(str, [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55),
                        *range(61, 66), 71, 81, 82, 83])}
FOREIGNER = "9"  # a foreigner's permanent residence card of 2023
BIRTH = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
WEIGHTS, CHECK = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], "10X98765432"
CHECK_X = re.compile("[ -]{0,2}[x×✕хχ叉](?![a-z0-9])")
ALIKE = str.maketrans("oil|", "0111")  # letters typed for digits
LOOKS_ALIKE = re.compile("(?<![0-9a-z])[1il|][3-9][0-9oil|]{9}(?![0-9a-z])")
STARRED_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9][*x•.·_-]{2,8}[0-9]{4}(?![0-9])")
STARRED_ID = re.compile(r"(?<![0-9])(?=[0-9*•]{15,18}(?![0-9*•]))[1-6][0-9]{2,13}[*•]{2,14}[0-9]{0,4}x?(?![0-9])")
STARRED_CARD = re.compile(r"(?<![0-9])[3-6][0-9]{3,5}(?: ?[*•]{2,8}){1,4} ?[0-9]{3,4}(?![0-9*•])")
LAST_FOUR = re.compile(r"(?:尾号|[后末][四4]位(?:数字?|号码)?|[后末][四4]个?数字?|"
                       r"尾数)[^0-9\n。；;]{0,5}([0-9]{3,4})(?![0-9])")
PAPERS = re.compile(r"(?:护照|通行证|回乡证|台胞证|军官证|港澳证|"
                    r"证件号码?)[^a-z0-9\n。；;]{0,6}([a-z]{1,2}[0-9]{7,9})(?![0-9a-z])")
HONG_KONG = re.compile(r"(?<![0-9a-z])[a-z]{1,2}[0-9]{6} ?\([0-9a]\)")


@dataclass(frozen=True)
class Group:
    digits: str
    start: int
    end: int
    gap: str  # what stands between the group before and this one


def groups_of(text):
    """Runs of groups that could belong together."""
    run, last = [], None
    for found in GROUP.finditer(text):
        start, end = found.span()
        gap = text[last:start] if last is not None and start - last <= MOST_BETWEEN else None
        if run and (gap is None or not TIGHT.union(LOOSE).issuperset(gap)):
            yield run
            run = []
        run.append(Group(found[0].translate(TO_DIGITS), start, end, gap or "" if run else ""))
        last = end
    if run:
        yield run


def found_numbers(plain, public_numbers=()):
    """(kind, start, end) in the plain text; they may overlap, the first kind wins."""
    public = {local_part(digits_of(each)) for each in public_numbers} - {""}
    for run in groups_of(plain.text):
        yield from _in_run(run, plain, public)
    yield from _in_other_dress(plain, public)


def _in_run(run, plain, public):
    taken = [False] * len(run)
    for kind, asks in (("id_number", _is_id), ("bank_card", _is_card), ("phone", _is_phone)):
        for first in range(len(run)):
            if taken[first] or run[first].digits == "":
                continue
            for last, end in _ends(run, first, taken, plain, asks, public):
                taken[first:last + 1] = [True] * (last + 1 - first)
                yield kind, _with_its_sign(plain.text, run[first].start, end), end
                break
    for place, group in enumerate(run):
        if not taken[place] and len(group.digits) > TWENTY - 2:
            yield from _glued(group)


def _with_its_sign(text, start, end):
    """The + of a country and the bracket of an area belong to the number."""
    while start and (text[start - 1] == "+" or text[start - 1] == "(" and ")" in text[start:end]):
        start -= 1
    return start


def _ends(run, first, taken, plain, asks, public):
    """Where a number that begins with this group ends, the longest first: [(last group, place)], one or none."""
    begins, lengths = BEGINS[asks], LENGTHS[asks]
    in_a_row = first > 0 and len(run[first].digits) == len(run[first - 1].digits) == 1
    if run[first].digits[0] not in (begins if in_a_row else "0123456789"):
        return []
    joined, whole = "", []
    for last in range(first, min(first + TWENTY, len(run))):
        joined += run[last].digits
        if taken[last] or len(joined) > TWENTY:
            break
        if len(joined) in lengths and not (in_a_row and len(joined) < 10):
            whole.append((last, joined))
    for last, digits in reversed(whole):
        if end := asks(digits, run, first, last, plain, public):
            return [(last, end)]
    return []


def _lengths(run, first, last):
    return [len(group.digits) for group in run[first:last + 1]]


def _is_whole(run, first, last):
    """Of digits that stand one by one only the whole row is asked, or a long row would be asked at every place."""
    if len(run[first].digits) > 1:
        return True
    before = first > 0 and len(run[first - 1].digits) == 1
    after = last + 1 < len(run) and len(run[last + 1].digits) == 1
    return not before and not after


# --- the citizen's number ----------------------------------------------------------------------------
def check_digit(digits):
    """The 18th character for the first seventeen (GB 11643-1999)."""
    return CHECK[sum(int(each) * weight for each, weight in zip(digits, WEIGHTS, strict=False)) % 11]


def is_citizen_number(number):
    """18 characters with their check digit, or the 15 digits of before 1999; the region and the birthday are real."""
    if number[:2] not in PROVINCES and number[:1] != FOREIGNER:
        return False
    if len(number) == 15:
        return number[:1] != FOREIGNER and bool(BIRTH.fullmatch("19" + number[6:12]))
    return len(number) == 18 and bool(BIRTH.fullmatch(number[6:14])) and check_digit(number) == number[17]


def _is_id(digits, run, first, last, plain, public):
    end = run[last].end
    with_x = CHECK_X.match(plain.text, end) if len(digits) == 17 else None
    if with_x and (is_citizen_number(digits + "X") or ID_BEFORE.search(plain.before(run[first].start, 16))):
        return with_x.end()
    if len(digits) == TWENTY and digits[18] in "1234567" and digits[19] in "1234":  # 残疾人证
        return end if is_citizen_number(digits[:18]) else None
    if is_citizen_number(digits) and (len(digits) == 18 or _is_old(run, first, last, plain)):
        return end
    said = 15 <= len(digits) <= 19 and ID_BEFORE.search(plain.before(run[first].start, 16))
    return end if said and digits[:1] != "0" else None


def _is_old(run, first, last, plain):
    """Fifteen digits have no check digit: they are whole, or in the usual groups, and no word calls them a serial."""
    lengths = _lengths(run, first, last)
    usual = lengths in ([15], [6, 6, 3], [6, 9]) or set(lengths) == {1} and _is_whole(run, first, last)
    return usual and not SERIAL_BEFORE.search(plain.before(run[first].start))


# --- a card --------------------------------------------------------------------------------------------
def passes_luhn(digits):
    """ISO/IEC 7812-1: every second digit from the right is doubled, the sum ends in 0."""
    doubled = sum(sum(divmod(int(each) * 2, 10)) for each in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


def _is_card(digits, run, first, last, plain, public):
    if not 12 <= len(digits) <= 19 or not _is_whole(run, first, last):
        return None
    before = plain.before(run[first].start, 16)
    if CARD_BEFORE.search(before):
        return run[last].end
    lengths = _lengths(run, first, last)
    in_fours = digits.startswith("62") and lengths[:4] == [4] * 4  # a card, even with a digit mistyped
    if len(digits) < 13 or digits[0] not in "3456" or SERIAL_BEFORE.search(before):
        return None
    if not in_fours and not passes_luhn(digits):
        return None
    usual = (len(lengths) == 1 or set(lengths) == {1} or lengths in ([6, 13], [8, 8], [6, 10], [4, 6, 5])
             or set(lengths[:-1]) == {4} and lengths[-1] <= 4)
    return run[last].end if usual or digits.startswith("62") and min(lengths) > 2 else None


# --- a phone -------------------------------------------------------------------------------------------
def digits_of(text):
    return re.sub("[^0-9]", "", text.translate(TO_DIGITS))


def local_part(digits):
    """A number without country and area: by it two ways to write it are one."""
    if mobile := MOBILE.fullmatch(digits):
        return mobile[1]
    if digits.startswith("0") and (landline := LANDLINE.fullmatch(digits)):
        area = 2 if landline[1][0] in "12" else 3
        return landline[1][area:]
    return digits


def _is_phone(digits, run, first, last, plain, public):
    if local_part(digits) in public or FREE_CALL.fullmatch(digits):
        return None
    lengths = _lengths(run, first, last)
    gaps = [group.gap for group in run[first + 1:last + 1]]
    tight = all(TIGHT.issuperset(gap) for gap in gaps)
    before, end = plain.before(run[first].start, 14), run[last].end
    if mobile := MOBILE.fullmatch(digits):
        kept = lengths[1:] if len(digits) > 11 and sum(lengths[1:]) == 11 else lengths
        usual = len(kept) == 1 or set(kept) == {1} or kept in ([3, 4, 4], [3, 8], [7, 4], [4, 4, 3], [3, 3, 5])
        odd = len(mobile[1]) == 11 and tight and kept[1:] != [3, 3, 3]
        return end if usual or odd else None
    if digits[0] in "08" and ABROAD.fullmatch(digits):
        return end if tight else None
    far = digits[0] == "0" or digits.startswith("86") and len(digits) > 11
    if far and (LANDLINE.fullmatch(digits) or digits.startswith("0086")):
        bracketed = all(TIGHT.union("()").issuperset(gap) for gap in gaps)
        whole = len(lengths) == 1 or set(lengths) == {1}
        with_area = whole or bracketed and lengths[0] in ((3, 4) if digits[0] == "0" else (2,))
        return end if with_area and len(local_part(digits)) >= 7 else None
    return end if _is_local(digits, lengths, tight, before, plain.text[end:end + 4]) else None


def _is_local(digits, lengths, tight, before, after):
    """A number without its area, or one that a word before it calls a phone."""
    whole = len(lengths) == 1 or (lengths in ([4, 4], [3, 4]) and tight) or set(lengths) == {1}
    if not whole:
        return False
    if 3 <= len(digits) <= 7 and SHORT_BEFORE.search(before):
        return True
    if SERIAL_BEFORE.search(before):
        return False
    if 7 <= len(digits) <= 12 and CALLED_BEFORE.search(before) and not DATE.fullmatch(digits):
        return True
    is_range = digits[2:4] == "00" and not _is_alone(before, after)  # 6000-8000
    halved = lengths == [4, 4] and digits[0] in "68" and not is_range and digits[6:] != "00"
    return ((len(lengths) == 1 or halved) and bool(LOCAL.fullmatch(digits)) and not DATE.fullmatch(digits)
            and not PART_OF_A_SERIAL.search(before)
            and not NO_CALL_AFTER.match(after))


def _is_alone(before, after):
    """Whether a number is all that its sentence says."""
    return before.rstrip(" ")[-1:] in STOPS and after.lstrip(" ")[:1] in STOPS


def _glued(group):
    """Numbers written one behind the other without anything between: ID numbers and mobile phones to the very end."""
    parts, place, digits = [], 0, group.digits
    while place < len(digits):
        if is_citizen_number(digits[place:place + 18]):
            size, kind = 18, "id_number"
        elif MOBILE.fullmatch(digits[place:place + 11]):
            size, kind = 11, "phone"
        else:
            return []
        parts.append((kind, group.start + place, group.start + place + size))
        place += size
    return parts


# inside a row of digits that stand one by one: with which digit may a number begin, how long is it at all
BEGINS = {_is_id: "12345689", _is_card: "", _is_phone: "018"}
LENGTHS = {_is_id: {15, 16, 17, 18, 19, 20}, _is_card: set(range(12, 20)), _is_phone: set(range(3, 16))}


# --- half hidden, and with letters for digits ----------------------------------------------------------
def _in_other_dress(plain, public):
    for found in LOOKS_ALIKE.finditer(plain.text):
        typed = sum(each.isdigit() for each in found[0])
        if 6 <= typed < 11 and MOBILE.fullmatch(found[0].translate(ALIKE)):
            yield "phone", *found.span()
    for found in STARRED_PHONE.finditer(plain.digits):
        yield "phone", *found.span()
    for kind, pattern in (("id_number", STARRED_ID), ("id_number", HONG_KONG), ("bank_card", STARRED_CARD)):
        for found in pattern.finditer(plain.digits):
            yield kind, *found.span()
    for found in PAPERS.finditer(plain.text):
        yield "id_number", *found.span(1)
    for found in LAST_FOUR.finditer(plain.digits):  # a lost link is found again by the last four digits
        near = plain.before(found.start(), 8) + plain.text[found.end():found.end() + 6]
        kind = "plate" if "车" in near else "bank_card" if "卡" in near or "账" in near else "phone"
        yield kind, *found.span(1)
