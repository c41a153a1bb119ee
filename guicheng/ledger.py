"""What was said, for which day, known since when? Rows are appended; a mistake is mended by a row that points at it.

A model says `class WishEvent(LedgerRow)` with `ledger_of`, the foreign key to what its rows speak of, a `kind` whose
values "correction" and "withdrawal" mean what they say, `constraints = [*ledger_constraints(…)]` and
`append_only = AppendOnly()`. A correction takes the whole place of what it amends; a withdrawal leaves nothing there.
"""
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.utils import timezone

from guicheng.fields import DayField, in_order

CORRECTION, WITHDRAWAL = "correction", "withdrawal"


class LedgerQuerySet(models.QuerySet):
    def published(self):
        return self.filter(recorded_at__isnull=False)

    def in_force(self, day=None, known_at=None):
        """Published rows that nobody corrected or withdrew, and no withdrawals.

        With `day`: those that hold by its end. With `known_at`: what was known at that instant.
        """
        known = Q(recorded_at__isnull=False) if known_at is None else Q(recorded_at__lte=known_at)
        amended = self.model._default_manager.filter(known, amends=OuterRef("pk"))
        rows = self.filter(known).exclude(kind=WITHDRAWAL).filter(~Exists(amended))
        return rows if day is None else rows.filter(effective_on__lte=day)

    def newest_first(self):
        return self.order_by("-effective_on", "-seq")


class LedgerRow(models.Model):
    """One dated statement about its owner: by which day it was certainly so, and since which instant that is known."""

    ledger_of = ""

    seq = models.PositiveIntegerField("序号", null=True, blank=True, editable=False)
    amends = models.ForeignKey(
        "self", verbose_name="更正或撤回哪一条", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="amended_by",
    )
    effective_from = DayField("最早日", null=True, blank=True, help_text="只知道一段时间时填它的头一天。")
    effective_on = DayField("日期", help_text="到这一天一定已是如此；只知道一段时间时填它的末一天。")
    recorded_at = models.DateTimeField("发布时刻", null=True, blank=True, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def owner(self):
        return getattr(self, self.ledger_of)

    @property
    def is_published(self):
        return self.recorded_at is not None

    def clean(self):
        super().clean()
        of = type(self)._meta.get_field(self.ledger_of)
        if self.amends_id and getattr(self.amends, of.attname) != getattr(self, of.attname):
            raise ValidationError(
                f"只能更正或撤回同一个{of.verbose_name}的{self._meta.verbose_name}。")
        if self.amends_id and not self.amends.is_published:
            raise ValidationError("这一条还没有发布，直接修改就可以。")

    def instant(self):
        """The instant of the publication; asked for under the owner's lock."""
        return timezone.now()

    def take_place(self):
        """Set `seq` and `recorded_at` of a row that is about to be published; give its owner, locked and as it is now.

        In the transaction that saves the row.
        """
        of = type(self)._meta.get_field(self.ledger_of)
        owner = of.related_model._default_manager.select_for_update(no_key=True, of=("self",)).get(
            pk=getattr(self, of.attname))
        rows = type(self)._default_manager.filter(**{self.ledger_of: owner})
        self.seq = (rows.aggregate(last=models.Max("seq"))["last"] or 0) + 1
        self.recorded_at = self.instant()
        return owner


def ledger_constraints(of, noun, of_noun):
    """What the database keeps of a ledger of `of`, a foreign key. The nouns are what people call row and owner."""
    return [
        models.UniqueConstraint(fields=[of, "seq"], name="%(app_label)s_%(class)s_seq_once",
                                violation_error_message=f"这个{of_noun}已有这个序号的{noun}。"),
        models.UniqueConstraint(fields=["amends"], condition=Q(recorded_at__isnull=False),
                                name="%(app_label)s_%(class)s_amended_once",
                                violation_error_message=f"这条{noun}已经更正或撤回过。"),
        in_order("effective_from", "effective_on", "最早日不能晚于日期。"),
    ]


# --- the newest ------------------------------------------------------------------------------------
def newest(ledger, column, stated, day, known_at=None, projection=""):
    """An expression on owners: the `column` of the newest row by the end of `day` that says something, else null.

    `ledger`: the model of the rows. `stated`: the condition by which a row says it. `projection`: the owner's column
    that keeps what is said now, where the owner has one, and `moved_on` beside it.
    """
    rows = ledger._default_manager.in_force(day, known_at).filter(stated, **{ledger.ledger_of: OuterRef("pk")})
    said = Subquery(rows.newest_first().values(column)[:1])
    if known_at is not None or not projection:
        return said
    # all that is in force holds by `moved_on`: after it the projection is what the ledger says, and is at hand
    return Case(When(moved_on__lte=day, then=F(projection)), default=said,
                output_field=ledger._meta.get_field(column))


# --- the timeline ----------------------------------------------------------------------------------
@dataclass
class Place:
    """One place on a timeline: the row that stands there, those it took the place of, and its withdrawal."""

    row: LedgerRow
    replaced: list = field(default_factory=list)
    withdrawal: LedgerRow | None = None

    @property
    def is_withdrawn(self):
        return self.withdrawal is not None


def timeline(rows, place=Place):
    """The places, newest first, of the published rows of one owner, each made by `place(row, withdrawal=…)`.

    A correction takes the place of what it corrects, which stays readable behind it.
    """
    amended_by = {row.amends_id: row for row in rows if row.amends_id}
    by_pk = {row.pk: row for row in rows}
    places = []
    for row in rows:
        later = amended_by.get(row.pk)
        if row.kind == WITHDRAWAL or later and later.kind == CORRECTION:
            continue
        made = place(row, withdrawal=later)
        earlier = by_pk.get(row.amends_id)
        while earlier:
            made.replaced.append(earlier)
            earlier = by_pk.get(earlier.amends_id)
        places.append(made)
    return sorted(places, key=lambda made: (made.row.effective_on, made.row.seq), reverse=True)


def withdrawn_among(rows, since=None):
    """Those of `rows`, of one ledger, that were withdrawn after the instant `since`, or at any time.

    Also where a correction came first and was then withdrawn. One query.
    """
    if not rows:
        return []
    ledger = type(rows[0])
    owner = ledger._meta.get_field(ledger.ledger_of).attname
    was_withdrawn = withdrawn_of(ledger, {getattr(row, owner) for row in rows}, since)
    return [row for row in rows if was_withdrawn(row.pk)]


def withdrawn_of(ledger, owners, since=None):
    """A function that tells of a row's key whether it was withdrawn, as `withdrawn_among`. `owners`: keys, of all."""
    later = ledger._default_manager.published().filter(
        **{f"{ledger.ledger_of}__in": owners}).exclude(amends=None)
    later = later.filter(recorded_at__gt=since) if since else later
    amended_by = {amends: (pk, kind) for pk, amends, kind in later.values_list("pk", "amends", "kind")}

    def was_withdrawn(pk):
        kind = ""
        while pk in amended_by:
            pk, kind = amended_by[pk]
        return kind == WITHDRAWAL

    return was_withdrawn
