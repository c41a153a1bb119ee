"""How many projects have which light, and which they are: found by the database, judged by the rule of lights.

The database sorts projects by what the rule reads of them, `projects/supervision/lights.py` judges each sort once.
"""
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from types import SimpleNamespace

from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from guicheng.days.workdays import WorkCalendar
from projects.models import LightOverride, LightRule, Milestone, Project, Status
from projects.models.then import is_told_unfinished
from projects.supervision.lights import DUE, NEEDED, RESTING, light_by_dates, lights_of, lights_under

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
    return Sorted.of(projects).of_colours([colour])


@dataclass(frozen=True)
class Sorted:
    """Projects by what the rule reads of them: each sort has one light. A fixed number of queries.

    One by one are read only those about whose light a person decided: each is a sort of its own.
    """

    projects: object  # with the alias `light_sort`
    lights: dict  # sort -> Light
    counts: dict  # sort -> how many

    @classmethod
    def of(cls, projects, whole=False):
        """`whole`: the lights as they are said, for rows to be shown; else only their colours are right."""
        day = timezone.localdate()
        rule, calendar = LightRule.objects.in_force(day), WorkCalendar.load()
        projects = projects.alias(light_due=DUE).alias(light_sort=_sort(day, whole))
        sorts = projects.order_by().annotate(sort=F("light_sort")).values_list("sort")
        counts = dict(sorts.annotate(count=Count("pk")).iterator(2000))
        lone = [int(sort) for sort in counts if sort.isdecimal()]
        rows = list(Project.objects.filter(pk__in=lone).only(*NEEDED)) if lone else []
        read = lights_under(rows, day, rule, calendar) if rows else {}
        lights = {str(pk): light for pk, light in read.items()}
        lights |= {sort: _judged(sort, rule, calendar, day) for sort in counts if sort not in lights}
        return cls(projects, lights, counts)

    def by_colour(self):
        found = Counter()
        for sort, count in self.counts.items():
            found[self.lights[sort].colour] += count
        return found

    def of_colours(self, colours):
        """Those with a light of these colours: a queryset."""
        sorts = [sort for sort, light in self.lights.items() if light.colour in colours]
        return self.projects.filter(light_sort__in=sorts)

    def first(self, colours, number, rows):
        """The first so many with these colours, what presses most first; `rows` says what is read of a queryset."""
        by_pressing = sorted((light.pressing, sort) for sort, light in self.lights.items() if light.colour in colours)
        whole, found, left = [], [], number
        for _, alike in groupby(by_pressing, key=lambda pair: pair[0]):
            sorts = [sort for _, sort in alike]
            count = sum(self.counts[sort] for sort in sorts)
            if count >= left:  # of those that press alike the quietest
                cut = rows(self.projects.filter(light_sort__in=sorts)).order_by("moved_on", "pk")
                found = self.lit(cut[:left])
                break
            whole += sorts
            left -= count
        before = self.lit(rows(self.projects.filter(light_sort__in=whole)).order_by("moved_on", "pk")) if whole else []
        return sorted(before, key=lambda project: project.light.pressing) + found

    def lit(self, rows):
        """These rows of `projects`, each with its `light`."""
        rows = list(rows.annotate(sort=F("light_sort")))
        # what changed since the sorts were read
        changed = [project for project in rows if project.sort not in self.lights]
        new = lights_of(changed) if changed else {}
        for project in rows:
            project.light = new.get(project.pk) or self.lights[project.sort]
        return rows


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
