"""The lights: computed from dates as of a day, never typed, and each with the sentence that explains it.

`lights_of(projects, day)` asks a fixed number of queries whatever the number of projects. For staff only.
"""
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace

from django.db.models import DateField, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from guicheng import words
from guicheng.days.compiled import compiled
from guicheng.days.workdays import UnknownYear, WorkCalendar
from projects.models import LightOverride, LightRule, Milestone, ProgressUpdate, Project, Status
from projects.models.lights import Colour

STARTED = frozenset({"in_progress", "acceptance", "standing"})
LABELS = {"red": "滞后", "yellow": "预警", "green": "正常", "blue": "已完成", "grey": "暂停", "white": "无法比较"}
RESTING = [*Status.DONE, *Status.NEED_REASON]
DUE = Coalesce("due_on", "planned_end", output_field=DateField())
NEEDED = ["status", "percent", "closed_on", "due_on", "planned_start", "planned_end"]  # of a project, for its light


@dataclass(frozen=True)
class Light:
    """One project's light. `sentence` stands beside it; numbers are None where there is nothing to compare."""

    colour: str
    label: str
    sentence: str
    plan: int | None = None  # percent of the plan that should be done
    actual: int | None = None  # percent somebody stated
    behind: int | None = None  # points; negative is ahead
    due_on: date | None = None
    days_late: int = 0
    causes: frozenset = field(default_factory=frozenset)  # overdue, pending, due_soon, behind: supervision acts on them
    rule: LightRule | None = None
    override: LightOverride | None = None

    @property
    def word(self):
        return Colour(self.colour).label

    @property
    def brief(self):
        """What its label does not say, for a list: by how much; "" where nothing presses.

        Of what a person decided and of what has no number to it the whole sentence.
        """
        if self.override:
            return self.sentence
        if self.colour not in ("red", "yellow"):
            return ""
        if self.days_late:
            return f"晚 {self.days_late} 天"
        if "due_soon" in self.causes:
            return f"{self.due_on.month} 月 {self.due_on.day} 日到期"
        return f"落后 {self.behind} 点" if (self.behind or 0) > 0 else self.sentence

    @property
    def pressing(self):
        """What lists are sorted by: the latest and the furthest behind first.

        Those that cannot be compared by why not, which is said once.
        """
        return -self.days_late, -(self.behind or 0), self.sentence if self.colour == "white" else ""

    @property
    def is_calm(self):
        """Caught up, finished or resting: supervision has nothing to ask."""
        return self.colour in ("green", "blue", "grey")


def light_of(project, day=None):
    """The light of one project."""
    return lights_of([project], day)[project.pk]


def lights_of(projects, day=None):
    """{pk: Light} of these projects (a queryset or a list) as of `day`, today when not given."""
    day = day or timezone.localdate()
    return lights_under(list(projects), day, LightRule.objects.in_force(day), WorkCalendar.load())


def lights_under(projects, day, rule, calendar):
    """{pk: Light} of this list of projects, by a rule and a calendar that are at hand."""
    today = timezone.localdate()
    keys = [project.pk for project in projects]
    milestones, overrides = _milestones(keys), _overrides(keys, day)
    # nobody states what is to come, so today's and later lights need not read the ledger
    states = {project.pk: _now(project) for project in projects} if day >= today else _then(projects, day)
    _unfinished(states, day)
    _compiled(states, projects)
    return {
        project.pk: _overridden(
            light_by_dates(project, states[project.pk], milestones[project.pk], rule, calendar, day),
            overrides.get(project.pk), day)
        for project in projects
    }


# --- what is read --------------------------------------------------------------------------------
def _milestones(keys):
    planned = defaultdict(list)
    for project, day in _planned(keys=keys):
        planned[project].append(day)
    return planned


@compiled(keys=[Project._meta.pk])
def _planned(keys):
    rows = Milestone.objects.filter(project__in=keys, planned_on__isnull=False).order_by("planned_on")
    return rows.values_list("project", "planned_on")


