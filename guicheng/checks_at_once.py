"""Validation that asks the database about all check constraints of a row in one query."""
from django.db import models, router
from django.db.models import CheckConstraint, Q


class ChecksAtOnce(models.Model):
    """For a model with many check constraints. Django asks one query for each; a sound row needs one for all."""

    _is_sound = False

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        self._is_sound = not exclude and self._keeps_all_checks()
        try:
            super().validate_constraints(exclude)  # where one is broken, one by one: each has its own sentence
        finally:
            del self._is_sound

    def get_constraints(self):
        found = super().get_constraints()
        if not self._is_sound:
            return found
        return [(model, [each for each in rules if not isinstance(each, CheckConstraint)]) for model, rules in found]

    def _keeps_all_checks(self):
        conditions = [each.condition for each in self._meta.constraints if isinstance(each, CheckConstraint)]
        values = self._get_field_expression_map(meta=self._meta)
        return Q(*conditions).check(values, using=router.db_for_write(type(self), instance=self))
