"""The words and pieces every template uses. Built in: no `{% load %}` needed."""
import re
from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guicheng import words
from guicheng.days import as_of
from guicheng.office.saved_filters import SavedFilter, filter_in
from guicheng.public import faces
from guicheng.public.address import whole_address as whole
from guicheng.public.contact import tel
from guicheng.tables.paging import PLACES

register = template.Library()
FORM = "includes/_other_day.html"

register.filter("day", words.day)
register.filter("near_day", words.near_day)
register.filter("near_moment", words.near_moment)
register.filter("number", words.number)
register.filter("tel", tel)


@register.filter
def span_of(row):
    """The day or range of days of a statement: anything with `effective_from`, `effective_on` and `alone`."""
    return words.day_range(row.effective_from, row.effective_on, getattr(row, "alone", ""))


@register.simple_tag
def days_between(first, last, alone=""):
    """Two days of a row as one range, in the words of `words.day_range`."""
    return words.day_range(first, last, alone)


@register.filter
def published_span(source):
    return words.day_range(source.published_from, source.published_on or source.published_to)


@register.filter
def numeral(number):
    """一 for 1 and so on, as the parts of a document are numbered; up to ten."""
    return "一二三四五六七八九十"[number - 1]


@register.filter
def labelled(cells, headers):
    """Yield the cells of an admin list's row, each with its column's name as `data-label`."""
    for cell, header in zip(cells, headers, strict=True):
        if "label" not in header:  # once for all rows
            is_tick = "action-checkbox" in header.get("class_attrib", "")
            header["label"] = format_html(' data-label="{}"', "" if is_tick else header["text"])
        # the cell is the admin's own escaped HTML, the label was escaped above, and both begin with <td or <th
        yield SafeString(f"{cell[:3]}{header['label']}{cell[3:]}")


class _Sentence(template.Node):
    """What stands between the two tags, as one line."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        for node in nodelist.get_nodes_by_type(template.base.TextNode):
            node.s = re.sub(r"\n(?! )", "", node.s)

    def render(self, context):
        return self.nodelist.render(context)


@register.tag
def sentence(parser, token):
    """`{% sentence %}` to `{% endsentence %}`: a Chinese sentence over several lines, where a break would be a space.

    The template's own line breaks are taken out; before an indented line one stays, and is a space. Those of the
    data are left alone.
    """
    nodelist = parser.parse(("endsentence",))
    parser.delete_first_token()
    return _Sentence(nodelist)


class _OfFace(template.Node):
    """What stands between the two tags, while the face is on."""

    def __init__(self, face, nodelist):
        self.face, self.nodelist = face, nodelist

    def render(self, context):
        return self.nodelist.render(context) if self.face.is_on else ""


@register.tag
def face(parser, token):
    """`{% face "comparison" %}` to `{% endface %}`: what residents see only while that public face is on."""
    _, key = token.split_contents()
    nodelist = parser.parse(("endface",))
    parser.delete_first_token()
    return _OfFace(faces.named(key.strip("\"'")), nodelist)


@register.filter
def marked(pieces):
    """A text in pieces of (text, is_new) as HTML, the new ones marked."""
    return format_html_join("", "{}", (
        [format_html("<mark>{}</mark>", linebreaksbr(text)) if is_new else linebreaksbr(text)]
        for text, is_new in pieces
    ))


@register.simple_tag
def chosen_filters(changelist):
    """The filters an admin list is under, in words: (title, choice). The first choice of each is 全部."""
    return [(spec.title, choice["display"]) for spec in changelist.filter_specs
            for number, choice in enumerate(spec.choices(changelist)) if number and choice.get("selected")]


@register.simple_tag(takes_context=True)
def own_filters(context, changelist):
    """What the person keeps for this list, the filter that it is `now` under, and the same where it is `new`."""
    request = context["request"]
    rows = list(SavedFilter.objects.visible_to(request.user).of_list(changelist.opts))
    now = filter_in(request.GET.urlencode())
    kept = {row.query for row in rows}
    return {"rows": rows, "now": now, "new": "" if now in kept else now}


@register.simple_tag
def time_tag(row):
    """A `<time>` for a statement's day, machine-readable by its certain day."""
    return format_html('<time datetime="{}">{}</time>', row.effective_on.isoformat(), span_of(row))


def _without(query, *names):
    query = query.copy()
    for name in names:
        query.pop(name, None)
    return query


@register.simple_tag(takes_context=True)
def whole_address(context, path):
    """The address of a path for whoever reads it elsewhere: by PUBLIC_URL, else by the host that was asked."""
    return whole(path, context["request"])


@register.simple_tag(takes_context=True)
def without_moment(context):
    """This page's own address as it is now."""
    request = context["request"]
    query = _without(request.GET, *as_of.NAMES, *PLACES)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def other_day(context):
    """The form that leads to another day. On a plain page it is the same all day long, and is made once."""
    request, today = context["request"], timezone.localdate().isoformat()
    if not request.GET:
        return _plain_form(today)
    return render_to_string(FORM, {"request": request, "moment": context.get("moment"), "today": today})


@lru_cache(maxsize=1)
def _plain_form(today):
    return render_to_string(FORM, {"request": HttpRequest(), "today": today})


@register.simple_tag(takes_context=True)
def rest_of_query(context, *but):
    """Hidden fields with all that the address asks for but these names, the moment and the place in the pages."""
    query = _without(context["request"].GET, *as_of.NAMES, *PLACES, *but)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', (
        (name, value) for name, values in query.lists() for value in values))


@register.simple_tag(takes_context=True)
def moment_fields(context):
    """Hidden fields that keep the moment in a form of a page that travels."""
    moment = context.get("moment")
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', moment.query.items()) if moment else ""


@register.simple_tag(takes_context=True)
def query_link(context, change):
    """This page's own query with the place in the pages replaced by `change`."""
    query = _without(context["request"].GET, *PLACES)
    query.update(change)
    return f"?{query.urlencode()}"
