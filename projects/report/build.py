"""Read a quarter from the database into a `Document`. Every figure in it is one of `projects/summary/`."""
from itertools import groupby, takewhile

from guicheng.access.units import behind
from guicheng.figures import iso
from projects import summary
from projects.document import FORMAT, Document
from projects.ledger.corrections import corrections_on
from projects.ledger.promises import judgements
from projects.ledger.timeline import hide_withdrawn
from projects.models import Discrepancy, LightRule, ProgressUpdate, Project, Promise, Status
from projects.models.lights import Colour
from projects.supervision.lights import lights_of

WORDS = ["problem", "delay_reason", "next_step", "coordination"]  # of the clerks, for staff only

OUTLINED = 200  # rows of an outline


def document_of(quarter, known_at=None, as_of=None):
    """The document of a quarter as it stands, not closed: figures for everybody, lights and words for staff."""
    each = summary.quarter_summary(quarter, known_at, as_of)
    place = _places(each.lists)
    rows = sorted(_rows(each.as_of, known_at), key=lambda row: place(row["public"]))
    return Document(_figures(quarter, each, rows, known_at), _for_staff(quarter, each.as_of, rows, each.lists))


def _places(lists):
    """The order of rows: by list, then code, last those on none. In Python: databases differ in both."""
    found = {row.project_list.slug: index for index, row in enumerate(lists)}
    return lambda row: (found.get(row["list"], len(found)), row["code"])


def outline_of(quarter, each):
    """The document of a summary without its rows, corrections and earlier figures: what a page says in words.

    Its fingerprint is not that of the quarter.
    """
    return Document({**_outline(quarter, each, None), "tellings": each.tellings})


# --- what is public ------------------------------------------------------------------------------
def _figures(quarter, each, rows, known_at):
    before = {row.project_list.slug: row for row in summary.list_summaries(quarter.previous.last_day, known_at)}
    late, pending = (set(by(each.as_of, known_at).values_list("code", flat=True))
                     for by in (summary.overdue_by, summary.pending_by))
    return {
        **_outline(quarter, each, known_at),
        "lists": [row.frozen(before.get(row.project_list.slug)) for row in each.lists if row.is_known],
        "changes": sorted((row.frozen() for row in each.changes), key=_places(each.lists)),
        "promises": [row.frozen() for row in each.promises],
        "overdue": [row["public"] for row in rows if row["public"]["code"] in late],
        "pending": [row["public"] for row in rows if row["public"]["code"] in pending],
        "projects": [row["public"] for row in rows],
        "communities": _communities(quarter),
        "corrections": [row.as_dict() for row in corrections_on(
            quarter.first_day, quarter.last_day, known_at)],
    }


def _outline(quarter, each, known_at):
    """What the picture shows: every figure, and of the rows the first."""
    following = Promise.objects.filter(
        is_sample=False, project__in=Project.objects.of_street(), due_on__gte=quarter.next.first_day,
        due_on__lte=quarter.next.last_day)
    return {
        **each.frozen(OUTLINED), "format": FORMAT,
        "title": quarter.title, "year": quarter.year,
        "first_day": iso(quarter.first_day), "last_day": iso(quarter.last_day),
        "is_over": quarter.is_over,
        "known_at": known_at.isoformat() if known_at else None,
        "before": {"quarter": str(quarter.previous), "title": quarter.previous.title,
                   "as_of": iso(quarter.previous.last_day)},
        "after": {"quarter": str(quarter.next), "title": quarter.next.title},
        "next_promises": [row.frozen() for row in judgements(following, each.as_of, known_at)],
        "overdue": [], "pending": [], "projects": [], "communities": [], "corrections": [],
        "definitions": [row.frozen() for row in [*summary.DEFINITIONS, *summary.QUARTER_DEFINITIONS]],
    }


def _communities(quarter):
    """Every community known by that year, in the office's order: also those of which no list has anything."""
    rows = behind(Project, "community").objects.published()
    rows = rows.filter(known_from__lte=quarter.year).order_by("order", "pk")
    return [{"key": slug, "label": name} for slug, name in rows.values_list("slug", "name")]


