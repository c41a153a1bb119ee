"""One figure, with all that is needed to believe it."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


def iso(day):
    """A day as the written form of a figure holds it; None stays None."""
    return day.isoformat() if day else None


def from_iso(text):
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Definition:
    """口径: what a figure counts, in one sentence. `key` is its anchor on the page 这个数怎么算."""

    key: str
    label: str
    sentence: str
    unit: str = "项"

    def frozen(self):
        return {"key": self.key, "label": self.label, "sentence": self.sentence, "unit": self.unit}

    @classmethod
    def from_frozen(cls, row):
        return cls(**row)


@dataclass(frozen=True)
class Figure:
    """A value with its definition, the day it holds for, and for a rate what was divided by what.

    `value` is None where nobody stated it. `recorded` and `declared` say how much of the whole is known.
    """

    definition: Definition
    value: int | Decimal | None
    as_of: date
    numerator: int | None = None
    denominator: int | None = None
    recorded: int | None = None
    declared: int | None = None

    @property
    def is_partial(self):
        """Whether the portal knows fewer items than were declared: then no rate is printed."""
        return self.declared is not None and self.recorded is not None and self.recorded < self.declared

    @property
    def rate(self):
        """Percent with one decimal, or None where there is no denominator or the record has gaps."""
        if self.is_partial or not self.denominator or self.numerator is None:
            return None
        return round(Decimal(self.numerator) * 100 / self.denominator, 1)

    def frozen(self):
        """The written form; the definition beside it is told by its key."""
        return {"key": self.definition.key, "label": self.definition.label, "unit": self.definition.unit,
                "value": self.value, "numerator": self.numerator, "denominator": self.denominator,
                "rate": None if self.rate is None else str(self.rate)}

    @classmethod
    def from_frozen(cls, row, definitions, as_of):
        definition = next(each for each in definitions if each.key == row["key"])
        # a rate that was not told then is not told now, though both of its numbers are there
        gap = {"recorded": 0, "declared": row["denominator"]} if row["rate"] is None and row["denominator"] else {}
        return cls(definition, row["value"], as_of, row["numerator"], row["denominator"], **gap)
