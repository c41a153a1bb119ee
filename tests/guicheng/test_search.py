"""What is typed finds what is written, however either is written: folding, readings, words that mean the same."""
import re
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from guicheng.search.folding import CLOSING, DASHES, OPENING, QUOTES, RADICALS, fold
from guicheng.search.query import LONGEST, Query
from guicheng.search.spelling import spelled
from guicheng.search.text import NAME_ENDS, SPELLED, search_text

NAMES = ["映月（二期）", "桂花社区老旧小区改造", "南海 12345 热线", "“三线”整治", "千灯湖—桂城段", "二〇二一年 KTV",
         "〇八路", "大圩社区", "龙光·玖龙湾", "⻢路（东）", "café 广场", "𠮷祥里"]


# --- folding -------------------------------------------------------------------------------------
@given(st.text())
@example("e\u200b\u0301").via("a sign that nobody sees between two that are one")
@example("ﾊ\u200bﾞ").via("half-width kana")
@example("--\u200b-1-\u200b-2'a\u0345'b").via("what goes brings together what goes as well")
def test_to_fold_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_nothing_is_left_that_breaks_a_search_text(text):
    assert not {NAME_ENDS, SPELLED, " ", "\0"} & set(fold(text))


def wide(sign):
    return chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign


KIND = [set("([（" + OPENING), set(")]）" + CLOSING), set(QUOTES + '"＂'), set("-" + DASHES), set("〇○零")]
KANGXI = {unicodedata.normalize("NFKC", chr(point)): chr(point) for point in range(0x2F00, 0x2FD6)}
RADICAL = {plain: sign for sign, plain in RADICALS.items()}


@st.composite
def another_way(draw):
    """A name, and one of the ways in which people and programs write it."""
    name, signs = draw(st.sampled_from(NAMES)), []
    for sign in name:
        kind = next((each for each in KIND if sign in each), {sign})
        shapes = sorted(kind | {wide(sign), sign.upper(), sign.lower(), KANGXI.get(sign, sign),
                                RADICAL.get(sign, sign)})
        signs.append(draw(st.sampled_from(shapes)))
        signs.append(draw(st.sampled_from(["", "", "", "\u200b", "\ufeff", "\u00ad", "\ufe0f", " ", "　"])))
    return name, "".join(signs).strip()


@given(another_way())
def test_whichever_way_a_name_is_typed_it_is_found(pair):
    name, typed = pair
    text = search_text("前面的", f"在{name}旁")
    assert fold(typed) == fold(name)
    assert all(term.word in text for term in Query(typed).terms)


@pytest.mark.parametrize("typed, written", [
    ("映月(二期)", "映月（二期）"), ("映月【二期】", "映月（二期）"), ("《桂城》", "“桂城”"), ("⼤圩", "大圩"),
    ("ｇｃ", "GC"), ("㎡", "m2"),
    ("dàxū", "daxu"), ("xi'an", "xian"), ("07578623 1234", "0757-86231234"), ("二零二一", "二〇二一"),
    ("——", "-"),
    ("⻋站", "车站"), ("ǘ", "u"), ("ﬁ", "fi"),
])
def test_one_form(typed, written):
    assert fold(typed) == fold(written)


@pytest.mark.parametrize("one, other", [("二期", "三期"), ("0", "零"), ("(一)", "一"), ("三", "3"), ("圩", "墟")])
def test_control_other_things_stay_other(one, other):
    assert fold(one) != fold(other)


# --- readings --------------------------------------------------------------------------------------
@pytest.mark.parametrize("name, typed", [
    ("大圩社区", "daxu"), ("大圩社区", "dawei"), ("大圩社区", "dxsq"), ("大圩社区", "dwsq"), ("朝阳路", "chaoyanglu"),
    ("朝阳路", "zhaoyanglu"), ("朝阳路", "cyl"), ("朝阳路", "zyl"), ("二〇二一", "erlingeryi"), ("𠮷祥里", "jixiangli"),
    ("绿地", "lvdi"), ("绿地", "ludi"), ("映月", "yingyue"), ("映月", "yy"), ("平洲大涌", "pingzhoudachong"),
    ("桂花社区大圩路朝阳小区老旧小区改造项目", "daxu"), ("桂花社区大圩路朝阳小区老旧小区改造项目", "chaoyang"),
    ("A区公园(二期)", "qugongyuan"), ("䶮𨭎", "yanxi"),
])
def test_every_reading_is_found(name, typed):
    assert typed in search_text(name).partition(SPELLED)[2].split() or any(
        typed in each for each in search_text(name).partition(SPELLED)[2].split())


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x323AF, categories=["Lo"]), max_size=40))
def test_any_run_of_characters_is_spelled(run):
    for each in re.findall("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+", run):
        ways = spelled(each)
        assert ways and len(ways) <= 2 * max(12, 1 + 4 * len(each))


def test_many_readings_do_not_multiply():
    assert len(spelled("朝长行重乐都调单曾校")) <= 24


# --- what is kept ----------------------------------------------------------------------------------
def test_a_search_text_has_the_name_first_each_part_once_and_then_the_pinyin():
    assert search_text("映月", "", None, "映月", "KTV 整治") == "映月\nktv整治\n\tyingyue yy zhengzhi zz"


def test_nothing_is_an_empty_text():
    assert search_text("") == "\t"


# --- a query ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("text, said", [
    ("长" * (LONGEST + 1), "最多 80 个字"), ("公\x00园", "控制字符"), ("\x07", "控制字符"), ("a\x1fb", "控制字符"),
    (" ".join("一二三四五六七八九十百"), "最多 10 个"),
])
def test_what_cannot_be_looked_for_is_one_sentence(text, said):
    with pytest.raises(ValidationError, match=said):
        Query.read(text)


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "　", "\t\n"])
def test_what_says_nothing_looks_for_nothing(text):
    assert not Query.read(text)


def test_words_that_mean_the_same_are_looked_for_too():
    term, = Query("旧改").terms
    assert term.word == "旧改" and "老旧小区改造" in term.alike
    assert Query("旧改", widened=False).alike == []
    assert Query("大圩").alike == []


@pytest.mark.parametrize("text, asks", [("诉求", True), ("居委会电话", True), ("投诉 路灯", True), ("公园", False)])
def test_who_wants_to_speak_to_somebody(text, asks):
    assert Query(text).asks_for_contact is asks


def marked(text, typed):
    pieces = Query(typed).marked(text)
    assert "".join(piece for piece, _ in pieces) == text
    return [piece for piece, is_new in pieces if is_new]


@pytest.mark.parametrize("text, typed, found", [
    ("映月（二期）完工", "映月(二期)", ["映月（二期）"]), ("公园 里的公园", "公园", ["公园", "公园"]),
    ("没有", "公园", []),
    ("打 0757-8623 找", "07578623", ["0757-8623"]),
    ("新\u200b学校", "新学校", ["新\u200b学校"]), ("新 学校", "新学校", ["新 学校"]),
    ("a&b<c", "b<", ["b<"]), ("e\u0301cole", "ecole", ["e\u0301cole"]),
])
def test_the_words_are_marked_where_they_stand(text, typed, found):
    assert marked(text, typed) == found


@given(st.text(), st.text(max_size=20))
def test_marking_loses_nothing(text, typed):
    marked(text, typed)


def test_the_sentence_is_the_one_with_most_of_the_words():
    text = "公园开工。公园的路灯装好了！还有别的；路灯"
    assert Query("路灯 公园").sentence_of(text) == "公园的路灯装好了！"
    assert Query("没有的").sentence_of("只有一句") == "只有一句"
