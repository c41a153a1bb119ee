"""A seal while the units of what is late are not named: neither stands in what a resident gets of a closed quarter."""
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from guicheng.days.quarters import Quarter
from guicheng.public.faces import FaceDecision
from guicheng.public.forms import form_key
from guicheng.seal import work
from guicheng.seal.words import MARK
from projects.document import BLANK, blanks_in, canonical, sha256
from projects.faces import LATE_UNITS
from projects.models import CoveredClose, QuarterReport
from projects.report import close as quarter_close
from projects.report import verify
from projects.report.build import document_of
from projects.report.first_text import first_text
from projects.report.without_units import whole_of
from tests import factories
from tests.seal import crawl, world
from tests.seal.world import MARKER

pytestmark = pytest.mark.django_db
UNIT, OFFICE_WORDS = "天字号办公室", "由半山居士题字的牌坊"
SENTENCE = f"{UNIT}答复说业主张三丰不肯搬走"  # sealed as a whole, with the unit in it
FILES = ("json", "xlsx", "docx")
PLACES = ["/reports/2021Q4/", "/reports/2021Q4/print/", *(f"/reports/2021Q4.{name}" for name in ("pdf", *FILES))]


@pytest.fixture
def closed(settings, tmp_path, key_list):
    """A closed quarter with a late project; its text is what the program wrote first, and a sentence of the office."""
    settings.DATA_DIR = tmp_path
    project = factories.make_project(
        key_list, code="late", name=f"{MARKER}改造", planned_end=date(2021, 9, 30),
        lead_department=factories.make_department(name=UNIT))
    factories.make_update(project, status="in_progress", effective_on=date(2021, 11, 30), text="还在做。",
                          office_text=OFFICE_WORDS)
    written = first_text(document_of(Quarter.parse("2021Q4")))
    text = {name: BLANK.sub("", paragraphs) for name, paragraphs in written.items()}
    text["problems"] += f"\n{SENTENCE}，{UNIT}还在协商。"
    report = QuarterReport.objects.create(year=2021, number=4, is_released=True, **text)
    return quarter_close.close(report, factories.make_user(roles=["业务管理员"], is_established=True))


def switch(is_on):
    FaceDecision(is_on=is_on, since=timezone.localdate(), approved_by="某某", basis="办公会议纪要").enter(
        LATE_UNITS, FaceDecision.objects.next_number(LATE_UNITS), factories.make_user())


def found(client, text):
    """The places that say it."""
    answers = {address: client.get(address) for address in PLACES}
    assert {address: each.status_code for address, each in answers.items() if each.status_code != 200} == {}
    for each in answers.values():
        each.body = each.content
    return crawl.saying(answers, text)


def of(content):
    return verify.of_file(SimpleUploadedFile("a", content), str(len(content)))


def sealed():
    for words in (MARKER, SENTENCE, OFFICE_WORDS):
        world.seal(words=words)


def test_neither_is_found(closed, visitor):
    everything = sorted(PLACES)
    in_the_text = sorted(each for each in PLACES if not each.endswith(("json", "xlsx")))
    switch(True)
    assert found(visitor, MARKER) == found(visitor, UNIT) == everything, "the control: both are found before"
    assert found(visitor, OFFICE_WORDS) == found(visitor, SENTENCE) == found(visitor, "张三丰") == in_the_text

    sealed()
    switch(False)
    for name in ("pdf", *FILES):
        answer = visitor.get(f"/reports/2021Q4.{name}")
        assert answer.status_code == 503 and "正在按封存处理" in answer.text, name
    for address in ("/reports/2021Q4/", "/reports/2021Q4/print/"):
        assert not [text for text in (MARKER, UNIT, "张三丰", OFFICE_WORDS) if text in visitor.get(address).text]
    work.finish_now()
    assert [found(visitor, text) for text in (MARKER, UNIT, "张三丰", OFFICE_WORDS)] == [[]] * 4
    assert found(visitor, MARK) == everything and found(visitor, "有关单位还在协商") == in_the_text
    assert found(visitor, "这里不写牵头单位、社区和电话") == sorted(set(everything) - {
        "/reports/2021Q4/", "/reports/2021Q4.docx"}), "a file says what it leaves out"

    switch(True)
    assert found(visitor, UNIT) == everything and found(visitor, MARKER) == found(visitor, "张三丰") == []
    document = closed.document
    assert not blanks_in([{"paragraphs": [{"text": MARK}]}]) and MARKER in canonical(document.figures)


def test_verify_tells_the_four_apart(closed, visitor):
    given = {}
    for when, is_on in (("original", True), ("without_units", False)):
        switch(is_on)
        given[when] = {name: visitor.get(f"/reports/2021Q4.{name}").content for name in FILES}
    sealed()
    work.finish_now()
    for when, is_on in (("covered", True), ("covered_without_units", False)):
        switch(is_on)
        given[when] = {name: visitor.get(f"/reports/2021Q4.{name}").content for name in FILES}
    kinds = {"original": verify.UNTOUCHED, "without_units": verify.WITHOUT_UNITS, "covered": verify.COVERED,
             "covered_without_units": verify.COVERED_WITHOUT_UNITS}
    edition = CoveredClose.objects.get()
    for when, kind in kinds.items():
        for name, content in given[when].items():
            answer = of(content)
            assert (answer.kind, answer.close, bool(answer.sealed_since)) == (kind, closed, True), (when, name)
            assert of(content + b" ").kind == verify.ALTERED or name == "json", (when, name)
    both = json.loads(given["covered_without_units"]["json"])
    assert both["fingerprint"] == edition.figures_sha256 != sha256(canonical(both["figures"]))
    world.seal(words="还在协商")
    assert of(given["covered_without_units"]["json"]).kind == verify.COVERED_WITHOUT_UNITS, "an older edition too"

    page = visitor.post(reverse("report-verify"), {
        "form_key": form_key("verify"),
        "file": SimpleUploadedFile("汇总.json", given["covered_without_units"]["json"])}).text
    assert "没有改动，是封存版" in page and "也没有写逾期和到期没有完成的事项是哪个单位的" in page
    assert "起依规不再公开" in page and UNIT not in page


def test_a_file_sealed_while_it_is_drawn_is_withheld(closed, visitor, monkeypatch):
    """Drawn without units it takes its time; who confirms meanwhile does not see it leave uncovered."""
    def drawn_slowly(close, name):
        sealed()
        return whole_of(close, name)

    switch(False)
    monkeypatch.setattr("projects.views.reports.whole_of", drawn_slowly)
    assert visitor.get("/reports/2021Q4.xlsx").status_code == 503
