"""What a password of one's own must be: long enough, made of several kinds, no common one, none of the last five.

A common one is found in any spelling: letters are made plain (NFKD, lower case), a sign that looks like a letter may
stand for it (@ a, 0 o, 1 l …), all other digits and signs fall away, and what is left must be more than words that
everybody tries. One-time passwords are random and not asked.
"""
import unicodedata
from functools import cache

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

RULE = "至少 10 个字，小写字母、大写字母、数字、符号、汉字里要有三种；或者 16 个字以上，哪种都行。"
HELP = f"{RULE}不要用姓名、账号名、常见的词、“桂城”加年份，也不要用最近 5 次用过的。"
TOO_SIMPLE = f"这个口令太简单：{RULE}"
TOO_FEW = "重复的字太多，请至少用 6 个不同的字。"
NO_LETTER = "只有数字和符号的口令容易被猜中，请加上字母或汉字。"
COMMON = "这个口令容易被猜中：去掉数字和符号，剩下的只是常见的词（如 guicheng、桂城）。请换一个，或者再加几个字。"
USED = "这是最近 5 次用过的口令，请换一个没有用过的。"

SHORTEST, LONG, KINDS, DIFFERENT = 10, 16, 3, 6
LOOKS_LIKE = {"@": "a", "4": "a", "0": "o", "1": "li", "!": "i", "3": "e", "$": "s", "5": "s"}
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
COLUMNS = "qaz wsx edc rfv tgb yhn ujm"
SHORT = "gc jd nh fs gd cn"
OWN = f"""{COLUMNS}
    桂城 街道 办事处 街道办 办实事 南海 佛山 广东 千灯湖 社区 政府 党 党建 中国 年 月 日
    口令 密码 管理员 管理 测试 登录 欢迎 你好 我爱 加油
    guicheng jiedao banshichu jiedaoban banshishi nanhai foshan guangdong qiandenghu shequ zhengfu dang
    dangjian zhongguo china nian yue year month day kouling mima guanliyuan guanli ceshi denglu huanying nihao woai
    woaini jiayou admin administrator root guest user test login welcome hello pass password passwd pwd iloveyou love
    new gcjd gcbss"""
LISTED, TWO = 4, 2  # letters of a word of the list that counts inside another text, and how many of these may count
LEFT_OVER, RARE = 2, 3  # letters beside the words that make no difference: so many, one in three; a 汉字 is two
ASKED = 64  # signs that are looked at
END, OURS = "", " "  # marks in the tree of words


class EnoughKinds:
    """Ten signs of three kinds, or sixteen of any."""

    def validate(self, password, user=None):
        text = unicodedata.normalize("NFKC", password)
        kinds = {_kind(sign) for sign in text}
        if len(text) < SHORTEST or len(text) < LONG and len(kinds) < KINDS:
            raise ValidationError(TOO_SIMPLE, code="too_simple")
        if len(set(text.lower())) < DIFFERENT:
            raise ValidationError(TOO_FEW, code="too_few_different")

    def get_help_text(self):
        return HELP


def _kind(sign):
    if sign.isdigit():
        return "digit"
    if not sign.isalpha():
        return "sign"
    return "lower" if sign.islower() else "upper" if sign.isupper() else "other"


class NotCommon:
    """Nothing that is only common words, however they are spelled."""

    def validate(self, password, user=None):
        signs = _without_repetition(unicodedata.normalize("NFKD", password).casefold())
        letters = "".join(filter(_is_letter, signs))
        if not letters:
            raise ValidationError(NO_LETTER, code="no_letter")
        if letters in _short_words() or _is_made_of_words(signs[:ASKED]):
            raise ValidationError(COMMON, code="common")

    def get_help_text(self):
        return ""


def _is_letter(sign):
    return sign.isalpha() and not sign.isnumeric()  # 二〇二六 is a year


def _without_repetition(text):
    """ "abcabcabc" gives "abc"."""
    length = (text + text).find(text, 1)
    return text[:length] if 0 < length < len(text) else text


def _is_made_of_words(signs):
    """Whether so few letters stand outside common words that they make no difference.

    Read from left to right: `outside[place, listed]` is the smallest number of letters outside, up to that place and
    with so many words of the list.
    """
    outside = {(0, 0): 0}
    for place, sign in enumerate(signs):
        weight = (2 if sign >= "\u4e00" else 1) if _is_letter(sign) else 0
        ends = list(_words_from(signs, place))
        for listed in range(TWO + 1):
            so_far = outside.get((place, listed), LEFT_OVER + 1)
            steps = [((place + 1, listed), so_far + weight), *(
                ((end, listed + (not is_ours)), so_far) for end, is_ours in ends)]
            for there, letters in steps:
                if letters <= min(LEFT_OVER, outside.get(there, LEFT_OVER)):
                    outside[there] = letters
    least = min(outside.get((len(signs), listed), len(signs)) for listed in range(TWO + 1))
    return least * RARE <= sum(map(_is_letter, signs))


def _words_from(signs, start):
    """Where the words end that begin at `start`, and whether each is of our own list."""
    nodes = [_tree()]
    for place in range(start, len(signs)):
        sign = signs[place]
        spelled = [sign] if _is_letter(sign) else LOOKS_LIKE.get(sign, "")
        found = [node[letter] for node in nodes for letter in spelled if letter in node]
        if not _is_letter(sign) and place > start:  # or it falls away
            found += nodes
        if not found:
            return
        nodes = list({id(node): node for node in found}.values())
        for node in nodes:
            if END in node:
                yield place + 1, node[END] == OURS


@cache
def _listed():
    """Django's list of common passwords, the letters only: as they stand, and with the signs that look like letters."""
    lines = CommonPasswordValidator().passwords
    table = str.maketrans({sign: letters[0] for sign, letters in LOOKS_LIKE.items()})
    return {"".join(filter(_is_letter, text)) for line in lines for text in (line, line.translate(table))} - {""}


@cache
def _short_words():
    """What is common as a whole and too short to count inside another text: the letters of "aa123456789"."""
    return {*SHORT.split(), *(word for word in _listed() if len(word) < LISTED)}


@cache
def _tree():
    """The words as a tree of letters, where END marks a word: what is read of it stops where no word goes on."""
    tree = {}
    rows = {row[begin:end] for each in ROWS for row in (each, each[::-1])
            for begin in range(len(row)) for end in range(begin + 3, len(row) + 1)}
    long = {word for word in _listed() if len(word) >= LISTED}
    for words, mark in ((long, "listed"), ({*OWN.split(), *rows}, OURS)):
        for word in words:
            node = tree
            for letter in word:
                node = node.setdefault(letter, {})
            node[END] = mark
    return tree


class NotUsedLately:
    """None of the last five of this account."""

    def validate(self, password, user=None):
        if user is None or user.pk is None:
            return
        for used in user.used_passwords.values_list("password", flat=True):
            if check_password(password, used):
                raise ValidationError(USED, code="used")

    def get_help_text(self):
        return ""
