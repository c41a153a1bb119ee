"""The pages that join the apps: home, sources, and how every figure is counted."""
from django.shortcuts import render
from django.views.decorators.http import require_safe

import communities.summary
import partybuilding.summary
import projects.summary
from guicheng.pages.sources import sources_with_what_rests
from guicheng.upkeep.version import VERSION
from projects.faces import COMPARISON
from projects.models import Discrepancy, PolicyDocument, Project


@require_safe
def home(request):
    years = projects.summary.by_year(row for row in projects.summary.list_summaries() if row.project_list.is_street)
    shown = years[0] if years else None  # the current year, or the newest there is
    summaries = shown.summaries if shown else []
    newest = Project.objects.published().real().exclude(latest_update=None).newest_first().select_related(
        "latest_update", "parent").defer("search_text")
    return render(request, "pages/home.html", {
        "summaries": summaries, "shown": shown, "has_more": len(years) > 1,
        "as_of": max((row.as_of for row in summaries), default=None),
        "newest": newest[:6],
        "grid": communities.summary.tile_grid(),
    })


@require_safe
def source_list(request):
    return render(request, "pages/source_list.html", {
        "sources": sources_with_what_rests(),
        "documents": PolicyDocument.objects.select_related("source"),
        "discrepancies": Discrepancy.objects.published().told(),
    })


@require_safe
def about(request):
    metrics = partybuilding.summary.metric_summaries()
    return render(request, "pages/about.html", {
        "chapters": [
            ("清单和项目", projects.summary.DEFINITIONS),
            ("季度", projects.summary.QUARTER_DEFINITIONS),
            *([("两个日子比一比", projects.summary.DIFFERENCE_DEFINITIONS)] if COMPARISON.is_on else []),
            ("社区", communities.summary.DEFINITIONS),
            ("党建数据", partybuilding.summary.DEFINITIONS),
            ("数据来源", [projects.summary.SOURCE_USE]),
        ],
        "metrics": metrics,
        "version": VERSION,
    })
