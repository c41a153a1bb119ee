"""Two days beside each other: the kinds of difference, the sentences, the workbook with the same rows."""
import io
from datetime import date, datetime
from urllib.parse import quote

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import ProgressUpdate, ProjectList
from projects.summary.difference import Difference, Kind
from tests import factories
from tests.pages.figures import without_marks

pytestmark = pytest.mark.django_db
A, B = date(2021, 6, 30), date(2021, 12, 31)
VAGUE = True  # of a statement: known is only its last day


def kinds_of(first=A, last=B):
    return {row.code: [kind.value for kind in row.kinds] for row in Difference(first, last)}


def make(project_list, code, *said, **kw):
    """A project with statements (day, status): of that day exactly, unless a third value says that it is not known."""
    project = factories.make_project(project_list, code=code, name=f"项目{code}", **kw)
    project.refresh_projections()
    for day, status, *vague in said:
        factories.make_update(project, status=status, effective_on=day, reason="因故。",
                              effective_from=None if vague else day)
    return project


def make_year():
    key_list = factories.make_list(slug="key-test", title="2021 年重点项目", kind="key")
    later = factories.make_list(slug="later", title="后来的清单", announced_on=date(2021, 7, 1))
    may, october = date(2021, 5, 31), date(2021, 10, 1)
    make(key_list, "finished", (may, "in_progress"), (october, "completed"))
    make(key_list, "started", (may, "planned"), (october, "in_progress"))
    make(key_list, "begun", (may, "planned"), (october, "acceptance"))
    make(key_list, "paused", (may, "in_progress"), (october, "paused"))
    make(key_list, "reopened", (may, "completed"), (october, "in_progress"))
    make(key_list, "heard", (october, "in_progress"))
    make(key_list, "heard-done", (may, "in_progress"), (october, "completed", VAGUE))
    make(key_list, "told-again", (A, "in_progress", VAGUE), (october, "completed", VAGUE))
    make(key_list, "overdue", (may, "in_progress"), (october, "in_progress"), planned_end=date(2021, 9, 30))
    make(key_list, "silent", (may, "in_progress"), planned_end=date(2021, 9, 30))
    make(key_list, "silent-since", (may, "in_progress"), (date(2021, 9, 30), "in_progress"),
         planned_end=date(2021, 9, 30))
    make(key_list, "late", (date(2021, 6, 2), "in_progress"), (october, "in_progress"), planned_end=date(2021, 6, 1))
    put_off = make(key_list, "put-off", (may, "in_progress"), (date(2022, 4, 1), "in_progress"),
                   planned_end=date(2021, 9, 30))
    factories.make_update(put_off, kind="postponement", postponed_to=date(2022, 3, 1), reason="等材料。",
                          effective_on=october, text="")
    make(key_list, "still", (may, "in_progress"))
    make(key_list, "round-trip", (may, "in_progress"), (october, "paused"), (B, "in_progress"))
    make(key_list, "after", (may, "in_progress"), (date(2022, 1, 1), "completed"))
    make(later, "appeared")
    make(later, "appeared-done", (october, "in_use"))
    make(later, "appeared-finished", (may, "in_progress"), (october, "in_use"))
    make(None, "on-none", (october, "completed"))
    return key_list


@pytest.fixture(scope="module")
def _year(standing):
    with standing():
        yield make_year()


@pytest.fixture
def year(db, _year):
    return ProjectList.objects.get(pk=_year.pk)


EXPECTED = {
    "finished": ["finished"], "started": ["started"], "begun": ["started"], "paused": ["stopped"],
    "reopened": ["other"], "overdue": ["slipped"], "put-off": ["slipped"], "appeared": ["appeared"],
    "heard": ["heard"], "heard-done": ["heard_finished"], "told-again": ["finished"],
    "appeared-done": ["heard_finished", "appeared"], "appeared-finished": ["finished", "appeared"],
    "on-none": ["heard_finished"],
}


