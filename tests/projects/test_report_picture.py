"""一图读懂: the figures of the document, set well, the same on every day, and nothing that runs out of its place."""
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageFont

from guicheng import words
from guicheng.public.turns import turn
from projects.models import Project
from projects.report import Missing, digest, fonts
from projects.report.canvas import COLOURS, FONTS, qr_path
from projects.report.files import FORMATS
from projects.report.picture import SIDE, WIDTH, alternative_text, render_png, render_svg
from projects.report.typeset import NOT_FIRST, NOT_LAST, text_width, wrap
from projects.views.reports import drawing
from tests import factories
from tests.projects.documents import CLOSED, LONG, a_change, a_document, a_list, a_promise, edge_cases

ADDRESS = "https://example.org/reports/2021Q4/"
SVG = "{http://www.w3.org/2000/svg}"
CASES = edge_cases()
ROOT = str(Path(__file__).parents[2])


def drawn(document, address=ADDRESS):
    return ET.fromstring(render_svg(document, address))  # noqa: S314


def texts(document, address=ADDRESS):
    return ["".join(each.itertext()) for each in drawn(document, address).iter(f"{SVG}text")]


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


# --- what it says --------------------------------------------------------------------------------
def test_it_works():
    document = a_document(changes=[a_change()], promises=[a_promise()], closing=CLOSED)
    said = "\n".join(texts(document))
    for part in ("桂城办实事", "2021 年第四季度", "截至 2021 年 12 月 31 日", "第 2 次锁定，2022 年 1 月 5 日",
                 "扫码看全文", "南一路改造提升", "按期完成", digest.short_fingerprint(document)):
        assert part in said
    assert "某经办人" not in said, "who closed it is for the staff"
    assert "未锁定，数据会变" in "\n".join(texts(a_document()))


def test_its_figures_are_those_of_the_document(case):
    found = {}
    for each in drawn(case).iter():
        if "data-list" in each.attrib:
            key = each.get("data-figure") or f"segment {each.get('data-segment')}"
            found[each.get("data-list"), key] = "".join(each.itertext())
    for row in case.figures["lists"]:
        assert words.number(row["declared"]) in found.get((row["slug"], "declared"), "—")
        for key in ("declared_done", "recorded", "done"):
            if (row["slug"], key) in found:
                assert found[row["slug"], key] == words.number(row[key])
        if row["recorded"]:
            assert {(row["slug"], "recorded"), (row["slug"], "done")} <= set(found)
            for part in row["segments"]:
                assert f"{part['label']} {words.number(part['count'])} {row['unit']}" == found[
                    row["slug"], f"segment {part['family']}"]
        else:
            assert (row["slug"], "done") not in found, "without rows nothing is said to be 0 done"


def test_a_bar_is_as_long_as_its_counts():
    row = a_list()
    bars = [each for each in drawn(a_document([row])).iter(f"{SVG}rect") if each.get("height") == "48"][:-1]
    total = sum(part["count"] for part in row["segments"])
    lengths = [float(each.get("width")) for each in bars]
    assert [round(length / sum(lengths), 3) for length in lengths] == [
        round(part["count"] / total, 3) for part in row["segments"]]
    assert [each.get("fill") for each in bars] == [COLOURS[f"fill-{part['family']}"] for part in row["segments"]]


def test_the_alternative_text_has_the_same_figures(case):
    told = alternative_text(case)
    root = drawn(case)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}desc").text == told
    told_numbers = set(re.findall(r"\d[\d,.]*\d|\d", told))
    shown = {each for text in texts(case, "") if "指纹" not in text for each in re.findall(r"\d[\d,.]*\d|\d", text)}
    plain = {number.replace(",", "") for number in told_numbers}
    assert {number.replace(",", "") for number in shown} <= plain


def test_what_was_not_kept_is_never_what_is_cut():
    promises = [a_promise(f"按期 {number}") for number in range(20)] + [a_promise("落下的", "unkept", "未完成")]
    assert "落下的" in texts(a_document(promises=promises))


