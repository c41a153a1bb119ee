"""The close of a quarter as work: done at once where it is short, else by the worker; its page says how far it is."""
import os
import signal
from datetime import date, timedelta
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from guicheng.notices.inbox import InboxMessage
from guicheng.tables.long_work import GIVEN_UP, in_a_child
from projects.models import QuarterClose, QuarterClosing, QuarterReport
from projects.report import close as quarter_close
from projects.report import closing
from projects.report.files import FORMATS
from tests import factories


@pytest.fixture(autouse=True)
def quick_formats(monkeypatch):
    for name in ("pdf", "png", "svg", "internal"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def closer(db):
    return factories.make_user("closer", roles=["业务管理员"], is_established=True)


@pytest.fixture
def report(project):
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1))
    return QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}。")


@pytest.fixture
def queued(monkeypatch):
    """A worker that is somewhere else: what it was given waits here."""
    found = []
    monkeypatch.setattr(closing, "LONG", 0)
    monkeypatch.setattr(type(closing.work), "enqueue", lambda self, pk: found.append(pk))
    return found


def page(report, verb="change"):
    return f"/admin/projects/quarterreport/{report.pk}/{verb}/"


def test_a_short_one_is_done_at_once(report, closer):
    job = closing.start(report, closer)
    assert job.is_finished and job.done == job.total == len(FORMATS)
    assert QuarterClose.objects.get().closed_by == closer and not InboxMessage.objects.exists()


def test_a_long_one_waits_for_the_worker_and_is_told(client, report, closer, queued):
    client.force_login(closer)
    said = client.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "正在后台锁定" in said.text and "排队等候锁定" in said.text and said["Refresh"] == "5"
    assert not QuarterClose.objects.exists() and "锁定本季度" not in said.text
    assert client.get(page(report, "close")).url == page(report)
    closing.work.call(*queued)
    assert QuarterClose.objects.get().closed_by == closer
    assert [row.title for row in InboxMessage.objects.filter(recipient=closer)] == ["2021 年第四季度已锁定"]
    shown = client.get(page(report))
    assert "第 1 次锁定" in shown.text and not shown.has_header("Refresh")


def test_how_it_failed_stands_on_the_page(client, report, closer, queued):
    client.force_login(closer)
    closing.start(report, closer)
    report.plans = "后来改的。"
    report.save()
    closing.work.call(*queued)
    assert not QuarterClose.objects.exists()
    assert "没有锁定：正文刚被别人改过，请看过再锁定。" in client.get(page(report)).text
    assert [row.title for row in InboxMessage.objects.all()] == ["2021 年第四季度没有锁定"]
    assert closing.start(QuarterReport.objects.get(), closer).is_waiting, "and it can be asked for again"


def test_who_may_not_close_any_more_closes_nothing(report, closer, queued):
    closing.start(report, closer)
    closer.groups.clear()
    closing.work.call(*queued)
    assert QuarterClosing.objects.get().message == "申请人现在不能锁定季度，没有锁定。"


def test_one_at_a_time(client, report, closer, queued):
    client.force_login(closer)
    closing.start(report, closer)
    said = client.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "这个季度正在锁定，请等它办完。" in said.text and len(queued) == 1


@pytest.mark.parametrize("seen", [None, GIVEN_UP + 1], ids=["no worker", "died"])
def test_nobody_took_it_and_it_is_done_there_and_then(client, report, closer, queued, seen):
    client.force_login(closer)
    closing.start(report, closer)
    before = timezone.now() - timedelta(hours=1)
    died = {"job_seen_at": before, "state": "running", "started_at": before} if seen else {}
    QuarterClosing.objects.update(job_queued_at=before, **died)
    assert "现在就办" in client.get(page(report)).text
    said = client.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "已锁定，指纹" in said.text and QuarterClose.objects.get().closed_by == closer


def test_a_failed_file_leaves_nothing(report, closer, queued, monkeypatch):
    def broken(document, address):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "docx", FORMATS["docx"].__class__(
        "Word", "docx", "", "staff", broken))
    closing.start(report, closer)
    closing.work.call(*queued)
    assert not QuarterClose.objects.exists() and not report.is_closed
    assert "No space left" in QuarterClosing.objects.get().message


def refuse():
    raise ValidationError("不行。")


@pytest.mark.parametrize("work, error", [
    (refuse, ValidationError), (lambda: os.kill(os.getpid(), signal.SIGKILL), RuntimeError)])
def test_what_goes_wrong_in_a_child_is_raised(work, error):
    with pytest.raises(error):
        in_a_child(work)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of", ["one job", "two who close"])
def test_two_at_once_make_one_close(report, closer, queued, of):
    closing.start(report, closer)

    def work():
        try:
            if of == "one job":
                closing.run(queued[0])
            else:
                quarter_close.close(QuarterReport.objects.get(), closer)
        except Exception as error:  # noqa: BLE001 whatever it is, it is looked at below
            refused.append(str(error))
        finally:
            connection.close()

    refused, threads = [], [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert QuarterClose.objects.count() == 1
    assert len(refused) == (of == "two who close"), refused
