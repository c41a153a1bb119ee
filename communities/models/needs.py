"""What a resident asked: where it stands, who answers for it, by when. What can be told from its events is kept here.

Nothing here says who asked: name, telephone and the words as they were typed stand in `NeedOriginal`, and go.
"""
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone

from communities.models.need_due import reckoned
from communities.models.need_kinds import Channel, NeedKind
from communities.models.need_moves import ENDED, MOVES, OPEN, RESTING, TO_ACCEPT, State, Verb
from communities.models.places import Community
from guicheng.access.permissions import sees_everything
from guicheng.access.units import Answered, AnsweredQuerySet
from guicheng.fields import ChecksAtOnce, CleanCharField, CleanTextField, DayField, one_of
from guicheng.personal.cipher import link_secret
from guicheng.trail.versions import Versioned
from projects.models import Department, Project

NEXT_DAY = Case(When(state__in=TO_ACCEPT, then="accept_by"), When(state__in=RESTING, then=None), default="due_on")
MOST_PRESSING = [NEXT_DAY.asc(nulls_last=True), "pk"]


class NeedQuerySet(AnsweredQuerySet):
    def visible_to(self, user):
        """Those whose handling is a unit's of this person, is offered to one, or came to one first."""
        return self if sees_everything(user) else self.answered_by_units_of(user)

    def real(self):
        return self.filter(is_sample=False)

    def shown(self):
        """Those whose photos anybody may fetch: none."""
        return self.none()

    def open(self):
        return self.filter(state__in=OPEN)

    def late(self, day=None):
        """Those that should have been accepted or answered before `day`, today; while it rests no day counts."""
        day = day or timezone.localdate()
        return self.filter(Q(state__in=OPEN - RESTING - TO_ACCEPT, due_on__lt=day)
                           | Q(state__in=TO_ACCEPT, accept_by__lt=day))

    def most_pressing_first(self):
        """By the day that comes next, to accept it or to answer it; what rests has none and comes last."""
        return self.order_by(*MOST_PRESSING)


