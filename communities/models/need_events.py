"""The ledger of a need: every move, once and for ever. What it says was masked before it was written."""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from communities.models.need_moves import INTERNAL, TOLD, State, Verb
from communities.models.needs import Need
from communities.models.places import Community
from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, CleanCharField, CleanTextField, DayField, one_of
from guicheng.trail.append_only import AppendOnly
from projects.models import Department


class NeedEventQuerySet(models.QuerySet):
    def visible_to(self, user):
        if sees_everything(user):
            return self
        return self.filter(need__in=Need.objects.visible_to(user))

    def in_order(self):
        return self.order_by("seq")

    def newest_first(self):
        return self.order_by("-seq")

    def told(self):
        """Those of which the asker reads."""
        return self.filter(verb__in=[verb for verb in TOLD if verb not in INTERNAL])


class NeedEvent(models.Model):
    """One move. `text` is what the asker reads, `note` what only staff do."""

    unwatched = ALL  # for one reader; what becomes public is reviewed as an answer
    append_only = AppendOnly(frozen_by="", sentence="诉求的办理记录不能修改或删除。")
    Verb = Verb

    need = models.ForeignKey(Need, verbose_name="诉求", on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    verb = models.CharField("做了什么", max_length=20, choices=Verb)
    state = models.CharField("办理情况", max_length=20, choices=State)
    at = models.DateTimeField("时刻", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁", null=True, blank=True,
                           on_delete=models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT,
                                  related_name="+")
    department = models.ForeignKey(Department, verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT,
                                   related_name="+")
    to_community = models.ForeignKey(Community, verbose_name="转给社区", null=True, blank=True,
                                     on_delete=models.PROTECT, related_name="+")
    to_department = models.ForeignKey(Department, verbose_name="转给单位", null=True, blank=True,
                                      on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Need, verbose_name="另一件", null=True, blank=True, on_delete=models.PROTECT,
                              related_name="+")
    text = CleanTextField("告诉反映人的话", max_length=2000, blank=True)
    note = CleanTextField("内部记录", max_length=2000, blank=True)
    days = models.PositiveSmallIntegerField("延期几个工作日", null=True, blank=True)
    outside_number = CleanCharField("外部编号", max_length=40, blank=True)
    due_on = DayField("最晚哪天答复", null=True, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = NeedEventQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["need", "seq"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["need", "seq"], name="communities_needevent_seq_once",
                                    violation_error_message="这件诉求刚被别人办过，请刷新后再看。"),
            one_of("verb", Verb.values, "做了什么不在可选范围内。"),
            one_of("state", State.values, "办理情况不在可选范围内。"),
            models.CheckConstraint(condition=Q(days=None) | Q(days__range=(1, 60)),
                                   name="communities_needevent_days_in_range",
                                   violation_error_message="延期应是 1 到 60 个工作日。"),
            models.CheckConstraint(condition=~Q(verb="pass_on") | ~Q(outside_number=""),
                                   name="communities_needevent_passed_on_with_number",
                                   violation_error_message="转出要写对方的编号。"),
        ]

    def __str__(self):
        return f"{self.need.number}：{self.get_verb_display()}"

    @property
    def unit(self):
        """The unit that made the move; None where the asker or the street did."""
        return self.community or self.department

    @property
    def to_unit(self):
        return self.to_community or self.to_department

    @property
    def told(self):
        """What the asker reads above its text."""
        return TOLD.get(self.verb, "")
