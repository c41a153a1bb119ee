"""退回重报: the office gives answers back with a reason, of one row or of a whole table; what was answered stays."""
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.units import people_of
from guicheng.notices.inbox import tell
from guicheng.review.states import Verb
from guicheng.text import clean_text
from projects.models import AskedColumn, ProgressUpdate, ReportingReturn, ReportingRow, ReviewStep, Standing, Status
from projects.reporting.drafts import held
from projects.reporting.kinds import kinds, read_marks

UNEXPLAINED = "退回要写明原因。"
NOTHING = "没有可以退回的行：已公开的要用“更正”，没有交的不用退。"
CHANGED = "这一行刚被重报或审核过，请看过再退。"
RETURNABLE = frozenset({Standing.HANDED_IN, Standing.NIL})


@transaction.atomic
def send_back(unit, by, reason, up_to, row=None, beside="", kind=None):
    """Return what this unit handed in, up to the answer that was seen, or one row of it; give how many rows.

    `beside`: the mark of the other kinds' answers that were seen; `kind`: that of the row, where it is no project's.
    A statement goes back by the one review, 零报告 by a row of its own. Raises ValidationError.
    """
    reason = clean_text(reason).strip()
    if not reason:
        raise ValidationError(UNEXPLAINED)
    if kind:
        rows = kind.send_back(unit, by, reason, up_to, row)
    else:
        rows = _statements_back(unit, by, reason, up_to, row)
    if not row:
        seen = read_marks(beside)
        rows += [each for other in kinds() for each in other.send_back(unit, by, reason, seen.get(other.name, 0))]
    if not rows:
        raise ValidationError(CHANGED if row else NOTHING)
    what = f"“{rows[0]}”" if len(rows) == 1 else f"{len(rows)} 行"
    first = rows[0]
    tell(people_of([unit.unit]), f"reporting-return:{first._meta.model_name}:{first.pk}:{first.version}",
         f"退回重报：{unit.task}", f"{what}：{reason}", unit.get_absolute_url())
    return len(rows)


def _statements_back(unit, by, reason, up_to, row):
    keys = [row.pk] if row else ReportingRow.objects.filter(unit=unit).values("pk")
    rows = [each for each in held(unit, keys) if each.standing_now in RETURNABLE and each.latest_id <= up_to]
    statements = [each.latest.update for each in rows if each.latest.update_id]
    if statements:
        ProgressUpdate.in_bulk(statements, by, Verb.RETURNED, reason)
    ReportingReturn.objects.bulk_create([
        ReportingReturn(answer=each.latest, reason=reason, by=by, is_sample=each.latest.is_sample)
        for each in rows if each.latest.update_id is None])
    for each in rows:
        each.version += 1
    ReportingRow.objects.bulk_update(rows, ["version"])
    return rows


def words_of(rows):
    """What was said with the return of each row that is returned now: {row's key: (words, who, when)}.

    In one query at most, of rows with `latest__update` and `latest__returned`.
    """
    back = [row for row in rows if row.standing_now == Standing.RETURNED]
    steps = {}
    if any(row.latest.update_id for row in back):
        there = ReviewStep.objects.filter(update__in=[row.latest.update_id for row in back], verb=Verb.RETURNED)
        steps = {step.update_id: step for step in there.select_related("by").order_by("pk")}
    found = {}
    for row in back:
        step = steps.get(row.latest.update_id)
        if step:
            found[row.pk] = step.note, step.by, step.at
        elif row.latest.update_id is None:
            given = row.latest.returned
            found[row.pk] = given.reason, given.by, given.at
    return found


def versions_of(row):
    """All that was handed in for a row, the newest first: (answer, what it said, the words of its return or "")."""
    answers = list(row.answers.select_related("update", "by", "returned").order_by("-pk"))
    steps = {step.update_id: step.note for step in ReviewStep.objects.filter(
        update__in=[answer.update_id for answer in answers if answer.update_id], verb=Verb.RETURNED).order_by("pk")}
    return [(answer, in_words(answer),
             steps.get(answer.update_id) or (answer.returned.reason if hasattr(answer, "returned") else ""))
            for answer in answers]


def in_words(answer):
    """What an answer said, as it was handed in."""
    if answer.update_id is None:
        return f"零报告，本期无变化。{answer.reason}"
    labels = {**dict(AskedColumn.choices), "reason": "原因", "effective_on": "到哪天"}
    said = {**answer.said, "status": Status.label_of(answer.said["status"])} \
        if answer.said.get("status") in Status.values else answer.said
    return "；".join(f"{label}：{said[key]}" for key, label in labels.items() if said.get(key))
