"""Who works for whom: the clerks, reviewers and administrators of a department, a community, a party organisation."""
from functools import cache, cached_property

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from guicheng.text import is_row_number


class MembershipQuerySet(models.QuerySet):
    def served_by(self, user):
        """The rows this member of staff is a clerk or reviewer of."""
        return self.filter(models.Q(clerks=user) | models.Q(reviewers=user)).distinct()

    def reviewed_by(self, user):
        """The rows this member of staff is a reviewer of."""
        return self.filter(reviewers=user)

    def without_accounts(self):
        """Those none of whose clerks and reviewers has an open account: nobody reads what is sent there."""
        found = [Exists(getattr(self.model, part).through.objects.filter(
            **{self.model._meta.model_name: OuterRef("pk")}, user__is_active=True)) for part in ("clerks", "reviewers")]
        return self.exclude(found[0] | found[1])

    def called(self, text):
        """Those with this name, short name or full name."""
        fields = {field.name for field in self.model._meta.fields} & {"name", "short_name", "full_name"}
        return self.filter(Q(*[(name, text) for name in sorted(fields)], _connector=Q.OR))


class Membership(models.Model):
    """Scope is membership: a row's clerks record for it, its reviewers check what they recorded.

    Its administrators look after the accounts of both.
    """

    clerks = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="经办人", blank=True, related_name="%(class)s_clerk_of"
    )
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="审核员", blank=True, related_name="%(class)s_reviewer_of"
    )
    administrators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="单位管理员", blank=True, related_name="%(class)s_administrator_of"
    )

    one_step_review = models.BooleanField(
        "初审终审由一人兼任", default=False, help_text="人手少的单位才勾：在编审核员一步审完。填报人仍不能审自己填的。"
    )

    class Meta:
        abstract = True


PARTS = {"clerks": "经办", "reviewers": "审核", "administrators": "管理"}


class HeldUnits:
    """The units one person works for, read at the first question and in one query."""

    def __init__(self, user):
        self.user = user

    @cached_property
    def _found(self):
        sql, times = _memberships()
        with connection.cursor() as cursor:
            cursor.execute(sql, [self.user.pk] * times)
            return cursor.fetchall()

    def keys(self, model, verb):
        parts = ("clerks", "reviewers") if verb == "served_by" else ("reviewers",)
        return sorted({pk for label, part, pk in self._found if label == model._meta.label and part in parts})


def hold_units(user):
    """From here on read once which units this person works for.

    For a request that only reads: as a page asks for many things of one's units, the database would look them up for
    each, and could not know how few they are. Held on this object alone, so what is changed holds in the next request.
    """
    user.units_held = HeldUnits(user)


def units_of(user, model, verb="served_by"):
    """The units of `model` that this person works for, or with "reviewed_by" reviews for, to stand behind `__in`.

    A queryset; where they are held, their keys. A model that widens itself is asked each time.
    """
    units, held = model._default_manager, getattr(user, "units_held", None)
    if held is None or getattr(units._queryset_class, verb) is not getattr(MembershipQuerySet, verb):
        return getattr(units, verb)(user)
    return held.keys(model, verb)


@cache
def _memberships():
    """(SQL, how often it names the person) of (label of the model, part, key of the unit) of all they work for.

    Written by hand and once: the names are those of our own tables.
    """
    found = [f"SELECT '{model._meta.label}', '{part}', {model._meta.model_name}_id "  # noqa: S608
             f"FROM {getattr(model, part).through._meta.db_table} WHERE user_id = %s"
             for model in unit_models() for part in ("clerks", "reviewers")]
    return " UNION ALL ".join(found), len(found)


@cache
def unit_models():
    """The models that have members, in the order of the apps."""
    return tuple(model for model in apps.get_models() if issubclass(model, Membership))


def _through(model, part):
    """The table of one kind of member, and its column that holds the unit."""
    return getattr(model, part).through.objects, f"{model._meta.model_name}__in"


def administered_by(user):
    """The units this person administers, by model, as subqueries."""
    return {model: model._default_manager.filter(administrators=user).values("pk") for model in unit_models()}


def members_of(units):
    """A condition on accounts: a clerk or reviewer of one of these units."""
    found = Q()
    for model, chosen in units.items():
        for part in ("clerks", "reviewers"):
            rows, unit = _through(model, part)
            found |= Q(pk__in=rows.filter(**{unit: chosen}).values("user"))
    return found


def members_elsewhere(units):
    """A condition on accounts: a clerk or reviewer of another unit as well, or an administrator of any."""
    found = Q()
    for model, chosen in units.items():
        for part in PARTS:
            rows, unit = _through(model, part)
            others = rows.all() if part == "administrators" else rows.exclude(**{unit: chosen})
            found |= Q(pk__in=others.values("user"))
    return found


def memberships_of(user):
    """(unit, part) for every membership of this person, in a stable order."""
    return [
        (unit, part) for model in unit_models() for part in PARTS
        for unit in model._default_manager.filter(**{part: user}).order_by("pk")
    ]


def key_of(unit):
    """How a form names a unit: "department:12"."""
    return f"{unit._meta.model_name}:{unit.pk}"


def unit_of(key):
    """The unit that a form named, or None."""
    name, _, pk = str(key).partition(":")
    model = next((model for model in unit_models() if model._meta.model_name == name), None)
    if model is None or not is_row_number(pk):
        return None
    return model._default_manager.filter(pk=pk).first()


def unit_choices(user=None):
    """Every unit, grouped by what it is, for a select; with `user` only those they administer."""
    groups = []
    for model in unit_models():
        units = model._default_manager.all() if user is None else model._default_manager.filter(administrators=user)
        rows = [(key_of(unit), str(unit)) for unit in units]
        if rows:
            groups.append((str(model._meta.verbose_name), rows))
    return groups


def units_called(text):
    """The units with this name, with or without the word 社区 after it."""
    return [
        unit for model in unit_models()
        for unit in model._default_manager.get_queryset().called(text).order_by("pk")
    ] or [
        unit for model in unit_models() if text.endswith("社区")
        for unit in model._default_manager.get_queryset().called(text.removesuffix("社区")).order_by("pk")
    ]
