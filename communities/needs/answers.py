"""What an answer may not be: a template with its blanks, or as it stands; and how often the same was said of late."""
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.models import AnswerTemplate, NeedAnswer
from communities.models.answer_templates import BLANK
from guicheng.search.folding import fold

ALIKE, ALIKE_DAYS = 10, 90


def require_written(text):
    """Raises ValidationError where something is left to be filled in, or nothing of a template was changed."""
    if blanks := BLANK.findall(text):
        raise ValidationError({"text": f"还有没填的{'、'.join(dict.fromkeys(blanks))}，填完再提交。"})
    folded = fold(text)
    if any(fold(BLANK.sub("", each)) == folded
           for each in AnswerTemplate.objects.values_list("text", flat=True)):
        raise ValidationError({"text": "和答复模板一样，没有写这一件的情况，请改过再提交。"})


def alike(answer):
    """How many other answers of the last ALIKE_DAYS say the same, where they are ALIKE or more with this; else 0."""
    since = timezone.now() - timedelta(days=ALIKE_DAYS)
    number = NeedAnswer.objects.like(answer.text).filter(created_at__gte=since).exclude(pk=answer.pk).count()
    return number if number + 1 >= ALIKE else 0


def alike_sentence(answer):
    """What its author and its reviewer are told of that; "" where there is nothing to say."""
    number = alike(answer)
    return f"近 {ALIKE_DAYS} 天已有 {number} 份一模一样的答复，请看看这一件是不是真的一样。" if number else ""
