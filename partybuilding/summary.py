"""Every party figure. The party page, charts and definitions call this."""
from dataclasses import dataclass

from guicheng.figures import Definition
from partybuilding.models import Metric, MetricReading
from projects.summary import by_source

READING = Definition(
    "metric", "数据项",
    "引用来源公布的数，“超、多、约”照原样保留；每个数写明截至日和出处，不推算。", unit="")
DEFINITIONS = [READING]


@dataclass(frozen=True)
class MetricSummary:
    """A metric with its newest reading and, where there are several, its history (newest first)."""

    metric: Metric
    readings: list

    @property
    def latest(self):
        return self.readings[0]

    @property
    def history(self):
        return self.readings if len(self.readings) > 1 else []

    @property
    def top(self):
        """The largest reading: what the bars of the history are measured against, from zero."""
        return max(row.value for row in self.readings)


def metric_summaries(metrics=None, day=None, known_at=None):
    """The metrics that had a reading by the end of `day` (default: have one), in order. Two queries."""
    metrics = Metric.objects.published() if metrics is None else metrics
    metrics = metrics.select_related("community", "project").with_readings(day, known_at)
    summaries = [MetricSummary(metric, list(metric.readings.all())) for metric in metrics]
    return [each for each in summaries if each.readings]


def public_readings():
    return MetricReading.objects.filter(metric__in=Metric.objects.published())


def readings_by_source():
    """Source id -> how many public readings rest on it. One query."""
    return by_source(public_readings())


def by_group(summaries):
    """[(group label, summaries)] of the street's own metrics, in the order of the groups."""
    return [
        (group.label, rows)
        for group in Metric.Group
        if (rows := [each for each in summaries
                     if each.metric.group == group and each.metric.layer == Metric.Layer.STREET])
    ]


def by_layer(summaries, *layers):
    return [each for each in summaries if each.metric.layer in layers]
