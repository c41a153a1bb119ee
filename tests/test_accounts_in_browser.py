"""The account pages in a real Chromium: the way in with a one-time password, and no barrier on any of them."""
import io

import openpyxl
import pytest
from django.urls import reverse

from guicheng.accounts.models import User
from tests import factories
from tests.browser import barriers, sideways, sign_in
from tests.guicheng.test_two_factor import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = "自己的-口令-2026"


def test_the_first_sign_in(live_server, settings, open_page):
    """One-time password, a password of one's own, the second factor, inside; and the second time with a code."""
    settings.REQUIRE_TOTP = "roles"
    user = factories.make_user("newcomer", name="新来的", roles=["审核员"])
    password = user.give_one_time_password()
    base, page = live_server.url, open_page()
    faults = []
    page.on("console", lambda message: faults.append(message.text) if "Security Policy" in message.text else None)
    page.goto(base + reverse("admin:login"))
    page.fill("input[name=username]", "newcomer")
    page.fill("input[name=password]", password)
    page.click("[type=submit]")
    assert "你用的是一次性口令" in page.inner_text("main")
    for name, value in (("old_password", password), ("new_password1", OWN), ("new_password2", OWN)):
        page.fill(f"[name={name}]", value)
    assert faults == []  # before axe, which sets inline styles
    assert barriers(page) == [], "own-password"
    page.click("input[value=改好口令]")

    assert page.locator("img.qr").evaluate("each => each.complete && each.naturalWidth > 100")
    secret = page.inner_text(".secret").replace(" ", "")
    from base64 import b32decode

    from django_otp.plugins.otp_totp.models import TOTPDevice
    device = TOTPDevice(key=b32decode(secret).hex())
    assert barriers(page) == [], "set-up"
    page.fill("[name=code]", code_of(device))
    page.click("input[value=开通]")
    assert page.locator(".codes li").count() == 10
    recovery = page.inner_text(".codes li >> nth=0")
    assert barriers(page) == [], "recovery-codes"
    page.click("text=收好了，开始工作")
    assert "没有要办的" in page.inner_text("main")

    again = open_page()
    again.goto(base + reverse("admin:projects_project_changelist"))
    again.fill("input[name=username]", "newcomer")
    again.fill("input[name=password]", OWN)
    again.click("[type=submit]")
    assert barriers(again) == [], "ask-code"
    again.fill("[name=code]", recovery)
    again.keyboard.press("Enter")
    again.wait_for_url("**" + reverse("admin:projects_project_changelist"))

    page.goto(base + reverse("admin:index"))
    assert "这个账号刚在别处登录" in page.inner_text(".messagelist")
    assert barriers(page) == [], "superseded"


def test_the_pages_of_accounts_and_logs_have_no_barrier(live_server, open_page, superuser, clerk, office):
    base, page = live_server.url, open_page()
    sign_in(page, base, superuser)
    factories.make_user("waiting", name="等授权的", wanted_role="审核员", wanted_established=True, is_staff=True)
    for name, address in {
        "list": reverse("admin:guicheng_user_changelist"), "add": reverse("admin:guicheng_user_add"),
        "change": reverse("admin:guicheng_user_change", args=[clerk.pk]),
        "reset": reverse("admin:auth_user_password_change", args=[clerk.pk]),
        "leave": reverse("admin:guicheng_user_leave", args=[clerk.pk]),
        "units": reverse("admin:guicheng_user_units", args=[clerk.pk]),
        "import": reverse("admin:guicheng_user_import"),
        "access-log": reverse("admin:guicheng_accessevent_changelist"),
        "operation-log": reverse("admin:admin_logentry_changelist"), "index": reverse("admin:index"),
    }.items():
        page.goto(base + address)
        assert barriers(page) == [], name

    page.goto(base + reverse("admin:guicheng_user_leave", args=[clerk.pk]))
    page.click("input[value='下一步：核对']")
    assert barriers(page) == [], "leave-preview"


def test_a_list_becomes_accounts_without_javascript(live_server, open_page, superuser, office):
    base, page = live_server.url, open_page(java_script_enabled=False)
    sign_in(page, base, superuser)
    page.goto(base + reverse("admin:guicheng_user_changelist"))
    page.click("text=从 Excel 建账号")
    book, file = openpyxl.Workbook(), io.BytesIO()
    rows = [["姓名", "单位", "经办或审核", "在编"], ["张三", "城建办", "经办", "是"], ["李四", "没有这个办", "", ""]]
    for row in rows:
        book.active.append(row)
    book.save(file)
    page.set_input_files("[name=file]", {"name": "名单.xlsx", "mimeType": "application/zip", "buffer": file.getvalue()})
    page.click("input[type=submit]")
    assert "没有找到单位" in page.inner_text("main")
    book.active.delete_rows(3)
    file = io.BytesIO()
    book.save(file)
    page.click("text=重新选文件")
    page.set_input_files("[name=file]", {"name": "名单.xlsx", "mimeType": "application/zip", "buffer": file.getvalue()})
    page.click("input[type=submit]")
    page.click("input[value='建立 1 个账号']")
    password = page.inner_text(".passwords code")
    assert User.objects.get(username="zhangsan").check_password(password)
    with page.expect_download() as download:
        page.click("text=下载口令单")
    with open(download.value.path(), encoding="utf-8-sig") as sheet:
        assert password in sheet.read()
    assert sideways(page) <= 0
