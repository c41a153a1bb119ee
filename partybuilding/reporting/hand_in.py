"""交: of the figures of a table those that can go become values in review, or 零报告; the rest stays, with why."""
from dataclasses import dataclass, field

from django.db import transaction

from guicheng.fields import watched
from guicheng.office.watched import words_in
from guicheng.review.states import IN_REVIEW, State, Verb
from partybuilding.models import MetricReading, ReadingAnswer, ReadingRow, ReportedReading
from partybuilding.permissions import can_report_readings
from partybuilding.reporting.drafts import kept, read
from projects.models import ReportingTask, Source, Standing

AGAIN = "退回以后在报送任务里重报。"
CHANGED = "这一行刚被别人改过，请看过再交。"
NOT_THEIRS = "这些数不归你填报，请和布置人联系。"
EMPTY = "还没有填。"
TWICE = "这一天的这个数已经报过；日子不同才能再报一个，要更正请和党政办联系。"


@dataclass
class Outcome:
    """What came of it: rows that went with a value, those that went as 零报告, and the sentences of the rest."""

    values: list = field(default_factory=list)
    nils: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)  # {row: {field: sentence}}

    @property
    def number(self):
        return len(self.values) + len(self.nils)


@transaction.atomic
def hand_in(rows, seen, by):
    """Hand in the drafts of these rows. `rows`: those the page is about, of one task; `seen`: {key: version seen}.

    In a fixed number of statements whatever the number of rows, by the one way into review there is for many.
    """
    rows = list(rows.filter(pk__in=seen).select_for_update(no_key=True, of=("self",)).with_before().select_related(
        "unit__community", "metric", "latest__reported", "latest__returned").order_by("pk"))
    outcome = Outcome()
    if not rows:
        return outcome
    # after the locks: who closes takes them all first, so this is before the closing or sees it
    task = ReportingTask.objects.get(pk=rows[0].unit.task_id)
    may = can_report_readings(by)
    for row in rows:
        row.draft = kept(row)
    readings = {row: read(row, row.draft, task) for row in rows}
    for row, reading in readings.items():
        refusal = NOT_THEIRS if not may else CHANGED if _is_changed(row, seen[row.pk]) else ""
        if refusal or not reading.may_go:
            outcome.refused[row] = {"": refusal} if refusal else reading.errors or {"": EMPTY}
    _say_what_was_said(readings, outcome)
    ask_about_words(readings, outcome)
    for row in rows:
        if row not in outcome.refused:
            (outcome.nils if readings[row].is_nil else outcome.values).append(row)
    _write(task, outcome, readings, by)
    return outcome


def _is_changed(row, version):
    return row.standing_now in Standing.ANSWERED or row.version != version


def _going(readings, outcome):
    return {row: reading.reported for row, reading in readings.items()
            if reading.reported and row not in outcome.refused}


def _say_what_was_said(readings, outcome):
    """One community says one value of a figure of a day. Two queries for all."""
    going = _going(readings, outcome)
    if not going:
        return
    metrics, days = {row.metric for row in going}, {each.effective_on for each in going.values()}
    same = {"metric__in": metrics, "effective_on__in": days}
    said = set(MetricReading.objects.filter(source=Source.objects.own(), **same).values_list(
        "metric", "community", "effective_on"))
    waiting = ReportedReading.objects.filter(state__in=IN_REVIEW, **same)
    waits = set(waiting.values_list("metric", "community", "effective_on"))
    for row, reported in going.items():
        where = reported.place.pk if reported.place else None
        if (row.metric_id, where, reported.effective_on) in said \
                or (row.metric_id, reported.community_id, reported.effective_on) in waits:
            outcome.refused[row] = {"value": TWICE}


def ask_about_words(readings, outcome):
    """A row with a word of the office's list waits until its author ticks that it was looked at. One query for all."""
    going = {row: "\n".join(getattr(reported, name) for name in watched(ReportedReading))
             for row, reported in _going(readings, outcome).items() if not row.draft.get("words_checked")}
    found = words_in(*going.values()) if any(going.values()) else []
    for row, said in going.items():
        here = [word for word in found if word.word in said]
        if here:
            outcome.refused[row] = {"words": "；".join(f"“{word.word}”：{word.advice}" for word in here)}


def _write(task, outcome, readings, by):
    going = {row: readings[row].reported for row in outcome.values}
    old = [row.latest.reported for row in outcome.values + outcome.nils
           if row.latest_id and row.latest.reported_id and row.latest.reported.state == State.RETURNED]
    if old:
        ReportedReading.in_bulk(old, by, Verb.DROPPED, AGAIN)
    if going:
        ReportedReading.in_bulk(list(going.values()), by, Verb.SUBMITTED)
    answers = [ReadingAnswer(
        row=row, reported=going.get(row), said=row.draft, by=by, is_late=task.closed_at is not None,
        reason="" if row in going else row.draft.get("note", "")) for row in outcome.values + outcome.nils]
    ReadingAnswer.objects.bulk_create(answers)
    for answer in answers:
        row = answer.row
        row.latest, row.draft, row.has_draft, row.version = answer, {}, False, row.version + 1
    ReadingRow.objects.bulk_update([answer.row for answer in answers], ["latest", "draft", "has_draft", "version"])
