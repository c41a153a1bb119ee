"""Accounts, and what a person does with their own."""
from django.conf import settings
from django.core import signing
from django_otp.oath import TOTP

from guicheng.accounts import second_factor
from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.models import AccessEvent, User
from guicheng.accounts.provider import COOKIE, SALT
from guicheng.notices.inbox import InboxMessage
from guicheng.office.saved_filters import SavedFilter
from projects.models import (
    ProgressUpdate,
    Project,
    ReviewStep,
)
from tests import factories
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


def of_account(scene, verb, account, **values):
    keeper = scene.superuser()
    return Page(keeper, url(verb, account.pk)).fill(**values)


@pair("guicheng_user_add")
def two_people_make_one_account(scene):
    name = f"new{scene.number}"
    first, second = (Page(scene.superuser(), url("guicheng_user_add")).fill(username=[name], name=["新来的"])
                     for _ in range(2))
    return first.send, second.send, lambda: {"账号": (User.objects.filter(username=name).count(), 1)}


@pair("guicheng_user_import")
def two_clicks_on_make_accounts(scene):
    from tests.guicheng.test_account_import import upload
    from tests.guicheng.test_account_import import workbook as people

    name = f"many{scene.number}"
    page = Page(scene.superuser(), url("guicheng_user_import"))
    page.data = upload(people([["张三", name, "", "", "", "", "否"]]))
    page.only(rows=page.send().context["sealed"])
    return page.send, page.send, lambda: {
        "账号": (User.objects.filter(username=name).count(), 1),
        "日志": (AccessEvent.objects.filter(kind="made", account__username=name).count(), 1)}


@pair("auth_user_password_change")
def two_clicks_on_reset(scene):
    page = of_account(scene, "auth_user_password_change", scene.clerk)
    logged = AccessEvent.objects.filter(kind="password_reset", account=scene.clerk)
    return page.send, page.send, lambda: {"重置": (logged.count(), 1)}


@pair("guicheng_user_enable")
def two_clicks_on_enable(scene):
    scene.clerk.disable()
    page = of_account(scene, "guicheng_user_enable", scene.clerk)
    logged = AccessEvent.objects.filter(kind="enabled", account=scene.clerk)
    return page.send, page.send, lambda: {"启用": (logged.count(), 1)}


@pair("guicheng_user_second_factor")
def two_clicks_on_reset_the_factor(scene):
    page = of_account(scene, "guicheng_user_second_factor", scene.clerk)
    logged = AccessEvent.objects.filter(kind="second_factor_reset", account=scene.clerk)
    return page.send, page.send, lambda: {"重置": (logged.count(), 1)}


@pair("guicheng_user_roles")
def two_give_what_waited(scene):
    User.objects.filter(pk=scene.clerk.pk).update(waiting_roles="业务管理员")
    first, second = (of_account(scene, "guicheng_user_roles", scene.clerk) for _ in range(2))
    return first.send, second.send, lambda: {
        "角色": (scene.clerk.groups.filter(name="业务管理员").count(), 1),
        "日志": (AccessEvent.objects.filter(kind="roles_changed", account=scene.clerk).count(), 1)}


@pair("guicheng_user_identity")
def two_unbind_one_account(scene):
    BoundIdentity.bind(scene.clerk, "https://id.example.gov.cn", f"sub{scene.number}")
    first, second = (of_account(scene, "guicheng_user_identity", scene.clerk) for _ in range(2))
    return first.send, second.send, lambda: {
        "绑定": (BoundIdentity.objects.filter(account=scene.clerk).count(), 0),
        "日志": (AccessEvent.objects.filter(kind="identity_unbound", account=scene.clerk).count(), 1)}


