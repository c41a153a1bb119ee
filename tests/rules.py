"""How a test table names a constraint: `Check` for a condition, `Once` for what may stand only once.

Values that are functions are called when the row is built, so a table can be written without a database.
"""
from dataclasses import dataclass, field


def _built(values):
    values = values() if callable(values) else values
    return {name: value() if callable(value) else value for name, value in values.items()}


@dataclass(frozen=True)
class Rule:
    name: str
    model: type
    base: object  # what every row of the model needs

    @property
    def constraint(self):
        return next(each for each in self.model._meta.constraints if each.name == self.name)

    def _row(self, *changes):
        values = _built(self.base)
        for change in changes:
            values |= _built(change)
        return self.model(**values)

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class Check(Rule):
    """`good` and `bad`: what a row that keeps, or breaks, the condition says beyond the base.

    `shared_with`: other constraints that no bad row can help breaking as well.
    """

    bad: object
    good: object = field(default_factory=dict)
    shared_with: tuple = ()

    def good_row(self):
        return self._row(self.good)

    def bad_row(self):
        return self._row(self.bad)


@dataclass(frozen=True)
class Once(Rule):
    """`twins`: what two rows share; `apart`: what makes the second a different one. The first row is saved here."""

    twins: object
    apart: object
    shared_with: tuple = ()

    def _second(self, change):
        twins = _built(self.twins)
        self._row(twins).save()
        return self._row(twins, change)

    def good_row(self):
        return self._second(self.apart)

    def bad_row(self):
        return self._second({})
