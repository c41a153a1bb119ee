"""Rows of a 报送任务 that wait for review and, under a red lamp, say nothing but 正常推进."""
from guicheng.review.states import IN_REVIEW
from projects.ledger.doubts import WHY, doubts_of
from projects.ledger.empty_words import tells_nothing
from projects.models import ReportingRow
from projects.supervision.lights import lights_of


def rows_that_say_nothing(task):
    """The ReportingRows of this task, in the order of its lists. One query; the lamps only of rows with such a text."""
    rows = ReportingRow.objects.filter(unit__task=task, latest__update__state__in=IN_REVIEW)
    rows = rows.filter(**{f"latest__update__{name}": "" for name in WHY})
    texts = rows.order_by().values_list("pk", "latest__update__text")
    keys = [pk for pk, text in texts if tells_nothing(text)]
    if not keys:
        return []
    found = list(ReportingRow.objects.filter(pk__in=keys).in_table_order().select_related(
        "project__project_list", "unit__community", "unit__department", "latest__update"))
    lights = lights_of([row.project for row in found])
    return [row for row in found if "text" in doubts_of(
        row.project, {"text": row.reviewed.text}, lambda row=row: lights[row.project_id])]
