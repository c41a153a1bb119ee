"""The public pages of lists, projects and quarterly reports. GET only; nobody's name is on them."""
from django.core.exceptions import ValidationError
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.access.units import behind
from guicheng.public.errors import error_page
from guicheng.tables.exports import csv_parts, csv_response, stream
from projects import summary
from projects.exports import columns
from projects.filters import ORDERS, ProjectFilter
from projects.ledger import promises
from projects.ledger.timeline import timeline_at
from projects.models import (
    Department,
    Discrepancy,
    Paper,
    Photo,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    Source,
)
from projects.models.project import announced_by
from projects.moments import THEN, as_they_were, at, columns_at, milestones_at, travels

ROW = ["code", "name", "status", "moved_on", "is_sample", "membership", "parent__name", "community__name",
       "project_list__title", "latest_update__text", "latest_update__effective_from", "latest_update__effective_on"]
NO_CODE = Value("")
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
        "street": [row for row in summaries if row.project_list.is_street and not row.project_list.is_sample],
        "above": [row for row in summaries if not row.project_list.is_street],
        "sample": [row for row in summaries if row.project_list.is_sample],
    })


@require_safe
@travels
def list_detail(request, slug):
    moment = request.moment
    project_list = get_object_or_404(ProjectList.objects.published().select_related("source"), slug=slug)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    projects = at(Project.objects.published(), moment)
    rows = projects.filter(project_list=project_list, parent=None).select_related(
        "community", "latest_update", "category").defer("search_text").order_by("category__number", "number", "code")
    rows = as_they_were(list(rows[:SHOWN_ON_LIST]), moment)
    parts = {}
    below = projects.filter(parent__in=rows).select_related("community").order_by("pk")
    for part in as_they_were(below, moment):
        parts.setdefault(part.parent_id, []).append(part)
    for row in rows:
        row.shown_parts = parts.get(row.pk, [])
    each = summary.list_summaries(moment.day, moment.known_at, [project_list], by=["category"])[0]
    declarations = project_list.declarations.select_related("source")
    if moment:
        declarations = declarations.known(moment.day, moment.known_at)
    return render(request, "projects/list_detail.html", {
        "list": project_list, "summary": each, "rows": rows,
        "more": each.recorded.value - len(rows),
        "declarations": declarations,
        "discrepancies": project_list.discrepancies.published().by(moment.day).select_related("source_1", "source_2"),
        "has_promises": Promise.objects.filter(
            project__project_list=project_list, project__is_published=True).by(moment.day).exists(),
        "has_sample": project_list.is_sample,
    })


def _not_yet(request, project_list):
    """The answer for a day on which the list was not public yet, and nothing on it."""
    day = words.day(project_list.announced_on)
    return error_page(request, 404, f"“{project_list.title}”{day}公布，从那一天起才看得到。")


@require_safe
@travels
def list_csv(request, slug):
    moment = request.moment
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    projects = at(Project.objects.published(), moment).filter(project_list=project_list)
    rows = columns.project_rows(projects, moment=moment)
    return stream(f"{project_list.title}{moment.in_name}.csv", csv_parts(columns.PROJECT_COLUMNS, rows))


def _list_judgements(slug, moment):
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    of_list = Promise.objects.filter(project__project_list=project_list)
    return project_list, of_list, promises.judgements(of_list, moment.day, moment.known_at)


@require_safe
@travels
def list_promises(request, slug):
    moment = request.moment
    project_list, of_list, judgements = _list_judgements(slug, moment)
    if not moment.has(project_list.announced_on):
        return _not_yet(request, project_list)
    counts = summary.verdicts(of_list, moment.day, moment.known_at)
    return render(request, "projects/list_promises.html", {
        "list": project_list, "judgements": judgements[:SHOWN_IN_TABLE], "definition": summary.KEPT,
        "total": sum(counts.values()),
        "counts": [(verdict, count) for verdict, count in counts.items() if count],
        "has_sample": project_list.is_sample,
    })


