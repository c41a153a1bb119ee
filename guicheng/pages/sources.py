"""What rests on each source, in a fixed number of queries."""
from collections import defaultdict
from dataclasses import dataclass, field

import communities.summary
import partybuilding.summary
import projects.summary
from communities.models import Community
from projects.models import Project, Source

SHOWN = 200
KINDS = [("updates", "进展", "条"), ("declarations", "公布数", "条"), ("readings", "数据", "个"),
         ("facts", "记述", "条"), ("communities", "社区", "个")]


@dataclass(frozen=True)
class Use:
    """How much of one kind rests on a source."""

    kind: str
    label: str
    count: int
    unit: str


@dataclass
class SourceSummary:
    source: Source
    uses: list  # of Use
    projects: list = field(default_factory=list)
    declarations: list = field(default_factory=list)
    readings: list = field(default_factory=list)
    communities: list = field(default_factory=list)

    @property
    def used(self):
        """What rests on it, without the kinds of which nothing does."""
        return [use for use in self.uses if use.count]

    @property
    def is_bare(self):
        return not self.projects and not self.used


def _grouped(queryset):
    grouped = defaultdict(list)
    for row in queryset:
        grouped[row.source_id].append(row)
    return grouped


def sources_with_what_rests():
    """A SourceSummary of every source. Sample rows rest on nothing and are left out."""
    counts = projects.summary.uses_of_sources()
    counts["readings"] = partybuilding.summary.readings_by_source()
    counts["communities"] = communities.summary.communities_by_source()
    named = _grouped(Project.objects.published().real().only("code", "name", "source").order_by("code")[:SHOWN])
    declarations = _grouped(projects.summary.declarations_of_sources().select_related("project_list"))
    readings = _grouped(partybuilding.summary.public_readings().select_related("metric"))
    places = _grouped(Community.objects.published())
    return [
        SourceSummary(source, [Use(kind, label, counts[kind][source.pk], unit) for kind, label, unit in KINDS],
                      named[source.pk], declarations[source.pk], readings[source.pk], places[source.pk])
        for source in Source.objects.all()
    ]
