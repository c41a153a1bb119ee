"""Review: what happened to a statement between the first word and the publication, and the words that warn.

The order 提交, 初审, 终审, 发布 follows 《政府网站发展指引》（国办发〔2017〕47 号）: nothing is public unread.
"""
from django.conf import settings
from django.db import models

from guicheng.access.permissions import sees_everything
from guicheng.access.scope import EveryonesQuerySet
from guicheng.fields import CleanCharField, CleanTextField, one_of
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models.ledger import ProgressUpdate


class ReviewStepQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.filter(update__in=ProgressUpdate.objects.visible_to(user))

    def in_order(self):
        return self.order_by("at", "pk")


class ReviewStep(models.Model):
    """One step of one statement's review: who did what, when, and why. 审核记录."""

    class Verb(models.TextChoices):
        SUBMITTED = "submitted", "提交"
        CHECKED = "checked", "初审通过"
        PUBLISHED = "published", "终审发布"
        RETURNED = "returned", "退回"
        DROPPED = "dropped", "撤销"
        HANDED_OVER = "handed_over", "移交"

    append_only = AppendOnly(frozen_by="", sentence="审核记录不能修改或删除。")

    update = models.ForeignKey(ProgressUpdate, verbose_name="进展", on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField("步骤", max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)
    note = CleanTextField("意见", blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = ReviewStepQuerySet.as_manager()

    class Meta:
        verbose_name = "审核记录"
        verbose_name_plural = "审核记录"
        ordering = ["-at", "-pk"]
        indexes = [models.Index("at", name="reviewstep_at")]
        constraints = [
            one_of("verb", ["submitted", "checked", "published", "returned", "dropped", "handed_over"],
                   "步骤不在可选范围内。"),
            models.CheckConstraint(
                condition=~models.Q(verb="returned") | ~models.Q(note=""),
                name="projects_reviewstep_return_explained",
                violation_error_message="退回要写明原因。",
            ),
        ]

    def __str__(self):
        return f"{self.get_verb_display()}：{self.update}"


class WatchedWordQuerySet(EveryonesQuerySet, KeyedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def found_in(self, text):
        """Give those that stand in `text`, in their order."""
        return [word for word in self.active() if word.word in text]


class WatchedWord(Edited, Keyed):
    """A word that makes the portal ask before submission: 领导姓名职务, 错误写法, 敏感说法."""

    class Kind(models.TextChoices):
        LEADER = "leader", "领导姓名、职务"
        WRONG = "wrong", "常见错误写法"
        SENSITIVE = "sensitive", "不宜公开的说法"

    natural_key_fields = ("word",)

    word = CleanCharField("词", max_length=40, unique=True, error_messages={"unique": "已有这个词。"})
    kind = models.CharField("性质", max_length=20, choices=Kind)
    advice = CleanCharField("提示", max_length=120, help_text="填报人会看到，例如：应写作“牵头”。")
    is_active = models.BooleanField("启用", default=True)

    objects = WatchedWordQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "提醒词"
        verbose_name_plural = "提醒词"
        ordering = ["kind", "word"]
        constraints = [
            one_of("kind", ["leader", "wrong", "sensitive"], "性质不在可选范围内。"),
            models.CheckConstraint(
                condition=~models.Q(word=""), name="projects_watchedword_not_empty",
                violation_error_message="词不能为空。",
            ),
        ]

    def __str__(self):
        return self.word
