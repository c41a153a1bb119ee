"""Making accounts: one, or a whole list; each with a one-time password that is shown once."""
from django.contrib.auth import get_user_model
from django.db import transaction

from guicheng.access.permissions import can_give_roles


@transaction.atomic
def make_account(by, *, username, name, phone="", email="", role="", unit=None, part="clerks", established=False,
                 groups=(), messenger_id=""):
    """Make the account of one person and give (account, one-time password). Raises ValidationError.

    The unit is given at once: without a role it allows nothing. Role and 在编 wait for 安全管理员, unless
    the maker may give them; who may gives any `groups` at once.
    """
    user = get_user_model()(
        username=username, name=name, phone=phone, email=email, is_staff=True,
        messenger_id=messenger_id, wanted_role=role, wanted_established=established,
    )
    user.set_unusable_password()
    user.full_clean()
    password = user.give_one_time_password()
    if unit is not None:
        getattr(unit, part).add(user)
    if can_give_roles(by, user):
        user.give_what_was_asked()
        user.groups.add(*groups)
    return user, password


def account_name_for(name, taken):
    """An account name from a person's name in pinyin, "zhangsan", or "zhangsan2" where that is taken."""
    from pypinyin import lazy_pinyin  # 54 MB: only who needs it pays

    base = "".join(each for each in "".join(lazy_pinyin(name)).lower() if each.isascii() and each.isalnum())[:30]
    base = base or "user"
    names = [base, *(f"{base}{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)
