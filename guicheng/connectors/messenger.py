"""Messages to a person, in the protocol of 企业微信's self-built apps, which 粤政易 speaks at another address.

The access token is kept in this process until shortly before it ends; nothing of it is written down.
"""
import json
import time
from threading import Lock
from urllib.parse import urlencode

from django.conf import settings

from guicheng.connectors.http import NobodyKnows, NotSent, ask

STALE = (40014, 42001)  # the token is no longer good: fetched anew at once
# nobody of that id there, or not among those this app may reach: trying again changes nothing
NOBODY = (40003, 40031, 46004, 60111, 81013)
SURELY_NOT_TAKEN = (429, 503)  # of the answers from 500 on a gateway's may come after the message was taken
MARGIN = 300  # seconds before its end at which a token is renewed


class Unreachable(Exception):
    """The system has nobody of this id whom we may reach."""


def is_on():
    return bool(settings.MESSENGER_URL)


class _Token:
    """The access token of these settings."""

    def __init__(self):
        self.value, self.of, self.until, self.lock = "", None, 0.0, Lock()

    def give(self):
        """The kept one, or a new one. Raises NotSent."""
        of = (settings.MESSENGER_URL, settings.MESSENGER_CORP_ID, settings.MESSENGER_SECRET)
        with self.lock:
            if self.of != of or time.monotonic() >= self.until:
                self.value, seconds = _new_token()
                self.of, self.until = of, time.monotonic() + seconds - min(MARGIN, seconds / 10)
            return self.value

    def forget(self, value):
        """This one is no longer good; where another thread has a newer one, that stays."""
        with self.lock:
            if self.value == value:
                self.of = None


token = _Token()


def _new_token():
    try:
        said = _said("gettoken", {"corpid": settings.MESSENGER_CORP_ID, "corpsecret": settings.MESSENGER_SECRET})
    except NobodyKnows as error:
        raise NotSent("取访问凭证没有回音") from error  # nothing was sent yet
    value, seconds = said.get("access_token"), said.get("expires_in")
    if said["errcode"] or not isinstance(value, str) or not value:
        raise NotSent(f"取访问凭证被拒绝（errcode {said['errcode']}）")
    return value, seconds if isinstance(seconds, int) and 0 < seconds <= 86400 else 60


def send(to, text):
    """Send these words to one person. Raises Unreachable, NotSent, NobodyKnows."""
    said = {}
    for _ in range(2):
        value = token.give()
        said = _said("message/send", {"access_token": value}, {
            "touser": to, "msgtype": "text", "agentid": int(settings.MESSENGER_AGENT_ID), "text": {"content": text}})
        if said["errcode"] not in STALE:
            break
        token.forget(value)
    if said["errcode"] in NOBODY or to.lower() in _refused(said):
        raise Unreachable
    if said["errcode"]:
        raise NotSent(f"对方回答 errcode {said['errcode']}")


def _refused(said):
    """The ids that the answer says it did not send to, in small letters, as it may write them itself."""
    lists = (said.get(key) for key in ("invaliduser", "unlicenseduser"))
    return {name for each in lists if isinstance(each, str) for name in each.lower().split("|")}


def _said(verb, query, body=None):
    """What the system answers, with an `errcode` that is a number. Raises NotSent, NobodyKnows."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    status, answer = ask(f"{settings.MESSENGER_URL}/cgi-bin/{verb}?{urlencode(query)}", data,
                         {"Content-Type": "application/json; charset=utf-8"} if data else None)
    if status != 200:
        raise (NotSent if status < 500 or status in SURELY_NOT_TAKEN else NobodyKnows)(f"对方回答 {status}")
    try:
        said = json.loads(answer)
        is_answer = isinstance(said["errcode"], int)
    except (ValueError, KeyError, TypeError, RecursionError):
        is_answer = False
    if not is_answer:
        raise NobodyKnows("对方答的看不懂")
    return said
