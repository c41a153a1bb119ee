"""Every count of projects and promises. Home, lists, charts, exports, reports and the API call this.

Nothing else counts projects. Only published top-level projects count, never parts, and a list's sample
rows never meet the real ones: a summary is of one list, and the quarter's lists are the real ones.
"""
from projects.summary.changes_page import page_of_changes, page_of_promises
from projects.summary.desk import lacking, on_desk
from projects.summary.difference import DIFFERENCE_DEFINITIONS
from projects.summary.facet import FACET, Facet, Option, facets
from projects.summary.lights import Sorted, by_light, lights_by_colour, of_colour, sorts_of
from projects.summary.lists import (
    BY_STATUS,
    DECLARED,
    DECLARED_DONE,
    DEFINITIONS,
    DONE,
    FAMILIES,
    KEPT,
    MISSING,
    RATE,
    RECORDED,
    STANDING,
    UNKNOWN,
    Group,
    ListSummary,
    Segment,
    groups_by,
    list_summaries,
)
from projects.summary.moves import Move, Telling
from projects.summary.news import News, news
from projects.summary.promises import due_between, verdicts, with_verdict
from projects.summary.quarter import (
    Change,
    QuarterSummary,
    changes_between,
    first_day,
    last_changed,
    own_by_status,
    quarter_summary,
    quarters_with_news,
    states_between,
    tellings_of,
)
from projects.summary.report import (
    QUARTER_DEFINITIONS,
    STATEMENTS,
    corrected,
    late,
    late_among,
    late_keys,
    overdue_by,
    past_due,
    pending_by,
    quarter_figures,
)
from projects.summary.reporting import (
    Progress,
    TaskProgress,
    at_close,
    task_progress,
    tasks_between,
    unit_standings,
    whole_progress,
)
from projects.summary.since_closed import drift
from projects.summary.sources import SOURCE_USE, by_source, declarations_of_sources, uses_of_sources
from projects.summary.stair import Stair, stair, stair_of
from projects.summary.years import COMPILED, Year, by_year

__all__ = [
    "BY_STATUS", "COMPILED", "Change", "DECLARED", "DECLARED_DONE", "DEFINITIONS", "DIFFERENCE_DEFINITIONS", "DONE",
    "FACET", "FAMILIES", "Facet", "Group", "KEPT", "ListSummary", "MISSING", "Move", "News", "Option", "Progress",
    "QUARTER_DEFINITIONS", "QuarterSummary", "RATE", "RECORDED", "SOURCE_USE", "STANDING", "STATEMENTS", "Segment",
    "Sorted", "Stair", "TaskProgress", "Telling", "UNKNOWN", "Year", "at_close", "by_light", "by_source", "by_year",
    "changes_between", "corrected", "declarations_of_sources", "drift", "due_between", "facets", "first_day",
    "groups_by", "lacking", "last_changed", "late", "late_among", "late_keys", "lights_by_colour", "list_summaries",
    "news", "of_colour", "on_desk", "overdue_by", "own_by_status", "page_of_changes", "page_of_promises", "past_due",
    "pending_by", "quarter_figures", "quarter_summary", "quarters_with_news", "sorts_of", "stair", "stair_of",
    "states_between", "task_progress", "tasks_between", "tellings_of", "unit_standings", "uses_of_sources",
    "verdicts", "whole_progress", "with_verdict",
]
