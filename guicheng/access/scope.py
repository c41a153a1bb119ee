"""Whose rows: every model the back office shows says so in `visible_to(user)`, or it is not shown at all.

A model with members (guicheng/access/membership.py) asks them. The others use one of the two querysets here, or
write their own. Models that are not ours to give a queryset stand in RULES.
"""
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from guicheng.access.permissions import sees_everything
from guicheng.access.units import behind
from guicheng.natural_keys import KeyedQuerySet


class EveryonesQuerySet(KeyedQuerySet):
    """Reference data: every member of staff may see all of it, if a role lets them see the model."""

    def visible_to(self, user):
        return self


class FollowingQuerySet(KeyedQuerySet):
    """Rows shown to whoever is shown what they are about: the model names its foreign keys in `scope_follows`.

    A row about none of them is about the street as a whole, and for those who see everything.
    """

    def visible_to(self, user):
        if sees_everything(user):
            return self
        wanted = models.Q(pk__in=[])
        for name in self.model.scope_follows:
            target = behind(self.model, name)
            wanted |= models.Q(**{f"{name}__in": target._default_manager.visible_to(user)})
        return self.filter(wanted)


def everyones(rows, user):
    return rows


def _log(rows, user):
    """The whole log to whom a role lets read it; to anybody else what they did themselves."""
    return rows if user.has_perm("admin.view_logentry") else rows.filter(user=user)


def _access(rows, user):
    return rows if user.has_perm("guicheng.view_accessevent") else rows.filter(by=user)


NOBODYS = "{} 没有写明谁能看哪些行：请给它写 visible_to(user)。"
RULES = {
    "auth.Group": everyones,
    "contenttypes.ContentType": everyones,
    "guicheng.AccessEvent": _access,
    "guicheng.CalendarYear": everyones,
    "guicheng.CalendarDay": everyones,
    "admin.LogEntry": _log,
}


def has_rule(model):
    return hasattr(model._default_manager.all(), "visible_to") or model._meta.label in RULES


def rows_for(user, queryset):
    """What of `queryset` this person may see. A model whose rows are nobody's is an error, never open."""
    if hasattr(queryset, "visible_to"):
        return queryset.visible_to(user)
    rule = RULES.get(queryset.model._meta.label)
    if rule is None:
        raise ImproperlyConfigured(NOBODYS.format(queryset.model._meta.label))
    return rule(queryset, user)
