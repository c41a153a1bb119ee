"""What was sent to one's units, and what they answered."""
from django.urls import reverse

from guicheng.office.shown import SHOWN, Shown
from projects.models import SupervisionNotice


def notices(user):
    """What waits for one's receipt or reply, the nearest day first."""
    rows = SupervisionNotice.objects.visible_to(user).to_answer_by(user)
    return Shown(rows.with_names().order_by("reply_by", "pk")[:SHOWN], rows.count(),
                 reverse("admin:projects_supervisionnotice_changelist"))


def replied(user):
    """What was answered and waits to be closed, for those who supervise."""
    rows = SupervisionNotice.objects.visible_to(user).open().exclude(replied_at=None)
    if not user.has_perm("projects.start_supervision"):
        rows = rows.none()
    return Shown(rows.with_names().order_by("replied_at", "pk")[:SHOWN], rows.count(),
                 reverse("admin:projects_supervisionnotice_changelist"))
