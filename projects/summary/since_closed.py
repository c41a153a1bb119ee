"""What the present data say of a closed quarter that its frozen figures do not: whatever changed since, and how."""
from dataclasses import dataclass

from projects.summary.quarter import quarter_summary

OF_A_LIST = ["declared", "declared_done", "recorded", "done", "standing", "unknown", "missing"]


@dataclass(frozen=True)
class Drift:
    """One figure that is another now. `of` is the list's title, "" for those of the quarter."""

    of: str
    label: str
    then: object
    now: object


def drift(frozen):
    """[Drift] between a frozen `QuarterSummary` and the same quarter as of the same day, read today."""
    now = quarter_summary(frozen.quarter, as_of=frozen.as_of)
    found = [Drift("", then.definition.label, _shown(then), _shown(today))
             for then, today in zip(frozen.figures, now.figures, strict=False) if _shown(then) != _shown(today)]
    by_slug = {row.project_list.slug: row for row in now.lists}
    for row in frozen.lists:
        today = by_slug.pop(row.project_list.slug, None)
        title = row.project_list.title
        if today is None:
            found.append(Drift(title, "清单", "公开", "不再公开"))
        else:
            pairs = [(getattr(row, name), getattr(today, name)) for name in OF_A_LIST]
            found += [Drift(title, then.definition.label, then.value, new.value)
                      for then, new in pairs if then.value != new.value]
    return found + [Drift(row.project_list.title, "清单", "没有公开", "公开")
                    for row in by_slug.values() if row.is_known]


def _shown(figure):
    return figure.value if figure.rate is None else f"{figure.rate}%"