def test_a_hundred_changes_are_counted_and_a_few_named():
    said = "\n".join(texts(CASES["many"]))
    assert "100 个项目的状态" in said and "还有 19 个" in said and said.count("项目改造提升工程") < 20


def test_made_up_lists_are_marked():
    assert "示例数据" not in "".join(texts(a_document()))
    sample = a_document([a_list(title="示例社区项目（2021 年）")])
    assert any(text.startswith("示例数据") for text in texts(sample)) and "示例数据" in alternative_text(sample)


def test_without_an_address_there_is_no_qr_code_and_no_hole():
    with_code, without = drawn(a_document()), drawn(a_document(), "")
    assert with_code.find(f"{SVG}path") is not None and without.find(f"{SVG}path") is None
    assert "扫码" not in "".join(without.itertext())
    assert int(without.get("height")) < int(with_code.get("height")) - 340


def test_the_same_bytes_in_another_process():
    document = CASES["long"]
    code = ("import django; django.setup()\nfrom tests.projects.documents import edge_cases\n"
            "from projects.report.picture import render_svg\nimport sys\n"
            f"sys.stdout.buffer.write(render_svg(edge_cases()['long'], {ADDRESS!r}))")
    for seed in ("1", "2"):
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60,
                               env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": ROOT})
        assert other.stdout == render_svg(document, ADDRESS)


def test_only_attributes_and_the_colours_of_the_site(case):
    source = render_svg(case, ADDRESS).decode()
    assert not re.search(r"<style|style=|<script|href|<image", source)
    tokens = Path(ROOT, "static/css/tokens.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): (#\w+);", tokens[:tokens.index("@media")]))
    assert {name: light[name] for name in COLOURS} == COLOURS


# --- how it is set -------------------------------------------------------------------------------
TEXTS = [LONG, "“两新”人才成长服务活动", "截至 2021 年 12 月 31 日，公布 45 项，其余 33 项暂缺。",
         "（" * 9 + "桂城" + "）" * 9,
         "https://example.org/" + "path/" * 30, "示例" * 60, "A" * 200, "1" * 200, ""]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [160, 300, 500, 960])
