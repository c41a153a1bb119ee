"""The public pages of lists, projects and quarterly reports. GET only; nobody's name is on them."""
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.public.errors import error_page
from guicheng.public.small_letters import small_letters
from guicheng.tables.exports import csv_parts, csv_response, stream
from guicheng.tables.paging import NoSuchPage
from projects import heads, summary
from projects.exports import columns
from projects.filters import ProjectFilter
from projects.late_units import public_table, rows_found, told_beside_units
from projects.ledger import promises
from projects.ledger.told import NOTHING
from projects.list_order import first_of_list
from projects.models import Project, ProjectList, Promise
from projects.moments import as_they_were, at, days_of, travels
from projects.project_page import ProjectPage

ROW = ["pk", "code", "name", "status", "moved_on", "is_sample", "membership", "parent__name", "community__name",
       "project_list__title", "latest_update__text", "latest_update__effective_from", "latest_update__effective_on",
       "latest_update__source__title"]
SHOWN_IN_TABLE = 200  # the files hold all of them
SHOWN_ON_LIST = 60  # a longer list is paged under /projects/


# --- lists ------------------------------------------------------------------------------------
@require_safe
@travels
def list_index(request):
    moment = request.moment
    lists = [row for row in ProjectList.objects.published() if moment.has(row.announced_on)]
    summaries = summary.list_summaries(moment.day, moment.known_at, lists)
    return render(request, "projects/list_index.html", {
        "head": heads.of_lists(),
        "years": summary.by_year(
            row for row in summaries if row.project_list.is_street and not row.project_list.is_sample),
        "above": [row for row in summaries if not row.project_list.is_street],
        "sample": [row for row in summaries if row.project_list.is_sample],
    })


@require_safe
@small_letters("slug", ProjectList.objects.published)
@travels
def list_detail(request, slug):
    moment = request.moment
    project_list = get_object_or_404(ProjectList.objects.published().select_related("source"), slug=slug)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    projects = at(Project.objects.published(), moment)
    rows = projects.filter(project_list=project_list, parent=None).select_related(
        "community", "latest_update", "category").lean()
    each = summary.list_summaries(moment.day, moment.known_at, [project_list], by=["category"])[0]
    first = first_of_list(rows, project_list.pk, SHOWN_ON_LIST, each.recorded.value)
    rows = as_they_were(first, moment)
    parts = {}
    below = projects.filter(parent__in=rows).select_related("community").order_by("pk")
    for part in as_they_were(below, moment):
        parts.setdefault(part.parent_id, []).append(part)
    told = told_beside_units([row.pk for row in rows], moment)
    for row in rows:
        row.shown_parts, row.told = parts.get(row.pk, []), told.get(row.pk, NOTHING)
        row.part_moved = not row.status and any(part.status for part in row.shown_parts)
    declarations = project_list.declarations.select_related("source")
    if moment:
        declarations = declarations.known(moment.day, moment.known_at)
    promises_of = Promise.objects.filter(project__project_list=project_list)
    verdicts = summary.verdicts(promises_of, moment.day, moment.known_at)
    return render(request, "projects/list_detail.html", {
        "head": heads.of_list(each), "list": project_list, "summary": each, "rows": rows,
        "more": each.recorded.value - len(rows),
        "declarations": declarations,
        "facts": project_list.facts.published().by(moment.day).select_related("source"),
        "discrepancies": project_list.discrepancies.published().told(moment.day),
        "verdicts": [(verdict, count) for verdict, count in verdicts.items() if count],
        "has_sample": project_list.is_sample,
    })


def _not_yet(request, project_list):
    """The answer for a day on which the list was not public yet, and nothing on it."""
    day = words.day(project_list.announced_on)
    return error_page(request, 404, f"“{project_list.title}”{day}公布，从那一天起才看得到。")


