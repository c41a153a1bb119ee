"""Every count of projects and promises. Home, lists, charts, exports, reports and the API call this.

Nothing else counts projects. Only published top-level projects count, never parts, and a list's sample
rows never meet the real ones: a summary is of one list, and the quarter's lists are the real ones.
"""
from projects.summary.difference import DIFFERENCE_DEFINITIONS  # noqa: F401
from projects.summary.drift import drift  # noqa: F401
from projects.summary.lists import (  # noqa: F401
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
    light_counts,
    lights_by_colour,
    list_summaries,
)
from projects.summary.moves import Move  # noqa: F401
from projects.summary.promises import verdicts  # noqa: F401
from projects.summary.quarter import (  # noqa: F401
    Change,
    QuarterSummary,
    changes_between,
    days_with_news,
    first_day,
    quarter_summary,
)
from projects.summary.report import QUARTER_DEFINITIONS, corrected, late, overdue_by  # noqa: F401
from projects.summary.sources import SOURCE_USE, by_source, declarations_of_sources, uses_of_sources  # noqa: F401
