"""What is typed of a project: read into a statement, with a sentence beside each cell.

Nothing here asks the database a row at a time.
"""
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

from projects.excel_import.statuses import status_of
from projects.ledger.doubts import doubts_of
from projects.models import AskedColumn, ProgressUpdate, Status
from projects.reporting.kinds import Reading

BESIDE = ("reason", "effective_on", "nil", "nil_reason", "words_checked")  # what can be said beside the asked columns
TYPED = (*AskedColumn.values, *BESIDE)
LABELS = {**dict(AskedColumn.choices), "reason": "暂停的原因", "nil": "本期无变化", "nil_reason": "没有变化的原因",
          "effective_on": "到哪天", "words_checked": "已核对提醒词", "": "这一行", "words": "提醒词"}
NIL_WHEN_RED = "这一行是红灯，本期没有变化要写一句原因。"


def read(row, draft, task, own=None, light=None):
    """A Reading of this draft of this row. `own`: the source 本单位填报, where it is to be handed in. No query."""
    if draft.get("nil"):
        red = light is not None and light.colour == "red"
        errors = {"nil_reason": NIL_WHEN_RED} if red and not draft.get("nil_reason") else {}
        return Reading(is_nil=True, errors=errors)
    if not row.is_begun(draft):
        return Reading()
    errors, values = {}, {}
    for name in [*AskedColumn.values, "reason", "effective_on"]:
        try:
            values[name] = READERS.get(name, str)(draft.get(name, ""))
        except ValidationError as error:
            errors[name] = error.messages[0]
            values[name] = None
    values["effective_on"] = values["effective_on"] or task.usual_day()
    update = ProgressUpdate(project=row.project, source=own, **{
        name: value if value is not None or name in ("percent", "quantity") else "" for name, value in values.items()})
    errors = errors or _judged(update)
    return Reading(reviewed=update, errors=errors, doubts=_doubts(row.project, values, light, errors))


def _doubts(project, values, light, errors):
    """What may be said but is seldom meant, beside cells that are not wrong anyway."""
    if light is None:
        return {}
    doubts = doubts_of(project, values, lambda: light)
    if "percent" in doubts:  # beside its cell, which is narrow
        doubts["percent"] = f"比现在的 {project.percent}% 低。"
    if light.colour == "red" and not values["delay_reason"]:
        doubts["delay_reason"] = "红灯，写一句为什么晚了。"
    return {name: sentence for name, sentence in doubts.items() if name not in errors}


def _judged(update):
    """The sentences of the statement's own rules; those about what is not in the table stand at the row."""
    errors = {}
    for ask in (lambda: update.clean_fields(exclude=["project", "source", "author", "checker", "reviewer", "amends"]),
                update.clean):
        try:
            ask()
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                errors.setdefault(name if name in TYPED else "", sentences[0])
    if update.status in Status.DONE and update.percent is not None and update.percent < 100:
        errors["status"] = f"{Status(update.status).label}，完成 % 却是 {update.percent}，请改一处。"
    return errors


def _status(text):
    if not text or (status := status_of(text)):
        return text and status
    raise ValidationError(f"没有“{text[:20]}”这种状态。")


def _percent(text):
    text = text.replace("％", "%").removesuffix("%").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise ValidationError("要填 0 到 100 的整数。")
    if len(text) > 3 or int(text) > 100:
        raise ValidationError("不能超过 100。")
    return int(text)


def _quantity(text):
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValidationError("要填一个数。") from None
    if not number.is_finite() or not 0 <= number < 10**12:
        raise ValidationError("要填不是负数的数。")
    return round(number, 2)


def _day(text):
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValidationError("日期要写成 2026-11-30 这样。") from None


READERS = {"status": _status, "percent": _percent, "quantity": _quantity, "effective_on": _day}
