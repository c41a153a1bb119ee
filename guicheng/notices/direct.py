"""What goes to a person's telephone: that something waits here, and where. Never twice, and not a word of what it is.

A row is made beside the message of the inbox, in its transaction; the worker sends it afterwards. It is claimed before
it is sent: killed between sending and writing that down, it stays claimed, and the next run says that nobody knows
whether it arrived. It is in the inbox in any case.
"""
import logging
from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus, task

from guicheng.connectors import messenger
from guicheng.connectors.http import NobodyKnows, NotSent
from guicheng.connectors.models import Connection
from guicheng.fields import ALL, CleanCharField, one_of
from guicheng.public.address import address_of

logger = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)  # doubled with each try
WORTH_SAYING = timedelta(days=1)  # later it is no news: the inbox has it
BROKEN_OFF = timedelta(minutes=5)  # of a claim; one sending takes at most two times ten seconds
BATCH = 200
# "@all" would be everybody, "a|b" two people
is_an_id = RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z_.@-]*\Z",
                          "只能有字母、数字、点、@、横线和下划线，以字母或数字开头。")


class DirectState(models.TextChoices):
    WAITING = "waiting", "等发"
    SENDING = "sending", "正在发"
    SENT = "sent", "已发"
    READ = "read", "已在站内看过，没有再发"
    UNREACHABLE = "unreachable", "发不到：对方没有这个账号，请安全管理员核对"
    UNKNOWN = "unknown", "发出后没有回音，不知道收到没有，没有再发"
    GIVEN_UP = "given_up", "一天里没有发成，不再发"


class DirectMessage(models.Model):
    """A message of the inbox on its way to its reader's telephone."""

    unwatched = ALL  # to one person

    State = DirectState

    message = models.OneToOneField("guicheng.InboxMessage", verbose_name="站内消息", on_delete=models.CASCADE,
                                   related_name="direct", error_messages={"unique": "这一条已经在发。"})
    matter = CleanCharField("哪一类事", max_length=20, blank=True)
    state = models.CharField("情况", max_length=12, choices=DirectState, default=DirectState.WAITING)
    tries = models.PositiveSmallIntegerField("试过几次", default=0)
    due_at = models.DateTimeField("最早何时发", default=timezone.now)
    changed_at = models.DateTimeField("情况变于", default=timezone.now)

    class Meta:
        verbose_name = "给本人的消息"
        verbose_name_plural = "给本人的消息"
        indexes = [models.Index("state", "due_at", name="direct_due")]
        constraints = [one_of("state", DirectState.values, "情况不在可选范围内。")]

    def __str__(self):
        return f"{self.message_id} {self.get_state_display()}"

    @property
    def words(self):
        """What was sent, or will be: that something waits, of which kind, and where."""
        matter = f"你有一条待办：{self.matter}。" if self.matter else "你有一条待办。"
        path = self.message.path
        link = address_of(path if path and "?" not in path else reverse("admin:inbox"))
        return "\n".join(filter(None, [f"{matter}请登录“桂城办实事”后台查看。", link]))

    # verbs: one UPDATE decides, so that of two runs at once one sends
    def claim(self):
        """Whether this run, and no other, sends it now."""
        return self._move(DirectState.WAITING, state=DirectState.SENDING, tries=models.F("tries") + 1)

    def end(self, state):
        return self._move(DirectState.SENDING, state=state)

    def give_back(self, now):
        """It was certainly not taken: again after a pause, for a day."""
        pause = min(FIRST_PAUSE * 2 ** min(self.tries, 10), LONGEST_PAUSE)
        return self._move(DirectState.SENDING, state=DirectState.WAITING, due_at=now + pause)

    def _move(self, before, **values):
        rows = DirectMessage.objects.filter(pk=self.pk, state=before)
        return bool(rows.update(changed_at=timezone.now(), **values))


def queue(messages, matter):
    """Send these messages of the inbox, just made, to those of their readers who have an id there; in a transaction."""
    rows = [DirectMessage(message=each, matter=matter) for each in messages if each.recipient.messenger_id]
    if rows and messenger.is_on():
        DirectMessage.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(begin)


def begin(at=None):
    """Ask the worker to send what waits, unless it is asked already."""
    from django_tasks_db.models import DBTaskResult, get_date_max

    soon = models.Q(run_after=get_date_max()) | models.Q(run_after__lte=at or timezone.now())
    asked = DBTaskResult.objects.filter(task_path=deliver.module_path, status=TaskResultStatus.READY)
    if not asked.filter(soon).exists():
        (deliver.using(run_after=at) if at else deliver).enqueue()


@task()
def deliver():
    deliver_now()
    first = _waiting().order_by("due_at").values_list("due_at", flat=True).first()
    if first and messenger.is_on():
        begin(max(first, timezone.now() + timedelta(seconds=1)))


def _waiting():
    return DirectMessage.objects.filter(state=DirectState.WAITING)


def deliver_now(now=None):
    """Send what is due, each at most once; give (sent, not sent). Stops where the next would fail as well."""
    now = now or timezone.now()
    if not messenger.is_on():
        return 0, 0
    lost = _tell_what_broke_off(now)
    late = _waiting().filter(message__created_at__lt=now - WORTH_SAYING)
    lost += late.update(state=DirectState.GIVEN_UP, changed_at=now)
    _waiting().exclude(message__read_at=None).update(state=DirectState.READ, changed_at=now)
    sent = 0
    for row in _waiting().filter(due_at__lte=now).select_related("message__recipient").order_by("due_at", "pk")[:BATCH]:
        if not row.claim():
            continue
        try:
            arrived = _send(row)
        except NotSent as error:
            row.give_back(now)
            _failed(f"{error}，稍后再试")
            return sent, lost + 1
        except NobodyKnows as error:
            row.end(DirectState.UNKNOWN)
            _failed(f"{error}：发出后没有回音，不再重发")
            return sent, lost + 1
        sent, lost = sent + arrived, lost + (not arrived)
    return sent, lost


def _send(row):
    """Whether it arrived; False for who is not reached there."""
    person = row.message.recipient
    try:
        if not person.is_active or not person.messenger_id:
            raise messenger.Unreachable
        messenger.send(person.messenger_id, row.words)
    except messenger.Unreachable:
        row.end(DirectState.UNREACHABLE)
        return False
    row.end(DirectState.SENT)
    Connection.worked(Connection.Key.MESSENGER)
    return True


def _failed(sentence):
    Connection.failed(Connection.Key.MESSENGER, sentence)
    logger.warning("发给本人的消息没有发成（%s）。", sentence)


def _tell_what_broke_off(now):
    """Of what a killed run had claimed nobody knows whether it left; gives how many."""
    rows = DirectMessage.objects.filter(state=DirectState.SENDING, changed_at__lt=now - BROKEN_OFF)
    broken = rows.update(state=DirectState.UNKNOWN, changed_at=now)
    if broken:
        _failed("有一次发到一半断了，不知道收到没有，不再重发")
    return broken


def channels_of(user, direct=True):
    """How a message of the inbox reaches this person, in words: ["站内", "邮件汇总", "企业微信"]."""
    found = ["站内"]
    if settings.EMAIL_URL and user.email:
        found.append("邮件汇总")
    if direct and messenger.is_on() and user.messenger_id:
        found.append(settings.MESSENGER_NAME)
    return found
