"""A project's status as a tag, and a ledger row's family for its colour."""
from django import template
from django.utils.safestring import SafeString

from guicheng import words
from projects.models import Status

register = template.Library()

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
def row_span(row):
    """The days of the newest statement of a row that was read with `values()`."""
    return words.day_range(row["latest_update__effective_from"], row["latest_update__effective_on"])


@register.filter
def family(status):
    return Status.FAMILY[status]
