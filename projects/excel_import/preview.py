"""Every row of an uploaded list, as the roster judges it: new, changed field by field, unchanged, or wrong."""
from collections import Counter
from dataclasses import asdict
from functools import cached_property

from django.db import transaction

from guicheng.excel_import.columns import Header
from guicheng.excel_import.kinds import WHY
from guicheng.excel_import.rows import Outcome, Table, chunks
from guicheng.excel_import.values import half_width, plain_text
from projects.excel_import.assumed import assumed, assumed_of_sheets, merged
from projects.excel_import.roster import ProjectRoster
from projects.models import ImportAnswer, ImportRow

CHUNK = 1000


class Reading:
    """One reading of a file, on the page and in `preview_list`: the rosters of its sheets, in order.

    `answers`: what people said of rows: {sheet: {number: {question: (key, words)}}}. `year`: of days without one.
    """

    def __init__(self, batch, sheets, answers=None, year=None):
        self.batch, self.answers, self.year = batch, answers or {}, year
        by_name = {sheet.name: sheet for sheet in sheets}
        self.sheets = [(each, by_name[each.name]) for each in batch.read_sheets
                       if each.is_read and each.names_projects and each.name in by_name]

    @cached_property
    def tables(self):
        return [Table(sheet, Header(each.header_row, each.header_rows, each.headings, 0), each.columns,
                      self.answers.get(sheet.name), sheet.name if len(self.sheets) > 1 else "")
                for each, sheet in self.sheets]

    @property
    def counts_anew(self):
        """Whether each sheet numbers its rows from 1: then the numbers are of its lines, not of the list."""
        seen = set()
        for table in self.tables:
            numbers = {half_width(plain_text(value)) for value, _ in table.cells("number")} - {""}
            if seen & numbers:
                return True
            seen |= numbers
        return False

    def rosters(self):
        """A roster for each sheet that is read; what one saw, the next one knows."""
        before, counts_anew = None, len(self.tables) > 1 and self.counts_anew
        for (each, _), table in zip(self.sheets, self.tables, strict=True):
            roster = ProjectRoster(self.batch, table, each, self.year)
            roster.counts_anew = counts_anew
            if before:
                roster.follow(before)
            before = roster
            yield roster

    def assumed(self, rosters):
        """What was assumed, of the file and then of its sheets."""
        return [*assumed_of_sheets(self.batch),
                *merged([(roster.table.sheet.name, list(assumed(roster))) for roster in rosters])]


def judged(roster):
    """The judged lines of a sheet, a chunk at a time."""
    for chunk in chunks(roster.table.lines(), CHUNK):
        yield roster.judge(chunk)


def preview(batch, sheets, saw=lambda done: None):
    """Bring the batch's rows to what its sheets say, compared with what is there. `saw` is told how far it is."""
    ImportRow.objects.filter(batch=batch).delete()
    counts, done, rosters, passed = Counter(), 0, [], []
    reading = Reading(batch, sheets, answers_of(batch))
    for roster in reading.rosters():
        for lines in judged(roster):
            rows = [row_of(batch, line) for line in lines]
            ImportRow.objects.bulk_create(rows)
            counts.update(row.outcome for row in rows)
            done += len(lines)
            saw(done)
        rosters.append(roster)
        passed += [(roster, each) for each in roster.table.skipped if not each.is_empty]
    batch.counts = {outcome: counts[outcome] for outcome in Outcome.values}
    batch.skipped = len(passed)
    batch.passed_over = [
        {"sheet": roster.table.sheet.name, "row": each.number, "why": WHY[each.why], "words": each.words}
        for roster, each in passed]
    batch.assumed = [asdict(each) for each in reading.assumed(rosters)]
    batch.state = batch.State.PREVIEWED
    batch.unknown_departments = sorted(set().union(*[roster.unknown_departments for roster in rosters]))
    batch.save(update_fields=["counts", "skipped", "passed_over", "assumed", "state", "unknown_departments"])


def answers_of(batch):
    """{sheet: {number: {question: (key, words)}}}: what was answered so far."""
    found = {}
    for each in ImportAnswer.objects.filter(batch=batch):
        of_row = found.setdefault(each.sheet, {}).setdefault(each.number, {})
        of_row[each.question] = (each.answer, each.words)
    return found


def row_of(batch, line):
    """A judged line as it is kept until the confirmation."""
    known = line.known
    row = ImportRow(batch=batch, sheet=line.sheet, number=line.number, raw=[stored_cell(cell) for cell in line.raw],
                    name=(line.name or (known.plan["name"] if known else ""))[:200],
                    outcome=line.outcome, project_id=known.pk if known else None)
    said = [*line.problems, *line.questions] or line.notes
    row.sentence = "；".join(said) + "。" if said else ""
    row.asks = [{"question": each.question, "sentence": str(each),
                 "choices": [[choice.key, choice.label, choice.asks] for choice in each.choices]}
                for each in line.remarks if each.choices]
    if line.outcome not in (Outcome.WRONG, Outcome.ASK):
        row.changes, row.values, row.before = line.changes, line.values, line.before
        row.seen = known.stamp if known else ""
    return row


def stored_cell(cell):
    """A cell as the result workbook gives it back."""
    return cell if isinstance(cell, float | int | str) else plain_text(cell)


@transaction.atomic
def forget_rows(batch):
    """Drop the preview; the file and what was answered stay."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.counts, batch.state = {}, batch.State.UPLOADED
    batch.save(update_fields=["counts", "state"])
