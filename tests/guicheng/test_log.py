"""The log: one line where the visitor is at fault, one traceback where we are, and nobody's name in either."""
import io
import logging
import re

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, connection, transaction
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import Client, override_settings
from django.urls import path
from django.utils.log import log_response

from guicheng import urls
from guicheng.upkeep.log import Lines
from guicheng.urls import handler400, handler403, handler404, handler500  # noqa: F401, of the URL configuration here
from tests import factories
from tests.databases import on_postgresql
from tests.served import request, served

NAME = "ZhangSan"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=xx"}
PART = b'--xx\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n'
FORM_PAGE = "/reports/verify/"


@pytest.fixture
def log():
    """What the console would show."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logging.getLogger().removeHandler(handler)


def view(request, kind):
    raise FAULTS[kind]


FAULTS = {
    "bad": BadRequest("no"), "denied": PermissionDenied("no"), "suspicious": SuspiciousOperation("two\nlines"),
    "multipart": MultiPartParserError("no"), "cut off": UnreadablePostError("no"), "ours": ZeroDivisionError("ours"),
}
urlpatterns = [path("fault/<kind>/", view), *urls.urlpatterns]


@pytest.mark.django_db  # every answer asks what is sealed
@pytest.mark.parametrize(("kind", "status"), [
    ("bad", 400), ("denied", 403), ("suspicious", 400), ("multipart", 400), ("cut off", 400)])
def test_what_a_visitor_did_wrong_is_one_line(log, kind, status):
    with override_settings(ROOT_URLCONF=__name__):
        response = Client(raise_request_exception=False).get(f"/fault/{kind}/?q={NAME}")
    assert response.status_code == status
    assert len(log()) == 1 and NAME not in log()[0]


@pytest.mark.django_db
def test_what_we_did_wrong_has_one_traceback(log):
    with override_settings(ROOT_URLCONF=__name__):
        assert Client(raise_request_exception=False).get(f"/fault/ours/?q={NAME}").status_code == 500
    assert sum(line.startswith("Traceback") for line in log()) == 1
    assert log()[-1] == "ZeroDivisionError: ours" and NAME not in "".join(log())


@pytest.mark.django_db
def test_another_reader_of_the_log_still_has_the_traceback(log, caplog):
    with override_settings(ROOT_URLCONF=__name__):
        Client().get("/fault/denied/")
    assert caplog.records[0].exc_info


def test_no_line_is_forged(log):
    logging.getLogger("test").warning("a\n2026-01-01 00:00:00 ERROR forged\x1b[31m\u2028b")
    assert len(log()) == 1 and "\x1b" not in log()[0]


def test_a_stack_is_not_left_out_of_what_is_ours(log):
    class Answer:
        status_code = 503

    log_response("Service Unavailable: %s", "/x/", response=Answer(), exception=ValueError("why"))
    assert log()[-1] == "ValueError: why"


@on_postgresql
@pytest.mark.django_db
def test_a_refused_row_is_not_written_out(log):
    """PostgreSQL says the whole row, with the telephone number."""
    user = factories.make_user("one", name=NAME, phone="0757-12345678")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE guicheng_user SET must_change_password = true, name = %s WHERE id = %s",
                           [f"{NAME}\n\n0757-12345678", user.pk])
    except IntegrityError as error:
        assert "0757-12345678" in str(error)
        logging.getLogger("test").exception("ours")
    text = "\n".join(log())
    assert "IntegrityError" in text and text.count("Traceback") == 2
    assert NAME not in text and "0757" not in text


def test_the_key_of_a_secret_address_is_not_written(log):
    logging.getLogger("django.request").warning("Conflict: %s", "/needs/GC2611-0047/k7Xq2mVdk7Xq2mVd/")
    assert log() == [line for line in log() if "/needs/GC2611-0047/…/" in line] and "k7Xq" not in "".join(log())


# --- a real server --------------------------------------------------------------------------------
RUDE = [  # what is sent, the words of its one line
    (request("GET", f"/no/such/page/?q={NAME}"), "Not Found: /no/such/page/"),
    (request("GET", f"/?q={NAME}", {"Host": "evil.example"}), "DisallowedHost"),
    (request("GET", f"/projects/?q=%00{NAME}"), "Bad Request: /projects/"),
    (request("POST", "/admin/login/", FORM, f"username={NAME}&password=x".encode()), "CSRF cookie not set"),
    (request("POST", FORM_PAGE, FORM, b"a=" + b"x" * 1_100_000), "RequestDataTooBig"),
    (request("POST", FORM_PAGE, FORM, b"&".join(b"a=1" for _ in range(1_100))), "TooManyFieldsSent"),
    (request("POST", FORM_PAGE, PARTS, PART * 30 + b"--xx--\r\n"), "TooManyFilesSent"),
    (request("POST", FORM_PAGE, {"Content-Type": "multipart/form-data"}, b"no boundary"), "Unable to parse"),
    (f"GET /\u5f20?q={NAME} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), "Invalid HTTP request line"),
    (request("GET", "/", {"X": "y" * 9_000}), "limit request headers fields size"),
]
CUT_OFF = request("POST", FORM_PAGE, PARTS | {"Content-Length": 100_000}, PART)


def test_a_real_server_writes_a_line_for_each(db, tmp_path):
    with served(tmp_path) as server:
        for sent, words in RUDE:
            before = len(server.log)
            answer = server.send(sent).split(b"\r\n")[0].decode()
            lines = server.wait_for(words)[before:].splitlines()
            assert len(lines) == 1 and words in lines[0], (answer, lines)
            assert re.match(r"HTTP/1.1 4\d\d ", answer)
        before = len(server.log)
        server.send(CUT_OFF, hang_up=True)
        lines = server.wait_for("Bad Request: /reports/verify/")[before:].splitlines()
        assert len(lines) == 1, lines
    assert NAME not in server.log and "Traceback" not in server.log
