"""What the asker thinks of an answer. Answered and judged are two facts; silence is counted as silence."""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from communities.models.need_answers import NeedAnswer
from communities.models.needs import Need
from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, CleanTextField, one_of
from guicheng.trail.append_only import AppendOnly


class Verdict(models.TextChoices):
    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    UNSOLVED = "unsolved", "未解决"

    @property
    def sign(self):
        return {"solved": "●", "partly": "◐", "unsolved": "○"}[self.value]


class Lacking(models.TextChoices):
    """What is still missing, in a word."""

    UNFINISHED = "unfinished", "没办完"
    BROKEN = "broken", "又坏了"
    DIFFERENT = "different", "和答复不一样"
    SLOW = "slow", "等得太久"


class RatingSource(models.TextChoices):
    """Two sources that are never counted together."""

    ASKER = "asker", "反映人自己评的"
    CALL = "call", "电话回访"


class NeedRatingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.filter(answer__need__in=Need.objects.visible_to(user))

    def newest_first(self):
        return self.order_by("-seq")

    def by_asker(self):
        return self.filter(source=RatingSource.ASKER)


class NeedRating(models.Model):
    """One verdict on one answer. The newest of a source counts: a slip is mended by another row."""

    unwatched = ALL  # for who handled it
    append_only = AppendOnly(frozen_by="", sentence="评价不能修改或删除。")

    answer = models.ForeignKey(NeedAnswer, verbose_name="答复", on_delete=models.PROTECT, related_name="ratings")
    seq = models.PositiveSmallIntegerField("第几次")
    source = models.CharField("怎么来的", max_length=20, choices=RatingSource, default=RatingSource.ASKER)
    verdict = models.CharField("评价", max_length=20, choices=Verdict)
    lacking = models.CharField("还差什么", max_length=20, choices=Lacking, blank=True)
    words = CleanTextField("想说的话", max_length=500, blank=True)
    at = models.DateTimeField("时刻", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="录入人", null=True, blank=True,
                           on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = NeedRatingQuerySet.as_manager()

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["answer", "seq"], name="communities_needrating_once",
                                    violation_error_message="刚才已经评价过，请刷新后再看。"),
            one_of("source", RatingSource.values, "怎么来的不在可选范围内。"),
            one_of("verdict", Verdict.values, "评价不在可选范围内。"),
            one_of("lacking", ["", *Lacking.values], "还差什么不在可选范围内。"),
            models.CheckConstraint(condition=Q(source="asker", by=None) | Q(source="call", by__isnull=False),
                                   name="communities_needrating_by_whom",
                                   violation_error_message="电话回访要有录入人，反映人自己评的没有。"),
        ]

    def __str__(self):
        return f"{self.answer.need.number}：{self.get_verdict_display()}"
