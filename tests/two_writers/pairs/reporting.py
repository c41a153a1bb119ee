"""报送任务: opened, closed, filled in by two at once."""
from projects.models import AnswerAtClose, AskedUnit, ProgressUpdate, ReportingRow, ReportingTask
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import open_task
from tests.projects.test_reporting import make_task
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


def opened(scene):
    """A task that asks about one project of the scene; gives it, its unit and its row."""
    project = scene.project()
    task = make_task()
    task.departments.set([project.lead_department])
    open_task(task, scene.person("业务管理员"))
    task.refresh_from_db()
    row = ReportingRow.objects.get(unit__task=task, project=project)
    ReportingRow.objects.filter(unit__task=task).exclude(pk=row.pk).delete()
    return task, row.unit, row


def colleagues(scene):
    """Two clerks of the same office, each with a word: one account would end its first session by the second."""
    other = scene.person("部门经办人")
    scene.office.clerks.add(other)
    return (scene.clerk, "甲"), (other, "乙")


@pair("projects_reportingtask_change")
def two_editors_of_a_task(scene):
    task = make_task()
    first, second = (Page(scene.person("业务管理员"), url("projects_reportingtask_change", task.pk)).fill(title=[title])
                     for title in ("甲改的", "乙改的"))
    return first.send, second.send, lambda: {"版本": (ReportingTask.objects.get(pk=task.pk).version, task.version + 1)}


@pair("projects_reportingtask_open")
def two_clicks_on_open(scene):
    project, task = scene.project(), make_task()
    task.departments.set([project.lead_department])
    page = Page(scene.person("业务管理员"), url("projects_reportingtask_change", task.pk),
                url("projects_reportingtask_open", task.pk)).only()
    return page.send, page.send, lambda: {"表": (AskedUnit.objects.filter(task=task).count(), 1)}


@pair("projects_reportingtask_close")
def closing_from_two_tabs(scene):
    task, _, row = opened(scene)
    first, second = (Page(scene.person("业务管理员"), task.get_absolute_url(),
                          url("projects_reportingtask_close", task.pk)).only() for _ in range(2))
    return first.send, second.send, lambda: {"定下的": (AnswerAtClose.objects.filter(row=row).count(), 1)}


@pair("projects_reportingtask_next")
def the_next_one_from_two_tabs(scene):
    task, _, _ = opened(scene)
    person = scene.person("业务管理员")
    first = Page(person, task.get_absolute_url(), url("projects_reportingtask_next", task.pk)).only()
    second = Page(first, task.get_absolute_url(), url("projects_reportingtask_next", task.pk)).only()
    return first.send, second.send, lambda: {"下一期": (ReportingTask.objects.filter(previous=task).count(), 1)}


@pair("projects_reportingtask_urge")
def two_clicks_on_urge(scene):
    task, unit, _ = opened(scene)
    page = Page(scene.person("业务管理员"), url("projects_reportingtask_urge", task.pk)).only(unit=[unit.pk])
    return page.send, page.send, lambda: {"催报": (task.reminders.count(), 1)}


@pair("projects_reportingtask_close")
def closing_while_a_row_is_handed_in(scene):
    """The row was in time and stands so at the closing, or it is 补报 and stood as a draft: never between."""
    task, unit, row = opened(scene)
    first = Page(scene.person("业务管理员"), task.get_absolute_url(),
                 url("projects_reportingtask_close", task.pk)).only()
    second = Page(scene.clerk, unit.get_absolute_url()).fill(**{f"r{row.pk}-text": ["报送：好了。"], "do": ["all"]})

    def afterwards():
        stood, answer = AnswerAtClose.objects.get(row=row), row.answers.get()
        return {"当时和补报": ((stood.answer_id is None) == answer.is_late, True)}

    return first.send, second.send, afterwards


def answered(scene, **texts):
    """An opened task whose row the clerk handed in; (task, unit, row)."""
    task, unit, row = opened(scene)
    save_drafts(unit.rows, {row.pk: (row.version, texts)}, scene.clerk)
    hand_in(unit.rows, {row.pk: row.version + 1}, scene.clerk)
    row.refresh_from_db()
    return task, unit, row


def returned_once(row):
    return lambda: {"退回": (row.answers.exclude(returned=None).count(), 1),
                    "版本": (ReportingRow.objects.get(pk=row.pk).version, row.version + 1)}


@pair("projects_reportingtask_return_row")
def two_people_return_a_row(scene):
    _, _, row = answered(scene, nil="1")
    pages = [Page(scene.person("业务管理员"), url("projects_reportingtask_office_row", row.pk),
                  url("projects_reportingtask_return_row", row.pk)).only(reason=word, up_to=row.latest_id)
             for word in ("甲说的", "乙说的")]
    return pages[0].send, pages[1].send, returned_once(row)