@require_safe
@small_letters("slug", ProjectList.objects.published)
@travels
def list_csv(request, slug):
    moment = request.moment
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    filters = ProjectFilter(request.GET.dict() | {"list": slug}, moment=moment)
    try:
        filters.check()
    except ValidationError as error:
        return error_page(request, 400, " ".join(error.messages))
    is_ordered = bool(request.GET.get("order"))
    rows = columns.project_rows(filters.in_order() if is_ordered else filters.qs, moment=moment, is_ordered=is_ordered)
    rows = public_table(rows, columns.PROJECT_COLUMNS, filters.qs, moment)
    return stream(f"{project_list.title}{moment.in_name}.csv", csv_parts(columns.PROJECT_COLUMNS, rows))


def _list_judgements(slug, moment):
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    of_list = Promise.objects.filter(project__project_list=project_list)
    return project_list, of_list, promises.judgements(of_list, moment.day, moment.known_at)


@require_safe
@small_letters("slug", ProjectList.objects.published)
@travels
def list_promises(request, slug):
    moment = request.moment
    project_list, of_list, judgements = _list_judgements(slug, moment)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    counts = summary.verdicts(of_list, moment.day, moment.known_at)
    occurred = [(verdict, count) for verdict, count in counts.items() if count]
    return render(request, "projects/list_promises.html", {
        "head": heads.of_promises(project_list, occurred),
        "list": project_list, "judgements": judgements[:SHOWN_IN_TABLE], "definition": summary.KEPT,
        "total": sum(counts.values()),
        "counts": occurred,
        "has_sample": project_list.is_sample,
    })


@require_safe
@small_letters("slug", ProjectList.objects.published)
@travels
def list_promises_csv(request, slug):
    moment = request.moment
    project_list, _, judgements = _list_judgements(slug, moment)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    return csv_response(f"{project_list.title}承诺兑现{moment.in_name}.csv", columns.PROMISE_COLUMNS, judgements)


# --- projects ---------------------------------------------------------------------------------
@require_safe
@travels
def project_index(request):
    filters = ProjectFilter(request.GET, moment=request.moment)
    page, sentence, status = None, "", 200
    try:
        filters.check()
        page = filters.page(ROW)
        page = replace(page, rows=_with_told(rows_found(page.rows, filters.data.get("verdict")), request.moment))
    except ValidationError as error:
        sentence, status = " ".join(error.messages), 404 if isinstance(error, NoSuchPage) else 400
    context = {
        "head": heads.of_projects(filters.title if page else "项目"),
        "filters": filters, "chosen": filters.data, "page": page, "sentence": sentence,
        "title": filters.title if page else "项目", "facets": summary.facets(filters).values() if page else [],
        "days": _by_day(page.rows, filters.data.get("order") in filters.orders) if page else [],
        "has_sample": page and any(row["is_sample"] for row in page.rows),
    }
    return render(request, "projects/project_index.html", context, status=status)


def _with_told(rows, moment):
    told = told_beside_units([row["pk"] for row in rows], moment)
    return [row | {"told": told.get(row["pk"], NOTHING)} for row in rows]


def _by_day(rows, is_ordered):
    """(day, source, rows) of rows that come newest first; in any other order one group, whose rows tell their day.

    A day is told once on a page: ranges that end on one day are in no order among themselves.
    """
    if is_ordered:
        return [("", "", [row | {"shows_day": True} for row in rows])]
    groups = {}
    for row in rows:
        groups.setdefault(_day_and_source(row), []).append(row)
    return [(*key, group) for key, group in groups.items()]


def _day_and_source(row):
    if not row["latest_update__effective_on"]:
        return "没有进展消息", ""
    return days_of(row), row["latest_update__source__title"] or ""


@require_safe
@small_letters("code", Project.objects.published)
@travels
def project_detail(request, code):
    page = ProjectPage(code, request.moment)
    if page.not_yet:
        return _not_yet(request, page.not_yet)
    return render(request, "projects/project_detail.html", page.context())
