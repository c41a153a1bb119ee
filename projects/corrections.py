"""What was said anew of days gone by: corrections, withdrawals, and statements entered late."""
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from projects.models import ProgressUpdate, Project


@dataclass(frozen=True)
class Correction:
    """A published row that changes what was known of a day, and the row whose place it takes (or None)."""

    row: ProgressUpdate
    amends: ProgressUpdate | None

    @property
    def label(self):
        if self.amends is None:
            return "补录"
        return self.row.get_kind_display()

    @property
    def effective_on(self):
        """The day it is about: of a withdrawal that of the statement taken back."""
        return self.amends.effective_on if self.row.kind == self.row.Kind.WITHDRAWAL else self.row.effective_on

    @property
    def before(self):
        return said(self.amends) if self.amends else ""

    @property
    def after(self):
        return "" if self.row.kind == self.row.Kind.WITHDRAWAL else said(self.row)


def said(row):
    """What a statement says, in one line. "推进中，60%：正在铺设管道。" """
    head = "，".join(filter(None, [row.headline, "" if row.percent is None else f"{row.percent}%"]))
    return "：".join(filter(None, [head, row.text]))


def _recorded(after, until):
    """Published rows of real public projects, recorded after one instant and until another (None: until now)."""
    rows = ProgressUpdate.objects.published().filter(
        recorded_at__gt=after, project__in=Project.objects.published().real())
    rows = rows.filter(recorded_at__lte=until) if until else rows
    return rows.select_related("project", "amends").order_by("recorded_at", "pk")


def corrections_in(quarter, known_at=None):
    """What was corrected or taken back during a quarter, oldest first. One query."""
    first, last = (timezone.make_aware(datetime.combine(day, time())) for day in (quarter.first_day, quarter.end))
    instant = timedelta(microseconds=1)
    rows = _recorded(first - instant, min(filter(None, [last - instant, known_at]))).exclude(amends=None)
    return [Correction(row, row.amends) for row in rows]


def corrections_since(instant, day):
    """锁定后更正: what was published after `instant` about the time until the end of `day`. One query."""
    rows = _recorded(instant, None).filter(Q(effective_on__lte=day) | Q(amends__effective_on__lte=day))
    return [Correction(row, row.amends) for row in rows]


def as_dict(each):
    """A correction as plain values, as everybody may read it. A text taken back stays untold."""
    is_withdrawn = each.row.kind == each.row.Kind.WITHDRAWAL
    return {
        "code": each.row.project.code, "name": each.row.project.name, "label": each.label,
        "effective_on": each.effective_on.isoformat(),
        "recorded_on": timezone.localdate(each.row.recorded_at).isoformat(),
        "before": "" if is_withdrawn else each.before, "after": each.after, "reason": each.row.reason,
    }
