"""The ledger: what was said of a project, by whom, for which day. Appended, never edited."""
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.access.units import behind
from guicheng.fields import ChecksAtOnce, CleanCharField, CleanTextField, DayField, one_of, percent_range
from guicheng.kept.publication import Publishes
from guicheng.ledger import LedgerQuerySet, LedgerRow, ledger_constraints
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.review.models import Reviewed, ReviewedQuerySet, review_constraints
from guicheng.trail.append_only import AppendOnly
from projects.models.evidence import Source
from projects.models.status import Status
from projects.permissions import can_edit_media


class ProgressUpdateQuerySet(LedgerQuerySet, ReviewedQuerySet, KeyedQuerySet):
    def shown(self):
        """Those whose photos and papers anybody may fetch: in force, on a project that is public."""
        return self.in_force().filter(project__in=behind(ProgressUpdate, "project").objects.published())

    def unfinished_after(self, due):
        """Those that say that after `due`, a day or an expression, it was not finished: silence makes nothing late.

        Of a statement whose first day is known it is that day that must lie after; else it tells of its last day.
        """
        surely = Q(effective_from__gt=due) | Q(effective_from=None, effective_on__gt=due)
        return self.filter(surely, status__in=Status.UNFINISHED)

    def open_work_of(self, user):
        return super().open_work_of(user).select_related("project")

    def visible_to(self, user):
        if sees_everything(user):
            return self
        return self.filter(project__in=behind(ProgressUpdate, "project").objects.visible_to(user))


# what one statement says; a correction says all of it again
STATED = ("effective_from", "effective_on", "status", "percent", "quantity", "postponed_to", "proof", "text",
          "office_text", "source", "source_place")


class StatementKind(models.TextChoices):
    PROGRESS = "progress", "进展"
    CORRECTION = "correction", "更正"
    WITHDRAWAL = "withdrawal", "撤回"
    POSTPONEMENT = "postponement", "延期"
    CLOSURE = "closure", "销号"


