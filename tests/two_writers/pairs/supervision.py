"""Supervision, and the quarterly report."""
from django.contrib.admin.models import LogEntry

from projects.models import (
    Instruction,
    QuarterClose,
    QuarterReopening,
    QuarterReport,
    QuarterSigning,
    SupervisionNotice,
)
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


@pair("projects_supervisionnotice_issue")
def two_clicks_on_issue(scene):
    project = scene.project()
    page = Page(scene.person("督办员"), url("projects_supervisionnotice_issue", project.pk)).fill(
        text=["请说明为什么停工。"], reply_by=[scene.soon()])
    return page.send, page.send, lambda: {"督办": (project.notices.count(), 1)}


@pair("projects_supervisionnotice_issue")
def two_orders_about_two_projects(scene):
    projects = [scene.project(), scene.project()]
    first, second = (
        Page(scene.person("督办员"), url("projects_supervisionnotice_issue", project.pk)).fill(
            level=["order"], text=["请说明为什么停工。"], reply_by=[scene.soon()]) for project in projects)

    def after():
        orders = SupervisionNotice.objects.filter(level="order", is_sample=False)
        numbers = sorted(orders.values_list("number", flat=True))
        return {"督办": (orders.filter(project__in=projects).count(), 2),
                "编号": (numbers, list(range(1, len(numbers) + 1)))}

    return first.send, second.send, after


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
    from projects.report import close as quarter_close

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
