"""The portal as people use it, in a real Chromium: three jobs, no barrier, nothing from another host."""
import gzip
import io
import re

import openpyxl
import pytest
from django.contrib import admin
from django.urls import reverse

from guicheng.review.checked import TICKS
from projects.models import Project
from tests import factories
from tests.browser import barriers, sideways, sign_in, violations
from tests.matrix.table import SUPER
from tests.matrix.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/", "/lists/", "/lists/2021-key/", "/lists/2021-key/promises/", "/lists/2023-730/", "/lists/2021-micro/",
          "/projects/", "/projects/?q=没有这个", "/projects/?list=nope", "/projects/kp03/", "/projects/op02/",
          "/communities/", "/communities/guinan/", "/communities/tongxin/", "/secretary-projects/", "/party/",
          "/party/figures/", "/party/figures/members/", "/party/730/", "/party/organisations/", "/party/stories/",
          "/party/stories/goal/", "/venues/",
          "/reports/", "/reports/2021Q4/", "/reports/2021Q5/", "/lists/2021-key/?asof=2021-06-30",
          "/projects/?asof=2021-06-30", "/projects/?asof=2999-01-01", "/reports/compare/",
          "/reports/compare/?a=2021Q2&b=2021Q4", "/sources/", "/about/", "/nowhere/",
          "/needs/new/", "/needs/new/complaint/", "/needs/new/mistake/?page=/projects/", "/needs/find/"]


@pytest.fixture
def base(live_server, facts):
    return live_server.url


def approve(page, base, person):
    """Take the next step of the first statement in this person's queue, from the first page."""
    sign_in(page, base, person)
    if page.is_visible(".queue summary:has-text('终审')"):
        page.click(".queue summary:has-text('终审')")
        for name in TICKS:
            page.check(f".queue [name={name}]")
        page.check(".queue [name=openness][value=open]")
    page.click(".queue button[value=approve]")
    return page.inner_text(".messagelist")


def test_a_clerk_records_reviewers_publish_a_resident_sees_an_official_downloads(
        base, open_page, street_admin, visitor):
    project = Project.objects.get(code="kp12")
    before = visitor.get("/api/summary/2026Q3/").json()["lists"][0]

    clerk = open_page(width=390)
    sign_in(clerk, base, street_admin)
    clerk.fill("#desk-q", "gyshwhj")
    clerk.press("#desk-q", "Enter")
    clerk.click("#result_list a.record")  # the first click
    clerk.fill("[name=effective_on]", "2026-09-30")
    clerk.select_option("[name=status]", "completed")
    clerk.fill("[name=text]", "文化节已经办完。")
    clerk.click("input[value=提交审核]")  # the second
    assert "申请销号" in clerk.inner_text(".desk-words")  # done without proof: asked once
    clerk.check("[name=words_checked]")
    clerk.click("input[value=提交审核]")
    assert "等待审核" in clerk.inner_text(".messagelist")
    assert sideways(clerk) == 0
    people = [factories.make_user(roles=["业务管理员"], is_established=True) for _ in range(2)]
    assert "初审通过" in approve(open_page(width=390), base, people[0])
    assert "已发布" in approve(open_page(width=390), base, people[1])

    resident = open_page(base + "/", width=390)
    resident.fill("input[name=q]", "文化节")
    resident.press("input[name=q]", "Enter")
    resident.click(f"text={project.name}")
    assert "文化节已经办完。" in resident.inner_text("main")
    assert "已完成" in resident.inner_text("main")

    official = open_page(base + "/reports/2026Q3/")
    done = int(official.text_content("tr[data-list='2021-key'] [data-figure=done]"))  # in the table that is folded
    assert done == before["done"] + 1
    with official.expect_download() as download:
        official.click("text=Excel 工作簿")
    sheet = openpyxl.load_workbook(io.BytesIO(open(download.value.path(), "rb").read()))["总览"]  # noqa: SIM115
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "2021 年首批重点项目")
    assert row[4] == done


def test_public_pages_have_no_barrier_and_ask_no_other_host(base, watched):
    wrong = {}
    page = watched(width=390)
    for address in PUBLIC:
        page.faults.clear()
        page.goto(base + address)
        if found := [*page.faults, *barriers(page, widths=[390], schemes=["light", "dark"])]:
            wrong[address] = found
    assert wrong == {}


def test_axe_does_find_a_barrier(base, open_page):
    """Negative control: a picture without a text is found."""
    page = open_page(base + "/about/")
    page.evaluate("document.querySelector('main').append(new Image(10, 10))")
    assert any(row.startswith("image-alt") for row in violations(page))


def addresses_of(model, row):
    """The pages that every model of the back office has; None for a row leaves those of a row out."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pages = ("change", "history", "delete") if model is Project else ("change",)
    of_row = [reverse(f"{name}_{page}", args=[row.pk]) for page in pages] if row else []
    return [reverse(f"{name}_changelist"), reverse(f"{name}_add"), *of_row]


def test_the_back_office_has_no_barrier(base, watched, superuser):
    world = World()
    project = Project.objects.get(code="kp03")
    row = project.updates.first()
    addresses = [reverse("admin:index"), reverse("admin:projects_progressupdate_record", args=[project.pk]),
                 reverse("admin:projects_progressupdate_correct", args=[row.pk]),
                 reverse("admin:projects_progressupdate_withdraw", args=[row.pk])]
    addresses += [address for model in admin.site._registry
                  for address in addresses_of(model, world.row(model._meta.label_lower, "own", SUPER))]
    page = watched(base + reverse("admin:login"), width=390)
    wrong, opened = {"login": barriers(page, widths=[390])}, 0
    sign_in(page, base, superuser)
    for address in addresses:
        page.wait_for_timeout(50)
        page.faults.clear()
        if page.goto(base + address).status == 200:  # some are added or changed by no form: 403
            opened += 1
            wrong[address] = [*page.faults, *barriers(page, widths=[390])]
    assert {address: found for address, found in wrong.items() if found} == {}
    assert opened > 2.4 * len(admin.site._registry)


def test_without_javascript_everything_is_there(base, open_page):
    page = open_page(base + "/projects/", java_script_enabled=False)
    page.click(".facet a[href*='list=2023-730']")
    assert "list=2023-730" in page.url and "30" in page.inner_text("[role=status]")
    page.click("a[rel=next]")
    assert page.locator(".moves > li").count() == 10


def test_by_keyboard_alone(base, open_page):
    page = open_page(base + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "2021 年首批重点项目"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("校车")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=**")
    assert "共享校车" in page.inner_text("main")


def test_the_first_view_is_light(base, open_page):
    """At most 40 KB over the wire, everything included, packed as nginx packs it."""
    answers = []
    page = open_page()
    page.on("response", lambda answer: answers.append(answer))
    page.goto(base + "/", wait_until="networkidle")
    assert len(answers) >= 4
    packed = sum(len(gzip.compress(answer.body())) for answer in answers)
    assert packed + sum(answer.request.sizes()["responseHeadersSize"] for answer in answers) <= 40 * 1024


def test_at_double_size_nothing_is_cut(base, watched):
    for address in ("/", "/projects/", "/projects/kp03/", "/reports/2021Q4/"):
        page = watched(base + address, width=640, height=450, device_scale_factor=2)
        assert sideways(page) == 0, address
        assert re.search("桂城", page.inner_text("header"))
