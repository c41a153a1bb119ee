"""What was sent to one's units, and what they answered."""
from django.urls import reverse
from django.utils import timezone

from guicheng.days.compiled_for import compiled_for
from guicheng.office.shown import Shown, in_all
from guicheng.office.work import Work
from projects.models import SupervisionNotice


def notices(user):
    """What waits for one's receipt or reply, the nearest day first."""
    return Shown.told(_to_answer(user, timezone.localdate()), reverse("admin:projects_supervisionnotice_changelist"))


@compiled_for()
def _to_answer(user, today):
    rows = SupervisionNotice.objects.visible_to(user).to_answer_by(user).annotate(
        before_day=in_all(reply_by__lt=today), on_day=in_all(reply_by=today))
    return Shown.beginning(rows.select_related("project").order_by("reply_by", "pk"))


def notice_works(shown, today):
    return [Work(f"{row.get_level_display()}：{row.project.name}", row.get_absolute_url(), f"去{row.next_step}",
                 row.text, row.reply_by, today=today) for row in shown.rows]


def replied(user):
    """What was answered and waits to be closed, for those who supervise."""
    if not user.has_perm("projects.start_supervision"):
        return Shown([], 0)
    return Shown.told(_replied(user), reverse("admin:projects_supervisionnotice_changelist"))


@compiled_for()
def _replied(user):
    rows = SupervisionNotice.objects.visible_to(user).open().exclude(replied_at=None)
    return Shown.beginning(rows.with_names().order_by("replied_at", "pk"))
