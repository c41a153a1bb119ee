"""kill -9 while a table is handed in: each row is handed in or not, none half, and the next visit says which.

Five kills here; `REPORTING_KILLS=50 pytest tests/projects/test_reporting_kill.py` does as many as one likes.
"""
import os
import re
import signal
import time
from random import Random

import pytest
from django.test import Client

from projects.models import AskedUnit, ProgressUpdate, ReportingAnswer, ReportingRow, ReviewStep, Standing
from projects.reporting.asking import Statements
from projects.reporting.opening import open_task
from tests import factories as make
from tests.forked import forked
from tests.projects.test_reporting import make_task
from tests.two_writers.scene import Page

KILLS, SEED, ROWS = int(os.environ.get("REPORTING_KILLS", "5")), 20261130, 12
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unit(key_list, office, street_admin):
    for number in range(ROWS):
        make.make_project(key_list, number=number + 1, lead_department=office)
    return opened(street_admin)


def opened(street_admin):
    """A table of all projects, a new one for each try: what was handed in is not handed in again."""
    task = make_task()
    open_task(task, street_admin)
    return AskedUnit.objects.get(task=task)


def page_of(unit, clerk):
    rows = list(ReportingRow.objects.filter(unit=unit).in_table_order())
    texts = {f"r{row.pk}-text": [f"第 {row.pk} 行写好了。"] for row in rows[:-1]} | {f"r{rows[-1].pk}-nil": ["1"]}
    return Page(clerk, unit.get_absolute_url()).fill(**texts, do=["all"])


def half(unit):
    """What is there and not whole, sentences; [] is nothing."""
    rows = ReportingRow.objects.filter(unit=unit).with_standing().select_related("latest__update")
    found = []
    for row in rows:
        if row.latest_id and row.has_draft:
            found.append(f"{row}：交了，草稿还在")
        if row.standing in Standing.ANSWERED and row.answers.count() != 1:
            found.append(f"{row}：回答不止一个")
        update = row.latest.update if row.latest_id else None
        if update and [step.verb for step in update.steps.all()] != ["submitted"]:
            found.append(f"{row}：进展没有审核记录")
    found += [f"{answer}没有行" for answer in ReportingAnswer.objects.filter(row__unit=unit)
              if answer.row.latest_id != answer.pk]
    found += [f"{update}没有回答" for update in ProgressUpdate.objects.filter(
        reporting_answer=None, author__isnull=False, project__reporting_rows__unit=unit)]
    return found


def told(unit, clerk):
    """How many rows the page says are handed in."""
    client = Client()
    client.force_login(clerk)
    return int(re.search(rf"{ROWS} 行，交了 (\d+) 行", client.get(unit.get_absolute_url()).text)[1])


def answered(unit):
    return ReportingRow.objects.filter(unit=unit).with_standing().filter(standing__in=Standing.ANSWERED).count()


def test_killed_at_random_points(unit, clerk, street_admin):
    chance = Random(SEED)  # noqa: S311, the same points each time
    page = page_of(unit, clerk)
    started = time.monotonic()
    os.waitpid(forked(page.send), 0)
    whole = time.monotonic() - started
    assert answered(unit) == ROWS
    assert half(unit) == []

    finished = 0
    for number in range(KILLS):
        unit = opened(street_admin)
        page = page_of(unit, clerk)
        child = forked(page.send)
        time.sleep(whole * (chance.uniform(0, 0.9) if number else 0.2))  # the first surely in time
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert half(unit) == [], number
        assert told(unit, clerk) == answered(unit), number
        assert answered(unit) in (0, ROWS), number
        finished += answered(unit) == ROWS
        assert page_of(unit, clerk).send().status_code == 302
        assert answered(unit) == ROWS, number
        assert half(unit) == [], number
    assert finished < KILLS, "the test killed too late to mean anything"


@pytest.mark.parametrize("point", ["the statements", "the answers", "the rows"])
def test_killed_at_each_step(unit, clerk, point):
    def dies():
        def die(*args, **kwargs):
            os.kill(os.getpid(), signal.SIGKILL)

        if point == "the statements":
            ReviewStep.objects.bulk_create = type(ReviewStep.objects).bulk_create = die
        elif point == "the answers":
            Statements.answers = type("Answer", (), {"__init__": die})
        else:
            ReportingRow.objects.bulk_update = die
        page.send()

    page = page_of(unit, clerk)
    os.waitpid(forked(dies), 0)
    assert (answered(unit), told(unit, clerk), half(unit)) == (0, 0, [])
    assert page_of(unit, clerk).send().status_code == 302
    assert (answered(unit), told(unit, clerk), half(unit)) == (ROWS, ROWS, [])


def test_control_what_is_half_would_be_found(unit, clerk):
    row = ReportingRow.objects.filter(unit=unit).first()
    make.make_update(row.project, published=False, author=clerk)
    ReportingAnswer.objects.create(row=row, by=clerk)
    assert len(half(unit)) == 2
