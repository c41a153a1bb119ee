"""Who may do what: one readable expression each. Views, forms and the admin only ask."""
from django.conf import settings

from guicheng.access.membership import unit_models
from guicheng.access.roles import GUARDED, NEED_SECOND_FACTOR


def sees_everything(user):
    return user.is_superuser or user.has_perm("guicheng.see_everything")


def in_scope(user, row):
    """Whether `row` is among those its own model shows this person."""
    return type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists()


def _held(account):
    """The names of an account's roles, those that wait included; asked once for a list that fetched them along."""
    return {group.name for group in account.groups.all()}.union(account.roles_waiting)


def can_manage_account(user, account):
    """Reset its password or second factor, disable it, give it back. Never one's own.

    Who sets a password can act as that person: for GUARDED roles and superusers only a superuser may.
    """
    if account.pk == user.pk or account.is_superuser and not user.is_superuser:
        return False
    if GUARDED & _held(account) and not user.is_superuser:
        return False
    if user.has_perm("guicheng.change_user"):
        return True
    return can_manage_unit_accounts(user) and in_scope(user, account) and not _reviews_words_of(account, user)


def _reviews_words_of(account, user):
    """Whether this account reviews for a unit whose clerk the person is: its password would approve their own words."""
    return any(model._default_manager.filter(clerks=user).filter(reviewers=account).exists() for model in unit_models())


def can_manage_unit_accounts(user):
    return user.has_perm("guicheng.reset_unit_accounts")


def can_make_accounts(user):
    return user.has_perm("guicheng.add_user") or can_manage_unit_accounts(user)


def can_see_health(user):
    """运行情况: who looks after the accounts of the whole street looks after the machine."""
    return user.has_perm("guicheng.change_user")


def can_decide_faces(user):
    """对外发布: say what residents are shown."""
    return user.has_perm("guicheng.decide_faces")


def can_see_faces(user):
    """Read what was decided: who decides, and who reads the audit trail."""
    return can_decide_faces(user) or user.has_perm("guicheng.read_audit")


def can_give_roles(user, account=None):
    """Give roles, 在编 and units: never to oneself, and to a superuser only by a superuser."""
    if account is not None and (account.pk == user.pk or account.is_superuser and not user.is_superuser):
        return False
    return user.has_perm("guicheng.give_roles")


def needs_second_factor(user):
    """Whether this person signs in with a code: who has one, and whoever the setting names."""
    if user.second_factor_since or settings.REQUIRE_TOTP == "all":
        return True
    if settings.REQUIRE_TOTP == "none":
        return False
    return user.is_superuser or bool(NEED_SECOND_FACTOR & _held(user))
