"""退回重报 of figures: a value goes back by the one review, 零报告 by a row of its own; what was answered stays."""
from django.db.models import Max

from guicheng.review.states import Verb
from partybuilding.models import ReadingReturn, ReadingRow, ReportedReading
from projects.reporting.returns import RETURNABLE


def newest_answer(unit):
    """The key of the newest answer of a figure that stands in this table; 0 where there is none."""
    return ReadingRow.objects.filter(unit=unit).aggregate(Max("latest"))["latest__max"] or 0


def send_back(unit, by, reason, up_to, row=None):
    """Return the figures of this table up to the answer that was seen, or one of them; give the rows.

    In the transaction of the caller. Raises ValidationError where a value was reviewed meanwhile.
    """
    rows = ReadingRow.objects.filter(unit=unit, **({"pk": row.pk} if row else {}))
    # the locks first, the answers after them: so they are read as they stand
    keys = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    found = ReadingRow.objects.filter(pk__in=keys).select_related(
        "metric", "unit__community", "unit__department", "latest__reported", "latest__returned").order_by("pk")
    found = [each for each in found if each.standing_now in RETURNABLE and each.latest_id <= up_to]
    values = [each.latest.reported for each in found if each.latest.reported_id]
    if values:
        ReportedReading.in_bulk(values, by, Verb.RETURNED, reason)
    ReadingReturn.objects.bulk_create([
        ReadingReturn(answer=each.latest, reason=reason, by=by) for each in found if each.latest.reported_id is None])
    for each in found:
        each.version += 1
    ReadingRow.objects.bulk_update(found, ["version"])
    return found


def why_returned(answer):
    """(words, who, when) of the return of an answer; None where it was not. Prefetched steps are used as they are."""
    if answer.reported_id is None:
        given = getattr(answer, "returned", None)
        return (given.reason, given.by, given.at) if given else None
    steps = [step for step in answer.reported.steps.all() if step.verb == Verb.RETURNED]
    return (steps[0].note, steps[0].by, steps[0].at) if steps else None


def versions_of(row):
    """All that was handed in for a figure, the newest first: (answer, what it said, the words of its return or "")."""
    answers = row.answers.select_related("reported__metric", "by", "returned__by").prefetch_related(
        "reported__steps__by").order_by("-pk")
    return [(answer, in_words(answer), (why_returned(answer) or ("",))[0]) for answer in answers]


def in_words(answer):
    """What an answer said, as it was handed in."""
    if answer.reported_id is None:
        return f"零报告，本期无变化。{answer.reason}"
    labels = {"value": "数", "effective_on": "到哪天", "note": "说明"}
    return "；".join(f"{label}：{answer.said[key]}" for key, label in labels.items() if answer.said.get(key))
