"""What waits for a member of staff: the first page of the back office."""
from django.urls import reverse

from guicheng.permissions import can_make_accounts, sees_everything
from projects.models import ProgressUpdate, Project, Status

SHOWN = 12


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
    """Give the lists of the first page: to review, returned to nobody yet, and one's own projects."""
    rows = ProgressUpdate.objects.visible_to(user).waiting().select_related("project", "author").order_by("created_at")
    may_publish = user.has_perm("projects.publish_progressupdate")
    to_review = rows.exclude(author=user)[:SHOWN] if may_publish else []
    projects = Project.objects.visible_to(user).real().exclude(status__in=[*Status.DONE, Status.CANCELLED])
    projects = projects.select_related("project_list", "community", "lead_department").defer("search_text")
    return {
        "may_publish": may_publish,
        "may_record": user.has_perm("projects.add_progressupdate"),
        "to_review": to_review,
        "my_waiting": rows.filter(author=user)[:SHOWN],
        "my_projects": projects.order_by("moved_on", "pk")[:SHOWN],
        "sees_everything": sees_everything(user),
        "account_links": account_links(user),
    }
