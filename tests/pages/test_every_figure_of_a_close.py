"""A closed quarter goes on showing what the summaries counted then, in every page, file and word; rates with their
parts, and open overdue promises among what was due."""
import re
from datetime import date

import pytest

from guicheng.days.as_of import Moment
from guicheng.days.quarters import Quarter
from projects.models import QuarterClose, QuarterReport
from projects.report import close as quarter_close
from projects.report.build import document_of
from projects.report.tokens import OF_LIST, tokens
from tests import factories
from tests.pages.figure_files import Walk, all_tokens, of_word, text_of_word
from tests.pages.figures import Reader, Truth

pytestmark = pytest.mark.django_db
Q4 = Quarter(2021, 4)
SILENT = "silent"
told = pytest.mark.parametrize("_closed", ["told"], indirect=True)
both = pytest.mark.parametrize("_closed", ["told", SILENT], indirect=True)


def make_user():
    return factories.make_user(roles=["业务管理员"], is_established=True)


@pytest.fixture(scope="module")
def _closed(request, standing):
    with standing():
        yield make_closed(request.param == SILENT)


@pytest.fixture
def closed(db, _closed):
    return QuarterClose.objects.get(pk=_closed.pk)


def make_closed(is_silent):
    """A quarter closed with every file: a rate, groups, promises kept, late and open. Then a late entry.

    Where it is silent nobody said that the last of the open ones was not finished: 到期待核.
    """
    key_list = factories.make_list(slug="key-test", title="2021 年重点项目", kind="key")
    office = factories.make_department(name="城建办公室", short_name="城建办", phone="0757-00000000")
    here, there = (factories.make_community(slug=name) for name in ("here", "there"))
    water, road = (factories.make_category(key_list, number=number) for number in (1, 2))
    factories.make_declaration(key_list, total=4, done=1)
    begun = ("in_progress", date(2021, 8, 20))
    said = [[("completed", date(2021, 9, 1))], [begun, ("completed", date(2021, 11, 1))],
            [begun, ("in_progress", date(2021, 12, 20))], [("paused", date(2021, 12, 1))]]
    rows = []
    for number, each in enumerate(said):
        rows.append(factories.make_project(
            key_list, name=f"第 {number} 处公园", community=here if number < 3 else there, lead_department=office,
            category=water if number < 2 else road, planned_end=date(2021, 9, 30)))
        for status, day in each:
            reason = "等材料。" if status == "paused" else ""
            factories.make_update(rows[-1], status=status, effective_from=day, effective_on=day, reason=reason)
    quiet = factories.make_part(rows[3], name="没人再提的事")
    if not is_silent:
        factories.make_update(quiet, status="in_progress", effective_on=date(2021, 9, 30))
    for row, due in [(rows[0], date(2021, 9, 30)), (rows[1], date(2021, 9, 30)), (rows[2], date(2021, 10, 30)),
                     (quiet, date(2021, 8, 1)), (rows[2], date(2022, 3, 1))]:
        factories.make_promise(row, due_on=due)
    report = QuarterReport(year=2021, number=4, is_released=True, kind="report", written_by=make_user())
    report.overview = all_tokens(tokens(document_of(Q4).figures))
    report.work = "按期兑现率为 {按期兑现率}，完成率为 {完成率：key-test}。"
    report.save()
    close = quarter_close.close(report, make_user())
    factories.make_update(rows[2], status="completed", effective_from=date(2021, 12, 30),
                          effective_on=date(2021, 12, 30))
    return close


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Reader(response.text)


@told
def test_it_shows_what_was_counted_then(visitor, closed):
    walk, then, now = Walk(), Truth(quarter=Q4, close=closed), Truth(Moment(date(2021, 12, 31)), Q4)
    finished, heard = ([each.summary.figures[number].value for each in (then, now)] for number in (1, 2))
    assert (finished, heard) == ([1, 2], [0, 0]), "the late entry makes a difference"
    assert then.lists["key-test"].rate == 50 and len(then.lists["key-test"].by_category) == 2
    for address in ("/reports/2021Q4/", "/reports/2021Q4/?close=1", "/reports/2021Q4/print/"):
        walk.add(address, read(visitor, address).marks, then)
    walk.add_files(visitor, "2021Q4", then, with_pdf=True)
    today = "?asof=2021-12-31"
    for address in (f"/reports/2021Q4/{today}", f"/lists/key-test/{today}"):
        walk.add(address, read(visitor, address).marks, now)
    walk.add_files(visitor, "2021Q4", now, today)
    walk.end(at_least=500)


