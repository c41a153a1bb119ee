"""How new the material is: the day of the newest statement, and when anything was last published."""
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

from guicheng import words
from guicheng.days.compiled import compiled
from projects.models import ProgressUpdate, Project


@dataclass(frozen=True)
class News:
    """The newest statement of a real public project: its days, and the instant of the last publication of any."""

    effective_from: date | None
    effective_on: date
    published_on: datetime

    @property
    def told(self):
        return words.day_range(self.effective_from, self.effective_on, "截至 ")

    @property
    def month(self):
        """ "2023 年 2 月": the month of its last day. """
        return f"{self.effective_on.year} 年 {self.effective_on.month} 月"


def news():
    """The News of the site, or None where nothing was published. One query."""
    return next((News(*found) for found in _newest()), None)


@compiled()
def _newest():
    last = ProgressUpdate.objects.published().order_by("-recorded_at").values("recorded_at")[:1]
    moved = Project.objects.published().real().exclude(latest_update=None)
    # the first of the public list: of those of one day none is newer, and sorting them PostgreSQL read all statements
    return moved.newest_first().values_list(
        "latest_update__effective_from", "latest_update__effective_on", Subquery(last))[:1]
