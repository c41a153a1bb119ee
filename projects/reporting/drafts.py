"""What is typed in a table, kept as a draft as it was typed: of whatever kind the rows are."""
from django.db import transaction
from django.utils import timezone

from projects.models import Standing
from projects.reporting.typed import Typed


@transaction.atomic
def save_drafts(rows, seen, by):
    """Keep what was typed. `rows`: those the page is about; `seen`: {row's key: Typed}; gives (saved, refused rows).

    What two people type into cells of one row is kept of both. Of one cell the second is refused, with the row as it is
    now; so is a row that was handed in meanwhile. A row that nobody touched is left alone. It is no change of anything
    that counts: no history, no audit, no step.
    """
    saved, refused, now = [], [], timezone.now()
    for row in rows.filter(pk__in=seen).held():
        typed = Typed(*seen[row.pk]).over(row.kept)
        if not typed.is_touched or typed.draft == row.draft or not row.is_begun(typed.draft) and not row.has_draft:
            continue
        draft, clash = typed.draft, frozenset()
        if row.version != typed.version:
            draft, clash = typed.beside(row.kept)
        if clash or row.standing_now in Standing.ANSWERED:
            refused.append(row)
            continue
        row.draft, row.has_draft = draft, row.is_begun(draft)
        row.draft_by, row.draft_at, row.version = by, now, row.version + 1
        saved.append(row)
    rows.model.objects.bulk_update(saved, ["draft", "has_draft", "draft_by", "draft_at", "version"])
    return saved, refused
