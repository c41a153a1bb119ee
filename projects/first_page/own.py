"""One's own projects and statements."""
from calendar import monthrange
from datetime import timedelta

from django.db.models import Count, F, Prefetch
from django.urls import reverse
from django.utils import timezone

from guicheng.office.shown import SHOWN, Shown
from guicheng.office.work import Work
from guicheng.review.states import IN_REVIEW, State
from projects import summary
from projects.first_page.street import light_counts, projects_with
from projects.models import Milestone, ProgressUpdate, Project, ReviewStep
from projects.supervision.late import MISSING
from projects.supervision.lights import DUE, RESTING, lights_of

TO_DO = ["red", "yellow", "white", "green"]  # the lights of what is not finished, the most pressing first
OFFERED = 100  # projects to choose from for a statement at once
DUE_SHOWN = 100  # works of one month; more than anybody looks through


def statements_where(**query):
    """The list of statements with these filters."""
    return reverse("admin:projects_progressupdate_changelist", query=query)


def own_projects(user):
    """One's projects by light, what is due this month, what is missing. The most pressing first."""
    own = Project.objects.visible_to(user).real()
    lights, today = summary.Sorted.of(own, whole=True), timezone.localdate()
    tiles = light_counts(lights.by_colour(), {"is_sample__exact": 0})
    to_do = lights.first(TO_DO, OFFERED, _read)
    number = {tile.light.colour: tile.count for tile in tiles}
    return {
        "tiles": tiles, "own_total": sum(number.values()), "red": number.get("red", 0),
        "due": _due(own, to_do, today), "open_projects": to_do[:OFFERED],
        "open_cut": sum(number.get(colour, 0) for colour in TO_DO) > OFFERED,
        "lacking": lacking_ways(own), "week_marks": milestones_this_week(own, today),
        "by_light": [(tile, _beginning(lights, to_do, tile))
                     for colour in TO_DO for tile in tiles if tile.light.colour == colour],
    }


def _beginning(lights, to_do, tile):
    """The first of a colour: from those at hand, or, where other colours press more, asked for."""
    here = [project for project in to_do if project.light.colour == tile.light.colour][:SHOWN]
    return here if len(here) == min(SHOWN, tile.count) else lights.first([tile.light.colour], SHOWN, _read)


def _due(own, to_do, today):
    """What is to be finished this month, the nearest day first. What is overdue by today is among the red."""
    rows = own.exclude(status__in=RESTING).annotate(due=DUE).filter(due__range=(today, last_of_month(today)))
    rows = list(rows.select_related("project_list").lean().order_by("due", "moved_on", "pk")[:DUE_SHOWN + 1])
    lights = {project.pk: project.light for project in to_do}
    if unread := [project for project in rows if project.pk not in lights]:
        lights |= lights_of(unread)
    for project in rows:
        project.light = lights[project.pk]
    return rows


def _read(rows):
    """What is shown of these."""
    return rows.annotate(due=F("light_due")).select_related("project_list", "latest_update").only(
        "name", "status", "percent", "moved_on", "project_list__title", "latest_update__text", "latest_update__status",
        "latest_update__effective_from", "latest_update__effective_on")


def own_statements(user):
    rows = ProgressUpdate.objects.visible_to(user).filter(author=user, recorded_at=None)
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
    """What is to be finished this month, each as a thing to do; where that is too long, the way to the rest."""
    works = [Work(project.name, reverse("admin:projects_progressupdate_record", args=[project.pk]), "填报进展",
                  f"计划在这天办完。{project.light.sentence}", project.due, today=today)
             for project in projects[:DUE_SHOWN]]
    if len(projects) > DUE_SHOWN:
        works.append(Work("这个月到期的还有", projects_with({"is_sample__exact": 0}), "看全部项目",
                          f"这里是最先到期的 {DUE_SHOWN} 个。"))
    return works


def lacking_ways(projects):
    """What is missing of these projects: (its key, how many, what, where they are)."""
    desk = reverse("admin:projects_supervisionnotice_desk")
    return [(key, count, MISSING[key][0], f"{desk}?list=missing&lack={key}")
            for key, count in summary.lacking(projects).items() if count]


def milestones_this_week(projects, today):
    """(day, words, address) of what was planned for a day of this week."""
    monday = today - timedelta(days=today.weekday())
    rows = Milestone.objects.filter(project__in=projects, planned_on__range=(monday, monday + timedelta(days=6)))
    said = rows.order_by("planned_on", "pk").values_list("planned_on", "project__name", "name", "project")
    return [(day, f"{project}：{name}", reverse("admin:projects_project_change", args=[pk]))
            for day, project, name, pk in said[:DUE_SHOWN]]
