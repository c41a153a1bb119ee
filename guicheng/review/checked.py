"""What the last reviewer looked at before something is public: four ticks, and the 公开属性.

Only what is open by itself is published; for 依申请公开 and 不公开 see 《政府信息公开条例》: such a row is sent back.
"""
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

# the columns of a step, and what is ticked
TICKS = {"politics": "政治表述和专名", "secrecy": "保密（国家秘密、工作秘密）", "privacy": "个人信息（含照片）",
         "figures": "数字有出处"}


class Openness(models.TextChoices):
    OPEN = "open", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"
    CLOSED = "closed", "不公开"


@dataclass(frozen=True)
class Checked:
    """What one person ticked, and the attribute they chose. Nothing is ticked beforehand."""

    ticks: frozenset = frozenset()
    openness: str = ""

    @classmethod
    def whole(cls):
        return cls(frozenset(TICKS), Openness.OPEN)

    @classmethod
    def from_dict(cls, kept):
        """What `as_dict` gave, kept for work that is done later."""
        return cls(frozenset(name for name in TICKS if kept.get(name)), kept.get("openness", ""))

    def as_dict(self):
        """The columns of a step."""
        return {name: name in self.ticks for name in TICKS} | {"openness": str(self.openness)}

    def __str__(self):
        ticked = "、".join(label for name, label in TICKS.items() if name in self.ticks)
        openness = Openness(self.openness).label if self.openness else ""
        return "；".join(filter(None, [ticked and f"终审已核对：{ticked}", openness]))

    @property
    def refusal(self):
        """Why nothing is published with these, in one sentence; "" where it may be."""
        if self.openness and self.openness != Openness.OPEN:
            return f"公开属性选了“{Openness(self.openness).label}”，不能发布，请退回填报人。"
        left = [label for name, label in TICKS.items() if name not in self.ticks]
        if left:
            return f"还没有发布：请核对{'、'.join(left)}，勾好再发布。"
        return "" if self.openness else "还没有发布：请选公开属性，主动公开的才能发布。"

    def require(self):
        """Raises ValidationError unless all is ticked and it is open by itself."""
        if self.refusal:
            raise ValidationError(self.refusal, code="unchecked")


UNTICKED = Checked()


def whole_or_absent():
    """A constraint on steps: ticked in full at a publication, or not at all, as before there were ticks."""
    absent = Q(openness="", **dict.fromkeys(TICKS, False))
    whole = Q(verb="published", openness=Openness.OPEN, **dict.fromkeys(TICKS, True))
    return models.CheckConstraint(
        condition=absent | whole, name="%(app_label)s_%(class)s_checked_whole",
        violation_error_message="终审发布要四项都核对过，并且是主动公开的；别的步骤不写。")
