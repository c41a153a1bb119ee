"""Who answers for what is late: while its public face is off, no row that tells a due day or a verdict names a unit.

The row stays. Lists that tell neither (a list's page, a community's page, the search) are left as they are.
"""
from dataclasses import replace

from django.db.models import QuerySet
from django.utils import timezone

from projects import summary
from projects.faces import LATE_UNITS
from projects.ledger.promises import Verdict, judgements
from projects.ledger.told import told_of
from projects.models import Project, Promise

UNIT_COLUMNS = ("社区", "牵头单位", "办公电话")
LATE = [verdict.value for verdict in Verdict if verdict.is_late]
UNIT_FILTERS = ("community", "department", "q")  # a search looks through the names of units too
NOT_BY_UNIT = "看逾期的和没有完成的，不能同时按社区、单位筛选，也不能同时搜索。"
NO_UNIT, NOT_NAMED = "待补充", "请打办公电话问"


def late_codes(projects, moment):
    """The codes of those of `projects` that are late: past their day, or with a promise that was not kept in time."""
    day = moment.day or timezone.localdate()
    promises = Promise.objects.filter(project__in=projects.values("pk"))
    broken = {each.promise.project.code for each in judgements(promises, day, moment.known_at) if each.verdict.is_late}
    return broken | set(summary.past_due(projects, day, moment.known_at).values_list("code", flat=True))


# --- rows ------------------------------------------------------------------------------------------
def public_table(rows, columns, projects, moment):
    """The rows of a table for residents, of `columns` that begin with the code, made from `projects`."""
    if LATE_UNITS.is_on:
        return rows
    late = late_codes(projects, moment)
    rows = rows.iterator(2000) if isinstance(rows, QuerySet) else rows
    places = {place for place, column in enumerate(columns) if column.title in UNIT_COLUMNS}
    return (tuple("" if place in places else value for place, value in enumerate(row)) if row[0] in late else row
            for row in rows)


def public_rows(rows, moment):
    """The rows of the API: dicts with the code and the community."""
    if LATE_UNITS.is_on:
        return rows
    late = late_codes(Project.objects.filter(code__in=[row["code"] for row in rows]), moment)
    return [row | {"community__slug": None} if row["code"] in late else row for row in rows]


# --- a search by verdict ---------------------------------------------------------------------------
def would_tell(verdict, chosen):
    """Whether a search by this verdict names the units of what is late: by what else is chosen, filter -> value."""
    return verdict in LATE and any(chosen.get(name) for name in UNIT_FILTERS) and not LATE_UNITS.is_on


def rows_found(rows, verdict):
    """The rows of a search by this verdict: dicts with the name of the community."""
    if verdict not in LATE or LATE_UNITS.is_on:
        return rows
    return [row | {"community__name": None} for row in rows]


def told_beside_units(keys, moment):
    """What rows that name units tell beside the name: `told_of`, without the verdicts of what is late."""
    told = told_of(keys, moment)
    if LATE_UNITS.is_on:
        return told
    return {key: replace(each, judgement=None) if each.judgement and each.judgement.verdict.is_late else each
            for key, each in told.items()}


# --- a project's page ------------------------------------------------------------------------------
def leave_out(project, judgements, milestones, moment):
    """Take the names of the units off a late project that was read for its page; gives what to say instead.

    The telephone stays: a resident needs somebody to call.
    """
    if LATE_UNITS.is_on or not _is_late(project, judgements, milestones, moment):
        return NO_UNIT
    project.phone = project.office or (project.community.phone if project.community else "")
    project.lead_department = project.community = None
    project.leader = project.contact = ""
    return NOT_NAMED


def _is_late(project, judgements, milestones, moment):
    day = moment.day or timezone.localdate()
    if any(each.verdict.is_late for each in judgements) or any(row.is_late(day) for row in milestones):
        return True
    return summary.past_due(Project.objects.filter(pk=project.pk), day, moment.known_at).exists()
