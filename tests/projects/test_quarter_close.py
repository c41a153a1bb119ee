"""季度数据锁定: frozen with a fingerprint, signed, reopened with a reason, and never changed."""
import io
import json
from dataclasses import replace
from datetime import date
from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from guicheng.days.quarters import Quarter
from guicheng.trail.audit import AuditEntry
from guicheng.upkeep.health import CHECKS, Level
from projects.document import canonical, sha256, sm3
from projects.ledger.corrections import corrections_since
from projects.models import CloseFile, ProgressUpdate, QuarterClose, QuarterReopening, QuarterReport, QuarterSigning
from projects.report import close as quarter_close
from projects.report.build import document_of
from projects.report.files import FORMATS
from projects.report.reading import summary_of
from projects.spooled import Spool, Spooled
from projects.summary import drift
from tests import factories

Q4 = Quarter(2021, 4)


@pytest.fixture(autouse=True)
def one_quick_format(monkeypatch):
    """Every format is rendered once in test_verify.py: PDF and PNG take a second."""
    for name in [name for name in FORMATS if name != "json"]:
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def secretary(db):
    return factories.make_user(roles=["业务管理员"], is_established=True)


@pytest.fixture
def closer(db):
    return factories.make_user(roles=["业务管理员"], is_established=True)


@pytest.fixture
def report(project, secretary):
    factories.make_update(project, status="in_progress", effective_on=date(2021, 5, 31))
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1),
                          effective_from=date(2021, 10, 1), text="公园开放了。")
    return QuarterReport.objects.create(
        year=2021, number=4, overview="截至 {截至日}，新完成 {新完成} 个。", work="（一）公园", written_by=secretary)


@pytest.fixture
def closed(report, closer):
    return quarter_close.close(report, closer)


def test_it_works(closed, closer):
    assert (closed.sequence, closed.closed_by, closed.is_in_force) == (1, closer, True)
    assert closed.document.parts[0]["paragraphs"][0]["text"] == "截至 2021 年 12 月 31 日，新完成 1 个。"
    assert QuarterReport.objects.get().is_closed


@pytest.mark.parametrize("text", ["进展【待核】。", "【待填：牵头单位】", "【", "甲【收齐后补入】乙"])
def test_a_text_with_a_blank_is_not_closed(report, closer, text):
    """【】 says that somebody has still to fill something in: no close, nothing half, and the sentence names it."""
    QuarterReport.objects.update(problems=f"（一）{text}")
    report.refresh_from_db()
    if text == "【":
        assert quarter_close.close(report, closer), "a lone bracket is no blank"
        return
    with pytest.raises(ValidationError, match="正文里还有 1 处【】没有填完，不能定稿：【"):
        quarter_close.close(report, closer)
    assert not QuarterClose.objects.exists()
    report.problems = report.problems.replace(text, "没有问题。")
    report.save()
    assert quarter_close.close(report, closer)


def test_a_close_with_a_blank_is_not_signed(closed, closer):
    """One of an older version may hold one: it stays closed, and cannot be signed."""
    frozen = {**closed.document.report}
    frozen["parts"] = [{**frozen["parts"][0], "paragraphs": [{"level": 0, "text": "总数【待核】。"}]}]
    closed.__dict__["document"] = replace(closed.document, report=frozen)
    signing = QuarterSigning(document_number="桂街〔2022〕1 号", signer="某", signed_on=date(2022, 1, 5))
    with pytest.raises(ValidationError, match="1 处【】没有填完，不能定稿：【待核】"):
        quarter_close.sign(closed, signing, closer)
    assert not closed.signings.exists()


def test_the_fingerprints_are_of_the_frozen_figures(closed):
    assert closed.figures_sha256 == sha256(closed.figures_json) == closed.document.fingerprint
    assert closed.figures_sm3 == sm3(closed.figures_json)
    assert closed.report_sha256 == sha256(closed.report_json)
    assert quarter_close.damaged(closed) == []


