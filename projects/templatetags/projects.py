"""A project's status as a tag, and a ledger row's family for its colour."""
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.models import Status
from projects.moments import days_of
from projects.summary.lists import MOST_CELLS

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


# --- the stair --------------------------------------------------------------------------------------
STEP_WIDTH, STEP_GAP, LOWEST, RISE = 9, 1.6, 8, 4  # of the small stair, in its drawing's units


@register.simple_tag
def mini(status, before=None):
    """The small stair of a status: how far it came, what is new since `before` the darker. Drawn once for each pair."""
    return _mini(status, before)


@lru_cache(maxsize=128)
def _mini(status, before):
    # of which nobody had told anything did not stand on the step of the announced: it may be on no list
    step, was = Status.STEP.get(status, 0), Status.STEP.get(before, 0) if before else 0
    was = was if was < step else 0
    fill = "none" if step == 1 else Status.FAMILY[status]
    steps = [
        {"x": 0.5 + index * (STEP_WIDTH + STEP_GAP), "y": 25 - LOWEST - RISE * index, "width": STEP_WIDTH,
         "height": LOWEST + RISE * index,
         "fill": "open" if index >= step else f"{fill} past" if index < was else fill}
        for index in range(len(Status.STEPS))
    ]
    return render_to_string("pieces/_mini.html", {
        "steps": steps if step else [], "step": step, "was": was, "labels": Status.STEPS,
        "label": Status.STEPS[step - 1] if step else LABELS[status], "status": status,
        "was_label": Status.STEPS[was - 1] if was else ""})


@register.simple_tag
def beside(status, told):
    """The end of a row, of a status and a Told. Drawn once for each that says the same."""
    judgement = told.judgement
    return _beside(status, told.before, judgement and judgement.verdict, judgement and judgement.promise.due_told)


@lru_cache(maxsize=1024)
def _beside(status, before, verdict, due):
    return render_to_string("pieces/_beside.html", {"status": status, "before": before, "verdict": verdict, "due": due})


CELL, ACROSS = 12, 24  # a cell with its gap; how many stand in a line


@register.simple_tag
def cells(segments, label):
    """One cell for each project of a list, in the colours of its bar. `segments`: of a ListSummary; `label`: in words.

    Of a list too long to be counted by eye nothing is drawn.
    """
    drawn, start = [], 0
    total = sum(part.count for part in segments)
    if total > MOST_CELLS:
        return ""
    for part in segments:
        places = [divmod(index, ACROSS) for index in range(start, start + part.count)]
        path = "".join(f"M{column * CELL} {line * CELL}h9v9h-9z" for line, column in places)
        drawn.append({"fill": part.family, "path": path})
        start += part.count
    lines = -(-total // ACROSS)
    width = min(total, ACROSS) * CELL - 1
    return render_to_string("pieces/_cells.html", {
        "parts": drawn, "width": width, "height": lines * CELL - 1, "label": label})



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
    return _light_tag(light.colour, light.word, light.label)


@lru_cache(maxsize=64)  # a dozen kinds, on every row of a list
def _light_tag(colour, word, label):
    shape = SafeString(f'<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">{SHAPES[colour]}</svg>')
    return format_html('<span class="light light-{}">{}{}灯·{}</span>', colour, shape, word, label)
