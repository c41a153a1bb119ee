"""Supervision as people do it, in a real Chromium: a leader starts it, a clerk answers at 390 px, no barrier."""
from datetime import date

import pytest
from django.urls import reverse

from guicheng.notices.inbox import tell
from projects.models import Instruction, LightOverride, SupervisionNotice
from tests import factories
from tests.browser import barriers, sideways, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


@pytest.fixture
def late(project):
    project.planned_start, project.planned_end = date(2021, 5, 6), date(2021, 10, 15)
    project.save()
    factories.make_update(project, effective_on=date(2021, 10, 18), status="in_progress", percent=60,
                          problem="管线没有迁走，施工面腾不出来。",
                          coordination="供电部门、自来水公司", next_step="先做北段。")
    project.refresh_from_db()
    return project


def test_a_leader_starts_a_clerk_answers(live_server, open_page, leader, clerk, late):
    base = live_server.url
    page = open_page(width=1280)
    sign_in(page, base, leader)
    page.click("nav.menu a:has-text('督办')")
    page.click("nav.menu .menu-ways a:has-text('督办台')")
    assert "已晚" in page.inner_text("#content") and "管线没有迁走" in page.inner_text("#content")
    page.click(f".desk-table a:has-text('{late.name}')")
    assert "红灯·逾期" in page.inner_text(".desk-panel")
    page.click("text=发起督办")
    page.fill("[name=text]", "请说明为什么停工，何时复工。")
    page.fill("[name=instruction]", "抓紧办，月底前要见到结果。")
    page.click("input[value=发出]")
    assert "已发出督办单" in page.inner_text(".messagelist")
    notice = SupervisionNotice.objects.get()

    phone = open_page(width=390)
    sign_in(phone, base, clerk)
    phone.click("#user-tools a:has-text('收件箱')")
    assert "抓紧办" in phone.inner_text("#content") and sideways(phone) == 0
    phone.click("li:has-text('督办单') button:has-text('打开')")
    assert "月底前要见到结果" in phone.inner_text("#content") and sideways(phone) == 0
    phone.click("input[value=签收]")
    assert "已签收" in phone.inner_text(".messagelist")
    phone.click("input[value=回复]")
    assert "请写明回复" in phone.inner_text("#content")
    phone.fill("[name=text]", "管线下周迁完，二十五日复工。")
    phone.click("input[value=回复]")
    assert "已回复" in phone.inner_text(".messagelist") and sideways(phone) == 0
    notice.refresh_from_db()
    assert notice.replied_by == clerk and notice.received_by == clerk

    page.goto(base + reverse("admin:inbox"))
    assert "管线下周迁完" in page.inner_text("#content")


def test_copying_the_week(live_server, open_page, clerk, project):
    factories.make_update(project, status="in_progress", text="铺好一半。")
    page = open_page(width=390)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("admin:projects_progressupdate_week"))
    page.click("button[data-copy]")
    page.wait_for_selector("text=已复制，可以粘贴到微信。")
    assert "铺好一半" in page.evaluate("navigator.clipboard.readText()")
    without = open_page(java_script_enabled=False, storage_state=page.context.storage_state())
    without.goto(live_server.url + reverse("admin:projects_progressupdate_week"))
    assert "铺好一半" in without.input_value("#week")
    assert not without.locator("button[data-copy]").is_visible()


def test_no_barrier_and_no_fault(live_server, watched, superuser, leader, clerk, late):
    base, name = live_server.url, "admin:projects_supervisionnotice"
    notice = SupervisionNotice.issue(late, "urge", "overdue", "k", "请办。")
    notice.answer(clerk, "下周办。")
    opened = SupervisionNotice.issue(late, "order", "manual", "m", "请办。", by=leader)
    Instruction.write(late, "抓紧办。", leader, notice)
    LightOverride.decide(late, "yellow", "已与供电部门约好。", superuser)
    tell([superuser], "a", "一条消息", "内容", reverse("admin:index"))
    late.lead_department.clerks.add(superuser)
    addresses = [
        *(reverse(f"{name}_desk") + f"?list={each}" for each in ("late", "soon", "stale", "missing")),
        reverse(f"{name}_changelist"), notice.get_absolute_url(), opened.get_absolute_url(),
        *(reverse(f"{name}_{verb}", args=[late.pk]) for verb in ("issue", "instruct", "light")),
        reverse("admin:inbox"), reverse("admin:projects_progressupdate_week"),
        reverse("admin:projects_project_changelist"), reverse("admin:projects_project_change", args=[late.pk]),
    ]
    page = watched(base + reverse("admin:login"), width=390)
    sign_in(page, base, superuser)
    wrong = {}
    for address in addresses:
        page.wait_for_timeout(100)
        page.faults.clear()
        page.goto(base + address)
        wrong[address] = [*page.faults, *barriers(page)]
    assert {address: found for address, found in wrong.items() if found} == {}
