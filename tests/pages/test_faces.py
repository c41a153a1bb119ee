"""Every public page, file and answer, crawled with the faces off and on, on one's own machine and in production.

The units of one late project are planted words. Where it stands with its due day or its verdict they are nowhere while
the face is off; a control crawls the same with the face on and finds them in every place.
"""
import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from guicheng.days.quarters import Quarter
from guicheng.public.faces import FaceDecision
from guicheng.public.forms import form_key
from projects.faces import COMPARISON, LATE_UNITS
from projects.models import QuarterReport
from projects.report import close as quarter_close
from projects.report import page, verify, without_units
from projects.report.build import document_of
from projects.report.files import FORMATS
from tests import factories
from tests.pages.test_public import links_of

pytestmark = pytest.mark.django_db
OFFICE, HELPER, PLACE, PHONE = "天字号办公室", "地字号办公室", "玄字号", "0757-11112222"
ANSWERING = [OFFICE, HELPER, "牵头领导", "联系的人"]
TEXT = f"1. 逾期的公园（{OFFICE}）。应于 2021 年 9 月 30 日完成。\n2. {OFFICE}还有一项没有办完，{PLACE}社区也在催。"
COMPARED = [reverse("report-compare"), reverse("report-compare-file")]


@pytest.fixture
def street(key_list, monkeypatch):
    """A late project and one in time, each with units of its own, and a closed quarter whose text is public."""
    # a PDF and a PNG take seconds each: of the one the page it is made of is read, of the other the drawing
    monkeypatch.setitem(FORMATS, "pdf", replace(FORMATS["pdf"], renderer=lambda document, address: page.render_html(
        document, address, in_browser=False).encode()))
    monkeypatch.setitem(FORMATS, "png", replace(FORMATS["png"], renderer=FORMATS["svg"].renderer))
    monkeypatch.delitem(FORMATS, "internal")
    late = factories.make_project(
        key_list, code="late", name="逾期的公园", planned_end=date(2021, 9, 30), leader="牵头领导", contact="联系的人",
        lead_department=factories.make_department(name=OFFICE, phone=PHONE),
        supporting_departments=[factories.make_department(name=HELPER)],
        community=factories.make_community(slug="there", name=PLACE))
    factories.make_promise(late, text="年内办好", due_on=date(2021, 10, 31))
    factories.make_update(late, status="in_progress", effective_on=date(2021, 11, 30))
    good = factories.make_project(
        key_list, code="good", name="按期的学校", lead_department=factories.make_department(name="黄字号办公室"))
    factories.make_update(good, status="completed", effective_on=date(2021, 9, 1))
    return late


@pytest.fixture
def closed(street):
    report = QuarterReport.objects.create(year=2021, number=4, kind="report", overview="截至 {截至日}。", problems=TEXT,
                                          is_released=True)
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))


@pytest.fixture(params=["", "https://example.invalid/"], ids=["trial", "production"])
def switch(request, settings):
    """Switch both faces by a decision, on one's own machine and in production."""
    settings.PUBLIC_URL = request.param
    keeper = factories.make_user("keeper")

    def _switch(is_on):
        for face in (COMPARISON, LATE_UNITS):
            FaceDecision(is_on=is_on, since=timezone.localdate(), approved_by="某某", basis="办公会议纪要").enter(
                face, FaceDecision.objects.next_number(face), keeper)

    return _switch


