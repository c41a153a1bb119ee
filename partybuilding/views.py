"""The public party page: figures, the 730 board, organisations and places."""
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partybuilding import summary
from partybuilding.models import Metric, PartyOrganisation, Venue
from projects.models import Discrepancy, Fact, Project, ProjectList
from projects.moments import as_they_were, at, columns_at, travels
from projects.summary import list_summaries


@require_safe
@travels
def party(request):
    moment = request.moment
    day = moment.day
    metrics = summary.metric_summaries(day=day, known_at=moment.known_at)
    boards = ProjectList.objects.published().real().filter(kind=ProjectList.Kind.INITIATIVE).order_by("-year")
    board = (boards.filter(announced_on__lte=day) if moment else boards).first()
    points = at(Project.objects.counted(), moment).filter(project_list=board).order_by(
        "category__number", "number").values(
            "code", "name", "category__number", "category__name", *columns_at(["status"], moment))
    organisations = PartyOrganisation.objects.published().by(day).select_related(
        "parent", "community", "unit", "source")
    if moment:
        organisations = list(organisations)
        for row in organisations:
            row.ended_on = row.ended_on if moment.has(row.ended_on) else None
    discrepancies = Discrepancy.objects.published().exclude(metric=None)
    facts = Fact.objects.published().by(day).filter(
        project=None, community=None, project_list=None).by_kind().select_related("source")
    return render(request, "partybuilding/party.html", {
        "groups": summary.by_group(metrics),
        "area": summary.by_layer(metrics, Metric.Layer.COMMUNITY),
        "above": summary.by_layer(metrics, Metric.Layer.DISTRICT, Metric.Layer.TOWN),
        "board": next(iter(list_summaries(day, moment.known_at, [board])), None) if board else None,
        "points": as_they_were(points, moment) if board else [],
        "organisations": organisations,
        "venues": Venue.objects.by(day).select_related("community", "unit", "project__project_list", "source"),
        "discrepancies": discrepancies.told(day),
        "facts": facts.filter(layer="street"),
        "facts_above": facts.exclude(layer="street"),
    })
