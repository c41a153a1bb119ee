"""交: of the rows of a table those that can go become statements, or 零报告; the rest stays where it is, with why."""
from dataclasses import dataclass, field

from django.db import transaction

from guicheng.fields import watched
from guicheng.files.attach import copy_to_new
from guicheng.office.watched import words_in
from guicheng.review.states import Verb
from projects.models import ProgressUpdate, Project, ReportingAnswer, ReportingRow, ReportingTask, Standing
from projects.reporting.drafts import held, own_source, read
from projects.reporting.releasing import ask_for_release
from projects.supervision.lights import lights_of

AGAIN = "退回以后在报送任务里重报。"
CHANGED = "这一行刚被别人改过，请看过再交。"
NOT_THEIRS = "这个项目已经不归你填报，请和布置人联系。"
EMPTY = "还没有填。"
TO_REPLACE = frozenset({ProgressUpdate.State.RETURNED, ProgressUpdate.State.DRAFT})


@dataclass
class Outcome:
    """What came of it: rows that went as statements, those that went as 零报告, and the sentences of the rest."""

    statements: list = field(default_factory=list)
    nils: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)  # {row: {field: sentence}}

    @property
    def number(self):
        return len(self.statements) + len(self.nils)


@transaction.atomic
def hand_in(unit, seen, by):
    """Hand in the drafts of these rows of one table. `seen`: {row's key: the version that was seen}.

    In a fixed number of statements whatever the number of rows: a statement of each goes to review by the one way
    there is for many (`ProgressUpdate.in_bulk`). What was returned is dropped for it and stays readable.
    """
    rows = held(unit, seen)
    # after the locks: who closes takes them all first, so this is before the closing or sees it
    task = ReportingTask.objects.get(pk=unit.task_id)
    theirs = set(Project.objects.visible_to(by).filter(
        pk__in=[row.project_id for row in rows]).values_list("pk", flat=True))
    may = by.has_perm("projects.add_progressupdate")
    lights, own, outcome = lights_of([row.project for row in rows]), own_source(), Outcome()
    readings = {}
    for row in rows:
        reading = readings[row] = read(row, row.draft, task, own, lights[row.project_id])
        refusal = _refusal(row, seen[row.pk], may and row.project_id in theirs)
        if refusal or not reading.may_go:
            outcome.refused[row] = {"": refusal} if refusal else reading.errors or {"": EMPTY}
    _ask_about_words(readings, outcome)
    for row in rows:
        if row not in outcome.refused:
            (outcome.nils if readings[row].is_nil else outcome.statements).append(row)
    _write(task, outcome, readings, by)
    if outcome.number:
        ask_for_release(unit)
    return outcome


def _refusal(row, version, is_theirs):
    if not is_theirs:
        return NOT_THEIRS
    if row.standing_now in Standing.ANSWERED or row.version != version:
        return CHANGED
    return ""


def _ask_about_words(readings, outcome):
    """A row with a word of the office's list waits until its author ticks that it was looked at. One query for all."""
    texts = {row: [getattr(reading.update, name) for name in watched(ProgressUpdate)]
             for row, reading in readings.items()
             if reading.update and row not in outcome.refused and not row.draft.get("words_checked")}
    found = words_in(*(text for row in texts for text in texts[row]))
    for row, said in texts.items():
        together = "\n".join(said)
        here = [word for word in found if word.word in together]
        if here:
            outcome.refused[row] = {"words": "；".join(f"“{word.word}”：{word.advice}" for word in here)}


def _write(task, outcome, readings, by):
    updates = {row: readings[row].update for row in outcome.statements}
    old = [row.latest.update for row in outcome.statements + outcome.nils
           if row.latest_id and row.latest.update_id and row.latest.update.state in TO_REPLACE]
    if old:
        ProgressUpdate.in_bulk(old, by, Verb.DROPPED, AGAIN)
    if updates:
        ProgressUpdate.in_bulk(list(updates.values()), by, Verb.SUBMITTED)
    pairs = [(row.latest.update, update) for row, update in updates.items()
             if row.latest_id and row.latest.update in old]
    if pairs:
        copy_to_new(pairs, by)
    answers = [ReportingAnswer(
        row=row, update=updates.get(row), said=row.draft, by=by, is_late=task.closed_at is not None,
        reason="" if row in updates else row.draft.get("nil_reason", ""), is_sample=task.is_sample)
        for row in outcome.statements + outcome.nils]
    ReportingAnswer.objects.bulk_create(answers)
    for answer in answers:
        row = answer.row
        row.latest, row.draft, row.has_draft, row.version = answer, {}, False, row.version + 1
    ReportingRow.objects.bulk_update([answer.row for answer in answers], ["latest", "draft", "has_draft", "version"])
