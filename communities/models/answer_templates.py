"""Beginnings of answers. What is the same for every such need stands there, what is not is a blank: 【哪天换的】."""
import re

from django.db import models

from guicheng.access.scope import EveryonesQuerySet
from guicheng.fields import ALL, CleanCharField, CleanTextField
from guicheng.trail.history import History
from guicheng.trail.versions import Edited

BLANK = re.compile("【[^】]{0,40}】?|】")


class AnswerTemplate(Edited):
    """One beginning. It is never sent as it is: see communities/needs/answers.py."""

    unwatched = ALL  # read by staff; what is made of it is reviewed

    title = CleanCharField("名称", max_length=40, unique=True, help_text="例如：路灯报修、办证要带什么。",
                           error_messages={"unique": "已有这个名称的模板。"})
    text = CleanTextField("内容", max_length=2000,
                          help_text="每件不一样的地方用【】标出来，例如【哪天换的】。【】没有填完的答复交不出去。")

    objects = EveryonesQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "答复模板"
        verbose_name_plural = "答复模板"
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=models.Q(text__contains="【") & models.Q(text__contains="】"),
                                   name="communities_answertemplate_has_blank",
                                   violation_error_message="模板里至少留一处【】，让办的人写这一件的情况。"),
        ]

    def __str__(self):
        return self.title