def proven(scene, person):
    """The page on which this person, who proved an identity elsewhere and signed in, says that both are theirs."""
    known = {"issuer": settings.OIDC_ISSUER, "sub": f"sub{scene.number}", "next": url("index"), "at": 0}
    page = Page(person, url("index"))
    page.browser.cookies[COOKIE] = signing.dumps({"proven": known}, salt=SALT, compress=True)
    return Page(page, url("provider_bind"))


@pair("provider_bind")
def two_clicks_on_bind(scene):
    page = proven(scene, scene.clerk)
    return page.send, page.send, lambda: {
        "绑定": (BoundIdentity.objects.filter(account=scene.clerk).count(), 1)}


@pair("provider_bind")
def two_accounts_for_one_identity(scene):
    first, second = (proven(scene, scene.person("部门经办人")) for _ in range(2))
    return first.send, second.send, lambda: {
        "绑定": (BoundIdentity.objects.filter(sub=f"sub{scene.number}").count(), 1)}


@pair("guicheng_user_leave")
def two_close_one_account(scene):
    scene.draft()
    heirs = [scene.person("部门经办人") for _ in range(2)]
    scene.office.clerks.add(*heirs)
    first, second = (of_account(scene, "guicheng_user_leave", scene.clerk, successor=[heir.pk], confirm=["1"])
                     for heir in heirs)
    return first.send, second.send, lambda: {
        "停用": (AccessEvent.objects.filter(kind="disabled", account=scene.clerk).count(), 1),
        "移交": (ReviewStep.objects.filter(update__project__lead_department=scene.office,
                                         verb="handed_over").count(), 1)}


@pair("guicheng_user_units")
def two_clicks_on_a_unit(scene):
    other = factories.make_department()
    page = of_account(scene, "guicheng_user_units", scene.clerk).only(
        add="1", unit=f"department:{other.pk}", part="clerks")
    logged = AccessEvent.objects.filter(kind="units_changed", account=scene.clerk)
    return page.send, page.send, lambda: {"加入": (logged.count(), 1), "成员": (other.clerks.count(), 1)}


@pair("guicheng_user_changelist")
def two_give_what_was_asked(scene):
    User.objects.filter(pk=scene.clerk.pk).update(wanted_role="审核员")
    first, second = (Page(scene.superuser(), url("guicheng_user_changelist")).only(
        action="give_what_was_asked", _selected_action=scene.clerk.pk) for _ in range(2))
    logged = AccessEvent.objects.filter(kind="roles_changed", account=scene.clerk)
    return first.send, second.send, lambda: {"授予": (logged.count(), 1)}


@pair("password_change")
def two_clicks_on_ones_own_password(scene):
    new = "另一个测试口令-2099-Ab"
    page = Page(scene.clerk, url("password_change")).fill(
        old_password=[factories.PASSWORD], new_password1=[new], new_password2=[new])
    logged = AccessEvent.objects.filter(kind="password_changed", account=scene.clerk)
    return page.send, page.send, lambda: {
        "改口令": (logged.count(), 1), "新口令": (User.objects.get(pk=scene.clerk.pk).check_password(new), True)}


def code_of(device, steps=0):
    return f"{TOTP(device.bin_key, t0=-30 * steps).token():06d}"


@pair("second_factor_set_up")
def two_clicks_on_set_up(scene):
    page = Page(scene.clerk, url("second_factor_set_up"))
    secret = page.data["secret"]
    page.fill(code=[code_of(second_factor.unsealed(scene.clerk, secret))])
    return page.send, page.send, lambda: {
        "手机": (scene.clerk.totpdevice_set.count(), 1),
        "恢复码": (scene.clerk.staticdevice_set.get().token_set.count(), 10)}


def equipped(scene):
    """The clerk with a second factor, signed in up to the question for a code."""
    device = second_factor.unsealed(scene.clerk, second_factor.new_secret(scene.clerk))
    codes = second_factor.set_up(scene.clerk, device, code_of(device))
    scene.clerk.refresh_from_db()
    return device, codes


