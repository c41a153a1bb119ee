"""What is typed for a figure, as it was typed: kept as a draft, read into a value with a sentence beside each cell.

Nothing here asks the database a row at a time.
"""
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from guicheng import words
from guicheng.text import clean_text
from partybuilding.models import ReadingRow, ReportedReading
from partybuilding.reporting.values import jumped, read_value
from projects.models import Standing

TYPED = ("value", "effective_on", "note", "nil", "words_checked")
SAYS = ("value", "note", "nil")  # a draft that says none of these was not begun
LONGEST = {"value": 40, "note": 200}
FIRST_DAY = date(1990, 1, 1)
LOOK_AGAIN = "和上次的 {} 差得多，请核对；没有错就照交。"


def draft_of(typed):
    """The texts of one row, cleaned; what is empty is left out."""
    texts = {name: clean_text(str(typed.get(name, "")))[:LONGEST.get(name, 20)] for name in TYPED}
    return {name: text for name, text in texts.items() if text}


def is_begun(draft):
    return any(draft.get(name) for name in SAYS)


@dataclass
class Reading:
    """What a draft says: a value or 零报告, or the sentences why it cannot be handed in yet; what to look at again."""

    reported: ReportedReading | None = None
    is_nil: bool = False
    errors: dict = field(default_factory=dict)  # sentence by field; "" for the row
    warning: str = ""

    @property
    def may_go(self):
        return not self.errors and (self.is_nil or self.reported is not None)

    @property
    def told(self):
        return self.reported.told if self.reported else ""


def read(row, draft, task):
    """A Reading of this draft of this row, which came `with_before()`. No query."""
    if draft.get("nil"):
        both = {"value": "写了数，又说没有变化，请只留一样。"} if draft.get("value") else {}
        return Reading(is_nil=True, errors=both)
    if not is_begun(draft):
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
    warning = LOOK_AGAIN.format(row.before) if jumped(value.number, row.before_value) else ""
    return Reading(reported=reported, warning=warning)


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


def kept(row):
    """What a page begins with: the draft; of a returned row without one, what was handed in."""
    if not row.has_draft and row.standing_now == Standing.RETURNED:
        return {name: text for name, text in row.latest.said.items() if name != "words_checked"}
    return row.draft


@dataclass
class Saved:
    """The rows of a form: those whose draft was kept, those refused, those left as they were returned."""

    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    as_returned: list = field(default_factory=list)


@transaction.atomic
def save_drafts(rows, seen, by):
    """Keep what was typed; gives a Saved. `rows`: those the page is about, a queryset.

    `seen`: {key: (version seen, texts by name)}; a name that a page did not show stays as it was. A row that somebody
    else changed meanwhile to something else, or that was handed in, is refused. It is no change of anything that
    counts: no history, no audit, no step.
    """
    rows = rows.filter(pk__in=seen).select_for_update(no_key=True, of=("self",))
    done, now = Saved(), timezone.now()
    for row in rows.select_related("latest__reported", "latest__returned").order_by("pk"):
        version, texts = seen[row.pk]
        before = kept(row)
        draft = draft_of({**before, **texts})
        if draft == before or not is_begun(draft) and not is_begun(before):
            if row.standing_now == Standing.RETURNED and not row.has_draft:
                done.as_returned.append(row)
            continue
        if row.version != version or row.standing_now in Standing.ANSWERED:
            done.refused.append(row)
            continue
        row.draft, row.has_draft = draft, is_begun(draft)
        row.draft_by, row.draft_at, row.version = by, now, row.version + 1
        done.rows.append(row)
    ReadingRow.objects.bulk_update(done.rows, ["draft", "has_draft", "draft_by", "draft_at", "version"])
    return done