def test_it_works(year):
    assert kinds_of() == EXPECTED
    difference = Difference(A, B)
    assert {kind.value: count for kind, count in difference.counts.items()} == {
        "finished": 3, "started": 2, "heard_finished": 3, "heard": 1, "slipped": 2, "appeared": 3, "stopped": 1,
        "other": 1}
    assert (difference.before.recorded, difference.after.recorded, difference.grown) == (17, 20, 3)
    assert difference.before.families == {"done": 1, "doing": 14, "stopped": 0, "none": 2}
    assert difference.after.families == {"done": 6, "doing": 12, "stopped": 1, "none": 1}


def test_what_is_not_public_real_the_streets_and_at_the_top_is_left_out(year):
    districts = factories.make_list(kind="district")
    for project_list, kw in ((None, {"is_published": False}), (None, {"is_sample": True}),
                             (None, {"layer": "district"}), (districts, {})):
        factories.make_update(factories.make_project(project_list, **kw), status="completed",
                              effective_on=date(2021, 10, 1))
    part = factories.make_part(year.projects.first())
    factories.make_update(part, status="completed", effective_on=date(2021, 10, 1))
    assert kinds_of() == EXPECTED


def test_slips_in_words(year):
    rows = {row.code: row for row in Difference(A, B)}
    assert rows["overdue"].slip == "应于 2021 年 9 月 30 日完成，到 2021 年 12 月 31 日没有完成。"
    assert rows["put-off"].slip == "从 2021 年 9 月 30 日推迟到 2022 年 3 月 1 日。"
    assert rows["finished"].slip == "" and not {"silent", "silent-since"} & set(rows), "nobody said that it was late"
    both = {row.code: row for row in Difference(A, date(2022, 6, 30))}["put-off"]
    assert "推迟到 2022 年 3 月 1 日；应于 2022 年 3 月 1 日完成" in both.slip


def test_a_due_day_is_late_from_the_next_day_on(year):
    assert "overdue" not in kinds_of(A, date(2021, 9, 30)) and "overdue" in kinds_of(A, date(2021, 10, 1))
    assert "overdue" in kinds_of(date(2021, 9, 30), B) and "overdue" not in kinds_of(date(2021, 10, 1), B)


def test_corrections_published_in_between(year):
    started = ProgressUpdate.objects.get(project__code="still")
    at = timezone.make_aware(datetime(2021, 8, 1, 9))
    again = factories.make_correction(started, status="planned", recorded_at=at)
    factories.make_withdrawal(again, effective_on=date(2021, 9, 1),
                              recorded_at=timezone.make_aware(datetime(2022, 1, 1)))
    rows = list(Difference(A, B).corrections)
    assert [(row.code, row.label, row.recorded_on, row.effective_on) for row in rows] == [
        ("still", "更正", date(2021, 8, 1), date(2021, 5, 31))]
    assert len(Difference(A, date(2022, 1, 1)).corrections) == 2
    assert len(Difference(A, date(2021, 7, 31)).corrections) == 0


# --- the page ------------------------------------------------------------------------------------
def page(client, query, status=200):
    response = client.get(f"/reports/compare/?{query}")
    assert response.status_code == status, response.status_code
    return without_marks(response.text)


def test_two_quarters_two_days_or_one_of_each(visitor, year):
    both = page(visitor, "a=2021Q2&b=2021Q4")
    assert "从 2021 年第二季度末（2021 年 6 月 30 日）到 2021 年第四季度末（2021 年 12 月 31 日）：新完成 3 个" in both
    assert "新见报道（完成） 3 个" in both and "新见报道（其他） 1 个" in both
    assert "项目finished" in both and "项目still" not in both
    for query in ("a=2021-06-30&b=2021-12-31", "a=2021Q2&b=2021-12-31", "a=2021q2&b=2021Q4"):
        other = page(visitor, query)
        assert "新完成 3 个" in other and "延期或逾期 2 个" in other and "两头调换" not in other
    swapped = page(visitor, "a=2021Q4&b=2021Q2")
    assert "两头调换了先后" in swapped and "新完成 3 个" in swapped


