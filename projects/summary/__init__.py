"""Every count of projects and promises. Home, lists, charts, exports, reports and the API call this.

Nothing else counts projects. Only published top-level projects count, never parts, and a list's sample
rows never meet the real ones: a summary is of one list, and the quarter's lists are the real ones.
"""
from projects.summary.difference import DIFFERENCE_DEFINITIONS
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
    by_light,
    groups_by,
    lights_by_colour,
    list_summaries,
)
from projects.summary.moves import Move
from projects.summary.promises import verdicts
from projects.summary.quarter import (
    Change,
    QuarterSummary,
    changes_between,
    days_with_news,
    first_day,
    quarter_summary,
)
from projects.summary.report import QUARTER_DEFINITIONS, corrected, late, overdue_by, past_due, pending_by
from projects.summary.since_closed import drift
from projects.summary.sources import SOURCE_USE, by_source, declarations_of_sources, uses_of_sources
from projects.summary.years import COMPILED, Year, by_year

__all__ = [
    "BY_STATUS", "COMPILED", "DECLARED", "DECLARED_DONE", "DEFINITIONS", "DIFFERENCE_DEFINITIONS", "DONE",
    "FAMILIES", "KEPT", "MISSING", "QUARTER_DEFINITIONS", "RATE", "RECORDED", "SOURCE_USE", "STANDING", "UNKNOWN",
    "Change", "Group", "ListSummary", "Move", "QuarterSummary", "Segment", "Year", "by_light", "by_source",
    "by_year", "changes_between", "corrected", "days_with_news", "declarations_of_sources", "drift", "first_day",
    "groups_by", "late", "lights_by_colour", "list_summaries", "overdue_by", "past_due", "pending_by",
    "quarter_summary", "uses_of_sources", "verdicts",
]
