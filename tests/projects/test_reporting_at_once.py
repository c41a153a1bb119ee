"""Two clerks in one table at the same instant: nothing that one of them typed is lost without a word.

The same of projects and of figures: their rows are kept and handed in by one mechanism.
"""
import time
from dataclasses import dataclass

import pytest

from projects.models import AskedUnit
from projects.reporting.kinds import kind_of, kinds
from projects.reporting.opening import open_task
from tests import factories as make
from tests.projects.test_reporting import make_task
from tests.two_writers.scene import Page, at_once

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 8


@dataclass
class Tables:
    """New tables of two rows each, two people who fill them in, two cells of a row, and words for either."""

    kind: object
    units: list
    people: list
    cells: tuple
    words: tuple

    def __iter__(self):
        return ((unit, list(self.kind.of_unit(unit).in_table_order())) for unit in self.units)

    def drafts(self, unit):
        return [row.draft for row in self.kind.of_unit(unit).in_table_order()]

    def page(self, person, unit, row, do="save", **texts):
        fields = {f"{self.kind.prefix}{row.pk}-{name}": [text] for name, text in texts.items()}
        return Page(person, unit.get_absolute_url()).fill(**fields, do=[do])


@pytest.fixture(params=kinds(), ids=lambda kind: kind.name or "projects")
def tables(request, key_list, office, street_admin, clerk):
    kind, colleague = request.param, make.make_user("colleague", roles=["部门经办人", "社区经办人"])
    place, people = make.make_community(name="花苑"), [clerk, colleague]
    place.clerks.set(people)
    office.clerks.add(colleague)
    metrics = [make.make_metric(name=f"数 {number}", unit="名") for number in range(2)]
    for number in range(2):
        make.make_project(key_list, number=number + 1, lead_department=office)

    def opened():
        task = make_task() if not kind.name else make_task(columns=[], asks_projects=False)
        task.metrics.set(metrics if kind.name else [])
        task.communities.set([place] if kind.name else [])
        open_task(task, street_admin)
        return AskedUnit.objects.get(task=task)

    return Tables(kind, [opened() for _ in range(TRIES)], people,
                  ("value", "note") if kind.name else ("text", "next_step"),
                  ("31", "47") if kind.name else ("甲写的", "乙写的"))


def both_save(tables, mine, theirs):
    """Each try: both save at once, `mine` and `theirs` being (row, cell). Gives (unit, the two answers) of each."""
    for unit, rows in tables:
        pages = [tables.page(person, unit, rows[row], **{tables.cells[cell]: word})
                 for person, word, (row, cell) in zip(tables.people, tables.words, (mine, theirs), strict=True)]
        yield unit, at_once(*(page.send for page in pages))


def test_in_different_rows_both_stay(tables):
    (cell, _), (mine, theirs) = tables.cells, tables.words
    for unit, answers in both_save(tables, (0, 0), (1, 0)):
        assert [answer.status_code for answer in answers] == [302, 302]
        assert tables.drafts(unit) == [{cell: mine}, {cell: theirs}]


def test_in_different_cells_of_one_row_both_stay(tables):
    for unit, answers in both_save(tables, (0, 0), (0, 1)):
        assert [answer.status_code for answer in answers] == [302, 302]
        assert tables.drafts(unit)[0] == dict(zip(tables.cells, tables.words, strict=True))


def test_of_one_cell_one_stays_and_the_other_is_shown_both(tables):
    for unit, answers in both_save(tables, (0, 0), (0, 0)):
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        refused = next(answer for answer in answers if answer.status_code == 409).text
        assert all(word in refused for word in tables.words) and "别人刚写的" in refused
        assert tables.drafts(unit)[0][tables.cells[0]] in tables.words


def test_one_row_is_handed_in_once(tables):
    kind = tables.kind
    for unit, rows in tables:
        # each for a day of its own: of a figure one value is said of a day
        day = {"effective_on": f"2026-01-{unit.pk % 28 + 1:02}"} if kind.name else {}
        pages = [tables.page(person, unit, rows[0], f"row:{kind.prefix[1:]}{rows[0].pk}",
                             **{tables.cells[0]: tables.words[0]}, **day) for person in tables.people]
        answers = at_once(*(page.send for page in pages))
        assert all(answer.status_code in (302, 409) for answer in answers)
        assert kind.answers.objects.filter(row=rows[0]).count() == 1
    assert kind.reviewed.objects.filter(author__in=tables.people).count() == TRIES


def test_control_without_lock_and_version_a_text_is_lost(tables):
    """What the others would find: read, wait a moment, write."""

    def blindly(row, name, word):
        draft = type(row).objects.get(pk=row.pk).draft
        time.sleep(0.05)
        type(row).objects.filter(pk=row.pk).update(draft={**draft, name: word})

    lost = 0
    for unit, rows in tables:
        at_once(*(lambda cell=cell, word=word, row=rows[0]: blindly(row, cell, word)
                  for cell, word in zip(tables.cells, tables.words, strict=True)))
        lost += len(tables.drafts(unit)[0]) < 2
    assert lost


def test_every_kind_is_here():
    assert [kind.name for kind in kinds()] == ["", "readings"]
    assert all(kind_of(kind.rows) is kind for kind in kinds())
