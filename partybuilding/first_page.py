"""What of party organisations waits for a member of staff."""
from django.urls import reverse

from guicheng.access.permissions import sees_everything
from guicheng.office.shown import Shown
from partybuilding.models import PartyOrganisation


def parts(user):
    """The organisations this person enters; the office, which sees all, has the list."""
    if not user.has_perm("partybuilding.change_partyorganisation") or sees_everything(user):
        return {}
    rows = PartyOrganisation.objects.visible_to(user)
    return {"organisations": Shown.of(rows, reverse("admin:partybuilding_partyorganisation_changelist"))}