@pair("second_factor")
def one_recovery_code_twice(scene):
    _, codes = equipped(scene)
    page = Page(scene.clerk, url("second_factor")).fill(code=[codes[0]])
    left = scene.clerk.staticdevice_set.get().token_set
    return page.send, page.send, lambda: {"用掉的恢复码": (left.count(), 9)}


@pair("recovery_codes")
def two_clicks_on_new_codes(scene):
    _, codes = equipped(scene)
    page = Page(scene.clerk, url("second_factor")).fill(code=[codes[0]])
    page.browser.post(page.address, {"code": codes[0], "csrfmiddlewaretoken": page.token})
    page.address = url("recovery_codes")
    logged = AccessEvent.objects.filter(kind="second_factor_set", account=scene.clerk)
    return page.only().send, page.send, lambda: {
        "换码": (logged.count(), 1), "恢复码": (scene.clerk.staticdevice_set.get().token_set.count(), 10)}


@pair("guicheng_user_sheet")
def two_clicks_on_the_sheet(scene):
    page = Page(scene.superuser(), url("guicheng_user_changelist"), url("guicheng_user_sheet")).only(sheet="none")
    return page.send, page.send, dict


@pair("projects_progressupdate_add")
def two_clicks_on_the_stock_address(scene):
    page = Page(scene.clerk, url("index"), url("projects_progressupdate_add")).only()
    return page.send, page.send, lambda: {"进展": (ProgressUpdate.objects.filter(author=scene.clerk).count(), 0)}


@pair("inbox_read")
def two_clicks_on_read(scene):
    message = InboxMessage.objects.create(recipient=scene.clerk, cause_key=f"pair:{scene.number}", title="一条消息")
    page = Page(scene.clerk, url("inbox"), url("inbox_read", message.pk)).only()
    return page.send, page.send, lambda: {"没读的": (InboxMessage.objects.visible_to(scene.clerk).unread().count(), 0)}


@pair("inbox_read_all")
def two_clicks_on_read_all(scene):
    InboxMessage.objects.create(recipient=scene.clerk, cause_key=f"pair:{scene.number}", title="一条消息")
    page = Page(scene.clerk, url("inbox"), url("inbox_read_all")).only()
    return page.send, page.send, lambda: {"没读的": (InboxMessage.objects.visible_to(scene.clerk).unread().count(), 0)}


@pair("saved_filter_keep")
def two_clicks_on_keep_a_filter(scene):
    page = Page(scene.clerk, url("inbox"), url("saved_filter_keep")).only(
        list="projects.project", name="推进中的", query="status__exact=in_progress")
    return page.send, page.send, lambda: {"存下": (scene.clerk.saved_filters.count(), 1)}


@pair("saved_filter_drop")
def two_clicks_on_drop_a_filter(scene):
    row = SavedFilter.keep(scene.clerk, Project._meta, "推进中的", "status__exact=in_progress")
    page = Page(scene.clerk, url("inbox"), url("saved_filter_drop", row.pk)).only()
    return page.send, page.send, lambda: {"存着": (scene.clerk.saved_filters.count(), 0)}


@pair("login")
def two_clicks_on_sign_in(scene):
    page = Page(None, url("login")).only(
        username=scene.clerk.username, password=factories.PASSWORD, next="/admin/")
    logged = AccessEvent.objects.filter(kind="signed_in", account=scene.clerk)
    return page.send, page.send, lambda: {"登录": (logged.count() >= 1, True)}


@pair("index")
def two_posts_to_the_first_page(scene):
    page = Page(scene.clerk, url("index")).only()
    return page.send, page.send, dict


@pair("logout")
def two_clicks_on_sign_out(scene):
    page = Page(scene.clerk, url("index"), url("logout")).only()
    logged = AccessEvent.objects.filter(kind="signed_out", account=scene.clerk)
    return page.send, page.send, lambda: {"退出": (logged.count() <= 2, True)}
