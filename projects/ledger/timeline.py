"""The public timeline of one project: what stands, what was corrected, what was withdrawn."""
from dataclasses import dataclass, field

from guicheng.files.models import arranged
from projects.models import ProgressUpdate

TAKEN_BACK = "这条进展后来撤回了，不再显示原文。"


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


def hide_withdrawn(rows, known_at):
    """Take the words out of those of `rows` that were withdrawn after `known_at`; give all of them.

    What they stated still counts as it was known then, but what was taken back is not published again.
    """
    return without_withdrawn_words(rows, known_at) if known_at is not None else list(rows)


def without_withdrawn_words(rows, since=None):
    """Take the words out of those of `rows` that were withdrawn after the instant `since`, or at any time."""
    rows = list(rows)
    if not rows:
        return rows
    later = ProgressUpdate.objects.published().filter(project__in={row.project_id for row in rows}).exclude(amends=None)
    later = later.filter(recorded_at__gt=since) if since else later
    amended_by = {amends: (pk, kind) for pk, amends, kind in later.values_list("pk", "amends", "kind")}
    for row in rows:
        pk, kind = row.pk, ""
        while pk in amended_by:
            pk, kind = amended_by[pk]
        if kind == ProgressUpdate.Kind.WITHDRAWAL:
            row.text, row.reason, row.proof, row.was_withdrawn = TAKEN_BACK, "", "", True
    return rows


def timeline_at(rows, moment, photos=(), papers=()):
    """The timeline as it stood at the moment, of all the published rows of one project."""
    if moment.known_at:
        rows = [row for row in rows if row.recorded_at <= moment.known_at]
    entries = timeline(rows, photos, papers)
    if moment:
        entries = [entry for entry in entries if moment.has((entry.withdrawal or entry.row).effective_on)]
        hide_withdrawn([entry.row for entry in entries], moment.known_at)
        for entry in entries:
            if getattr(entry.row, "was_withdrawn", False):
                entry.replaced, entry.figures, entry.papers = [], [], []
    return entries
