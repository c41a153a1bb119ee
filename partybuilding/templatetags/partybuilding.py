"""A party figure in the words of its source, marked."""
from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def newest(row):
    """The newest number of a MetricSummary, with its unit and qualifier: "13,100 多名"."""
    before, number, after = row.latest.parts
    return format_html('{}<span data-metric="{}" data-figure="metric">{}</span>{}',
                       before, row.metric.slug, number, after)
