"""The changes and promises of a quarter in pages: each once, in order, forwards and back, open and closed."""
import re
from datetime import date

import pytest

from guicheng.days.quarters import Quarter
from projects.models import ProgressUpdate, Project, QuarterReport
from projects.report import close as quarter_close
from projects.report.files import FORMATS
from projects.report.reading import summary_of
from projects.summary import changes_page, quarter_summary
from tests import factories

PAGE, API = "/reports/2021Q4/", "/api/summary/2021Q4/"


@pytest.fixture(autouse=True)
def quick_formats(monkeypatch):
    """PDF, PNG and a workbook for the staff take a second a close; nobody asks for them here."""
    for name in ("pdf", "png", "internal"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def seven(db, key_list, monkeypatch):
    """Seven that changed: on two lists, and two on none. Two make a page."""
    monkeypatch.setattr(changes_page, "SIZE", 2)
    other = factories.make_list(slug="other", order=key_list.order + 1)
    lists = [other, key_list, None, other, key_list, None, key_list]
    for number, project_list in enumerate(lists):
        project = factories.make_project(project_list, code=f"p{number}")
        factories.make_update(project, status="completed", effective_on=date(2021, 12, 1))
    factories.make_project(key_list, code="p9")
    return ["p1", "p4", "p6", "p0", "p3", "p2", "p5"]


def codes(page):
    return re.findall(r'<a href="/projects/(p\d)/">', page[page.index('id="changes"'):page.index('id="promises"')])


def close_it():
    report = QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}。")
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_every_change_is_on_one_page(visitor, seven, is_closed):
    if is_closed:
        close_it()
    assert [row.code for row in quarter_summary(Quarter(2021, 4)).changes] == seven
    found, address = [], PAGE
    while address:
        page = visitor.get(address).text
        found.append(codes(page))
        assert "一页列 20 个，全部见 Excel 表格。" in page
        link = re.search(r'<a rel="next" href="([^"#]*)#changes">', page)
        address = link and PAGE + link[1]
    assert found == [seven[:2], seven[2:4], seven[4:6], seven[6:]]
    back = re.search(r'<a rel="prev" href="([^"#]*)#changes">', page)[1]
    assert codes(visitor.get(PAGE + back).text) == seven[4:6]
    first = visitor.get(f"{PAGE}?before={seven[2]}").text
    assert codes(first) == seven[:2] and "上一页" not in first and "下一页" in first


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_the_json_leads_on_and_back(visitor, seven, is_closed):
    if is_closed:
        close_it()
    found, answer = [], visitor.get(API).json()
    assert answer["changes_count"] == 7 and answer["previous"] is None and answer["file"] == "/reports/2021Q4.json"
    while True:
        found += [row["code"] for row in answer["changes"]]
        if answer["next"] is None:
            break
        answer = visitor.get(answer["next"]).json()
    assert found == seven
    assert [row["code"] for row in visitor.get(answer["previous"]).json()["changes"]] == seven[4:6]
    whole = visitor.get(answer["file"]).json()["figures"]
    assert [row["code"] for row in whole["changes"]] == seven


def test_one_page_has_no_links(visitor, seven, monkeypatch):
    monkeypatch.setattr(changes_page, "SIZE", 7)
    assert "pager" not in visitor.get(PAGE).text
    answer = visitor.get(API).json()
    assert len(answer["changes"]) == 7 and answer["next"] is answer["previous"] is None


def test_the_place_holds_where_its_project_changes_no_more(visitor, seven):
    factories.make_correction(ProgressUpdate.objects.get(project__code="p4"), status="", text="没有变。")
    assert codes(visitor.get(f"{PAGE}?after=p4").text) == ["p6", "p0"]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("query, status", [
    ("after=p5", 404), ("before=p1", 404), ("after=nobody", 400), ("after=p1&before=p5", 400), ("after=%00", 400),
    ("before=%ED%A0%80", 400), ("after=" + "a" * 300, 400), ("page=9", 200), ("after=", 200)])
