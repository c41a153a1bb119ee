"""The quarter's files: a workbook, a CSV and a JSON that say what the document says, the same bytes each time."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from math import ceil

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineWorkbook

from guicheng.days.quarters import Quarter
from guicheng.tables.worksheet import lines_in, units
from projects.document import canonical, sha256
from projects.exports.columns import PROJECT_COLUMNS, project_rows
from projects.models import Project
from projects.report import workbook
from projects.report.build import document_of
from projects.report.files import FORMATS
from tests import factories
from tests.projects.quarter_book import assert_says, marked, opened, said, tables

EVIL = '=HYPERLINK("http://evil.example","点我")'
PUBLIC = ["封面", "总览", "本季度", "清单明细", "分类", "社区", "社区明细", "变动", "季度对比", "承诺",
          "逾期", "到期待核", "锁定后更正"]
STAFF = [*PUBLIC, "红黄灯", "报送任务", "情况（内部）"]
TROUBLE = "围挡没有拆"
CLOSING = {"number": 2, "closed_on": "2022-01-05", "closed_by": "某审核员", "corrections": 3}


def _document(key_list):
    """Lists with and without gaps, a part, groups, kept and open promises, corrections, words, a hostile name."""
    category = factories.make_category(key_list, number=1, name="城市更新")
    community = factories.make_community(slug="yingyue", name="映月")
    factories.make_community(slug="later", name="后来", known_from=2023)
    factories.make_community(slug="empty", name="没有项目的")
    factories.make_declaration(key_list, total=45, done=40)
    for status in ("completed", "in_use", "in_progress", "standing"):
        project = factories.make_project(key_list, category=category)
        factories.make_update(project, status=status, effective_on=date(2021, 11, 1))
    factories.make_project(key_list, community=community)
    factories.make_promise(project)
    factories.make_promise(project, text="承诺明年初完成", due_on=date(2022, 3, 1))
    hostile = factories.make_project(key_list, name=EVIL)
    paused = factories.make_update(
        hostile, status="paused", reason="停工。", text="+1+1", effective_on=date(2021, 12, 31), problem=TROUBLE)
    factories.make_update(
        factories.make_project(key_list, name="一个分项", parent=project), status="in_progress", percent=30,
        effective_on=date(2021, 10, 8))
    factories.make_promise(hostile, text="@SUM(A1)")
    assert paused.problem == TROUBLE
    factories.make_list(title="微实事", kind="micro", slug="micro-test")
    whole = factories.make_list(title="社区项目", kind="community", slug="whole-test", unit="个")
    factories.make_declaration(whole, total=2)
    for status in ("completed", "planned"):
        each = factories.make_project(whole, community=community, budget="12.5", budget_source=whole.source)
        factories.make_update(each, status=status, effective_on=date(2021, 8, 1), percent=5)
    return document_of(Quarter(2021, 4))


@pytest.fixture
def document(key_list):
    return _document(key_list)


def book_of(document, **kw):
    return opened(workbook.render(document, **kw))


def flat(document):
    text = FORMATS["csv"].render(document).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_works(document):
    assert book_of(document).sheetnames == PUBLIC
    assert book_of(document, for_staff=True).sheetnames == STAFF


# --- they say the same ------------------------------------------------------------------------------
def test_the_workbook_says_what_the_document_says(document):
    assert_says(book_of(document), document.figures)
    assert_says(book_of(document, for_staff=True), document.figures)


def test_control_a_changed_figure_is_noticed(document):
    book = book_of(document)
    for path in (("lists", 0, "done"), ("lists", 0, "by_status", "paused"), ("lists", 0, "by_category", 0, "recorded"),
                 ("lists", 1, "by_community", 0, "by_status", "planned"), ("projects", 0, "code"),
                 ("lists", 1, "before", "done"), ("promises", 0, "verdict_label"), ("lists", 1, "rate")):
        figures = json.loads(canonical(document.figures))
        place = figures
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = 999 if isinstance(place[path[-1]], int) else "99.9"
        with pytest.raises(AssertionError):
            assert_says(book, figures)


def test_every_leaf_of_the_document_stands_in_the_workbook(document):
    """Numbers and texts all made different: a cell taken from the wrong place would leave one out."""
    figures, leaves = marked(document.figures)
    sheets = [cell.value for sheet in book_of(replace(document, figures=figures)) for row in sheet.iter_rows()
              for cell in row if cell.value is not None]
    numbers = {float(value) for value in sheets if isinstance(value, int | float)}
    texts = "\n".join(value for value in sheets if isinstance(value, str))
    left_out = [path for path, value in leaves.items()
                if not (value in texts if "字" in str(value) else float(value) in numbers)]
    # the same figure by another name stands there: families of a group, a status without a statement, the bar's words
    same = [path for path in left_out if path[-2:] in {
        ("families", "done"), ("families", "none"), ("by_status", "unknown")} and path[2] != "before" and len(path) > 4]
    words = [path for path in left_out if path[-1] == "label" and path[-3] == "segments" or path[0] == "year"
             or path[0] == "title" or path[-1] == "sentence" and path[0] == "lists"]
    assert not [path for path in left_out if path not in same + words]
    assert len(leaves) > 300


def test_every_figure_of_the_document_stands_in_the_csv(document):
    figures, leaves = marked(document.figures)
    values = {row["数"] for row in flat(replace(document, figures=figures))}
    left_out = [path for path, value in leaves.items() if "字" not in str(value) and str(value) not in values]
    assert not [path for path in left_out if path[-1] not in ("year", "number")]


def test_the_csv_says_what_the_json_says(document):
    rows, data = flat(document), json.loads(FORMATS["json"].render(document))["figures"]
    assert {(row["季度"], row["截至"]) for row in rows} == {("2021Q4", "2021-12-31")}
    figures = {(row["部分"], row["编号"], row["键"], row["项"]): row["数"] for row in rows}
    by_key = {(part, code, key): value for (part, code, key, _), value in figures.items()}
    assert len(data["lists"]) == 2, "a list of which nothing is known by then is no list of the quarter"
    for each in data["lists"]:
        for key in ("declared", "declared_done", "recorded", "done", "standing", "unknown", "missing", "rate"):
            assert by_key["清单", each["slug"], key] == ("" if each[key] is None else str(each[key]))
            if each["before"]:
                past = each["before"][key]
                assert by_key["上季度末清单", each["slug"], key] == ("" if past is None else str(past))
        for key, count in each["by_status"].items():
            assert by_key["按状态", each["slug"], key] == str(count)
        for part, groups in (("按类型", each["by_category"]), ("按社区", each["by_community"])):
            for group in groups:
                assert figures[part, each["slug"], "recorded", group["label"]] == str(group["recorded"])
                assert figures[f"{part}已完成", each["slug"], "done", group["label"]] == str(group["done"])
                assert figures[f"{part}暂无进展信息", each["slug"], "unknown", group["label"]] == str(group["unknown"])
    changed = [row["编号"] for row in rows if row["部分"] == "变动"]
    assert changed == [row["code"] for row in data["changes"]]
    promised = [(row["编号"], row["键"]) for row in rows if row["部分"] == "承诺"]
    assert promised == [(row["code"], row["verdict"]) for row in data["promises"]]


def test_anybody_can_check_the_json(document):
    data = json.loads(FORMATS["json"].render(document))
    assert data["figures"] == document.figures
    again = json.dumps(data["figures"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(again) == data["fingerprint"] == document.fingerprint
    assert data["sm3"] == document.sm3
    data["figures"]["lists"][0]["done"] += 1
    assert sha256(canonical(data["figures"])) != data["fingerprint"]


def test_two_readers_read_the_same_cells(document):
    content = workbook.render(document)
    other = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for sheet in opened(content):
        rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for row, cells in zip_longest(sheet.iter_rows(values_only=True), rows, fillvalue=()):
            for value, cell in zip_longest(row, cells, fillvalue=""):  # one of them leaves out blanks at the end
                value = value.date() if hasattr(value, "date") else value
                assert (value if value is not None else "") == cell


# --- the same bytes ---------------------------------------------------------------------------------
ELSEWHERE = """
import hashlib, json, sys, time
import django
django.setup()
from projects.document import Document
from projects.report.files import FORMATS
from projects.report import workbook
document = Document(**json.load(open(sys.argv[1], encoding="utf-8")))
made = {name: FORMATS[name].render(document) for name in ("xlsx", "csv", "json")}
made["staff"] = workbook.render(document, for_staff=True)
made = {name: hashlib.sha256(each).hexdigest() for name, each in made.items()}
print(json.dumps([time.tzname[0], hash("桂城"), made]))
"""


def test_another_process_zone_hash_seed_and_time_give_the_same_bytes(document, tmp_path):
    document = replace(document, closing=CLOSING)
    path = tmp_path / "document.json"
    path.write_text(json.dumps({
        "figures": document.figures, "report": document.report, "closing": document.closing}), encoding="utf-8")
    made = {name: sha256(FORMATS[name].render(document)) for name in ("xlsx", "csv", "json")}
    made["staff"] = sha256(workbook.render(document, for_staff=True))
    answers = []
    for zone, seed in (("Pacific/Honolulu", "1"), ("Asia/Tokyo", "2")):
        time.sleep(2)  # a zip counts in two seconds
        around = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C",
                  "DJANGO_SETTINGS_MODULE": "guicheng.settings", "DATA_DIR": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", ELSEWHERE, str(path)], env=around, check=True,
                              capture_output=True, text=True, timeout=60)
        answers.append(json.loads(done.stdout))
    assert answers[0][1] != answers[1][1], "the seeds differ"
    assert [answer[2] for answer in answers] == [made, made]


def test_control_another_figure_gives_other_bytes(document):
    other = json.loads(canonical(document.figures))
    other["lists"][0]["done"] += 1
    for name in ("xlsx", "csv", "json"):
        render = FORMATS[name].render
        assert render(document) == render(document) != render(replace(document, figures=other))


def test_the_workbook_bears_no_clock(document):
    archive = zipfile.ZipFile(io.BytesIO(workbook.render(document)))
    assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2021-12-31T00:00:00Z"}


def test_rows_stand_by_list_and_code_whatever_the_database_thinks_of_none(key_list):
    """SQLite puts no list first, PostgreSQL last; its collation leaves out the signs between letters."""
    other = factories.make_list(slug="a-list", order=key_list.order + 1)
    for project_list, code in ((None, "a1"), (other, "b1"), (key_list, "kp-2"), (key_list, "kp1"), (key_list, "kp-10")):
        factories.make_update(
            factories.make_project(project_list, code=code), status="completed", effective_on=date(2021, 11, 1))
    figures = document_of(Quarter(2021, 4)).figures
    codes = ["kp-10", "kp-2", "kp1", "b1", "a1"]
    assert [[row["code"] for row in figures[key]] for key in ("projects", "changes")] == [codes, codes]


# --- what it says of itself -------------------------------------------------------------------------
def test_the_cover_says_what_it_is(document):
    cover = said(book_of(document)["封面"])
    assert "未锁定（数据会变）" in cover and document.fingerprint in cover and document.sm3 in cover
    for row in document.figures["definitions"]:
        assert row["label"] in cover and row["sentence"] in cover
    assert all(name in cover for name in PUBLIC[1:]) and "内部使用" not in cover
    assert "内部使用" in said(book_of(document, for_staff=True)["封面"])


def test_a_closed_quarter_says_which_close(document):
    book = book_of(replace(document, closing=CLOSING))
    assert "第 2 次锁定，2022 年 1 月 5 日，前一次的更正已并入。" in said(book["封面"])
    assert "锁定后的更正见网页 /reports/2021Q4/。" in said(book["锁定后更正"])
    first = book_of(replace(document, closing={**CLOSING, "number": 1}))
    assert "第 1 次锁定，2022 年 1 月 5 日。" in said(first["封面"])
    for sheet in book:
        assert "未锁定" not in said(sheet)
        assert "某审核员" not in said(sheet), "nobody's name is on a public file"


def test_every_sheet_says_its_day_and_what_a_blank_is(document):
    for sheet in book_of(document, for_staff=True):
        assert sheet["A2"].value == "截至 2021 年 12 月 31 日。未锁定，数据会变。空格表示没有公布或没有写明，不是 0。"


def test_every_sheet_is_set_for_print(document):
    for sheet in book_of(document, for_staff=True):
        last = max(row for row in sheet.row_dimensions if sheet.row_dimensions[row].height)
        area = re.fullmatch(r".*!\$A\$1:\$([A-Z]+)\$(\d+)", sheet.print_area)
        assert column_index_from_string(area[1]) >= sheet.max_column and int(area[2]) >= last
        assert sheet.print_title_rows.startswith("$1:")
        assert sheet.page_setup.orientation in ("landscape", "portrait") and sheet.page_setup.paperSize in (8, 9)
        if sheet.col_breaks.brk:  # too wide to be read on one page: its first columns stand on each
            assert sheet.page_setup.scale == 72 and sheet.print_title_cols.startswith("$A:")
            continue
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (
            1, None if sheet.title == "社区" else 0), "the communities on one page"
        assert sheet.oddFooter.left.text == f"指纹 {document.fingerprint[:16]}"
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert "2021 年 12 月 31 日" in sheet.oddFooter.right.text
        assert sheet.freeze_panes


def test_the_long_tables_are_filtered_and_their_headers_repeated(document):
    book = book_of(document, for_staff=True)
    for name in ("清单明细", "分类", "社区", "社区明细", "变动", "季度对比", "承诺", "红黄灯", "情况（内部）"):
        sheet = book[name]
        head = int(re.match(r"[A-Z]+(\d+)", sheet.auto_filter.ref)[1])
        assert sheet.print_title_rows == f"$1:${head}", name
        assert re.fullmatch(rf"[A-Z]+{head + 1}", sheet.freeze_panes), name


def test_every_text_has_the_room_it_needs(document):
    """Row by row: the height is enough for the lines that the text needs at the width of its column."""
    for sheet in book_of(document, for_staff=True):
        widths = {index: each.width for each in sheet.column_dimensions.values()
                  for index in range(each.min, each.max + 1)}
        merged = {each.coord.split(":")[0] for each in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.coordinate not in merged:
                    need = ceil(units(cell.value) / widths[cell.column]) * 14
                    assert sheet.row_dimensions[cell.row].height >= min(409, need), (sheet.title, cell.coordinate)


def test_lines_are_counted_as_a_reader_sees_them():
    assert lines_in("短", 10) == 1
    assert lines_in("一二三四五六七八九十" * 3, 22) >= 3
    assert lines_in("a\nb\nc", 10) == 3
    assert lines_in("x" * 200, 10) >= 20


# --- cells ------------------------------------------------------------------------------------------
def test_no_cell_is_a_formula(document):
    cells = [cell for sheet in book_of(document, for_staff=True) for row in sheet.iter_rows() for cell in row]
    assert EVIL in [cell.value for cell in cells]  # the text is there, as text
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_control_a_formula_would_be_seen():
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    assert book.active["A1"].data_type == "f"


def test_the_csv_holds_no_formula(document):
    assert "'" + EVIL in [row["名称"] for row in flat(document)]
    assert not [value for row in flat(document) for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_days_are_days_and_numbers_are_numbers(document):
    rows = tables(book_of(document)["清单明细"])[0]
    assert {type(row["最迟日"]).__name__ for row in rows} == {"datetime", "NoneType"}
    assert {row["完成百分比"] for row in rows} == {None, 30, 5}
    assert {row["预算（万元）"] for row in rows} == {None, 12.5}
    assert [row["属于"] for row in rows if row["项目"] == "一个分项"][0]


def test_a_blank_is_not_a_0(document):
    key, whole = tables(book_of(document)["总览"])[0]
    assert (key["完成率"], key["长期开展"], whole["公布完成数"], whole["长期开展"]) == (None, 1, None, 0)
    assert key["说明"].endswith("明细整理中。因此不算完成率。")
    assert (whole["完成率"], whole["已完成 ÷ 公布总数"]) == (50.0, "1 ÷ 2")


def test_every_community_of_the_year_has_its_row(document):
    rows = tables(book_of(document)["社区"])[0]
    assert [row["社区"] for row in rows] == ["映月", "没有项目的", "不分社区"]
    assert rows[1]["社区项目：有明细"] == 0


def test_the_charts_stand_over_their_tables_and_are_told_in_words(document):
    content = workbook.render(document)
    book = opened(content)
    assert [len(sheet._charts) for sheet in book] == [0, 2, *[0] * (len(PUBLIC) - 2)]
    archive = zipfile.ZipFile(io.BytesIO(content))
    told = re.findall(r'descr="([^"]+)"', archive.read("xl/drawings/drawing1.xml").decode())
    assert len(told) == 2 and document.figures["lists"][0]["sentence"] in told[1]
    for chart, count in zip(book["总览"]._charts, (3, 6), strict=True):
        assert len(chart.series) == count
        for series in chart.series:
            name = book["总览"][series.tx.strRef.f.split("!")[1].replace("$", "")].value
            names, values = (
                [cell.value for (cell,) in book["总览"][area.f.split("!")[1].replace("$", "")]]
                for area in (series.cat.strRef, series.val.numRef))
            assert names == [row["title"] for row in document.figures["lists"]]
            assert values in [[row[name] for row in each] for each in tables(book["总览"]) if name in each[0]]


# --- staff ------------------------------------------------------------------------------------------
def test_the_lights_are_there_for_staff(document):
    sheet = book_of(document, for_staff=True)["红黄灯"]
    rows = tables(sheet)[0]
    lights = {row["code"]: row for row in document.report["lights"]}
    assert len(rows) == len(lights)
    for row in rows:
        light = lights[row["编号"]]
        assert row["灯"].endswith(light["word"]) and len(row["灯"].split(" ")) == 2, "a shape and a word"
        assert (row["说明"], row["为什么"], row["晚几天"]) == (light["label"], light["sentence"], light["days_late"])
    words = [cell.value for cell in sheet[5]][:6]
    counts = [cell.value for cell in sheet[6]][:6]
    assert dict(zip([word.split(" ")[1] for word in words], counts, strict=True)) == {
        row["word"]: row["count"] for row in document.report["light_counts"]}


def test_the_words_of_the_clerks_are_for_staff_only(document):
    assert TROUBLE in said(book_of(document, for_staff=True)["情况（内部）"])
    for name in ("xlsx", "csv", "json"):
        content = FORMATS[name].render(document)
        parts = [content]
        if name == "xlsx":
            archive = zipfile.ZipFile(io.BytesIO(content))
            parts = [archive.read(each) for each in archive.namelist()]
        for word in (TROUBLE, *{row["sentence"] for row in document.report["lights"]}):
            assert not [part for part in parts if word.encode() in part], (name, word)


# --- nothing, and too much --------------------------------------------------------------------------
def test_a_quarter_without_anything_says_so_on_every_sheet(db):
    document = document_of(Quarter(2020, 1))
    book = book_of(document, for_staff=True)
    assert book.sheetnames == STAFF
    for name, sentence in [
        ("总览", "还没有公布任何清单"), ("清单明细", "还没有收到项目的明细"), ("分类", "还没有公布任何清单"),
        ("社区", "还没有公布任何清单"), ("社区明细", "还没有公布任何清单"), ("变动", "没有项目的状态有变动"),
        ("季度对比", "还没有公布任何清单"), ("承诺", "没有应兑现的承诺"),
        ("到期待核", "没有到期待核的项目"), ("锁定后更正", "没有更正和撤回"),
        ("红黄灯", "没有可以亮灯的项目"), ("报送任务", "本季度没有布置报送任务"),
        ("情况（内部）", "没有写存在问题"),
    ]:
        assert sentence in said(book[name]), name
    assert FORMATS["csv"].render(document) and FORMATS["json"].render(document)


def test_a_list_without_a_declared_total(key_list):
    factories.make_project(key_list)
    row = tables(book_of(document_of(Quarter(2021, 4)))["总览"])[0][0]
    assert (row["公布总数"], row["有明细"], row["明细整理中"], row["完成率"]) == (None, 1, None, None)
    assert row["说明"] == "有明细的 1 项，公布总数没有写明。因此不算完成率。"


def test_a_list_of_which_no_row_is_known(key_list):
    factories.make_declaration(key_list, total=45)
    book = book_of(document_of(Quarter(2021, 4)))
    assert "各张清单的明细都在整理，不能按类型分。" in said(book["分类"])
    assert "各张清单的明细都在整理，不能按社区分。" in said(book["社区"])


def test_a_light_rule_is_told_with_its_day(document):
    report = {**document.report, "light_rule": {**document.report["light_rule"], "effective_on": "2021-07-01"}}
    assert "2021 年 7 月 1 日起的规则：落后 10 个百分点起" in said(
        book_of(replace(document, report=report), for_staff=True)["红黄灯"])


def test_control_characters_and_long_texts_do_not_stop_the_workbook(document, key_list):
    """Rows that came past `full_clean()`: openpyxl and xlsxwriter's XML refuse these."""
    Project.objects.filter(project_list=key_list).update(name="园\x0b\ufffe\u202e名" + "长" * 100)
    key_list.title = "清\x0b单"
    key_list.save()
    found = document_of(Quarter(2021, 4))
    found.figures["projects"][0]["latest"] = "长" * 40_000
    book = book_of(found)
    assert tables(book["变动"])[0][0]["项目"].startswith("园名长")
    assert tables(book["总览"])[0][0]["清单"] == "清单"
    assert tables(book["清单明细"])[0][0]["最近进展"].endswith("……（内容过长，此处截断）")


