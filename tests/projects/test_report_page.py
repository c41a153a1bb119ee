"""The quarter on paper: the printable page and the PDF say what the document says, and no word of the staff."""
import hashlib
import os
import re
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.cache import cache

from guicheng import words
from projects.report import Missing
from projects.report.page import render_html, render_pdf
from projects.report.pdf import library, refuse
from tests.browser import barriers
from tests.projects.documents import (
    CLOSED,
    LONG,
    a_change,
    a_document,
    a_list,
    a_project,
    a_promise,
    edge_cases,
)

ADDRESS = "https://example.org/reports/2021Q4/"
STAFF = {
    "lights": [{"code": "r", "sentence": "超过计划 40 天的理由", "word": "红"}],
    "light_counts": [{"colour": "red", "word": "红灯字样", "count": 1}],
    "words": [{"code": "r", "problem": "经办人说的问题", "delay_reason": "经办人说的原因"}],
    "office": {"document_number": "示街办〔2021〕12 号", "signer": "签发某"},
    "parts": [{"key": "overview", "title": "总体情况", "paragraphs": [
        {"level": 2, "text": "（一）抓清单"}, {"level": 0, "text": "正文里的一句话。"}]},
        {"key": "plans", "title": "下一步打算", "paragraphs": []}],
}
STAFF_WORDS = ["超过计划 40 天", "红灯字样", "经办人说的", "示街办", "签发某", "某经办人"]
PROSE = ["一、总体情况", "（一）抓清单", "正文里的一句话。"]


def full(**report):
    return a_document(
        [a_list(rate="13.3"), a_list("micro", "民生微实事", declared=1431, declared_done=64, done=0, doing=0, none=0)],
        [a_change()], [a_promise()], [a_promise("明年的事", "not_due", "未到期")],
        [a_project(), a_project("一个分项", parent="南一路改造提升", is_part=True, number=None),
         a_project("不在清单上的事", list=None, list_title="")],
        {**STAFF, **report}, CLOSED)


@pytest.fixture(scope="session")
def pdf():
    return render_pdf(full(), ADDRESS)


