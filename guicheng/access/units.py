"""Which units answer for a row, and who works for them.

A model says once by which foreign keys it is answered for: `answered_by = ("lead_department", "community")`, or through
others, `("project__community",)`. Whose rows they are, who reviews them and who is told follows from that.
"""
from functools import partial, reduce

from django.db import models
from django.db.models import OuterRef, Q

from guicheng.access.membership import units_of
from guicheng.access.permissions import sees_everything


def behind(model, path):
    """The model that a path of relations leads to: behind(ProgressUpdate, "project__community").

    The one way to a model of a later app; its name stands nowhere below that app.
    """
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model
    return model


class Answered(models.Model):
    """A row for which units answer."""

    answered_by = ()  # paths of foreign keys to models with members

    class Meta:
        abstract = True

    def units(self):
        """The units that answer for this row, in the order of `answered_by`; without those it has not."""
        found = (reduce(lambda row, name: row and getattr(row, name), path.split("__"), self)
                 for path in self.answered_by)
        return [unit for unit in found if unit]

    @classmethod
    def of_units(cls, choose, prefix=""):
        """The condition: a unit that answers is among `choose(its model)`, a queryset or its keys."""
        found = Q(pk__in=[])
        for path in cls.answered_by:
            found |= Q(**{f"{prefix}{path}__in": choose(behind(cls, path))})
        return found

    @classmethod
    def of_units_reviewed_by(cls, user):
        """The condition: this person is a reviewer of a unit that answers."""
        return cls.of_units(lambda units: units_of(user, units, "reviewed_by"))

    @classmethod
    def of_small_units(cls, user):
        """The condition: this person may do both steps of a review alone.

        Of a unit they review for that has that rule. Another unit's rule does not help, for the clerk says which
        units a row has: who sees everything needs all of them to have it.
        """
        small = cls.of_units(lambda units: units._default_manager.reviewed_by(user).filter(one_step_review=True))
        if not sees_everything(user):
            return small
        some, every = Q(pk__in=[]), Q()
        for path in cls.answered_by:
            some |= ~Q(**{path: None})
            every &= Q(**{path: None}) | Q(**{f"{path}__one_step_review": True})
        return small | some & every

    @classmethod
    def reviewers_of_outer_row(cls):
        """The condition on accounts, inside a subquery: a reviewer of a unit that answers for the outer row."""
        found = Q(pk__in=[])
        for path in cls.answered_by:
            found |= Q(**{f"{behind(cls, path)._meta.model_name}_reviewer_of": OuterRef(path)})
        return found

    @classmethod
    def units_served_by(cls, user):
        """The units that may answer for rows of this model and that this person works for."""
        return [unit for path in cls.answered_by for unit in behind(cls, path)._default_manager.served_by(user)]


class AnsweredQuerySet(models.QuerySet):
    def answered_by_units_of(self, user):
        """Those for which a unit answers that this person works for."""
        return self.filter(self.model.of_units(partial(units_of, user)))


def reviews(user, row):
    """Whether this person is a reviewer of a unit that answers for the row."""
    return any(type(unit)._default_manager.reviewed_by(user).filter(pk=unit.pk).exists() for unit in row.units())


def works_for(user, units):
    """Whether this person is a clerk or reviewer of one of these units."""
    return any(type(unit)._default_manager.served_by(user).filter(pk=unit.pk).exists() for unit in units)


def people_of(units):
    """The clerks and reviewers of these units whose accounts are open, each once."""
    return list({user.pk: user for unit in units for member in (unit.clerks, unit.reviewers)
                 for user in member.filter(is_active=True)}.values())
