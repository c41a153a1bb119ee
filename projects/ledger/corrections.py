"""What was said anew of days gone by: corrections, withdrawals, and statements entered late."""
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from guicheng.tables.listing import Listing
from projects.ledger.timeline import without_withdrawn_words
from projects.models import ProgressUpdate
from projects.models.evidence import public_where


@dataclass(frozen=True)
class Correction:
    """A published row that changes what was known of a day, and the row whose place it takes (or None)."""

    row: ProgressUpdate
    amends: ProgressUpdate | None

    @property
    def code(self):
        return self.row.project.code

    @property
    def name(self):
        return self.row.project.name

    def get_absolute_url(self):
        return reverse("project-detail", args=[self.code])

    @property
    def is_withdrawal(self):
        return self.row.kind == ProgressUpdate.Kind.WITHDRAWAL

    @property
    def label(self):
        return "补录" if self.amends is None else self.row.get_kind_display()

    @property
    def effective_on(self):
        """The day it is about: of a withdrawal that of the statement taken back."""
        return self.amends.effective_on if self.is_withdrawal else self.row.effective_on

    @property
    def recorded_on(self):
        return timezone.localdate(self.row.recorded_at)

    @property
    def reason(self):
        return self.row.reason

    @property
    def before(self):
        return "" if self.amends is None else _told(self.amends)

    @property
    def after(self):
        return "" if self.is_withdrawal else _told(self.row)

    @property
    def told(self):
        """The days it is about, in words."""
        return (self.amends if self.is_withdrawal else self.row).told

    def as_dict(self):
        """As plain values that everybody may read."""
        return {
            "code": self.code, "name": self.name, "label": self.label, "effective_on": self.effective_on.isoformat(),
            "told": self.told, "recorded_on": self.recorded_on.isoformat(), "before": self.before, "after": self.after,
            "reason": self.reason,
        }


def _told(row):
    """What it says; a text taken back since, by whatever chain of corrections, stays untold."""
    return "" if getattr(row, "was_withdrawn", False) else said(row)


def said(row):
    """What a statement says, in one line: 推进中，60%：正在铺设管道。"""
    head = "，".join(filter(None, [row.headline, "" if row.percent is None else f"{row.percent}%"]))
    return "：".join(filter(None, [head, row.text]))


def corrections_on(first, last, known_at=None):
    """What was corrected or taken back from the first day to the end of the last, oldest first: a Listing."""
    return _listing(_recorded(_start_of(first), _start_of(last + timedelta(days=1)), known_at).exclude(amends=None))


def corrections_since(instant, day):
    """锁定后更正: what was published after `instant` about the time until the end of `day`, oldest first: a Listing."""
    rows = _recorded(instant + timedelta(microseconds=1))
    return _listing(rows.filter(Q(effective_on__lte=day) | Q(amends__effective_on__lte=day)))


def _start_of(day: date):
    return timezone.make_aware(datetime.combine(day, time()))


def _recorded(start, end=None, known_at=None):
    """Published rows of real public projects, parts too, recorded from `start` on and before `end`."""
    rows = ProgressUpdate.objects.filter(
        public_where(ProgressUpdate, "project"), recorded_at__gte=start, project__is_sample=False)
    rows = rows.filter(recorded_at__lt=end) if end else rows
    rows = rows.filter(recorded_at__lte=known_at) if known_at else rows
    return rows.select_related("project", "amends").order_by("recorded_at", "pk")


def _listing(rows):
    return Listing(rows, _made)


def _made(rows):
    without_withdrawn_words(each for row in rows for each in (row, row.amends) if each)
    return [Correction(row, row.amends) for row in rows]
