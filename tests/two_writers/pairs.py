"""A pair for every POST of the back office: what two writers send, and what must be true afterwards.

Each function makes its rows in a `Scene` and gives (first click, second click, {what: (is, should be)} to be asked
afterwards). `PAIRS` knows it by the name of the route in docs/posts.md.
"""
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.urls import reverse
from django_otp.oath import TOTP

from guicheng import second_factor
from guicheng.inbox import InboxMessage
from guicheng.models import AccessEvent, User
from projects import bulk_change, export_files
from projects.models import (
    BulkChange,
    ExportFile,
    Fact,
    ImportBatch,
    Instruction,
    Photo,
    ProgressUpdate,
    Project,
    QuarterClose,
    QuarterReopening,
    QuarterReport,
    QuarterSigning,
    ReviewStep,
    Source,
    SupervisionNotice,
)
from tests import factories, pictures
from tests.projects.office_lists import HEAD, workbook
from tests.two_writers.scene import Page

PAIRS = {}


def pair(route):
    def add(make):
        PAIRS.setdefault(route, []).append(make)
        return make

    return add


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


# --- statements -----------------------------------------------------------------------------------
TYPED = {"effective_on": ["2021-10-08"], "text": ["道路已铺好一半。"], "status": ["in_progress"]}


@pair("projects_progressupdate_record")
def two_clicks_on_record(scene):
    project = scene.project()
    page = Page(scene.clerk, url("projects_progressupdate_record", project.pk)).fill(**TYPED)
    return page.send, page.send, lambda: {"进展": (project.updates.count(), 1)}


@pair("projects_progressupdate_record")
def one_statement_from_two_tabs(scene):
    project = scene.project()
    first, second = (Page(scene.clerk, url("projects_progressupdate_record", project.pk)).fill(**TYPED)
                     for _ in range(2))
    return first.send, second.send, lambda: {"进展": (project.updates.count(), 1)}


@pair("projects_progressupdate_postpone")
def two_clicks_on_postpone(scene):
    project = scene.project(planned_end="2021-12-31")
    page = Page(scene.clerk, url("projects_progressupdate_postpone", project.pk)).fill(
        effective_on=["2021-10-08"], postponed_to=[scene.soon()], reason=["连日下雨。"])
    return page.send, page.send, lambda: {"延期": (project.updates.count(), 1)}


@pair("projects_progressupdate_close")
def two_clicks_on_close(scene):
    project = scene.project()
    page = Page(scene.clerk, url("projects_progressupdate_close", project.pk)).fill(
        effective_on=["2021-10-08"], status=["completed"], proof=["验收合格。"])
    return page.send, page.send, lambda: {"销号": (project.updates.count(), 1)}


@pair("projects_progressupdate_correct")
def two_clicks_on_correct(scene):
    update = factories.make_update(scene.project())
    page = Page(scene.clerk, url("projects_progressupdate_correct", update.pk)).fill(reason=["数字看错了。"])
    return page.send, page.send, lambda: {"更正": (update.amended_by.count(), 1)}


@pair("projects_progressupdate_withdraw")
def two_clicks_on_withdraw(scene):
    update = factories.make_update(scene.project())
    page = Page(scene.clerk, url("projects_progressupdate_withdraw", update.pk)).fill(reason=["发错了项目。"])
    return page.send, page.send, lambda: {"撤回": (update.amended_by.count(), 1)}


@pair("projects_progressupdate_change")
def two_clicks_on_submit(scene):
    update = scene.draft()
    page = Page(scene.clerk, url("projects_progressupdate_change", update.pk))
    return page.send, page.send, lambda: {"提交": (update.steps.filter(verb="submitted").count(), 1)}


@pair("projects_progressupdate_change")
def submit_beside_drop(scene):
    update = scene.draft()
    first, second = (Page(scene.clerk, url("projects_progressupdate_change", update.pk)) for _ in range(2))
    return first.send, second.fill(drop=["1"]).send, lambda: {
        "状态与最后一步": (ProgressUpdate.objects.get(pk=update.pk).state, update.steps.in_order().last().verb)}


