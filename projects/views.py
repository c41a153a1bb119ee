"""The public pages of lists, projects and quarterly reports. GET only; nobody's name is on them."""
from django.core.exceptions import ValidationError
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng.exports import csv_parts, csv_response, stream
from guicheng.pages.errors import error_page
from guicheng.quarters import Quarter
from projects import exports, promises, summary
from projects.filters import ORDERS, ProjectFilter
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
from projects.timeline import timeline

ROW = ["code", "name", "status", "moved_on", "is_sample", "membership", "parent__name", "community__name",
       "project_list__title", "latest_update__text", "latest_update__effective_from", "latest_update__effective_on"]
NO_CODE = Value("")
SHOWN_ON_LIST = 60  # a longer list is paged under /projects/


# --- lists ------------------------------------------------------------------------------------
@require_safe
def list_index(request):
    lists = ProjectList.objects.published()
    summaries = summary.list_summaries(lists=lists)
    return render(request, "projects/list_index.html", {
        "street": [row for row in summaries if row.project_list.is_street and not row.project_list.is_sample],
        "above": [row for row in summaries if not row.project_list.is_street],
        "sample": [row for row in summaries if row.project_list.is_sample],
    })


@require_safe
def list_detail(request, slug):
    project_list = get_object_or_404(ProjectList.objects.published().select_related("source"), slug=slug)
    rows = Project.objects.published().filter(project_list=project_list, parent=None).select_related(
        "community", "latest_update", "category").defer("search_text").order_by("category__number", "number", "code")
    rows = list(rows[:SHOWN_ON_LIST])
    parts = {}
    for part in Project.objects.published().filter(parent__in=rows).select_related("community").order_by("pk"):
        parts.setdefault(part.parent_id, []).append(part)
    for row in rows:
        row.shown_parts = parts.get(row.pk, [])
    each = summary.list_summaries(lists=[project_list], by=["category"])[0]
    return render(request, "projects/list_detail.html", {
        "list": project_list, "summary": each, "rows": rows,
        "more": each.recorded.value - len(rows),
        "declarations": project_list.declarations.select_related("source"),
        "discrepancies": project_list.discrepancies.published().select_related("source_1", "source_2"),
        "has_promises": Promise.objects.filter(
            project__project_list=project_list, project__is_published=True).exists(),
        "has_sample": project_list.is_sample,
    })


@require_safe
def list_csv(request, slug):
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    rows = exports.project_rows(Project.objects.published().filter(project_list=project_list))
    return stream(f"{project_list.title}.csv", csv_parts(exports.PROJECT_COLUMNS, rows))


def _list_judgements(slug):
    project_list = get_object_or_404(ProjectList.objects.published(), slug=slug)
    return project_list, promises.judgements(Promise.objects.filter(project__project_list=project_list))


@require_safe
def list_promises(request, slug):
    project_list, judgements = _list_judgements(slug)
    counts = dict.fromkeys(promises.Verdict, 0)
    for row in judgements:
        counts[row.verdict] += 1
    return render(request, "projects/list_promises.html", {
        "list": project_list, "judgements": judgements, "definition": summary.KEPT,
        "counts": [(verdict, count) for verdict, count in counts.items() if count],
        "has_sample": project_list.is_sample,
    })


@require_safe
def list_promises_csv(request, slug):
    project_list, judgements = _list_judgements(slug)
    return csv_response(f"{project_list.title}承诺兑现.csv", exports.PROMISE_COLUMNS, judgements)