def test_sm3_is_that_of_the_standard():
    """GB/T 32905-2016, example 1."""
    assert sm3("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_canonical_text_is_one_for_one_value():
    assert canonical({"b": 1, "a": ["中"]}) == canonical({"a": ["中"], "b": 1}) == '{"a":["中"],"b":1}'


def test_every_file_is_kept_and_made_again_alike(closed):
    kept = {row.format: bytes(row.content) for row in closed.files.all()}
    assert kept.keys() >= {"json"}
    again = quarter_close.rendered(QuarterClose.objects.get(pk=closed.pk))
    assert {name: sha256(again[name]) for name in again} == {name: sha256(kept[name]) for name in again}


def test_on_the_disk_it_is_the_same_document(closed):
    in_memory, on_disk = (document_of(Q4, closed.known_at, **kept) for kept in ({}, {"keep": Spool().keep}))
    assert isinstance(on_disk.figures["projects"], Spooled) and isinstance(on_disk.report["lights"], Spooled)
    assert canonical(in_memory.figures) == canonical(on_disk.figures) == closed.figures_json
    assert in_memory.report["lights"] and canonical(in_memory.report) == canonical(on_disk.report)


# --- later corrections ---------------------------------------------------------------------------
def test_a_later_correction_stands_beside_and_changes_nothing(closed, project):
    before = QuarterClose.objects.get().figures_json
    row = project.updates.get(status="completed")
    factories.make_correction(row, status="acceptance", text="", reason="还没有验收。")
    found = corrections_since(closed.known_at, closed.as_of)
    assert [(each.label, each.before, each.after) for each in found] == [("更正", "已完成：公园开放了。", "完工待验收")]
    assert QuarterClose.objects.get().figures_json == before
    assert document_of(Q4).fingerprint != closed.figures_sha256


@pytest.mark.parametrize("day, label", [(date(2021, 12, 1), ["补录"]), (date(2022, 1, 1), [])])
def test_a_late_entry_counts_when_it_is_about_the_quarter(closed, project, day, label):
    factories.make_update(project, text="补记一笔。", effective_on=day)
    assert [each.label for each in corrections_since(closed.known_at, closed.as_of)] == label


def test_a_withdrawal_counts_by_what_it_takes_back(closed, project):
    factories.make_withdrawal(project.updates.get(status="completed"))
    assert [each.label for each in corrections_since(closed.known_at, closed.as_of)] == ["撤回"]


@pytest.mark.django_db(transaction=True)
def test_what_is_published_during_the_close_is_frozen_or_a_correction(closer, monkeypatch):
    """The close reads the ledger while a publication has read the clock and not yet written its row."""
    project = factories.make_project()
    draft = factories.make_update(project, published=False, status="completed", effective_on=date(2021, 11, 1))
    report, closes, on = QuarterReport.objects.create(year=2021, number=4), [], Event()

    def close_it():
        try:
            on.wait(10)
            closes.append(quarter_close.close(report, closer))
        finally:
            connection.close()

    thread, move = Thread(target=close_it), ProgressUpdate._move

    def slowly(self, *args, **kwargs):
        on.set()
        thread.join(1)
        return move(self, *args, **kwargs)

    monkeypatch.setattr(ProgressUpdate, "_move", slowly)
    thread.start()
    draft.publish(closer, factories.CHECKED)
    thread.join(30)
    frozen = [row["status"] for row in closes[0].document.figures["projects"]]
    corrections = corrections_since(closes[0].known_at, closes[0].as_of)
    assert (frozen, len(corrections)) in ((["completed"], 0), (["unknown"], 1))


def test_a_text_taken_back_is_told_nowhere(closed, project):
    """A correction that was itself withdrawn: neither its words nor those it corrected."""
    first = factories.make_correction(project.updates.get(status="completed"), status="acceptance", text="说错的话。")
    told = [each.as_dict() for each in corrections_since(closed.known_at, closed.as_of)]
    assert told[0]["after"] == "完工待验收：说错的话。"  # the words are there until they are taken back
    factories.make_withdrawal(first)
    told = [each.as_dict() for each in corrections_since(closed.known_at, closed.as_of)]
    assert [(row["label"], row["before"], row["after"]) for row in told] == [("更正", "", ""), ("撤回", "", "")]


def test_nothing_was_corrected_before_the_close(closed):
    assert list(corrections_since(closed.known_at, closed.as_of)) == []


# --- who may and when ----------------------------------------------------------------------------
def test_the_writer_does_not_close(report, secretary):
    with pytest.raises(ValidationError, match="请另一位审核员锁定"):
        quarter_close.close(report, secretary)
    assert not QuarterClose.objects.exists()


def test_a_quarter_that_runs_is_not_closed(closer):
    now = Quarter.current()
    report = QuarterReport.objects.create(year=now.year, number=now.number)
    with pytest.raises(ValidationError, match="还没有结束"):
        quarter_close.close(report, closer)


def test_a_closed_quarter_is_not_closed_again(closed, report, closer):
    with pytest.raises(ValidationError, match="已经锁定"):
        quarter_close.close(report, closer)


def test_a_text_changed_meanwhile_is_not_frozen_unseen(report, closer):
    QuarterReport.objects.get().save()
    with pytest.raises(ValidationError, match="刚被别人改过"):
        quarter_close.close(report, closer)
    assert not QuarterClose.objects.exists() and not CloseFile.objects.exists()


def test_a_token_that_is_no_figure_stops_the_close(report, closer):
    report.plans = "{没有这个数}"
    report.save()
    with pytest.raises(ValidationError, match="没有这样的数：{没有这个数}"):
        quarter_close.close(report, closer)


def test_a_closed_report_is_not_edited(closed, report):
    report.overview = "改一改"
    with pytest.raises(ValidationError, match="已经锁定，不能再改"):
        report.full_clean()


# --- the database keeps it -----------------------------------------------------------------------
@pytest.mark.parametrize("change", [
    lambda close: QuarterClose.objects.filter(pk=close.pk).update(figures_json="{}"),
    lambda close: QuarterClose.objects.filter(pk=close.pk).delete(),
    lambda close: close.files.update(content=b""),
    lambda close: close.files.all().delete(),
    lambda close: CloseFile.objects.create(close=close, format="exe", content=b"1", size=1, sha256="1"),
])
def test_nothing_of_a_close_can_be_changed(closed, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(closed)
    assert quarter_close.damaged(QuarterClose.objects.get()) == []


def test_an_unfinished_close_could_be_changed():
    """The guard is `closed_at`: without it a row is free, so the tests above can fail."""
    assert QuarterClose.append_only.condition("c") == "c.closed_at IS NOT NULL"


def test_damage_is_found(closed):
    closed.figures_json = closed.figures_json.replace("2021Q4", "2021Q3")
    assert quarter_close.damaged(closed) == ["2021 年第四季度第 1 次锁定：数与指纹不符。"]


# --- signing and reopening -----------------------------------------------------------------------
def test_reopening_keeps_the_old_close_and_is_in_the_audit(closed, report, closer):
    quarter_close.reopen(closed, "漏了一个项目。", closer)
    assert not QuarterReport.objects.get().is_closed
    again = quarter_close.close(QuarterReport.objects.get(), closer)
    assert (again.sequence, QuarterClose.objects.count()) == (2, 2)
    assert not QuarterClose.objects.get(sequence=1).is_in_force
    entries = AuditEntry.objects.about(closed)
    found = {(each.changes[0]["label"], each.reason) for each in entries}
    assert found == {("重新打开", "漏了一个项目。"), ("锁定", "")}


def test_reopening_needs_a_reason(closed, closer):
    with pytest.raises(ValidationError):
        quarter_close.reopen(closed, "", closer)
    assert not QuarterReopening.objects.exists()


def test_it_is_reopened_once(closed, closer):
    quarter_close.reopen(closed, "改错字。", closer)
    with pytest.raises(ValidationError, match="已经重新打开"):
        quarter_close.reopen(closed, "再来一次。", closer)


def signing(**kw):
    kw = {"document_number": "示街办〔2022〕1 号", "signer": "示例", "signed_on": date(2022, 1, 6)} | kw
    return QuarterSigning(**kw)


def test_a_reopened_close_is_not_signed(closed, closer):
    quarter_close.reopen(closed, "改错字。", closer)
    with pytest.raises(ValidationError, match="不能登记签发"):
        quarter_close.sign(closed, signing(), closer)


@pytest.mark.parametrize("wrong, sentence", [
    ({"document_number": ""}, "发文字号"), ({"signer": ""}, "签发人"),
    ({"printed_on": date(2022, 1, 5)}, "印发日期不能早于成文日期"),
])
def test_a_signature_says_number_and_signer(closed, closer, monkeypatch, wrong, sentence):
    monkeypatch.setitem(FORMATS, "docx", FORMATS["json"])
    with pytest.raises(ValidationError, match=sentence if "印发" in sentence else "."):
        quarter_close.sign(closed, signing(**wrong), closer)
    row = signing(**wrong, close=closed, by=closer, content=b"1", size=1, sha256="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_database_wants_a_reason_and_each_format_once(closed, closer):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuarterReopening.objects.create(close=closed, reason="", by=closer)
    open_close = QuarterClose.objects.create(
        year=2020, number=1, sequence=1, known_at=closed.known_at, as_of=closed.as_of, closed_by=closer)
    with pytest.raises(IntegrityError), transaction.atomic():
        for _ in "twice":
            CloseFile.objects.create(close=open_close, format="json", content=b"", size=0, sha256="")


# --- found again ---------------------------------------------------------------------------------
def test_a_fingerprint_leads_to_its_close(closed):
    for digest in (closed.figures_sha256, closed.figures_sm3, closed.report_sha256, closed.figures_sha256.upper()):
        assert [row.pk for row in quarter_close.closes_with(f" {digest} ")] == [closed.pk]
    assert not quarter_close.closes_with("0" * 64)
    assert not quarter_close.closes_with("")


def test_a_kept_file_leads_to_its_close(closed):
    row = closed.files.get(format="json")
    assert quarter_close.kept_file(row.sha256) == (closed, "json")
    assert quarter_close.kept_file(sha256(bytes(row.content) + b" ")) is None
    assert json.loads(closed.figures_json)["quarter"] == "2021Q4"


# --- on a terminal -------------------------------------------------------------------------------
def run(command, *args, **kw):
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=out, **kw)
    return out.getvalue()


def test_the_command_gives_the_kept_file(closed, project, tmp_path):
    factories.make_correction(project.updates.get(status="completed"), status="acceptance", reason="还没有验收。")
    target = tmp_path / "2021Q4.json"
    assert "第 1 次锁定时留存的文件" in run("quarterly_summary", "2021Q4", format="json", output=target)
    assert target.read_bytes() == bytes(closed.files.get(format="json").content)


@pytest.fixture
def kept_apart(settings, tmp_path):
    """What a run of check_closes finds is kept in DATA_DIR."""
    settings.DATA_DIR = tmp_path


def health_of_closes():
    return CHECKS["closes"].look().level


def test_all_closes_are_checked(closed, monkeypatch, kept_apart):
    assert health_of_closes() == Level.WARN, "nobody looked yet"
    assert "1 次锁定都与指纹相符" in run("check_closes", render=True)
    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], parts=lambda document: [b"other"]))
    assert "json 重做以后不同" in run("check_closes", render=True)
    assert health_of_closes() == Level.OK


