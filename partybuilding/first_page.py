"""What of party organisations, and of the figures that communities report, waits for a member of staff."""
from django.urls import reverse

from guicheng.access.permissions import sees_everything
from guicheng.days.compiled_for import compiled_for
from guicheng.office.shown import SHOWN, Shown
from partybuilding.models import PartyOrganisation, ReportedReading


def parts(user):
    return {**_organisations(user), **_readings(user)}


def _organisations(user):
    """The organisations this person enters; the office, which sees all, has the list."""
    if not user.has_perm("partybuilding.change_partyorganisation") or sees_everything(user):
        return {}
    rows = PartyOrganisation.objects.visible_to(user)
    return {"organisations": Shown.of(rows, reverse("admin:partybuilding_partyorganisation_changelist"))}


def _readings(user):
    """The figures that wait for this reviewer, the longest waiting first. One query, two where there are many."""
    if not user.has_perm("partybuilding.check_reportedreading"):
        return {}
    rows = _waiting(user)
    total = len(rows) if len(rows) <= SHOWN else ReportedReading.objects.visible_to(user).for_review_by(user).count()
    address = reverse("admin:partybuilding_reportedreading_changelist", query={"for_me": "review"})
    return {"readings": Shown(rows[:SHOWN], total, address)}


@compiled_for()
def _waiting(user):
    waiting = ReportedReading.objects.visible_to(user).for_review_by(user)
    return waiting.select_related("community", "metric", "author").order_by("pk")[:SHOWN + 1]