@pair("projects_progressupdate_decide")
def approval_beside_return(scene):
    update = scene.draft(submitted=True)
    page = url("projects_progressupdate_change", update.pk)
    at = url("projects_progressupdate_decide", update.pk)
    first = Page(scene.reviewer, page, at).only(version=update.version, decision="approve")
    second = Page(scene.senior, page, at).only(version=update.version, decision="return", reason="写清楚些。")
    return first.send, second.send, lambda: {"审核": (update.steps.exclude(verb="submitted").count(), 1)}


@pair("projects_progressupdate_decide")
def two_clicks_on_publish(scene):
    update = scene.draft(submitted=True)
    update.approve(scene.reviewer)
    page = Page(scene.senior, url("projects_progressupdate_change", update.pk),
                url("projects_progressupdate_decide", update.pk)).only(version=update.version, decision="approve")
    return page.send, page.send, lambda: {"发布": (update.steps.filter(verb="published").count(), 1)}


@pair("projects_progressupdate_photos")
def two_clicks_on_upload(scene):
    update = scene.draft()
    page = Page(scene.clerk, url("projects_progressupdate_photos", update.pk)).only(**{
        "media-photos": lambda: pictures.jpeg(300, 200), "media-people_agreed": "on", "media-alt": "新铺的步道"})
    return page.send, page.send, lambda: {"照片": (Photo.objects.filter(update=update).count(), 1)}


@pair("projects_progressupdate_changelist")
def two_clicks_on_approve_selected(scene):
    update = scene.draft(submitted=True)
    page = Page(scene.reviewer, url("projects_progressupdate_changelist") + f"?project__id__exact={update.project_id}")
    page.only(action="approve_selected", _selected_action=update.pk, seen=page.seen[1].decode())
    return page.send, page.send, lambda: {"初审": (update.steps.filter(verb="checked").count(), 1)}


@pair("projects_progressupdate_delete")
def two_clicks_on_delete_a_draft(scene):
    update = scene.draft()
    page = Page(scene.clerk, url("projects_progressupdate_delete", update.pk))
    return page.send, page.send, lambda: {"草稿": (ProgressUpdate.objects.filter(pk=update.pk).count(), 0)}


# --- many at once ---------------------------------------------------------------------------------
@pair("projects_project_bulk")
def two_clicks_on_bulk(scene):
    project, address = scene.project(), url("projects_project_bulk")
    typed = {"kind": "status", "effective_on": "2021-10-08", "status": "in_progress", "reason": "开工了。",
             "_selected_action": project.pk}
    page = Page(scene.clerk, url("projects_project_changelist"), address).only(**typed)
    seal = page.send().context["seal"]
    page.only(**typed, seal=seal, confirm="1")
    return page.send, page.send, lambda: {
        "批量修改": (BulkChange.objects.filter(by=scene.clerk).count(), 1), "进展": (project.updates.count(), 1)}


@pair("projects_bulkchange_undo")
def two_clicks_on_undo_a_bulk_change(scene):
    rows = bulk_change.preview([scene.project()], "status", {
        "effective_on": "2021-10-08", "status": "in_progress", "reason": "开工了。"}, scene.clerk)
    change = bulk_change.apply(rows, "status", "开工了。", scene.clerk)
    page = Page(scene.clerk, url("projects_bulkchange_change", change.pk), url("projects_bulkchange_undo", change.pk))
    return page.only().send, page.send, lambda: {
        "撤销": (ReviewStep.objects.filter(update__in=change.updates.all(), verb="dropped").count(), 1)}


@pair("projects_project_changelist")
def publishing_beside_hiding(scene):
    project = scene.project(is_published=False)
    keeper = scene.person("业务管理员", is_established=True)
    first = Page(scene.senior, url("projects_project_changelist"))
    first.only(action="publish_selected", _selected_action=project.pk, seen=first.seen[1].decode())
    second = Page(keeper, url("projects_project_changelist")).only(action="hide_selected", _selected_action=project.pk)
    return first.send, second.send, lambda: {"公开人": (
        Project.objects.get(pk=project.pk).published_by_id is not None,
        Project.objects.get(pk=project.pk).is_published)}


