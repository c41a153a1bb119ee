"""Projects as something a task can ask: whom it asks, what their rows say and become."""
from collections import defaultdict
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from guicheng import words
from guicheng.files.attach import copy_to_new
from projects.excel_import.statuses import status_of
from projects.models import (
    AnswerAtClose,
    AskedColumn,
    AskedUnit,
    ProgressUpdate,
    Project,
    ReportingAnswer,
    ReportingColumn,
    ReportingReturn,
    ReportingRow,
    Source,
    Status,
)
from projects.reporting.kinds import AGAIN_WITHIN, Kind, register
from projects.reporting.reading import BESIDE, TYPED, read
from projects.supervision.lights import lights_of


class Statements(Kind):
    """Projects: each row becomes a statement."""

    asks, of = Project, "project"
    rows, answers, returns, at_close = ReportingRow, ReportingAnswer, ReportingReturn, AnswerAtClose
    reviewed, names, nil_reason = ProgressUpdate, TYPED, "nil_reason"
    said_as = {**dict(AskedColumn.choices), "reason": "原因", "effective_on": "到哪天"}
    not_theirs = "这个项目已经不归你填报，请和布置人联系。"
    done = "交了 {number} 行：{in_review} 行等审核，{nils} 行零报告。"

    def asked(self, task):
        return _by_unit(task)[0]

    def unanswered(self, task):
        return _by_unit(task)[1]

    def warnings(self, task, units):
        return asked_lately(task, units)

    def marked(self, task):
        return {"is_sample": task.is_sample}

    def names_of(self, task):
        """The columns that it asks, and what can be said beside them."""
        return [*ReportingColumn.objects.filter(task=task).values_list("key", flat=True), *BESIDE]

    def clean(self, texts, names):
        """A status in the words of an office is kept as the status, as in the import; one nobody knows as typed."""
        texts = super().clean(texts, names)
        if texts.get("status"):
            texts["status"] = status_of(texts["status"]) or texts["status"]
        return texts

    def readings(self, rows, task):
        lights, own = lights_of([row.project for row in rows]), Source.objects.own()
        return {row: read(row, row.draft, task, own, lights[row.project_id]) for row in rows}

    def theirs(self, rows, by):
        if not by.has_perm("projects.add_progressupdate"):
            return []
        theirs = set(Project.objects.visible_to(by).filter(
            pk__in=[row.project_id for row in rows]).values_list("pk", flat=True))
        return [row for row in rows if row.project_id in theirs]

    def replaced(self, pairs, by):
        copy_to_new(pairs, by)

    def shown(self, name, text):
        return Status.label_of(text) if name == "status" and text in Status.values else text


def _by_unit(task):
    """({unit: its projects}, the projects that nobody answers for)."""
    units, unanswered = defaultdict(list), []
    for project in asked_projects(task):
        unit = project.lead_department or project.community
        (units[unit] if unit else unanswered).append(project)
    return units, unanswered


def asked_projects(task):
    """The projects a task asks about. Parts are told with the project they belong to."""
    if not task.asks_projects:
        return Project.objects.none()
    rows = Project.objects.filter(dropped_at=None, is_sample=task.is_sample).answered_for().top_level()
    lists, categories = list(task.lists.all()), list(task.categories.all())
    rows = rows.filter(project_list__in=lists) if lists else rows.of_street()
    if categories:
        rows = rows.filter(category__in=categories)
    if task.only_unfinished:
        rows = rows.exclude(status__in=[*Status.DONE, Status.CANCELLED])
    departments, communities = list(task.departments.all()), list(task.communities.all())
    if departments or communities:
        rows = rows.filter(Q(lead_department__in=departments)
                           | Q(lead_department=None, community__in=communities))
    return rows.select_related("lead_department", "community", "project_list").order_by(
        "project_list__order", "number", "code")


def asked_lately(task, units):
    """A sentence for each running or recent task that asked the same columns of the same units."""
    keys = [column.key for column in task.columns.all()] if task.asks_projects else []
    since = timezone.now() - timedelta(days=AGAIN_WITHIN)
    others = AskedUnit.objects.filter(task__opened_at__gte=since, task__columns__key__in=keys,
                                      task__is_sample=task.is_sample).exclude(task=task)
    others = others.select_related("task", "department", "community").distinct()
    mine, found = set(units), defaultdict(list)
    for row in others:
        if row.unit in mine:
            found[row.task].append(row.unit)
    return [f"{words.day(timezone.localdate(other.opened_at))}布置的“{other}”已经问过其中 {len(same)} 个单位同样的"
            "栏目，能用那一次的就不再问。" for other, same in found.items()]


register(Statements())
