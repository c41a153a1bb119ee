"""退回重报: the office gives answers back with a reason, of one row or of a whole table; what was answered stays."""
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.units import people_of
from guicheng.notices.inbox import tell
from guicheng.review.states import Verb
from guicheng.text import clean_text
from projects.models import Standing
from projects.reporting.kinds import kind_of, kinds, read_marks

UNEXPLAINED = "退回要写明原因。"
NOTHING = "没有可以退回的行：已公开的要用“更正”，没有交的不用退。"
CHANGED = "这一行刚被重报或审核过，请看过再退。"
RETURNABLE = frozenset({Standing.HANDED_IN, Standing.NIL})


@transaction.atomic
def send_back(unit, by, reason, up_to, row=None, beside=""):
    """Return what this unit handed in, up to the answer that was seen, or one row of it; give how many rows.

    `beside`: the mark of the other kinds' answers that were seen. Raises ValidationError.
    """
    reason = clean_text(reason).strip()
    if not reason:
        raise ValidationError(UNEXPLAINED)
    if row:
        rows = _back(kind_of(type(row)), unit, by, reason, up_to, row)
    else:
        seen = {**read_marks(beside), "": up_to}
        rows = [each for kind in kinds() for each in _back(kind, unit, by, reason, seen.get(kind.name, 0))]
    if not rows:
        raise ValidationError(CHANGED if row else NOTHING)
    what = f"“{rows[0]}”" if len(rows) == 1 else f"{len(rows)} 行"
    first = rows[0]
    tell(people_of([unit.unit]), f"reporting-return:{first._meta.model_name}:{first.pk}:{first.version}",
         f"退回重报：{unit.task}", f"{what}：{reason}", unit.get_absolute_url())
    return len(rows)


def _back(kind, unit, by, reason, up_to, row=None):
    """What is in review goes back by the one review, 零报告 by a row of its own; give the rows."""
    asked = kind.of_unit(unit).filter(pk=row.pk) if row else kind.of_unit(unit)
    rows = [each for each in asked.held() if each.standing_now in RETURNABLE and each.latest_id <= up_to]
    if reviewed := [each.reviewed for each in rows if each.reviewed]:
        kind.reviewed.in_bulk(reviewed, by, Verb.RETURNED, reason)
    kind.returns.objects.bulk_create([
        kind.returns(answer=each.latest, reason=reason, by=by, **kind.marked(unit.task))
        for each in rows if each.latest.is_nil])
    for each in rows:
        each.version += 1
    kind.rows.objects.bulk_update(rows, ["version"])
    return rows


def words_of(rows):
    """What was said with the return of each row that is returned now: {row's key: (words, who, when)}.

    In one query at most, of rows of one kind with what their latest became and its return.
    """
    back = [row for row in rows if row.standing_now == Standing.RETURNED]
    steps, found = _steps([row.reviewed for row in back if row.reviewed]), {}
    for row in back:
        step = steps.get(row.reviewed.pk) if row.reviewed else None
        if step:
            found[row.pk] = step.note, step.by, step.at
        elif row.latest.is_nil:
            given = row.latest.returned
            found[row.pk] = given.reason, given.by, given.at
    return found


def _steps(reviewed):
    """{key: the last step that returned it} of these."""
    if not reviewed:
        return {}
    of = reviewed[0].step_field()
    steps = reviewed[0].steps_model().objects.filter(**{f"{of}__in": reviewed}, verb=Verb.RETURNED)
    return {getattr(step, f"{of}_id"): step for step in steps.select_related("by").order_by("pk")}


def versions_of(row):
    """All that was handed in for a row, the newest first: (answer, what it said, the words of its return or "")."""
    answers = list(row.answers.select_related(row.became, "by", "returned").order_by("-pk"))
    steps = _steps([answer.reviewed for answer in answers if answer.reviewed])
    return [(answer, in_words(answer), _why(answer, steps)) for answer in answers]


def _why(answer, steps):
    if answer.is_nil:
        return answer.returned.reason if hasattr(answer, "returned") else ""
    step = steps.get(answer.reviewed.pk)
    return step.note if step else ""


def in_words(answer):
    """What an answer said, as it was handed in."""
    if answer.is_nil:
        return f"零报告，本期无变化。{answer.reason}"
    kind = kind_of(answer.row_model)
    return "；".join(f"{label}：{kind.shown(name, answer.said[name])}" for name, label in kind.said_as.items()
                    if answer.said.get(name))
