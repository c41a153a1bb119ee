"""Import and export."""
from django.contrib.admin.models import LogEntry
from django.db import transaction

from projects.exports.files import export_files
from projects.models import (
    ExportFile,
    ImportBatch,
    ProgressUpdate,
    Project,
    ReviewStep,
    WatchedWord,
)
from tests import factories, pictures
from tests.projects.office_lists import HEAD, workbook
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


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


@pair("projects_importbatch_propose")
def two_clicks_on_propose(scene):
    batch, boss = scene.batch(), scene.person("业务管理员")
    ImportBatch.objects.filter(pk=batch.pk).update(unknown_departments=[f"新 {scene.number} 办"])
    page = of_batch(scene, batch, "propose").only()
    return page.send, page.send, lambda: {
        "消息": (boss.inbox.filter(cause_key__startswith=f"departments:{batch.pk}:").count(), 1)}


def asking(scene):
    """An import of the clerk's of four rows, the last of which is named like the third, and a total below."""
    unit = scene.office.name
    names = [f"{scene.number} 处的{number}号" for number in "甲乙丙丙"]
    return scene.batch(lines=[*[[number, name, unit, "2021年9月30日", "已进场。"]
                                for number, name in enumerate(names, 1)], ["合计", "4 项", "", "", ""]])


@pair("projects_importbatch_answer")
def an_answer_beside_confirm(scene):
    """The fourth row is written where the answer came first, else not; never half."""
    batch = asking(scene)
    row = batch.rows.get(outcome="ask")
    first = of_batch(scene, batch, "answer").only(**{f"answer-{row.pk}-twin": "another"})
    return first.send, of_batch(scene, batch, "confirm").only().send, lambda: is_as_read(batch)


@pair("projects_importbatch_answer")
def two_answers_to_one_question(scene):
    batch = asking(scene)
    row = batch.rows.get(outcome="ask")
    one, other = (of_batch(scene, batch, "answer").only(**{f"answer-{row.pk}-twin": key})
                  for key in ("another", "same"))
    return one.send, other.send, lambda: {
        "回答": (batch.answers.count(), 1), "没有办完的": (ImportBatch.objects.get(pk=batch.pk).job, ""),
        "按回答读": (batch.rows.get(number=5).outcome,
                 {"another": "new", "same": "unchanged"}[batch.answers.get().answer])}


@pair("projects_importbatch_take")
def a_row_taken_in_beside_confirm(scene):
    batch = asking(scene)
    first = of_batch(scene, batch, "take").only(take="6-0")
    return first.send, of_batch(scene, batch, "confirm").only().send, lambda: is_as_read(batch)


@pair("projects_importbatch_reading")
def another_header_beside_confirm(scene):
    batch = scene.batch()
    first = of_batch(scene, batch, "reading").only(what="header", place="0", header_row="1", header_rows="1")
    return first.send, of_batch(scene, batch, "confirm").only().send, lambda: is_whole(batch)


def is_as_read(batch):
    """What is confirmed is what the preview shows, all of it; else nothing is written."""
    now = ImportBatch.objects.get(pk=batch.pk)
    rows = batch.rows.filter(outcome__in=["new", "changed"])
    written = rows.filter(project__isnull=False).count()
    return {"写入的行": (written, rows.count() if now.state == "confirmed" else 0), "没有办完的": (now.job, "")}


@pair("projects_importbatch_undo")
def two_clicks_on_undo_an_import(scene):
    batch = scene.batch(confirmed=True)
    page = of_batch(scene, batch, "undo").only()
    steps = ReviewStep.objects.filter(update__project__project_list=scene.list, verb="dropped")
    return page.send, page.send, lambda: {"撤销的进展": (steps.count(), 3)}


@pair("projects_watchedword_import")
def two_clicks_on_import_words(scene):
    word = f"第{scene.number}个错词"
    content = workbook([["词", "性质", "提示", "启用"], [word, "错别字", "应写作别的。", "是"]]).read()
    page = Page(scene.superuser(), url("projects_watchedword_import")).only(
        file=lambda: pictures.upload(content, "词表.xlsx"))
    page.only(rows=page.send().context["sealed"])
    return page.send, page.send, lambda: {
        "词": (WatchedWord.objects.filter(word=word).count(), 1),
        "历史": (WatchedWord.history.filter(word=word).count(), 1)}


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


@pair("projects_project_dossier_later")
def two_tabs_ask_for_a_dossier(scene):
    project = scene.project()
    where = url("projects_project_dossier_later", project.pk)
    page = Page(scene.clerk, url("projects_exportfile_add"), where).only(to="internal", extension="zip")
    return page.send, page.send, lambda: {
        "导出": (ExportFile.objects.filter(kind="dossier", query__project=project.code).count(), 1)}


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
