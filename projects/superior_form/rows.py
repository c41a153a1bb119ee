"""The rows that go into a form, as they are known: those of a 报送任务 as of its day, or those of a list today."""
from dataclasses import dataclass, field

from django.utils import timezone

from guicheng import words as say
from guicheng.days.as_of import Moment
from guicheng.ledger import WITHDRAWAL
from guicheng.review.states import IN_REVIEW, State
from projects.excel_import.statuses import STATUSES
from projects.models import ProgressUpdate, Project, ReportingRow, Status
from projects.moments import as_they_were

NOT_ENTERED = "本站没有录"
NOT_SAID = "报的时候没有写"
NO_CHANGE = "本期无变化"
SAID = ("text", "problem", "delay_reason", "next_step", "coordination", "reason")
WORDS = ("code", "name", "description", "place", "leader", "contact", "schedule_text", "completion_standard")
LINKS = ("project_list", "category", "community", "lead_department")
DAY_ZERO = timezone.datetime(1899, 12, 30).date()  # of a workbook's days


@dataclass
class FormRow:
    """One project as a form takes it. `said`: what was said of it in the period; `silent`: why nothing was."""

    project: Project
    unit: str
    as_of: object
    said: dict = field(default_factory=dict)
    said_on: object = None
    silent: str = ""

    def __str__(self):
        return self.project.name

    @property
    def belongs_to(self):
        """The names a section of a form may have for it."""
        return [self.unit, *(str(each) for name in ("category", "community", "project_list", "lead_department")
                             if (each := getattr(self.project, name)))]

    def value(self, key, column):
        """What goes into a column, as `cells.py` takes it. `column`: a Column of the form."""
        project = self.project
        if key in SAID:
            return self._words_said(key)
        if key in WORDS:
            return words(getattr(project, key))
        if key in LINKS:
            return self._linked(key)
        if key == "unit":
            return words(self.unit)
        if key in ("planned_start", "planned_end"):
            return self._planned(key, column)
        if key == "as_of":
            return column.day(self.as_of)
        if key == "effective_on":
            return column.day(self.said_on) or {"unknown": self.silent or "还没有进展"}
        return getattr(self, f"_{key}")(column)

    def _linked(self, key):
        found = getattr(self.project, key)
        if found is None and key == "lead_department" and self.unit:
            return {"unknown": f"{NOT_ENTERED}牵头单位（报的是{self.unit}）"}
        return words(found) | {"also": [found.name] if getattr(found, "name", "") else []}

    def _planned(self, key, column):
        """A planned day; where it was put off since, with a word about it."""
        project, planned = self.project, getattr(self.project, key)
        if planned is None:
            return {"unknown": NOT_ENTERED}
        is_moved = key == "planned_end" and project.due_on and project.due_on != planned
        return column.day(planned) | ({"doubt": f"已延期到{say.day(project.due_on)}，请核对填哪个"} if is_moved else {})

    def _words_said(self, key):
        if self.silent == NO_CHANGE and key == "text":
            return {"text": NO_CHANGE}
        return {"text": self.said[key]} if self.said.get(key) else {"unknown": self.silent or NOT_SAID}

    def _phone(self, column):
        department = self.project.lead_department
        return words(self.project.phone or (department.phone if department else ""))

    def _supporting_departments(self, column):
        return words("、".join(sorted(map(str, self.project.supporting_departments.all()))))

    def _number(self, column):
        number = self.project.number
        return {"unknown": NOT_ENTERED} if number is None else {"number": number, "text": str(number)}

    def _status(self, column):
        status = self.project.status
        if not status:
            return {"unknown": "到这一天没有说过状态"}
        return {"text": Status.label_of(status), "also": STATUSES[status].split()}

    def _percent(self, column):
        if self.project.percent is None:
            return {"unknown": "到这一天没有说过百分比"}
        return {"share": self.project.percent, "is_plain": column.is_percent_heading}

    def _quantity(self, column):
        quantity = self.project.quantity
        return {"unknown": "到这一天没有说过数量"} if quantity is None else {"number": float(quantity)}

    def _budget(self, column):
        if self.project.budget is None:
            return {"unknown": NOT_ENTERED}
        return column.money(self.project.budget)


def words(value):
    return {"text": str(value)} if value else {"unknown": NOT_ENTERED}


def _projects(rows, day):
    """The projects as they were by the end of a day."""
    found = rows.select_related("project_list", "category", "community", "lead_department").prefetch_related(
        "supporting_departments")
    return as_they_were(list(found.with_state(day)), Moment(day))


def rows_of_task(task, unit=None):
    """The rows of a task in the order of its board, or those of one asked unit."""
    asked = ReportingRow.objects.filter(unit__task=task).select_related(
        "unit__community", "unit__department", "latest__update")
    asked = list((asked.filter(unit=unit) if unit else asked).in_table_order())
    places = {each.pk: place for place, each in enumerate(task.units.in_list_order())}
    asked.sort(key=lambda row: places[row.unit_id])
    known = {project.pk: project for project in _projects(
        Project.objects.filter(pk__in={row.project_id for row in asked}), task.usual_day())}
    amended = {row.amends_id: row for row in ProgressUpdate.objects.published().filter(
        project__in=known, amends__isnull=False)}
    return [_of_row(row, known[row.project_id], task, amended) for row in asked]


def _of_row(row, project, task, amended):
    found = FormRow(project, str(row.unit), task.as_of)
    answer = row.latest
    if answer is None:
        found.silent = "本期还没有报"
    elif answer.update is None:
        found.silent = NO_CHANGE
    elif answer.update.state == State.PUBLISHED:
        _tell(found, answer.update, amended)
    else:
        is_waiting = answer.update.state in IN_REVIEW
        found.silent = "交了，还没有审核完" if is_waiting else "退回了，还没有重报"
    return found


def _tell(found, statement, amended):
    """What stands in the place of a statement today: itself, what corrected it, or nothing."""
    while statement.pk in amended:
        statement = amended[statement.pk]
    if statement.kind == WITHDRAWAL:
        found.silent = "公开以后撤回了"
        return
    found.said, found.said_on = {key: getattr(statement, key) for key in SAID}, statement.effective_on


def rows_of_list(project_list, user):
    """The projects of a list in its order, as they are known today."""
    today = timezone.localdate()
    projects = Project.objects.visible_to(user).filter(project_list=project_list, parent=None, dropped_at=None)
    found = []
    for project in _projects(projects.order_by("number", "code"), today):
        latest = project.latest_update
        row = FormRow(project, str(project.lead_department or project.community or ""), today)
        if latest:
            _tell(row, latest, {})
        else:
            row.silent = "还没有进展"
        found.append(row)
    return found
