"""The constraints of the calendar and the inbox, each with a row that breaks nothing else."""
from itertools import count

from guicheng.days.workdays import CalendarYear
from guicheng.notices.direct import DirectMessage
from guicheng.notices.inbox import GroupPost, InboxMessage
from tests import factories as make
from tests.rules import Check, Once

_numbers = count(1)


def key():
    return f"key:{next(_numbers)}"


MESSAGE = {"recipient": make.make_user, "cause_key": key, "title": "已退回"}
POST = {"cause_key": key, "text": "催办单"}

def message():
    return InboxMessage.objects.create(**MESSAGE | {"recipient": make.make_user(), "cause_key": key()})


RULES = [
    Check("guicheng_directmessage_state_known", DirectMessage, {"message": message}, bad={"state": "lost"}),
    Check("guicheng_calendaryear_in_range", CalendarYear, {"year": 2051}, good={"year": 2100}, bad={"year": 1800}),
    Once("guicheng_inboxmessage_once", InboxMessage, MESSAGE, twins={"recipient": make.make_user, "cause_key": "a"},
         apart={"cause_key": "b"}),
    Check("guicheng_inboxmessage_inside", InboxMessage, MESSAGE, good={"path": "/admin/"},
          bad={"path": "//evil.example/"}),
    Check("guicheng_inboxmessage_inside", InboxMessage, MESSAGE, bad={"path": "https://evil.example/"}),
    Check("guicheng_grouppost_inside", GroupPost, POST, good={"path": "/admin/"}, bad={"path": "//evil.example/"}),
]
