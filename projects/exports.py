"""The columns of the downloads."""
from projects.models import Status

PROJECT_COLUMNS = [
    ("编号", lambda row: row.code),
    ("清单", lambda row: row.project_list.title if row.project_list else ""),
    ("序号", lambda row: row.number),
    ("类型", lambda row: row.category.name if row.category else ""),
    ("项目", lambda row: row.name),
    ("属于", lambda row: row.parent.name if row.parent else ""),
    ("是否写明在清单上", lambda row: row.get_membership_display() if row.membership else ""),
    ("社区", lambda row: row.community.name if row.community else ""),
    ("牵头单位", lambda row: row.lead_department.name if row.lead_department else ""),
    ("办公电话", lambda row: row.office),
    ("状态", lambda row: Status.label_of(row.status)),
    ("完成百分比", lambda row: row.percent),
    ("最近进展日", lambda row: row.latest_update.effective_on if row.latest_update else None),
    ("最近进展", lambda row: row.latest_update.text if row.latest_update else ""),
    ("计划开始", lambda row: row.planned_start),
    ("计划完成", lambda row: row.planned_end),
    ("预算（万元）", lambda row: row.budget),
    ("来源", lambda row: row.source.title),
    ("示例", lambda row: "示例" if row.is_sample else ""),
]

PROMISE_COLUMNS = [
    ("项目编号", lambda row: row.promise.project.code),
    ("项目", lambda row: row.promise.project.name),
    ("承诺", lambda row: row.promise.text),
    ("承诺日", lambda row: row.promise.promised_on),
    ("到期日", lambda row: row.promise.due_on),
    ("判定", lambda row: row.verdict.label),
    ("依据日期", lambda row: row.proof.effective_on if row.proof else None),
    ("依据", lambda row: row.proof.text if row.proof else ""),
    ("依据的来源", lambda row: row.proof.source.title if row.proof else ""),
]