# --- projects ---------------------------------------------------------------------------------
@require_safe
def project_index(request):
    filters = ProjectFilter(request.GET)
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
def project_detail(request, code):
    beside = Project.objects.filter(project_list=OuterRef("project_list"), parent=None, is_published=True).order_by()
    project = get_object_or_404(
        Project.objects.published().defer("search_text").select_related(
            "project_list", "category", "community", "lead_department", "source",
        ).annotate(
            before=Subquery(beside.filter(code__lt=OuterRef("code")).order_by("-code").values("pk")[:1]),
            after=Subquery(beside.filter(code__gt=OuterRef("code")).order_by("code").values("pk")[:1]),
        ), code=code)
    around, related = _around(project)
    updates = list(project.updates.published().select_related("source"))
    entries = timeline(
        updates, photos=related["photos"] if "photos" in around else (),
        papers=related["papers"] if "papers" in around else ())
    return render(request, "projects/project_detail.html", {
        "project": project,
        "entries": entries,
        "latest": next((entry.row for entry in entries if not entry.is_withdrawn), None),
        "parts": list(related["parts"].order_by("pk").values("code", "name", "status", "community__name"))
        if "parts" in around else [],
        "facts": list(related["facts"].select_related("source")) if "facts" in around else [],
        "discrepancies": list(related["discrepancies"].select_related("source_1", "source_2"))
        if "discrepancies" in around else [],
        "judgements": promises.project_judgements(project, updates),
        "milestones": list(project.milestones.select_related("source")),
        "around": around,
        "has_sample": project.is_sample,
    })


def _around(project):
    """What the page only names: kind -> [(code, name)], and the querysets of what most projects do not have.

    One query. A kind of the second sort stands in the first where there is any, so that nothing is asked in vain.
    """
    branches = []
    related = {
        "parts": project.parts.published(),
        "facts": project.facts.all(),
        "photos": Photo.objects.of_project(project),
        "papers": Paper.objects.of_project(project),
        "discrepancies": Discrepancy.objects.filter(project__in=filter(None, [project.pk, project.parent_id])),
    }

    def add(kind, queryset, code=NO_CODE, name="name"):
        branches.append(queryset.order_by().values_list(Value(kind), code, name))

    add("alias", ProjectAlias.objects.filter(project=project).exclude(name=project.name))
    add("supporting", Department.objects.filter(supported_projects=project))
    add("venue", project.venues.all())
    add("continued", Project.objects.published().filter(continues=project), "code")
    for kind, key in [("before", project.before), ("after", project.after), ("parent", project.parent_id),
                      ("continues", project.continues_id)]:
        if key:
            add(kind, Project.objects.published().filter(pk=key), "code")
    if project.budget_source_id:
        add("budget", Source.objects.filter(pk=project.budget_source_id), "code", "title")
    if project.project_list and project.project_list.kind == ProjectList.Kind.SECRETARY:
        secretary_projects = Project._meta.get_field("secretary_project").related_model.objects
        add("secretary", secretary_projects.filter(project=project), "code", Cast("year", CharField()))
    for kind, rows in related.items():
        add(kind, rows, NO_CODE, NO_CODE)
    around = {}
    for kind, code, name in branches[0].union(*branches[1:]):
        around.setdefault(kind, []).append((code, name))
    return around, related


# --- quarterly reports ------------------------------------------------------------------------
def read_quarter(text):
    """Give the quarter, or raise Http404 with one sentence."""
    try:
        quarter = Quarter.parse(text)
    except ValidationError as error:
        raise Http404(error.messages[0]) from error
    if quarter > Quarter.current():
        raise Http404(f"{quarter.title}还没有到，最近可看的是{Quarter.current().title}。")
    return quarter


@require_safe
def report_index(request):
    """The quarters in which something was announced, declared or said, newest first."""
    days = summary.days_with_news()
    quarters = sorted({Quarter.of(day) for day in days}, reverse=True)
    return render(request, "projects/report_index.html", {"quarters": quarters, "current": Quarter.current()})


@require_safe
def report_detail(request, quarter):
    try:
        quarter = read_quarter(quarter)
    except Http404 as error:
        return error_page(request, 404, str(error))
    each = summary.quarter_summary(quarter)
    return render(request, "projects/report_detail.html", {
        "summary": each, "quarter": quarter, "verdicts": each.verdicts.items(),
        "next": quarter.next if quarter < Quarter.current() else None,
        "definitions": summary.DEFINITIONS,
    })


@require_safe
def report_file(request, quarter, extension):
    try:
        quarter = read_quarter(quarter)
        write = exports.QUARTER_WRITERS.get(extension)
        if write is None:
            raise Http404("季度汇总可以下载 xlsx、csv 和 json 三种文件。")
    except Http404 as error:
        return error_page(request, 404, str(error))
    content, content_type = write(summary.quarter_summary(quarter))
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"桂城办实事{quarter}.{extension}")
    return response
