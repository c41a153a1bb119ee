"""The one table of moves: what may be done with a need in which state, by whom, and where it leads.

The names are those of a 12345 work order (签收、转办、退单、办结、回访); what a resident may do stands here as well.
It knows no database: `Need.move` asks it, pages offer what it allows.
"""
from dataclasses import dataclass

from django.db import models


class State(models.TextChoices):
    RECEIVED = "received", "待签收"
    ACCEPTED = "accepted", "已签收"
    HANDLING = "handling", "办理中"
    WAITING = "waiting", "待补充"
    PAUSED = "paused", "暂停"
    SHELVED = "shelved", "挂账"
    IN_REVIEW = "in_review", "待审核"
    ANSWERED = "answered", "已办结"
    FOLLOWED_UP = "followed_up", "已回访"
    REOPENED = "reopened", "重办"
    REFUSED = "refused", "不予受理"
    PASSED_ON = "passed_on", "已转出"
    MERGED = "merged", "已合并"
    WITHDRAWN = "withdrawn", "反映人撤回"

    @property
    def family(self):
        """The look of its tag: done, doing, none or stopped."""
        if self in ENDED:
            return "done" if self in (State.ANSWERED, State.FOLLOWED_UP) else "stopped"
        return "stopped" if self in RESTING else "none" if self == State.RECEIVED else "doing"


# the resident waits for us; in RESTING the days do not count
RESTING = frozenset({State.WAITING, State.PAUSED, State.SHELVED})
ENDED = frozenset({State.ANSWERED, State.FOLLOWED_UP, State.REFUSED, State.PASSED_ON, State.MERGED, State.WITHDRAWN})
OPEN = frozenset(State) - ENDED
AT_WORK = frozenset({State.ACCEPTED, State.HANDLING})
TO_ACCEPT = frozenset({State.RECEIVED, State.REOPENED})
BEFORE_ANSWER = OPEN - {State.IN_REVIEW}


class Verb(models.TextChoices):
    ASK = "ask", "反映"
    ACCEPT = "accept", "签收"
    START = "start", "开始办理"
    NOTE = "note", "写一步"
    ASK_BACK = "ask_back", "退回补充"
    SUPPLEMENT = "supplement", "补充"
    PAUSE = "pause", "暂停"
    SHELVE = "shelve", "挂账"
    RESUME = "resume", "继续办理"
    OFFER = "offer", "转办"
    TAKE_OVER = "take_over", "接收"
    DECLINE = "decline", "退单"
    ASSIGN = "assign", "分派"
    ASK_EXTENSION = "ask_extension", "申请延期"
    EXTEND = "extend", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    HAND_IN = "hand_in", "提交答复"
    RETURN_ANSWER = "return_answer", "退回答复"
    ANSWER = "answer", "办结"
    FOLLOW_UP = "follow_up", "回访"
    REOPEN = "reopen", "重新办理"
    KEEP = "keep", "改评价，不重新办理"
    REFUSE = "refuse", "不予受理"
    PASS_ON = "pass_on", "转出"
    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    WITHDRAW = "withdraw", "撤回"


class Who(models.TextChoices):
    """Who makes a move. A reviewer's moves are those of the answer's review: guicheng/review/."""

    ASKER = "asker", "反映人"
    HOLDER = "holder", "办理单位"
    OFFERED = "offered", "转去的单位"
    STREET = "street", "街道"
    REVIEWER = "reviewer", "审核员"


@dataclass(frozen=True)
class Move:
    """A move: the states it leaves, the one it leads to (None: it stays), who makes it, whether words are required.

    `text_label` is how the form asks for the words, and says who reads them.
    """

    leaves: frozenset
    to: State | None
    who: frozenset
    needs_text: bool = False
    text_label: str = "告诉反映人的话"


def _of(*states):
    return frozenset(states)


HOLDER, ASKER, OFFERED, STREET, REVIEWER = (frozenset({each}) for each in (
    Who.HOLDER, Who.ASKER, Who.OFFERED, Who.STREET, Who.REVIEWER))

