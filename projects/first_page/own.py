"""One's own projects and statements."""
from calendar import monthrange
from datetime import timedelta

from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils import timezone

from guicheng.office.shown import SHOWN, Shown
from guicheng.office.work import Work
from guicheng.review.states import IN_REVIEW, State
from projects import summary
from projects.first_page.street import light_counts
from projects.models import Milestone, ProgressUpdate, Project, ReviewStep
from projects.supervision.late import MISSING
from projects.supervision.lights import RESTING, at_rest, lights_of

TO_DO = ["red", "yellow", "white", "green"]  # the lights of what is not finished, the most pressing first


def statements_where(**query):
    """The list of statements with these filters."""
    return reverse("admin:projects_progressupdate_changelist", query=query)


def own_projects(user):
    """One's projects by light, what is due this month, what is missing. The most pressing first."""
    own = Project.objects.visible_to(user).real()
    to_read = own.filter(~at_rest()).select_related("project_list", "latest_update").lean()
    projects = list(to_read.order_by("moved_on", "pk"))  # of the others nothing is shown but how many they are
    lights = lights_of(projects)
    for project in projects:
        project.light = lights[project.pk]
        project.due = project.due_on or project.planned_end
    projects.sort(key=_pressing)
    tiles = light_counts(summary.by_light_with(own, lights.values()), {"is_sample__exact": 0})
    today = timezone.localdate()
    end = last_of_month(today)  # what is overdue by today is among the red
    due = [project for project in projects
           if project.status not in RESTING and project.due and today <= project.due <= end]
    return {
        "tiles": tiles, "own_total": sum(tile.count for tile in tiles),
        "due": sorted(due, key=lambda project: project.due),
        "open_projects": [project for project in projects if project.light.colour in TO_DO],
        "lacking": lacking_ways(own), "week_marks": milestones_this_week(own, today),
        "by_light": [(tile, [project for project in projects if project.light.colour == tile.light.colour][:SHOWN])
                     for colour in TO_DO for tile in tiles if tile.light.colour == colour],
    }


def _pressing(project):
    """The latest and the furthest behind first; those that cannot be compared by why not, which is said once."""
    light = project.light
    return -light.days_late, -(light.behind or 0), light.sentence if light.colour == "white" else ""


def own_statements(user):
    rows = ProgressUpdate.objects.visible_to(user).filter(author=user)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    rows = rows.select_related("project").order_by("created_at", "pk")
    returned, drafts = (rows.filter(state=state) if state in counts else rows.none()
                        for state in (State.RETURNED, State.DRAFT))
    return {
        "returned": Shown(with_reasons(returned), counts.get(State.RETURNED, 0),
                          statements_where(for_me="own", state__exact=State.RETURNED)),
        "drafts": Shown(drafts[:SHOWN], counts.get(State.DRAFT, 0),
                        statements_where(for_me="own", state__exact=State.DRAFT)),
        "in_review": Shown([], sum(counts.get(state, 0) for state in IN_REVIEW),
                           statements_where(for_me="waiting")),
    }


def with_reasons(rows):
    """These returned rows, each with `why`: the last step that returned it."""
    rows = list(rows.prefetch_related(Prefetch("steps", ReviewStep.objects.select_related("by")))[:SHOWN])
    for row in rows:
        row.why = next((step for step in row.steps.all() if step.verb == "returned"), None)  # the newest first
    return rows


def last_of_month(day):
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def due_works(projects, today):
    """What is to be finished this month, each as a thing to do."""
    return [Work(project.name, reverse("admin:projects_progressupdate_record", args=[project.pk]), "填报进展",
                 f"计划在这天办完。{project.light.sentence}", project.due, today=today) for project in projects]


def lacking_ways(projects):
    """What is missing of these projects: (its key, how many, what, where they are)."""
    desk = reverse("admin:projects_supervisionnotice_desk")
    return [(key, count, MISSING[key][0], f"{desk}?list=missing&lack={key}")
            for key, count in summary.lacking(projects).items() if count]


def milestones_this_week(projects, today):
    """(day, words, address) of what was planned for a day of this week."""
    monday = today - timedelta(days=today.weekday())
    rows = Milestone.objects.filter(project__in=projects, planned_on__range=(monday, monday + timedelta(days=6)))
    return [(row.planned_on, f"{row.project.name}：{row.name}",
             reverse("admin:projects_project_change", args=[row.project_id])) for row in rows.select_related("project")]