@both
def test_the_words_of_the_paper_are_the_figures_of_the_close(visitor, closed):
    """Every token a text may name, as the Word file prints it: each figure of the summaries, a rate with its parts."""
    then, known = Truth(quarter=Q4, close=closed), tokens(closed.document.figures)
    found = of_word(visitor.get("/reports/2021Q4.docx").content, known)
    assert set(found) == set(known) and len(found) >= 30
    each, figures = then.lists["key-test"], {row.definition.label: row for row in then.summary.figures}
    expected = {f"{word}：key-test": getattr(each, key).value for key, word in OF_LIST.items()}
    expected |= {f"{label}的：key-test": count for _, label, count in each.status_counts}
    expected["在办的：key-test"] = each.by_status["in_progress"] + each.by_status["acceptance"]
    expected["有进展的：key-test"] = each.by_status.total() - each.by_status[""]
    expected |= {label: row.value for label, row in figures.items() if row.definition.unit != "%"}
    expected |= {f"承诺{verdict.label}": count for verdict, count in then.summary.verdicts.items()}
    expected = {name: "（没有公布）" if expected[name] is None else str(expected[name])
                for name in expected if name in known}
    kept = figures["按期兑现率"]
    expected["按期兑现率"] = ("有到期待核的，不算" if then.summary.verdicts["unreported"] else
                              f"{kept.rate}%（{kept.numerator}÷{kept.denominator}）")
    expected["完成率：key-test"] = f"{each.rate}%（{each.done.value}÷{each.declared.value}）"
    assert {name: found[name] for name in expected} == expected
    assert set(found) - set(expected) == {"截至日", "季度", "上季度", "下季度"}


@both
def test_open_overdue_promises_are_in_the_denominator(closed):
    """按期兑现率: of four due one was kept, one came late, two are open; while nobody spoke again of one, no rate."""
    summary = Truth(quarter=Q4, close=closed).summary
    counts = {verdict.value: count for verdict, count in summary.verdicts.items()}
    silent = counts["unreported"]
    assert counts == {"kept": 1, "late": 1, "unkept": 2 - silent, "unreported": silent, "early": 0, "not_due": 0}
    figures = {row.definition.key: row for row in summary.figures}
    kept = figures["kept"]
    assert (figures["due"].value, kept.numerator, kept.denominator, kept.rate) == (4, 1, 4, None if silent else 25)
    assert kept.denominator != counts["kept"] + counts["late"], "without the open ones it would be one of two"


RATE = re.compile(r"(完成率|兑现率)[^。；，\d]{0,6}(\d+(?:\.\d)?%)(?=(.{0,12}))")


def without_parts(text):
    """The rates of a text that do not say what was divided by what."""
    found = RATE.findall("".join(text.split()))
    assert found, "a text without any rate says nothing"
    return ["".join(row) for row in found if not re.match(r"（\d+÷\d+）|：公布\d+", row[2])]


@told
def test_a_rate_stands_with_its_numerator_and_denominator(visitor, closed):
    pages = [read(visitor, f"/reports/2021Q4/{part}") for part in ("", "print/")]
    texts = ["".join(part for block in page.blocks for part, _ in block.parts) for page in pages]
    drawn = re.search("<desc.*?</desc>", visitor.get("/reports/2021Q4.svg").text, re.S)[0]
    texts += [drawn, text_of_word(visitor.get("/reports/2021Q4.docx").content)]
    assert [without_parts(text) for text in texts] == [[]] * 4
    assert without_parts("按期兑现率 25.0%，比上季度高。") == ["兑现率25.0%，比上季度高。"], "negative control"
    marks = [mark for page in pages for mark in page.marks if not mark.says]
    for key in ("rate", "kept"):
        assert {mark.scope.get("part") for mark in marks if mark.key == key} >= {"numerator", "denominator"}


@both
def test_while_one_waits_for_a_word_no_rate_is_shown(visitor, closed):
    """A rate that leaves out what nobody checked would say too much; the others of the close go on being shown."""
    is_silent = bool(Truth(quarter=Q4, close=closed).summary.verdicts["unreported"])
    pages = [read(visitor, f"/reports/2021Q4/{part}") for part in ("", "print/")]
    texts = ["".join(part for block in page.blocks for part, _ in block.parts) for page in pages]
    texts.append(text_of_word(visitor.get("/reports/2021Q4.docx").content))
    for text in texts:
        shown = {row[0] for row in RATE.findall("".join(text.split()))}
        assert shown == ({"完成率"} if is_silent else {"完成率", "兑现率"})
