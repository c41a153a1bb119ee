"""The public pages of communities and their secretaries' projects."""
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities import summary
from communities.models import Community, SecretaryProject
from projects.models import Project, ProjectList
from projects.summary import list_summaries

SHOWN = 40  # a community with more projects is paged under /projects/


@require_safe
def community_index(request):
    return render(request, "communities/community_index.html", {
        "grid": summary.tile_grid(), "definition": summary.ITEMS,
    })


@require_safe
def community_detail(request, slug):
    community = get_object_or_404(Community.objects.published().select_related("source"), slug=slug)
    rows = list(
        Project.objects.published().in_community(community).newest_first().values(
            "code", "name", "status", "moved_on", "is_sample", "parent__name", "project_list__title",
            "latest_update__text", "latest_update__effective_from", "latest_update__effective_on")[: SHOWN + 1]
    )
    facts = community.facts.published().filter(project=None).select_related("source")
    return render(request, "communities/community_detail.html", {
        "community": community, "rows": rows[:SHOWN], "has_more": len(rows) > SHOWN,
        "has_sample": any(row["is_sample"] for row in rows[:SHOWN]),
        "secretary_projects": SecretaryProject.objects.published().filter(
            community=community).select_related("project", "source"),
        "units": community.units.all(),
        "venues": community.venues.all(),
        "organisations": community.organisations.filter(is_published=True),
        "metrics": community.metrics.published().prefetch_related("readings__source"),
        "facts": facts,
        "discrepancies": community.discrepancies.published().select_related("source_1", "source_2"),
    })


@require_safe
def secretary_index(request):
    """One year's secretary projects; `?year=`, the newest by default."""
    years = summary.secretary_years()
    year = request.GET.get("year", "")
    chosen = next((each for each in years if str(each) == year), None) if year else next(iter(years), None)
    if year and chosen is None:
        raise Http404
    lists = ProjectList.objects.published().filter(kind=ProjectList.Kind.SECRETARY, year=chosen or 0, is_sample=False)
    return render(request, "communities/secretary_index.html", {
        "year": chosen, "years": years,
        "summary": next(iter(list_summaries(lists=lists)), None),
        "rows": SecretaryProject.objects.published().filter(year=chosen or 0).select_related(
            "project", "community", "source"),
    })
