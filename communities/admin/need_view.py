"""What the page of one need shows: what to do now, the moves there are, the words, what happened."""
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from communities.admin.need_forms import AnswerForm, MoveForm, unit_choices
from communities.models import AnswerTemplate, NeedAnswer, NeedAnswerStep, NeedRating
from communities.models.need_answers import UNSENT
from communities.models.need_due import reckoned
from communities.models.need_moves import AT_WORK, OF_THE_ANSWER, RESTING, TO_ACCEPT, State, Verb, Who
from communities.needs.answers import alike_sentence
from communities.needs.due_words import due_of, sum_in_words
from communities.permissions import can_see_asker, may_do, roles_in
from guicheng.days.workdays import WorkCalendar
from guicheng.files.models import arranged
from guicheng.review.states import Verb as Step

# what is to be done now comes before all else that might be, in this order
PRESSING = [Verb.TAKE_OVER, Verb.DECLINE, Verb.EXTEND, Verb.REFUSE_EXTENSION, Verb.ACCEPT, Verb.RESUME]
WANT_UNIT = {Verb.OFFER, Verb.ASSIGN, Verb.SPLIT}


@dataclass(frozen=True)
class Line:
    """One line of what happened: of the need or of the review of its answer."""

    at: datetime
    what: str
    who: str
    text: str = ""
    note: str = ""
    more: str = ""


def context_of(user, need, *, move=None, answer_form=None, template=None):
    """Everything of the page but the review. `move`, `answer_form`: those that came back with faults."""
    roles, events = roles_in(user, need), list(need.events.in_order().select_related(
        "by", "community", "department", "to_community", "to_department", "other"))
    answers = list(need.answers.order_by("pk").select_related("author"))
    unsent = next((each for each in answers if each.state in UNSENT), None)
    verbs, calendar, today = may_do(user, need), WorkCalendar.load(), timezone.localdate()
    forms = _forms(need, user, [verb for verb in verbs if verb not in OF_THE_ANSWER], move)
    pressing = pressing_verbs(need, roles, verbs)
    return {
        "need": need, "roles": roles, "asked_extension": need.asked_extension,
        "due": due_of(need, today, calendar), "sum": _sum(need, events, calendar),
        "moves": sorted((form for form in forms if form.move in pressing), key=lambda form: pressing.index(form.move)),
        "others": [form for form in forms if form.move not in pressing],
        "answers": [each for each in answers if each.is_published], "unsent": unsent,
        "alike": alike_sentence(unsent) if unsent and unsent.state in NeedAnswer.IN_REVIEW else "",
        "answer_form": answer_form or (AnswerForm(need, unsent, text=template.text if template else "")
                                       if Verb.HAND_IN in verbs else None),
        "templates": list(AnswerTemplate.objects.only("pk", "title")) if Verb.HAND_IN in verbs else [],
        "faulty": next((form for form in (move, answer_form) if form is not None and form.errors), None),
        "template": template, "history": _history(events, answers),
        "figures": arranged(need.photos.all()), "sees_asker": can_see_asker(user, need),
        "merged": list(need.merged.only("pk", "number", "title")),
        "parts": list(need.parts.only("pk", "number", "title")),
    }


def _forms(need, user, verbs, move):
    """The form of each verb; the one that came back in the place of its own."""
    units = unit_choices(need) if WANT_UNIT & set(verbs) else None
    return [move if move is not None and move.move == verb else MoveForm(verb, need, user, units=units)
            for verb in verbs]


def pressing_verbs(need, roles, verbs):
    """Of the verbs there are those that answer: what must be done now?"""
    found = [verb for verb in PRESSING if verb in verbs]
    if need.offered_to and Who.OFFERED not in roles:
        found = []
    if need.holder is None and Verb.ASSIGN in verbs and not need.offered_to:
        found = [Verb.ASSIGN, *found]
    if need.state == State.WAITING and Verb.SUPPLEMENT in verbs:
        found = [*found, Verb.SUPPLEMENT]
    return found


def _sum(need, events, calendar):
    """The sum of its day: (sentence, the days). None of one that nobody accepted yet."""
    if need.accepted_on is None or need.state in TO_ACCEPT or need.has_ended and need.due_on is None:
        return None
    found = reckoned(need, events, calendar)
    return {"sentence": sum_in_words(found), "days": found.days if found.due_on else []}