# --- the downloads of projects ----------------------------------------------------------------------
def test_the_projects_csv_names_every_column_once(project):
    titles = [column.title for column in PROJECT_COLUMNS]
    assert len(set(titles)) == len(titles)
    row = project_rows(Project.objects.all())[0]
    values = {column.title: column.show(value) if column.show else value
              for column, value in zip(PROJECT_COLUMNS, row, strict=True)}
    assert (values["项目"], values["状态"], values["牵头单位"]) == ("半月岛公园", "已公布，暂无进展信息", "城建办公室")


def test_an_export_reads_a_fixed_number_of_times(key_list, django_assert_num_queries):
    for _ in range(20):
        factories.make_update(factories.make_project(key_list, community=factories.make_community()))
    with django_assert_num_queries(1):
        assert len(list(project_rows(Project.objects.all()))) == 20


# --- as known at an instant -------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["json", "csv", "xlsx", "svg"])
def test_a_text_taken_back_since_is_in_no_file_of_an_earlier_instant(client, project, name):
    row = factories.make_update(project, status="in_progress", text="不该说的话", effective_on=date(2021, 10, 8))
    query = {"known_at": row.recorded_at.isoformat()}
    document = document_of(Quarter(2021, 4), row.recorded_at)
    assert "不该说的话" in canonical(document.figures), "it was said: else the file could not tell it"
    factories.make_withdrawal(row)
    content = client.get(f"/reports/2021Q4.{name}", query).content
    texts = said(opened(content)["清单明细"]) if name == "xlsx" else content.decode()
    assert "不该说的话" not in texts and "推进中" in texts
