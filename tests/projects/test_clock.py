"""A clock that goes back an hour: what is published is frozen or a correction, never neither."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from projects.ledger.corrections import corrections_since
from projects.models import ProgressUpdate, QuarterClose, QuarterReport
from projects.report import close as quarter_close
from projects.report.files import FORMATS
from tests import factories

NOW = timezone.now


def an_hour_ago():
    return NOW() - timedelta(hours=1)


@pytest.fixture
def close(db, monkeypatch):
    for name in [name for name in FORMATS if name != "json"]:
        monkeypatch.delitem(FORMATS, name)
    report = QuarterReport.objects.create(year=2021, number=4)
    closer = factories.make_user(roles=["业务管理员"], is_established=True)
    return lambda: quarter_close.close(report, closer)


def publish(project):
    return factories.make_update(project, status="completed", effective_on=date(2021, 11, 1))


def corrections(closed):
    return len(list(corrections_since(closed.known_at, closed.as_of)))


def test_after_a_close(close, project, monkeypatch):
    closed = close()
    monkeypatch.setattr("django.utils.timezone.now", an_hour_ago)
    update = publish(project)
    assert update.recorded_at == closed.known_at + timedelta(microseconds=1)
    assert corrections(closed) == 1


def test_control_by_the_clock_alone_it_is_in_neither(close, project, monkeypatch):
    closed = close()
    monkeypatch.setattr(ProgressUpdate, "instant", staticmethod(an_hour_ago))
    publish(project)
    assert corrections(closed) == 0 and closed.document.figures["projects"][0]["status"] == "unknown"


def test_before_a_close(close, project, monkeypatch):
    publish(project)
    monkeypatch.setattr("django.utils.timezone.now", an_hour_ago)
    closed = close()
    assert closed.document.figures["projects"][0]["status"] == "completed" and corrections(closed) == 0


def test_during_a_close(close, project, monkeypatch):
    """Published after the document was drawn, before the close stands there to be seen: the close is tried again."""
    draw = quarter_close._written

    def published_meanwhile(*drawn):
        with monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", an_hour_ago)
            publish(project)
        return draw(*drawn)

    monkeypatch.setattr(quarter_close, "_written", published_meanwhile)
    with pytest.raises(ValidationError, match="请再锁定一次"):
        close()
    assert not QuarterClose.objects.exists()
    monkeypatch.setattr(quarter_close, "_written", draw)
    assert close().document.figures["projects"][0]["status"] == "completed"