class ProgressUpdate(ChecksAtOnce, LedgerRow, Reviewed, Keyed):
    """One dated statement about one project."""

    publishes = Publishes("{row}.recorded_at IS NOT NULL")

    Kind = StatementKind

    natural_key_fields = ("project__code", "seq")
    ledger_of, answered_by = "project", ("project__lead_department", "project__community")
    append_only = AppendOnly()
    REMEMBERED = (*Reviewed.REMEMBERED, "seq")

    project = models.ForeignKey(
        "projects.Project", verbose_name="项目", on_delete=models.PROTECT, related_name="updates"
    )
    kind = models.CharField("性质", max_length=20, choices=Kind, default=Kind.PROGRESS, editable=False)

    # what is stated
    status = models.CharField("状态", max_length=20, choices=Status, blank=True, help_text="状态没有变就不选。")
    percent = models.PositiveSmallIntegerField(
        "完成百分比", null=True, blank=True, help_text="有确切数字才填，0—100。",
        validators=[MaxValueValidator(100, "百分比应在 0 到 100 之间。")],
    )
    quantity = models.DecimalField(
        "完成数量", max_digits=14, decimal_places=2, null=True, blank=True, help_text="有确切数字才填。",
        validators=[MinValueValidator(0, "完成数量不能是负数。")],
    )
    postponed_to = DayField("延期到", null=True, blank=True, help_text="原来的日期仍然公开。")
    proof = CleanTextField("完成依据（公开）", blank=True, help_text="销号要写：验收文号、移交或启用的凭据。")
    reason = CleanTextField("原因（公开）", blank=True, help_text="暂停、不再实施、更正和撤回都要写。")
    text = CleanTextField("进展（公开）", blank=True, help_text="居民会看到。写办到了哪一步，一两句话。")

    # for staff only
    office_text = CleanTextField("公文写法", blank=True, help_text="写进报告和通报的话。不填就按上面的进展写。")
    problem = CleanTextField("存在问题", blank=True)
    delay_reason = CleanTextField("滞后原因", blank=True)
    next_step = CleanTextField("下一步", blank=True)
    coordination = CleanTextField("需协调事项", blank=True)

    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="updates")
    source_place = CleanCharField("在来源的哪里", max_length=60, blank=True)

    # who, under the names that the first migration gave to the way back
    author, checker, reviewer = (
        models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, null=True, blank=True, editable=False,
                          on_delete=models.PROTECT, related_name=name)
        for label, name in [("填报人", "authored_updates"), ("初审人", "checked_updates"),
                            ("终审人", "reviewed_updates")])

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "进展"
        verbose_name_plural = "进展"
        ordering = ["-effective_on", "-seq", "-pk"]
        permissions = [("check_progressupdate", "初审进展"), ("publish_progressupdate", "终审并发布进展")]
        indexes = [
            models.Index("project", F("effective_on").desc(), F("seq").desc(), name="update_newest"),
            # of what is not public yet: a few among all that ever was said, whoever wrote it
            models.Index("state", "author", condition=Q(recorded_at__isnull=True), name="update_open"),
            models.Index(F("effective_on").desc(), F("id").desc(), name="update_by_day"),
            models.Index("recorded_at", name="update_recorded"),  # when anything was last published: on every page
        ]
        constraints = [
            *ledger_constraints("project", "进展", "项目"),
            percent_range(),
            one_of("status", Status.possible(), "状态不在可选范围内。"),
            one_of("kind", StatementKind.values, "性质不在可选范围内。"),
            models.CheckConstraint(
                condition=~Q(status__in=["paused", "cancelled"]) | ~Q(reason=""),
                name="projects_progressupdate_reason_given",
                violation_error_message="暂停或不再实施，要写明原因（公开）。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["progress", "postponement", "closure"], amends__isnull=True)
                | (Q(kind__in=["correction", "withdrawal"], amends__isnull=False) & ~Q(reason="")),
                name="projects_progressupdate_amends_stated",
                violation_error_message="更正和撤回要指明是哪一条，并写明原因；其他进展不指向别的进展。",
            ),
            *review_constraints("进展", numbered=True),
            models.CheckConstraint(
                condition=~Q(kind="postponement") | Q(postponed_to__isnull=False) & ~Q(reason=""),
                name="projects_progressupdate_postponement_stated",
                violation_error_message="延期要写明延到哪一天和原因。",
            ),
            models.CheckConstraint(
                condition=Q(postponed_to__isnull=True) | Q(kind__in=["postponement", "correction"]),
                name="projects_progressupdate_only_postponed",
                violation_error_message="只有延期才填“延期到”。",
            ),
            models.CheckConstraint(
                condition=Q(proof="") & ~Q(kind="closure")
                | ~Q(proof="") & Q(kind__in=["closure", "correction"], status__in=["completed", "in_use"]),
                name="projects_progressupdate_closure_proven",
                violation_error_message="销号要选“已完成”或“已投用”，并写明完成依据。",
            ),
            models.CheckConstraint(
                condition=Q(kind="withdrawal") | ~Q(text="") | ~Q(status="") | Q(percent__isnull=False)
                | Q(quantity__isnull=False) | Q(postponed_to__isnull=False),
                name="projects_progressupdate_says_something",
                violation_error_message="状态、百分比、数量和进展至少填一项。",
            ),
        ]

    def __str__(self):
        return f"{self.project}，{self.effective_on}"

    def clean(self):
        super().clean()
        if self.status in Status.NEED_REASON and not self.reason:
            raise ValidationError({"reason": "暂停或不再实施，要写明原因（公开）。"})
        if self.effective_from and self.effective_on and self.effective_from > self.effective_on:
            raise ValidationError({"effective_from": "最早日不能晚于日期。"})
        stated = self.text or self.status or self.postponed_to
        stated = stated or self.percent is not None or self.quantity is not None
        if self.kind == self.Kind.POSTPONEMENT:  # it names its own fields, whatever else a statement may say
            own = {"postponed_to": "请写延到哪一天。", "reason": "请写为什么要延期。"}
            if missing := {name: sentence for name, sentence in own.items() if not getattr(self, name)}:
                raise ValidationError(missing)
        elif self.kind != self.Kind.WITHDRAWAL and not stated:
            raise ValidationError({"text": "状态、百分比、数量和进展至少填一项。"})
        if self.effective_on and self.effective_on > timezone.localdate():
            raise ValidationError({"effective_on": "日期不能在今天以后；将来的安排请写在“下一步”。"})

    def has_twin(self, by):
        """Whether the same person said the same a moment ago, from this page or another.

        In the transaction that saves it: under the project's lock the second of two sees the first.
        """
        type(self.project).objects.select_for_update(no_key=True).get(pk=self.project_id)
        fields = ["project", "amends", "effective_on", "status", "percent", "quantity", "text", "reason"]
        same = {name: getattr(self, name) for name in fields}
        return type(self).objects.filter(
            author=by, created_at__gte=timezone.now() - timedelta(minutes=10),
            **{f"{name}__isnull" if value is None else name: True if value is None else value
               for name, value in same.items()},
        ).exists()

    @property
    def before(self):
        """Of an open row what stands where it would go: the statement it amends, else the project's newest; or None."""
        return self.amends or self.project.latest_update

    @property
    def alone(self):
        return Status.alone(self.status)

    @property
    def told(self):
        """The days of which it speaks, in words."""
        return words.day_range(self.effective_from, self.effective_on, self.alone)

    def is_unfinished_after(self, due):
        """Of one row what `unfinished_after` is of many."""
        return self.status in Status.UNFINISHED and (self.effective_from or self.effective_on) > due

    @property
    def headline(self):
        """What it says in a word or two, "" where only its text speaks."""
        if self.postponed_to:
            return f"延期到 {words.day(self.postponed_to)}"
        return self.get_status_display() + ("，已销号" if self.proof else "")

    def correct_facts(self, reason, **values):
        """Publish beside this published row of nobody's what it should have said; tell whether it was still alone.

        For facts that a later version tells better (guicheng/upkeep/mending.py); a clerk's row is corrected by people.
        """
        if self.author_id or not self.is_published:
            return False
        same = {name: getattr(self, name) for name in STATED}
        row = type(self)(project=self.project, amends=self, kind=self.Kind.CORRECTION, state=self.State.PUBLISHED,
                         **same | values | {"reason": reason})
        with transaction.atomic():
            project = row.take_place()  # and holds it: of two at once the second finds the first one's
            if type(self).objects.filter(amends=self).exists():
                return False
            row.full_clean()
            row.save()
            project.refresh_projections()
        return True

    def withdrawal(self, reason="", source=None):
        """A new row, not yet saved, that takes this published one back; by the office's own word, or `source`."""
        source = source or Source.objects.own()
        return type(self)(project=self.project, amends=self, kind=self.Kind.WITHDRAWAL, source=source,
                          effective_on=max(self.effective_on, timezone.localdate()), reason=reason)

    def may_change_media(self, user):
        return can_edit_media(user, self)

    def about(self):
        return str(self.project), self.headline or self.text

    # what review asks
    def inherited(self):
        return {"is_sample": self.project.is_sample}

    def before_move(self, state):
        for attached in (self.photos, self.papers):
            attached.follow(state, self.recorded_at)

    def before_publishing(self):
        """Take the next place in the ledger, under the project's lock."""
        self._held = self.take_place()

    def published(self, by):
        self._held.refresh_projections()

    def _wait_for_a_close(self):
        """Let a quarter that is being closed read the ledger first: what it does not see is recorded after its instant.

        The UPDATE would wait as well, but with the clock read before.
        """
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {self._meta.db_table} IN ROW EXCLUSIVE MODE")

    def instant(self):
        """Now, but after every close: else a clock that went back would put the statement behind a close unseen."""
        self._wait_for_a_close()
        closed = apps.get_model("projects.QuarterClose").objects.aggregate(last=models.Max("known_at"))["last"]
        return max(timezone.now(), closed + timedelta(microseconds=1)) if closed else timezone.now()
