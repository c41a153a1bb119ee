"""What was found in a text, how the public reads it, and how a clerk sees it marked."""
from dataclasses import dataclass

from django.db import models

from guicheng.personal.rooms import public_length

MASK = "＊＊＊"


class Kind(models.TextChoices):
    """What points at a person. The order is the order in which they win where two stand on the same characters."""

    ID_NUMBER = "id_number", "身份证号"
    BANK_CARD = "bank_card", "银行卡"
    PHONE = "phone", "手机号和电话"
    EMAIL = "email", "电子邮箱"
    ACCOUNT = "account", "微信号和 QQ"
    PLATE = "plate", "车牌"
    ROOM = "room", "门牌和房号"
    NAME = "name", "姓名和身份"
    WELFARE_ILLNESS = "welfare_illness", "低保和病历"


RANK = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Marker:
    """One place of a text, in characters of the text as it was typed. It keeps no word of it: it may be logged."""

    kind: Kind
    start: int
    end: int

    def text_in(self, source):
        return source[self.start:self.end]

    def hidden_from(self, source):
        """Where the part begins that the public may not read: of a room it is what comes after the building."""
        if self.kind != Kind.ROOM:
            return self.start
        return self.start + public_length(self.text_in(source))


def settled(markers):
    """Sorted, and none on another: of two that overlap one is left, over both, of the kind that stands first."""
    left = []
    for each in sorted(markers, key=lambda marker: (marker.start, -marker.end)):
        if left and each.start < left[-1].end:
            last = left.pop()
            kind = min(last.kind, each.kind, key=RANK.get)
            each = Marker(kind, last.start, max(last.end, each.end))
        left.append(each)
    return left


def masked(text, markers):
    """The text as the public reads it. Masked again it is the same."""
    parts, place = [], 0
    for marker in markers:
        parts += [text[place:marker.hidden_from(text)], MASK]
        place = marker.end
    return "".join([*parts, text[place:]])


def shown(text, markers):
    """[(part, Marker or None)]: the whole text, in parts for a template that marks what was found."""
    parts, place = [], 0
    for marker in markers:
        parts += [(text[place:marker.start], None), (marker.text_in(text), marker)]
        place = marker.end
    return [each for each in [*parts, (text[place:], None)] if each[0]]
