"""Model fields that clean text on the way in, which of them are watched, the constraints several models share."""
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, router

from guicheng.text import clean_text


class CleanCharField(models.CharField):
    """A CharField whose text is cleaned by `full_clean()`: NFC, no control characters."""

    def to_python(self, value):
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value


class CleanTextField(models.TextField):
    """A TextField whose text is cleaned by `full_clean()`."""

    def to_python(self, value):
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value


class DayField(models.DateField):
    """A day of our time: "0021-12-31" is a slip of the hand, not a date."""

    default_validators = [
        MinValueValidator(date(1990, 1, 1), "日期应在 1990 年以后，请检查年份。"),
        MaxValueValidator(date(2100, 12, 31), "日期应在 2100 年以前，请检查年份。"),
    ]


class Qualifier(models.TextChoices):
    """How exact a figure is, in the word of its source. Empty means exact."""

    EXACT = "", "（确数）"
    OVER = "超", "超"
    MORE = "多", "多"
    ABOUT = "约", "约"
    NEARLY = "近", "近"
    OR_SO = "左右", "左右"


# --- texts that can become public ------------------------------------------------------------------
ALL = "*"  # `unwatched = ALL` says a model of which no text ever is; one with some that never are names them there
NO_PROSE = (models.SlugField, models.URLField, models.EmailField)


def watched(model):
    """The names of the texts of `model` in which the portal looks for words of the list: those people write freely."""
    unwatched = getattr(model, "unwatched", ())
    return [field.name for field in model._meta.concrete_fields
            if unwatched != ALL and field.name not in unwatched and is_prose(field)]


def is_prose(field):
    is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, NO_PROSE)
    return is_text and field.editable and not field.choices


def listed_order(name, choices):
    """To order rows by: a column of choices, as the choices are listed and not by their keys."""
    cases = (models.When(**{name: value}, then=number) for number, value in enumerate(choices.values))
    return models.Case(*cases, output_field=models.IntegerField())


# --- constraints -----------------------------------------------------------------------------------
def one_of(field, values, sentence):
    """A constraint: `field` holds one of `values`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": list(values)}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=sentence,
    )


def in_order(first, second, sentence):
    """A constraint: where both days are known, `first` is not after `second`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True})
        | models.Q(**{f"{second}__isnull": True})
        | models.Q(**{f"{first}__lte": models.F(second)}),
        name=f"%(app_label)s_%(class)s_{second}_in_order",
        violation_error_message=sentence,
    )


def percent_range(field="percent"):
    """A constraint: a percentage is between 0 and 100."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__range": (0, 100)}),
        name=f"%(app_label)s_%(class)s_{field}_0_100",
        violation_error_message="百分比应在 0 到 100 之间。",
    )


def with_unit(field, unit, sentence):
    """A constraint: where there is a number there is its unit."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | ~models.Q(**{unit: ""}),
        name=f"%(app_label)s_%(class)s_{unit}_present",
        violation_error_message=sentence,
    )


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
        return [(model, [each for each in rules if not isinstance(each, models.CheckConstraint)])
                for model, rules in found]

    def _keeps_all_checks(self):
        conditions = [each.condition for each in self._meta.constraints if isinstance(each, models.CheckConstraint)]
        values = self._get_field_expression_map(meta=self._meta)
        return models.Q(*conditions).check(values, using=router.db_for_write(type(self), instance=self))