class Need(ChecksAtOnce, Versioned, Answered):
    """One need. Its state moves by `communities/models/need_moves.py` alone, and every move is a `NeedEvent`."""

    answered_by = ("community", "department", "offered_community", "offered_department", "first_community")
    guards_saves = False  # `move` claims its versions itself
    Kind, State, Channel = NeedKind, State, Channel

    number = models.CharField("编号", max_length=20, unique=True, editable=False)
    sending = models.CharField("表单", max_length=64, unique=True, editable=False)
    link_number = models.PositiveSmallIntegerField("第几个专属链接", default=1, editable=False)
    kind = models.CharField("类别", max_length=20, choices=NeedKind)
    channel = models.CharField("怎么来的", max_length=20, choices=Channel, default=Channel.WEB)
    asked_at = models.DateTimeField("反映时刻", default=timezone.now, editable=False)

    # as the guard let it through: no name, no number of anybody
    title = CleanCharField("一句话", max_length=60)
    text = CleanTextField("具体情况", max_length=2000, blank=True)
    place = CleanCharField("在哪里", max_length=120, blank=True)
    about_path = models.CharField("说的是哪一页", max_length=300, blank=True, editable=False)
    project = models.ForeignKey(Project, verbose_name="说的是哪个项目", null=True, blank=True, on_delete=models.PROTECT,
                                related_name="needs")
    first_community = models.ForeignKey(Community, verbose_name="反映人选的社区", null=True, blank=True,
                                        on_delete=models.PROTECT, related_name="needs_received")

    state = models.CharField("办理情况", max_length=20, choices=State, default=State.RECEIVED, editable=False)
    community = models.ForeignKey(Community, verbose_name="办理社区", null=True, blank=True, editable=False,
                                  on_delete=models.PROTECT, related_name="needs")
    department = models.ForeignKey(Department, verbose_name="办理单位", null=True, blank=True, editable=False,
                                   on_delete=models.PROTECT, related_name="needs")
    offered_community = models.ForeignKey(Community, verbose_name="转去的社区", null=True, blank=True, editable=False,
                                          on_delete=models.PROTECT, related_name="needs_offered")
    offered_department = models.ForeignKey(Department, verbose_name="转去的单位", null=True, blank=True, editable=False,
                                           on_delete=models.PROTECT, related_name="needs_offered")
    merged_into = models.ForeignKey("self", verbose_name="合并到哪一件", null=True, blank=True, editable=False,
                                    on_delete=models.PROTECT, related_name="merged")
    split_from = models.ForeignKey("self", verbose_name="从哪一件分出来", null=True, blank=True, editable=False,
                                   on_delete=models.PROTECT, related_name="parts")

    # what follows from the events and the calendar
    accepted_on = DayField("受理日", null=True, blank=True, editable=False)
    answer_days = models.PositiveSmallIntegerField("限几个工作日答复", null=True, blank=True, editable=False)
    accept_by = DayField("最晚哪天签收", null=True, blank=True, editable=False)
    due_on = DayField("最晚哪天答复", null=True, blank=True, editable=False)
    answered_at = models.DateTimeField("答复时刻", null=True, blank=True, editable=False)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = "诉求"
        verbose_name_plural = "诉求"
        ordering = ["-asked_at", "-pk"]
        permissions = [("handle_need", "办理诉求"), ("assign_need", "分派诉求"), ("see_asker", "看反映人的姓名、电话")]
        indexes = [
            models.Index("state", "due_on", name="need_by_due"),
            models.Index("community", "state", name="need_by_community"),
            models.Index("department", "state", name="need_by_department"),
            models.Index(F("asked_at").desc(), F("id").desc(), name="need_newest"),
        ]
        constraints = [
            one_of("kind", NeedKind.values, "类别不在可选范围内。"),
            one_of("channel", Channel.values, "怎么来的不在可选范围内。"),
            one_of("state", State.values, "办理情况不在可选范围内。"),
            models.CheckConstraint(condition=~Q(title=""), name="communities_need_title_given",
                                   violation_error_message="请用一句话说清。"),
            models.CheckConstraint(condition=Q(community=None) | Q(department=None),
                                   name="communities_need_one_holder",
                                   violation_error_message="一件诉求由一个单位办理。"),
            models.CheckConstraint(condition=Q(offered_community=None) | Q(offered_department=None),
                                   name="communities_need_one_offer",
                                   violation_error_message="一次只能转给一个单位。"),
            models.CheckConstraint(
                condition=Q(state__in=["received", "reopened", "refused", "passed_on", "merged", "withdrawn"])
                | Q(accepted_on__isnull=False, answer_days__isnull=False),
                name="communities_need_accepted_with_day",
                violation_error_message="签收以后的诉求要有受理日和时限。"),
            models.CheckConstraint(
                condition=Q(state__in=["answered", "followed_up"], answered_at__isnull=False)
                | ~Q(state__in=["answered", "followed_up"]),
                name="communities_need_answered_with_time",
                violation_error_message="已办结的诉求要有答复时刻。"),
            models.CheckConstraint(condition=Q(state="merged", merged_into__isnull=False)
                                   | ~Q(state="merged") & Q(merged_into=None),
                                   name="communities_need_merged_into_one",
                                   violation_error_message="已合并的诉求要写明合并到哪一件。"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    # the one verb: what else a move needs stands in communities/needs/handling.py
    def move(self, verb, by, *, text="", note="", at=None, unit=None, changes=None, **told):
        """Make a move of the table and write it down; `changes` are columns of the need, `told` those of the event.

        Raises ValidationError where the table does not allow it, or somebody was faster: nothing is written then.
        """
        made, now = MOVES[verb], at or timezone.now()
        if self.state not in made.leaves:
            raise ValidationError(f"这件诉求{self.get_state_display()}，不能{verb.label}，请刷新后再看。")
        if made.needs_text and not (text or note).strip():
            raise ValidationError({"text": f"请写“{made.text_label}”。"})
        before = {name: getattr(self, name) for name in ("version", "state", *(changes or {}))}
        try:
            with transaction.atomic():
                self._claim()
                self.state = made.to or self.state
                for name, value in (changes or {}).items():
                    setattr(self, name, value)
                last = self.events.aggregate(last=models.Max("seq"))["last"] or 0
                event = self.events.model(need=self, seq=last + 1, verb=verb, state=self.state, at=now, by=by,
                                          text=text, note=note, is_sample=self.is_sample, **_as_unit(unit), **told)
                self.due_on = self._due_after(event)
                event.due_on = self.due_on
                self.full_clean()
                event.full_clean()
                self.save()
                event.save()
        except ValidationError:
            for name, value in before.items():
                setattr(self, name, value)
            raise
        return event

    def _claim(self):
        """Take the next version. The database decides who of two is first."""
        if not type(self).objects.filter(pk=self.pk, version=self.version).update(version=self.version + 1):
            raise ValidationError("这件诉求刚被别人办过，请刷新后再看；填的都还在。", code="stale")
        self.version += 1

    def _due_after(self, event):
        """The day by which it is to be answered, once this event is written down too."""
        if self.has_ended:
            return self.due_on
        if self.accepted_on is None or self.state in (State.RECEIVED, State.REOPENED):
            return None
        return reckoned(self, [*self.events.in_order(), event]).due_on

    def reckon_anew(self):
        """Bring its day to what the calendar says now; gives whether it changed."""
        if self.accepted_on is None or self.state == State.REOPENED:
            return False
        due_on = reckoned(self, list(self.events.in_order())).due_on
        if due_on == self.due_on:
            return False
        self.due_on = due_on
        return bool(type(self).objects.filter(pk=self.pk, version=self.version).update(due_on=due_on))

    # questions
    @property
    def holder(self):
        """The unit that answers for it now; None while nobody was found who does."""
        return self.community or self.department

    @property
    def offered_to(self):
        """The unit it is offered to and that has not said yet."""
        return self.offered_community or self.offered_department

    @property
    def asked_extension(self):
        """The event that asks for an extension nobody has decided yet; None where there is none."""
        about = self.events.filter(verb__in=[Verb.ASK_EXTENSION, Verb.EXTEND, Verb.REFUSE_EXTENSION, Verb.REOPEN])
        last = about.newest_first().first()
        return last if last and last.verb == Verb.ASK_EXTENSION else None

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def has_ended(self):
        return self.state in ENDED

    @property
    def rests(self):
        """Whether no day counts now."""
        return self.state in RESTING

    @property
    def days_late(self):
        """Calendar days that its answer is late today; 0 where it is not."""
        if self.due_on is None or not self.is_open or self.rests:
            return 0
        return max(0, (timezone.localdate() - self.due_on).days)

    @property
    def link_key(self):
        """The secret part of the asker's own address. It follows from the need: nobody keeps it.

        Not from the number alone: after a restore another need may have that.
        """
        return link_secret(f"{self.number}:{self.sending}:{self.link_number}")

    def get_link(self):
        """The asker's own page. Whoever has this address may judge, supplement, withdraw."""
        return reverse("need-own", args=[self.number, self.link_key])

    def staff_page(self):
        return reverse("admin:communities_need_change", args=[self.pk])


def _as_unit(unit, prefix=""):
    """The columns of an event that name this unit."""
    if unit is None:
        return {}
    return {f"{prefix}{'community' if isinstance(unit, Community) else 'department'}": unit}
