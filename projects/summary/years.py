"""The lists by year: the office's own, and those compiled of years gone by."""
from collections import defaultdict
from dataclasses import dataclass

COMPILED = "往年资料（根据公开报道整理，不是完整名单）"


@dataclass(frozen=True)
class Year:
    """The lists of a year as pages group them. `note`: what is to be known of them, "" of the office's own lists."""

    year: int
    note: str
    summaries: list

    @property
    def title(self):
        return f"{self.year} 年{'　' + self.note if self.note else ''}"


def by_year(summaries):
    """The summaries by year, the newest first; the office's own lists of a year before those compiled of it."""
    found = defaultdict(list)
    for row in summaries:
        found[-row.project_list.year, row.project_list.is_compiled].append(row)
    return [Year(-year, COMPILED if compiled else "", found[year, compiled]) for year, compiled in sorted(found)]