def test_damage_stops_the_check(closed, monkeypatch, kept_apart):
    monkeypatch.setattr("projects.management.commands.check_closes.damaged", lambda close: ["坏了。"])
    with pytest.raises(CommandError, match="1 处不符"):
        run("check_closes")
    assert health_of_closes() == Level.BAD


# --- what else changed since ---------------------------------------------------------------------
def drifted(closed):
    return {(row.of, row.label): (row.then, row.now) for row in drift(summary_of(closed.document.figures))}


def test_nothing_drifts_by_itself(closed):
    assert drifted(closed) == {}


def test_a_project_hidden_since_is_seen_in_the_figures(closed, project, client):
    project.hide()
    title = project.project_list.title
    assert drifted(closed)[title, "有明细"] == (1, 0) and drifted(closed)["", "新完成"] == (1, 0)
    body = client.get("/reports/2021Q4/").content.decode()
    assert "和现在的资料不同的数" in body and f"{title}：有明细" in body


def test_a_total_declared_since_is_seen(closed, key_list):
    factories.make_declaration(key_list, total=46, effective_on=date(2021, 12, 31))
    assert drifted(closed)[key_list.title, "公布总数"] == (None, 46)


def test_a_list_hidden_since_is_seen(closed, key_list):
    type(key_list).objects.filter(pk=key_list.pk).update(is_published=False)
    assert drifted(closed)[key_list.title, "清单"] == ("公开", "不再公开")


def test_earlier_closes_are_found_from_the_page(closed, report, closer, client):
    quarter_close.reopen(closed, "漏了一个项目。", closer)
    assert '?close=1"' in client.get("/reports/2021Q4/").content.decode()
    old = client.get("/reports/2021Q4/?close=1").content.decode()
    assert "重新打开" in old and "漏了一个项目。" in old
