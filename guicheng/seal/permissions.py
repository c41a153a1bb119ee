"""Who may seal: the security administrator asks; another one, or who answers for what is published, confirms."""


def can_see_seals(user):
    return user.has_perm("guicheng.see_seals")


def can_ask_seal(user):
    return user.has_perm("guicheng.ask_seal")


def can_confirm_seal(user):
    return user.has_perm("guicheng.confirm_seal")
