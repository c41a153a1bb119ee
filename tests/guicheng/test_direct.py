"""A word to a person's telephone, tried against a real server: never twice, never what it is about, never lost."""
import json
import os
import signal
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guicheng.connectors import http, messenger
from guicheng.connectors.models import Connection
from guicheng.notices.direct import BROKEN_OFF, DirectMessage, channels_of, deliver, deliver_now
from guicheng.notices.inbox import InboxMessage, tell, told_of
from guicheng.upkeep.connections import _messenger
from guicheng.upkeep.health import Level
from tests import factories, stand_in

pytestmark = pytest.mark.django_db
State = DirectMessage.State
HERE = "/admin/projects/supervisionnotice/7/change/"


@pytest.fixture
def server(settings, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    messenger.token.of = None
    with stand_in.running(stand_in.Messenger()) as running:
        settings.MESSENGER_URL, settings.MESSENGER_CORP_ID = running.url, running.corp
        settings.MESSENGER_AGENT_ID, settings.MESSENGER_SECRET = "1000002", running.secret
        settings.MESSENGER_NAME, settings.PUBLIC_URL = "企业微信", "https://street.example.gov.cn/banshishi/"
        yield running


@pytest.fixture
def person(db):
    return factories.make_user("person", name="某经办", roles=["部门经办人"], messenger_id="zhangsan")


def states():
    return list(DirectMessage.objects.order_by("pk").values_list("state", flat=True))


def test_it_works(server, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell([person], "notice:7", "督办：某某公园改造", "请在十日内回复李四。", HERE, matter="督办")
    assert DBTaskResult.objects.ready().count() == 1, "the worker is asked"
    assert deliver_now() == (1, 0) and deliver_now() == (0, 0)
    assert server.taken == [{"touser": "zhangsan", "msgtype": "text", "agentid": 1000002, "text": {
        "content": f"你有一条待办：督办。请登录“桂城办实事”后台查看。\nhttps://street.example.gov.cn{HERE}"}}]
    assert states() == [State.SENT] and Connection.objects.get().worked_at


def test_nothing_of_what_it_is_about_leaves(server, person):
    tell([person], "a", "某某公园", "13800001234 张三", "/admin/projects/project/?q=某某公园", matter="批示")
    deliver_now()
    said = json.dumps(server.taken, ensure_ascii=False)
    assert "批示" in said and "/admin/inbox/" in said
    assert not [word for word in ("某某公园", "13800001234", "张三", "某经办", "q=") if word in said]


def test_off_until_it_is_set(person, settings):
    assert not settings.MESSENGER_URL
    tell([person], "a", "一件事")
    assert not DirectMessage.objects.exists() and deliver_now() == (0, 0) and channels_of(person) == ["站内"]


def test_who_has_no_id_is_reached_as_before(server, person, clerk):
    tell([person, clerk], "a", "一件事")
    deliver_now()
    assert len(server.taken) == 1 and InboxMessage.objects.filter(recipient=clerk).exists()
    assert told_of("a") == [(person, "站内；企业微信已发"), (clerk, "站内")]


def test_the_same_cause_is_sent_once(server, person):
    for _ in range(3):
        tell([person], "a", "一件事")
        deliver_now()
    assert len(server.taken) == 1
    tell([person], "b", "另一件事")
    deliver_now()
    assert len(server.taken) == 2, "the negative control: another cause"


def test_what_was_undone_is_not_sent(server, person):
    with pytest.raises(RuntimeError), transaction.atomic():
        tell([person], "a", "一件事")
        raise RuntimeError
    deliver_now()
    assert not server.taken and not DirectMessage.objects.exists()


def test_what_was_read_meanwhile_is_not_sent(server, person):
    tell([person], "a", "一件事")
    InboxMessage.objects.visible_to(person).mark_read()
    deliver_now()
    assert not server.taken and states() == [State.READ]


# --- the token -----------------------------------------------------------------------------------
def test_the_token_is_kept(server, person):
    for cause in "abc":
        tell([person], cause, "一件事")
    assert deliver_now() == (3, 0) and server.tokens == 1


def test_the_token_is_renewed_before_it_ends(server, person, monkeypatch):
    tell([person], "a", "一件事")
    deliver_now()
    now = messenger.time.monotonic()
    monkeypatch.setattr(messenger.time, "monotonic", lambda: now + 7200 - messenger.MARGIN + 1)
    tell([person], "b", "一件事")
    deliver_now()
    assert server.tokens == 2


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_is_no_longer_good_is_renewed_at_once(server, person, code):
    server.errors = [code]
    tell([person], "a", "一件事")
    assert deliver_now() == (1, 0) and server.tokens == 2 and len(server.taken) == 1


def test_a_token_that_stays_bad_is_no_endless_loop(server, person):
    server.errors = [42001] * 9
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and server.tokens == 2 and states() == [State.WAITING]


def test_a_wrong_secret_is_said_and_not_shown(server, settings, person, caplog):
    settings.MESSENGER_SECRET = "wrong-hush"  # noqa: S105
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1)
    seen = _messenger()
    assert seen.level == Level.WARN and "errcode 40001" in seen.said and "还没有成功过" in seen.said
    assert "hush" not in seen.said + caplog.text and "corp" not in caplog.text


# --- who is not reached ----------------------------------------------------------------------------
def test_who_is_not_known_there_is_told_of(server, person, clerk):
    clerk.messenger_id = "nobody"
    clerk.save()
    tell([clerk, person], "a", "一件事")
    assert deliver_now() == (1, 1), "the next one is sent all the same"
    assert dict(told_of("a"))[clerk].startswith("站内；企业微信发不到")
    assert len(server.taken) == 1 and deliver_now() == (0, 0), "nor is it tried again"


def test_partly_invalid_is_not_reached(server, person, monkeypatch):
    monkeypatch.setattr(server, "post_cgi_bin_message_send",
                        lambda *args: {"errcode": 0, "errmsg": "ok", "invaliduser": "ZhangSan"})
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [State.UNREACHABLE]


@pytest.mark.parametrize("odd", ["@all", "a|b", "张三", "a b", "-a", "a\nb"])
def test_an_id_is_one_persons(person, odd):
    person.messenger_id = odd
    with pytest.raises(ValidationError):
        person.full_clean()


# --- what fails --------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [45009, 45033, -1, 60020])
def test_a_refusal_is_tried_again_later_and_later(server, person, code):
    """Rate limits, a busy system, an address not on their list."""
    server.errors = [code] * 3
    tell([person], "a", "一件事")
    now, pauses = timezone.now(), []
    for _ in range(3):
        assert deliver_now(now) == (0, 1) and deliver_now(now) == (0, 0), "not before its pause is over"
        pauses.append(DirectMessage.objects.get().due_at - now)
        now += pauses[-1]
    assert [pause.total_seconds() for pause in pauses] == [60, 120, 240]
    assert deliver_now(now) == (1, 0) and len(server.taken) == 1 and states() == [State.SENT]


@pytest.mark.parametrize(("status", "after"), [
    (429, State.WAITING), (403, State.WAITING), (503, State.WAITING), (302, State.WAITING),
    (500, State.UNKNOWN), (502, State.UNKNOWN), (504, State.UNKNOWN)])
def test_what_an_answer_says_of_whether_it_was_taken(server, person, status, after):
    server.failing["/cgi-bin/message/send"] = [status]
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [after]


def test_nobody_listening_is_tried_again(server, settings, person):
    settings.MESSENGER_URL = "http://127.0.0.1:1"
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [State.WAITING]
    assert "连不上对方" in Connection.objects.get().fault


def test_no_answer_after_sending_is_not_said_twice(server, person, monkeypatch):
    monkeypatch.setattr(http.ask, "__kwdefaults__", {"timeout": 0.4})
    messenger.token.give()
    server.silent = 1.2
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [State.UNKNOWN]
    server.silent = 0
    assert deliver_now(timezone.now() + timedelta(hours=2)) == (0, 0)
    assert server.times("/cgi-bin/message/send") == 1 and "不知道收到没有" in told_of("a")[0][1]


def test_no_answer_to_the_token_is_tried_again(server, person, monkeypatch):
    monkeypatch.setattr(http.ask, "__kwdefaults__", {"timeout": 0.4})
    server.silent = 1.2
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [State.WAITING], "nothing was sent yet"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b"[" * 9000, b'{"errcode": "0"}', b"{}"])
def test_an_answer_that_says_nothing_is_not_taken_for_yes(server, person, monkeypatch, body):
    monkeypatch.setattr(server, "post_cgi_bin_message_send", lambda *args: body)
    tell([person], "a", "一件事")
    assert deliver_now() == (0, 1) and states() == [State.UNKNOWN]


