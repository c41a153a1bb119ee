"""Who may do what with party organisations."""
from guicheng.access.permissions import sees_everything


def can_change_organisation(user, organisation):
    """A published party organisation is changed by the office; its own clerk prepares those not public yet."""
    may = user.has_perm("partybuilding.change_partyorganisation")
    return may and (sees_everything(user) or not organisation.is_published)