# --- the rows ------------------------------------------------------------------------------------
def _rows(day, known_at):
    """Every real public project that counted by then, in the order of the lists, with what its ledger said.

    Yields dicts: `project` (the row), `state` (what its ledger said), `public` (for the figures),
    `office` (for a paper), `words` (of the clerks). A fixed number of queries. What was taken back since `known_at`
    is not told again.
    """
    updates = ProgressUpdate.objects.in_force(day, known_at).filter(project__in=Project.objects.published().real())
    updates = updates.order_by("project", "-effective_on", "-seq")
    told = hide_withdrawn(updates.iterator(2000), known_at)
    ledger = {key: list(rows) for key, rows in groupby(told, lambda row: row.project_id)}
    for project in Project.objects.published().real().as_of(day, known_at).for_export():
        said = ledger.get(project.pk, [])
        state = project.state_from(said) | {"due_on": project.due_then}
        yield {"project": project, "state": state, "public": _row(project, state, said),
               "office": _office(project, said),
               "words": {name: next((getattr(row, name) for row in said if getattr(row, name)), "") for name in WORDS}}


def _row(project, state, said):
    return {
        "code": project.code, "name": project.name,
        "list": project.project_list and project.project_list.slug,
        "list_title": project.project_list.title if project.project_list else "",
        "number": project.number, "category": project.category.name if project.category else "",
        "parent": project.parent.name if project.parent else "", "is_part": project.parent_id is not None,
        "is_own": project.is_own,
        "membership": project.get_membership_display() if project.membership else "",
        "community": project.community.name if project.community else "",
        "department": project.lead_department.name if project.lead_department else "", "phone": project.office,
        "status": state["status"] or "unknown", "status_label": Status.label_of(state["status"]),
        "percent": state["percent"], "moved_on": iso(said[0].effective_on) if said else None,
        "moved": said[0].told if said else "",
        "latest": next((row.text for row in said if row.text), ""),
        "planned_start": iso(project.planned_start), "planned_end": iso(project.planned_end),
        "due_on": iso(state["due_on"]), "closed_on": iso(state["closed_on"]),
        "budget": None if project.budget is None else str(project.budget), "source": project.source.title,
    }


def _office(project, said):
    """What a paper says of it, where that is not what the pages say."""
    text = next((row.office_text for row in said if row.text), "")
    category = project.category.office_name if project.category else ""
    return {key: value for key, value in (("text", text), ("since", _since(said)), ("category", category)) if value}


def _since(said):
    """The day on which the present status came, where it is told to the day; "" else. `said`: newest first."""
    stated = [row for row in said if row.status]
    same = list(takewhile(lambda row: row.status == stated[0].status or {row.status, stated[0].status} <= Status.DONE,
                          stated))
    return same[-1].told if same and same[-1].effective_from == same[-1].effective_on else ""


# --- for staff -----------------------------------------------------------------------------------
def _for_staff(quarter, day, rows, lists):
    counted = [row for row in rows if not row["public"]["is_part"]]
    lights = lights_of([row["project"] for row in counted], day)
    rule = LightRule.objects.in_force(day)
    found = [_light(row, lights[row["project"].pk]) for row in counted]
    by_colour = summary.lights_by_colour(lights.values())
    return {
        "lights": found,
        "light_counts": [{"colour": colour.value, "word": colour.label, "count": by_colour[colour]}
                         for colour in Colour],
        "light_rule": {"effective_on": iso(rule.effective_on), "yellow_from": rule.yellow_from,
                       "red_from": rule.red_from, "due_within": rule.due_within,
                       "not_started_months": rule.not_started_months} if rule else None,
        "office_words": {row["public"]["code"]: row["office"] for row in rows if row["office"]},
        "differing": sorted(Discrepancy.objects.published().told(day).filter(is_settled=False).exclude(
            project=None).values_list("project__code", flat=True).distinct()),
        "office_names": {each.project_list.slug: each.project_list.office_name for each in lists
                         if each.project_list.office_name},
        "reporting": summary.tasks_between(quarter.first_day, quarter.last_day),
        "words": [{"code": row["public"]["code"], **row["words"]} for row in rows if any(row["words"].values())],
    }


def _light(row, light):
    public = row["public"]
    return {**{name: public[name] for name in ("code", "name", "list_title", "department", "community", "due_on")},
            "colour": light.colour, "word": light.word, "label": light.label, "sentence": light.sentence,
            "days_late": light.days_late}
