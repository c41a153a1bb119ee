"""The inbox, the daily mail and the group robot: never two for the same cause."""
import io
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guicheng.notices import outbox
from guicheng.notices.inbox import GroupPost, InboxMessage, tell, unread_count
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "/admin/projects/project/"


@pytest.fixture
def person(db):
    return factories.make_user("person", name="某经办", roles=["部门经办人"], email="person@example.gov.cn")


def test_it_works(person, sign_in):
    assert tell([person], "returned:1", "进展被退回", "请补充照片。", HERE) == 1
    page = sign_in(person).get(reverse("admin:inbox")).content.decode()
    assert "进展被退回" in page and "请补充照片。" in page and "收件箱（1 条未读）" in page


def test_the_same_cause_is_told_once(person, clerk):
    tell([person], "returned:1", "进展被退回")
    assert tell([person, clerk], "returned:1", "进展又被退回") == 1, "only whom it is news to"
    assert unread_count(person) == unread_count(clerk) == 1
    assert tell([person], "returned:2", "另一条") == 1, "the negative control: another cause"


def test_the_database_keeps_it_so(person):
    tell([person], "returned:1", "进展被退回")
    with pytest.raises(IntegrityError):
        InboxMessage.objects.create(recipient=person, cause_key="returned:1", title="又一条")


def test_who_left_is_not_told(person):
    person.is_active = False
    assert tell([person], "returned:1", "进展被退回") == 0


def test_odd_text_is_cleaned_and_cut(person):
    tell([person], "x" * 500, "标\x00题" + "长" * 500, "正\x0b文")
    row = InboxMessage.objects.get()
    assert row.title.startswith("标题") and len(row.title) == 120 and row.text == "正文"


# --- the page ------------------------------------------------------------------------------------
def test_reading_is_a_post_and_leads_on(person, sign_in):
    tell([person], "a", "进展被退回", url=HERE)
    client, row = sign_in(person), InboxMessage.objects.get()
    address = reverse("admin:inbox_read", args=[row.pk])
    assert client.get(address).status_code == 405
    assert client.get(reverse("admin:inbox")).status_code == 200 and unread_count(person) == 1
    assert client.post(address).url == HERE
    assert unread_count(person) == 0


def test_marking_all(person, sign_in):
    tell([person], "a", "一")
    tell([person], "b", "二")
    client = sign_in(person)
    assert client.get(reverse("admin:inbox_read_all")).status_code == 405
    assert "2 条消息已标为已读" in client.post(reverse("admin:inbox_read_all"), follow=True).content.decode()


def test_nobody_reads_anothers(person, clerk, superuser, sign_in):
    tell([person], "a", "进展被退回")
    address = reverse("admin:inbox_read", args=[InboxMessage.objects.get().pk])
    for other in (clerk, superuser):
        client = sign_in(other)
        assert client.post(address).status_code == 404
        assert "进展被退回" not in client.get(reverse("admin:inbox")).content.decode()
    assert unread_count(person) == 1


@pytest.mark.parametrize("query", ["page=abc", "page=9999999999999999999999", "page=-1", "unread=%00", "page=%00"])
def test_odd_addresses_show_the_inbox(person, sign_in, query):
    assert sign_in(person).get(reverse("admin:inbox") + "?" + query).status_code == 200


def test_the_number_of_queries_is_fixed(person, sign_in):
    client = sign_in(person)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:inbox")).status_code == 200
        return len(queries)

    tell([person], "0", "一")
    count()
    first = count()
    for number in range(1, 20):
        tell([person], str(number), "又一条", url=HERE)
    assert count() == first <= 9


# --- e-mail --------------------------------------------------------------------------------------
def digest():
    out = io.StringIO()
    call_command("send_digest", stdout=out)
    return out.getvalue()


def test_all_are_off_until_they_are_set(person):
    tell([person], "a", "进展被退回", group=True)
    assert digest() == "邮件：没有设置，不发。群消息：没有设置，不发。个人消息：没有设置，不发。\n"
    assert not mail.outbox and not GroupPost.objects.exists()