def text_of(response):
    """What a reader finds in an answer: of a workbook each row as a line, of a Word file its XML."""
    content = b"".join(response) if response.streaming else response.content
    if not content.startswith(b"PK\x03\x04"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        inside = {each: parts.read(each).decode("utf-8", "replace") for each in parts.namelist()}
    if "xl/workbook.xml" not in inside:
        return "".join(inside.values())
    rows = [row for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows(values_only=True)]
    return "\n".join([*(",".join(str(cell) for cell in row if cell is not None) for row in rows),
                      inside["docProps/core.xml"]])


STARTS = ["/", "/api/projects/", "/api/summary/2021Q4/", "/projects/?q=公园", "/projects/late/?asof=2021-12-31",
          "/lists/key-test/projects.csv?asof=2021-12-31", "/api/projects/?asof=2021-12-31",
          "/reports/2021Q4/?asof=2021-12-15"]


def crawl(client):
    """{address: text} of all that is reached from the first page and the places that no page leads to."""
    waiting, found = [*STARTS, *[f"/reports/2021Q4.{each}" for each in FORMATS if each != "docx"]], {}
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        found[address] = text_of(response)
        if not response["Content-Type"].startswith("text/html"):
            continue
        for link in links_of(found[address]):
            link = address.partition("?")[0] + link if link.startswith("?") or not link.startswith("/") else link
            link = link.replace("&amp;", "&")
            elsewhere = link.startswith(("/static/", "/admin/", "/elder/", "tel:"))
            if link not in found and link not in waiting and not elsewhere \
                    and "tel:" not in link and "asof=" not in link \
                    and "/reports/20" not in link.replace("/reports/2021Q4", ""):
                waiting.append(link)
    return found


def tells_of_lateness(address, text):
    """Whether the late project stands there with its due day or a verdict."""
    return "逾期的公园" in text and re.match(
        r"/projects/late/|/lists/key-test/(promises|projects\.csv)|/reports/2021Q4|/api/projects", address)


def naming(found):
    """The addresses that tell of the late project and name who answers for it.

    Counts stand there for every community: of a community it is asked whether the project's own row names it.
    """
    return {address for address, text in found.items() if tells_of_lateness(address, text) and (
        any(name in text for name in ANSWERING) or any(PLACE in row or "there" in row for row in about(address, text)))}


def about(address, text):
    """The rows that are about the late project; its own page is, but for what one may look for."""
    if address.startswith("/projects/late/"):
        return [text]
    rows = re.split("</tr>|</w:tr>|</p>|</w:p>|</li>|\n(?![^{}\n]*\")|}", text)
    return [row for row in rows if "逾期的公园" in row]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_what_is_off_is_nowhere(visitor, street, switch, is_closed, request):
    if is_closed:
        request.getfixturevalue("closed")
    switch(False)
    found = crawl(visitor)
    assert len(found) > 25 and sum(bool(tells_of_lateness(*each)) for each in found.items()) >= 8
    assert naming(found) == set()
    assert [address for address, text in found.items() if "compare" in address or "/compare" in text
            or "比一比" in text] == []
    for address in COMPARED:
        assert visitor.get(address).status_code == visitor.get(f"{address}?a=2021Q3&b=2021Q4").status_code == 404
    late = found["/projects/late/"]
    assert PHONE in late and "请打办公电话问" in late and "承诺兑现" in late, "somebody to call, and the verdict, stay"
    assert "黄字号办公室" in found["/projects/good/"] and "黄字号办公室" in found["/reports/2021Q4/print/"]
    assert "逾期的公园" in found["/reports/2021Q4.xlsx"] and PHONE not in found["/reports/2021Q4.xlsx"]
    if is_closed:
        for address in ("/reports/2021Q4/", "/reports/2021Q4/print/", "/reports/2021Q4.docx"):
            text = re.sub("<[^>]*>", "", found[address])
            assert "逾期的公园。应于" in text and "有关单位还有一项没有办完，有关单位也在催" in text, address


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_control_what_is_on_is_found_by_the_same_walk(visitor, street, switch, is_closed, request):
    if is_closed:
        request.getfixturevalue("closed")
    switch(True)
    found = crawl(visitor)
    files = {f"/reports/2021Q4.{each}" for each in ("xlsx", "json", "pdf", *(["docx"] if is_closed else []))}
    assert naming(found) >= {
        "/projects/late/", "/lists/key-test/projects.csv", "/lists/key-test/projects.csv?asof=2021-12-31",
        "/projects/late/?asof=2021-12-31", "/api/projects/", "/reports/2021Q4/print/", *files,
        *(["/reports/2021Q4/"] if is_closed else [])}
    assert any("compare" in address for address in found)
    assert all(visitor.get(address).status_code == 200 for address in COMPARED)
    assert all(name in found["/projects/late/"] for name in [*ANSWERING, f"{PLACE}社区"])
    for address in ("/reports/2021Q4/print/", "/reports/2021Q4.xlsx", "/reports/2021Q4.json", "/api/projects/",
                    "/lists/key-test/projects.csv"):
        assert any(PLACE in row or "there" in row for row in about(address, found[address])), address


def test_without_a_decision_production_is_closed(visitor, street, settings):
    assert OFFICE in visitor.get("/projects/late/").text
    settings.PUBLIC_URL = "https://example.invalid/"
    assert OFFICE not in visitor.get("/projects/late/").text
    assert visitor.get(COMPARED[0]).status_code == 404


def test_the_table_of_definitions_follows(visitor, street, switch):
    heading = "两个日子比一比"
    switch(True)
    assert heading in visitor.get("/about/").text
    switch(False)
    assert heading not in visitor.get("/about/").text


@pytest.mark.parametrize(("kw", "is_late"), [
    ({}, False), ({"planned_end": date(2021, 9, 30)}, True), ({"planned_end": date(2099, 9, 30)}, False)])
def test_what_is_late(visitor, key_list, switch, kw, is_late):
    project = factories.make_project(key_list, code="one", lead_department=factories.make_department(name=OFFICE), **kw)
    factories.make_update(project, status="in_progress", effective_on=date(2021, 11, 1))
    switch(False)
    assert (OFFICE not in visitor.get("/projects/one/").text) is is_late
    factories.make_update(project, status="completed", effective_on=date(2021, 12, 1))
    assert OFFICE in visitor.get("/projects/one/").text


@pytest.mark.parametrize(("planned", "actual", "is_late"), [
    ("2021-06-30", "2021-07-02", True), ("2021-06-30", "2021-06-30", False), ("2021-06-30", None, True),
    ("2099-06-30", None, False), (None, "2021-06-30", False)])
def test_a_milestone_that_is_late(visitor, key_list, switch, planned, actual, is_late):
    project = factories.make_project(key_list, code="one", lead_department=factories.make_department(name=OFFICE))
    factories.make_milestone(project, planned_on=planned and date.fromisoformat(planned),
                             actual_on=actual and date.fromisoformat(actual))
    switch(False)
    assert (OFFICE not in visitor.get("/projects/one/").text) is is_late


# --- the files of a close --------------------------------------------------------------------------
def test_staff_and_the_kept_files_are_as_they_were(street, closed, switch, visitor):
    switch(False)
    kept = {row.format: bytes(row.content) for row in closed.files.all()}
    assert quarter_close.damaged(closed) == []
    given = {name: b"".join(visitor.get(f"/reports/2021Q4.{name}")) for name in kept}
    assert {name for name in kept if given[name] != kept[name]} == {"xlsx", "json", "docx", "pdf"}
    document = document_of(closed.quarter)
    assert OFFICE in str(document.figures) and not document.leaves_units_out
    switch(True)
    assert all(b"".join(visitor.get(f"/reports/2021Q4.{name}")) == kept[name] for name in kept)


def test_a_file_without_units_is_known_again(street, closed, switch, visitor):
    switch(False)
    for name in ("xlsx", "json", "docx"):
        content = visitor.get(f"/reports/2021Q4.{name}").content
        assert closed.figures_sha256 in text_of(visitor.get(f"/reports/2021Q4.{name}"))
        answer = verify.of_file(SimpleUploadedFile(f"汇总.{name}", content))
        assert (answer.kind, answer.close, answer.label) == (verify.WITHOUT_UNITS, closed, FORMATS[name].label)
        altered = verify.of_file(SimpleUploadedFile(f"汇总.{name}", content + b" "), "another")
        assert altered.kind == verify.ALTERED
    answered = visitor.post(reverse("report-verify"), {
        "file": SimpleUploadedFile("汇总.json", visitor.get("/reports/2021Q4.json").content),
        "form_key": form_key("verify")})
    assert "只是没有写逾期和到期没有完成的事项是哪个单位的" in answered.text


def test_a_file_without_units_says_so(street, closed, switch, visitor):
    switch(False)
    for address in ("/reports/2021Q4.xlsx", "/reports/2021Q4.json", "/reports/2021Q4/print/"):
        assert "这里不写牵头单位、社区和电话" in text_of(visitor.get(address)), address
    switch(True)
    assert "这里不写牵头单位" not in text_of(visitor.get("/reports/2021Q4/print/"))


def test_nothing_late_is_nothing_left_out(key_list):
    project = factories.make_project(key_list, lead_department=factories.make_department(name=OFFICE))
    factories.make_update(project, status="completed")
    document = document_of(Quarter.parse("2021Q4"))
    assert without_units.without_units(document) is document