# --- import and export ------------------------------------------------------------------------------
def of_batch(scene, batch, verb, page="change"):
    return Page(scene.clerk, url(f"projects_importbatch_{page}", batch.pk),
                url(f"projects_importbatch_{verb}", batch.pk))


def is_whole(batch):
    """An import that says it is done has written all, any other nothing."""
    now = ImportBatch.objects.get(pk=batch.pk)
    written = batch.rows.filter(project__isnull=False).count() if batch.rows.exists() else Project.objects.filter(
        project_list=batch.project_list).count()
    return {"写入的行": (written, 3 if now.state == "confirmed" else 0), "没有办完的": (now.job, "")}


@pair("projects_importbatch_add")
def two_clicks_on_upload_a_list(scene):
    content = workbook([HEAD, [1, f"第 {scene.number} 处", scene.office.name, "", "已进场。"]]).read()
    page = Page(scene.clerk, url("projects_importbatch_add")).only(
        file=lambda: pictures.upload(content, "清单.xlsx"), project_list=scene.list.pk, effective_on="2021-09-30")
    return page.send, page.send, lambda: {"上传": (ImportBatch.objects.filter(uploader=scene.clerk).count(), 1)}


@pair("projects_importbatch_confirm")
def two_clicks_on_confirm(scene):
    batch = scene.batch()
    page = of_batch(scene, batch, "confirm").only()
    return page.send, page.send, lambda: {
        **is_whole(batch), "项目": (scene.list.projects.count(), 3),
        "日志": (LogEntry.objects.filter(object_id=batch.pk, change_message__startswith="导入").count(), 1)}


@pair("projects_importbatch_discard")
def giving_up_beside_confirm(scene):
    batch = scene.batch()
    first, second = of_batch(scene, batch, "discard").only(), of_batch(scene, batch, "confirm").only()
    return first.send, second.send, lambda: is_whole(batch)


@pair("projects_importbatch_columns")
def other_columns_beside_confirm(scene):
    batch = scene.batch()
    first, second = of_batch(scene, batch, "columns", "columns"), of_batch(scene, batch, "confirm").only()
    return first.send, second.send, lambda: is_whole(batch)


@pair("projects_importbatch_departments")
def new_offices_beside_confirm(scene):
    batch = scene.batch()
    ImportBatch.objects.filter(pk=batch.pk).update(unknown_departments=[f"新 {scene.number} 办"])
    scene.clerk.groups.set([factories.Group.objects.get(name="业务管理员")])
    first = of_batch(scene, batch, "departments").only(department=f"新 {scene.number} 办")
    second = of_batch(scene, batch, "confirm").only()
    return first.send, second.send, lambda: is_whole(batch)


@pair("projects_importbatch_undo")
def two_clicks_on_undo_an_import(scene):
    batch = scene.batch(confirmed=True)
    page = of_batch(scene, batch, "undo").only()
    steps = ReviewStep.objects.filter(update__project__project_list=scene.list, verb="dropped")
    return page.send, page.send, lambda: {"撤销的进展": (steps.count(), 3)}


@pair("projects_importbatch_review")
def review_of_a_batch_beside_its_undo(scene):
    batch = scene.batch(confirmed=True)
    review = Page(scene.reviewer, url("projects_importbatch_change", batch.pk),
                  url("projects_importbatch_review", batch.pk)).only(approve="1")
    undo = of_batch(scene, batch, "undo").only()
    states = ProgressUpdate.objects.filter(project__project_list=scene.list).values_list("state", flat=True)

    def after():
        now = ImportBatch.objects.get(pk=batch.pk)
        return {"撤销了就没有在审的": ({"dropped"} if now.state == "undone" else set(states), set(states))}

    return review.send, undo.send, after


@pair("projects_importbatch_work")
def two_take_over_what_nobody_took(scene):
    batch = scene.batch()
    ImportBatch.objects.filter(pk=batch.pk).update(
        job="confirm", job_by=scene.clerk, job_queued_at="2021-01-01T00:00:00Z", job_seen_at=None)
    page = of_batch(scene, batch, "work").only()
    return page.send, page.send, lambda: {**is_whole(batch), "项目": (scene.list.projects.count(), 3)}


