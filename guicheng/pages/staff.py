"""What waits for a member of staff: the first page of the back office."""
from calendar import monthrange

from django.urls import reverse
from django.utils import timezone

from guicheng.permissions import can_make_accounts, sees_everything
from projects.forms import DecisionForm
from projects.models import ProgressUpdate, Project, Status

SHOWN = 12
State = ProgressUpdate.State


def account_links(user):
    """For those who look after accounts or read the logs: (words, address)."""
    users, logs = reverse("admin:guicheng_user_changelist"), reverse("admin:guicheng_accessevent_changelist")
    return [link for may, link in [
        (user.has_perm("guicheng.give_roles"), ("待授权的账号", f"{users}?waiting=1")),
        (can_make_accounts(user), ("账号：新增、重置口令、停用", users)),
        (user.has_perm("guicheng.view_accessevent"), ("访问日志：登录、下载、账号变动", logs)),
        (user.has_perm("admin.view_logentry"), ("操作日志：谁改了什么", reverse("admin:admin_logentry_changelist"))),
    ] if may]


def waiting_for(user):
    """Give the lists of the first page: to review, one's own statements, and one's own projects."""
    rows = ProgressUpdate.objects.visible_to(user).select_related("project", "author")
    mine = rows.filter(author=user).order_by("created_at", "pk")
    projects = Project.objects.visible_to(user).real().exclude(status__in=[*Status.DONE, Status.CANCELLED])
    projects = projects.select_related("project_list", "community", "lead_department").defer("search_text")
    return {
        "may_review": user.has_perm("projects.check_progressupdate"),
        "may_record": user.has_perm("projects.add_progressupdate"),
        "queue": _queue(rows, user),
        "returned": with_reasons(mine.filter(state=State.RETURNED)),
        "drafts": mine.filter(state=State.DRAFT)[:SHOWN],
        "in_review": mine.waiting()[:SHOWN],
        "due": projects.filter(due_on__lte=last_of_month(timezone.localdate())).order_by("due_on", "pk")[:SHOWN],
        "my_projects": projects.order_by("moved_on", "pk")[:SHOWN],
        "today": timezone.localdate(),
        "sees_everything": sees_everything(user),
        "account_links": account_links(user),
    }


def _queue(rows, user):
    """The oldest first, each with its own form of decision."""
    queue = list(rows.for_review_by(user).order_by("created_at", "pk")[:SHOWN])
    for row in queue:
        row.decision = DecisionForm(initial={"version": row.version}, auto_id=f"row{row.pk}_%s", label_suffix="：")
    return queue


def with_reasons(rows):
    """These returned rows, each with `why`: the last step that returned it."""
    rows = list(rows.prefetch_related("steps__by")[:SHOWN])
    for row in rows:
        row.why = next((step for step in row.steps.all() if step.verb == "returned"), None)  # the newest first
    return rows


def last_of_month(day):
    """Give the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])
