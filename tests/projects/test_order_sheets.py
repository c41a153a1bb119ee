"""督办单 and its reply on paper: numbered without gap or double, one sheet each, the rest on an annex that it names."""
import re
import subprocess
import sys
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from guicheng.seal.words import MARK
from projects.models import Instruction, Project, SupervisionNotice
from projects.order_sheet import GOES_ON, NOT_FILLED, Part, cut, lines_of, render_html, render_pdf, sheet_of
from tests import factories
from tests.databases import on_postgresql
from tests.seal import world

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
LONG = "请说明雨污分流工程滞后的原因，写明现在办到哪一步、卡在哪里、由谁负责、何时办好。"


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


@pytest.fixture
def order(project, leader):
    return SupervisionNotice.issue(project, "order", "manual", "k", "请报进展。", by=leader, day=DAY,
                                   reply_by=date(2026, 3, 9), basis="《示例通知》（示街办〔2026〕1 号）")


def pages(content):
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True,
                          timeout=60)
    return done.stdout.decode().split("\f")[:-1]


def plain(text):
    return re.sub(r"\s", "", text)


def address(notice, ending=""):
    return reverse(f"admin:projects_supervisionnotice_sheet{ending}", args=[notice.pk])


# --- the number ------------------------------------------------------------------------------------
def test_orders_are_numbered_year_by_year_and_nothing_else_is(project, leader):
    def issued(level, day, key):
        return SupervisionNotice.issue(project, level, "manual", key, "请办。", by=leader, day=day).numbered

    assert [issued("order", DAY, "a"), issued("urge", DAY, "b"), issued("order", DAY, "c"),
            issued("order", date(2027, 1, 4), "d"), issued("order", DAY, "e")] == [
        "督〔2026〕1号", "", "督〔2026〕2号", "督〔2027〕1号", "督〔2026〕3号"]


def test_what_was_refused_leaves_no_gap(project, leader, order):
    with pytest.raises(ValidationError):
        SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=leader, day=DAY)  # the key is taken
    again = SupervisionNotice.issue(project, "order", "manual", "l", "请办。", by=leader, day=DAY)
    assert (order.number, again.number) == (1, 2)


def test_samples_take_no_number_of_a_real_one(project, leader, order):
    Project.objects.filter(pk=project.pk).update(is_sample=True)
    project.refresh_from_db()
    sample = SupervisionNotice.issue(project, "order", "manual", "s", "示例：请办。", by=leader, day=DAY)
    assert (sample.number, sample.is_sample) == (1, True)
    assert "示例，不是真实的督办" in render_html(sheet_of(sample, Part.ORDER))


def test_a_number_stays_what_it_is(order):
    order.close("已办完。")
    with pytest.raises(DatabaseError), transaction.atomic():
        SupervisionNotice.objects.filter(pk=order.pk).update(number=9)


@on_postgresql  # SQLite has one writer
def test_it_is_taken_under_a_lock_until_the_transaction_ends(order, project, leader):
    with transaction.atomic(), connection.cursor() as cursor:
        SupervisionNotice.issue(project, "order", "manual", "m", "请办。", by=leader, day=DAY)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert cursor.fetchone() == (1,)


# --- what stands on it -----------------------------------------------------------------------------
def test_the_order_says_all_that_an_order_says(order, leader):
    Instruction.write(order.project, "一周内报结果。", leader, order)
    page, = pages(render_pdf(sheet_of(order, Part.ORDER)))
    for words in ("督办单", "督〔2026〕1号", "发出日：2026年3月2日", order.project.name, order.basis,
                  "某领导批示：“一周内报结果。”", str(order.department), "2026年3月9日前", "请报进展。",
                  "签收人", "签收日期", "第1页，共1页"):
        assert plain(words) in plain(page), words


def test_the_reply_says_all_that_a_reply_says(order, clerk):
    order.answer(clerk, "已经复工，4 月底完成。", "复工单一份。")
    page, = pages(render_pdf(sheet_of(order, Part.REPLY)))
    for words in ("督办回复单", "督〔2026〕1号", order.project.name, "已经复工，4 月底完成。", "复工单一份。",
                  "负责人签字", "盖章", str(clerk)):
        assert plain(words) in plain(page), words


def test_without_a_reply_it_is_a_blank_to_be_filled_by_hand(order):
    page, = pages(render_pdf(sheet_of(order, Part.REPLY)))
    assert "办理情况" in page and "None" not in page


def test_a_basis_that_nobody_gave_is_to_be_filled(order):
    order.basis = ""
    assert NOT_FILLED in render_html(sheet_of(order, Part.ORDER))
    order.cause = "overdue"
    assert "按督办规则发出，缘由：逾期。" in render_html(sheet_of(order, Part.ORDER))


