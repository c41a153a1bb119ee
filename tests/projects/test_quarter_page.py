"""The page of a quarter: each change once with its words and days, who moved, the same after it was closed."""
import re
from datetime import date

import pytest

from guicheng.days.quarters import Quarter
from projects.models import QuarterReport
from projects.report import close as quarter_close
from projects.report.flow import MOST, flow
from projects.report.quarter_page import flow_of, groups_of, said_by_all
from projects.report.reading import summary_of
from projects.summary import quarter_summary
from tests import factories

Q4 = Quarter(2021, 4)
STATES = [("a", "甲", "", "in_use"), ("b", "乙", "in_progress", "completed"), ("c", "丙", "", ""),
          ("d", "丁" * 20, "in_progress", "paused")]


@pytest.fixture
def autumn(key_list):
    """Of four one went on, one was first heard of, one did not move, one has no word; a promise of two of them."""
    went, new, still, _ = (factories.make_project(key_list, code=code, name=name) for code, name in [
        ("went", "走了的"), ("new", "新听说的"), ("still", "没动的"), ("silent", "没消息的")])
    for project, status, since, day in [
            (went, "in_progress", date(2021, 6, 1), date(2021, 6, 30)),
            (went, "completed", date(2021, 6, 21), date(2021, 12, 31)),
            (new, "in_use", date(2021, 12, 1), date(2021, 12, 10)), (still, "in_progress", None, date(2021, 5, 1))]:
        factories.make_update(project, status=status, effective_from=since, effective_on=day, text=f"说到{project}。")
    for project in (went, new):
        factories.make_promise(project, text="年内完成", due_on=date(2021, 12, 31))
    return quarter_summary(Q4)


def told(groups):
    return [(telling.value, count, [(row.change.code, row.days, row.text) for row in rows])
            for telling, count, rows in groups]


def drawn(found):
    return {(line.code, line.before, line.after, line.path) for line in found.lines}


# --- what is told --------------------------------------------------------------------------------
def test_it_works(autumn):
    assert told(groups_of(autumn, autumn.changes[:200])) == [
        ("forward", 1, [("went", "2021 年 6 月 21 日—12 月 31 日之间", "说到走了的。")]),
        ("heard_finished", 1, [("new", "2021 年 12 月 1—10 日之间", "说到新听说的。")])]
    assert {line.code: (line.before, line.after) for line in flow_of(autumn).lines} == {
        "went": ("in_progress", "completed"), "new": ("", "in_use"), "still": ("in_progress", "in_progress"),
        "silent": ("", "")}


def test_a_closed_quarter_tells_the_same(visitor, autumn):
    report = QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}。")
    close = quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))
    then = summary_of(close.document.figures)
    assert told(groups_of(then, then.changes, close.document)) == told(groups_of(autumn, autumn.changes[:200]))
    assert drawn(flow_of(then, close.document)) == drawn(flow_of(autumn))
    page = visitor.get("/reports/2021Q4/").text
    assert "已定稿" in page and "文件上写作“第 1 次锁定”" in page and "说到走了的。" in page


def test_each_change_is_told_once(visitor, autumn):
    page = visitor.get("/reports/2021Q4/").text
    changes = page[page.index("变动，一件说一次"):page.index("2021 年应兑现的承诺")]
    assert [changes.count(f">{name}</a>") for name in ("走了的", "新听说的", "没动的")] == [1, 1, 0]
    assert "都写着：年内完成，到期日 2021 年 12 月 31 日" in page and page.count("年内完成，到期日") == 1


def test_where_nothing_moved_nothing_is_drawn(visitor, autumn):
    assert flow_of(quarter_summary(Q4.previous)) is None
    page = visitor.get("/reports/2021Q3/").text
    assert "没有项目的状态变动" in page and "三个月走到哪里" not in page


def test_promises_that_differ_each_say_their_own(autumn):
    rows = autumn.promises[:9]
    assert said_by_all(rows).text == "年内完成" and said_by_all([]) is None
    factories.make_promise(rows[0].promise.project, text="十月完成", due_on=date(2021, 10, 31))
    assert said_by_all(quarter_summary(Q4).promises[:9]) is None


# --- the drawing ---------------------------------------------------------------------------------
def test_every_project_has_a_line_and_places_are_used_once():
    found = flow("清单", STATES)
    assert {line.code for line in found.lines} == set("abcd")
    for ends in ([line.y1 for line in found.lines], [line.y2 for line in found.lines]):
        assert len(set(ends)) == 4 and max(ends) < found.height
    assert [line.code for line in sorted(found.lines, key=lambda line: line.y2)][:2] == ["b", "a"], "done on top"
    assert [group["label"] for group in found.groups] == ["推进中", "没有消息"]
    assert next(line for line in found.lines if line.code == "d").short == "丁" * 12 + "…"


@pytest.mark.parametrize("number, is_drawn", [(0, False), (MOST, True), (MOST + 1, False)])
def test_what_cannot_be_followed_is_left_out(number, is_drawn):
    assert bool(flow("清单", [(str(each), "名", "", "in_use") for each in range(number)])) is is_drawn


def test_no_inline_style(visitor, autumn):
    page = visitor.get("/reports/2021Q4/").text
    assert 'class="done"' in page and not re.search(r"\sstyle=|<style|\sfill=", page)


# --- on paper ------------------------------------------------------------------------------------
def test_only_addresses_that_lead_elsewhere_are_printed(settings):
    css = (settings.BASE_DIR / "static/css/components.css").read_text(encoding="utf-8")
    assert 'main a[href^="http"]::after' in css and "main a[href]::after" not in css
