"""Statements of one project, and of several at once."""

from projects.ledger import bulk_change
from projects.models import (
    BulkChange,
    Photo,
    ProgressUpdate,
    Project,
    ReviewStep,
)
from tests import factories, pictures
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page

TYPED = {"effective_on": ["2021-10-08"], "text": ["道路已铺好一半。"], "status": ["in_progress"]}


@pair("projects_progressupdate_record")
def two_clicks_on_record(scene):
    project = scene.project()
    page = Page(scene.clerk, url("projects_progressupdate_record", project.pk)).fill(**TYPED)
    return page.send, page.send, lambda: {"进展": (project.updates.count(), 1)}


@pair("projects_progressupdate_record")
def one_statement_from_two_tabs(scene):
    project = scene.project()
    address = url("projects_progressupdate_record", project.pk)
    first = Page(scene.clerk, address).fill(**TYPED)
    second = Page(first, address).fill(**TYPED)
    return first.send, second.send, lambda: {"进展": (project.updates.count(), 1)}


@pair("projects_progressupdate_quick")
def two_clicks_on_the_first_page(scene):
    project = scene.project()
    typed = {**TYPED, "project": [str(project.pk)], "version": ["1"]}
    page = Page(scene.clerk, url("index"), at=url("projects_progressupdate_quick")).only(**typed)
    return page.send, page.send, lambda: {"进展": (project.updates.count(), 1)}


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


@pair("projects_progressupdate_autosave")
def two_tabs_of_one_draft(scene):
    update = scene.draft()
    change, autosave = (url(f"projects_progressupdate_{name}", update.pk) for name in ("change", "autosave"))
    first = Page(scene.clerk, change, autosave).fill(text=["铺好一半。"])
    second = Page(first, change, autosave).fill(text=["铺好三成。"])
    return first.send, second.send, lambda: {"版本": (ProgressUpdate.objects.get(pk=update.pk).version, 2)}


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
                url("projects_progressupdate_decide", update.pk)).only(
                    version=update.version, decision="approve", **factories.TICKED)
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
    first.only(action="publish_selected", _selected_action=project.pk, seen=first.seen[1].decode(),
               ticked="1", **factories.TICKED)
    second = Page(keeper, url("projects_project_changelist")).only(action="hide_selected", _selected_action=project.pk)
    return first.send, second.send, lambda: {"公开人": (
        Project.objects.get(pk=project.pk).published_by_id is not None,
        Project.objects.get(pk=project.pk).is_published)}
