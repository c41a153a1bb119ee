"""The beginning of a list, on a page that has more than one."""
from dataclasses import dataclass

SHOWN = 10


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, how many there are, and where all of them are."""

    rows: list
    total: int
    address: str = ""

    @property
    def is_cut(self):
        return self.total > len(self.rows)
