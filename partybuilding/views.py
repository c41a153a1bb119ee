"""The public party page: figures, the 730 board, organisations and places."""
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partybuilding import summary
from partybuilding.models import Metric, PartyOrganisation, Venue
from projects.models import Discrepancy, Fact, Project, ProjectList
from projects.summary import list_summaries


@require_safe
def party(request):
    metrics = summary.metric_summaries()
    board = ProjectList.objects.published().real().filter(kind=ProjectList.Kind.INITIATIVE).order_by("-year").first()
    points = Project.objects.published().top_level().filter(project_list=board).order_by(
        "category__number", "number").values("code", "name", "status", "category__number", "category__name")
    return render(request, "partybuilding/party.html", {
        "groups": summary.by_group(metrics),
        "area": summary.by_layer(metrics, Metric.Layer.COMMUNITY),
        "above": summary.by_layer(metrics, Metric.Layer.DISTRICT, Metric.Layer.TOWN),
        "board": next(iter(list_summaries(lists=[board])), None) if board else None,
        "points": points if board else [],
        "organisations": PartyOrganisation.objects.published().select_related("parent", "community", "unit", "source"),
        "venues": Venue.objects.select_related("community", "unit", "project__project_list", "source"),
        "discrepancies": Discrepancy.objects.published().exclude(metric=None).select_related("source_1", "source_2"),
        "facts": Fact.objects.published().filter(project=None, community=None, layer="street").select_related("source"),
        "facts_above": Fact.objects.published().filter(project=None, community=None).exclude(
            layer="street").select_related("source"),
    })
