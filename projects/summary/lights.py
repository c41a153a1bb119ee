"""How many projects have which light, and which they are: found by the database, judged by the rule of lights.

The database sorts projects by what the rule reads of them, `projects/supervision/lights.py` judges each sort once.
"""
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest
from types import SimpleNamespace

from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from guicheng.days.workdays import WorkCalendar
from projects.models import LightOverride, LightRule, Milestone, Project, Status
from projects.models.then import is_told_unfinished
from projects.supervision.lights import DUE, NEEDED, RESTING, light_by_dates, lights_under

NOTHING = Value("", output_field=CharField())


class Joined(Func):
    """Texts that are never null with a line between: Django's Concat nests them, deeper than SQLite reads."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || '|' || ", CharField()


def lights_by_colour(lights):
    """Colour -> how many of these lights are of it."""
    return Counter(light.colour for light in lights)


def by_light(projects):
    """Colour -> how many of `projects`, a queryset, have that light today. A fixed number of queries."""
    return Sorted.of(projects).by_colour()


def of_colour(projects, colour):
    """Those of `projects` that have this light today: a queryset, of conditions and not of keys."""
    sorts = [sort for sort, light in Sorted.of(projects).lights.items() if light.colour == colour]
    day = timezone.localdate()
    return projects.alias(light_due=DUE).alias(light_sort=_sort(day, False)).filter(light_sort__in=sorts)


def _with_sorts(projects, day, whole):
    """`whole`: all that the lights say follows from a sort; else only their colours do."""
    return projects.alias(light_due=DUE).order_by().annotate(sort=_sort(day, whole))


def sorts_of(projects, day):
    """A queryset of (sort, key, the last day anything was said) of each: what `Sorted.one_by_one` reads."""
    return _with_sorts(projects, day, True).values_list("sort", "pk", "moved_on")


@dataclass(frozen=True)
class Sorted:
    """Projects by what the rule reads of them: each sort has one light. A fixed number of queries.

    One by one are read only those about whose light a person decided: each is a sort of its own.
    """

    lights: dict  # sort -> Light
    counts: dict  # sort -> how many
    rows: list = ()  # (sort, key, the last day anything was said), where they were asked for one by one

    @classmethod
    def of(cls, projects):
        """Their numbers alone; of the lights only the colours are right."""
        sorts = _with_sorts(projects, timezone.localdate(), False).values_list("sort")
        return cls._judging(dict(sorts.annotate(count=Count("pk")).iterator(2000)))

    @classmethod
    def one_by_one(cls, rows):
        """From what `sorts_of` gives: the lights as they are said."""
        return cls._judging(Counter(sort for sort, *_ in rows), rows)

    @classmethod
    def _judging(cls, counts, rows=()):
        day = timezone.localdate()
        rule, calendar = LightRule.objects.in_force(day), WorkCalendar.load()
        lone = [int(sort) for sort in counts if sort.isdecimal()]
        decided = list(Project.objects.filter(pk__in=lone).only(*NEEDED)) if lone else []
        read = lights_under(decided, day, rule, calendar) if decided else {}
        lights = {str(pk): light for pk, light in read.items()}
        lights |= {sort: _judged(sort, rule, calendar, day) for sort in counts if sort not in lights}
        return cls(lights, counts, rows)

    def by_colour(self):
        found = Counter()
        for sort, count in self.counts.items():
            found[self.lights[sort].colour] += count
        return found

    def first(self, colours, number):
        """{key: Light} of the first so many with these colours: what presses most, of those alike the quietest."""
        pressing = {sort: light.pressing for sort, light in self.lights.items() if light.colour in colours}
        rows = nsmallest(number, ((pressing[sort], moved, pk, sort) for sort, pk, moved in self.rows
                                  if sort in pressing))
        return {pk: self.lights[sort] for _, _, pk, sort in rows}


def _judged(sort, rule, calendar, day):
    status, compiled, due, told, start, percent, milestones = sort.split("|")
    done, coming = map(int, milestones.split("+") if milestones else (0, 0))
    state = SimpleNamespace(status=status, is_compiled=bool(compiled), due_on=_day(due), closed_on=None,
                            percent=int(percent) if percent else None, unfinished_on=day if told else None)
    project = SimpleNamespace(planned_start=_day(start))
    return light_by_dates(project, state, [day] * done + [day + timedelta(days=1)] * coming, rule, calendar, day)


def _day(text):
    return date.fromisoformat(text) if text else None


def _sort(day, whole):
    """An expression: all that the rule reads of a project, as coarse as can be; its key where a person decided."""
    past = Q(light_due__lt=day) & ~Q(status__in=[*RESTING, Status.STANDING])
    settled = Q(status__in=RESTING) | Q(project_list__is_compiled=True)
    due = []
    if not whole:  # of what is past its day neither plan nor percent changes the colour, and one day is like another
        settled |= past
        due = [When(past, then=Value(str(day - timedelta(days=1))))]
    parts = [
        F("status"), _text(When(project_list__is_compiled=True, then=Value("1"))),
        _text(*due, When(settled, then=NOTHING), default=Cast("light_due", CharField())),
        _text(When(past & Q(is_told_unfinished("light_due", day)), then=Value("1"))),
        *(_text(When(settled, then=NOTHING), default=read) for read in (
            Cast("planned_start", CharField()), Cast("percent", CharField()), _milestones(day))),
    ]
    decided = Exists(LightOverride.objects.begun(day).filter(project=OuterRef("pk")))
    return Case(When(decided, then=Cast("pk", CharField())), default=Joined(*parts), output_field=CharField())


def _text(*cases, default=NOTHING):
    return Coalesce(Case(*cases, default=default, output_field=CharField()), NOTHING)


def _milestones(day):
    """An expression: how many milestones had their day, and how many are to come: "1+3"; null where there are none."""
    rows = Milestone.objects.filter(project=OuterRef("pk"), planned_on__isnull=False).order_by().values("project")
    come, coming = (Cast(Count("pk", filter=when), CharField()) for when in (
        Q(planned_on__lte=day), Q(planned_on__gt=day)))
    said = rows.annotate(said=Concat(come, Value("+"), coming, output_field=CharField()))
    return Subquery(said.values("said"), output_field=CharField())
