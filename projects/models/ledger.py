"""The ledger: what was said of a project, by whom, for which day. Appended, never edited."""
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from guicheng import words
from guicheng.access.permissions import can_review_in_one_step, sees_everything
from guicheng.fields import ChecksAtOnce, CleanCharField, CleanTextField, DayField, in_order, one_of, percent_range
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.text import clean_text
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.versions import Versioned
from projects.models.evidence import Source
from projects.models.status import Status


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
        """Those in review: 待初审 and 待终审."""
        return self.filter(state__in=ProgressUpdate.IN_REVIEW)

    def for_review_by(self, user):
        """Those whose next step `can_approve` gives to this person."""
        handed_in = ProgressUpdate._meta.get_field("steps").related_model.objects.filter(by=user, verb="submitted")
        rows = self.waiting().exclude(author=user).exclude(pk__in=handed_in.values("update"))
        may_check, may_publish = (user.has_perm(f"projects.{verb}_progressupdate") for verb in ("check", "publish"))
        if not sees_everything(user):
            rows = rows.filter(Q(project__lead_department__in=user.department_reviewer_of.all())
                               | Q(project__community__in=user.community_reviewer_of.all()))
        small = Q(project__lead_department__in=user.department_reviewer_of.filter(one_step_review=True)) | Q(
            project__community__in=user.community_reviewer_of.filter(one_step_review=True))
        if sees_everything(user):
            lead, community = ("project__lead_department", "project__community")
            small |= (~Q(**{lead: None}) | ~Q(**{community: None})) & (
                Q(**{lead: None}) | Q(**{f"{lead}__one_step_review": True})) & (
                Q(**{community: None}) | Q(**{f"{community}__one_step_review": True}))
        steps = Q(state=ProgressUpdate.State.SUBMITTED) if may_check else Q(pk__in=[])
        if may_publish and user.is_established:
            steps &= Q(pk__in=self.publishable_by_another_than(user).order_by().values("pk"))
            steps |= Q(state=ProgressUpdate.State.SUBMITTED) & small
            steps |= Q(state=ProgressUpdate.State.CHECKED) & ~Q(checker=user)
        return rows.filter(steps)

    def publishable_by_another_than(self, user):
        """Those whose 终审 somebody else could do, not the author: see `can_publish_progress`."""
        def people_with(permission):
            return get_user_model().objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")

        everywhere = people_with("guicheng.see_everything").values("pk")
        others = people_with("projects.publish_progressupdate").filter(
            Q(department_reviewer_of=OuterRef("project__lead_department"))
            | Q(community_reviewer_of=OuterRef("project__community")) | Q(pk__in=everywhere), is_established=True)
        return self.filter(Exists(others.exclude(pk=user.pk).exclude(pk=Coalesce(OuterRef("author"), 0))))

    def open_work_of(self, user):
        """What this person began and is not public yet; for guicheng/accounts/hand_over.py."""
        closed = [ProgressUpdate.State.PUBLISHED, ProgressUpdate.State.DROPPED]
        return self.filter(author=user).exclude(state__in=closed).select_related("project").order_by("pk")

    def visible_to(self, user):
        if sees_everything(user):
            return self
        projects = ProgressUpdate._meta.get_field("project").related_model.objects.visible_to(user)
        return self.filter(project__in=projects)