@pytest.mark.parametrize("size", [0, 60, 200, 400, 700, 1200, 2000])
@pytest.mark.parametrize("part", Part)
def test_one_sheet_however_long_and_nothing_is_lost(order, clerk, leader, part, size):
    text = (LONG * 50)[:size] or "无。"
    order.text, order.reply, order.evidence = text, text, text[:size // 4]
    order.replied_at, order.replied_by = order.created_at, clerk
    Project.objects.filter(pk=order.project_id).update(name=("长" * 159 + "路")[-max(20, min(160, size)):])
    order.project.refresh_from_db()
    if size:
        Instruction.write(order.project, text, leader, order)
    sheet = sheet_of(order, part)
    printed = pages(render_pdf(sheet))
    first, rest = plain(printed[0]), plain("".join(printed[1:]))
    assert ("签字" if part == "reply" else "签收日期") in first, "the foot of the sheet stands on its first page"
    assert (GOES_ON in first) == bool(sheet.annexes) == (len(printed) > 1)
    for row in sheet.rows:
        assert plain(row.text)[-12:] in first and plain(row.rest)[-12:] in rest, row.label
    whole = "".join(row.text + row.rest for row in sheet.rows if row.key in ("demand", "reply"))
    assert plain(whole) == plain(text)


def test_control_without_the_cut_it_would_be_two_sheets(order, monkeypatch):
    monkeypatch.setattr("projects.order_sheet.cut", lambda text, *args: (text, ""))
    order.text = LONG * 30
    printed = pages(render_pdf(sheet_of(order, Part.ORDER)))
    assert len(printed) > 1 and "签收日期" not in printed[0]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("办。；\nA1，"), min_size=1, max_size=400), st.integers(4, 30), st.integers(3, 20))
def test_a_cut_loses_nothing_and_fits(text, characters, most):
    head, rest = cut(text, characters, most)
    assert (head + rest).replace("\n", "") == text.replace("\n", "")
    if rest:
        assert lines_of(head + GOES_ON, characters) <= most
    else:
        assert head == text or lines_of(text, characters) > most


def test_the_same_order_makes_the_same_bytes(order):
    assert render_pdf(sheet_of(order, Part.ORDER)) == render_pdf(sheet_of(order, Part.ORDER))


# --- its pages -------------------------------------------------------------------------------------
@pytest.mark.parametrize("of", ["", "?of=order", "?of=reply"])
def test_the_unit_prints_it(order, clerk, sign_in, of):
    client = sign_in(clerk)
    page = client.get(address(order) + of)
    assert page.status_code == 200 and "督〔2026〕1号" in page.text and "style=" not in page.text
    made = client.get(address(order, "_pdf") + of)
    assert made["Content-Type"] == "application/pdf" and len(pages(made.content)) == 1
    assert address(order) in client.get(order.get_absolute_url()).text
    assert address(order) in client.get(reverse("admin:projects_project_change", args=[order.project_id])).text


def test_another_paper_is_one_sentence(order, clerk, sign_in):
    response = sign_in(clerk).get(address(order), {"of": "<b>"})
    assert response.status_code == 400 and "可以选" in response.text and "<b>" not in response.text


def test_what_is_no_order_has_no_sheet(order, clerk, sign_in, leader):
    urge = SupervisionNotice.issue(order.project, "urge", "manual", "u", "请办。", by=leader, day=DAY)
    client = sign_in(clerk)
    assert client.get(address(urge)).status_code == 404
    assert "打印督办单" not in client.get(urge.get_absolute_url()).text


def test_another_unit_finds_nothing(order, other_clerk, sign_in):
    for ending in ("", "_pdf"):
        assert sign_in(other_clerk).get(address(order, ending)).status_code == 404


def test_without_the_library_it_is_the_page_to_print(order, clerk, sign_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page = sign_in(clerk).get(address(order, "_pdf"))
    assert page.status_code == 200 and "没有装 PDF 组件" in page.text and "督〔2026〕1号" in page.text


def test_what_is_sealed_is_covered(order, clerk, sign_in):
    world.seal(words="请报进展")
    assert MARK in sign_in(clerk).get(address(order)).text


def test_the_reply_names_its_papers(order, clerk, sign_in):
    client = sign_in(clerk)
    where = reverse("admin:projects_supervisionnotice_reply", args=[order.pk])
    client.post(where, {"text": "已复工。", "evidence": "复工单一份。"})
    order.refresh_from_db()
    assert (order.reply, order.evidence) == ("已复工。", "复工单一份。")
    assert "复工单一份。" in client.get(order.get_absolute_url()).text


def test_an_order_begins_with_its_basis(project, leader, sign_in):
    client = sign_in(leader)
    client.post(reverse("admin:projects_supervisionnotice_issue", args=[project.pk]),
                {"level": "order", "basis": "某次会议定的。", "text": "请报进展。", "reply_by": ""})
    assert SupervisionNotice.objects.get().basis == "某次会议定的。"