MOVES = {
    Verb.ACCEPT: Move(_of(State.RECEIVED, State.REOPENED), State.ACCEPTED, HOLDER),
    Verb.START: Move(_of(State.ACCEPTED), State.HANDLING, HOLDER),
    Verb.NOTE: Move(AT_WORK | RESTING | {State.IN_REVIEW}, None, HOLDER, True, "办到哪一步（反映人看得到）"),
    Verb.ASK_BACK: Move(AT_WORK, State.WAITING, HOLDER, True, "请反映人补充什么"),
    Verb.SUPPLEMENT: Move(_of(State.WAITING), State.HANDLING, ASKER | HOLDER, True, "补充的内容"),
    Verb.PAUSE: Move(AT_WORK, State.PAUSED, HOLDER, True, "为什么暂停（反映人看得到）"),
    Verb.SHELVE: Move(AT_WORK, State.SHELVED, HOLDER, True, "为什么现在办不了（反映人看得到）"),
    Verb.RESUME: Move(RESTING, State.HANDLING, HOLDER),
    Verb.OFFER: Move(_of(State.RECEIVED, State.ACCEPTED, State.HANDLING, State.REOPENED), None, HOLDER | STREET, True,
                     "为什么转办（反映人看得到）"),
    Verb.TAKE_OVER: Move(_of(State.RECEIVED, State.ACCEPTED, State.HANDLING, State.REOPENED), State.ACCEPTED, OFFERED),
    Verb.DECLINE: Move(_of(State.RECEIVED, State.ACCEPTED, State.HANDLING, State.REOPENED), None, OFFERED, True,
                       "为什么退单（只给工作人员看）"),
    Verb.ASSIGN: Move(_of(State.RECEIVED, State.REOPENED), None, STREET),
    Verb.ASK_EXTENSION: Move(AT_WORK, None, HOLDER, True, "为什么要延期（同意后反映人看得到）"),
    Verb.EXTEND: Move(AT_WORK | RESTING | {State.IN_REVIEW}, None, REVIEWER | STREET),
    Verb.REFUSE_EXTENSION: Move(AT_WORK | RESTING | {State.IN_REVIEW}, None, REVIEWER | STREET, True,
                                "为什么不同意（只给工作人员看）"),
    Verb.HAND_IN: Move(AT_WORK, State.IN_REVIEW, HOLDER, True, "答复"),
    Verb.RETURN_ANSWER: Move(_of(State.IN_REVIEW), State.HANDLING, REVIEWER),
    Verb.ANSWER: Move(_of(State.IN_REVIEW), State.ANSWERED, REVIEWER),
    Verb.FOLLOW_UP: Move(_of(State.ANSWERED), State.FOLLOWED_UP, HOLDER | STREET, True,
                         "反映人怎么说（只给工作人员看）"),
    Verb.REOPEN: Move(_of(State.ANSWERED, State.FOLLOWED_UP, State.REFUSED, State.PASSED_ON), State.REOPENED,
                      ASKER | HOLDER | STREET, True, "为什么重新办理"),
    Verb.KEEP: Move(_of(State.REOPENED), State.ANSWERED, ASKER),
    Verb.REFUSE: Move(_of(State.RECEIVED, State.ACCEPTED, State.REOPENED), State.REFUSED, HOLDER | STREET, True,
                      "为什么不予受理，该找谁（反映人看得到）"),
    Verb.PASS_ON: Move(_of(State.RECEIVED, State.ACCEPTED, State.HANDLING, State.REOPENED), State.PASSED_ON,
                       HOLDER | STREET, True, "转去办理的说明（反映人看得到）"),
    Verb.MERGE: Move(BEFORE_ANSWER, State.MERGED, HOLDER | STREET),
    Verb.SPLIT: Move(_of(State.RECEIVED, State.ACCEPTED, State.HANDLING, State.REOPENED), None, HOLDER | STREET),
    Verb.WITHDRAW: Move(BEFORE_ANSWER, State.WITHDRAWN, ASKER),
}


def allowed(state, who):
    """The verbs that these roles, a set of Who, may do in this state, in the order of the table."""
    return [verb for verb, move in MOVES.items() if state in move.leaves and move.who & who]


# what the answer and its review do themselves: no button makes these moves
OF_THE_ANSWER = frozenset({Verb.HAND_IN, Verb.RETURN_ANSWER, Verb.ANSWER})
# what only staff read of an event: the reason stands in its internal note
INTERNAL = frozenset({Verb.DECLINE, Verb.REFUSE_EXTENSION, Verb.FOLLOW_UP, Verb.RETURN_ANSWER, Verb.ASSIGN})
# what a resident sees of a need's way, in their words
TOLD = {
    Verb.ASK: "收到了", Verb.ACCEPT: "已签收", Verb.START: "开始办理", Verb.NOTE: "办理进展",
    Verb.ASK_BACK: "请您补充", Verb.SUPPLEMENT: "已补充", Verb.PAUSE: "暂停", Verb.SHELVE: "现在办不了，先记着",
    Verb.RESUME: "继续办理", Verb.OFFER: "转给别的单位", Verb.TAKE_OVER: "接收单位已接收", Verb.EXTEND: "延期",
    Verb.HAND_IN: "答复正在审核", Verb.ANSWER: "已答复", Verb.REOPEN: "重新办理",
    Verb.KEEP: "您改了评价，不再重新办理", Verb.REFUSE: "不予受理", Verb.PASS_ON: "已转出",
    Verb.MERGE: "和另一件合并办理", Verb.SPLIT: "分开办理", Verb.WITHDRAW: "您已撤回",
}