def pages(content):
    """The pages of a PDF as text, as a reader's tool sees them."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True,
                          timeout=60)
    return done.stdout.decode().split("\f")[:-1]


def unpacked(content):
    """Yield the bytes of a PDF and of each of its packed streams."""
    yield content
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        with suppress(zlib.error):
            yield zlib.decompress(stream)


def flat(text):
    return re.sub(r"\s+", "", text)


# --- the page ------------------------------------------------------------------------------------
def test_it_works():
    page = render_html(full(), ADDRESS)
    for part in ("2021 年第四季度汇总", "截至 2021 年 12 月 31 日", "第 2 次锁定", "南一路改造提升", "按期完成",
                 "明年的事", "城市更新", full().fingerprint, full().sm3, "https://example.org/reports/verify/",
                 "这些数怎么算"):
        assert part in page


@pytest.mark.parametrize("name", edge_cases())
def test_its_figures_are_those_of_the_document(name):
    document = edge_cases()[name]
    page = render_html(document, ADDRESS)
    for row in document.figures["lists"]:
        html = page.split(f'<tr data-list="{row["slug"]}">')[1].split("</tr>")[0]
        found = dict(re.findall(r'data-figure="(\w+)">([^<]*)<', html))
        for key in ("declared", "declared_done", "recorded", "done", "standing", "unknown", "missing"):
            assert found[key] == words.number(row[key])
        assert found["rate"] == ("—" if row["rate"] is None else f"{row['rate']}%")
    tables = [part.split("</thead>")[1].split("</table>")[0] for part in page.split("<table data-change")[1:]]
    assert sum(table.count("<tr>") for table in tables) == len(document.figures["changes"])


def test_what_people_wrote_is_text():
    page = render_html(a_document(changes=[a_change("<script>alert(1)</script>")]), ADDRESS)
    assert "<script" not in page and "&lt;script&gt;" in page
    assert not re.search(r"\sstyle=|<style", page)


def test_the_text_of_the_office_stands_first_once_released():
    for report, is_there in (({}, False), ({"is_released": False}, False), ({"is_released": True}, True)):
        page = render_html(full(**report), ADDRESS)
        assert all((part in page) is is_there for part in PROSE)
        assert "下一步打算" not in page, "a part without text is left out"
        assert not [word for word in STAFF_WORDS if word in page]
    assert page.index("正文里的一句话") < page.index("各张清单")


def test_rows_stand_under_their_lists_and_the_rest_last():
    page = render_html(full(), "")
    places = [page.index(part) for part in (
        "2021 年首批重点项目（2 行，含分项）", "“南一路改造提升”的一部分", "不在清单上的项目（1 行）",
        "不在清单上的事")]
    assert places == sorted(places)


def test_a_document_that_is_not_closed_says_so():
    page = render_html(a_document(), "")
    assert "未锁定，数据会变" in page and "现在还没有锁定" in page and "二维码" not in page


# --- the PDF -------------------------------------------------------------------------------------
def test_the_pdf_has_the_figures_and_no_word_of_the_staff(pdf):
    text = flat("".join(pages(pdf)))
    for part in ("2021年第四季度汇总", "截至2021年12月31日", "1,431", "南一路改造提升", "按期完成", "13.3%",
                 full().fingerprint[:32]):
        assert part in text
    assert not [word for word in [*STAFF_WORDS, *PROSE] if flat(word) in text]
    released = flat("".join(pages(render_pdf(full(is_released=True), ADDRESS))))
    assert all(flat(part) in released for part in PROSE)
    assert not [word for word in STAFF_WORDS if flat(word) in released]


def test_every_page_has_its_title_day_lock_and_number(pdf):
    found = pages(pdf)
    for number, page in enumerate(map(flat, found), start=1):
        for part in ("桂城办实事2021年第四季度汇总", "截至2021年12月31日", "第2次锁定"):
            assert part in page
        assert f"第{number}页，共{len(found)}页" in page


def test_the_head_of_a_table_stands_on_each_of_its_pages():
    rows = [a_project(f"第 {number} 号项目", number=number) for number in range(1, 121)]
    found = [page for page in pages(render_pdf(a_document(projects=rows), "")) if "号项目" in page]
    assert len(found) > 2 and all("最近进展" in page for page in found)
    assert sum(len(re.findall(r"第 \d+ 号项目", page)) for page in found) == 120


def test_its_description(pdf):
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True, timeout=60).stdout.decode()
    assert "桂城办实事 2021 年第四季度汇总" in told and re.search(r"Tagged:\s+yes", told)
    assert re.search(r"CreationDate:.* 31 .*2021", told) and re.search(r"Page size:.*A4", told)
    inner = b"".join(unpacked(pdf))
    assert b"zh-Hans" in inner and b"/Outlines" in inner


def test_the_same_bytes_in_other_processes(pdf):
    code = ("import django; django.setup()\nfrom tests.projects import test_report_page as each\nimport hashlib\n"
            "print(hashlib.sha256(each.render_pdf(each.full(), each.ADDRESS)).hexdigest())")
    root = str(Path(__file__).parents[2])
    for seed in ("1", "2"):
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=120, text=True,
                               env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root})
        assert other.stdout.strip() == hashlib.sha256(pdf).hexdigest()


def test_odd_documents_become_pdf_too():
    cases = edge_cases()
    for name in ("nothing", "long"):
        assert render_pdf(cases[name], "").startswith(b"%PDF-")
    assert flat(LONG)[:40] in flat("".join(pages(render_pdf(cases["long"], ""))))


def test_nothing_is_fetched_for_it():
    with pytest.raises(ValueError, match="not fetched"):
        refuse("https://example.org/x.png")


def test_without_the_library_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Missing, match="WeasyPrint"):
        render_pdf(full(), ADDRESS)


# --- where it is ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_at_its_address(visitor, facts):
    page = visitor.get("/reports/2021Q4/print/")
    assert page.status_code == 200 and "华成路" in page.content.decode()
    assert visitor.get("/reports/2021Q5/print/").status_code == 404
    assert "还没有到" in visitor.get("/reports/2099Q1/print/").content.decode()
    assert visitor.post("/reports/2021Q4/print/").status_code == 405
    response = visitor.get("/reports/2021Q4.pdf")
    assert response["Content-Type"] == "application/pdf" and "华成路" in "".join(pages(response.content))


@pytest.mark.django_db
def test_a_machine_without_the_library_leads_to_the_printable_page(visitor, facts, monkeypatch):
    cache.clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    response = visitor.get("/reports/2021Q4.pdf")
    page = response.content.decode()
    assert response.status_code == 501 and "WeasyPrint" in page and 'href="/reports/2021Q4/print/"' in page
    assert visitor.get("/reports/2021Q4/print/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_barrier_in_a_browser_and_paper_from_it(live_server, facts, open_page):
    page = open_page(live_server.url + "/reports/2021Q4/print/")
    assert barriers(page, schemes=("light", "dark")) == []
    assert "第1页" in flat(pages(page.pdf(prefer_css_page_size=True))[0])


def test_a_pdf_leaves_photos_as_they_were():
    """WeasyPrint tells Pillow, for the whole process, to take half pictures."""
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    library()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_paper_has_the_first_rows_and_says_where_the_others_are(monkeypatch):
    """In order over all lists together; each list still says how many it has."""
    document = a_document(
        [a_list(), a_list("micro", "民生微实事")], [a_change(f"变动 {number}") for number in range(3)],
        [a_promise(f"第 {number} 诺") for number in range(3)], [],
        [a_project("甲"), a_project("乙"), a_project("丙", list="micro"), a_project("丁", list="micro")], {}, CLOSED)
    whole = render_html(document, ADDRESS)
    assert "纸上列前" not in whole and all(name in whole for name in "甲乙丙丁")
    monkeypatch.setattr("projects.report.page.ROWS", 3)
    monkeypatch.setattr("projects.report.page.OTHERS", 2)
    cut = render_html(document, ADDRESS)
    assert re.findall("纸上列前 .*?。", cut) == [
        "纸上列前 2 个，其余 1 个见 Excel、CSV 表格。", "纸上列前 2 条，其余 1 条见 Excel、CSV 表格。",
        "纸上列前 3 行，其余 1 行见 Excel、CSV 表格。"]
    assert "变动 1" in cut and "变动 2" not in cut and "第 1 诺" in cut and "第 2 诺" not in cut
    rows = cut[cut.index("清单明细"):]
    assert all(name in rows for name in "甲乙丙") and "丁" not in rows and "民生微实事（2 行）" in rows
