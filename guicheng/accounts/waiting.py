"""GUARDED roles of an account whose one-time password is still unused: they wait, and the password stays good.

Whoever made the account knows that password. So such a role is given in two steps: 安全管理员 says which; the person
chooses a password (and sets up the second factor); 安全管理员 makes sure that it was the person, and gives it.
"""
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.roles import GUARDED
from guicheng.accounts.models import User


def must_wait(account):
    """Whether another than the person could open it: its one-time password is unused, and no superuser gave it."""
    return account.must_change_password and not account.password_is_a_superusers()


def is_ready(account):
    """Whether the person has done what is asked before a waiting role may take effect."""
    has_factor = account.second_factor_since or settings.REQUIRE_TOTP == "none"
    return bool(account.waiting_roles) and not account.must_change_password and bool(has_factor)


def what_to_give(account, chosen):
    """Of these roles those to give now; the others are written on the account, to wait."""
    held = set(account.groups.values_list("name", flat=True))
    before, new = set(account.roles_waiting), {group.name for group in chosen} & GUARDED - held
    waits = new if must_wait(account) else new & before
    account.waiting_roles = "、".join(sorted(waits))
    account.save(update_fields=["waiting_roles"])
    return [group for group in chosen if group.name not in waits]


@transaction.atomic
def take_effect(account):
    """Give what waited and give its names. Raises ValidationError where it is not time, or roles must be kept apart."""
    account.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
    if not is_ready(account):
        raise ValidationError("本人还没有改好口令、开通两步验证，或者没有等着生效的角色。")
    names, account.waiting_roles = account.waiting_roles, ""
    account.groups.add(*Group.objects.filter(name__in=names.split("、")))
    account.save(update_fields=["waiting_roles"])
    return names
