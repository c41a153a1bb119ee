"""Everything that is encrypted, encrypted anew with the key of today.

A model says `encrypted = {"phone_kept": its row's name}`: the columns, and the function that names a row to the cipher.
"""
from django.apps import apps
from django.db import transaction

from guicheng.personal import cipher

AT_ONCE = 500


def encrypted_models():
    """The models with encrypted columns."""
    return [model for model in apps.get_models() if getattr(model, "encrypted", ())]


def rotate():
    """Encrypt anew what was made with an older key or another way; gives how many. May be run again at any time."""
    return sum(_rotate(model, column) for model in encrypted_models() for column in model.encrypted)


def _rotate(model, column):
    done, last = 0, 0
    while True:
        with transaction.atomic():
            rows = model._default_manager.select_for_update(no_key=True).filter(pk__gt=last).order_by("pk")
            rows = list(rows.exclude(**{column: b""})[:AT_ONCE])
            for row in rows:
                kept = getattr(row, column)
                if not cipher.is_current(kept):
                    plain = cipher.decrypted(kept, row.cipher_row)
                    model._default_manager.filter(pk=row.pk).update(
                        **{column: cipher.encrypted(plain, row.cipher_row)})
                    done += 1
        if not rows:
            return done
        last = rows[-1].pk


def unreadable():
    """How many of the newest rows cannot be read with the keys of this machine: the file of keys is another's."""
    wrong = 0
    for model in encrypted_models():
        for column in model.encrypted:
            for row in model._default_manager.exclude(**{column: b""}).order_by("-pk")[:20]:
                try:
                    cipher.decrypted(getattr(row, column), row.cipher_row)
                except cipher.Unreadable:
                    wrong += 1
    return wrong
