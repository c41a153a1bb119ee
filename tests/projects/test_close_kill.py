"""kill -9 in the middle of a close: it is there whole with every file, or not at all, and can be done again."""
import os
import signal
import time
from datetime import date
from random import Random

import pytest

from projects.models import CloseFile, QuarterClose, QuarterReport
from projects.report import close as quarter_close
from projects.report.files import FORMATS
from tests import factories
from tests.forked import forked

KILLS, SEED = 25, 20211231
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closer(db):
    return factories.make_user(roles=["业务管理员"], is_established=True)


@pytest.fixture
def report(key_list, monkeypatch):
    """A quarter with some rows. Without PDF and PNG, which only make the time between two points longer."""
    for name in ("pdf", "png"):
        monkeypatch.delitem(FORMATS, name)
    for _ in range(10):
        factories.make_update(factories.make_project(key_list), status="completed", effective_on=date(2021, 10, 1))
    return QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}。")


def close(report, closer):
    return lambda: quarter_close.close(QuarterReport.objects.get(pk=report.pk), closer)


def half_written():
    """What is there and not whole: rows without their instant or a file, files that do not fit."""
    for row in QuarterClose.objects.all():
        if row.closed_at is None or {file.format for file in row.files.all()} != set(FORMATS):
            yield f"{row}不完整"
        yield from quarter_close.damaged(row)
    if CloseFile.objects.exclude(close__in=QuarterClose.objects.published()).exists():
        yield "有不属于任何锁定的文件"


def test_killed_at_random_points(report, closer):
    chance = Random(SEED)  # noqa: S311, the same points each time
    started = time.monotonic()
    os.waitpid(forked(close(report, closer)), 0)
    whole = time.monotonic() - started
    assert QuarterReport.objects.get().is_closed and not list(half_written())

    finished = 0
    for number in range(KILLS):
        if closing := QuarterReport.objects.get().closing:
            quarter_close.reopen(closing, "再锁定一次。", closer)
        child = forked(close(report, closer))
        time.sleep(chance.uniform(0, whole * 1.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert not list(half_written()), number
        finished += QuarterReport.objects.get().is_closed
    assert finished < KILLS, "the test killed too late to mean anything"
    if closing := QuarterReport.objects.get().closing:
        quarter_close.reopen(closing, "再锁定一次。", closer)
    close(report, closer)()
    assert QuarterReport.objects.get().is_closed and not list(half_written())


@pytest.mark.parametrize("point", ["the close", "its files", "its instant", "the audit"])
def test_killed_at_each_step(report, closer, point, monkeypatch):
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    def dies():
        if point == "the close":
            QuarterClose.save = die
        elif point == "its files":
            type(CloseFile.objects).create = die
        elif point == "its instant":
            original = QuarterClose.save
            QuarterClose.save = lambda row, **kw: die() if kw else original(row, **kw)
        else:
            quarter_close._write_down = die
        close(report, closer)()

    os.waitpid(forked(dies), 0)
    assert not QuarterClose.objects.exists() and not CloseFile.objects.exists()
    close(report, closer)()
    assert QuarterReport.objects.get().is_closed and not list(half_written())


def test_control_half_of_a_close_would_be_found(report, closer):
    QuarterClose.objects.create(year=2020, number=1, sequence=1, known_at="2021-01-01T00:00Z", as_of=date(2020, 3, 31),
                                closed_by=closer, figures_json="{}", report_json="{}")
    assert any("不完整" in sentence for sentence in half_written())
