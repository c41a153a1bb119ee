"""Every row of an uploaded list, as the roster judges it: new, changed field by field, unchanged, or wrong."""
from collections import Counter

from django.db import transaction

from guicheng.excel_import.kinds import WHY
from guicheng.excel_import.rows import Outcome, chunks
from guicheng.excel_import.values import plain_text
from projects.excel_import.assumed import assumed
from projects.excel_import.roster import ProjectRoster, table_of
from projects.models import ImportRow

CHUNK = 1000
SHOWN = 300  # rows that were not read and are named


def preview(batch, sheet, saw=lambda done: None):
    """Bring the batch's rows to what its sheet says, compared with what is there. `saw` is told how far it is."""
    table = table_of(batch, sheet)
    roster = ProjectRoster(batch, table)
    ImportRow.objects.filter(batch=batch).delete()
    counts, done = Counter(), 0
    for chunk in chunks(table.lines(), CHUNK):
        rows = [row_of(batch, line) for line in roster.judge(chunk)]
        ImportRow.objects.bulk_create(rows)
        counts.update(row.outcome for row in rows)
        done += len(chunk)
        saw(done)
    batch.counts = {outcome: counts[outcome] for outcome in Outcome.values}
    passed = [each for each in table.skipped if not each.is_empty]
    batch.skipped = len(passed)
    batch.passed_over = [[each.number, WHY[each.why], each.words] for each in passed[:SHOWN]]
    batch.assumed = [*batch.sheets_said, *assumed(roster)]
    batch.state = batch.State.PREVIEWED
    batch.unknown_departments = sorted(roster.unknown_departments)
    batch.save(update_fields=["counts", "skipped", "passed_over", "assumed", "state", "unknown_departments"])


def row_of(batch, line):
    """A judged line as it is kept until the confirmation."""
    known = line.known
    row = ImportRow(batch=batch, number=line.number, raw=[stored_cell(cell) for cell in line.raw],
                    name=(line.name or (known.plan["name"] if known else ""))[:200],
                    outcome=line.outcome, project_id=known.pk if known else None)
    said = [*line.problems, *line.questions] or line.notes
    row.sentence = "；".join(said) + "。" if said else ""
    if line.outcome not in (Outcome.WRONG, Outcome.ASK):
        row.changes, row.values, row.before = line.changes, line.values, line.before
        row.seen = known.stamp if known else ""
    return row


def stored_cell(cell):
    """A cell as the result workbook gives it back."""
    return cell if isinstance(cell, float | int | str) else plain_text(cell)


@transaction.atomic
def forget_rows(batch):
    """Drop the preview; the file stays."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.counts, batch.state = {}, batch.State.UPLOADED
    batch.save(update_fields=["counts", "state"])