@pair("projects_exportfile_add")
def two_clicks_on_export(scene):
    page = Page(scene.clerk, url("projects_exportfile_add")).fill(extension=["csv"])
    return page.send, page.send, lambda: {"导出": (ExportFile.objects.filter(asked_by=scene.clerk).count(), 1)}


@pair("projects_exportfile_work")
def two_take_over_an_export(scene):
    with transaction.atomic():
        file, _ = export_files.ask(scene.clerk, {}, "csv")
    ExportFile.objects.filter(pk=file.pk).update(job_queued_at="2021-01-01T00:00:00Z")
    page = Page(scene.clerk, url("projects_exportfile_change", file.pk), url("projects_exportfile_work", file.pk))

    def after():
        now = ExportFile.objects.get(pk=file.pk)
        return {"办完": (now.state, "finished"), "文件": (export_files.path_of(now).exists(), True)}

    return page.only().send, page.send, after


# --- supervision ------------------------------------------------------------------------------------
@pair("projects_supervisionnotice_issue")
def two_clicks_on_issue(scene):
    project = scene.project()
    page = Page(scene.person("督办员"), url("projects_supervisionnotice_issue", project.pk)).fill(
        text=["请说明为什么停工。"], reply_by=[scene.soon()])
    return page.send, page.send, lambda: {"督办": (project.notices.count(), 1)}


@pair("projects_supervisionnotice_instruct")
def one_instruction_from_two_tabs(scene):
    project, leader = scene.project(), scene.person("领导")
    first, second = (Page(leader, url("projects_supervisionnotice_instruct", project.pk)).fill(text=["抓紧办。"])
                     for _ in range(2))
    return first.send, second.send, lambda: {"批示": (Instruction.objects.filter(project=project).count(), 1)}


@pair("projects_supervisionnotice_light")
def two_clicks_on_a_light(scene):
    project = scene.project()
    page = Page(scene.person("业务管理员"), url("projects_supervisionnotice_light", project.pk)).fill(
        colour=["red"], reason=["停工了。"])
    return page.send, page.send, lambda: {"改灯": (project.light_overrides.count(), 1)}


def notice(scene):
    return SupervisionNotice.issue(scene.project(), "order", "manual", f"pair:{scene.number}", "请说明。",
                                   by=scene.person("督办员"))


@pair("projects_supervisionnotice_receive")
def two_receive(scene):
    row, at = notice(scene), "projects_supervisionnotice_receive"
    first, second = (Page(person, url("projects_supervisionnotice_change", row.pk), url(at, row.pk)).only()
                     for person in (scene.clerk, scene.reviewer))
    logged = LogEntry.objects.filter(object_id=row.pk, change_message__contains="签收")
    return first.send, second.send, lambda: {"签收": (logged.count(), 1)}


@pair("projects_supervisionnotice_reply")
def two_reply(scene):
    row, at = notice(scene), "projects_supervisionnotice_reply"
    first, second = (Page(person, url("projects_supervisionnotice_change", row.pk), url(at, row.pk)).only(text=text)
                     for person, text in ((scene.clerk, "正在办。"), (scene.reviewer, "下周办完。")))
    logged = LogEntry.objects.filter(object_id=row.pk, change_message__contains="已回复")
    return first.send, second.send, lambda: {"回复": (logged.count(), 1)}


@pair("projects_supervisionnotice_close")
def two_close_a_notice(scene):
    row, at = notice(scene), "projects_supervisionnotice_close"
    page = Page(scene.person("督办员"), url("projects_supervisionnotice_change", row.pk), url(at, row.pk)).only(
        reason="已协调。")
    logged = LogEntry.objects.filter(object_id=row.pk, change_message__contains="已办结")
    return page.send, page.send, lambda: {"办结": (logged.count(), 1)}


# --- the quarterly report ---------------------------------------------------------------------------
def of_report(person, report, verb):
    return Page(person, url(f"projects_quarterreport_{verb}", report.pk))


