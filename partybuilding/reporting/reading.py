"""What is typed for a figure: read into a value, with a sentence beside each cell.

Nothing here asks the database a row at a time.
"""
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from guicheng import words
from partybuilding.models import ReportedReading
from partybuilding.reporting.values import jumped, read_value
from projects.reporting.kinds import Reading

TYPED = ("value", "effective_on", "note", "nil", "words_checked")
LONGEST = {"value": 40, "note": 200, "effective_on": 20, "nil": 20, "words_checked": 20}
FIRST_DAY = date(1990, 1, 1)
LOOK_AGAIN = "和上次的 {} 差得多，请核对；没有错就照交。"


def read(row, draft, task):
    """A Reading of this draft of this row, which came `with_before()`. No query."""
    if draft.get("nil"):
        both = {"value": "写了数，又说没有变化，请只留一样。"} if draft.get("value") else {}
        return Reading(is_nil=True, errors=both)
    if not row.is_begun(draft):
        return Reading()
    errors, value, day = {}, None, None
    try:
        value = read_value(draft.get("value", ""), row.metric)
        if value is None:
            errors["value"] = "还没有填数。"
    except ValidationError as error:
        errors["value"] = error.messages[0]
    try:
        day = _day(draft.get("effective_on", "")) or task.usual_day()
    except ValidationError as error:
        errors["effective_on"] = error.messages[0]
    if errors:
        return Reading(errors=errors)
    reported = ReportedReading(
        metric=row.metric, community=row.unit.community, value=value.number, qualifier=value.qualifier,
        effective_on=day, note=draft.get("note", ""))
    doubts = {"value": LOOK_AGAIN.format(row.before)} if jumped(value.number, row.before_value) else {}
    return Reading(reviewed=reported, doubts=doubts)


def _day(text):
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError("日期要写成 2026-11-30 这样。") from None
    if day > timezone.localdate():
        raise ValidationError("还没到的日子，数还没有。")
    if day < FIRST_DAY:
        raise ValidationError(f"日期应在 {words.day(FIRST_DAY)}以后，请检查年份。")
    return day
