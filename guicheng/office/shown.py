"""The beginning of a list, on a page that has more than one."""
from dataclasses import dataclass

from django.db.models import Count, Window

SHOWN = 10


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, how many there are, and where all of them are."""

    rows: list
    total: int
    address: str = ""

    @classmethod
    def of(cls, rows, address=""):
        """The first rows of a queryset and how many it has, in one query."""
        first = list(rows.annotate(in_all=Window(Count("pk")))[:SHOWN])
        return cls(first, first[0].in_all if first else 0, address)

    @property
    def is_cut(self):
        return self.total > len(self.rows)