def test_a_wrong_place_gets_one_sentence(visitor, seven, query, status, is_closed):
    if is_closed:
        close_it()
    for address in (PAGE, API):
        answer = visitor.get(f"{address}?{query}")
        assert answer.status_code == status
        assert status == 200 or "请从第一页重新翻。" in answer.content.decode()


@pytest.fixture
def promised(seven):
    """[(code, due day)] of five promises in their order."""
    found = [("p0", date(2021, 10, 1)), ("p1", date(2021, 12, 30)), ("p2", date(2021, 12, 30)),
             ("p0", date(2021, 12, 31)), ("p9", date(2021, 12, 31))]
    for number, (code, day) in enumerate(found):
        factories.make_promise(Project.objects.get(code=code), due_on=day, text=f"第 {number} 条")
    return found


def due(answer):
    return [(row["code"], date.fromisoformat(row["due"])) for row in answer["promises"]]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_the_promises_lead_on_and_back(visitor, promised, is_closed):
    if is_closed:
        close_it()
    pages, answer = [], visitor.get(API).json()
    assert answer["promises_count"] == 5 and answer["promises_previous"] is None
    while True:
        pages.append(due(answer))
        assert answer["file"] == "/reports/2021Q4.json" and answer["previous"] is None
        if answer["promises_next"] is None:
            break
        answer = visitor.get(answer["promises_next"]).json()
    assert pages == [promised[:2], promised[2:4], promised[4:]]
    back = visitor.get(answer["promises_previous"]).json()
    assert due(back) == promised[2:4] and due(visitor.get(back["promises_previous"]).json()) == promised[:2]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_the_page_leads_on_through_the_promises(visitor, promised, is_closed):
    if is_closed:
        close_it()
    found, address = [], PAGE
    while address:
        page = visitor.get(address).text
        assert codes(page)[:2] == ["p1", "p4"], "the changes stand at their first page"
        found += re.findall(r'<small class="meta">第 (\d) 条，', page)
        link = re.search(r'<a rel="next" href="([^"#]*)#promises">', page)
        address = link and PAGE + link[1].replace("&amp;", "&")
    assert found == list("01234")


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("query, status", [
    ("after=due:2021-12-31_p9", 404), ("before=due:2021-10-01_p0", 404), ("after=due:2021-13-01_p1", 400),
    ("after=due:", 400), ("after=due:2021-12-30_p1&before=due:2021-12-31_p9", 400), ("before=due:2021-12-31_%00", 400)])
def test_a_wrong_place_among_the_promises_gets_one_sentence(visitor, promised, query, status, is_closed):
    if is_closed:
        close_it()
    for address in (PAGE, API):
        answer = visitor.get(f"{address}?{query}")
        assert answer.status_code == status and "请从第一页重新翻。" in answer.content.decode()


def test_what_all_say_is_told_once_only_where_one_page_has_all(visitor, seven, monkeypatch):
    for code in ("p0", "p1", "p2"):
        factories.make_promise(Project.objects.get(code=code), due_on=date(2021, 12, 31))
    assert "都写着" not in visitor.get(PAGE).text
    monkeypatch.setattr(changes_page, "SIZE", 3)
    assert "都写着" in visitor.get(PAGE).text


def test_a_later_page_asks_for_no_row_before_it(seven, django_assert_num_queries):
    changes = quarter_summary(Quarter(2021, 4)).changes
    with django_assert_num_queries(2) as asked:
        changes_page.page_of_changes(changes, {"after": "p6"})
    assert "LIMIT 3" in asked.captured_queries[1]["sql"] and "OFFSET" not in asked.captured_queries[1]["sql"]


def test_of_a_close_nothing_is_asked(seven, django_assert_num_queries):
    then = summary_of(close_it().document.figures)
    with django_assert_num_queries(0):
        page = changes_page.page_of_changes(then.changes, {"after": "p6"})
    assert [row.code for row in page.rows] == ["p0", "p3"]
