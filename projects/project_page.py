"""One project as its public page shows it, now or as of another moment: all that stands there, in few queries."""
from collections import defaultdict
from functools import cached_property

from django.http import Http404
from django.shortcuts import get_object_or_404

from projects import heads, project_rows
from projects.late_units import NOT_NAMED, leave_out
from projects.ledger import promises
from projects.ledger.climb import climb
from projects.ledger.timeline import timeline_at
from projects.ledger.told import status_before
from projects.models import Project, Status
from projects.moments import THEN, as_they_were, at, columns_at, milestones_at


class ProjectPage:
    """The page of the public project with this code. Raises Http404 where there is none.

    `among`: the projects one of which it may be, where staff ask for more than the public ones.
    `not_yet`: its list, where that was not announced by the moment; nothing else is asked for then.
    """

    def __init__(self, code, moment, among=None):
        self.moment = moment
        self.project = _public(code) if among is None else get_object_or_404(project_rows.read(among), code=code)
        self.not_yet = self._not_yet()
        if moment and not self.not_yet:
            then = at(Project.objects.filter(pk=self.project.pk), moment).get()
            for name in THEN:
                setattr(self.project, name, getattr(then, name))
            as_they_were([self.project], moment)

    def _not_yet(self):
        on = self.project.project_list
        return on if on and not self.moment.has(on.announced_on) else None

    def context(self):
        """All that the template names."""
        no_unit = leave_out(self.project, self.judgements, self.milestones, self.moment)
        if no_unit == NOT_NAMED:
            self.around.pop("supporting", None)
        return {
            "head": heads.of_project(self.project, self.latest), "no_unit": no_unit,
            "project": self.project, "entries": self.entries, "latest": self.latest, "parts": self.parts,
            "facts": self.facts, "discrepancies": self.discrepancies, "judgements": self.judgements,
            "due_is_promised": self.due_is_promised, "climb": self.climb, "before": self.before,
            "board": self.board, "unknown": self.unknown(no_unit),
            "milestones": self.milestones, "around": self.around, "has_sample": self.project.is_sample,
        }

    # what was said
    @cached_property
    def updates(self):
        return project_rows.updates_of(project=self.project.pk)

    @cached_property
    def entries(self):
        return timeline_at(self.updates, self.moment, self._files("photos"), self._files("papers"))

    @cached_property
    def latest(self):
        """The newest row that stands; None where nobody said anything."""
        return next(iter(self.in_force), None)

    @cached_property
    def in_force(self):
        """The rows that stand, newest first."""
        return [entry.row for entry in self.entries if not entry.is_withdrawn]

    @property
    def climb(self):
        return climb(self.project, self.in_force)

    @property
    def before(self):
        """The status before the last change of it, as `status_before` tells it."""
        return status_before(self.in_force[::-1])

    @property
    def board(self):
        """(step, its word, the parts that stand on it) of the steps with any; what stands on none comes first."""
        on = defaultdict(list)
        for part in self.parts:
            on[Status.STEP.get(part["status"], 0)].append(part)
        return [(step, ("不分步", *Status.STEPS)[step], on[step]) for step in sorted(on)]

    def unknown(self, no_unit):
        """What a reader would look for and nobody has told, in words. `no_unit`: what stands in place of a unit."""
        project = self.project
        asked = [
            ("责任单位", project.lead_department or no_unit == NOT_NAMED), ("办公电话", project.office),
            ("计划哪天完成", project.due_on or project.schedule_text),
            ("完成标准", project.completion_standard or project.status in Status.DONE)]
        return [words for words, is_known in asked if not is_known]

    @cached_property
    def judgements(self):
        return promises.project_judgements(self.project, self.updates, self.moment)

    @property
    def due_is_promised(self):
        """Whether it is due as promised: no planned day was stated, and it was not put off."""
        project = self.project
        return project.planned_end is None and any(row.promise.due_on == project.due_on for row in self.judgements)

    @cached_property
    def milestones(self):
        return milestones_at(project_rows.milestones_of(project=self.project.pk), self.moment)

    # what most projects do not have
    @cached_property
    def parts(self):
        return self._some("parts", lambda rows: as_they_were(rows.order_by("pk").values(
            "code", "name", "community__name", *columns_at(["status"], self.moment)), self.moment))

    @cached_property
    def facts(self):
        return self._some("facts", lambda rows: list(rows.select_related("source")))

    @cached_property
    def discrepancies(self):
        return self._some("discrepancies", lambda rows: list(rows.told(self.moment.day)))

    def _files(self, kind):
        return self._some(kind, lambda rows: list(rows.with_seals()))

    def _some(self, kind, read=list):
        """What `read` makes of the rows of this kind; nothing is asked where `around` found none."""
        return read(project_rows.rare_rows(self.project.pk, self.moment)[kind]) if kind in self.around else []

    @cached_property
    def around(self):
        """What the page only names: kind -> [(code, name)]; of the rare kinds, that there is any. One query."""
        found = {}
        for kind, code, name in project_rows.around(self.project, self.moment):
            found.setdefault(kind, []).append((code, name))
        return found


def _public(code):
    try:
        return project_rows.public_project(code=code)[0]
    except IndexError:
        raise Http404 from None