def now_sentence(need, context):
    """What is to be done now and by whom, in one sentence. `context`: with that of the review."""
    pressing, unsent, roles = [form.move for form in context["moves"]], context["unsent"], context["roles"]
    asked = context["asked_extension"]
    if need.merged_into_id:
        return f"已并到 {need.merged_into.number}，那一件答复了，这一件的反映人也看得到。"
    if need.has_ended:
        return {State.ANSWERED: "已答复。可以回访，写下反映人怎么说。", State.FOLLOWED_UP: "已答复，已回访。",
                }.get(need.state, f"{need.get_state_display()}，没有要办的。")
    if context.get("may_approve"):
        return "答复写好了，请你审核。"
    if Verb.EXTEND in pressing:
        return f"{asked.by}申请延期 {asked.days} 个工作日：{asked.text}　请你决定。"
    if need.offered_to:
        mine = Who.OFFERED in roles
        return f"转给{need.offered_to}，请接收；不是你们办的，退单并写明原因。" if mine else (
            f"已转给{need.offered_to}，等对方接收；接收以前还由{need.holder or '街道'}负责。")
    if need.holder is None:
        return "还没有单位办，请分派。" if Verb.ASSIGN in pressing else "还没有单位办，等街道分派。"
    if Who.HOLDER not in roles:
        return context.get("waits_for") or f"由{need.holder}办理。"
    return _of_holder(need, unsent, asked, context.get("waits_for"))


def _of_holder(need, unsent, asked, waits_for):
    """What it says to a clerk of the unit that has it."""
    if need.state in TO_ACCEPT:
        return "请签收；签收那天起算日子。不是你们办的，转办并写明原因。"
    if need.state == State.WAITING:
        return "等反映人补充。补充以后日子接着往下数。"
    if need.state in RESTING:
        return f"{need.get_state_display()}，恢复办理时点“继续办理”。"
    if need.state in AT_WORK and asked:
        return f"已申请延期 {asked.days} 个工作日，等另一个人决定；决定以前日子照数。"
    if need.state in AT_WORK and unsent and unsent.state == NeedAnswer.State.RETURNED:
        return "答复被退回了，请按退回的原因改好再提交。"
    return "请办理，写好答复提交审核。" if need.state in AT_WORK else waits_for or "答复在审核。"


# --- what happened ---------------------------------------------------------------------------------
def _history(events, answers):
    """The newest first: the moves of the need, the steps of its answers' review that say more, what the asker said."""
    lines = [_line(event) for event in events]
    steps = NeedAnswerStep.objects.filter(answer__in=answers).exclude(
        verb__in=[Step.SUBMITTED, Step.PUBLISHED]).select_related("by") if answers else []
    lines += [Line(step.at, f"答复{step.get_verb_display()}", str(step.by), note=step.note) for step in steps]
    ratings = NeedRating.objects.filter(answer__in=answers).by_asker().order_by("seq") if answers else []
    lines += [Line(row.at, f"评价：{row.get_verdict_display()}", "反映人", row.words,
                   more=row.get_lacking_display() if row.lacking else "") for row in ratings]
    return sorted(lines, key=lambda line: line.at)[::-1]  # of one instant the later event stands first too


def _line(event):
    who = str(event.by) if event.by else "系统" if event.verb == Verb.RETURN_ANSWER else "反映人"
    if event.unit:
        who = f"{event.unit}　{who}"
    more = [f"给{event.to_unit}"] * bool(event.to_unit) + [f"{event.days} 个工作日"] * bool(event.days)
    more += [f"对方的编号 {event.outside_number}"] * bool(event.outside_number)
    more += [f"另一件 {event.other.number}"] if event.other else []
    return Line(event.at, event.get_verb_display(), who, event.text, event.note, "，".join(more))


# --- the words -------------------------------------------------------------------------------------
def words_of(need, original):
    """(label, as it was typed, as everybody who handles it may pass it on) of what was asked; typed "" where the same.

    Without `original` only what was let through is shown.
    """
    rows = []
    for name, label in (("title", "一句话"), ("text", "具体情况"), ("place", "在哪里")):
        shown, typed = getattr(need, name), getattr(original, name) if original else ""
        if shown or typed:
            rows.append((label, typed if typed != shown else "", shown))
    return rows
