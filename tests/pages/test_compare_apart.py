"""Two days beside each other, where nothing else stands: what was promised later, and more than a page shows."""
from datetime import date

import pytest

from projects.summary.difference import Difference
from tests import factories
from tests.pages.test_compare import A, B, kinds_of, make, page, rows_of

pytestmark = pytest.mark.django_db


def test_a_later_promise_puts_off_though_nobody_spoke(key_list):
    """Where no end was planned the day is the promised one; beside it one that was promised nothing since."""
    for code, *later in (("again", date(2022, 3, 1)), ("once",)):
        project = make(key_list, code, (date(2021, 5, 31), "in_progress"))
        factories.make_promise(project, due_on=date(2021, 9, 30))
        for due in later:
            factories.make_promise(project, promised_on=date(2021, 10, 5), due_on=due)
        project.refresh_projections()
    assert [(row.code, row.slip) for row in Difference(A, B)] == [
        ("again", "从 2021 年 9 月 30 日推迟到 2022 年 3 月 1 日。")]
    assert kinds_of(A, date(2021, 10, 4)) == kinds_of(date(2021, 10, 5), B) == {}


def test_the_display_is_capped_and_the_workbook_is_not(visitor, key_list, monkeypatch):
    monkeypatch.setattr("projects.summary.difference.SHOWN", 3)
    for number in range(5):
        make(key_list, f"p{number}", (date(2021, 5, 31), "planned"), (date(2021, 10, 1), "in_progress"))
    shown = page(visitor, "a=2021Q2&b=2021Q4")
    assert "新启动 5 个" in shown and "这里列出前 3 个" in shown and "项目p2" in shown and "项目p3" not in shown
    assert len(rows_of(visitor, "a=2021Q2&b=2021Q4")["新启动"]) == 5


def test_the_form_alone_and_the_empty_portal(visitor, db):
    assert "没有可比的" in page(visitor, "")
    make(factories.make_list(), "one", (date(2021, 10, 1), "planned"))
    form = page(visitor, "")
    assert '<option value="2021Q2"' in form and '<option value="2021Q1"' not in form
