"""How many unfinished projects lack what."""
from django.db.models import Count

from projects.supervision.late import MISSING, unfinished


def lacking(projects):
    """What is missing -> of how many of these, as `late.incomplete` finds them. One query."""
    return unfinished(projects).order_by().aggregate(
        **{key: Count("pk", filter=condition) for key, (_, condition) in MISSING.items()})
