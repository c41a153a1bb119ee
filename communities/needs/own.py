"""What the asker's own page tells of a need: where it stands, what was answered, every step, by when and why then."""
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from communities.models import Need, NeedKind, NeedTerm
from communities.models.need_due import reckon, reckoned
from communities.models.need_moves import INTERNAL, State, Verb
from communities.needs import asker, handling
from guicheng.words import near_day

CLOSING = {Verb.ANSWER: "答复", Verb.REFUSE: "为什么不予受理", Verb.PASS_ON: "转到哪里去了"}
WORDS = {State.WAITING: "等您补充", State.IN_REVIEW: "答复审核中", State.ANSWERED: "已答复",
         State.FOLLOWED_UP: "已答复", State.WITHDRAWN: "您已撤回", State.REOPENED: "重新办理"}
TO_ACCEPT = {State.RECEIVED, State.REOPENED}
ASKERS = {Verb.SUPPLEMENT, Verb.WITHDRAW, Verb.REOPEN, Verb.KEEP}  # where nobody of the staff made them
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Step:
    at: datetime
    told: str
    who: str
    text: str
    more: str = ""


@dataclass(frozen=True)
class StripDay:
    """A day of the sum as it is drawn: `word` is its number, or why it does not count."""

    day: date
    kind: str
    word: str
    note: str

    @property
    def weekday(self):
        return f"周{WEEKDAYS[self.day.weekday()]}"


def end_of(need):
    """The need that goes on for this one: itself, or the one it was merged into."""
    for _ in range(10):  # a merge leads to what is open, so there is no ring; should there be one, it ends
        if need.merged_into is None:
            break
        need = need.merged_into
    return need


