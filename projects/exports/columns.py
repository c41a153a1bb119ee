"""The columns of the downloads."""
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from guicheng.days.as_of import NOW
from guicheng.tables.exports import Column
from projects.models import Project, Status
from projects.moments import columns_at, streamed

OFFICE = Coalesce(NullIf("phone", Value("")), "lead_department__phone")  # as Project.office
PROJECT_COLUMNS = [
    Column("编号", "code", width=16),
    Column("清单", "project_list__title", width=28),
    Column("序号", "number", width=6),
    Column("类型", "category__name", width=18),
    Column("项目", "name", width=40),
    Column("属于", "parent__name", width=20),
    Column("是否写明在清单上", "membership", lambda value: Project.Membership(value).label if value else "", 18),
    Column("社区", "community__name"),
    Column("牵头单位", "lead_department__name", width=22),
    Column("办公电话", OFFICE, width=16),
    Column("状态", "status", Status.label_of, 18),
    Column("完成百分比", "percent"),
    Column("最近进展最早日", "latest_update__effective_from"),
    Column("最近进展日", "latest_update__effective_on"),
    Column("最近进展", "latest_update__text", width=50),
    Column("最近进展的来源", "latest_update__source__title", width=30),
    Column("计划开始", "planned_start"),
    Column("计划完成", "planned_end"),
    Column("预算（万元）", "budget"),
    Column("来源", "source__title", width=30),
    Column("示例", "is_sample", lambda value: "示例" if value else ""),
]
STAFF_COLUMNS = [*PROJECT_COLUMNS, Column("公开", "is_published", lambda value: "公开" if value else "没有公开")]


def project_rows(projects, columns=PROJECT_COLUMNS, moment=NOW, is_ordered=False):
    """What the columns read of these projects: one query, no model instances.

    In a stable order, or as they come where they have one (`is_ordered`).

    Of another day: `projects` are those of `at(projects, moment)`, and one query more for each batch.
    """
    if not is_ordered:
        projects = projects.order_by(F("project_list__order").asc(nulls_last=True), "code")
    if not moment:
        return projects.values_list(*[column.source for column in columns])
    names = [column.source if isinstance(column.source, str) else "made" for column in columns]
    made = {name: column.source for name, column in zip(names, columns, strict=True) if name == "made"}
    rows = projects.annotate(**made).values(*columns_at(names, moment)).iterator(2000)
    return (tuple(row[name] for name in names) for row in streamed(rows, moment))


PROMISE_COLUMNS = [
    ("项目编号", lambda row: row.promise.project.code),
    ("项目", lambda row: row.promise.project.name),
    ("承诺", lambda row: row.promise.text),
    ("哪天承诺的", lambda row: row.promise.told),
    ("承诺最迟日", lambda row: row.promise.promised_on),
    ("到期日", lambda row: row.promise.due_on),
    ("判定", lambda row: row.verdict.label),
    ("依据是哪天的", lambda row: row.proof.told if row.proof else ""),
    ("依据最迟日", lambda row: row.proof.effective_on if row.proof else None),
    ("依据", lambda row: row.proof.text if row.proof else row.why),
    ("依据的来源", lambda row: row.proof.source.title if row.proof else ""),
]
