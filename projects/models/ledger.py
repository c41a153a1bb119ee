"""The ledger: what was said of a project, by whom, for which day. Appended, never edited."""
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from guicheng.append_only import AppendOnly
from guicheng.fields import CleanCharField, CleanTextField, DayField, in_order, one_of, percent_range
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.permissions import can_publish_progress, sees_everything
from projects.models.evidence import Source


class Status(models.TextChoices):
    """How far a project is. No statement at all is the empty value: 已公布，暂无进展信息."""

    PLANNED = "planned", "筹备中"
    IN_PROGRESS = "in_progress", "推进中"
    ACCEPTANCE = "acceptance", "完工待验收"
    COMPLETED = "completed", "已完成"
    IN_USE = "in_use", "已投用"
    STANDING = "standing", "长期开展"
    PAUSED = "paused", "暂停"
    CANCELLED = "cancelled", "不再实施"

    @classmethod
    def label_of(cls, status):
        return cls(status).label if status else "已公布，暂无进展信息"

    @classmethod
    def possible(cls):
        """Every value a project can have: "" first, for no statement."""
        return ["", *cls.values]


Status.DONE = frozenset({"completed", "in_use"})
Status.NEED_REASON = frozenset({"paused", "cancelled"})
# the family that gives a status its colour, on tags and in bars
Status.FAMILY = {
    "": "none", "planned": "doing", "in_progress": "doing", "acceptance": "doing",
    "completed": "done", "in_use": "done", "standing": "doing", "paused": "stopped", "cancelled": "stopped",
}


class ProgressUpdateQuerySet(KeyedQuerySet):
    def published(self):
        return self.filter(recorded_at__isnull=False)

    def in_force(self, day=None, known_at=None):
        """Published rows that nobody corrected or withdrew, and no withdrawals.

        With `day`: those that hold by its end. With `known_at`: what was known at that instant.
        """
        known = Q(recorded_at__isnull=False) if known_at is None else Q(recorded_at__lte=known_at)
        amended = ProgressUpdate.objects.filter(known, amends=OuterRef("pk"))
        rows = self.filter(known).exclude(kind=ProgressUpdate.Kind.WITHDRAWAL).filter(~Exists(amended))
        return rows if day is None else rows.filter(effective_on__lte=day)

    def newest_first(self):
        return self.order_by("-effective_on", "-seq")

    def waiting(self):
        return self.filter(state=ProgressUpdate.State.SUBMITTED)

    def visible_to(self, user):
        if sees_everything(user):
            return self
        projects = ProgressUpdate._meta.get_field("project").related_model.objects.visible_to(user)
        return self.filter(project__in=projects)


