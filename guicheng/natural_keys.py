"""Rows that are known by a name and not by a number, so fixtures can be loaded again and again."""
import secrets
from functools import reduce

from django.db import models


class KeyedQuerySet(models.QuerySet):
    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.model.natural_key_fields, values, strict=True)))

    def natural_keys(self):
        """The natural keys of all these rows, in one query."""
        return set(self.values_list(*self.model.natural_key_fields))


class Keyed(models.Model):
    """A model with `natural_key_fields`: lookups such as "code" or "project__code"."""

    natural_key_fields = ("code",)

    class Meta:
        abstract = True

    def natural_key(self):
        return tuple(
            reduce(lambda row, name: getattr(row, name, None), path.split("__"), self)
            for path in self.natural_key_fields
        )

    @classmethod
    def natural_key_of(cls, fields):
        """The key of a fixture's row before it is made: {"project": ["kp01"], "seq": 1} gives ("kp01", 1)."""
        values = (fields[path.split("__")[0]] for path in cls.natural_key_fields)
        return tuple(value[0] if isinstance(value, list) else value for value in values)


def new_code():
    return secrets.token_hex(5)


class Coded(Keyed):
    """A model whose rows have a code that never changes, whatever else about them is mended."""

    code = models.SlugField("编号", max_length=60, unique=True, default=new_code, editable=False)

    class Meta:
        abstract = True