def test_it_opens_on_the_last_quarter_with_changes(visitor, year):
    """Not on the newest two, between which nothing is known to have happened."""
    opened = page(visitor, "")
    assert "从 2021 年第四季度末（2021 年 12 月 31 日）到 2022 年第一季度末（2022 年 3 月 31 日）：" in opened
    assert "这是最近一个有项目变动的季度" in opened and "项目after" in opened and "新完成 1 个" in opened
    assert "这是最近一个有项目变动的季度" not in page(visitor, "a=2021Q4&b=2022Q1")
    assert "2021Q4%E5%88%B02022Q1" in visitor.get("/reports/compare.xlsx")["Content-Disposition"]


def test_it_says_where_nothing_differs(visitor, year):
    assert "没有项目有变化" in page(visitor, "a=2021-11-01&b=2021-11-02")


BAD = [("a=2021Q5&b=2021Q4", "不是一个季度"), ("a=2021Q2&b=2098Q1", "还没有到"), ("a=2021Q2&b=2999-01-01", "还没有到"),
       ("a=2020Q4&b=2021Q4", "本站的资料从 2021 年 4 月 30 日开始"), ("a=2021-04-29&b=2021Q4", "本站的资料从"),
       ("a=2021Q4&b=2021-12-31", "同一天"), ("a=2021Q2", "请选好两头"), ("a=&b=", "请选好两头"),
       ("a=x&b=y", "不是一个日期"), ("a=%00&b=2021Q4", "不是一个日期"), ("a=quarter&b=2021Q4", "不是一个季度")]


@pytest.mark.parametrize("query, sentence", BAD)
def test_one_clear_sentence(visitor, year, query, sentence):
    assert sentence in page(visitor, query, 400)
    response = visitor.get(f"/reports/compare.xlsx?{query}")
    assert response.status_code == 400 and sentence in response.text


def test_ways_in(visitor, year):
    assert 'href="/reports/compare/"' in visitor.get("/reports/").text
    assert 'href="/reports/compare/?a=2021Q3&amp;b=2021Q4"' in visitor.get("/reports/2021Q4/").text
    assert "/reports/compare/" not in visitor.get("/reports/2021Q2/").text, "before it there is nothing"


# --- the workbook --------------------------------------------------------------------------------
def rows_of(client, query):
    """sheet -> its rows below the header."""
    response = client.get(f"/reports/compare.xlsx?{query}")
    assert response.status_code == 200 and quote("2021Q2到2021Q4") in response["Content-Disposition"]
    sheets = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(response.content)):
        rows = list(sheet.iter_rows(values_only=True))
        heads = [index for index, row in enumerate(rows) if row[0] == "编号"]
        sheets[sheet.title] = rows[heads[0] + 1:] if heads else []
    return sheets


def test_the_workbook_holds_what_the_page_shows(visitor, year):
    year.projects.filter(code="finished").update(name='=HYPERLINK("http://x")')
    sheets, difference = rows_of(visitor, "a=2021Q4&b=2021Q2"), Difference(A, B)
    for kind in Kind:
        expected = [(row.code, row.name, row.list_title or "不在清单上", row.before_label, row.after_label,
                     row.slip or None) for row in difference.shown[kind]]
        assert sheets[kind.label] == expected
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/reports/compare.xlsx?a=2021Q2&b=2021Q4").content))
    overview = {row[0]: row[1:] for row in book["总览"].iter_rows(values_only=True)}
    assert {kind.label: overview[kind.label][0] for kind in Kind} == {
        kind.label: difference.counts[kind] for kind in Kind}
    assert overview["2021 年第四季度末（2021 年 12 月 31 日）"] == (6, 12, 1, 1, 20)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# --- cost ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("address, most", [("/reports/compare/", 8), ("/reports/compare.xlsx", 15)])
def test_a_fixed_number_of_queries(visitor, year, address, most):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(f"{address}?a=2021Q2&b=2021Q4").status_code == 200
        return len(queries)

    count()  # what was decided of public faces is remembered from here on
    few = count()
    for number in range(20):
        make(year, f"x{number}", (date(2021, 10, 1), "completed"))
    assert count() == few <= most
