"""The Word file: its layout as LibreOffice sets it, the same bytes everywhere, and what stands in it."""
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projects.document import Document
from projects.report.titles import lines_of, width_of
from projects.report.word import render

OFFICE = {
    "kind": "report", "kind_label": "报告", "has_red_head": True, "issuer": "示例街道办事处",
    "document_number": "示街办〔2021〕12 号", "signer": "示例某", "title": "", "addressee": "示例区人民政府：",
    "signed_on": "2021-12-31", "copied_to": "示例单位甲，示例单位乙。", "printed_by": "示例街道办事处党政办公室",
    "printed_on": "2022-12-31",
}
SENTENCE = "示例文字为群众办实事逐项销号"  # no digits and no punctuation: each character is as wide as the other
PARTS = [
    {"key": "overview", "title": "总体情况", "paragraphs": [
        {"level": 0, "text": SENTENCE * 120}, {"level": 2, "text": "（一）抓清单"},
        {"level": 2, "text": "（二）抓进度。示例正文。"}, {"level": 3, "text": "1. 示例三级。"}]},
    {"key": "work", "title": "主要做法和成效", "paragraphs": []},
    {"key": "plans", "title": "下一步打算", "paragraphs": [{"level": 0, "text": "示例打算。"}]},
]


def project(number, **changes):
    return {"name": f"示例项目 {number} 号", "list": "sample", "is_part": False, "category": "示例类型",
            "community": "", "department": "示例办公室", "status_label": "推进中", "percent": 40,
            "moved_on": "2021-12-22", "latest": "示例：已进场施工，按计划推进。", "due_on": "2021-12-31"} | changes


def document(office=None, parts=PARTS, rows=3, projects=(), closing=None):
    """A small document of sample rows; `office` changes OFFICE, False leaves it out."""
    figures = {
        "quarter": "2021Q4", "title": "2021 年第四季度", "as_of": "2021-12-31",
        "lists": [{"slug": "sample", "title": "示例清单", "unit": "项", "recorded": rows, "declared": 300, "done": 0,
                   "declared_done": None, "gap_sentence": f"公布 300 项，有明细的 {rows} 项，其余暂缺。"}],
        "projects": [*(project(number) for number in range(rows)), *projects],
    }
    report = {} if office is False else {"office": OFFICE | (office or {}), "parts": parts}
    return Document(figures, report, closing)


DRAFT = {"document_number": "", "signer": "", "signed_on": None, "printed_on": None, "printed_by": ""}


