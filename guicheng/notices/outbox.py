"""What leaves the site: one e-mail a day per person, and the group robot. Both are off until they are set."""
import json
import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from guicheng.connectors.http import NobodyKnows, NotSent, ask
from guicheng.notices.inbox import GroupPost, InboxMessage
from guicheng.public.address import address_of

logger = logging.getLogger(__name__)
TIMEOUT = 10  # seconds
SHOWN = 30  # messages in one mail
WORTH_SAYING = timedelta(days=14)  # an older one is no news, and a robot that was off must not flood


# --- e-mail --------------------------------------------------------------------------------------
def send_mails(now=None):
    """Send everybody with unread messages one mail a day; give (sent, failed)."""
    now = now or timezone.now()
    sent = failed = 0
    connection = get_connection(timeout=TIMEOUT)
    for user in _to_write_to(now):
        outcome = _mail(user, now, connection)
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def _to_write_to(now):
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = InboxMessage.objects.filter(mailed_at__gte=midnight).values("recipient")
    waiting = InboxMessage.objects.unread().filter(mailed_at=None).values("recipient")
    users = get_user_model().objects.filter(is_active=True, pk__in=waiting).exclude(email="").exclude(pk__in=today)
    return list(users.order_by("pk"))


def _mail(user, now, connection):
    """Claim the messages, then send. True sent, False failed and given back, None when another run was first."""
    rows = InboxMessage.objects.visible_to(user)
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        if rows.filter(mailed_at__gte=midnight).exists():
            return None
        messages = list(rows.unread().filter(mailed_at=None))
        claimed = [message.pk for message in messages]
        rows.filter(pk__in=claimed).update(mailed_at=now)
    if not messages:
        return None
    try:
        EmailMessage(f"桂城办实事：{len(messages)} 条未读消息", _letter(user, messages), None, [user.email],
                     connection=connection).send()
    except OSError as error:  # smtplib's errors are OSErrors: refused, so it may be tried tomorrow
        logger.warning("给账号 %s 的邮件没有发出（%s），下次再发。", user.username, type(error).__name__)
        rows.filter(pk__in=claimed).update(mailed_at=None)
        return False
    return True


def _letter(user, messages):
    lines = [f"{user}：", "", f"你有 {len(messages)} 条未读消息。", ""]
    for number, message in enumerate(messages[:SHOWN], 1):
        lines += [f"{number}. {message.title}", *([message.text] if message.text else []),
                  *([address_of(message.path)] if address_of(message.path) else []), ""]
    if len(messages) > SHOWN:
        lines.append(f"还有 {len(messages) - SHOWN} 条，请登录后台看“收件箱”。")
    return "\n".join(lines)


# --- the group robot -----------------------------------------------------------------------------
def post_to_group():
    """Post what waits, each at most once; give (sent, failed). Stops at the first failure: the rest would fail too."""
    sent = 0
    waiting = GroupPost.objects.filter(sent_at=None, created_at__gte=timezone.now() - WORTH_SAYING)
    for pk in list(waiting.values_list("pk", flat=True)):
        # claimed before it is sent: two runs at once never both say it
        if not GroupPost.objects.filter(pk=pk, sent_at=None).update(sent_at=timezone.now()):
            continue
        try:
            _post(GroupPost.objects.get(pk=pk))
            sent += 1
        except NotSent as error:
            GroupPost.objects.filter(pk=pk).update(sent_at=None)
            logger.warning("群消息没有发出（%s），下次再发。", error)
            return sent, 1
        except NobodyKnows as error:
            logger.warning("群消息发出后没有回音（%s），不知道对方收到没有，不再重发。", error)
            return sent, 1
    return sent, 0


def _post(post):
    url = settings.WEBHOOK_URL
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotSent("WEBHOOK_URL 应以 http:// 或 https:// 开头")
    content = "\n".join(filter(None, [post.text, address_of(post.path)]))
    body = json.dumps({"msgtype": "text", "text": {"content": content}}, ensure_ascii=False).encode()
    status, answer = ask(url, body, {"Content-Type": "application/json; charset=utf-8"}, timeout=TIMEOUT)
    if status != 200:
        raise NotSent(f"对方回答 {status}")
    code = _error_code(answer)
    if code:
        raise NotSent(f"对方回答 errcode {code}")


def _error_code(answer):
    """企业微信 answers 200 with an `errcode` even when it refused."""
    try:
        code = json.loads(answer).get("errcode", 0)
    except (ValueError, AttributeError, RecursionError):
        return 0
    return code if isinstance(code, int) else 0
