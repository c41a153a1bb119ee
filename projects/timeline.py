"""The public timeline of one project: what stands, what was corrected, what was withdrawn."""
from dataclasses import dataclass, field

from projects.models import ProgressUpdate
from projects.models.media import arranged


@dataclass
class Entry:
    """One place on the timeline: the row that stands there, and those it took the place of."""

    row: ProgressUpdate
    replaced: list = field(default_factory=list)
    withdrawal: ProgressUpdate | None = None
    figures: list = field(default_factory=list)
    papers: list = field(default_factory=list)

    @property
    def is_withdrawn(self):
        return self.withdrawal is not None


def timeline(rows, photos=(), papers=()):
    """Give the entries, newest first, of the published rows of one project, each with its photos and papers.

    A correction takes the place of what it corrects, which stays readable behind it. Of what was
    withdrawn only the fact and the reason are shown.
    """
    amended_by = {row.amends_id: row for row in rows if row.amends_id}
    by_pk = {row.pk: row for row in rows}
    entries = []
    for row in rows:
        if row.kind == ProgressUpdate.Kind.WITHDRAWAL:
            continue
        later = amended_by.get(row.pk)
        if later and later.kind == ProgressUpdate.Kind.CORRECTION:
            continue
        entry = Entry(row, withdrawal=later)
        if not later:
            entry.figures = arranged([photo for photo in photos if photo.update_id == row.pk])
            entry.papers = [paper for paper in papers if paper.update_id == row.pk]
        earlier = by_pk.get(row.amends_id)
        while earlier:
            entry.replaced.append(earlier)
            earlier = by_pk.get(earlier.amends_id)
        entries.append(entry)
    return sorted(entries, key=lambda entry: (entry.row.effective_on, entry.row.seq), reverse=True)