def texts(data):
    """The words of every part, paragraph by paragraph."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        roots = {name: ET.fromstring(file.read(name)) for name in file.namelist()}  # noqa: S314 — ours
    return {name: [words(each) for each in root.iter(W + "p")] for name, root in roots.items()}


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words(paragraph):
    return "".join({W + "t": piece.text, W + "br": "\n"}.get(piece.tag) or "" for piece in paragraph.iter())


def body(data):
    return texts(data)["word/document.xml"]


# --- as LibreOffice sets it ----------------------------------------------------------------------
needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="没有找到 LibreOffice 或 pdftotext")
MM = 72 / 25.4


def changed(data, old, new):
    """The same file with something else in its styles and its layout: a control."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as file, zipfile.ZipFile(made, "w") as copy:
        for name in file.namelist():
            copy.writestr(name, file.read(name).decode().replace(old, new))
    return made.getvalue()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages by file, a page as (width, [(x, y, word)]): all in one start of LibreOffice, with a profile of its own."""
    folder = tmp_path_factory.mktemp("word")
    signed = render(document(rows=60))
    files = {
        "signed": signed,
        "draft": render(document(DRAFT, rows=30)),
        "inside": render(document({"kind": "internal", "kind_label": "内部材料", "has_red_head": False}, rows=12)),
        "other_lines": changed(signed, '="579"', '="600"'),
        "other_characters": changed(signed, '<w:spacing w:val="-5"/>', '<w:spacing w:val="10"/>'),
    }
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    blank_too = 'pdf:writer_pdf_Export:{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", blank_too,
         "--outdir", folder, *[folder / f"{name}.docx" for name in files]],
        env=os.environ | {"FONTCONFIG_FILE": str(_fonts(folder))}, check=True, timeout=180,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {name: _pages(folder / f"{name}.pdf") for name in files}


def _fonts(folder):
    """No letters but those of Noto: for what only the office has, a machine may take others whose digits are wider."""
    file = folder / "fonts.conf"
    file.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
                    "<include>/etc/fonts/fonts.conf</include><selectfont><rejectfont>"
                    "<glob>/usr/share/fonts/truetype/*</glob></rejectfont></selectfont></fontconfig>")
    return file


def _pages(path):
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, timeout=60, capture_output=True, text=True)
    return [
        (float(width), [(float(x), float(y), text) for x, y, text in
                        re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)<', page)])
        for width, page in re.findall(r'<page width="([\d.]+)"[^>]*>(.*?)</page>', found.stdout, re.S)
    ]


def lines(page):
    """The text of a page by its lines, without header and page number."""
    found = {}
    for _, y, text in page[1]:
        if 36 * MM < y < 262 * MM - 1:
            found[round(y)] = found.get(round(y), "") + text
    return [found[y] for y in sorted(found)]


def is_upright(page):
    return page[0] < 210.5 * MM


@needs_office
def test_a_page_has_22_lines_of_28_characters(pages):
    full = pages["signed"][1]
    assert [len(line) for line in lines(full)] == [28] * 22
    assert [len(line) for line in lines(pages["other_lines"][1])] == [28] * 21, "the test counts lines"
    assert {len(line) for line in lines(pages["other_characters"][1])} == {26}, "the test counts characters"


@needs_office
def test_the_text_stands_where_the_standard_says(pages):
    x, y, _ = min(pages["signed"][1][1])
    assert abs(x - 28 * MM) < 2
    assert 37 * MM - 1 < y < 37 * MM + 8  # within the first line


@needs_office
def test_page_numbers_are_right_on_odd_and_left_on_even_sheets(pages):
    upright, turned = 0, 0
    for name in ("signed", "draft", "inside"):
        for number, page in enumerate(pages[name], 1):
            dashes = [(x, y) for x, y, text in page[1] if text.startswith("—") and (x < 34 * MM or y > 262 * MM)]
            if is_upright(page):
                if not page[1] or "抄送" in "".join(text for _, _, text in page[1]):
                    continue  # the page of the imprint and an empty one before it have none
                upright += 1
                assert f"—{number}—" == "".join(text for _, y, text in page[1] if y > 262 * MM)
                assert all((x > 105 * MM) == (number % 2 == 1) for x, y in dashes if y > 262 * MM)
            else:  # the bottom of the sheet is at the left, its right side below
                turned += 1
                at_edge = [(y, text) for x, y, text in page[1] if x < 34 * MM]
                assert f"—{number}—" == "".join(text for _, text in sorted(at_edge))
                assert all((y > 105 * MM) == (number % 2 == 1) for y, _ in at_edge)
    assert upright >= 6 and turned >= 8


@needs_office
def test_every_page_of_a_draft_says_so_and_none_of_a_signed_one(pages):
    said = {name: ["报批稿" in [text for _, _, text in page[1]] for page in pages[name] if page[1]]
            for name in ("signed", "draft")}
    assert len(said["draft"]) >= 7 and all(said["draft"])
    assert not any(said["signed"])


@needs_office
def test_the_header_of_a_table_stands_on_each_of_its_pages(pages):
    attached = [page for page in pages["signed"] if not is_upright(page)]
    assert len(attached) >= 5
    assert ["序号" in [text for _, _, text in page[1]] for page in attached[:-1]] == [True] * (len(attached) - 1)


@needs_office
def test_no_row_goes_over_a_page(pages):
    """Each row is three lines: the newest statement ends on the page where it starts."""
    for page in pages["signed"]:
        all_of_it = "".join(text for _, _, text in page[1])
        assert all_of_it.count("推进中") == all_of_it.count("（40%）") == all_of_it.count("进场施工")


@needs_office
def test_the_imprint_stands_at_the_foot_of_the_last_even_page(pages):
    for name in ("signed", "draft", "inside"):
        page = pages[name][-1]
        lowest = max(y for _, y, _ in page[1])
        assert "抄送" in "".join(text for _, _, text in page[1]), name
        assert 245 * MM < lowest < 260 * MM, name
        assert len(pages[name]) % 2 == 0, name
    assert "2022年12月31日印发" in lines(pages["signed"][-1])[-1]  # the longest day, in one line


# --- the same bytes ------------------------------------------------------------------------------
def test_the_same_document_gives_the_same_bytes_anywhere(tmp_path):
    made = document(closing={"number": 1, "closed_at": "", "closed_by": ""})
    frozen = tmp_path / "document.json"
    frozen.write_text(json.dumps({"figures": made.figures, "report": made.report, "closing": made.closing}))
    code = (
        "import json, sys, time, hashlib; now = time.time; time.time = lambda: now() + 4e8\n"
        "import django; django.setup()\n"
        "from projects.document import Document; from projects.report.word import render\n"
        "print(hashlib.sha256(render(Document(**json.load(open(sys.argv[1]))))).hexdigest())")
    hashes = {hashlib.sha256(render(made)).hexdigest()}
    for zone, locale, seed in (("America/New_York", "C", "1"), ("Asia/Shanghai", "C.UTF-8", "2")):
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "guicheng.settings", "TZ": zone, "LC_ALL": locale,
               "PYTHONHASHSEED": seed}
        hashes.add(subprocess.run([sys.executable, "-c", code, frozen], env=env, check=True, capture_output=True,
                                  text=True, timeout=60).stdout.strip())
    assert len(hashes) == 1


def test_nothing_of_the_machine_is_in_the_file():
    data = render(document())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {(row.date_time, row.compress_type, row.create_system) for row in file.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0)}
        core = file.read("docProps/core.xml").decode()
        everything = "".join(file.read(name).decode() for name in file.namelist())
    assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core) == ["2021-12-31T00:00:00Z"] * 2
    assert "rsid" not in everything and "<dc:creator>示例街道办事处</dc:creator>" in core


def test_another_document_gives_other_bytes():
    assert render(document()) != render(document({"signer": "示例乙"}))


# --- well formed ---------------------------------------------------------------------------------
ORDER = {  # ECMA-376: the children of these stand in this order, or Word calls the file damaged
    "pPr": "pStyle keepNext widowControl pBdr tabs autoSpaceDE autoSpaceDN snapToGrid spacing ind jc outlineLvl sectPr",
    "rPr": "rStyle rFonts b color spacing w kern sz szCs lang",
    "tblPr": "tblpPr tblOverlap tblW jc tblBorders tblLayout tblCellMar",
    "tcPr": "tcW gridSpan tcBorders textDirection vAlign",
    "tcBorders": "top left bottom right", "tblBorders": "top left bottom right insideH insideV",
    "sectPr": "headerReference footerReference type pgSz pgMar cols docGrid",
    "style": "name basedOn qFormat pPr rPr",
}


def out_of_order(data):
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            for element in ET.fromstring(file.read(name)).iter():  # noqa: S314 — ours
                order = ORDER.get(element.tag.removeprefix(W), "").split()
                places = [order.index(child.tag.removeprefix(W)) for child in element] if order else []
                if any(one > other for one, other in pairwise(places)):
                    found.append((name, element.tag, places))
    return found


@pytest.mark.parametrize("office", [None, DRAFT, False, {"kind": "bulletin", "kind_label": "通报"}])
def test_the_elements_stand_in_the_order_of_the_schema(office):
    assert out_of_order(render(document(office))) == []


def test_the_order_is_looked_at():
    size, spacing = '<w:sz w:val="32"/>', '<w:spacing w:val="-5"/>'
    wrong = changed(render(document()), spacing + size, size + spacing)
    assert [tag for _, tag, _ in out_of_order(wrong)] == [W + "rPr"]


def test_it_opens_in_another_library():
    import docx

    opened = docx.Document(io.BytesIO(render(document(rows=4))))
    assert [section.orientation for section in opened.sections] == [0, 1, 0]
    assert opened.settings.odd_and_even_pages_header_footer
    assert opened.tables[0].rows[1].cells[1].text == "示例项目0号"
    assert opened.core_properties.title == "示例街道办事处关于2021年第四季度“我为群众办实事”项目进展情况的报告"


# --- what stands in it ---------------------------------------------------------------------------
def test_the_head_of_a_report():
    found = body(render(document()))
    assert found[:2] == ["示例街道办事处文件", "\u3000示街办〔2021〕12号签发人：示例某"]
    assert found[2] == "示例街道办事处关于2021年第四季度\n“我为群众办实事”项目进展情况的报告"
    assert found[3] == "示例区人民政府："


@pytest.mark.parametrize("kind, label", [("bulletin", "通报"), ("internal", "内部材料")])
def test_only_a_report_names_its_signer(kind, label):
    assert "签发人" not in "".join(body(render(document({"kind": kind, "kind_label": label}))))


def test_without_a_red_head_nothing_is_red():
    for office in ({"has_red_head": False}, {"issuer": ""}, False):
        with zipfile.ZipFile(io.BytesIO(render(document(office)))) as file:
            made = file.read("word/document.xml").decode()
        assert "RedHead" not in made and "FF0000" not in made
    assert "FF0000" in zipfile.ZipFile(io.BytesIO(render(document()))).read("word/document.xml").decode()


def test_parts_are_numbered_and_an_empty_one_is_left_out():
    found = body(render(document()))
    assert [line for line in found if re.match("[一二三四]、", line)] == ["一、总体情况", "二、下一步打算"]
    assert {"（一）抓清单", "（二）抓进度。示例正文。", "1.示例三级。"} <= set(found)


def test_of_a_heading_with_text_only_the_heading_is_in_its_font():
    root = ET.fromstring(zipfile.ZipFile(io.BytesIO(render(document()))).read("word/document.xml"))  # noqa: S314
    paragraph = next(each for each in root.iter(W + "p") if words(each).startswith("（二）抓进度"))
    styles = {words(each): each.find(f"{W}rPr/{W}rStyle") for each in paragraph.iter(W + "r")}
    assert styles["（二）抓进度。"].get(W + "val") == "Kai" and styles["示例正文。"] is None


def test_the_day_is_the_entered_one_or_said_to_be_missing():
    assert "2021年12月31日" in body(render(document()))
    assert "（成文日期待填）" in body(render(document(DRAFT)))
    later = body(render(document({"signed_on": None})))
    text = later[:later.index("附件")]
    assert "（成文日期待填）" in text and "2021年12月31日" not in text


def test_without_office_and_prose_it_is_still_a_draft():
    data = render(document(False))
    found = texts(data)
    assert found["word/header1.xml"] == ["报批稿"]
    assert found["word/document.xml"][0] == "2021年第四季度\n“我为群众办实事”项目进展情况"
    assert "（正文待写）" in found["word/document.xml"]
    assert "附件：2021年第四季度“我为群众办实事”项目进展情况表" in found["word/document.xml"]


def test_a_quarter_with_nothing_in_it():
    empty = document(rows=0)
    empty.figures["lists"].clear()
    assert "没有可以列出的项目。" in body(render(empty))


def test_a_printed_copy_can_be_traced():
    made = document(closing={"number": 2, "closed_at": "", "closed_by": ""})
    paper = render(made)
    assert not [line for line in body(paper) if "指纹" in line], "not on a paper with a red head"
    assert made.fingerprint in zipfile.ZipFile(io.BytesIO(paper)).read("docProps/core.xml").decode()
    plain = {"has_red_head": False}
    made = document(plain, closing={"number": 2, "closed_at": "", "closed_by": ""})
    assert f"数据截至2021年12月31日\u3000第2次锁定\u3000指纹\n{made.fingerprint}" in body(render(made))
    assert any("未锁定" in line for line in body(render(document(plain))))


@pytest.mark.parametrize("blank", ["【待核】", "【待填：牵头单位】", "【收齐后补入】"])
def test_a_signed_text_with_a_blank_is_still_a_draft(blank):
    made = document()
    assert not made.is_for_approval
    made.parts[0]["paragraphs"][0]["text"] += blank
    assert made.is_for_approval and "报批稿" in texts(render(made))["word/header1.xml"]
    made.parts[0]["paragraphs"][0]["text"] = "【依规不再公开】"
    assert not made.is_for_approval


def test_parts_of_a_project_are_not_rows_and_projects_on_no_list_come_last():
    found = body(render(document(rows=1, projects=[
        project(7, is_part=True, name="示例子项"), project(8, list=None, name="示例单项", due_on=None)])))
    assert "示例子项" not in found
    assert found.index("示例单项") > found.index("不在清单上的项目\u3000共1项。") > found.index("示例项目0号")
    assert found[found.index("示例单项") + 5] == "—"


def test_a_list_without_rows_says_what_was_announced():
    made = document(rows=0)
    made.figures["lists"][0].update(declared_done=64, gap_sentence="公布 71 项，逐项资料暂缺。")
    assert "示例清单\u3000公布71项，逐项资料暂缺。公布为完成64项。" in body(render(made))


def test_more_than_a_thousand_rows_are_in_the_workbook():
    found = body(render(document(rows=1003)))
    assert "示例项目999号" in found and "示例项目1000号" not in found
    assert "其余3项见工作簿。" in found


def test_odd_characters_are_words_and_never_markup():
    odd = "<w:p>&amp; \x00\x0b\u202e“引号” \"quotes\" 😀 A\tB\r\nC]]>" + "长" * 400
    parts = [{"key": "work", "title": odd, "paragraphs": [{"level": 2, "text": odd + "。" + odd}]}]
    office = dict.fromkeys(("issuer", "title", "signer", "addressee", "copied_to", "printed_by"), odd)
    data = render(document(office, parts, rows=0, projects=[project(1, name=odd, latest=odd * 9)]))
    found = "\n".join(body(data))
    assert "<w:p>&amp;“引号”\"quotes\" 😀 A B C]]>长长" in found
    assert out_of_order(data) == []


def test_a_long_statement_is_cut():
    found = body(render(document(rows=0, projects=[project(1, latest="长" * 500)])))
    assert f"2021年12月22日：{'长' * 80}……" in found


# --- titles --------------------------------------------------------------------------------------
@pytest.mark.parametrize("title, lines", [
    ("关于2021年第四季度为群众办实事项目进展情况的通报", ["关于2021年第四季度", "为群众办实事项目进展情况的通报"]),
    ("短标题", ["短标题"]), ("", [""]),
])
def test_a_title_breaks_between_words(title, lines):
    assert lines_of(title, 19) == lines


@settings(max_examples=60, deadline=None)
@example("00《《《《《《《《《《《 的《《《《《《")  # a space before a character that may not be the first
@example("示例" * 9 + " " * 30 + "示例")
@given(st.text("示例关于的，（）《》2021年第四季度报告 AB", max_size=60))
def test_every_line_of_a_title_fits_and_no_character_is_lost(title):
    found = lines_of(title, 19)
    assert "".join(found).replace(" ", "") == title.replace(" ", "")
    assert len(found) == 1 or all(width_of(line) <= 19 for line in found)
    assert all(line.strip() for line in found) or not title.strip()
    assert not any(line[:1] in "，）》的" for line in found[1:])
