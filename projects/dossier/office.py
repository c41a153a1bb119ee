"""What only the internal dossier holds: who recorded it, what waits, 督办 and 批示, 报送任务, the history in short."""
from django.utils import timezone

from guicheng import words
from guicheng.trail.audit import AuditEntry
from projects.models import Instruction, ProgressUpdate, ReportingRow, Standing, SupervisionNotice

CHANGES = 20  # of the history, the newest
INSIDE = ("office_text", "problem", "delay_reason", "next_step", "coordination")


def recorded(row):
    """Who wrote a statement, who read it, and since when it is public."""
    people = [("填报", row.author), ("初审", row.checker), ("终审", row.reviewer)]
    said = "，".join(f"{what}：{who}" for what, who in people if who) or "随资料录入"
    return said + (f"；{_instant(row.recorded_at)}发布" if row.recorded_at else "")


def inside(row):
    """[label, text] of what of a statement is for staff."""
    return [[str(row._meta.get_field(name).verbose_name), getattr(row, name)] for name in INSIDE if getattr(row, name)]


def parts(project, user, notices):
    """The internal chapters, each of what this person may see; `notices` are those of `notices_seen`."""
    return {
        "kept": _kept(project), "waiting": _waiting(project, user), "notices": _notices(notices),
        "instructions": [{"text": row.text, "by": str(row.by), "on": words.day(row.at)}
                         for row in Instruction.objects.visible_to(user).filter(project=project).select_related("by")
                         .order_by("pk")],
        "tables": _tables(project, user), **_history(project),
    }


def notices_seen(project, user):
    """The 督办 of the project that this person may see, oldest first."""
    if not user.has_perm("projects.view_supervisionnotice"):
        return []
    rows = SupervisionNotice.objects.visible_to(user).filter(project=project).with_names()
    rows = rows.select_related("project__project_list")
    return list(rows.prefetch_related("instructions__by").order_by("raised_on", "pk"))


def _kept(project):
    """[label, text] of how the row itself is kept."""
    return [["公开", "已公开" if project.is_public else "没有公开"],
            *[[label, str(who)] for label, who in (("录入人", project.entered_by), ("公开人", project.published_by))
              if who]]


def _waiting(project, user):
    """What was written and is not public: in review, returned, or a draft."""
    rows = ProgressUpdate.objects.visible_to(user).filter(project=project, recorded_at=None)
    rows = rows.exclude(state=ProgressUpdate.State.DROPPED).select_related("author").order_by("effective_on", "pk")
    return [{"when": row.told, "state": row.get_state_display(), "by": str(row.author or "系统"),
             "text": " ".join(filter(None, [row.headline, row.text]))} for row in rows]


def _notices(notices):
    return [{
        "name": notice.name, "raised": words.day(notice.raised_on), "by": str(notice.raised_by or "系统"),
        "unit": str(notice.unit or "没有责任单位"), "cause": notice.get_cause_display(), "basis": notice.basis,
        "text": notice.text, "term": words.day(notice.reply_by), "stage": notice.stage,
        "received": f"{notice.received_by}，{words.day(notice.received_at)}" if notice.received_at else "",
        "reply": notice.reply, "evidence": notice.evidence,
        "replied": f"{notice.replied_by}，{words.day(notice.replied_at)}" if notice.replied_at else "",
        "closed": f"{words.day(notice.closed_on)}：{notice.closed_reason}" if notice.closed_on else "",
    } for notice in notices]


def _tables(project, user):
    """The 报送任务 that asked about it, and how far each answer is."""
    rows = ReportingRow.objects.visible_to(user).filter(project=project).with_standing()
    rows = rows.select_related("unit__task", "unit__department", "unit__community").order_by("unit__task__as_of", "pk")
    return [{"task": str(row.unit.task), "as_of": words.day(row.unit.task.as_of), "unit": str(row.unit.unit),
             "standing": Standing(row.standing).label} for row in rows]


def _history(project):
    """The newest changes of the row and of what is edited on its page, and how many there are beside."""
    rows = AuditEntry.objects.about(project)
    entries = [{"at": _instant(entry.at), "by": entry.by_name or "系统", "what": entry.what, "reason": entry.reason,
                "fields": "、".join(change["label"] for change in entry.changes)}
               for entry in rows.newest_first()[:CHANGES]]
    return {"history": entries, "history_left": max(rows.count() - CHANGES, 0) if len(entries) == CHANGES else 0}


def _instant(at):
    return f"{words.day(at)} {timezone.localtime(at):%H:%M}"