def _overrides(keys, day):
    """The newest decision of each project, where it still holds and does not give the light back."""
    newest = {row.project_id: row for row in _begun(keys=keys, day=day)}
    return {pk: row for pk, row in newest.items() if row.colour and (row.until is None or row.until >= day)}


@compiled(keys=[Project._meta.pk], day=DateField())
def _begun(keys, day):
    return LightOverride.objects.begun(day).filter(project__in=keys).select_related("by")


def _unfinished(states, day):
    """Set of each state past its day the last day on which it surely was not finished, by what was said; None else."""
    late = [pk for pk, state in states.items() if state.due_on and state.due_on < day]
    said = dict(_said_unfinished(keys=late, day=day))
    for pk, state in states.items():
        state.unfinished_on = said.get(pk)


@compiled(keys=[Project._meta.pk], day=DateField())
def _said_unfinished(keys, day):
    rows = ProgressUpdate.objects.in_force(day).filter(project__in=keys, status__in=Status.UNFINISHED)
    last = Max(Coalesce("effective_from", "effective_on"))
    return rows.order_by().values("project").annotate(last=last).values_list("project", "last")


def _compiled(states, projects):
    """Say of each state whether its list was compiled from press reports: nobody answers for it, it has no lamp."""
    known = {project.pk: bool(project.project_list and project.project_list.is_compiled) for project in projects
             if Project.project_list.is_cached(project)}  # a list that is not loaded is asked for, of all at once
    found = set(_on_compiled_lists(keys=[pk for pk in states if pk not in known]))
    for pk, state in states.items():
        state.is_compiled = known.get(pk, pk in found)


@compiled(keys=[Project._meta.pk])
def _on_compiled_lists(keys):
    return Project.objects.filter(pk__in=keys, project_list__is_compiled=True).order_by().values_list("pk", flat=True)


def _now(project):
    return SimpleNamespace(status=project.status, percent=project.percent, closed_on=project.closed_on,
                           due_on=project.due_on or project.planned_end)


def _then(projects, day):
    """What the ledger said by the end of `day`: one query for all, and no row of the ledger is made an object."""
    rows = Project.objects.filter(pk__in=[project.pk for project in projects]).with_state(day).values_list(
        "pk", "status_then", "percent_then", "closed_then", "due_then")
    return {pk: SimpleNamespace(status=status, percent=percent, closed_on=closed, due_on=due)
            for pk, status, percent, closed, due in rows.iterator(2000)}


# --- what follows from it ------------------------------------------------------------------------
def plan_percent(start, due, milestones, day):
    """The percent that should be done by the end of `day`: of the milestones where there are dates, else of the days.

    None where no plan was entered. A whole number, so that the light compares what the sentence prints.
    """
    if milestones:
        return _rounded(sum(planned <= day for planned in milestones), len(milestones))
    if start is None or due is None or due < start:
        return None
    if day >= due:
        return 100
    return 0 if day <= start else _rounded((day - start).days, (due - start).days)


def _rounded(part, whole):
    return (200 * part + whole) // (2 * whole)


def light_by_dates(project, state, milestones, rule, calendar, day):
    """The light the dates give."""
    if resting := _resting(state, rule):
        return resting
    if state.is_compiled:
        return Light("white", "往年资料", _sentence(["往年资料，不亮灯"], "white"), actual=state.percent, rule=rule)
    if pending := _pending(state, rule, day):
        return pending
    plan = plan_percent(project.planned_start, state.due_on, milestones, day)
    actual, due = state.percent, state.due_on
    behind = None if plan is None or actual is None else plan - actual
    causes, parts, is_guess = set(), [], False
    if behind is not None:
        parts.append(_compared(plan, actual, behind))
    if due and due < day and state.status != Status.STANDING:
        causes.add("overdue")
        parts.insert(0, f"应于 {words.day(due)}完成，已晚 {(day - due).days} 天")
    elif due and due >= day:
        try:
            if calendar.is_within(day, due, rule.due_within):
                causes.add("due_soon")
                parts.append(_soon(day, due, rule))
        except UnknownYear as error:
            is_guess = True
            parts.append(str(error))
    if behind is not None and behind > rule.red_from:
        causes.add("behind")
    if _never_started(project, state, rule, day):
        causes.add("behind")
        parts.append(f"计划 {words.day(project.planned_start)}开始，满 {rule.not_started_months} 个月还没有开工的记录")
    colour = _colour(causes, behind, rule, is_guess)
    if not parts or colour == "white" and not is_guess:
        parts.append(_why_white(plan, actual, due, project))
    label = "逾期" if "overdue" in causes else LABELS[colour]
    if colour == "yellow" and "due_soon" in causes:
        label = "快到期"
    return Light(colour, label, _sentence(parts, colour), plan, actual, behind, due,
                 (day - due).days if "overdue" in causes else 0, frozenset(causes), rule)


