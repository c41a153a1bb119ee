"""The words and pieces every template uses. Built in: no `{% load %}` needed."""
from django import template
from django.utils.html import format_html

from guicheng import words

register = template.Library()

register.filter("day", words.day)
register.filter("number", words.number)


@register.filter
def span_of(row):
    """The day or range of days of a statement: anything with `effective_from` and `effective_on`."""
    return words.day_range(row.effective_from, row.effective_on)


@register.filter
def published_span(source):
    return words.day_range(source.published_from, source.published_on or source.published_to)


@register.simple_tag
def time_tag(row):
    """A `<time>` for a statement's day, machine-readable by its certain day."""
    return format_html(
        '<time datetime="{}">{}</time>', row.effective_on.isoformat(),
        words.day_range(row.effective_from, row.effective_on),
    )


@register.simple_tag(takes_context=True)
def query_link(context, change):
    """This page's own query with the place in the pages replaced by `change`."""
    query = context["request"].GET.copy()
    for name in ("after", "before", "page"):
        query.pop(name, None)
    query.update(change)
    return f"?{query.urlencode()}"
