"""督办: 提醒 → 催办单 → 督办单 → 通报, each with a receipt and a reply, and the leaders' 批示."""
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from guicheng.access.membership import units_of
from guicheng.access.units import Answered, people_of
from guicheng.fields import ALL, ChecksAtOnce, CleanCharField, CleanTextField, DayField, in_order, one_of
from guicheng.notices.inbox import InboxMessage, tell
from guicheng.text import clean_text
from guicheng.trail.append_only import AppendOnly
from projects.models.lights import OfProjectQuerySet
from projects.models.project import Project


class SupervisionNoticeQuerySet(OfProjectQuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def to_answer_by(self, user):
        """Open ones without a reply: those `can_reply_to_notice` gives to this person."""
        if not user.has_perm("projects.answer_supervision"):
            return self.none()
        served = partial(units_of, user)
        nobodys = Q(department=None, community=None)
        mine = SupervisionNotice.of_units(served) | nobodys & Project.of_units(served, prefix="project__")
        return self.open().filter(mine, replied_at=None)

    def with_names(self):
        return self.select_related("project", "department", "community", "raised_by", "received_by", "replied_by",
                                   "closed_by")


class NoticeLevel(models.TextChoices):
    REMINDER = "reminder", "提醒"
    URGE = "urge", "催办单"
    ORDER = "order", "督办单"
    BULLETIN = "bulletin", "通报"


class NoticeCause(models.TextChoices):
    DUE_SOON = "due_soon", "快到期"
    OVERDUE = "overdue", "逾期"
    PENDING = "pending", "到期待核"
    BEHIND = "behind", "滞后"
    STALE = "stale", "久无进展"
    MANUAL = "manual", "人工发起"


class SupervisionNotice(ChecksAtOnce, Answered):
    """One paper to one unit about one project. Issued, received, replied to and closed; never edited."""

    unwatched = ALL  # between offices

    Level = NoticeLevel
    Cause = NoticeCause

    answered_by = ("department", "community")
    append_only = AppendOnly(frozen_by="closed_on", sentence="已办结的督办记录不能修改或删除。")

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="notices")
    level = models.CharField("督办方式", max_length=10, choices=Level)
    cause = models.CharField("缘由", max_length=10, choices=Cause)
    # what makes it the only one: 缘由、项目、哪一天、哪一级
    cause_key = models.CharField(
        "缘由编号", max_length=100, unique=True, error_messages={"unique": "这件事已经督办过。"})
    previous = models.OneToOneField(
        "self", verbose_name="由哪一件升级", null=True, blank=True, on_delete=models.PROTECT, related_name="next"
    )
    department = models.ForeignKey(
        "projects.Department", verbose_name="发给单位", null=True, blank=True, on_delete=models.PROTECT,
        related_name="notices",
    )
    community = models.ForeignKey(
        "communities.Community", verbose_name="发给社区", null=True, blank=True, on_delete=models.PROTECT,
        related_name="notices",
    )
    # of a 督办单 alone: 督〔年〕号, without a gap or a double
    year = models.PositiveSmallIntegerField("编号的年份", null=True, blank=True, editable=False)
    number = models.PositiveIntegerField("编号", null=True, blank=True, editable=False)
    basis = CleanCharField("依据", max_length=200, blank=True)
    text = CleanTextField("内容")
    raised_on = DayField("发出日")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发起人", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", help_text="空着是系统自动发出的。",
    )
    reply_by = DayField("回复期限", null=True, blank=True)

    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="签收人", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )
    received_at = models.DateTimeField("签收时刻", null=True, blank=True)
    reply = CleanTextField("回复", blank=True)
    evidence = CleanTextField("证明材料", blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="回复人", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )
    replied_at = models.DateTimeField("回复时刻", null=True, blank=True)
    closed_on = DayField("办结日", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办结人", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )
    closed_reason = CleanCharField("办结原因", max_length=300, blank=True)
    created_at = models.DateTimeField("时刻", auto_now_add=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = SupervisionNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "督办"
        verbose_name_plural = "督办"
        ordering = ["-raised_on", "-pk"]
        permissions = [("start_supervision", "发起和办结督办"), ("answer_supervision", "签收和回复督办")]
        indexes = [models.Index(fields=["project", "-raised_on"], name="notice_of_project")]
        constraints = [
            one_of("level", NoticeLevel.values, "督办方式不在可选范围内。"),
            one_of("cause", NoticeCause.values, "缘由不在可选范围内。"),
            models.UniqueConstraint(
                fields=["project", "cause"], condition=Q(closed_on__isnull=True) & ~Q(cause="manual"),
                name="projects_supervisionnotice_one_open",
                violation_error_message="这个项目同一缘由的督办还没有办结。",
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(community__isnull=True),
                name="projects_supervisionnotice_one_unit",
                violation_error_message="一件督办只发给一个单位。",
            ),
            models.CheckConstraint(
                condition=~Q(cause="manual") | Q(raised_by__isnull=False),
                name="projects_supervisionnotice_manual_by_somebody",
                violation_error_message="人工发起的督办要有发起人。",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="projects_supervisionnotice_says_something",
                violation_error_message="督办要写明内容。",
            ),
            models.CheckConstraint(
                condition=Q(level="order", year__isnull=False, number__isnull=False, number__gte=1)
                | ~Q(level="order") & Q(year__isnull=True, number__isnull=True),
                name="projects_supervisionnotice_orders_numbered",
                violation_error_message="督办单要有编号，别的督办没有编号。",
            ),
            models.UniqueConstraint(
                fields=["is_sample", "year", "number"], name="projects_supervisionnotice_number_once",
                violation_error_message="这个编号已经用过。",
            ),
            in_order("raised_on", "reply_by", "回复期限不能早于发出日。"),
            in_order("raised_on", "closed_on", "办结日不能早于发出日。"),
            models.CheckConstraint(
                condition=Q(received_by__isnull=True, received_at__isnull=True)
                | Q(received_by__isnull=False, received_at__isnull=False),
                name="projects_supervisionnotice_receipt_whole",
                violation_error_message="签收要有签收人和时刻。",
            ),
            models.CheckConstraint(
                condition=Q(replied_by__isnull=True, replied_at__isnull=True, reply="", evidence="")
                | Q(replied_by__isnull=False, replied_at__isnull=False, received_at__isnull=False) & ~Q(reply=""),
                name="projects_supervisionnotice_reply_whole",
                violation_error_message="先签收再回复；回复要有内容、回复人和时刻。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, closed_reason="")
                | Q(closed_on__isnull=False) & ~Q(closed_reason=""),
                name="projects_supervisionnotice_closed_with_reason",
                violation_error_message="办结要写明原因。",
            ),
        ]

    def __str__(self):
        return f"{self.get_level_display()}：{self.project}"

    def get_absolute_url(self):
        return reverse("admin:projects_supervisionnotice_change", args=[self.pk])

    # questions
    @property
    def is_open(self):
        return self.closed_on is None

    @property
    def unit(self):
        return self.department or self.community

    def units(self):
        """Who answers: the unit it was sent to; where there was none, those of the project today."""
        return super().units() or self.project.units()

    @property
    def is_order(self):
        """Whether it is a 督办单, which has a number and a sheet of paper."""
        return self.level == self.Level.ORDER

    @property
    def name(self):
        """What it is called: a 督办单 with its number."""
        return f"{self.get_level_display()} {self.numbered}" if self.is_order else self.get_level_display()

    @property
    def numbered(self):
        return f"督〔{self.year}〕{self.number}号" if self.number else ""

    @property
    def stage(self):
        if self.closed_on:
            return "已办结"
        return "已回复" if self.replied_at else "已签收" if self.received_at else "待签收"

    @property
    def next_step(self):
        """What is to be done with it next, in a word."""
        return "办结" if self.replied_at else "回复" if self.received_at else "签收"

    # verbs
    @classmethod
    def issue(cls, project, level, cause, cause_key, text, *, day=None, by=None, reply_by=None, previous=None,
              basis=""):
        """Send one to the lead department, else the community, and tell its people. Raises ValidationError."""
        notice = cls(
            project=project, level=level, cause=cause, cause_key=cause_key, text=text, raised_by=by, basis=basis,
            raised_on=day or timezone.localdate(), reply_by=reply_by, previous=previous, is_sample=project.is_sample,
            **cls.addressed(project))
        with transaction.atomic():
            notice._take_number()
            notice.full_clean()
            notice.save()
            notice._tell_unit()
        return notice

    def _take_number(self):
        """The next number of its year, real ones and samples apart. In the transaction that inserts it.

        Nobody else takes one until that is over: what fails gives its number back, so none is left out.
        """
        if not self.is_order:
            return
        if connection.vendor == "postgresql":  # a lock of its own: on the table it would wait for every reply
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('projects_supervisionnotice.number'))")
        self.year = self.raised_on.year
        given = type(self).objects.filter(is_sample=self.is_sample, year=self.year)
        self.number = (given.aggregate(last=models.Max("number"))["last"] or 0) + 1

    @staticmethod
    def addressed(project):
        """Whose it is: the lead department's, else the community's; as fields of a notice."""
        return {"department": project.lead_department,
                "community": None if project.lead_department else project.community}

    @property
    def recipients(self):
        """Whom its sending tells: the people of the unit; [] where none of them has an open account."""
        return people_of(self.units())

    @property
    def is_loud(self):
        """Whether the office's group hears of it too."""
        return self.level != self.Level.REMINDER and not self.is_sample

    def _tell_unit(self):
        due = f"请在 {self.reply_by} 前签收并回复。" if self.reply_by else "请签收并回复。"
        tell(self.recipients, f"notice:{self.pk}", str(self), f"{self.text}\n{due}", self.get_absolute_url(),
             group=self.is_loud, matter="督办", direct=not self.is_sample)

    def receive(self, by):
        """签收: somebody of the unit has seen it."""
        self._change("这一件已经签收过。", received_at=None)(received_by=by, received_at=timezone.now())
        self._has_read(by)

    def answer(self, by, text, evidence=""):
        """回复: once; who receives by replying has received. `evidence` names the papers that prove it."""
        text = clean_text(text)
        if not text:
            raise ValidationError("请写明回复内容。")
        now = timezone.now()
        received = {} if self.received_at else {"received_by": by, "received_at": now}
        self._change("这一件已经回复过。", replied_at=None)(
            reply=text, evidence=clean_text(evidence), replied_by=by, replied_at=now, **received)
        self._has_read(by)
        self._tell_starters("replied", f"已回复：{self}", text)

    def close(self, reason, by=None, day=None):
        """办结: caught up, escalated, or settled by hand."""
        reason = clean_text(reason)
        if not reason:
            raise ValidationError("办结要写明原因。")
        limit = self._meta.get_field("closed_reason").max_length
        if by and len(reason) > limit:
            raise ValidationError(f"办结原因请写在 {limit} 个字以内。")
        day = max(day or timezone.localdate(), self.raised_on)
        self._change("")(closed_on=day, closed_by=by, closed_reason=reason[:limit])

    def _change(self, sentence, **still):
        """A function that writes values down if nobody was first: the database decides."""
        def write(**values):
            rows = type(self).objects.filter(pk=self.pk, closed_on=None)
            with transaction.atomic():
                if not rows.filter(**{f"{name}__isnull": True for name in still}).update(**values):
                    raise ValidationError(sentence if sentence and rows.exists() else "这一件已经办结。")
            for name, value in values.items():
                setattr(self, name, value)

        return write

    def _has_read(self, by):
        """Who acts upon it, wherever they came from, has read the message that brought it."""
        InboxMessage.objects.visible_to(by).filter(cause_key=f"notice:{self.pk}").mark_read()

    def _tell_starters(self, what, title, text):
        from projects.permissions import supervisors

        people = [self.raised_by] if self.raised_by else supervisors()
        tell(people, f"notice:{self.pk}:{what}", title, text, self.get_absolute_url(), matter="督办",
             direct=not self.is_sample)


class Instruction(models.Model):
    """批示: what a leader wrote about a project. The responsible unit reads it; nobody changes it."""

    unwatched = ALL  # between offices

    append_only = AppendOnly(frozen_by="", sentence="批示不能修改或删除，请再写一条。")

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="instructions")
    notice = models.ForeignKey(
        SupervisionNotice, verbose_name="督办", null=True, blank=True, on_delete=models.PROTECT,
        related_name="instructions",
    )
    text = CleanTextField("批示")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="批示人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "批示"
        verbose_name_plural = "批示"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="projects_instruction_says_something",
                                   violation_error_message="请写明批示内容。"),
        ]

    def __str__(self):
        return f"{self.by}批示：{self.text}"

    def clean(self):
        if self.notice_id and self.notice.project_id != self.project_id:
            raise ValidationError("只能在同一个项目的督办上批示。")

    @classmethod
    def has_twin(cls, project, text, by):
        """Whether this person's newest 批示 on the project says the same and is less than ten minutes old.

        In the transaction that writes the next one: under the project's lock the second of two sees the first.
        """
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        latest = project.instructions.filter(by=by).first()
        return bool(latest) and latest.text == text and timezone.now() - latest.at < timedelta(minutes=10)

    @classmethod
    def write(cls, project, text, by, notice=None):
        """Write it and tell the unit's people. Raises ValidationError."""
        row = cls(project=project, notice=notice, text=text, by=by, is_sample=project.is_sample)
        with transaction.atomic():
            row.full_clean()
            row.save()
            tell(people_of((notice or project).units()), f"instruction:{row.pk}", f"{by}批示：{project}", row.text,
                 reverse("admin:projects_project_change", args=[project.pk]), matter="批示", direct=not row.is_sample)
        return row
