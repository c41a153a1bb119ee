"""One's own projects and statements."""
from calendar import monthrange
from datetime import timedelta

from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils import timezone

from guicheng.days.compiled_for import compiled_for
from guicheng.office.addresses import row_address
from guicheng.office.shown import SHOWN, Shown, in_all
from guicheng.office.work import Work
from guicheng.review.states import IN_REVIEW, State
from projects import summary
from projects.first_page.street import light_counts, projects_with
from projects.models import Milestone, ProgressUpdate, Project, ReviewStep
from projects.supervision.late import MISSING
from projects.supervision.lights import DUE, RESTING, light_of

TO_DO = ["red", "yellow", "white", "green"]  # the lights of what is not finished, the most pressing first
OFFERED = 100  # projects to choose from for a statement at once
DUE_SHOWN = 100  # works of one month; more than anybody looks through


def statements_where(**query):
    """The list of statements with these filters."""
    return reverse("admin:projects_progressupdate_changelist", query=query)


def own_projects(user):
    """One's projects by light, what is due this month, what is missing. The most pressing first."""
    today = timezone.localdate()
    lights = summary.Sorted.one_by_one(_own_sorts(user, today))
    tiles = light_counts(lights.by_colour(), {"is_sample__exact": 0})
    number = {tile.light.colour: tile.count for tile in tiles}
    pressing = lights.first(TO_DO, OFFERED)
    beginnings = {colour: lights.first([colour], SHOWN) for colour in TO_DO if colour in number}
    read = _read(user, {key: light for each in (pressing, *beginnings.values()) for key, light in each.items()})
    return {
        "tiles": tiles, "own_total": sum(number.values()), "red": number.get("red", 0),
        "due": _due(user, lights, today), "open_projects": [read[key] for key in pressing if key in read],
        "open_cut": sum(number.get(colour, 0) for colour in TO_DO) > OFFERED,
        "lacking": lacking_ways(user), "week_marks": milestones_this_week(user, today),
        "by_light": [(tile, [read[key] for key in beginnings[tile.light.colour] if key in read])
                     for colour in TO_DO for tile in tiles if tile.light.colour == colour],
    }


def _own(user):
    return Project.objects.visible_to(user).real()


@compiled_for()
def _own_sorts(user, day):
    return summary.sorts_of(_own(user), day)


def _read(user, lights):
    """{key: project} of these, each with its light."""
    found = {project.pk: project for project in _shown(user, keys=list(lights))}
    for project in found.values():
        project.light = lights[project.pk]
    return found


@compiled_for(keys=[Project._meta.pk])
def _shown(user, keys):
    """What is shown of them."""
    return _own(user).filter(pk__in=keys).annotate(due=DUE).select_related("project_list", "latest_update").only(
        "name", "status", "percent", "moved_on", "project_list__title", "latest_update__text", "latest_update__status",
        "latest_update__effective_from", "latest_update__effective_on").order_by()


def _due(user, lights, today):
    """What is to be finished this month, the nearest day first. What is overdue by today is among the red."""
    rows = _due_within(user, today, last_of_month(today), DUE_SHOWN + 1)
    said = {pk: lights.lights[sort] for sort, pk, _ in lights.rows}
    for project in rows:
        project.light = said.get(project.pk) or light_of(project)
    return rows


@compiled_for()
def _due_within(user, first, last, number):
    rows = _own(user).exclude(status__in=RESTING).annotate(due=DUE).filter(due__range=(first, last))
    rows = rows.annotate(on_day=in_all(due=first)).select_related("project_list").lean()
    return rows.order_by("due", "moved_on", "pk")[:number]


def own_statements(user):
    rows, counts = _open_statements(user), dict(_by_state(user))
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


def _open_statements(user):
    return ProgressUpdate.objects.visible_to(user).filter(author=user, recorded_at=None)


@compiled_for()
def _by_state(user):
    return _open_statements(user).order_by().values_list("state").annotate(Count("pk"))


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
    works = [Work(project.name, row_address("admin:projects_progressupdate_record", project.pk), "填报进展",
                  f"计划在这天办完。{project.light.sentence}", project.due, today=today)
             for project in projects[:DUE_SHOWN]]
    if len(projects) > DUE_SHOWN:
        works.append(Work("这个月到期的还有", projects_with({"is_sample__exact": 0}), "看全部项目",
                          f"这里是最先到期的 {DUE_SHOWN} 个。"))
    return works


def lacking_ways(user):
    """What is missing of one's projects: (its key, how many, what, where they are)."""
    desk = reverse("admin:projects_supervisionnotice_desk")
    found = next(iter(_lacking(user)), {})
    return [(key, found[key], words, f"{desk}?list=missing&lack={key}")
            for key, (words, _) in MISSING.items() if found.get(key)]


@compiled_for()
def _lacking(user):
    return summary.lacking(_own(user))


def milestones_this_week(user, today):
    """(day, words, address) of what was planned for a day of this week."""
    return [(day, f"{project}：{name}", row_address("admin:projects_project_change", pk))
            for day, project, name, pk in _planned_from(user, today - timedelta(days=today.weekday()))]


@compiled_for()
def _planned_from(user, monday):
    rows = Milestone.objects.filter(project__in=_own(user), planned_on__range=(monday, monday + timedelta(days=6)))
    rows = rows.order_by("planned_on", "pk").values_list("planned_on", "project__name", "name", "project")
    return rows[:DUE_SHOWN]
