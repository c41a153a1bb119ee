"""The states of what is reviewed, and the one table of moves between them.

The order 提交, 初审, 终审, 发布 follows 《政府网站发展指引》（国办发〔2017〕47 号）: nothing is public unread.
"""
from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待初审"
    CHECKED = "checked", "待终审"
    RETURNED = "returned", "已退回"
    DROPPED = "dropped", "已撤销"
    PUBLISHED = "published", "已发布"


class Verb(models.TextChoices):
    """A step of a review, as it is written down."""

    SUBMITTED = "submitted", "提交"
    CHECKED = "checked", "初审通过"
    PUBLISHED = "published", "终审发布"
    RETURNED = "returned", "退回"
    DROPPED = "dropped", "撤销"
    HANDED_OVER = "handed_over", "移交"


IN_REVIEW = frozenset({State.SUBMITTED, State.CHECKED})
CLOSED = frozenset({State.PUBLISHED, State.DROPPED})  # out of these nothing leads
OPEN = frozenset(State) - CLOSED
# what each step leaves, and where it leads; 移交 leaves a row where it is, or leads back to 待初审
MOVES = {
    Verb.SUBMITTED: (OPEN, State.SUBMITTED),
    Verb.CHECKED: ({State.SUBMITTED}, State.CHECKED),
    Verb.PUBLISHED: (OPEN, State.PUBLISHED),
    Verb.RETURNED: (IN_REVIEW, State.RETURNED),
    Verb.DROPPED: (OPEN, State.DROPPED),
    Verb.HANDED_OVER: (OPEN, None),
}
