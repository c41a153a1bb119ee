"""Querysets of what one person may see, compiled once for all who may do the same.

Which conditions there are follows from a person's permissions; who they are and which units they work for are values.
So such a queryset is built of an `Anybody` who may do the same, and asked with this person's key and units.
"""
from functools import lru_cache, wraps

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet

from guicheng.access.membership import HeldUnits
from guicheng.days.compiled import MOST, Compiled, Given, Several

NO_UNIT = [0]  # no row has this key


class Anybody(Given):
    """Stands in a queryset for a person with these permissions. What else it would be asked about, it does not have."""

    def __init__(self, is_superuser, is_established, permissions):
        super().__init__("user", get_user_model()._meta.pk)
        self.is_superuser, self.is_established, self.permissions = is_superuser, is_established, permissions

    @property
    def pk(self):
        return self

    @property
    def units_held(self):
        return self

    def keys(self, model, verb):
        return Several(f"{model._meta.label}.{verb}", model._meta.pk)

    def has_perm(self, name):
        return self.is_superuser or name in self.permissions


@lru_cache(maxsize=MOST)
def _anybody(is_superuser, is_established, permissions):
    return Anybody(is_superuser, is_established, permissions)


class _Values(dict):
    """What is given by name, and of one person the key, and the units where they are named."""

    def __init__(self, user, values):
        super().__init__(values, user=user.pk)
        self.user = user
        self.held = getattr(user, "units_held", None) or HeldUnits(user)

    def __missing__(self, name):
        label, _, verb = name.rpartition(".")
        return self.held.keys(apps.get_model(label), verb) or NO_UNIT


def compiled_for(**fields):
    """Decorates `build(user, *shape, **values)`, which gives a queryset: it gives its rows, as a list.

    As `guicheng.days.compiled.compiled`; of the person it may ask what `Anybody` answers.
    """
    def decorate(build):
        kept, givens = {}, {name: Several(name, field[0]) if isinstance(field, list) else Given(name, field)
                            for name, field in fields.items()}

        @wraps(build)
        def rows(user, *shape, **values):
            if any(isinstance(field, list) and not values[name] for name, field in fields.items()):
                return []
            like = _anybody(user.is_superuser, user.is_established, frozenset(user.get_all_permissions()))
            found = kept.get((like, *shape))
            if found is None:
                if len(kept) >= MOST:
                    kept.clear()
                try:
                    found = kept[like, *shape] = Compiled(build(like, *shape, **givens))
                except EmptyResultSet:  # it finds nothing, whatever is given
                    return []
            return found.rows(_Values(user, values))

        rows.kept, rows.givens = kept, lambda: givens  # for the guard that builds all of them again
        return rows
    return decorate
