"""汇总表 and 月报表: what was answered in a 报送任务, row by row, with the office's wording beside it."""
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, When

from guicheng import words
from guicheng.review.states import IN_REVIEW, State
from projects.models import WORDED, Project, ReportingRow, Standing, Status
from projects.models.then import state_then
from projects.reporting.wording import wordings_of

PERIOD = {"half_month": "本期", "quarter": "本季"}  # what a month's paper calls 本月
SHOWN = frozenset({*IN_REVIEW, State.PUBLISHED, State.RETURNED})  # statements whose words the grid shows
SAID = ["text", "problem", "next_step", "coordination"]  # the columns of the paper that hold what the unit wrote


def columns_of(task):
    """The columns of the paper that hold what the unit wrote: (key, heading)."""
    heads = [f"{PERIOD.get(task.rhythm, '本月')}进展", "存在问题", "下步安排及时限", "需协调事项"]
    return list(zip(SAID, heads, strict=True))


@dataclass
class Cell:
    """What the unit wrote in a column, and how the office says it where it says it in another way."""

    key: str
    heading: str
    text: str
    wording: str = ""

    @property
    def printed(self):
        """What stands in the paper that goes up."""
        return self.wording or self.text


@dataclass
class Entry:
    """One row of the grid. `state`: (status, percent) of its project by the ledger of the task's day."""

    number: int
    row: ReportingRow
    state: tuple
    wordings: dict
    columns: list

    @cached_property
    def standing(self):
        return self.row.standing_now

    @cached_property
    def update(self):
        """The statement it became; None where there is none, or its author took it back."""
        update = self.row.latest.update if self.row.latest_id else None
        return update if update and update.state in SHOWN else None

    @property
    def is_nil(self):
        return self.row.latest_id is not None and self.row.latest.update_id is None

    @property
    def is_answered(self):
        return self.standing in Standing.ANSWERED

    @property
    def project(self):
        return self.row.project

    @property
    def goal(self):
        """年度目标: what the project is to come to, as far as it is written down."""
        target = self.project.target_quantity
        parts = [f"{target.normalize():f} {self.project.target_unit}" if target is not None else "",
                 self.project.completion_standard or self.project.description]
        return "；".join(filter(None, parts))

    @property
    def lead(self):
        return str(self.project.lead_department or "")

    @property
    def leader(self):
        office = self.project.lead_department
        return self.project.leader or (office.leader if office else "")

    @property
    def status(self):
        """As it was handed in; where nothing was said of it, as the ledger had it on the task's day."""
        status = self.update.status if self.update else ""
        status = status or self.state[0] or ""
        return Status.label_of(status) if status else ""

    @property
    def percent(self):
        stated = self.update.percent if self.update else None
        return self.state[1] if stated is None else stated

    @cached_property
    def cells(self):
        return [Cell(key, heading, getattr(self.update, key) if self.update else "", self.wordings.get(key, ""))
                for key, heading in self.columns]

    @property
    def delay(self):
        """滞后原因, which has no column of its own in the paper."""
        return Cell("delay_reason", "滞后原因", self.update.delay_reason if self.update else "",
                    self.wordings.get("delay_reason", ""))

    def _remark(self, delay):
        if not self.is_answered and self.standing != Standing.RETURNED:
            return "还没有报"
        parts = ["退回重报，还没有再交"] if self.standing == Standing.RETURNED else []
        parts += ["补报"] if self.row.latest_id and self.row.latest.is_late else []
        if self.is_nil:
            reason = self.row.latest.reason
            parts.append(f"零报告，本期无变化{'：' if reason else ''}{reason}")
        if self.update:
            quantity = self.update.quantity
            parts += [f"完成 {words.number(quantity)} {self.project.target_unit}".strip()] * (quantity is not None)
            parts += [f"原因：{self.update.reason}"] * bool(self.update.reason)
        return "；".join([*parts, *[f"滞后原因：{delay}"] * bool(delay)])

    @property
    def remark(self):
        """备注, in the unit's words."""
        return self._remark(self.delay.text)

    @property
    def printed_remark(self):
        return self._remark(self.delay.printed)


def grid_rows(task):
    """The rows of a task as the grid has them: the units in the list's order, each with its table's order."""
    communities_first = Case(When(unit__community=None, then=1), default=0)
    return ReportingRow.objects.filter(unit__task=task).with_standing().order_by(
        communities_first, "unit__community__order", "unit__department__name", "unit",
        "project__project_list__order", "project__number", "project__code", "pk")


def entries(task, rows, first=1):
    """The Entry of each of these rows, a queryset or a slice of one. Three queries."""
    rows = list(rows.select_related(
        "project__project_list", "project__lead_department", "unit__community", "unit__department", "latest__update",
        "latest__returned", "latest__by"))
    then = state_then(task.as_of)
    states = Project.objects.filter(pk__in=[row.project_id for row in rows]).values_list(
        "pk", then["status_then"], then["percent_then"])
    states = {pk: (status, percent) for pk, status, percent in states}
    said, columns = wordings_of(rows), columns_of(task)
    return [Entry(number, row, states[row.project_id], said.get(row.pk, {}), columns)
            for number, row in enumerate(rows, first)]


def said_of(row):
    """What the unit wrote in a row, as its statement has it now: {column: text}."""
    update = row.latest.update if row.latest_id else None
    return {key.value: getattr(update, key) for key in WORDED} if update else {}


def asked_texts(task):
    """The columns of a task that the office may word: (key, label)."""
    keys = {column.key for column in task.columns.all()}
    return [(key.value, key.label) for key in WORDED if key.value in keys]
