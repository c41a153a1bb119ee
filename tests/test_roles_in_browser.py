"""Four people at their own first page, in a real Chromium: a clerk on a phone, a reviewer, a leader, an auditor."""
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import Instruction, ProgressUpdate, SupervisionNotice
from tests import factories
from tests.browser import sideways, sign_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(page):
    """No barrier and no sideways scrolling on the page as it stands."""
    assert sideways(page) == 0, page.url
    assert violations(page) == [], page.url


@pytest.fixture
def base(live_server):
    return live_server.url


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


@pytest.fixture
def late(project):
    today = timezone.localdate()
    project.community = factories.make_community(name="桂南")
    project.planned_start, project.planned_end = today - timedelta(days=200), today - timedelta(days=9)
    project.save()
    factories.make_update(project, effective_on=today - timedelta(days=5), status="in_progress", percent=60,
                          problem="管线没有迁走。", coordination="供电部门", next_step="先做北段。")
    project.refresh_from_db()
    return project


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_clerk_on_a_phone(base, open_page, clerk, leader, late, scheme):
    SupervisionNotice.issue(late, "urge", "manual", "k", "请说明。", by=leader)
    page = open_page(width=390, color_scheme=scheme)
    sign_in(page, base, clerk)
    content = page.inner_text("#content")
    assert "已晚 9 天" in content and "去签收" in content
    sound(page)
    page.click(f"a[aria-label='填报进展：{late.name}'] >> nth=0")
    page.fill("[name=percent]", "80")
    page.fill("[name=text]", "北段已经做完。")
    page.click("input[value=提交审核]")
    assert "等待审核" in page.inner_text(".messagelist")
    page.goto(base + reverse("admin:index"))
    assert "我填报的，待审核（1）" in page.inner_text("#content")
    page.click(".desk-lights a")
    assert late.name in page.inner_text("#result_list") and sideways(page) == 0


def test_a_first_page_at_twice_the_size_does_not_scroll_sideways(base, open_page, clerk, leader, late):
    """A phone of 390 px at 200 %: 195 px of width. The search and the tiles, two of them, give way."""
    factories.make_project(late.project_list, lead_department=late.lead_department)
    SupervisionNotice.issue(late, "urge", "manual", "k", "请说明。", by=leader)
    for person in (clerk, leader):
        page = open_page(width=195)
        sign_in(page, base, person)
        assert page.locator(".desk-lights li").count() == 2
        assert sideways(page) == 0, person


def test_the_search_has_a_key(base, open_page, clerk, project):
    page = open_page()
    sign_in(page, base, clerk)
    page.wait_for_load_state()  # the key's script is deferred
    page.evaluate("document.activeElement.blur()")  # the cursor stands in the form for a statement, where / is a sign
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "desk-q"
    page.keyboard.type("byd/")
    assert page.input_value("#desk-q") == "byd/"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "desk-q"
    page.fill("#desk-q", "bydgy")
    page.press("#desk-q", "Enter")
    assert project.name in page.inner_text("#result_list")
    page.wait_for_load_state()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "searchbar"
    page.fill("#searchbar", "公园")
    page.press("#searchbar", "Enter")
    assert project.name in page.inner_text("#result_list")


def test_a_reviewer_approves_one_and_returns_one_in_place(base, open_page, clerk, reviewer, project):
    rows = [factories.make_update(project, published=False, text=text) for text in ("铺好一半。", "快好了。")]
    for row in rows:
        row.submit(clerk)
    page = open_page()
    sign_in(page, base, reviewer)
    assert "等我审核（2）" in page.inner_text("#content") and "今天交来" in page.inner_text("#content")
    page.click(".queue summary >> nth=0")
    sound(page)
    page.click(".queue summary >> nth=0")
    page.click(".queue:has-text('铺好一半') button[value=approve]")
    assert "初审通过" in page.inner_text(".messagelist")
    assert "等我审核（1）" in page.inner_text("#content")
    page.click(".queue:has-text('快好了') summary")
    page.fill(".queue:has-text('快好了') textarea", "请写明完成的数量。")
    page.click(".queue:has-text('快好了') button[value=return]")
    assert "没有等你审核的进展" in page.inner_text("#content")
    assert [ProgressUpdate.objects.get(pk=row.pk).state for row in rows] == ["checked", "returned"]
    sound(page)


def test_a_leader_from_the_chart_to_the_project(base, open_page, leader, late):
    page = open_page()
    sign_in(page, base, leader)
    sound(page)
    page.click("#chart-community a.desk-bar:has-text('桂南')")
    page.wait_for_selector("#result_list")
    assert page.locator("#result_list tbody tr").count() == 1
    sound(page)
    page.click(f"#result_list a:has-text('{late.name}')")
    assert "红灯·逾期" in page.inner_text(".desk-panel")
    page.goto(base + reverse("admin:index"))
    row = page.inner_text(".desk-late tbody tr")
    for word in (late.name, "9 天", "管线没有迁走。", "供电部门", "先做北段。"):
        assert word in row
    page.click(f"a[aria-label='写批示：{late.name}']")
    page.fill("[name=text]", "请供电部门本周到场。")
    page.click("input[value=写下批示]")
    assert Instruction.objects.get().by == leader
    page.goto(base + reverse("admin:index"))
    assert "请供电部门本周到场。" in page.inner_text(".desk-late")
    page.set_viewport_size({"width": 390, "height": 800})
    sound(page)


def test_an_auditor_filters_and_downloads(base, open_page, street_admin, late):
    auditor = factories.make_user("auditor", name="审计员", roles=["安全审计员"])
    admin = open_page()
    sign_in(admin, base, street_admin)
    admin.goto(base + reverse("admin:projects_project_change", args=[late.pk]))
    admin.fill("[name=place]", "半月岛北侧")
    admin.click("[name=_save]")
    page = open_page(width=390)
    sign_in(page, base, auditor)
    sound(page)
    page.click("#content a:has-text('审计记录')")
    assert "半月岛北侧" in page.inner_text("#content")
    sound(page)
    page.fill(".audit-filter [name=text]", "半月岛")
    page.click(".audit-filter button")
    page.wait_for_url("**text=*")
    assert late.name in page.inner_text("#content")
    with page.expect_download() as download:
        page.click("a:has-text('下载')")
    assert "半月岛北侧" in open(download.value.path(), encoding="utf-8-sig").read()  # noqa: SIM115
