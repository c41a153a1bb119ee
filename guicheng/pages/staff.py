"""What waits for a member of staff: the first page of the back office."""
from guicheng.permissions import sees_everything
from projects.models import ProgressUpdate, Project, Status

SHOWN = 12


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
    }
