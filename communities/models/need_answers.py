"""The answer to a need: written by who handles it, read by another before the asker sees it."""
import hashlib

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communities.models.need_moves import Verb
from communities.models.needs import Need
from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, CleanTextField
from guicheng.review.models import Reviewed, ReviewedQuerySet, Step, review_constraints
from guicheng.review.states import IN_REVIEW
from guicheng.review.states import State as ReviewState
from guicheng.search.folding import fold
from guicheng.trail.append_only import AppendOnly

SHORTEST = 10  # characters of an answer
UNSENT = sorted(IN_REVIEW | {ReviewState.DRAFT, ReviewState.RETURNED})


class NeedAnswerQuerySet(ReviewedQuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.filter(need__in=Need.objects.visible_to(user))

    def unsent(self):
        """Those that are not sent yet and still may be: at most one of a need."""
        return self.filter(state__in=UNSENT)

    def like(self, text):
        """Those that say the same."""
        return self.filter(says=fingerprint_of(text))


def fingerprint_of(text):
    """The same of two texts that differ in spaces, width and kinds of signs alone."""
    return hashlib.sha256(fold(text).encode()).hexdigest()


class NeedAnswer(Reviewed):
    """One answer to one need. A need that is taken up again gets another; the old one stays."""

    unwatched = ALL  # to one person; another reads it first
    answered_by = ("need__community", "need__department")
    becomes_public = False  # it is sent to one person
    append_only = AppendOnly(sentence="已发出的答复不能修改或删除；要改就重新办理。")

    need = models.ForeignKey(Need, verbose_name="诉求", on_delete=models.PROTECT, related_name="answers")
    text = CleanTextField("答复", max_length=2000,
                          help_text="反映人会看到。写办了什么、办到哪一步、以后怎么样；不写姓名、电话和门牌。")
    says = models.CharField("内容的指纹", max_length=64, default="", db_index=True, editable=False)

    objects = NeedAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "答复"
        verbose_name_plural = "答复"
        ordering = ["-pk"]
        permissions = [("check_needanswer", "初审答复"), ("publish_needanswer", "终审并发出答复")]
        constraints = [
            *review_constraints("答复"),
            models.CheckConstraint(condition=~Q(text=""), name="communities_needanswer_text_given",
                                   violation_error_message="请写答复。"),
            models.UniqueConstraint(fields=["need"], condition=Q(state__in=UNSENT),
                                    name="communities_needanswer_one_unsent",
                                    violation_error_message="这件诉求已有一份没发出的答复，请刷新后接着写那一份。"),
        ]

    def __str__(self):
        return f"{self.need.number} 的答复"

    def clean(self):
        super().clean()
        if self.state != ReviewState.DRAFT and self.text and len(self.text) < SHORTEST:
            raise ValidationError({"text": f"答复太短，至少 {SHORTEST} 个字：写清办了什么。"})

    def about(self):
        return f"诉求 {self.need.number}“{self.need.title}”的答复", self.text

    def staff_page(self):
        return self.need.staff_page()

    def inherited(self):
        return {"says": fingerprint_of(self.text)}

    # the need goes with it
    def published(self, by):
        need = Need.objects.get(pk=self.need_id)
        need.move(Verb.ANSWER, by, at=self.recorded_at, text=self.text, changes={"answered_at": self.recorded_at})

    def before_move(self, state):
        """Returned or taken back, the need is being handled again."""
        need = Need.objects.get(pk=self.need_id)
        if need.state == need.State.IN_REVIEW and state in (ReviewState.RETURNED, ReviewState.DRAFT,
                                                             ReviewState.DROPPED):
            need.move(Verb.RETURN_ANSWER, None)


class NeedAnswerStep(Step):
    """One step of one answer's review."""

    scope_follows = ("answer",)

    answer = models.ForeignKey(NeedAnswer, verbose_name="答复", on_delete=models.PROTECT, related_name="steps")

    def __str__(self):
        return f"{self.get_verb_display()}：{self.answer}"
