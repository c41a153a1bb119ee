"""Closed quarters under a seal: the covered edition, what verify says of it and of the original, and other words."""
import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from guicheng.seal import work
from guicheng.seal.models import Seal
from guicheng.seal.words import folded
from projects.document import canonical, sha256
from projects.models import CloseFile, CoveredClose, CoveredFile, Project, QuarterClose, QuarterReport, QuarterSigning
from projects.report import close as quarter_close
from projects.report import covered, verify
from projects.report.files import FORMATS
from projects.report.picture import render_svg
from tests import factories
from tests.seal import world
from tests.seal.crawl import plain
from tests.seal.world import MARKER

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(monkeypatch):
    for name in ("pdf", "png"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def closed(quick, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    world.street()
    return world.closed()


def of(content):
    return verify.of_file(SimpleUploadedFile("a", content), str(len(content)))


def served(client, name):
    answer = client.get(f"/reports/2021Q4.{name}")
    assert answer.status_code == 200, name
    return answer.content


def test_the_original_stays_as_it_was(closed, visitor):
    before = {row.format: (row.sha256, bytes(row.content)) for row in closed.files.all()}
    world.seal()
    work.finish_now()
    close = QuarterClose.objects.get()
    assert {row.format: (row.sha256, bytes(row.content)) for row in CloseFile.objects.all()} == before
    assert quarter_close.damaged(close) == [] and MARKER in close.figures_json
    figures = json.loads(served(visitor, "json"))
    assert sha256(canonical(figures["figures"])) == figures["fingerprint"] == CoveredClose.objects.get().figures_sha256
    assert figures["fingerprint"] != close.figures_sha256
    book = load_workbook(io.BytesIO(served(visitor, "xlsx")))
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row]
    assert any("【依规不再公开】" in cell for cell in cells) and not any(MARKER in cell for cell in cells)
    assert "封存版" in served(visitor, "svg").decode()


def test_a_picture_breaks_words_over_lines_but_not_the_seal(closed):
    """Covered after the drawing a long name would still be there, in two pieces."""
    name = Project.objects.get(code="park").name
    drawn = render_svg(closed.document.public, "").decode()
    cover = world.seal(words=name) and Seal.objects.cover()
    assert folded(name) in plain(cover.text(drawn))
    assert folded(name) not in plain(render_svg(covered.covered_document(closed.document, cover).public, "").decode())


def test_verify_says_so(closed, visitor):
    original = {row.format: bytes(row.content) for row in closed.files.all()}
    assert of(original["csv"]).sealed_since is None
    seal = world.seal()
    assert of(original["csv"]).sealed_since == seal.confirmed_at  # before the edition is made too
    work.finish_now()
    for name, content in original.items():
        answer = of(content)
        assert (answer.kind, answer.close, answer.sealed_since) == (verify.UNTOUCHED, closed, seal.confirmed_at), name
    for name in original.keys() - {"internal"}:
        answer = of(served(visitor, name))
        assert (answer.kind, answer.close, answer.label) == (verify.COVERED, closed, FORMATS[name].label)
    content = served(visitor, "json")
    assert of(json.dumps(json.loads(content)).encode()).kind == verify.FIGURES_HOLD
    assert of(content.replace("【依规".encode(), b"[")).kind == verify.ALTERED
    for name in ("csv", "svg"):
        assert of(served(visitor, name) + b"\n").kind == verify.ALTERED


def test_verify_on_its_page(closed, visitor):
    world.seal()
    work.finish_now()
    edition = CoveredClose.objects.get()
    page = visitor.get("/reports/verify/", {"fingerprint": closed.figures_sha256}).text
    assert "有这个指纹" in page and "起依规不再公开" in page and "原件留存备查" in page and MARKER not in page
    page = visitor.get("/reports/verify/", {"fingerprint": edition.figures_sha256[:16]}).text
    assert "有这个指纹，是封存版的" in page and "封存版的指纹" in page.replace("\n", "")
    page = visitor.get("/reports/2021Q4/").text
    assert edition.figures_sha256 in page and closed.figures_sha256 in page and "下载的是封存版" in page


def test_a_close_that_says_nothing_of_it_keeps_its_files(closed, visitor):
    world.seal(words="别处的一个名字")
    assert visitor.get("/reports/2021Q4.csv").status_code == 503
    assert "正在按封存重做" in visitor.get("/reports/2021Q4/").text
    work.finish_now()
    assert served(visitor, "csv") == bytes(closed.files.get(format="csv").content)
    assert not CoveredFile.objects.exists() and CoveredClose.objects.get().sealed_at is None
    assert of(served(visitor, "csv")).sealed_since is None


def test_a_second_seal_makes_another_edition(closed, visitor):
    world.seal()
    work.finish_now()
    first = served(visitor, "json")
    world.seal(words="已经完工")
    assert visitor.get("/reports/2021Q4.json").status_code == 503
    work.finish_now()
    second = served(visitor, "json")
    assert "已经完工" in first.decode() and "已经完工" not in second.decode() and MARKER not in second.decode()
    assert of(first).kind == of(second).kind == verify.COVERED


def test_what_is_closed_or_signed_later_is_covered_too(closed, visitor, django_capture_on_commit_callbacks):
    world.seal()
    work.finish_now()
    by = factories.make_user(roles=["业务管理员"], is_established=True)
    signing = QuarterSigning(document_number="〔2022〕1 号", signer=MARKER, signed_on=date(2022, 1, 10))
    quarter_close.sign(closed, signing, by)
    assert visitor.get("/reports/2021Q4.docx").status_code == 503
    with django_capture_on_commit_callbacks(execute=True):
        quarter_close.reopen(closed, "再锁定一次。", by)
        quarter_close.close(QuarterReport.objects.get(), by)
    assert DBTaskResult.objects.ready().filter(task_path="guicheng.seal.work.finish").count() == 1
    work.finish_now()
    assert CoveredClose.objects.count() == 3
    for address in ("/reports/2021Q4.docx", "/reports/2021Q4.docx?close=1", "/reports/2021Q4.csv?close=1"):
        answer = visitor.get(address)
        assert answer.status_code == 200 and MARKER.encode() not in answer.content


def test_staff_get_the_original(closed, sign_in, superuser):
    world.seal()
    work.finish_now()
    address = reverse("admin:projects_quarterreport_file", args=[QuarterReport.objects.get().pk, "csv"])
    assert sign_in(superuser).get(address).content == bytes(closed.files.get(format="csv").content)
