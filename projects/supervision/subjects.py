"""What is supervised: which rows, how they stand, what there is to ask of whom."""
from django.db.models import Q

from projects.models import Project, SupervisionNotice
from projects.supervision.late import RESTING, stale
from projects.supervision.lights import lights_of

Cause = SupervisionNotice.Cause


class Projects:
    """Projects, on one day and by the rule of that day."""

    def __init__(self, day, rule):
        self.day, self.rule = day, rule

    def rows(self, samples=False):
        """Those to look at: public and not finished, and whatever has an open notice."""
        pending = Project.objects.filter(notices__closed_on=None, notices__isnull=False).values("pk")
        projects = Project.objects.published().answered_for().filter(is_sample=samples)
        return projects.filter(Q(pk__in=pending) | ~Q(status__in=RESTING))

    def asked(self, keys):
        """(row, light, causes) of each of these, in a fixed number of queries."""
        rows = list(Project.objects.filter(pk__in=keys).select_related("lead_department", "community").lean())
        lights = lights_of(rows, self.day)
        quiet = set(stale(Project.objects.filter(pk__in=keys), self.day).values_list("pk", flat=True))
        return [(row, lights[row.pk], self.causes(row, lights[row.pk], row.pk in quiet)) for row in rows]

    def causes(self, project, light, is_quiet):
        """{cause: (what it hangs on, text)} of what there is to ask of this project today."""
        if light.override or light.colour in ("blue", "grey"):
            return {}
        causes = {}
        due = light.due_on.isoformat() if light.due_on else "-"
        if "overdue" in light.causes:
            return {Cause.OVERDUE: (due, f"{light.sentence}。请说明卡在哪里、需谁协调、下一步和何时完成。")}
        if "pending" in light.causes:
            return {Cause.PENDING: (due, f"{light.sentence}。请核实是否已经完成，并填报进展。")}
        if "due_soon" in light.causes:
            causes[Cause.DUE_SOON] = (due, f"{light.sentence}。请按期完成并填报进展。")
        if "behind" in light.causes:
            causes[Cause.BEHIND] = (due, f"{light.sentence}。请说明原因和下一步。")
        if is_quiet and project.units():  # without a unit nobody could answer
            causes[Cause.STALE] = (project.moved_on.isoformat(), f"已满 {self.rule.stale_days} 天没有进展，请填报。")
        return causes
