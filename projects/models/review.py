"""The steps of a statement's review, and the words that warn before it is handed in."""
from django.db import models

from guicheng.access.scope import EveryonesQuerySet
from guicheng.fields import ALL, CleanCharField, one_of
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.office.watched import WordList
from guicheng.review.models import Step
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models.ledger import ProgressUpdate


class ReviewStep(Step):
    """One step of one statement's review."""

    scope_follows = ("update",)

    update = models.ForeignKey(ProgressUpdate, verbose_name="进展", on_delete=models.PROTECT, related_name="steps")

    class Meta(Step.Meta):
        indexes = [models.Index("at", name="reviewstep_at")]

    def __str__(self):
        return f"{self.get_verb_display()}：{self.update}"


class WatchedWordQuerySet(EveryonesQuerySet, KeyedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def found_in(self, text):
        """Those that stand in `text`, in their order."""
        return [word for word in self.active() if word.word in text]


class WatchedWordKind(models.TextChoices):
    LEADER = "leader", "领导姓名、职务"
    WRONG = "wrong", "常见错误写法"
    SENSITIVE = "sensitive", "不宜公开的说法"


class WatchedWord(Edited, Keyed, WordList):
    """A word that makes the portal ask before submission: 领导姓名职务, 错误写法, 敏感说法."""

    Kind = WatchedWordKind
    unwatched = ALL  # it is the list

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
            one_of("kind", WatchedWordKind.values, "性质不在可选范围内。"),
            models.CheckConstraint(
                condition=~models.Q(word=""), name="projects_watchedword_not_empty",
                violation_error_message="词不能为空。",
            ),
        ]

    def __str__(self):
        return self.word