def test_lines(text, width):
    lines = wrap(text, 42, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", ""), "nothing is lost"
    for line in lines:
        assert text_width(line, 42) <= width or len(set(line)) == 1 or line[0] in NOT_LAST or line[-1] in NOT_FIRST
    if width >= 300 and "（" * 9 not in text:
        assert not [line for line in lines if line[0] in NOT_FIRST or line[-1] in NOT_LAST]
        assert all(text_width(line, 42) <= width for line in lines)


def test_a_number_stays_with_its_unit():
    lines = wrap("公布 45 项，有明细的 12 项，其余 33 项暂缺。截至 2021 年 12 月 31 日。" * 3, 42, 400)
    assert not [line for line in lines if re.search(r"\d$", line) or re.match(r"[项年月日]", line)]


def test_lines_are_even_and_end_where_one_pauses():
    even = wrap("常态化开展党员志愿服务队支援新冠疫苗接种工作", 42, 864)
    assert even == ["常态化开展党员志愿服务", "队支援新冠疫苗接种工作"]
    assert wrap("明细没有收齐：有的清单只公布了总数，明细整理中。", 42, 960)[0].endswith("，")


def test_over_the_most_lines_it_says_that_it_goes_on():
    lines = wrap(LONG, 42, 864, most=4)
    assert len(lines) == 4 and lines[-1].endswith("……") and text_width(lines[-1], 42) <= 864


def test_no_drawn_line_starts_or_ends_wrongly(case):
    lines = [text for text in texts(case) if len(text) > 1]
    assert not [line for line in lines if line[0] in NOT_FIRST or line[-1] in NOT_LAST and "(" not in line]


def test_nothing_is_smaller_than_can_be_read_on_a_phone(case):
    sizes = {}
    for each in drawn(case).iter(f"{SVG}text"):
        sizes.setdefault(int(each.get("font-size")), []).append("".join(each.itertext()))
    small = [text for size, found in sizes.items() if size < 36 for text in found]
    assert all("指纹" in text or "锁定" in text or text in ADDRESS for text in small)


def test_widths_are_never_guessed_too_small():
    found = fonts.chinese_fonts()
    face = ImageFont.truetype(next(file for file in found.files if "Bold" in file or len(found.files) == 1), 100)
    every = "".join(map(chr, range(32, 127))) + "桂城办实事，。、“”（）《》—…·％"
    assert [sign for sign in every if face.getlength(sign) > text_width(sign, 100) + 1] == []


@pytest.mark.browser
def test_nothing_overflows_or_overlaps_in_a_browser(open_page):
    page = open_page()
    wrong = {}
    for name, document in CASES.items():
        page.set_content(render_svg(document, ADDRESS).decode())
        boxes = page.evaluate("""[...document.querySelectorAll('text')].map(each => {
            const box = each.getBBox(); return [each.textContent, box.x, box.y, box.width, box.height]})""")
        assert boxes
        bad = [text for text, x, _, width, _ in boxes if x < SIDE - 1 or x + width > WIDTH - SIDE + 1]
        cores = [(text, x, y + height * 0.3, x + width, y + height * 0.7) for text, x, y, width, height in boxes]
        bad += [f"{one[0]} × {two[0]}" for index, one in enumerate(cores) for two in cores[index + 1:]
                if one[1] < two[3] and two[1] < one[3] and one[2] < two[4] and two[2] < one[4]]
        wrong |= {name: bad} if bad else {}
    assert wrong == {}


# --- as PNG --------------------------------------------------------------------------------------
def pixels(content):
    return Image.open(io.BytesIO(content)).convert("L")


def dark(image):
    return sum(image.histogram()[:128])


def test_the_png_shows_chinese_and_not_blanks_or_boxes():
    import resvg_py

    document = a_document()
    picture = pixels(render_png(document, ADDRESS))
    assert picture.width == WIDTH and picture.height == int(drawn(document).get("height"))
    blank = pixels(bytes(resvg_py.svg_to_bytes(
        svg_string=render_svg(document, ADDRESS).decode(), skip_system_fonts=True, font_files=[])))
    assert dark(picture) > dark(blank) + 20_000, "without fonts there is next to nothing"

    def sign(text):
        svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" lang="zh-Hans" font-family="{FONTS}">'
               f'<rect width="100" height="100" fill="#fff"/><text x="10" y="80" font-size="80">{text}</text></svg>')
        return pixels(bytes(resvg_py.svg_to_bytes(
            svg_string=svg, skip_system_fonts=True, font_files=fonts.chinese_fonts().files))).tobytes()

    assert len({sign(text) for text in "桂城办实事\U000f0000"}) == 6, "each its own glyph, none that of a missing one"


def test_the_png_is_the_same_twice():
    assert render_png(a_document(), ADDRESS) == render_png(a_document(), ADDRESS)


def test_without_the_library_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(Missing, match="resvg-py"):
        render_png(a_document(), ADDRESS)


def test_without_a_chinese_font_it_says_so(monkeypatch):
    monkeypatch.setattr(fonts, "KNOWN", {})
    monkeypatch.setattr(fonts, "_listed", dict)
    with pytest.raises(Missing, match="中文字体"):
        fonts.chinese_fonts.__wrapped__()


