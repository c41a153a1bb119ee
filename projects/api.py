"""The read-only API: the same rows and figures as the pages."""
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from guicheng.days.as_of import read_moment
from guicheng.tables.paging import PLACES, NoSuchPage
from projects.filters import ProjectFilter
from projects.late_units import public_rows
from projects.models.then import NEVER
from projects.moments import days_of
from projects.summary import first_day, page_of_changes, page_of_promises
from projects.views.reports import Asked


class ProjectSerializer(serializers.Serializer):
    """One project as the API gives it."""

    code = serializers.CharField()
    name = serializers.CharField()
    list = serializers.CharField(source="project_list__slug", allow_null=True)
    parent = serializers.CharField(source="parent__code", allow_null=True)
    community = serializers.CharField(source="community__slug", allow_null=True)
    status = serializers.SerializerMethodField()
    percent = serializers.IntegerField(allow_null=True)
    moved_from = serializers.DateField(source="latest_update__effective_from", allow_null=True)
    moved_on = serializers.SerializerMethodField()
    moved = serializers.SerializerMethodField()
    planned_end = serializers.DateField(allow_null=True)
    latest = serializers.CharField(source="latest_update__text", allow_null=True)
    latest_source = serializers.CharField(source="latest_update__source__title", allow_null=True)
    sample = serializers.BooleanField(source="is_sample")
    url = serializers.SerializerMethodField()

    columns = ["code", "name", "project_list__slug", "parent__code", "community__slug", "status", "percent",
               "moved_on", "planned_end", "latest_update__text", "latest_update__effective_from",
               "latest_update__effective_on", "latest_update__source__title", "is_sample"]

    def get_status(self, row):
        return row["status"] or "unknown"

    def get_moved_on(self, row):
        return None if row["moved_on"] == NEVER else row["moved_on"].isoformat()

    def get_moved(self, row):
        """The same in words, as the pages tell it: a range, or a bound."""
        return days_of(row)

    def get_url(self, row):
        return reverse("project-detail", args=[row["code"]])


@api_view(["GET", "HEAD"])
def projects(request):
    """Projects, newest first, with the filters of the page. `next` leads on; `count` stops at 1001."""
    try:
        moment = read_moment(request.query_params, first_day)
    except ValidationError as error:
        return Response({"detail": error.messages[0]}, status=400)
    filters = ProjectFilter(request.query_params, moment=moment)
    try:
        filters.check()
        page = filters.page(ProjectSerializer.columns, size=50)
    except ValidationError as error:
        return Response({"detail": error.messages[0]}, status=404 if isinstance(error, NoSuchPage) else 400)
    return Response({
        "count": page.count,
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
        "results": ProjectSerializer(public_rows(page.rows, moment), many=True).data,
    })


def _address(request, change):
    if change is None:
        return None
    query = request.query_params.copy()
    for name in PLACES:
        query.pop(name, None)
    query.update(change)
    return reverse("api-projects", query=query)


@api_view(["GET", "HEAD"])
def summary(request, quarter):
    """A quarter's figures: of its close where it is closed, else as they stand or as of a day.

    `changes` come in pages, `next` leads on; so do `promises` by `promises_next`. `file` holds all of both.
    """
    try:
        asked = Asked.read(quarter, request.query_params, read_moment(request.query_params, first_day))
        each = asked.summary
        page = page_of_changes(each.changes, request.query_params)
        promises = page_of_promises(each.promises, request.query_params)
    except Http404 as error:
        return Response({"detail": str(error)}, status=404)
    except ValidationError as error:
        return Response({"detail": error.messages[0]}, status=404 if isinstance(error, NoSuchPage) else 400)
    close, query = asked.close, request.query_params.copy()
    for name in PLACES:
        query.pop(name, None)

    def address(change):
        return None if change is None else reverse("api-summary", args=[quarter], query=query.dict() | change)

    closed = {"number": close.sequence, "closed_on": close.closed_on.isoformat(), "fingerprint": close.figures_sha256,
              "sm3": close.figures_sm3} if close else None
    return Response({
        **each.as_dict(page.rows, promises.rows),
        "changes_count": each.changes_in_all, "promises_count": each.promised,
        "next": address(page.next), "previous": address(page.previous),
        "promises_next": address(promises.next), "promises_previous": address(promises.previous),
        "file": reverse("report-file", args=[quarter, "json"], query=query.dict()), "closed": closed})


urlpatterns = [
    path("projects/", projects, name="api-projects"),
    path("summary/<quarter:quarter>/", summary, name="api-summary"),
]