def test_after_a_day_it_is_no_news(server, person):
    tell([person], "a", "一件事")
    InboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert deliver_now() == (0, 1) and states() == [State.GIVEN_UP] and not server.taken


def test_who_left_meanwhile_is_not_written_to(server, person):
    tell([person], "a", "一件事")
    person.disable()
    assert deliver_now() == (0, 1) and not server.taken


# --- killed, and two at once -----------------------------------------------------------------------
def test_killed_between_sending_and_writing_down(server, person):
    """The row stays claimed; nobody sends it again, and the sender reads that nobody knows."""
    tell([person], "a", "一件事")
    row = DirectMessage.objects.get()
    assert row.claim()
    messenger.send("zhangsan", row.words)  # and here it dies
    assert deliver_now() == (0, 0) and states() == [State.SENDING], "perhaps it is still at it"
    assert deliver_now(timezone.now() + BROKEN_OFF + timedelta(seconds=1)) == (0, 1)
    assert states() == [State.UNKNOWN] and len(server.taken) == 1
    assert "断了" in Connection.objects.get().fault


@pytest.mark.django_db(transaction=True)
def test_killed_for_real(server, person):
    """A process that is killed -9 while the other side has taken the message and did not answer yet."""
    tell([person], "a", "一件事")
    messenger.token.give()
    server.silent = 5
    connection.close()
    child = os.fork()
    if not child:
        deliver_now()
        os._exit(0)
    for _ in range(200):
        if server.taken:
            break
        threading.Event().wait(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    server.silent = 0
    assert states() == [State.SENDING] and len(server.taken) == 1
    assert deliver_now(timezone.now() + timedelta(hours=1)) == (0, 1)
    assert states() == [State.UNKNOWN] and len(server.taken) == 1


def test_of_two_runs_one_sends(person, server):
    tell([person], "a", "一件事")
    first, second = DirectMessage.objects.get(), DirectMessage.objects.get()
    assert first.claim() and not second.claim()


# --- the worker --------------------------------------------------------------------------------------
def test_the_worker_is_asked_once_for_many(server, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for cause in "abc":
            tell([person], cause, "一件事")
    assert DBTaskResult.objects.ready().count() == 1 and len(states()) == 3


def test_the_worker_is_asked_again_where_something_waits(server, person):
    server.errors = [45009]
    tell([person], "a", "一件事")
    deliver.call()
    task = DBTaskResult.objects.get()
    assert task.task_path.endswith("direct.deliver")
    assert timedelta(seconds=50) < task.run_after - timezone.now() <= timedelta(seconds=60)
    deliver.call()
    assert DBTaskResult.objects.count() == 1, "not twice for the same"


def test_the_daily_run_sends_what_is_left(server, person, settings):
    tell([person], "a", "一件事")
    out = StringIO()
    call_command("send_digest", stdout=out)
    assert "个人消息：发出 1 条。" in out.getvalue() and len(server.taken) == 1


# --- what is said of it ------------------------------------------------------------------------------
def test_health_says_on_off_and_how_it_went(server, settings, person):
    assert "还没有成功过" in _messenger().said
    tell([person], "a", "一件事")
    deliver_now()
    seen = _messenger()
    assert seen.level == Level.OK and "已启用：企业微信。最近一次成功是 0 分钟前。" in seen.said
    settings.MESSENGER_URL = ""
    assert _messenger().said == "没有设置，不用。"


def test_the_sender_reads_on_the_notice_whom_it_reached(server, person, superuser, office, sign_in):
    office.clerks.add(person)
    project = factories.make_project(lead_department=office)
    from projects.models import SupervisionNotice
    notice = SupervisionNotice.issue(project, "urge", "manual", "manual:1", "请抓紧。", by=superuser)
    deliver_now()
    page = reverse("admin:projects_supervisionnotice_change", args=[notice.pk])
    assert "某经办：站内；企业微信已发" in sign_in(superuser).get(page).content.decode()
    assert "站内；企业微信" not in sign_in(person).get(page).content.decode(), "the unit reads the notice itself"


def test_a_sample_rings_no_telephone(server, person, superuser, office):
    office.clerks.add(person)
    from projects.models import SupervisionNotice
    project = factories.make_project(lead_department=office)
    type(project).objects.filter(pk=project.pk).update(is_sample=True)
    project.refresh_from_db()
    SupervisionNotice.issue(project, "urge", "manual", "manual:1", "请抓紧。", by=superuser)
    assert InboxMessage.objects.exists() and not DirectMessage.objects.exists()


def test_channels(server, settings, person):
    settings.EMAIL_URL, person.email = "smtp://127.0.0.1", "p@example.gov.cn"
    assert channels_of(person) == ["站内", "邮件汇总", "企业微信"]
