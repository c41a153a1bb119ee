"""Two clerks in one table at the same instant: nothing that one of them typed is lost without a word."""
import time

import pytest

from projects.models import AskedUnit, ProgressUpdate, ReportingAnswer, ReportingRow
from projects.reporting.opening import open_task
from tests import factories as make
from tests.projects.test_reporting import make_task
from tests.two_writers.scene import Page, at_once

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 8


@pytest.fixture
def tables(key_list, office, street_admin):
    """A new table of two projects for each try."""
    for number in range(2):
        make.make_project(key_list, number=number + 1, lead_department=office)

    def opened():
        task = make_task()
        open_task(task, street_admin)
        unit = AskedUnit.objects.get(task=task)
        return unit, list(ReportingRow.objects.filter(unit=unit).in_table_order())

    return [opened() for _ in range(TRIES)]


@pytest.fixture
def colleague(office):
    user = make.make_user("colleague", roles=["部门经办人"])
    office.clerks.add(user)
    return user


def drafts(unit):
    return [row.draft for row in ReportingRow.objects.filter(unit=unit).in_table_order()]


def both_save(tables, clerk, colleague, mine, theirs):
    """Each try: both save at once, `mine` and `theirs` being (row, field). Gives (unit, the two answers) of each."""
    for unit, rows in tables:
        pages = [Page(person, unit.get_absolute_url()).fill(
            **{f"r{rows[row].pk}-{name}": [word], "do": ["save"]})
            for person, word, (row, name) in ((clerk, "甲写的", mine), (colleague, "乙写的", theirs))]
        yield unit, at_once(*(page.send for page in pages))


def test_in_different_rows_both_stay(tables, clerk, colleague):
    for unit, answers in both_save(tables, clerk, colleague, (0, "text"), (1, "text")):
        assert [answer.status_code for answer in answers] == [302, 302]
        assert drafts(unit) == [{"text": "甲写的"}, {"text": "乙写的"}]


def test_in_different_cells_of_one_row_both_stay(tables, clerk, colleague):
    for unit, answers in both_save(tables, clerk, colleague, (0, "text"), (0, "next_step")):
        assert [answer.status_code for answer in answers] == [302, 302]
        assert drafts(unit)[0] == {"text": "甲写的", "next_step": "乙写的"}


def test_of_one_cell_one_stays_and_the_other_is_shown_both(tables, clerk, colleague):
    for unit, answers in both_save(tables, clerk, colleague, (0, "text"), (0, "text")):
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        refused = next(answer for answer in answers if answer.status_code == 409).text
        assert "甲写的" in refused
        assert "乙写的" in refused
        assert drafts(unit)[0]["text"] in ("甲写的", "乙写的")


def test_one_row_is_handed_in_once(tables, clerk, colleague):
    for unit, rows in tables:
        pages = [Page(person, unit.get_absolute_url()).fill(
            **{f"r{rows[0].pk}-text": ["报送：好了。"], "do": [f"row:{rows[0].pk}"]}) for person in (clerk, colleague)]
        answers = at_once(*(page.send for page in pages))
        assert all(answer.status_code in (302, 409) for answer in answers)
        assert ReportingAnswer.objects.filter(row=rows[0]).count() == 1
    assert ProgressUpdate.objects.filter(text="报送：好了。").count() == TRIES


def test_control_without_lock_and_version_a_text_is_lost(tables):
    """What the others would find: read, wait a moment, write."""

    def blindly(row, name, word):
        draft = ReportingRow.objects.get(pk=row.pk).draft
        time.sleep(0.05)
        ReportingRow.objects.filter(pk=row.pk).update(draft={**draft, name: word})

    lost = 0
    for unit, rows in tables:
        at_once(lambda row=rows[0]: blindly(row, "text", "甲写的"),
                lambda row=rows[0]: blindly(row, "next_step", "乙写的"))
        lost += len(drafts(unit)[0]) < 2
    assert lost
