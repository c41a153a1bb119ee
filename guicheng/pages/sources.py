"""What rests on each source, in a fixed number of queries."""
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from partybuilding.models import Metric, MetricReading
from projects.models import Declaration, Fact, ProgressUpdate, Project, Source

SHOWN = 200


@dataclass
class SourceSummary:
    source: Source
    updates: int = 0
    facts: int = 0
    projects: list = field(default_factory=list)
    declarations: list = field(default_factory=list)
    readings: list = field(default_factory=list)

    @property
    def is_bare(self):
        return not (self.updates or self.facts or self.projects or self.declarations or self.readings)


def _counts(queryset):
    return Counter(dict(queryset.order_by().values_list("source").annotate(count=Count("pk"))))


def _grouped(queryset):
    grouped = defaultdict(list)
    for row in queryset:
        grouped[row.source_id].append(row)
    return grouped


def sources_with_what_rests():
    """Give a SourceSummary of every source. Sample rows rest on nothing and are left out."""
    updates = _counts(ProgressUpdate.objects.in_force().filter(is_sample=False))
    facts = _counts(Fact.objects.all())
    projects = _grouped(Project.objects.published().real().only("code", "name", "source").order_by("code")[:SHOWN])
    declarations = _grouped(Declaration.objects.filter(
        project_list__is_sample=False, project_list__is_published=True).select_related("project_list"))
    readings = _grouped(MetricReading.objects.filter(metric__in=Metric.objects.published()).select_related("metric"))
    return [
        SourceSummary(source, updates[source.pk], facts[source.pk], projects[source.pk],
                      declarations[source.pk], readings[source.pk])
        for source in Source.objects.all()
    ]
