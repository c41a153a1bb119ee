"""A sealed word is found however an answer writes it, and nothing beside it."""
import json
import time
from urllib.parse import quote

import pytest
from django.utils.html import escape

from guicheng.seal.words import MARK, Cover, folded, what_is_wrong

NAME = "陈大文"


@pytest.mark.parametrize("written", [
    "陈大文", "陈 大 文", "陈\u3000大文", "陈\n大文", "陈大\u200b文", "陈&nbsp;大文", "陈<br>大文", "陈大<wbr>文",
    "&#38472;大文", "&#x9648;&#x5927;&#x6587;", json.dumps("陈大文")[1:-1], json.dumps("陈大文")[1:-1].upper().replace(
        "\\U", "\\u"), quote("陈大文"), quote("陈大文").lower(), r"陈\n大文", "陈%20大文",
])
def test_however_it_is_written(written):
    covered = Cover([NAME]).text(f"前{written}后")
    assert covered in (f"前{MARK}后", f"前{quote(MARK)}后", f"前{json.dumps(MARK)[1:-1]}后"), covered


@pytest.mark.parametrize("word, written", [
    ("Ａ座３楼", "A座3楼"), ("A座3楼", "ａ座３楼"), ("南桂路8号“老店”", escape("南桂路8号“老店”")),
    ("张三&李四", "张三&amp;李四"),
    ("0757-86230000", "0757 8623 0000"), ("0757-86230000", "0757－86230000"), ("13800138000", "138-0013-8000"),
    ('他说"好"吧', json.dumps('他说"好"吧', ensure_ascii=False)[1:-1]), ("500㎡广场……", "500㎡广场……"),
])
def test_other_signs(word, written):
    assert written not in Cover([word]).text(f"前（{written}）后")
    assert MARK in Cover([word]).text(f"前（{written}）后")


def test_what_stands_beside_it_stays():
    cover = Cover([NAME, "13800138000"])
    for text in ("陈大", "陈大明", "大文", "<p>陈</p><p>大文</p>", "a13800138000", "138001380001", "其他"):
        assert cover.text(text) == text and not cover.touches(text)
    assert cover.text("%E5%BC%A013800138000") == f"%E5%BC%A0{MARK}"
    assert not Cover([]) and Cover([]).text(NAME) == NAME


def test_the_longest_is_covered_whole():
    assert Cover(["陈大", "陈大文"]).text("陈大文和陈大") == f"{MARK}和{MARK}"


def test_values_keep_their_shape():
    value = {"name": f"给{NAME}的信", "number": 3, "rows": [None, True, {"陈大文": "x"}], "day": "2021-12-31"}
    assert Cover([NAME]).value(value) == {
        "name": f"给{MARK}的信", "number": 3, "rows": [None, True, {"陈大文": "x"}], "day": "2021-12-31"}


@pytest.mark.parametrize("size", [1, 2, 7, 5000])
def test_a_stream_is_covered_over_its_joints(size):
    text = "".join(f"第 {number} 行，{NAME if number % 3 else '别人'}\r\n" for number in range(2000))
    parts = [text[at:at + size] for at in range(0, len(text), size)]
    assert "".join(Cover([NAME]).parts(parts)) == Cover([NAME]).text(text)


def test_a_stream_does_not_wait_for_its_end():
    seen = []

    def parts():
        for number in range(1000):
            seen.append(number)
            yield "x" * 100

    next(Cover([NAME]).parts(parts()))
    assert len(seen) < 200


@pytest.mark.parametrize("word", ["文", " 文 ", "class", "report", "123456", "【依规不再公开】", "不再公开", "2021Q4"])
def test_what_would_cover_too_much_is_refused(word):
    assert what_is_wrong(word)


@pytest.mark.parametrize("word", ["陈大文", "13800138000", "粤E1234", "440605198001011234", "文化"])
def test_what_can_be_covered(word):
    assert what_is_wrong(word) == ""


@pytest.mark.parametrize("query, hints", [
    ("陈大文", True), ("陈", True), ("大文", True), ("书记陈", True), ("文化站", True), ("chendawen", True),
    ("cdw", True), ("给陈大文的信", True), ("公园", False), ("", False), ("  ", False),
])
def test_what_a_search_would_give_away(query, hints):
    assert bool(Cover([NAME]).hinted_by(query)) is hints


def test_a_long_page_is_covered_in_no_time():
    """A page of half a megabyte under a hundred seals."""
    cover = Cover([f"第{number}位陈大文先生" for number in range(99)] + ["13800138000"])
    page = "<li>第 3 个项目，截至 2021 年 12 月 31 日已完成 90.1%。</li>\n" * 9000
    started = time.perf_counter()
    assert cover.text(page) == page
    assert time.perf_counter() - started < 20  # a pass for each seal would take minutes


def test_folding():
    assert folded("Ａ 座\u3000３\n楼") == folded("a座3楼") == "a座3楼"
