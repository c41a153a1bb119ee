"""Which close is this file of, and was it changed since?"""
import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from guicheng.public import forms
from guicheng.public.forms import form_key
from guicheng.public.turns import turn
from projects.models import QuarterClose, QuarterReport
from projects.report import close as quarter_close
from projects.report import verify, verify_reader
from projects.report.files import FORMATS
from tests import factories

ADDRESS = "/reports/verify/"


@pytest.fixture
def quick(monkeypatch):
    without_slow_ones(monkeypatch)


def without_slow_ones(patch):
    """PDF and PNG take a second: they are rendered where they are asked for."""
    for name in ("pdf", "png", "internal"):
        patch.delitem(FORMATS, name)


@pytest.fixture(scope="module")
def _closed(standing):
    with standing():
        with pytest.MonkeyPatch.context() as patch:
            without_slow_ones(patch)
            made = close(factories.make_project(factories.make_list(), name="半月岛公园", number=1))
        yield made


@pytest.fixture
def closed(db, quick, _closed):
    return QuarterClose.objects.get(pk=_closed.pk)


def close(project, year=2021, number=4):
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1))
    report = QuarterReport.objects.create(year=year, number=number, overview="截至 {截至日}。")
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))


def kept(closed, name):
    return bytes(closed.files.get(format=name).content)


def send(client, content, name="汇总.json", address="127.0.0.1"):
    data = {"file": SimpleUploadedFile(name, content), "form_key": form_key("verify")}
    return client.post(ADDRESS, data, REMOTE_ADDR=address)


def ask(client, content, name="汇总.json"):
    response = send(client, content, name)
    return response.status_code, response.content.decode()


def of(content):
    return verify.of_file(SimpleUploadedFile("a", content), str(len(content)))


def test_every_kept_file_is_known(project):
    closed = close(project, 2022, 1)
    assert {row.format for row in closed.files.all()} == set(FORMATS)
    for row in closed.files.all():
        answer = of(bytes(row.content))
        assert (answer.kind, answer.close, answer.label) == (verify.UNTOUCHED, closed, FORMATS[row.format].label)
    for row in closed.files.exclude(format="json"):
        assert of(bytes(row.content) + b"\n").kind == verify.ALTERED, row.format
    again = quarter_close.rendered(QuarterClose.objects.get(pk=closed.pk))
    assert {row.format for row in closed.files.all() if bytes(row.content) != again[row.format]} == set()


@pytest.mark.parametrize("name", ["csv", "svg"])
def test_one_changed_sign_is_seen(closed, name):
    answer = of(kept(closed, name) + b"\n")
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)