@pair("projects_reportingtask_return_table")
def a_table_returned_beside_its_row(scene):
    _, unit, row = answered(scene, nil="1")
    first = Page(scene.person("业务管理员"), url("projects_reportingtask_return_table", unit.pk)).only(
        reason="整张", up_to=row.latest_id)
    second = Page(scene.person("业务管理员"), url("projects_reportingtask_office_row", row.pk),
                  url("projects_reportingtask_return_row", row.pk)).only(reason="一行", up_to=row.latest_id)
    return first.send, second.send, returned_once(row)


@pair("projects_reportingtask_return_table")
def a_table_returned_while_its_row_is_approved(scene):
    _, unit, row = answered(scene, text="报送：好了。")
    first = Page(scene.person("业务管理员"), url("projects_reportingtask_return_table", unit.pk)).only(
        reason="整张", up_to=row.latest_id)
    update = row.latest.update
    second = Page(scene.reviewer, update.staff_page(), url("projects_progressupdate_decide", update.pk)).only(
        decision="approve", version=update.version)

    def afterwards():
        row.refresh_from_db()
        now = ProgressUpdate.objects.get(pk=update.pk)
        verbs = {step.verb for step in now.steps.all()} - {"submitted"}
        return {"状态和步骤": (now.state in verbs, True)}

    return first.send, second.send, afterwards


@pair("projects_reportingtask_wording")
def two_wordings_of_a_row(scene):
    _, _, row = answered(scene, text="报送：好了。")
    pages = [Page(scene.person("业务管理员"), url("projects_reportingtask_office_row", row.pk),
                  url("projects_reportingtask_wording", row.pk)).only(seen="0", text=word)
             for word in ("甲写的。", "乙写的。")]
    return pages[0].send, pages[1].send, lambda: {"表述": (row.wordings.count(), 1)}


@pair("projects_reportingtask_release")
def two_reviewers_release(scene):
    _, unit, row = answered(scene, nil="1")
    pages = [Page(person, url("projects_reportingtask_release", unit.pk)).only(filler="张三", up_to=row.latest_id)
             for person in (scene.reviewer, scene.senior)]
    return pages[0].send, pages[1].send, lambda: {"审签": (unit.releases.count(), 1)}


def handed_in(row):
    return lambda: {"进展": (ProgressUpdate.objects.filter(project=row.project, text__startswith="报送").count(), 1),
                    "回答": (row.answers.count(), 1)}


@pair("projects_reportingtask_table")
def two_clerks_in_one_table(scene):
    _, unit, row = opened(scene)
    first, second = (Page(person, unit.get_absolute_url()).fill(
        **{f"r{row.pk}-text": [f"报送：{word}写的。"], "do": ["all"]}) for person, word in colleagues(scene))
    return first.send, second.send, handed_in(row)


@pair("projects_reportingtask_table")
def two_clicks_on_hand_in(scene):
    _, unit, row = opened(scene)
    page = Page(scene.clerk, unit.get_absolute_url()).fill(**{f"r{row.pk}-text": ["报送：好了。"], "do": ["all"]})
    return page.send, page.send, handed_in(row)


@pair("projects_reportingtask_row")
def a_row_beside_the_table(scene):
    _, unit, row = opened(scene)
    first = Page(scene.clerk, unit.get_absolute_url()).fill(**{f"r{row.pk}-text": ["报送：甲写的。"], "do": ["all"]})
    second = Page(first, row.get_absolute_url()).fill(**{f"r{row.pk}-text": ["报送：乙写的。"], "do": ["one"]})
    return first.send, second.send, handed_in(row)


@pair("projects_reportingtask_drafts")
def two_drafts_of_one_row(scene):
    _, unit, row = opened(scene)
    first, second = (Page(person, unit.get_absolute_url(), url("projects_reportingtask_drafts", unit.pk)).fill(
        **{f"r{row.pk}-text": [f"{word}写的。"]}) for person, word in colleagues(scene))
    return first.send, second.send, lambda: {"版本": (ReportingRow.objects.get(pk=row.pk).version, 2)}


@pair("projects_reportingtask_table")
def two_cells_of_one_row(scene):
    """Both stay: each page says which cells it touched."""
    _, unit, row = opened(scene)
    first, second = (Page(person, unit.get_absolute_url()).fill(
        **{f"r{row.pk}-{name}": [f"{word}写的。"], "do": ["save"]})
        for (person, word), name in zip(colleagues(scene), ("text", "next_step"), strict=True))
    return first.send, second.send, lambda: {"格": (len(ReportingRow.objects.get(pk=row.pk).draft), 2)}


@pair("projects_reportingtask_paste")
def two_pastings_into_one_row(scene):
    _, unit, row = opened(scene)
    first, second = (Page(person, url("projects_reportingtask_paste", unit.pk)).only(**{
        f"r{row.pk}-version": row.version, "do": "write", "pasted": f"项目名称\t本期进展\n{row}\t{word}写的。"})
        for person, word in colleagues(scene))
    return first.send, second.send, lambda: {"版本": (ReportingRow.objects.get(pk=row.pk).version, 2)}
