"""Every party figure. The party pages, charts and definitions call this."""
from dataclasses import dataclass

from guicheng import words
from guicheng.figures import Definition
from partybuilding.models import Metric, MetricReading
from projects.summary import by_source

READING = Definition(
    "metric", "数据项",
    "引用来源公布的数，“超、多、约”照原样保留；每个数写明是哪一天的、出处在哪里，不推算。", unit="")
DEFINITIONS = [READING]

# the figures the front page tells first, by slug; where one is missing the next of the street's own stands in
FIRST = ["members", "orgs", "volunteers", "building-heads", "care-fund"]
# what is told beside one of them, where the same source tells it of the same day
BESIDE = {"orgs": ["estate-branches", "two-new-orgs"], "volunteers": ["volunteer-teams", "volunteer-projects"],
          "building-heads": ["building-heads-party"], "care-fund": ["care-projects"]}
MOST_TOGETHER = 6
# what residents are told a group is called, where the office's own word is not everybody's
PLAIN = {Metric.Group.NETWORK: "网格和党群服务中心"}


@dataclass(frozen=True)
class MetricSummary:
    """A metric with its newest reading and, where there are several, its history (newest first)."""

    metric: Metric
    readings: list

    @property
    def latest(self):
        return self.readings[0]

    @property
    def said(self):
        """Who said it of which days: figures that have this in common were told together."""
        latest = self.latest
        return latest.source_id, latest.effective_from, latest.effective_on

    @property
    def is_own(self):
        """Whether it is of the street as a whole, not of a part of it or of somebody else."""
        return self.metric.layer == Metric.Layer.STREET

    @property
    def is_above(self):
        """Whether it is of the district or of another town, and only stands beside ours."""
        return self.metric.layer in (Metric.Layer.DISTRICT, Metric.Layer.TOWN)

    @property
    def has_notes(self):
        return any(row.note for row in self.readings)

    @property
    def sentence(self):
        """All its readings in words, the oldest first: what a picture of them says."""
        return "；".join(
            f"{words.day_range(row.effective_from, row.effective_on)} {row.told}" for row in reversed(self.readings)
        ) + "。"


@dataclass(frozen=True)
class Headline:
    """A figure of the front page, and those that its source tells beside it."""

    row: MetricSummary
    beside: list


def metric_summaries(metrics=None, day=None, known_at=None):
    """The metrics that had a reading by the end of `day` (default: have one), in order. Two queries."""
    metrics = Metric.objects.published() if metrics is None else metrics
    metrics = metrics.select_related("community", "project").with_readings(day, known_at)
    summaries = [MetricSummary(metric, list(metric.readings.all())) for metric in metrics]
    return [each for each in summaries if each.readings]


def public_readings():
    """Those of figures as a whole; what single communities said stands on the page of each figure."""
    return MetricReading.objects.whole().filter(metric__in=Metric.objects.published())


def community_readings(slug, day=None, known_at=None):
    """What each community said last of this figure, in the order of their list. Never added up. One query."""
    rows = MetricReading.objects.filter(metric__slug=slug, metric__in=Metric.objects.published()).known(day, known_at)
    newest = {}
    for row in rows.by_community().select_related("metric", "community", "source"):
        newest.setdefault(row.community_id, row)
    return list(newest.values())


def only_by_communities(summaries, day=None, known_at=None):
    """The figures of which only single communities told a value, in order. One query."""
    told = MetricReading.objects.known(day, known_at).exclude(community=None)
    rows = Metric.objects.published().filter(pk__in=told.order_by().values("metric"))
    return list(rows.exclude(pk__in=[each.metric.pk for each in summaries]))


def readings_by_source():
    """Source id -> how many public readings rest on it. One query."""
    return by_source(public_readings())


def headlines(summaries):
    """The five figures of the front page, all of the street as a whole."""
    by_slug = {each.metric.slug: each for each in summaries if each.is_own}
    chosen = [by_slug[slug] for slug in FIRST if slug in by_slug]
    chosen += [each for each in by_slug.values() if each not in chosen]
    return [
        Headline(row, [by_slug[slug] for slug in BESIDE.get(row.metric.slug, [])
                       if slug in by_slug and by_slug[slug].said == row.said])
        for row in chosen[:len(FIRST)]
    ]


def notes_of(summaries):
    """[(note, the names it is about)]: what the sources left open, each said once."""
    notes = {}
    for each in summaries:
        if each.latest.note:
            notes.setdefault(each.latest.note, []).append(each.metric.name)
    return list(notes.items())


def by_group(summaries):
    """[(group label, summaries told together)] of the street's own metrics, in the order of the groups."""
    return [
        (PLAIN.get(group, group.label), told_together(rows))
        for group in Metric.Group
        if (rows := [each for each in summaries if each.metric.group == group and each.is_own])
    ]


def by_layer(summaries, *layers):
    """[(layer label, summaries told together)] of these layers."""
    return [
        (layer.label, told_together(rows))
        for layer in layers
        if (rows := [each for each in summaries if each.metric.layer == layer])
    ]


def told_together(summaries):
    """[(a reading, summaries)]: those that one source tells of the same days, so that both are said once."""
    found = {}
    for each in summaries:
        found.setdefault(each.said, []).append(each)
    return [(rows[0].latest, rows) for rows in found.values()]


def told_with(row, summaries):
    """What is told together with a metric and of the same kind. Never parts of it, and never to be added up."""
    metric = row.metric
    return [
        each for each in summaries
        if each.said == row.said and each.metric != metric
        and (each.metric.group, each.metric.layer) == (metric.group, metric.layer)
    ][:MOST_TOGETHER]
