"""How the office says a cell in the 汇总表: beside the unit's own words, never over them, each version kept."""
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.text import clean_text
from projects.models import WORDED, ReportingRow, ReportingWording

CHANGED = "这一行的表述刚被别人改过，请看过再存。"
LONGEST = 2000


def wordings_of(rows):
    """The wordings that stand: {row's key: {column: text}}. One query."""
    found = {}
    there = ReportingWording.objects.filter(row__in=rows).order_by("pk").values_list("row", "key", "text")
    for row, key, text in there:
        found.setdefault(row, {})[key] = text
    return {row: {key: text for key, text in texts.items() if text} for row, texts in found.items()}


def newest_wording(row):
    """The key of the newest wording of this row, 0 where there is none: what a page says it saw."""
    return row.wordings.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def word(row, texts, seen, by):
    """Keep the office's words, {column: text}, those that changed; give how many. Raises ValidationError.

    `seen`: the newest wording that the page showed.
    """
    row = ReportingRow.objects.select_for_update(no_key=True, of=("self",)).select_related("unit__task").get(pk=row.pk)
    if newest_wording(row) != seen:
        raise ValidationError(CHANGED)
    now = wordings_of([row]).get(row.pk, {})
    texts = {key: clean_text(text).strip() for key, text in texts.items() if key in {each.value for each in WORDED}}
    if any(len(text) > LONGEST for text in texts.values()):
        raise ValidationError(f"一格请写在 {LONGEST} 个字以内。")
    changed = {key: text for key, text in texts.items() if text != now.get(key, "")}
    ReportingWording.objects.bulk_create([
        ReportingWording(row=row, key=key, text=text, by=by, is_sample=row.unit.task.is_sample)
        for key, text in changed.items()])
    return len(changed)