class OwnPage:
    """`need` is the asker's, `shown` the one that goes on for it: of that only what concerns both is told."""

    def __init__(self, need):
        self.need = need
        self.shown = end_of(need)
        self.is_merged = self.shown.pk != need.pk

    @cached_property
    def events(self):
        return self._events_of(self.need)

    @cached_property
    def shown_events(self):
        return self._events_of(self.shown) if self.is_merged else self.events

    @staticmethod
    def _events_of(need):
        rows = need.events.in_order()
        return list(rows.select_related("community", "department", "to_community", "to_department"))

    @property
    def kind(self):
        return NeedKind(self.need.kind)

    @property
    def state(self):
        return State(self.shown.state)

    @property
    def state_word(self):
        return WORDS.get(self.state, self.state.label)

    @property
    def look(self):
        """The look of its tag."""
        return "late" if self.is_late else self.state.family

    # --- by when
    @cached_property
    def sum(self):
        """The Reckoned of its term; None before it is taken on, and while it waits to be taken on anew."""
        if self.shown.accepted_on is None or self.state in TO_ACCEPT:
            return None
        return reckoned(self.shown, self.shown_events)

    @property
    def standing(self):
        """How many days of how many, in one sentence."""
        need = self.shown
        if need.has_ended:
            return self._answered_after() if need.answered_at and self.sum else ""
        if self.sum is None:
            return self._not_accepted()
        if need.due_on is None:
            return self.sum.why_unknown
        if need.days_late:
            return f"应在 {near_day(need.due_on)}前答复，已经超了 {need.days_late} 天"
        number, most = self.sum.number_on(timezone.localdate()), self.sum.allowed + self.sum.extended
        counted = f"今天是第 {number} 个工作日，" if number else ""
        return f"{counted}限 {most} 个工作日，最晚 {near_day(need.due_on)}答复"

    def _answered_after(self):
        on, most = timezone.localdate(self.shown.answered_at), self.sum.allowed + self.sum.extended
        if self.sum.due_on and on > self.sum.due_on:
            return f"超了 {(on - self.sum.due_on).days} 天才答复，限 {most} 个工作日"
        number = self.sum.number_on(on)
        return f"第 {number} 个工作日答复，限 {most} 个工作日" if number else f"签收当天答复，限 {most} 个工作日"

    def _not_accepted(self):
        by = self.shown.accept_by
        if by is None:
            return "等单位签收"
        late = (timezone.localdate() - by).days
        return f"应在 {near_day(by)}前签收，已经超了 {late} 天" if late > 0 else f"最晚 {near_day(by)}签收"

    @property
    def is_late(self):
        if self.state in TO_ACCEPT:
            return bool(self.shown.accept_by and self.shown.accept_by < timezone.localdate())
        return bool(self.shown.days_late)

    @property
    def parts(self):
        """The sum in words, part by part; it equals the day it is due."""
        sum_ = self.sum
        parts = [(f"延期 {sum_.extended} 个工作日", sum_.extended), (f"周末和放假 {sum_.off} 天", sum_.off),
                 (f"暂停 {sum_.rested} 天", sum_.rested)]
        told = [words for words, days in parts if days]
        return [f"{near_day(sum_.accepted_on)}签收", f"{sum_.allowed} 个工作日", *told]

    @property
    def strip(self):
        today, answered = timezone.localdate(), self.shown.answered_at
        answered_on = timezone.localdate(answered) if answered else None
        return [self._strip_day(each, today, answered_on) for each in self.sum.days]

    @staticmethod
    def _strip_day(each, today, answered_on):
        if each.kind == "off":
            word = "周末" if each.day.weekday() > 4 else "放假"
        else:
            word = {"first": "签收", "rest": "暂停"}.get(each.kind, str(each.number))
        told = [words for words, holds in (("已答复", each.day == answered_on), ("最晚这天", each.is_due),
                                           ("今天", each.day == today)) if holds]
        kind = "answered" if each.day == answered_on else "due" if each.is_due else each.kind
        return StripDay(each.day, kind, word, told[0] if told else each.note if each.note != word else "")

    # --- what was said
    @cached_property
    def closing(self):
        """The event that ended it with words for the asker, or None."""
        if not self.shown.has_ended:
            return None
        return next((each for each in reversed(self.shown_events) if each.verb in CLOSING), None)

    @property
    def closing_title(self):
        return CLOSING[self.closing.verb]

    @property
    def closing_unit(self):
        return self._unit_of(self.closing, self.shown_events)

    @staticmethod
    def _unit_of(event, events):
        """Whose it is. An answer is sent by its reviewer: it is of the unit that had handed it in."""
        if event.unit or event.verb != Verb.ANSWER:
            return event.unit
        handed_in = [each for each in events if each.verb == Verb.HAND_IN and each.seq < event.seq]
        return handed_in[-1].unit if handed_in else None

    @property
    def steps(self):
        """Every step the asker reads, the newest first."""
        told = [each for each in self.events if each.told and each.verb not in INTERNAL]
        return [self._step(each) for each in reversed(told)]

    def _step(self, event):
        if event.verb == Verb.ASK:
            who = self.need.get_channel_display()
        elif event.by_id is None and event.verb in ASKERS:
            who = "您"
        else:
            who = str(self._unit_of(event, self.events) or "街道")
        text = "" if self.closing and event.pk == self.closing.pk else event.text
        return Step(event.at, event.told, who, text, self._more(event))

    @staticmethod
    def _more(event):
        """What a step says besides its words."""
        more = ""
        if event.verb == Verb.EXTEND:
            more = f"延期 {event.days} 个工作日" + (f"，最晚 {near_day(event.due_on)}答复" if event.due_on else "")
        elif event.verb == Verb.OFFER and event.to_unit:
            more = f"转给{event.to_unit}；对方接收以前，还由原来的单位负责"
        elif event.verb == Verb.PASS_ON:
            more = f"对方的编号：{event.outside_number}"
        elif event.verb == Verb.ACCEPT and event.due_on:
            more = f"最晚 {near_day(event.due_on)}答复"
        return more

    # --- what they may do, what comes next
    @cached_property
    def verbs(self):
        return asker.may_do(self.need)

    @property
    def asked_back(self):
        """What the unit wants to know, while it waits for it."""
        asked = [each.text for each in self.events if each.verb == Verb.ASK_BACK]
        return asked[-1] if asked else ""

    @property
    def reopen_title(self):
        return "还没有解决？" if self.need.answered_at else "您看不是这样？"

    @property
    def has_reopened(self):
        return self.need.has_ended and handling.has_reopened(self.need)

    @cached_property
    def latest_answer(self):
        """(working days to answer, the latest day of it) for one that nobody has accepted yet; None: not known."""
        days = NeedTerm.objects.of(self.need.kind)[1]
        return days, reckon(self.need.accept_by, days).due_on if self.need.accept_by else None


def own_need(number):
    """The need with what its own page reads of it, or None."""
    rows = Need.objects.select_related("community", "department", "first_community", "project", "original",
                                       "merged_into__community", "merged_into__department")
    return rows.filter(number=number).first()
