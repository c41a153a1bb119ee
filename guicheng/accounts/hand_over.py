"""Handing over the open work of somebody who leaves, in one go: their units, and what is not finished.

A model takes part by a queryset method `open_work_of(user)` and a verb `hand_over(to, by)`.
"""
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.membership import PARTS, memberships_of
from guicheng.access.permissions import can_give_roles


def open_work_of(user):
    """The unfinished rows of every app, with the name of what they are: [(verbose_name, rows)]."""
    found = []
    for model in apps.get_models():
        rows = model._default_manager.get_queryset()
        if hasattr(rows, "open_work_of"):
            found.append((str(model._meta.verbose_name), list(rows.open_work_of(user))))
    return [(name, rows) for name, rows in found if rows]


def summary_of(user):
    """One sentence on what this person has in hand: "城建办公室（经办）、进展 3 条"; empty when nothing."""
    units = [f"{unit}（{PARTS[part]}）" for unit, part in memberships_of(user)]
    return "、".join([*units, *(f"{name} {len(rows)} 条" for name, rows in open_work_of(user))])


def _refuse_new_powers(user, by, successor):
    """A hand-over gives nobody more than they had: a unit, and to review for it, is 安全管理员's to give."""
    if can_give_roles(by, successor):
        return
    theirs = memberships_of(successor)
    for unit, part in memberships_of(user):
        held = {each for row, each in theirs if row == unit}
        if not held or part != "clerks" and part not in held:
            raise ValidationError(f"{successor}还不是“{unit}”的{PARTS[part]}人员，请安全管理员先把单位给他，再办移交。")


@transaction.atomic
def leave(user, by, successor=None):
    """Disable an account and give what it has in hand to a successor, if there is one. All or nothing.

    Gives the sentence of what was handed over, or of what lies there now. The successor gets the units;
    what they may do there is still said by their own role. Raises ValidationError.
    """
    if successor is not None and (not successor.is_active or successor.pk in (user.pk, by.pk)):
        raise ValidationError("接手的人要是另一个在用的账号，也不能是办理停用的人自己。")
    if not user.hold().is_active:
        raise ValidationError("这个账号刚被停用，没有再办一次。")
    summary = summary_of(user)
    if successor is not None:
        _refuse_new_powers(user, by, successor)
        for _, rows in open_work_of(user):
            for row in rows:
                try:
                    row.hand_over(successor, by)
                except ValidationError as error:
                    raise ValidationError(f"“{row}”没法移交：{' '.join(error.messages)}")
        for unit, part in memberships_of(user):
            getattr(unit, part).add(successor)
            getattr(unit, part).remove(user)
    user.disable()
    return summary
