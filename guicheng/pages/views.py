"""The pages that join the apps: home, sources, and how every figure is counted."""
from django.shortcuts import render
from django.views.decorators.http import require_safe

import communities.summary
import partybuilding.summary
import projects.summary
from guicheng import words
from guicheng.days.compiled import compiled
from guicheng.pages.sources import sources_with_what_rests
from guicheng.public.head import Head
from guicheng.upkeep.version import VERSION
from projects import heads
from projects.faces import COMPARISON
from projects.ledger.told import NOTHING, told_of
from projects.models import Discrepancy, PolicyDocument, Project

SHOWN_MOVES = 5


@require_safe
def home(request):
    years = projects.summary.by_year(row for row in projects.summary.list_summaries() if row.project_list.is_street)
    shown = years[0] if years else None  # the current year, or the newest there is
    stair = projects.summary.stair_of(years)
    newest = _newest_moves()
    on_stair = stair.projects if stair else []
    told = told_of([row.pk for row in [*on_stair, *newest]])
    for row in on_stair:
        row.judgement = told.get(row.pk, NOTHING).judgement
    until = f"，截至 {words.day(stair.summary.as_of)}" if stair else ""
    return render(request, "pages/home.html", {
        "head": Head(heads.SITE, f"佛山市南海区桂城街道和各社区承诺了什么、办到了哪一步、谁说的{until}。",
                     feed=heads.everything()),
        "stair": stair, "shown": shown,
        "others": [row for row in shown.summaries if row is not stair.summary] if shown else [],
        "past_due": [row for row in on_stair if row.judgement and row.judgement.verdict.is_open],
        "moves": [(row, told.get(row.pk, NOTHING)) for row in newest],
        "grid": communities.summary.tile_grid(),
    })


@compiled()
def _newest_moves():
    return Project.objects.published().real().exclude(latest_update=None).newest_first().select_related(
        "latest_update__source", "parent").lean()[:SHOWN_MOVES]


@require_safe
def source_list(request):
    return render(request, "pages/source_list.html", {
        "head": Head("数据来源", "这里的每一句话、每一个数都有出处：有哪些来源，各用在了哪里，写法不同的怎么写。"),
        "sources": sources_with_what_rests(),
        "documents": PolicyDocument.objects.select_related("source"),
        "discrepancies": Discrepancy.objects.published().told(),
    })


@require_safe
def about(request):
    metrics = partybuilding.summary.metric_summaries()
    return render(request, "pages/about.html", {
        "head": Head("这些数怎么算", "网页上的每个数数的是什么、不数什么、按哪天算，一个数一句话。"),
        "chapters": [
            ("清单和项目", [*projects.summary.DEFINITIONS, projects.summary.FACET]),
            ("季度", [*projects.summary.QUARTER_DEFINITIONS, projects.summary.STATEMENTS]),
            *([("两个日子比一比", projects.summary.DIFFERENCE_DEFINITIONS)] if COMPARISON.is_on else []),
            ("社区", communities.summary.DEFINITIONS),
            ("党建数据", partybuilding.summary.DEFINITIONS),
            ("数据来源", [projects.summary.SOURCE_USE]),
        ],
        "metrics": metrics,
        "version": VERSION,
    })


@require_safe
def accessibility(request):
    return render(request, "pages/accessibility.html")
