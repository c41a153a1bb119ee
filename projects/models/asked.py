"""A row of a 报送任务, of whatever it asks: what was begun, and what its unit answered last.

A row keeps a draft, as it was typed, and points at its newest answer: what it became, which goes through the one
review, or 零报告. Answers are never changed. What an app asks (projects, figures) is a table of each of these.
"""
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from guicheng.fields import ALL, CleanTextField, one_of
from guicheng.review.states import IN_REVIEW, State
from guicheng.trail.versions import Versioned, hold
from projects.models.reporting import AskedUnit


class Standing(models.TextChoices):
    """How far one row is, in the order in which the board tells it."""

    PUBLISHED = "published", "已公开"
    HANDED_IN = "handed_in", "已交"
    NIL = "nil", "零报告"
    RETURNED = "returned", "退回"
    DRAFT = "draft", "草稿"
    UNTOUCHED = "untouched", "没动"


Standing.ANSWERED = frozenset({Standing.PUBLISHED, Standing.HANDED_IN, Standing.NIL})


NOT_AGAIN = {"words_checked", "nil"}  # of what was returned: to be said anew
OF_STATE = {State.PUBLISHED: Standing.PUBLISHED, State.RETURNED: Standing.RETURNED,
            **dict.fromkeys(IN_REVIEW, Standing.HANDED_IN)}


class AskedRowQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit__in=AskedUnit.objects.visible_to(user))

    def with_standing(self):
        """Add `standing`, a key of `Standing`: what the newest answer became, else whether a draft was begun.

        Its twin of one row is `AskedRow.standing_now`.
        """
        became = f"latest__{self.model.became}"
        return self.annotate(standing=Case(
            When(latest__returned__isnull=False, **{became: None}, then=Value(Standing.RETURNED)),
            When(latest__isnull=False, **{became: None}, then=Value(Standing.NIL)),
            *(When(**{f"{became}__state": state}, then=Value(standing)) for state, standing in OF_STATE.items()),
            When(has_draft=True, then=Value(Standing.DRAFT)),
            When(**{f"{became}__state": State.DRAFT}, then=Value(Standing.DRAFT)),
            default=Value(Standing.UNTOUCHED), output_field=models.CharField(),
        ))

    def to_fill(self):
        """Those that wait for their unit: not answered, or returned."""
        return self.with_standing().exclude(standing__in=Standing.ANSWERED)

    def lock(self):
        """Hold them until the end of the transaction; give their keys."""
        return hold(self.order_by("pk"))

    def held(self):
        """These rows with their answers, held until the end of the transaction."""
        return list(self.model._default_manager.filter(pk__in=self.lock()).with_answers().order_by("pk"))

    def with_answers(self):
        """With all that is read of them when they are typed into, handed in or returned."""
        return self.select_related("unit", f"latest__{self.model.became}", "latest__returned")


class AskedRow(Versioned):
    """One thing that a unit is asked about. `became`: the field of an answer that names what it became."""

    unwatched = ALL  # a draft; what is handed in is a row of its own, and that is watched
    guards_saves = False  # the operations claim the version (projects/reporting/)
    became = ""
    begins = frozenset()  # a draft that says none of these was not begun

    draft = models.JSONField("草稿", default=dict, blank=True, editable=False)  # texts by field, as they were typed
    has_draft = models.BooleanField("写了草稿", default=False, editable=False)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁写的草稿", null=True, blank=True,
                                 editable=False, on_delete=models.PROTECT, related_name="+")
    draft_at = models.DateTimeField("草稿存于", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [models.CheckConstraint(
            condition=Q(draft_by__isnull=True, draft_at__isnull=True, has_draft=False)
            | Q(draft_by__isnull=False, draft_at__isnull=False),
            name="%(app_label)s_%(class)s_draft_by_somebody", violation_error_message="草稿要有人和时刻。")]

    @property
    def standing_now(self):
        """Of one row what `with_standing()` adds to many."""
        reviewed = self.reviewed
        if self.latest_id and reviewed is None:
            return Standing.RETURNED if hasattr(self.latest, "returned") else Standing.NIL
        if reviewed is not None and reviewed.state in OF_STATE:
            return OF_STATE[reviewed.state]
        began = self.has_draft or reviewed is not None and reviewed.state == State.DRAFT
        return Standing.DRAFT if began else Standing.UNTOUCHED

    @property
    def is_to_fill(self):
        """Whether it waits for the unit: not answered, or returned."""
        return self.standing_now not in Standing.ANSWERED

    @property
    def reviewed(self):
        """What its newest answer became; None where there is none, or it was 零报告."""
        return self.latest.reviewed if self.latest_id else None

    @property
    def kept(self):
        """The texts it stands with: its draft; of one handed in what was handed in, to be read or said anew."""
        standing = self.standing_now
        if standing in Standing.ANSWERED:
            return {name: text for name, text in self.latest.said.items() if name != "words_checked"}
        if standing == Standing.RETURNED and not self.has_draft:
            return {name: text for name, text in self.latest.said.items() if name not in NOT_AGAIN}
        return self.draft

    @classmethod
    def is_begun(cls, draft):
        return any(draft.get(name) for name in cls.begins)


class Answer(models.Model):
    """What was handed in for a row, once: what it became, or 零报告. The one before stays beside it."""

    unwatched = ALL

    said = models.JSONField("交了什么", default=dict, blank=True)  # as it was handed in, whatever review made of it
    reason = CleanTextField("说明", blank=True)
    is_late = models.BooleanField("补报", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁交的", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self):
        return f"{self.row}，{'零报告' if self.is_nil else self._meta.get_field(self.row_model.became).verbose_name}"

    @property
    def is_nil(self):
        return getattr(self, f"{self.row_model.became}_id") is None

    @property
    def reviewed(self):
        """What it became, which goes through the review; None where it was 零报告."""
        return getattr(self, self.row_model.became)


class Done(models.Model):
    """Who did it, and when."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["pk"]


class Return(Done):
    """退回重报 of a 零报告: why the office gave it back. Any other answer has that as a step of its review instead.

    The answer stays, the next one stands beside it.
    """

    unwatched = ALL  # between offices

    reason = CleanTextField("退回的原因")

    class Meta(Done.Meta):
        abstract = True
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="%(app_label)s_%(class)s_explained",
                                              violation_error_message="退回要写明原因。")]

    def __str__(self):
        return f"{self.answer}，退回"


class AtClose(models.Model):
    """How a row stood when its task was closed. Written once, with the closing."""

    standing = models.CharField("当时", max_length=12, choices=Standing)

    class Meta:
        abstract = True
        constraints = [one_of("standing", Standing.values, "没有这种情况。")]

    def __str__(self):
        return f"{self.row}，{self.get_standing_display()}"