# --- where it is ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_at_its_address(visitor, facts, settings):
    response = visitor.get("/reports/2021Q4.svg")
    assert response.status_code == 200 and response["Content-Type"] == "image/svg+xml"
    assert b"<path" not in response.content, "a machine without an address of its own has no QR code"
    settings.PUBLIC_URL = "https://example.org/"
    said = visitor.get("/reports/2021Q4.svg").content.decode()
    assert "扫码看全文" in said and f'd="{qr_path(ADDRESS)[1]}"' in said
    assert visitor.get("/reports/2021Q4.png").content[:8] == b"\x89PNG\r\n\x1a\n"
    assert visitor.get("/reports/2021Q5.svg").status_code == 404


@pytest.mark.django_db
def test_the_page_leads_to_it_and_says_what_it_says(visitor, facts):
    page = visitor.get("/reports/2021Q4/").content.decode()
    told = re.search(r'<desc id="desc">(.*?)</desc>', visitor.get("/reports/2021Q4.svg").content.decode(), re.S)[1]
    said = re.search(r'data-says="picture">(.*?)</div>', page, re.S)[1]
    assert re.sub(r"<[^>]*>|\s", "", said) == re.sub(r"\s", "", told)
    for link in ("/reports/2021Q4.png", "/reports/2021Q4.svg", "/reports/2021Q4.pdf", "/reports/2021Q4/print/"):
        assert f'href="{link}"' in page


@pytest.mark.django_db
def test_a_machine_without_the_library_leads_to_the_svg(visitor, facts, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    response = visitor.get("/reports/2021Q4.png")
    page = response.content.decode()
    assert response.status_code == 501 and "resvg-py" in page and 'href="/reports/2021Q4.svg"' in page


@pytest.mark.django_db(transaction=True)
def test_the_same_file_is_not_drawn_twice_and_another_is(visitor, facts, monkeypatch):
    drawn_for = []
    monkeypatch.setitem(FORMATS, "png", replace(
        FORMATS["png"], renderer=lambda document, address: drawn_for.append(document.fingerprint) or b"png"))
    for _ in range(2):
        assert visitor.get("/reports/2021Q4.png").content == b"png"
    assert len(drawn_for) == 1
    project = Project.objects.get(code="kp03")
    factories.make_update(project, status="completed", effective_on=date(2021, 12, 31))
    visitor.get("/reports/2021Q4.png")
    assert len(set(drawn_for)) == 2


@pytest.mark.django_db(transaction=True)
def test_while_a_slow_file_is_made_a_second_is_refused_and_the_rest_answers(visitor, facts, monkeypatch):
    monkeypatch.setitem(FORMATS, "png", replace(FORMATS["png"], renderer=lambda document, address: b"png"))
    with turn("slow-file"):
        response = visitor.get("/reports/2021Q4.png")
        assert response.status_code == 503 and response["Retry-After"] and "请过几秒再点一次" in response.text
        assert visitor.get("/reports/2021Q4.svg").status_code == 200
    assert visitor.get("/reports/2021Q4.png").content == b"png"
    with turn("slow-file"):
        assert visitor.get("/reports/2021Q4.png").content == b"png", "what was made is still given"
        assert visitor.get("/reports/2021Q4.png?asof=2021-12-31").status_code == 503, "of another moment none is kept"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["2021Q4.xlsx", "2021Q4.csv?asof=2021-12-30", "2021Q4.svg", "2021Q4/print/",
                                     "compare.xlsx?a=2021Q2&b=2021Q4"])
def test_two_files_are_drawn_at_once_and_a_third_is_refused(visitor, facts, address):
    """Of many projects the document takes seconds: a dozen requests would hold every thread."""
    with drawing():
        assert visitor.get(f"/reports/{address}").status_code == 200
        with drawing():
            response = visitor.get(f"/reports/{address}")
            assert response.status_code == 503 and response["Retry-After"] == "5"
            assert visitor.get("/reports/2021Q4/").status_code == 200, "the pages answer"


def test_a_control_character_leaves_it_readable():
    row = a_change(name="一个\x0b项\ufffe目\u202e")
    assert "一个项目" in "".join(drawn(a_document(changes=[row])).itertext())
