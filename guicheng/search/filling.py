"""Fill a search text in a migration: of rows of which only the columns are known, not the model."""


def fill(rows, **texts):
    """Write for each of these rows what `texts`, column -> function of the row, give. By a thousand."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:1000]):
        for row in batch:
            rows.model._base_manager.filter(pk=row.pk).update(**{name: text(row) for name, text in texts.items()})
        last = batch[-1].pk