class ProgressUpdate(ChecksAtOnce, Versioned, Keyed):
    """One dated statement about one project."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "进展"
        CORRECTION = "correction", "更正"
        WITHDRAWAL = "withdrawal", "撤回"
        POSTPONEMENT = "postponement", "延期"
        CLOSURE = "closure", "销号"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待初审"
        CHECKED = "checked", "待终审"
        RETURNED = "returned", "已退回"
        DROPPED = "dropped", "已撤销"
        PUBLISHED = "published", "已发布"

    natural_key_fields = ("project__code", "seq")
    append_only = AppendOnly()
    guards_saves = False  # `_claim` does

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
    postponed_to = DayField("延期到", null=True, blank=True, help_text="原来的日期仍然公开。")
    proof = CleanTextField("完成依据（公开）", blank=True, help_text="销号要写：验收文号、移交或启用的凭据。")
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
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="初审人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="checked_updates",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="终审人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="reviewed_updates",
    )
    one_step = models.BooleanField("一步审完", default=False, editable=False)
    created_at = models.DateTimeField("填报时刻", auto_now_add=True)
    recorded_at = models.DateTimeField("发布时刻", null=True, blank=True, editable=False)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "进展"
        verbose_name_plural = "进展"
        ordering = ["-effective_on", "-seq", "-pk"]
        permissions = [("check_progressupdate", "初审进展"), ("publish_progressupdate", "终审并发布进展")]
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
            one_of("kind", ["progress", "correction", "withdrawal", "postponement", "closure"], "性质不在可选范围内。"),
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
            models.CheckConstraint(
                condition=Q(state="published", recorded_at__isnull=False, seq__isnull=False)
                | Q(state__in=["draft", "submitted", "checked", "returned", "dropped"],
                    recorded_at__isnull=True, seq__isnull=True),
                name="projects_progressupdate_state_consistent",
                violation_error_message="已发布的进展要有序号和发布时刻，未发布的没有。",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(reviewer__isnull=True) | ~Q(author=F("reviewer")),
                name="projects_progressupdate_two_people",
                violation_error_message="填报人不能审核自己填的进展。",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(checker__isnull=True) | ~Q(author=F("checker")),
                name="projects_progressupdate_checked_by_another",
                violation_error_message="填报人不能初审自己填的进展。",
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | Q(reviewer__isnull=True) | ~Q(checker=F("reviewer"))
                | Q(one_step=True),
                name="projects_progressupdate_two_reviewers",
                violation_error_message="初审和终审要由两个人做；人手少的单位才可以由一人兼任。",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(author__isnull=True)
                | Q(reviewer__isnull=False, checker__isnull=False),
                name="projects_progressupdate_reviewed",
                violation_error_message="工作人员填报的进展，要经过初审和终审才能发布。",
            ),
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
        stated = self.text or self.status or self.postponed_to
        stated = stated or self.percent is not None or self.quantity is not None
        if self.kind != self.Kind.WITHDRAWAL and not stated:
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
    def headline(self):
        """What it says in a word or two, "" where only its text speaks."""
        if self.postponed_to:
            return f"延期到 {words.day(self.postponed_to)}"
        return self.get_status_display() + ("，已销号" if self.proof else "")

    @property
    def is_open(self):
        """Whether it still may become public: neither published nor dropped."""
        return self.state not in (self.State.PUBLISHED, self.State.DROPPED)

    def withdrawal(self, reason=""):
        """A new row, not yet saved, that takes this published one back."""
        return type(self)(project=self.project, amends=self, kind=self.Kind.WITHDRAWAL, source=Source.objects.own(),
                          effective_on=max(self.effective_on, timezone.localdate()), reason=reason)

    def what_happened(self):
        """What was last done with it, in a sentence for a reviewer who comes too late."""
        step = self.steps.in_order().select_related("by").last()
        if self.state == self.State.DRAFT or step is None:
            return "填报人已收回修改。"
        return {
            "checked": f"已由{step.by}初审通过。", "published": f"已由{step.by}终审通过。",
            "returned": f"已由{step.by}退回。", "dropped": f"已由{step.by}撤销。", "handed_over": f"{step.note}。",
        }.get(step.verb, "填报人改过了，请再看一遍。")

    # verbs: each checks the state, saves, and writes who and when into `steps`
    def save_draft(self, by):
        """Keep what the author has so far; rules of the form hold, nobody else is asked."""
        self._author(by)
        self._move(by, self.State.DRAFT)

    def submit(self, by):
        """Hand it in for review: 待初审. What was checked before is checked again.

        Raises ValidationError with the sentences of the rules it breaks.
        """
        self._author(by)
        self._move(by, self.State.SUBMITTED, checker=None)

    def approve(self, by):
        """Do the next step of the review: 初审, or 终审 with publication; both where a small unit's rule says so."""
        if self.state == self.State.CHECKED or can_review_in_one_step(by, self):
            return self.publish(by)
        if self.state != self.State.SUBMITTED:
            raise ValidationError("这条进展不在审核中。")
        self._move(by, self.State.CHECKED, checker=by)
        return self

    def send_back(self, by, reason):
        """Return it to its author with a reason."""
        if self.state not in self.IN_REVIEW:
            raise ValidationError("这条进展不在审核中，不能退回。")
        if not reason.strip():
            raise ValidationError("退回要写明原因。")
        self._move(by, self.State.RETURNED, note=reason, checker=None)

    def drop(self, by, reason=""):
        """Give up an unpublished statement. It stays readable to staff and is never public."""
        self._move(by, self.State.DROPPED, note=reason)

    def hand_over(self, to, by):
        """Give an unpublished statement to another author. Who wrote and handed it in stays in `steps`.

        What the new author had checked themselves is to be checked again, by somebody else.
        """
        note = f"{self.author}移交给{to}"
        state, checker = self.state, self.checker
        if checker == to:
            state, checker = self.State.SUBMITTED, None
        self._move(by, state, note=note, verb="handed_over", author=to, checker=checker)

    def publish(self, by):
        """Give the row its place in the ledger and bring the project's projections to it.

        `by` does the 终审. A row that nobody checked before is checked and published in one step.
        """
        with transaction.atomic():
            project = type(self.project).objects.select_for_update(no_key=True).get(pk=self.project_id)
            before = self._remembered()
            last = project.updates.aggregate(last=models.Max("seq"))["last"] or 0
            self._wait_for_a_close()
            self.seq, self.recorded_at = last + 1, self._instant()
            self.reviewer = by
            if self.checker_id is None:
                self.checker, self.one_step = by, True
            try:
                self._move(by, self.State.PUBLISHED)
            except ValidationError:
                self._remember(before)
                raise
            project.refresh_projections()
        return self

    def _author(self, by):
        if self.author_id is None:
            self.author = by

    def _wait_for_a_close(self):
        """Let a quarter that is being closed read the ledger first: what it does not see is recorded after its instant.

        The UPDATE would wait as well, but with the clock read before.
        """
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {self._meta.db_table} IN ROW EXCLUSIVE MODE")

    @staticmethod
    def _instant():
        """Now, but after every close: else a clock that went back would put the statement behind a close unseen."""
        closed = apps.get_model("projects.QuarterClose").objects.aggregate(last=models.Max("known_at"))["last"]
        return max(timezone.now(), closed + timedelta(microseconds=1)) if closed else timezone.now()

    def _remembered(self):
        return {name: getattr(self, name) for name in
                ("state", "version", "seq", "recorded_at", "author", "checker", "reviewer", "one_step", "is_sample")}

    def _remember(self, values):
        for name, value in values.items():
            setattr(self, name, value)

    def _move(self, by, state, note="", verb="", **changes):
        """Save with a new state and write the step down; refuse when somebody changed the row meanwhile."""
        before, is_new = self._remembered(), self.pk is None
        self._remember({"state": state, "is_sample": self.project.is_sample, **changes})
        try:
            with transaction.atomic():
                if not is_new:
                    self._claim()
                    for attached in (self.photos, self.papers):
                        attached.follow(state, self.recorded_at)
                self.full_clean()
                self.save()
                # what came with the facts had no review
                if self.author_id and (verb or state != self.State.DRAFT):
                    self.steps.create(verb=verb or state, by=by, note=clean_text(note), is_sample=self.is_sample)
        except ValidationError:
            self._remember(before)
            raise

    def _claim(self):
        """Take the next version of the row. The database decides who of two is first."""
        mine = type(self).objects.filter(pk=self.pk, version=self.version, recorded_at=None)
        if not mine.exclude(state=self.State.DROPPED).update(version=self.version + 1):
            now = type(self).objects.values_list("state", flat=True).get(pk=self.pk)
            raise ValidationError({
                self.State.PUBLISHED: "这一条已经发布，不能再发布一次，也不能再改。",
                self.State.DROPPED: "这一条已经撤销。",
            }.get(now, "这条进展刚被别人改过或处理过，请刷新后再看。"))
        self.version += 1


ProgressUpdate.IN_REVIEW = frozenset({ProgressUpdate.State.SUBMITTED, ProgressUpdate.State.CHECKED})