@require_safe
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
    page, sentence = None, ""
    if filters.is_valid():
        try:
            page = filters.page(ROW)
        except ValidationError as error:
            sentence = " ".join(error.messages)
    else:
        sentence = filters.sentence_of_errors
    context = {
        "filters": filters, "chosen": filters.data, "page": page, "sentence": sentence, "orders": ORDERS.items(),
        "has_sample": page and any(row["is_sample"] for row in page.rows),
    }
    return render(request, "projects/project_index.html", context, status=400 if sentence else 200)


@require_safe
@travels
def project_detail(request, code):
    moment = request.moment
    beside = Project.objects.filter(project_list=OuterRef("project_list"), parent=None, is_published=True).order_by()
    project = get_object_or_404(
        Project.objects.published().defer("search_text").select_related(
            "project_list", "category", "community", "lead_department", "source",
        ).annotate(
            before=Subquery(beside.filter(code__lt=OuterRef("code")).order_by("-code").values("pk")[:1]),
            after=Subquery(beside.filter(code__gt=OuterRef("code")).order_by("code").values("pk")[:1]),
        ), code=code)
    if project.project_list and not moment.has(project.project_list.announced_on):
        return _not_yet(request, project.project_list)
    if moment:
        then = at(Project.objects.filter(pk=project.pk), moment).get()
        for name in THEN:
            setattr(project, name, getattr(then, name))
        as_they_were([project], moment)
    around, related = _around(project, moment)
    updates = list(project.updates.published().select_related("source"))
    photos, papers = (related[kind] if kind in around else () for kind in ("photos", "papers"))
    entries = timeline_at(updates, moment, photos, papers)
    parts = related["parts"].order_by("pk").values(
        "code", "name", "community__name", *columns_at(["status"], moment)) if "parts" in around else []
    return render(request, "projects/project_detail.html", {
        "project": project,
        "entries": entries,
        "latest": next((entry.row for entry in entries if not entry.is_withdrawn), None),
        "parts": as_they_were(parts, moment),
        "facts": list(related["facts"].select_related("source")) if "facts" in around else [],
        "discrepancies": list(related["discrepancies"].select_related("source_1", "source_2"))
        if "discrepancies" in around else [],
        "judgements": promises.project_judgements(project, updates, moment),
        "milestones": milestones_at(project.milestones.select_related("source"), moment),
        "around": around,
        "has_sample": project.is_sample,
    })


def _around(project, moment):
    """What the page only names: kind -> [(code, name)], and the querysets of what most projects do not have.

    One query. A kind of the second sort stands in the first where there is any, so that nothing is asked in vain.
    """
    branches = []
    # a file is fetched only while its statement is in force
    photos, papers = (model.objects.frozen().filter(update__project=project) for model in (Photo, Paper))
    related = {
        "parts": at(project.parts.published(), moment),
        "facts": project.facts.by(moment.day),
        "photos": photos.published() if moment else photos,
        "papers": papers.published() if moment else papers,
        "discrepancies": Discrepancy.objects.filter(
            project__in=filter(None, [project.pk, project.parent_id])).by(moment.day),
    }

    def add(kind, queryset, code=NO_CODE, name="name"):
        branches.append(queryset.order_by().values_list(Value(kind), code, name))

    add("alias", ProjectAlias.objects.filter(project=project).exclude(name=project.name))
    add("supporting", Department.objects.filter(supported_projects=project))
    add("venue", project.venues.all())
    continued = Project.objects.published().filter(continues=project)
    add("continued", continued.filter(announced_by(moment.day)) if moment else continued, "code")
    for kind, key in [("before", project.before), ("after", project.after), ("parent", project.parent_id),
                      ("continues", project.continues_id)]:
        if key:
            add(kind, Project.objects.published().filter(pk=key), "code")
    if project.budget_source_id:
        add("budget", Source.objects.filter(pk=project.budget_source_id), "code", "title")
    if project.project_list and project.project_list.kind == ProjectList.Kind.SECRETARY:
        secretary_projects = behind(Project, "secretary_project").objects
        add("secretary", secretary_projects.filter(project=project), "code", Cast("year", CharField()))
    for kind, rows in related.items():
        add(kind, rows, NO_CODE, NO_CODE)
    around = {}
    for kind, code, name in branches[0].union(*branches[1:]):
        around.setdefault(kind, []).append((code, name))
    return around, related
