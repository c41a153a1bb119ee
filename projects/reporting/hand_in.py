"""交: of the rows of a table those that can go become what they say, or 零报告; the rest stays, with why."""
from dataclasses import dataclass, field

from django.db import transaction

from guicheng.fields import watched
from guicheng.office.watched import words_in
from guicheng.review.states import State, Verb
from projects.models import ReportingTask, Standing
from projects.reporting.kinds import kind_of
from projects.reporting.releasing import ask_for_release

AGAIN = "退回以后在报送任务里重报。"
CHANGED = "这一行刚被别人改过，请看过再交。"
EMPTY = "还没有填。"
TO_REPLACE = frozenset({State.RETURNED, State.DRAFT})


@dataclass
class Outcome:
    """What came of it: rows that went into review, those that went as 零报告, and the sentences of the rest."""

    in_review: list = field(default_factory=list)
    nils: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)  # {row: {field: sentence}}

    @property
    def rows(self):
        return self.in_review + self.nils

    @property
    def number(self):
        return len(self.rows)


@transaction.atomic
def hand_in(rows, seen, by):
    """Hand in the drafts of these rows, of one task and one kind. `seen`: {row's key: the version that was seen}.

    In a fixed number of statements whatever the number of rows: what each becomes goes to review by the one way there
    is for many (`Reviewed.in_bulk`). What was returned is dropped for it and stays readable.
    """
    kind, rows, outcome = kind_of(rows.model), rows.filter(pk__in=seen).held(), Outcome()
    if not rows:
        return outcome
    # after the locks: who closes takes them all first, so this is before the closing or sees it
    task = ReportingTask.objects.get(pk=rows[0].unit.task_id)
    theirs, readings = kind.theirs(rows, by), kind.readings(rows, task)
    for row, reading in readings.items():
        changed = row.standing_now in Standing.ANSWERED or row.version != seen[row.pk]
        refusal = kind.not_theirs if row not in theirs else CHANGED if changed else ""
        if refusal or not reading.may_go:
            outcome.refused[row] = {"": refusal} if refusal else reading.errors or {"": EMPTY}
    if going := _going(readings, outcome):
        outcome.refused |= kind.refused(going)
    ask_about_words(readings, outcome)
    for row in rows:
        if row not in outcome.refused:
            (outcome.nils if readings[row].is_nil else outcome.in_review).append(row)
    _write(kind, task, outcome, readings, by)
    for unit in dict.fromkeys(row.unit for row in outcome.rows):
        ask_for_release(unit)
    return outcome


def _going(readings, outcome):
    return {row: reading.reviewed for row, reading in readings.items()
            if reading.reviewed and row not in outcome.refused}


def ask_about_words(readings, outcome):
    """A row with a word of the office's list waits until its author ticks that it was looked at. One query for all."""
    texts = {row: "\n".join(getattr(reviewed, name) for name in watched(type(reviewed)))
             for row, reviewed in _going(readings, outcome).items() if not row.draft.get("words_checked")}
    found = words_in(*texts.values()) if any(texts.values()) else []
    for row, said in texts.items():
        here = [word for word in found if word.word in said]
        if here:
            outcome.refused[row] = {"words": "；".join(f"“{word.word}”：{word.advice}" for word in here)}


def _write(kind, task, outcome, readings, by):
    going = {row: readings[row].reviewed for row in outcome.in_review}
    old = {row: row.reviewed for row in outcome.rows if row.reviewed and row.reviewed.state in TO_REPLACE}
    if old:
        kind.reviewed.in_bulk(list(old.values()), by, Verb.DROPPED, AGAIN)
    if going:
        kind.reviewed.in_bulk(list(going.values()), by, Verb.SUBMITTED)
    if pairs := [(old[row], new) for row, new in going.items() if row in old]:
        kind.replaced(pairs, by)
    answers = [kind.answers(
        row=row, said=row.draft, by=by, is_late=task.closed_at is not None, **{kind.rows.became: going.get(row)},
        reason="" if row in going else row.draft.get(kind.nil_reason, ""), **kind.marked(task))
        for row in outcome.rows]
    kind.answers.objects.bulk_create(answers)
    for answer in answers:
        row = answer.row
        row.latest, row.draft, row.has_draft, row.version = answer, {}, False, row.version + 1
    kind.rows.objects.bulk_update([answer.row for answer in answers], ["latest", "draft", "has_draft", "version"])