@pair("projects_quarterreport_add")
def two_people_begin_one_report(scene):
    first, second = (Page(scene.person("业务管理员"), url("projects_quarterreport_add")).fill(
        year=["2021"], number=["4"]) for _ in range(2))
    QuarterReport.objects.filter(year=2021, number=4).delete()
    return first.send, second.send, lambda: {"报告": (QuarterReport.objects.filter(year=2021, number=4).count(), 1)}


@pair("projects_quarterreport_close")
def two_close_one_quarter(scene):
    report = scene.report()
    first, second = (of_report(scene.closer, report, "close") for _ in range(2))
    return first.send, second.send, lambda: {"锁定": (QuarterClose.objects.of(report.quarter).count(), 1)}


def closed(scene):
    from projects import quarter_close

    report = scene.report()
    return report, quarter_close.close(report, scene.closer)


@pair("projects_quarterreport_sign")
def two_clicks_on_sign(scene):
    report, close = closed(scene)
    page = of_report(scene.closer, report, "sign").fill(
        document_number=["〔2022〕1 号"], signer=["示例"], signed_on=["2022-01-10"])
    return page.send, page.send, lambda: {"签发": (QuarterSigning.objects.filter(close=close).count(), 1)}


@pair("projects_quarterreport_reopen")
def two_reopen(scene):
    report, close = closed(scene)
    first, second = (of_report(person, report, "reopen").fill(reason=["有一处写错了。"])
                     for person in (scene.closer, scene.secretary))
    return first.send, second.send, lambda: {"重开": (QuarterReopening.objects.filter(close=close).count(), 1)}


# --- accounts ---------------------------------------------------------------------------------------
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


# --- oneself ----------------------------------------------------------------------------------------
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


# --- the stock forms --------------------------------------------------------------------------------
@pair("*_add")
def two_clicks_on_add(scene):
    source, text = factories.make_source(), f"第 {scene.number} 处的记述。"
    page = Page(scene.superuser(), url("projects_fact_add")).fill(topic=["记述"], text=[text], source=[source.pk])
    return page.send, page.send, lambda: {"记述": (Fact.objects.filter(text=text).count(), 1)}


@pair("*_add")
def two_people_add_one_key(scene):
    code = f"pair-{scene.number}"
    first, second = (Page(scene.superuser(), url("projects_source_add")).fill(
        code=[code], title=["同一篇报道"], publisher=["某报"], published_on=["2021-04-30"]) for _ in range(2))
    return first.send, second.send, lambda: {"来源": (Source.objects.filter(code=code).count(), 1)}


@pair("*_change")
def two_editors(scene):
    source = factories.make_source()
    first, second = (Page(scene.superuser(), url("projects_source_change", source.pk)).fill(title=[title])
                     for title in ("甲改的", "乙改的"))
    return first.send, second.send, lambda: {"版本": (Source.objects.get(pk=source.pk).version, 2)}


@pair("*_delete")
def two_clicks_on_delete(scene):
    fact = factories.make_fact()
    page = Page(scene.superuser(), url("projects_fact_delete", fact.pk))
    logged = LogEntry.objects.filter(object_id=fact.pk, action_flag=3, content_type__model="fact")
    return page.send, page.send, lambda: {"删除": (logged.count(), 1)}


@pair("*_restore")
def two_restore(scene):
    source = factories.make_source(title="第一版")
    source.title = "第二版"
    source.save()
    version = source.history.earliest("history_date")
    first, second = (Page(scene.superuser(), url("projects_source_restore", source.pk, version.history_id)).fill(
        reason=["写错了。"]) for _ in range(2))
    return first.send, second.send, lambda: {"标题": (Source.objects.get(pk=source.pk).title, "第一版"),
                                             "版本": (Source.objects.get(pk=source.pk).version, source.version + 1)}


@pair("*_changelist")
def two_clicks_on_delete_selected(scene):
    fact = factories.make_fact()
    page = Page(scene.superuser(), url("projects_fact_changelist")).only(
        action="delete_selected", _selected_action=fact.pk, post="yes")
    return page.send, page.send, lambda: {"记述": (Fact.objects.filter(pk=fact.pk).count(), 0)}
