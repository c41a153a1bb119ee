"""The beginning of a list, on a page that has more than one."""
from dataclasses import dataclass

from django.db.models import Count, Q, Window

SHOWN = 10


def in_all(**which):
    """An expression: how many rows the whole queryset has, or how many such ones. Of one that is cut, too."""
    return Window(Count("pk", filter=Q(**which)) if which else Count("pk"))


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, how many there are, and where all of them are."""

    rows: list
    total: int
    address: str = ""

    @classmethod
    def of(cls, rows, address=""):
        """The first rows of a queryset and how many it has, in one query."""
        return cls.told(list(cls.beginning(rows)), address)

    @staticmethod
    def beginning(rows):
        """The first rows of a queryset, each with how many it has: of one that is compiled once."""
        return rows.annotate(in_all=in_all())[:SHOWN]

    @classmethod
    def told(cls, first, address=""):
        """What was found of `beginning`."""
        return cls(first, first[0].in_all if first else 0, address)

    @property
    def is_cut(self):
        return self.total > len(self.rows)
