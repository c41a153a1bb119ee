"""Which close is this file of, and was it changed since?"""
import io
import json
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guicheng.public_forms import form_key
from projects import quarter_close, verify
from projects.models import QuarterClose, QuarterReport
from projects.report.files import FORMATS
from tests import factories

ADDRESS = "/reports/verify/"


@pytest.fixture
def quick(monkeypatch):
    """PDF and PNG take a second: they are rendered where they are asked for."""
    for name in ("pdf", "png", "internal"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def closed(quick, project):
    return close(project)


def close(project):
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1))
    report = QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}。")
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))


def kept(closed, name):
    return bytes(closed.files.get(format=name).content)


def ask(client, content, name="汇总.json"):
    data = {"file": SimpleUploadedFile(name, content), "form_key": form_key("verify")}
    response = client.post(ADDRESS, data)
    return response.status_code, response.content.decode()


def test_every_kept_file_is_known(project):
    closed = close(project)
    assert {row.format for row in closed.files.all()} == set(FORMATS)
    for row in closed.files.all():
        answer = verify.of_file(bytes(row.content))
        assert (answer.kind, answer.close, answer.label) == (verify.UNTOUCHED, closed, FORMATS[row.format].label)
    for row in closed.files.exclude(format="json"):
        assert verify.of_file(bytes(row.content) + b"\n").kind == verify.ALTERED, row.format
    again = quarter_close.rendered(QuarterClose.objects.get(pk=closed.pk))
    assert {row.format for row in closed.files.all() if bytes(row.content) != again[row.format]} == set()


@pytest.mark.parametrize("name", ["csv", "svg"])
def test_one_changed_sign_is_seen(closed, name):
    answer = verify.of_file(kept(closed, name) + b"\n")
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)


@pytest.mark.parametrize("name", ["xlsx", "docx"])
def test_a_saved_again_office_file_names_its_close(closed, name):
    """As an office programme writes it anew: other bytes, the fingerprint still inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kept(closed, name))) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    answer = verify.of_file(packed.getvalue())
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)


def test_figures_are_known_however_they_are_laid_out(closed):
    figures = json.loads(closed.figures_json)
    content = json.dumps({"figures": figures}, indent=4).encode()
    assert verify.of_file(content).kind == verify.FIGURES_HOLD
    figures["lists"][0]["done"] += 1
    assert verify.of_file(json.dumps({"figures": figures}).encode()).kind == verify.UNKNOWN


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
    assert verify.of_file(bytes(content)).kind in (verify.UNKNOWN, verify.ALTERED)


@pytest.mark.parametrize("part", [64, 16])
def test_a_printed_fingerprint_is_found(client, closed, part):
    page = client.get(ADDRESS, {"fingerprint": closed.figures_sha256[:part].upper()}).content.decode()
    assert "有这个指纹" in page and "2021 年第四季度第 1 次锁定" in page


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
    with django_assert_max_num_queries(6):
        assert verify.of_file(many).kind == verify.UNKNOWN
        assert verify.of_file(many + closed.figures_sm3.upper().encode()).close == closed


@pytest.mark.parametrize("added", ['"结论": "全部完成",', '"fingerprint": "0",', '"figures": {},'])
def test_the_right_figures_beside_something_else_are_not_called_unchanged(closed, added):
    text = kept(closed, "json").decode()
    if "fingerprint" in added:
        text = text.replace(f'"fingerprint": "{closed.figures_sha256}",', "")
    answer = verify.of_file(text.replace("{", "{" + added, 1).encode())
    assert (answer.kind, answer.close) == (verify.ALTERED, closed)
