"""The public pages of communities and their secretaries' projects."""
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities import summary
from communities.models import Community, SecretaryProject
from guicheng.public.errors import error_page
from projects.models import Project, ProjectList
from projects.moments import as_they_were, at, columns_at, newest_first, travels
from projects.summary import list_summaries

ROW = ["code", "name", "status", "moved_on", "is_sample", "parent__name", "project_list__title",
       "latest_update__text", "latest_update__effective_from", "latest_update__effective_on"]
SHOWN = 40  # a community with more projects is paged under /projects/


@require_safe
@travels
def community_index(request):
    return render(request, "communities/community_index.html", {
        "grid": summary.tile_grid(request.moment), "definition": summary.ITEMS,
    })


@require_safe
@travels
def community_detail(request, slug):
    moment = request.moment
    community = get_object_or_404(Community.objects.published().select_related("source"), slug=slug)
    if moment and community.known_from > moment.day.year:
        return error_page(request, 404, f"{community}最早见于 {community.known_from} 年的资料，从那一年起才看得到。")
    projects = newest_first(at(Project.objects.published().in_community(community), moment), moment)
    rows = as_they_were(list(projects.values(*columns_at(ROW, moment))[: SHOWN + 1]), moment)
    facts = community.facts.published().by(moment.day).filter(project=None).select_related("source")
    return render(request, "communities/community_detail.html", {
        "community": community, "rows": rows[:SHOWN], "has_more": len(rows) > SHOWN,
        "count": summary.projects_in(community, moment) if rows else 0,
        "has_sample": any(row["is_sample"] for row in rows[:SHOWN]),
        "secretary_projects": _secretary_projects(moment, community=community),
        "units": community.units.all(),
        "venues": community.venues.by(moment.day),
        "organisations": community.organisations.published().by(moment.day),
        "metrics": community.metrics.published().with_readings(moment.day, moment.known_at),
        "facts": facts,
        "discrepancies": community.discrepancies.published().told(moment.day),
    })


def _secretary_projects(moment, **chosen):
    """The secretary projects as they were: what had come of one is told only once its source was out."""
    rows = SecretaryProject.objects.published().by(moment.day).filter(**chosen).select_related(
        "project", "community", "source")
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
        raise Http404
    lists = ProjectList.objects.published().filter(kind=ProjectList.Kind.SECRETARY, year=chosen or 0, is_sample=False)
    return render(request, "communities/secretary_index.html", {
        "year": chosen, "years": years, "count": years.get(chosen, 0),
        "summary": next(iter(list_summaries(moment.day, moment.known_at, lists)), None),
        "rows": _secretary_projects(moment, year=chosen or 0),
    })