@pytest.fixture
def mailing(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1"


def test_one_mail_a_day_and_each_message_once(mailing, settings, person):
    settings.PUBLIC_URL = "https://street.example.gov.cn/banshishi/"
    tell([person], "a", "进展被退回", "请补充照片。", "/banshishi/admin/")
    tell([person], "b", "批量导入完成")
    assert "发出 1 封" in digest()
    assert len(mail.outbox) == 1 and mail.outbox[0].to == [person.email]
    body = mail.outbox[0].body
    assert "进展被退回" in body and "批量导入完成" in body
    assert "https://street.example.gov.cn/banshishi/admin/" in body
    tell([person], "c", "第三件")
    digest()
    assert len(mail.outbox) == 1, "not twice a day"
    InboxMessage.objects.exclude(mailed_at=None).update(mailed_at=timezone.now() - timedelta(days=1))
    digest()
    assert len(mail.outbox) == 2 and "第三件" in mail.outbox[1].body and "被退回" not in mail.outbox[1].body


def test_what_was_read_is_not_mailed(mailing, person):
    tell([person], "a", "进展被退回")
    InboxMessage.objects.visible_to(person).mark_read()
    digest()
    assert not mail.outbox


def test_without_an_address_nothing_is_mailed(mailing, clerk):
    tell([clerk], "a", "进展被退回")
    assert "发出 0 封" in digest()


def test_a_refused_mail_is_sent_the_next_time(mailing, settings, person, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    tell([person], "a", "进展被退回")
    assert "1 封没有发出，下次再发" in digest()
    assert len(caplog.records) == 1 and "person@" not in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    digest()
    assert len(mail.outbox) == 1


# --- the group robot -----------------------------------------------------------------------------
@pytest.fixture
def robot(settings, monkeypatch):
    """A real server on loopback: what it was sent, and what it answers."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append(json.loads(body))
            if self.server.silent:
                time.sleep(self.server.silent)
                return
            status, answer = self.server.answers.pop(0) if self.server.answers else (200, b'{"errcode": 0}')
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "file:///etc/passwd")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.answers, server.silent = [], [], 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/send?key=1"
    yield server
    server.shutdown()
    server.server_close()


def test_the_group_is_told_once(robot, person, clerk):
    tell([person], "notice:1", "催办单：公园", "请回复。", group=True)
    tell([clerk], "notice:1", "催办单：公园", "请回复。", group=True)
    tell([person], "private:1", "进展被退回")
    digest()
    digest()
    assert robot.received == [{"msgtype": "text", "text": {"content": "催办单：公园\n请回复。"}}]


@pytest.mark.parametrize("answer", [(500, b""), (404, b""), (302, b""), (200, b'{"errcode": 45009}')])
def test_a_refusal_is_one_line_and_tried_again(robot, person, caplog, answer):
    robot.answers = [answer]
    tell([person], "notice:1", "催办单", group=True)
    assert "没有发成" in digest()
    assert len(caplog.records) == 1 and "下次再发" in caplog.text and "key=1" not in caplog.text
    digest()
    digest()
    assert len(robot.received) == 2, "refused once, taken once"


def test_nobody_listening_is_tried_again(settings, robot, person, caplog):
    address, settings.WEBHOOK_URL = settings.WEBHOOK_URL, "http://127.0.0.1:1/"
    tell([person], "notice:1", "催办单", group=True)
    assert "没有发成" in digest() and "连不上对方" in caplog.text
    settings.WEBHOOK_URL = address
    digest()
    assert len(robot.received) == 1


def test_no_answer_after_sending_is_not_said_twice(robot, person, caplog, monkeypatch):
    """It may have been taken: at most once, and the log says that nobody knows."""
    monkeypatch.setattr(outbox, "TIMEOUT", 0.5)
    robot.silent = 1.5
    tell([person], "notice:1", "催办单", group=True)
    digest()
    robot.silent = 0
    digest()
    assert len(robot.received) == 1 and "不再重发" in caplog.text


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
def test_other_schemes_are_refused(settings, robot, person, caplog, url):
    tell([person], "notice:1", "催办单", group=True)
    settings.WEBHOOK_URL = url
    digest()
    assert "http:// 或 https://" in caplog.text
    assert GroupPost.objects.get().sent_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"ok", b"[" * 9000, b'{"errcode": "x"}'])
def test_any_answer_of_200_is_an_answer(robot, person, body):
    robot.answers = [(200, body)]
    tell([person], "notice:1", "催办单", group=True)
    assert "发出 1 条。" in digest()
