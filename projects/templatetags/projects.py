"""A project's status as a tag, and a ledger row's family for its colour."""
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.models import Status
from projects.moments import days_of

register = template.Library()
register.filter("row_span", days_of)

LABELS = {"": "暂无进展信息", **dict(Status.choices)}
# built once: the words and families are ours, no data is in them
TAGS = {
    value: SafeString(f'<span class="tag tag-{Status.FAMILY[value]}">{label}</span>')
    for value, label in LABELS.items()
}


@register.filter
def status_tag(status):
    return TAGS[status]


@register.filter
def status_label(status):
    return LABELS[status]


@register.filter
def family(status):
    return Status.FAMILY[status]


# staff only: a shape for each light, so that nobody needs the colour
SHAPES = {
    "red": '<rect x="2" y="2" width="12" height="12"/>',
    "yellow": '<path d="M8 1.5 15.5 15h-15z"/>',
    "green": '<circle cx="8" cy="8" r="6.5"/>',
    "blue": '<path d="M6.2 13.5 1 8.3l2-2 3.2 3.2L13 2.7l2 2z"/>',
    "grey": '<path d="M3 2h3.5v12H3zM9.5 2H13v12H9.5z"/>',
    "white": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2"/>',
}


@register.filter
def light_tag(light):
    """A light: its shape, its colour's word and what that means here."""
    shape = SafeString(f'<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">{SHAPES[light.colour]}</svg>')
    return format_html('<span class="light light-{}">{}{}灯·{}</span>', light.colour, shape, light.word, light.label)
