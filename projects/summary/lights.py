"""How many projects have which light: counted by the database, judged by `projects/supervision/lights.py`.

The database counts those of which the rule reads the same, and the rule judges each such sort once.
"""
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

from django.db.models import BooleanField, Case, Count, DateField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from guicheng.days.workdays import WorkCalendar
from projects.models import LightOverride, LightRule, Milestone, Status
from projects.models.then import is_told_unfinished
from projects.supervision.lights import DUE, NEEDED, RESTING, at_rest, light_by_dates, lights_under

SORT = ["status", "read_compiled", "read_due", "read_unfinished", "read_start", "read_percent"]


def lights_by_colour(lights):
    """Colour -> how many of these lights are of it."""
    return Counter(light.colour for light in lights)


def by_light(projects):
    """Colour -> how many of `projects`, a queryset, have that light today. A fixed number of queries.

    One by one are read only those a person decided about, and those whose plan is their milestones.
    """
    day = timezone.localdate()
    rule, calendar = LightRule.objects.in_force(day), WorkCalendar.load()
    projects = projects.order_by().annotate(due=DUE).annotate(is_settled=_is_settled(day))
    decided = Exists(LightOverride.objects.begun(day).filter(project=OuterRef("pk")))
    by_milestones = Exists(Milestone.objects.filter(project=OuterRef("pk"), planned_on__isnull=False))
    alone = Q(decided) | Q(by_milestones, is_settled=False)
    read = lights_under(list(projects.filter(alone).only(*NEEDED)), day, rule, calendar)
    sorts = projects.filter(~alone).annotate(**_read(day)).values_list(*SORT).annotate(count=Count("pk"))
    return lights_by_colour(read.values()) + _of_sorts(sorts, day, rule, calendar)


def by_light_with(projects, lights):
    """The same, where `lights` of all of them that are not `at_rest` are at hand. One query."""
    rows = projects.filter(at_rest()).order_by().values_list("status").annotate(count=Count("pk"))
    nothing = {"is_compiled": False, "due_on": None, "percent": None, "closed_on": None}
    counts = lights_by_colour(lights)
    for status, count in rows:
        state = SimpleNamespace(status=status, **nothing)
        counts[light_by_dates(None, state, [], None, None, None).colour] += count
    return counts


def _of_sorts(sorts, day, rule, calendar):
    counts = Counter()
    for status, is_compiled, due, unfinished, start, percent, count in sorts.iterator(2000):
        state = SimpleNamespace(status=status, is_compiled=is_compiled, due_on=due, percent=percent, closed_on=None,
                                unfinished_on=day if unfinished else None)
        project = SimpleNamespace(planned_start=start)
        counts[light_by_dates(project, state, [], rule, calendar, day).colour] += count
    return counts


def _is_past(day):
    return Q(due__lt=day) & ~Q(status__in=[*RESTING, Status.STANDING])


def _is_settled(day):
    """Whether neither plan nor percent can change the colour: finished, resting, compiled, or past the day."""
    settled = Q(status__in=RESTING) | Q(project_list__is_compiled=True) | _is_past(day)
    return Case(When(settled, then=Value(True)), default=Value(False), output_field=BooleanField())


def _read(day):
    """{name: expression} of what the rule reads, as coarse as can be: one past day is like the other."""
    yesterday = Value(day - timedelta(days=1), output_field=DateField())
    told = is_told_unfinished("due", day)
    return {
        "read_compiled": Case(When(project_list__is_compiled=True, then=Value(True)), default=Value(False)),
        "read_due": Case(When(_is_past(day), then=yesterday), When(is_settled=False, then=F("due"))),
        "read_unfinished": Case(When(_is_past(day) & Q(told), then=Value(True)), default=Value(False)),
        "read_start": Case(When(is_settled=False, then=F("planned_start"))),
        "read_percent": Case(When(is_settled=False, then=F("percent"))),
    }