@pytest.mark.parametrize("name", ["xlsx", "docx"])
def test_a_saved_again_office_file_names_its_close(closed, name):
    """As an office programme writes it anew: other bytes, the fingerprint still inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kept(closed, name))) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    answer = of(packed.getvalue())
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)


def test_figures_are_known_however_they_are_laid_out(closed):
    figures = json.loads(closed.figures_json)
    content = json.dumps({"figures": figures}, indent=4).encode()
    assert of(content).kind == verify.FIGURES_HOLD
    figures["lists"][0]["done"] += 1
    assert of(json.dumps({"figures": figures}).encode()).kind == verify.UNKNOWN


@pytest.mark.parametrize("content", [
    b"", b"\0" * 100, b"PK\x03\x04 broken", b"[" * 100_000, b'{"figures": NaN}', b'{"figures": [1e999]}', b"\xff\xfe",
    b'{"figures": "\\ud800"}',
])
def test_damaged_files_get_a_sentence(client, closed, content):
    status, page = ask(client, content)
    assert status == 200 and ("没有认出来" in page or "核对" in page)


def test_a_damaged_workbook_is_unknown(closed):
    content = bytearray(kept(closed, "xlsx"))
    content[200:400] = b"\xff" * 200
    assert of(bytes(content)).kind in (verify.UNKNOWN, verify.ALTERED)


@pytest.mark.parametrize("part", [64, 16])
def test_a_printed_fingerprint_is_found(client, closed, part):
    page = client.get(ADDRESS, {"fingerprint": closed.figures_sha256[:part].upper()}).content.decode()
    assert "有这个指纹" in page and "2021 年第四季度第 1 次定稿" in page


@pytest.mark.parametrize("typed", ["0" * 64, "指纹", "'; --", "0" * 15, "a" * 500, "\0"])
def test_what_is_no_fingerprint_gets_a_sentence(client, closed, typed):
    response = client.get(ADDRESS, {"fingerprint": typed})
    assert response.status_code == 200 and ("没有这个指纹" in response.content.decode() or not typed.strip("\0"))


def test_no_file_chosen(client, db):
    response = client.post(ADDRESS, {"form_key": form_key("verify")})
    assert response.status_code == 400 and "请选一个要核对的文件" in response.content.decode()


def test_a_reopened_close_says_so(client, closed):
    quarter_close.reopen(closed, "漏了一个项目。", closed.closed_by)
    status, page = ask(client, kept(closed, "json"))
    assert "没有改动" in page and "漏了一个项目。" in page


def test_many_digests_are_one_query(closed, django_assert_max_num_queries):
    """Ten megabytes of digests took a thread for minutes."""
    many = b" ".join(b"%064x" % number for number in range(20000))
    with django_assert_max_num_queries(11):
        assert of(many).kind == verify.UNKNOWN
        assert of(many + closed.figures_sm3.upper().encode()).close == closed


@pytest.mark.parametrize("added", [
    '"结论": "全部完成",', '"结论": null,', '"fingerprint": "0",', '"fingerprint": ["0"],', '"figures": {},'])
def test_the_right_figures_beside_something_else_are_not_called_unchanged(closed, added):
    text = kept(closed, "json").decode()
    if "fingerprint" in added:
        text = text.replace(f'"fingerprint": "{closed.figures_sha256}",', "")
    answer = of(text.replace("{", "{" + added, 1).encode())
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)


# --- anybody may send anything ----------------------------------------------------------------------
BIG = b"[" + b"[]," * (verify.MAX_OPENED // 3) + b"[]]"


@pytest.fixture
def opened(monkeypatch):
    """The files whose insides were looked at."""
    found, inside = [], verify._inside
    monkeypatch.setattr(verify, "_inside", lambda file, known: found.append(file) or inside(file, known))
    return found


def test_a_big_unknown_file_is_not_opened_and_the_page_says_so(client, closed, opened):
    status, page = ask(client, BIG)
    assert (status, opened) == (200, []) and "它超过 3 MB，里面的内容没有打开看" in page and "说不出" in page


def test_control_a_smaller_one_is_opened(client, closed, opened):
    ask(client, BIG[:1000])
    assert len(opened) == 1


def test_a_big_kept_file_is_known_by_its_digest(quick, project, client, monkeypatch, opened):
    large = replace(FORMATS["csv"], parts=lambda document: [b"1,2\n" * 1_000_000])
    monkeypatch.setitem(FORMATS, "csv", large)
    closed = close(project, 2022, 1)
    content = kept(closed, "csv")
    assert len(content) > verify.MAX_OPENED
    assert "没有改动" in ask(client, content)[1] and opened == []
    assert "没有打开看" in ask(client, content + b"\n")[1]


def test_nobody_holds_a_big_file_in_memory(closed):
    with TemporaryUploadedFile("a.json", "application/json", 0, None) as upload:
        upload.write(BIG * 4)
        upload.size = len(BIG) * 4
        upload.seek(0)
        tracemalloc.start()
        assert verify.of_file(upload).kind == verify.TOO_BIG_TO_OPEN
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_body_too_large_is_refused_unread(client, db, monkeypatch):
    monkeypatch.setattr(forms, "MAX_BODY", 1000)
    assert send(client, b"1" * 100).status_code == 200, "the control"
    response = send(client, b"1" * 1000)
    assert response.status_code == 413 and "本站留存的文件没有这么大的" in response.text


NEARLY = b"0" * 63 + b"g"


def packed(how, unpacked=40_000_000, parts=1, first=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for number in range(parts):
            archive.writestr(f"{number}.xml", first + NEARLY * (unpacked // 64 // parts))
    return file.getvalue()


HOSTILE = {
    "many lists": lambda: b'{"figures": [' + b"[]," * 900_000 + b"[]]}",
    "many keys": lambda: b'{"figures": {' + b",".join(b'"%x": 1' % number for number in range(200_000)) + b"}}",
    "twins": lambda: b'{"figures": {' + b'"a": 1,' * 300_000 + b'"a": 1}}',
    "long numbers": lambda: b'{"figures": [' + b",".join([b"9" * 4300] * 600) + b"]}",
    "one long number": lambda: b'{"figures": ' + b"9" * 2_500_000 + b"}",
    "deep": lambda: b'{"figures": ' + b"[" * 2_500_000,
    "nearly digests": lambda: NEARLY * 40_000,
    "zip bomb": lambda: packed(zipfile.ZIP_DEFLATED),
    "lzma bomb": lambda: packed(zipfile.ZIP_LZMA, 2_000_000),
    "many parts": lambda: packed(zipfile.ZIP_DEFLATED, 1_000_000, 5000),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_costs_little_and_gets_an_answer(closed, case):
    content = HOSTILE[case]()
    assert len(content) <= verify.MAX_OPENED
    before = os.times()
    answer = of(content)
    after = os.times()
    assert answer.kind in (verify.UNKNOWN, verify.UNREADABLE)
    assert after.children_user - before.children_user < 2 and after.user - before.user < 0.5


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked():
    digest = "1" * 64
    for unpacked, parts, found in ((1_000_000, 1, digest), (40_000_000, 1, None), (1_000_000, 3000, None)):
        content = packed(zipfile.ZIP_DEFLATED, unpacked, parts, first=digest.encode() + b" ")
        assert verify_reader.named_in(content, {digest}) == found


def test_looking_for_digests_takes_no_longer_where_many_are_nearly_one():
    began = time.process_time()
    verify_reader.named_in(NEARLY * 200_000, {"1" * 64})
    assert time.process_time() - began < 0.8


def test_what_the_child_dies_of_is_said(client, closed, monkeypatch):
    monkeypatch.setattr(verify, "MAX_MEMORY", 60)
    status, page = ask(client, HOSTILE["many lists"]())
    assert status == 200 and "里面的内容展开太大，没有看完" in page


def test_one_file_is_opened_at_a_time_and_kept_ones_are_known_meanwhile(client, closed, opened, settings):
    holder = subprocess.Popen([sys.executable, "-c", (
        "import fcntl, sys; file = open(sys.argv[1], 'a'); fcntl.flock(file, fcntl.LOCK_EX); print(1, flush=True); "
        "sys.stdin.read()"), str(settings.DATA_DIR / "verify-0.turn")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    response = send(client, b"1")
    assert response.status_code == 503 and int(response["Retry-After"]) > 0 and "正在看别人的" in response.text
    assert "没有改动" in ask(client, kept(closed, "json"))[1] and opened == []
    holder.communicate()
    assert ask(client, b"1")[0] == 200 and len(opened) == 1


def test_within_one_process_too(client, closed, opened):
    with turn("verify"):
        assert send(client, b"1").status_code == 503 and opened == []


@pytest.mark.parametrize(("neighbour", "stranger"), [
    ("203.0.113.1", "203.0.113.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("::ffff:203.0.113.1", "::ffff:203.0.113.2")])
def test_an_address_has_its_share_of_a_minute(client, closed, monkeypatch, opened, neighbour, stranger):
    monkeypatch.setattr(verify, "SHARE", 2)
    same = neighbour.replace("db8::1", "db8::ffff:2")
    assert [send(client, b"1", address=each).status_code for each in (neighbour, same, neighbour)] == [200, 200, 429]
    response = send(client, b"1", address=same)
    assert 0 < int(response["Retry-After"]) <= 60 and "从这个网络核对的文件太多了" in response.text
    assert send(client, kept(closed, "json"), address=same).status_code == 200, "what is kept is known by its digest"
    assert send(client, b"1", address=stranger).status_code == 200 and len(opened) == 3
