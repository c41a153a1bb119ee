"""Page, workbook, CSV, JSON and API say the same figures, and a change is seen in the next request."""
import csv
import io
import json
import re

import openpyxl
import pytest
from django.core.management import call_command

from guicheng.days.quarters import Quarter
from projects.models import Project
from projects.report.build import document_of
from tests import factories
from tests.pages.figures import Reader
from tests.projects.quarter_book import NUMBERS, assert_says, opened, tables

pytestmark = pytest.mark.django_db
FILES = {"json", "csv", "xlsx"}  # they leave out a list of which nothing was public by then
KEYS = ["declared", "declared_done", "recorded", "done", "standing", "unknown", "missing"]


def lists_of(page):
    """slug -> {key: number or None} of the marks of a page's lists."""
    lists = {}
    for mark in Reader(page).marks:
        if not mark.says and set(mark.scope) <= {"list"} and mark.scope:
            text = mark.text.strip().replace(",", "")
            lists.setdefault(mark.scope["list"], {})[mark.key] = None if text == "—" else float(text)
    return lists


def read_page(client, quarter):
    return lists_of(client.get(f"/reports/{quarter}/").text)


def read_workbook(client, quarter, titles):
    """The first table of 总览, by the lists' slugs."""
    found = tables(opened(client.get(f"/reports/{quarter}.xlsx").content)["总览"])
    rows = found[0] if found else []
    return {titles[row["清单"]]: {key: row[title] for title, key in NUMBERS.items()} for row in rows}


def read_csv(content):
    lists = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        if row["部分"] == "清单" and row["键"] in KEYS:
            lists.setdefault(row["编号"], {})[row["键"]] = int(row["数"]) if row["数"] else None
    return lists


def five_readings(client, quarter, tmp_path):
    api = client.get(f"/api/summary/{quarter}/").json()
    titles = {row["title"]: row["slug"] for row in api["lists"]}
    target = tmp_path / "summary.json"
    call_command("quarterly_summary", quarter, format="json", output=target, stdout=io.StringIO())
    by_slug = lambda rows: {row["slug"]: {key: row[key] for key in KEYS} for row in rows}  # noqa: E731
    return {
        "api": by_slug(api["lists"]),
        "json": by_slug(json.loads(target.read_text())["figures"]["lists"]),
        "csv": read_csv(client.get(f"/reports/{quarter}.csv").content),
        "xlsx": read_workbook(client, quarter, titles),
        "page": read_page(client, quarter),
    }


def assert_agree(readings):
    expected = readings["api"]
    for name, lists in readings.items():
        for slug, figures in expected.items():
            seen = lists.get(slug, {})
            if name in FILES and not seen:
                assert (figures["declared"], figures["recorded"]) == (None, 0)  # 这一天还没有公布
                continue
            if name == "page" and not {key for key in KEYS if key in seen}:
                assert figures["declared"] is None and figures["recorded"] == 0  # 这一天还没有公布
                continue
            assert {key: seen[key] for key in KEYS} == figures, (name, slug)


@pytest.mark.parametrize("quarter", ["2021Q1", "2021Q2", "2021Q3", "2021Q4", "2022Q3", "2023Q1"])
def test_the_five_agree_on_the_real_lists(visitor, facts, tmp_path, quarter):
    readings = five_readings(visitor, quarter, tmp_path)
    assert len(readings["api"]) == 7
    assert_agree(readings)


@pytest.mark.parametrize("quarter", ["2021Q1", "2021Q2", "2021Q4", "2023Q1"])
def test_the_files_hold_the_whole_document_of_the_real_lists(visitor, facts, quarter):
    """Cell by cell: every list, status, category, community, change, promise, project and correction."""
    document = document_of(Quarter.parse(quarter))
    book = opened(visitor.get(f"/reports/{quarter}.xlsx").content)
    assert_says(book, document.figures)
    data = visitor.get(f"/reports/{quarter}.json").json()
    assert (data["figures"], data["fingerprint"]) == (document.figures, document.fingerprint)
    if quarter == "2021Q4":
        assert len(tables(book["社区"])[0]) == 46, "the 45 of 2021, and what belongs to no single one"
    if document.figures["lists"]:
        document.figures["lists"][0]["by_status"]["planned"] += 1
        with pytest.raises(AssertionError):
            assert_says(book, document.figures)


def test_the_figures_of_the_fourth_quarter_of_2021(visitor, facts):
    lists = {row["slug"]: row for row in visitor.get("/api/summary/2021Q4/").json()["lists"]}
    key = lists["2021-key"]
    assert [key[name] for name in KEYS] == [45, None, 12, 6, 1, 1, 33]
    assert key["by_status"] == {"unknown": 1, "planned": 0, "in_progress": 4, "acceptance": 0, "completed": 3,
                                "in_use": 3, "standing": 1, "paused": 0, "cancelled": 0}
    assert (lists["2021-micro"]["declared"], lists["2021-micro"]["declared_done"]) == (71, 64)
    assert lists["2021-community"]["declared"] == 300
    assert lists["2023-730"]["declared"] is None
    second = {row["slug"]: row for row in visitor.get("/api/summary/2021Q2/").json()["lists"]}
    assert second["2021-micro"]["declared"] is None, "nobody had said 71 by then"
    assert second["2021-key"]["done"] == 1


def test_the_five_disagree_when_one_is_wrong(visitor, facts, tmp_path):
    """Negative control: the comparison sees a single figure that differs."""
    readings = five_readings(visitor, "2021Q4", tmp_path)
    readings["xlsx"]["2021-key"]["done"] += 1
    with pytest.raises(AssertionError):
        assert_agree(readings)


def test_a_published_change_is_in_the_next_answer(visitor, key_list, street_admin):
    factories.make_declaration(key_list)
    project = factories.make_project(key_list)
    before = visitor.get("/api/summary/2021Q4/").json()["lists"][0]["done"]
    factories.make_update(project, by=street_admin, status="completed")
    assert visitor.get("/api/summary/2021Q4/").json()["lists"][0]["done"] == before + 1
    assert "已完成" in visitor.get(project.get_absolute_url()).content.decode()


def test_the_home_page_says_what_the_summary_says(visitor, facts):
    shown = lists_of(visitor.get("/").text)
    lists = {row["slug"]: row for row in visitor.get("/api/summary/2023Q1/").json()["lists"]}
    assert set(shown) == {"2021-key", "2023-secretary", "2023-730"}, "the stair, and the lists of the newest year"
    assert shown["2021-key"].keys() >= {"done", "unknown", "missing"}, "what the stair tells of its list"
    assert shown["2023-secretary"] == {"declared": 45}
    for slug, figures in shown.items():
        assert figures.items() <= lists[slug].items()


def test_text_from_people_is_never_a_formula(visitor, key_list):
    factories.make_update(factories.make_project(key_list, name="=1+1"), status="completed", text="@SUM(A1)")
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/reports/2021Q2.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not re.search(r"(^|,)[=@]", b"".join(visitor.get("/lists/key-test/projects.csv")).decode(), re.M)
    assert Project.objects.count() == 1
