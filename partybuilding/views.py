"""The public pages of the party: five figures and doors, figures, the 730 board, organisations, places, stories."""
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guicheng.public.errors import error_page
from guicheng.tables.paging import NoSuchPage, numbered_rows
from partybuilding import heads, summary
from partybuilding.drawing import drawing_of
from partybuilding.models import Metric, PartyOrganisation, Venue
from projects.models import Discrepancy, Fact, Project, ProjectList
from projects.models.evidence import FactKind, Layer
from projects.moments import as_they_were, at, columns_at, travels
from projects.summary import list_summaries

PROGRAMMES, READ = 6, 60  # shown on the front page; read to find so many topics
OTHERS = "others"  # in an address: what is told of the district and other towns, of every kind
FACTS_A_PAGE = 30


@require_safe
@travels
def party(request):
    moment = request.moment
    metrics = _metrics(moment)
    headlines = summary.headlines(metrics)
    programmes = _facts(moment).filter(kind=FactKind.PROGRAMME, layer=Layer.STREET)
    topics = {}
    for fact in programmes[:READ]:
        topics.setdefault(fact.topic, fact)
    on_board = _board(moment)
    return render(request, "partybuilding/party.html", {
        "head": heads.of_party(on_board),
        "headlines": headlines, "notes": summary.notes_of([each.row for each in headlines]),
        "rest": [each for each in metrics if each not in [one.row for one in headlines]],
        "board": on_board,
        "programmes": list(topics.values())[:PROGRAMMES], "kinds": _kinds(moment),
        "organisations": _organisations(moment),
        "venues": _venues(moment),
    })


# --- figures ----------------------------------------------------------------------------------
@require_safe
@travels
def figures(request):
    metrics = _metrics(request.moment)
    return render(request, "partybuilding/figures.html", {
        "head": heads.FIGURES,
        "groups": summary.by_group(metrics) + summary.by_layer(metrics, Metric.Layer.COMMUNITY),
        "above": summary.by_layer(metrics, Metric.Layer.DISTRICT, Metric.Layer.TOWN),
        "by_communities": summary.only_by_communities(metrics, request.moment.day, request.moment.known_at),
        "discrepancies": _discrepancies(request.moment),
    })


@require_safe
@travels
def figure(request, slug):
    metrics = _metrics(request.moment)
    row = next((each for each in metrics if each.metric.slug == slug), None)
    parts = summary.community_readings(slug, request.moment.day, request.moment.known_at)
    if row is None and parts:
        metric = parts[0].metric
        return render(request, "partybuilding/figure_by_community.html", {
            "head": heads.of_figure_by_community(metric), "metric": metric, "parts": parts})
    if row is None and Metric.objects.published().filter(slug=slug).exists():
        return error_page(request, 404, "那一天以前还没有资料说过这个数，换一个晚些的日子看。")
    if row is None:
        raise Http404
    return render(request, "partybuilding/figure.html", {
        "head": heads.of_figure(row), "parts": parts,
        "row": row, "drawing": drawing_of(row.readings), "together": summary.told_with(row, metrics),
        "discrepancies": _discrepancies(request.moment).filter(metric=row.metric),
    })


def _metrics(moment):
    return summary.metric_summaries(day=moment.day, known_at=moment.known_at)


def _discrepancies(moment):
    return Discrepancy.objects.published().exclude(metric=None).told(moment.day)


# --- 730 --------------------------------------------------------------------------------------
@require_safe
@travels
def board(request):
    moment = request.moment
    each = _board(moment)
    points = at(Project.objects.counted(), moment).filter(project_list=each and each.project_list).order_by(
        "category__number", "number").values(
            "code", "name", "category__number", "category__name", *columns_at(["status"], moment))
    return render(request, "partybuilding/board.html", {
        "head": heads.of_board(each),
        "board": each, "points": as_they_were(points, moment) if each else [],
    })


def _board(moment):
    """The summary of the newest 730 by theme, or None."""
    boards = ProjectList.objects.published().real().filter(kind=ProjectList.Kind.INITIATIVE).order_by("-year")
    newest = (boards.filter(announced_on__lte=moment.day) if moment else boards).first()
    if newest is None:
        return None
    return next(iter(list_summaries(moment.day, moment.known_at, [newest], by=["category"])))


# --- organisations and places -----------------------------------------------------------------
@require_safe
@travels
def organisations(request):
    moment = request.moment
    rows = _organisations(moment).select_related("parent", "community", "unit", "source")
    if moment:
        rows = list(rows)
        for row in rows:
            row.ended_on = row.ended_on if moment.has(row.ended_on) else None
    return render(request, "partybuilding/organisations.html", {
        "head": heads.ORGANISATIONS, "organisations": rows})


@require_safe
@travels
def venues(request):
    rows = list(_venues(request.moment).select_related("community", "unit", "project__project_list", "source"))
    # what is not known of any of them is said once
    unknown = [each for each in (rows[0].unknown if rows else []) if all(each in row.unknown for row in rows)]
    for row in rows:
        row.unknown_here = [each for each in row.unknown if each not in unknown]
    return render(request, "partybuilding/venues.html", {
        "head": heads.VENUES, "venues": rows, "unknown": unknown})


def _venues(moment):
    return Venue.objects.by(moment.day).by_kind()


def _organisations(moment):
    return PartyOrganisation.objects.published().by(moment.day).by_kind()


# --- stories ----------------------------------------------------------------------------------
@require_safe
@travels
def stories(request):
    return render(request, "partybuilding/stories.html", {
        "head": heads.STORIES, "kinds": _kinds(request.moment)})


@require_safe
@travels
def stories_of_kind(request, kind):
    if kind not in FactKind.values and kind != OTHERS:
        raise Http404
    facts = _facts(request.moment).select_related("source")
    facts = facts.exclude(layer=Layer.STREET) if kind == OTHERS else facts.filter(kind=kind, layer=Layer.STREET)
    try:
        page = numbered_rows(facts, request.GET.get("page"), FACTS_A_PAGE)
    except ValidationError as error:
        return error_page(request, 404 if isinstance(error, NoSuchPage) else 400, error.messages[0])
    return render(request, "partybuilding/stories_of_kind.html", {
        "head": heads.of_stories(_label(kind)),
        "label": _label(kind), "page": page, "is_others": kind == OTHERS, "kinds": _kinds(request.moment), "kind": kind,
    })


def _facts(moment):
    """What is told of the street as a whole, or beside it, and of no project, community or list; kind by kind."""
    return Fact.objects.published().by(moment.day).filter(
        project=None, community=None, project_list=None).by_kind()


def _kinds(moment):
    """[(kind in an address, label)] of those of which anything is told."""
    facts = _facts(moment).order_by()
    told = set(facts.filter(layer=Layer.STREET).values_list("kind", flat=True))
    has_others = facts.exclude(layer=Layer.STREET).exists()
    return [(kind, label) for kind, label in FactKind.choices if kind in told] + (
        [(OTHERS, _label(OTHERS))] if has_others else [])


def _label(kind):
    return "南海区和其他镇街" if kind == OTHERS else FactKind(kind).label