class ProgressUpdate(Keyed):
    """One dated statement about one project."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "进展"
        CORRECTION = "correction", "更正"
        WITHDRAWAL = "withdrawal", "撤回"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        PUBLISHED = "published", "已发布"

    natural_key_fields = ("project__code", "seq")
    append_only = AppendOnly()

    project = models.ForeignKey(
        "projects.Project", verbose_name="项目", on_delete=models.PROTECT, related_name="updates"
    )
    seq = models.PositiveIntegerField("序号", null=True, blank=True, editable=False)
    kind = models.CharField("性质", max_length=20, choices=Kind, default=Kind.PROGRESS, editable=False)
    amends = models.ForeignKey(
        "self", verbose_name="更正或撤回哪一条", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="amended_by",
    )

    # what is stated
    effective_from = DayField("最早日", null=True, blank=True, help_text="只知道一段时间时填它的头一天。")
    effective_on = DayField("日期", help_text="到这一天一定已是如此；只知道一段时间时填它的末一天。")
    status = models.CharField("状态", max_length=20, choices=Status, blank=True, help_text="状态没有变就不选。")
    percent = models.PositiveSmallIntegerField(
        "完成百分比", null=True, blank=True, help_text="有确切数字才填，0—100。",
        validators=[MaxValueValidator(100, "百分比应在 0 到 100 之间。")],
    )
    quantity = models.DecimalField(
        "完成数量", max_digits=14, decimal_places=2, null=True, blank=True, help_text="有确切数字才填。",
        validators=[MinValueValidator(0, "完成数量不能是负数。")],
    )
    reason = CleanTextField("原因（公开）", blank=True, help_text="暂停、不再实施、更正和撤回都要写。")
    text = CleanTextField("进展（公开）", blank=True, help_text="居民会看到。写办到了哪一步，一两句话。")

    # for staff only
    problem = CleanTextField("存在问题", blank=True)
    delay_reason = CleanTextField("滞后原因", blank=True)
    next_step = CleanTextField("下一步", blank=True)
    coordination = CleanTextField("需协调事项", blank=True)

    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="updates")
    source_place = CleanCharField("在来源的哪里", max_length=60, blank=True)

    # who and when
    state = models.CharField("处理情况", max_length=20, choices=State, default=State.DRAFT, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填报人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="authored_updates",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="审核人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="reviewed_updates",
    )
    created_at = models.DateTimeField("填报时刻", auto_now_add=True)
    recorded_at = models.DateTimeField("发布时刻", null=True, blank=True, editable=False)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "进展"
        verbose_name_plural = "进展"
        ordering = ["-effective_on", "-seq", "-pk"]
        permissions = [("publish_progressupdate", "发布进展")]
        indexes = [
            models.Index("project", F("effective_on").desc(), F("seq").desc(), name="update_newest"),
            models.Index("state", "created_at", name="update_waiting"),
            models.Index(F("effective_on").desc(), F("id").desc(), name="update_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "seq"], name="projects_progressupdate_seq_once",
                                    violation_error_message="这个项目已有这个序号的进展。"),
            models.UniqueConstraint(fields=["amends"], condition=Q(recorded_at__isnull=False),
                                    name="projects_progressupdate_amended_once",
                                    violation_error_message="这条进展已经更正或撤回过。"),
            percent_range(),
            in_order("effective_from", "effective_on", "最早日不能晚于日期。"),
            one_of("status", ["", "planned", "in_progress", "acceptance", "completed", "in_use", "standing",
                              "paused", "cancelled"], "状态不在可选范围内。"),
            one_of("kind", ["progress", "correction", "withdrawal"], "性质不在可选范围内。"),
            models.CheckConstraint(
                condition=~Q(status__in=["paused", "cancelled"]) | ~Q(reason=""),
                name="projects_progressupdate_reason_given",
                violation_error_message="暂停或不再实施，要写明原因（公开）。",
            ),
            models.CheckConstraint(
                condition=Q(kind="progress", amends__isnull=True)
                | (Q(kind__in=["correction", "withdrawal"], amends__isnull=False) & ~Q(reason="")),
                name="projects_progressupdate_amends_stated",
                violation_error_message="更正和撤回要指明是哪一条，并写明原因；其他进展不指向别的进展。",
            ),
            models.CheckConstraint(
                condition=Q(state="published", recorded_at__isnull=False, seq__isnull=False)
                | Q(state__in=["draft", "submitted"], recorded_at__isnull=True, seq__isnull=True),
                name="projects_progressupdate_state_consistent",
                violation_error_message="已发布的进展要有序号和发布时刻，未发布的没有。",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(reviewer__isnull=True) | ~Q(author=F("reviewer")),
                name="projects_progressupdate_two_people",
                violation_error_message="填报人不能审核自己填的进展。",
            ),
            models.CheckConstraint(
                condition=Q(kind="withdrawal") | ~Q(text="") | ~Q(status="") | Q(percent__isnull=False)
                | Q(quantity__isnull=False),
                name="projects_progressupdate_says_something",
                violation_error_message="状态、百分比、数量和进展至少填一项。",
            ),
        ]

    def __str__(self):
        return f"{self.project}，{self.effective_on}"

    @property
    def is_published(self):
        return self.recorded_at is not None

    def clean(self):
        if self.amends_id and self.amends.project_id != self.project_id:
            raise ValidationError("只能更正或撤回同一个项目的进展。")
        if self.amends_id and not self.amends.is_published:
            raise ValidationError("这一条还没有发布，直接修改就可以。")
        if self.status in Status.NEED_REASON and not self.reason:
            raise ValidationError({"reason": "暂停或不再实施，要写明原因（公开）。"})
        if self.effective_from and self.effective_on and self.effective_from > self.effective_on:
            raise ValidationError({"effective_from": "最早日不能晚于日期。"})
        stated = self.text or self.status or self.percent is not None or self.quantity is not None
        if self.kind != self.Kind.WITHDRAWAL and not stated:
            raise ValidationError({"text": "状态、百分比、数量和进展至少填一项。"})
        if self.effective_on and self.effective_on > timezone.localdate():
            raise ValidationError({"effective_on": "日期不能在今天以后；将来的安排请写在“下一步”。"})

    def has_twin(self, by):
        """Whether the same person said the same a moment ago: a double click, or two tabs."""
        fields = ["project", "amends", "effective_on", "status", "percent", "quantity", "text", "reason"]
        same = {name: getattr(self, name) for name in fields}
        return type(self).objects.filter(
            author=by, created_at__gte=timezone.now() - timedelta(minutes=10),
            **{f"{name}__isnull" if value is None else name: True if value is None else value
               for name, value in same.items()},
        ).exists()

    # verbs
    def submit(self, by):
        """Save the statement: publish it where the person may, else leave it 待审核.

        Raises ValidationError with the sentences of the rules it breaks.
        """
        if self.author_id is None:
            self.author = by
        if can_publish_progress(by, self.project):
            return self.publish(by)
        self.state = self.State.SUBMITTED
        self.full_clean()
        self.save()
        return self

    def publish(self, by):
        """Give the row its place in the ledger and bring the project's projections to it."""
        with transaction.atomic():
            project = type(self.project).objects.select_for_update().get(pk=self.project_id)
            if project.updates.published().filter(pk=self.pk).exists():
                raise ValidationError("这一条已经发布，不能再发布一次。")
            last = project.updates.aggregate(last=models.Max("seq"))["last"] or 0
            self.seq, self.state, self.recorded_at = last + 1, self.State.PUBLISHED, timezone.now()
            self.is_sample = project.is_sample
            if by.pk != self.author_id:
                self.reviewer = by
            try:
                self.full_clean()
            except ValidationError:
                self.seq, self.state, self.recorded_at = None, self.State.SUBMITTED, None
                raise
            self.save()
            project.refresh_projections()
        return self
