"""The public pages of communities and their secretaries' projects."""
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities import community_rows, heads, summary
from communities.community_rows import SHOWN
from communities.models import Community
from guicheng.public.errors import error_page
from guicheng.public.head import shortened
from guicheng.public.small_letters import small_letters
from guicheng.tables.paging import NoSuchPage, numbered_rows
from projects.cards.kept import card_response
from projects.cards.of import card_of_many
from projects.cards.poster import NAME, ROWS, Poster
from projects.late_units import told_beside_units
from projects.ledger.told import NOTHING
from projects.models import Project, ProjectList, Status
from projects.moments import as_they_were, at, travels
from projects.summary import list_summaries
from projects.views.cards import poster_page

SECRETARIES_A_PAGE = 25


@require_safe
@travels
def community_index(request):
    grid = summary.tile_grid(request.moment)
    return render(request, "communities/community_index.html", {
        "head": heads.of_communities(grid), "grid": grid, "definition": summary.ITEMS,
    })


@require_safe
@small_letters("slug", Community.objects.published)
@travels
def community_detail(request, slug):
    moment = request.moment
    community = _public(slug)
    if moment and community.known_from > moment.day.year:
        return error_page(request, 404, f"{community}最早见于 {community.known_from} 年的资料，从那一年起才看得到。")
    key = {"community": community.pk}
    rows = as_they_were(community_rows.projects(moment, **key), moment)
    told = told_beside_units([row["pk"] for row in rows[:SHOWN]], moment)
    for row in rows:
        row.update(told=told.get(row["pk"], NOTHING), shows_day=True)
    facts = community_rows.facts(moment, **key)
    count = summary.projects_in(community, moment) if rows else 0
    return render(request, "communities/community_detail.html", {
        "head": heads.of_community(community, count, facts),
        "community": community, "neighbours": community.neighbours(), "unknown": community.unknown,
        "rows": rows[:SHOWN], "has_more": len(rows) > SHOWN, "count": count,
        "has_sample": any(row["is_sample"] for row in rows[:SHOWN]),
        "secretary_projects": _secretaries_then(community_rows.secretary_projects(moment, **key), moment),
        "units": community_rows.units(**key),
        "venues": community_rows.venues(moment, **key),
        "organisations": community_rows.organisations(moment, **key),
        "metrics": community_rows.metrics(moment, **key),
        "facts": facts,
        "discrepancies": community_rows.discrepancies(moment, **key),
    })


def _public(slug):
    try:
        return community_rows.public_community(slug=slug)[0]
    except IndexError:
        raise Http404 from None


@require_safe
def community_card(request, slug):
    community = get_object_or_404(Community.objects.published(), slug=slug)
    by_status = summary.by_status_in(community)
    return card_response(request, card_of_many(
        str(community), "社区", _sentence(community, by_status.total()), by_status,
        "写明属于这个社区的项目和分项" if by_status else "", community.get_absolute_url()))


@require_safe
def community_poster(request, slug):
    community = get_object_or_404(Community.objects.published(), slug=slug)
    rows = Project.objects.published().real().in_community(community).newest_first()
    return poster_page(request, lambda: Poster.of(
        community.get_absolute_url(), request, str(community),
        _sentence(community, summary.projects_in(community)), over="我住的社区在办什么", told="",
        calls=[("办公电话", community.phone)] if community.phone else [],
        rows=[(shortened(row.name, NAME), Status.label_of(row.status)) for row in rows.only("name", "status")[:ROWS]],
        more=[(label, text) for label, text in [("地址", community.address), ("办公时间", community.hours)] if text]))


def _sentence(community, count):
    return heads.community_sentence(count, count or community.facts.published().filter(project=None).exists())


def _secretaries_then(rows, moment):
    """The secretary projects as they were: what had come of one is told only once its source was out."""
    if not moment:
        return rows
    rows = list(rows)
    projects = at(Project.objects.filter(pk__in=[row.project_id for row in rows]), moment)
    then = {project.pk: project for project in as_they_were(projects, moment)}
    for row in rows:
        row.project = then[row.project_id]
        if not moment.has(row.source.published_on or row.source.published_to):
            row.result = ""
    return rows


@require_safe
@travels
def secretary_index(request):
    """One year's secretary projects; `?year=`, the newest by default."""
    moment = request.moment
    years = summary.secretary_years(moment)
    year = request.GET.get("year", "")
    chosen = next((each for each in years if str(each) == year), None) if year else next(iter(years), None)
    if year and chosen is None:
        return error_page(request, 400, f"没有 {year[:8]} 年的书记工程，请重新选年度。")
    try:
        rows = community_rows.described(moment, year=chosen or 0)
        page = numbered_rows(rows, request.GET.get("page"), SECRETARIES_A_PAGE)
    except ValidationError as error:
        return error_page(request, 404 if isinstance(error, NoSuchPage) else 400, error.messages[0])
    lists = ProjectList.objects.published().filter(kind=ProjectList.Kind.SECRETARY, year=chosen or 0, is_sample=False)
    row = next(iter(list_summaries(moment.day, moment.known_at, lists)), None)
    return render(request, "communities/secretary_index.html", {
        "head": heads.of_secretary_projects(chosen, row),
        "year": chosen, "years": years, "count": years.get(chosen, 0),
        "summary": row,
        "page": replace(page, rows=_secretaries_then(page.rows, moment)),
    })
