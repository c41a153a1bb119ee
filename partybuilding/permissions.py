"""Who may do what with party organisations, and with the figures that communities report."""
from guicheng.access.permissions import sees_everything


def can_change_organisation(user, organisation):
    """A published party organisation is changed by the office; its own clerk prepares those not public yet."""
    may = user.has_perm("partybuilding.change_partyorganisation")
    return may and (sees_everything(user) or not organisation.is_published)


def can_report_readings(user):
    """Fill in the figures of the tables one is shown: those of one's communities; to the office, of all."""
    return user.has_perm("partybuilding.add_reportedreading")


def can_read_all_readings(user):
    """See the figures of all communities side by side, as who looks after the task does."""
    return user.has_perm("partybuilding.view_reportedreading") and sees_everything(user)
