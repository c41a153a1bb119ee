"""The in-site inbox, and what leaves it: a daily e-mail digest, a word to the person's telephone, a group robot.

Never two for the same cause.
"""
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from guicheng.fields import ALL, CleanCharField, CleanTextField
from guicheng.notices.direct import channels_of, queue
from guicheng.text import clean_text

TITLE, PATH, CAUSE = 120, 300, 120

inside = models.Q(path="") | (models.Q(path__startswith="/") & ~models.Q(path__startswith="//"))


class InboxMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody reads their own and nobody else's."""
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)

    def mark_read(self):
        return self.unread().update(read_at=timezone.now())


class InboxMessage(models.Model):
    """One thing one person should know."""

    unwatched = ALL  # to one person

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="收件人", on_delete=models.PROTECT, related_name="inbox"
    )
    cause_key = models.CharField("缘由", max_length=CAUSE)
    title = CleanCharField("标题", max_length=TITLE)
    text = CleanTextField("内容", blank=True)
    path = models.CharField("网址", max_length=PATH, blank=True)
    created_at = models.DateTimeField("时刻", auto_now_add=True)
    read_at = models.DateTimeField("已读时刻", null=True, blank=True)
    mailed_at = models.DateTimeField("邮件时刻", null=True, blank=True)

    objects = InboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "站内消息"
        verbose_name_plural = "站内消息"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index("recipient", condition=models.Q(read_at__isnull=True), name="inbox_unread")]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "cause_key"], name="guicheng_inboxmessage_once",
                violation_error_message="同一件事已经告诉过这个人。",
            ),
            models.CheckConstraint(
                condition=inside, name="guicheng_inboxmessage_inside",
                violation_error_message="消息只能指向本站的页面。",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_read(self):
        return self.read_at is not None


class GroupPost(models.Model):
    """One sentence for the office's group robot (企业微信 and the like); made only while WEBHOOK_URL is set."""

    unwatched = ALL  # to a group of staff

    cause_key = models.CharField("缘由", max_length=CAUSE, unique=True, error_messages={"unique": "同一件事已经发过。"})
    text = CleanTextField("内容")
    path = models.CharField("网址", max_length=PATH, blank=True)
    created_at = models.DateTimeField("时刻", auto_now_add=True)
    sent_at = models.DateTimeField("发出时刻", null=True, blank=True)

    class Meta:
        verbose_name = "群消息"
        verbose_name_plural = "群消息"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=inside, name="guicheng_grouppost_inside",
                violation_error_message="消息只能指向本站的页面。",
            ),
        ]

    def __str__(self):
        return self.text[:40]


def tell(users, cause, title, text="", url="", *, group=False, matter="", direct=True):
    """Tell each of `users` once: the same `cause` never makes a second message. Give how many are new.

    `url` is a path of this site, as `reverse()` gives it. With `group`, the office's robot says it too. Who has an id
    of the messenger is told there that something of this `matter` waits, unless `direct` says no.
    """
    title, text, cause = clean_text(title)[:TITLE], clean_text(text), cause[:CAUSE]
    users = {user.pk: user for user in users if user.is_active}
    with transaction.atomic():
        there = InboxMessage.objects.filter(cause_key=cause, recipient__in=users)
        told = set(there.values_list("recipient", flat=True))
        messages = [InboxMessage(recipient=user, cause_key=cause, title=title, text=text, path=url)
                    for pk, user in users.items() if pk not in told]
        InboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
        if direct and messages and settings.MESSENGER_URL:
            new = there.exclude(recipient__in=told).select_related("recipient")
            queue(new, matter)
        if group and settings.WEBHOOK_URL:
            GroupPost.objects.get_or_create(cause_key=cause, defaults={"text": f"{title}\n{text}".strip(), "path": url})
    return len(messages)


def told_of(cause):
    """[(whom this was told, how it reached them in words)], in the order it was told."""
    rows = InboxMessage.objects.filter(cause_key=cause[:CAUSE]).select_related("recipient", "direct").order_by("pk")
    return [(row.recipient, _how_it_went(row)) for row in rows]


def _how_it_went(row):
    if hasattr(row, "direct"):
        return f"站内；{settings.MESSENGER_NAME}{row.direct.get_state_display()}"
    return "、".join(channels_of(row.recipient, direct=False))


def unread_count(user):
    return InboxMessage.objects.visible_to(user).unread().count()
