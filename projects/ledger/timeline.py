"""The public timeline of one project: what stands, what was corrected, what was withdrawn."""
from dataclasses import dataclass, field

from guicheng import ledger
from guicheng.files.models import arranged
from guicheng.ledger import Place

TAKEN_BACK = "这条进展后来撤回了，不再显示原文。"


@dataclass
class Entry(Place):
    """A place on a project's timeline, with the photos and papers of the row that stands there."""

    figures: list = field(default_factory=list)
    papers: list = field(default_factory=list)


def timeline(rows, photos=(), papers=()):
    """The entries, newest first, of the published rows of one project, each with its photos and papers.

    Of what was withdrawn only the fact and the reason are shown.
    """
    entries = ledger.timeline(rows, Entry)
    for entry in entries:
        if not entry.is_withdrawn:
            entry.figures = arranged([photo for photo in photos if photo.update_id == entry.row.pk])
            entry.papers = [paper for paper in papers if paper.update_id == entry.row.pk]
    return entries


def hide_withdrawn(rows, known_at):
    """Take the words out of those of `rows` that were withdrawn after `known_at`; give all of them.

    What they stated still counts as it was known then, but what was taken back is not published again.
    """
    return without_withdrawn_words(rows, known_at) if known_at is not None else list(rows)


def without_withdrawn_words(rows, since=None):
    """Take the words out of those of `rows` that were withdrawn after the instant `since`, or at any time."""
    rows = list(rows)
    for row in ledger.withdrawn_among(rows, since):
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