def _resting(state, rule):
    """Blue or grey: what is finished or stopped is not compared with any plan."""
    if state.status in Status.DONE:
        label = "已销号" if state.closed_on else Status.label_of(state.status)
        said = f"{words.day(state.closed_on)}销号" if state.closed_on else Status.label_of(state.status)
        return Light("blue", label, _sentence([said], "blue"), actual=state.percent, due_on=state.due_on, rule=rule)
    if state.status in Status.NEED_REASON:
        label = Status.label_of(state.status)
        return Light("grey", label, _sentence([label], "grey"), actual=state.percent, due_on=state.due_on, rule=rule)
    return None


def _pending(state, rule, day):
    """No lamp for a day that passed in silence: it is neither late nor finished, somebody has to find out."""
    if not state.due_on or state.due_on >= day or state.status == Status.STANDING:
        return None
    if state.unfinished_on and state.unfinished_on > state.due_on:
        return None
    said = f"应于 {words.day(state.due_on)}完成，到期以后没有填报是否完成"
    return Light("white", "到期待核", _sentence([said], "white"), actual=state.percent, due_on=state.due_on,
                 causes=frozenset({"pending"}), rule=rule)


def _colour(causes, behind, rule, is_guess):
    if causes & {"overdue", "behind"}:
        return "red"
    if "due_soon" in causes or (behind is not None and behind >= rule.yellow_from):
        return "yellow"
    return "white" if behind is None or is_guess else "green"


def _never_started(project, state, rule, day):
    started = state.status in STARTED or bool(state.percent)
    return bool(project.planned_start) and not started and day >= months_after(
        project.planned_start, rule.not_started_months)


def _compared(plan, actual, behind):
    gap = f"落后 {behind} 点" if behind > 0 else f"超前 {-behind} 点" if behind < 0 else "与计划持平"
    return f"计划 {plan}%，实际 {actual}%，{gap}"


def _soon(day, due, rule):
    return "今天到期" if due == day else f"{words.day(due)}到期，在 {rule.due_within} 个工作日以内"


def _why_white(plan, actual, due, project):
    if plan is None:
        missing = [] if project.planned_start else ["计划开始"]
        missing += [] if due else ["计划完成"]
        return f"没有填{'和'.join(missing)}的日期，不能比较" if missing else "计划的日期前后不对，不能比较"
    return f"计划 {plan}%，没有人报过完成百分比，不能比较" if actual is None else ""


def _sentence(parts, colour):
    return f"{'；'.join(filter(None, parts))} → {Colour(colour).label}"


def _overridden(light, override, day):
    """Put a person's decision in the place of the dates', and keep both in the sentence."""
    if override is None:
        return light
    until = f"，到 {words.day(override.until)}为止" if override.until else ""
    said = f"人工改为{override.get_colour_display()}：{override.reason}（{override.by}，" \
           f"{words.day(override.effective_on)}{until}）。按日期：{light.sentence}"
    return replace(light, colour=override.colour, label=LABELS[override.colour], sentence=said, override=override)


def months_after(day, months):
    """The same day of the month `months` later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
