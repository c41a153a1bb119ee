"""How many projects stand on the lists of 督办台."""
from contextlib import suppress

from django.db.models import BooleanField, Case, Count, Q, Value, When

from guicheng.days.workdays import UnknownYear
from projects.models import LightRule
from projects.supervision import late


def lacking(projects):
    """What is missing -> of how many of these, as `late.incomplete` finds them: a queryset of one row, or none."""
    together = late.unfinished(projects).order_by().annotate(together=Value(1)).values("together")
    return together.annotate(**{key: Count("pk", filter=condition) for key, (_, condition) in late.MISSING.items()})


def on_desk(projects, day, lack=""):
    """List -> how many of these stand on it, as `late` finds them; `soon` is None where the calendar does not reach.

    All of them in one query of the projects. `lack`: what is to be missing, as of `late.incomplete`.
    """
    rule = LightRule.objects.in_force(day)
    wanted = {"late": Q(is_late=True), "past": late.is_past(day), "stale": late.is_stale(day, rule),
              "missing": late.is_incomplete(lack)}
    with suppress(UnknownYear):
        wanted["soon"] = late.is_due_soon(day, rule)
    rows = late.unfinished(projects).order_by().annotate(  # inside an aggregate a subquery does not see `due`
        is_late=Case(When(late.is_overdue(day), then=Value(True)), default=Value(False), output_field=BooleanField()))
    found = rows.aggregate(
        **{f"{name}_count": Count("pk", filter=condition) for name, condition in wanted.items()})
    counts = {name: found.get(f"{name}_count") for name in ("late", "soon", "stale", "missing")}
    return counts | {"pending": found["past_count"] - found["late_count"]}
