"""The constraints of lights and supervision, each with a row that breaks nothing else."""
from datetime import date, timedelta
from functools import partial
from itertools import count

from django.utils import timezone

from projects.models import Instruction, LightOverride, LightRule, SupervisionNotice
from tests import factories as make
from tests.rules import Check, Once

JUNE, MAY = date(2021, 6, 1), date(2021, 5, 1)
_numbers = count(1)


def key():
    return f"key:{next(_numbers)}"


def some_day():
    """A day of its own for each rule: from today on, as rules begin."""
    return timezone.localdate() + timedelta(days=next(_numbers))


RULE = {"effective_on": some_day}
# samples: the triggers let go of them, so that an UPDATE meets the constraint and not the trigger
OVERRIDE = {"project": make.make_project, "colour": "green", "reason": "已协调", "effective_on": JUNE,
            "by": make.make_user, "is_sample": True}
NOTICE = {"project": make.make_project, "level": "urge", "cause": "overdue", "cause_key": key, "text": "请办。",
          "raised_on": JUNE, "is_sample": True}
ORDER = NOTICE | {"level": "order", "year": 2021, "number": lambda: 100 + next(_numbers)}
RECEIVED = {"received_by": make.make_user, "received_at": timezone.now}
REPLIED = {"reply": "已办。", "replied_by": make.make_user, "replied_at": timezone.now}
INSTRUCTION = {"project": make.make_project, "text": "抓紧。", "by": make.make_user, "is_sample": True}

rule = partial(Check, model=LightRule, base=RULE)
notice = partial(Check, model=SupervisionNotice, base=NOTICE)
override = partial(Check, model=LightOverride, base=OVERRIDE)


def ranged(field, good, bad):
    return rule(f"projects_lightrule_{field}_in_range", good={field: good}, bad={field: bad})


RULES = [
    ranged("yellow_from", 1, 0), ranged("due_within", 15, 16), ranged("not_started_months", 24, 25),
    ranged("stale_days", 365, 366), ranged("reply_within", 30, 31), ranged("escalate_after", 1, 0),
    rule("projects_lightrule_red_above_yellow", good={"yellow_from": 20, "red_from": 20},
         bad={"yellow_from": 20, "red_from": 19}),
    rule("projects_lightrule_red_above_yellow", bad={"red_from": 100}),
    override("projects_lightoverride_colour_known", good={"colour": ""}, bad={"colour": "pink"}),
    override("projects_lightoverride_until_in_order", good={"until": JUNE}, bad={"until": MAY}),
    override("projects_lightoverride_explained", bad={"reason": ""}),
    notice("projects_supervisionnotice_level_known", good={"level": "bulletin"}, bad={"level": "shout"}),
    notice("projects_supervisionnotice_cause_known", good={"cause": "stale"}, bad={"cause": "mood"}),
    Once("projects_supervisionnotice_one_open", SupervisionNotice, NOTICE,
         twins={"project": make.make_project}, apart={"cause": "stale"}),
    notice("projects_supervisionnotice_one_unit", good={"department": make.make_department},
           bad={"department": make.make_department, "community": make.make_community}),
    notice("projects_supervisionnotice_manual_by_somebody", good={"cause": "manual", "raised_by": make.make_user},
           bad={"cause": "manual"}),
    notice("projects_supervisionnotice_orders_numbered", good={"level": "order", "year": 2021, "number": 1},
           bad={"level": "order", "year": 2021}),
    notice("projects_supervisionnotice_orders_numbered", good={"level": "order", "year": 2021, "number": 2},
           bad={"level": "order", "year": 2021, "number": 0}),
    notice("projects_supervisionnotice_orders_numbered", bad={"year": 2021, "number": 3}),
    Once("projects_supervisionnotice_number_once", SupervisionNotice, ORDER,
         twins={"number": 7}, apart={"number": 8}),
    notice("projects_supervisionnotice_says_something", bad={"text": ""}),
    notice("projects_supervisionnotice_reply_by_in_order", good={"reply_by": JUNE}, bad={"reply_by": MAY}),
    notice("projects_supervisionnotice_closed_on_in_order", good={"closed_on": JUNE, "closed_reason": "已赶上"},
           bad={"closed_on": MAY, "closed_reason": "已赶上"}),
    notice("projects_supervisionnotice_receipt_whole", good=RECEIVED, bad={"received_by": make.make_user}),
    notice("projects_supervisionnotice_reply_whole", good={**RECEIVED, **REPLIED}, bad=REPLIED),
    notice("projects_supervisionnotice_reply_whole", bad={**RECEIVED, "reply": "已办。"}),
    notice("projects_supervisionnotice_reply_whole", bad={"evidence": "验收单一份。"}),
    notice("projects_supervisionnotice_closed_with_reason", bad={"closed_on": JUNE}),
    Check("projects_instruction_says_something", Instruction, INSTRUCTION, bad={"text": ""}),
]
