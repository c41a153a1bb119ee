"""Who may do what with a need."""
from communities.models.need_moves import MOVES, Who, allowed
from guicheng.access.permissions import sees_everything
from guicheng.access.units import works_for


def handles(user):
    """Whether a role lets this person handle needs of their units at all."""
    return user.has_perm("communities.handle_need")


def assigns(user):
    """Whether this person speaks for the street: finds a unit for what has none, and for what units hand back."""
    return sees_everything(user) and user.has_perm("communities.assign_need")


def roles_in(user, need):
    """As whom this person stands before a need: a set of Who."""
    found = set()
    if handles(user):
        if need.holder and works_for(user, [need.holder]):
            found.add(Who.HOLDER)
        if need.offered_to and works_for(user, [need.offered_to]):
            found.add(Who.OFFERED)
    if user.has_perm("communities.check_needanswer") and need.holder and _reviews(user, need.holder):
        found.add(Who.REVIEWER)
    if assigns(user):
        found.add(Who.STREET)
    return frozenset(found)


def _reviews(user, unit):
    return type(unit)._default_manager.reviewed_by(user).filter(pk=unit.pk).exists()


def may_do(user, need):
    """The verbs this person may do with a need as it stands, in the order of the table."""
    roles, offered = roles_in(user, need), need.offered_to is not None
    found = []
    for verb in allowed(need.state, roles):
        who = MOVES[verb].who
        if (Who.OFFERED in who and not offered) or (verb == "offer" and offered):
            continue
        if verb in ("extend", "refuse_extension") and not _may_decide_extension(user, need):
            continue
        if verb == "ask_extension" and need.asked_extension:
            continue
        found.append(verb)
    return found


def _may_decide_extension(user, need):
    """An extension is decided by another person than the one who asked for it."""
    asked = need.asked_extension
    return asked is not None and asked.by_id != user.pk


def can_see_asker(user, need):
    """姓名、电话: who handles it, never who merely looks on; each look is written down."""
    return user.has_perm("communities.see_asker") and bool(roles_in(user, need))
