"""The rule of the lights as data, and the overrides: what people decided about a light, and why."""
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.access.scope import EveryonesQuerySet
from guicheng.days.compiled import compiled
from guicheng.fields import ALL, CleanTextField, DayField, in_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded
from guicheng.trail.append_only import AppendOnly
from projects.models.project import Project

ALWAYS = date(1990, 1, 1)


class Colour(models.TextChoices):
    """The colour of a light in the one word people read."""

    RED = "red", "红"
    YELLOW = "yellow", "黄"
    GREEN = "green", "绿"
    BLUE = "blue", "蓝"
    GREY = "grey", "灰"
    WHITE = "white", "白"


def between(field, low, high, sentence):
    """A constraint: a number of the rule lies within sense."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__range": (low, high)}), name=f"%(app_label)s_%(class)s_{field}_in_range",
        violation_error_message=sentence,
    )


class LightRuleQuerySet(EveryonesQuerySet):
    def in_force(self, day):
        """The rule of that day: the newest that had begun. Before anybody wrote one, the office's first."""
        return next(iter(_newest_begun(day=day)), None) or LightRule(effective_on=ALWAYS)


@compiled(day=models.DateField())
def _newest_begun(day):
    return LightRule.objects.filter(effective_on__lte=day).order_by("-effective_on")[:1]


class LightRule(Coded):
    """From a day on: when a light is yellow or red, and how the supervision climbs. Last year's keep last year's."""

    publishes = Publishes()

    effective_on = DayField("从哪天起", unique=True, error_messages={"unique": "这一天已有一条规则。"})
    yellow_from = models.PositiveSmallIntegerField(
        "落后多少点亮黄灯", default=10, help_text="落后达到这个百分点数，亮黄灯。")
    red_from = models.PositiveSmallIntegerField(
        "落后超过多少点亮红灯", default=30, help_text="超过才亮红灯，正好不亮。")
    due_within = models.PositiveSmallIntegerField(
        "到期前几个工作日亮黄灯、发提醒", default=3, help_text="到期日在这么多个工作日以内。")
    not_started_months = models.PositiveSmallIntegerField(
        "计划开始后几个月没有开工亮红灯", default=3)
    stale_days = models.PositiveSmallIntegerField("多少天没有进展算久无进展", default=30)
    reply_within = models.PositiveSmallIntegerField("几个工作日内回复", default=3, help_text="督办单据上写的回复期限。")
    escalate_after = models.PositiveSmallIntegerField(
        "几个工作日没有赶上就升级", default=5,
        help_text="从发出之日算；已经回复的，从回复之日再算一次。提醒、催办单、督办单、通报，一级一级升。")

    objects = LightRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "亮灯和督办规则"
        verbose_name_plural = "亮灯和督办规则"
        ordering = ["-effective_on"]
        constraints = [
            between("yellow_from", 1, 99, "亮黄灯的点数应在 1 到 99 之间。"),
            models.CheckConstraint(
                condition=models.Q(red_from__gte=models.F("yellow_from"), red_from__lte=99),
                name="projects_lightrule_red_above_yellow",
                violation_error_message="亮红灯的点数不能小于亮黄灯的，也不能超过 99。",
            ),
            between("due_within", 1, 15, "到期前的工作日数应在 1 到 15 之间。"),
            between("not_started_months", 1, 24, "没有开工的月数应在 1 到 24 之间。"),
            between("stale_days", 1, 365, "久无进展的天数应在 1 到 365 之间。"),
            between("reply_within", 1, 30, "回复期限应在 1 到 30 个工作日之间。"),
            between("escalate_after", 1, 30, "升级期限应在 1 到 30 个工作日之间。"),
        ]

    def __str__(self):
        return f"{self.effective_on} 起的规则"

    @property
    def has_begun(self):
        return self.effective_on <= timezone.localdate()

    def clean(self):
        """Only the office's first rule reaches back: later ones would repaint lights people remember."""
        others = LightRule.objects.exclude(pk=self.pk)
        if self.effective_on and self.effective_on < timezone.localdate() and others.exists():
            raise ValidationError({"effective_on": "规则从今天或以后起；以前的灯按以前的规则。"})


class OfProjectQuerySet(models.QuerySet):
    """Rows that hang on a project: seen by whoever sees the project."""

    def visible_to(self, user):
        return self if sees_everything(user) else self.filter(project__in=Project.objects.visible_to(user))


class LightOverrideQuerySet(OfProjectQuerySet):
    def begun(self, day):
        """Those that had begun by `day`, the decision of each project that counts last."""
        return self.filter(effective_on__lte=day).order_by("pk")


class LightOverride(models.Model):
    """A person's decision about a light. An empty colour gives it back to the dates. Ended by another row."""

    publishes = Publishes()

    unwatched = ALL  # read by staff

    append_only = AppendOnly(frozen_by="", sentence="人工改灯的记录不能修改或删除，请再改一次。")

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="light_overrides")
    colour = models.CharField("改为", max_length=10, choices=Colour, blank=True)
    reason = CleanTextField("原因")
    effective_on = DayField("从哪天起")
    until = DayField("到哪天为止", null=True, blank=True, help_text="不填就一直有效，直到再改。")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁改的", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = LightOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = "人工改灯"
        verbose_name_plural = "人工改灯"
        ordering = ["-pk"]
        constraints = [
            one_of("colour", ["", *Colour.values], "灯色不在可选范围内。"),
            in_order("effective_on", "until", "结束日不能早于开始日。"),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="projects_lightoverride_explained",
                violation_error_message="人工改灯要写明原因。",
            ),
        ]

    def __str__(self):
        return f"{self.project}：{self.words}"

    @property
    def words(self):
        return f"人工改为{self.get_colour_display()}" if self.colour else "恢复按日期计算"

    @classmethod
    def decide(cls, project, colour, reason, by, until=None):
        """Override the light from today on. Raises ValidationError."""
        today = timezone.localdate()
        if until and until < today:
            raise ValidationError({"until": "结束日不能早于今天。"})
        row = cls(project=project, colour=colour, reason=reason, by=by, effective_on=today, until=until,
                  is_sample=project.is_sample)
        row.full_clean()
        row.save()
        return row
