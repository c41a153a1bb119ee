"""What staff and the asker do with a need: each move with what goes along with it. When: `need_moves.py`."""
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communities.models import Community, Need, NeedAnswer, NeedTerm
from communities.models.need_moves import INTERNAL, OF_THE_ANSWER, Verb
from communities.needs import answers, asking
from guicheng.access.units import people_of
from guicheng.notices.inbox import tell
from guicheng.personal.finding import hidden
from guicheng.text import clean_text
from guicheng.trail.versions import hold

NOBODY = {"offered_community": None, "offered_department": None}


def make(need, verb, by, *, text="", note="", unit=None, days=None, outside_number="", other=None, title=""):
    """The move of this verb as the page of a need asks for it. Raises ValidationError and writes nothing then."""
    own = {
        Verb.ACCEPT: lambda: accept(need, by), Verb.OFFER: lambda: offer(need, by, unit, text),
        Verb.TAKE_OVER: lambda: take_over(need, by), Verb.DECLINE: lambda: decline(need, by, text),
        Verb.ASSIGN: lambda: assign(need, by, unit, text),
        Verb.ASK_EXTENSION: lambda: ask_extension(need, by, days, text),
        Verb.EXTEND: lambda: decide_extension(need, by, True, text),
        Verb.REFUSE_EXTENSION: lambda: decide_extension(need, by, False, text),
        Verb.PASS_ON: lambda: pass_on(need, by, text, outside_number),
        Verb.MERGE: lambda: merge(need, by, other, text), Verb.SPLIT: lambda: split(need, by, title, text, unit),
        Verb.REOPEN: lambda: reopen(need, by, text, need.holder),
    }.get(verb)
    if verb in OF_THE_ANSWER:
        raise ValidationError("答复有自己的表单，请刷新后再看。")
    return own() if own else do(need, verb, by, text=text, note=note)


def do(need, verb, by, *, unit=None, text="", note="", at=None, **told):
    """Make a move that has nothing of its own. What only staff read stands in the note, whatever it was typed as."""
    text = hidden(clean_text(text))
    if verb in INTERNAL and text:
        text, note = "", note or text
    return need.move(verb, by, unit=unit or need.holder, text=text, note=hidden(clean_text(note)), at=at, **told)


def accept(need, by, at=None):
    """签收: from this day on its term runs."""
    at = at or timezone.now()
    changes = {"accepted_on": timezone.localdate(at), "answer_days": NeedTerm.objects.of(need.kind)[1]}
    return need.move(Verb.ACCEPT, by, unit=need.holder, at=at, changes=changes)


def offer(need, by, unit, text):
    """转办: it stays with who has it until the other unit takes it over. Raises ValidationError."""
    if unit is None or unit == need.holder:
        raise ValidationError({"unit": "请选另一个单位。"})
    if need.offered_to:
        raise ValidationError(f"已经转给{need.offered_to}，等对方接收或退单。")
    column = "offered_community" if isinstance(unit, Community) else "offered_department"
    event = need.move(Verb.OFFER, by, unit=need.holder, text=hidden(clean_text(text)), changes={column: unit},
                      **_to(unit))
    _tell_unit(need, unit, event, f"转来一件诉求：{need.title}", "请接收，或者退单并写明原因。")
    return event


def take_over(need, by):
    """接收: the unit it was offered to has it now. Its term goes on; what nobody had accepted begins today."""
    unit, before = need.offered_to, need.holder
    if unit is None:
        raise ValidationError("这件诉求没有转给你的单位。")
    changes = {**NOBODY, **_held_by(unit)}
    if need.accepted_on is None:
        changes |= {"accepted_on": timezone.localdate(), "answer_days": NeedTerm.objects.of(need.kind)[1]}
    event = need.move(Verb.TAKE_OVER, by, unit=unit, changes=changes)
    if before:
        _tell_unit(need, before, event, f"{unit}已接收：{need.title}", "这件诉求以后由对方办理。")
    return event


def decline(need, by, note):
    """退单: the unit it was offered to does not take it; who had it has it still."""
    unit = need.offered_to
    if unit is None:
        raise ValidationError("这件诉求没有转给你的单位。")
    event = need.move(Verb.DECLINE, by, unit=unit, note=hidden(clean_text(note)), changes=dict(NOBODY))
    if need.holder:
        _tell_unit(need, need.holder, event, f"{unit}退单：{need.title}", note)
    return event


def assign(need, by, unit, note=""):
    """分派: the street gives what nobody has accepted to a unit."""
    if unit is None:
        raise ValidationError({"unit": "请选一个单位。"})
    event = need.move(Verb.ASSIGN, by, note=hidden(clean_text(note)), changes={**NOBODY, **_held_by(unit)}, **_to(unit))
    _tell_unit(need, unit, event, f"分来一件诉求：{need.title}", "请签收。")
    return event


def ask_extension(need, by, days, text):
    """申请延期: another person decides."""
    if need.asked_extension:
        raise ValidationError("已经申请过延期，等审核员决定。")
    if not days:
        raise ValidationError({"days": "请写延几个工作日。"})
    event = need.move(Verb.ASK_EXTENSION, by, unit=need.holder, text=hidden(clean_text(text)), days=days)
    others = need.holder.reviewers.filter(is_active=True).exclude(pk=by.pk)
    _tell(others, need, event, f"申请延期 {days} 个工作日：{need.title}", event.text)
    return event


def decide_extension(need, by, agrees, note=""):
    """同意 or 不同意延期, never by who asked for it."""
    asked = need.asked_extension
    if asked is None:
        raise ValidationError("没有等着决定的延期申请。")
    if asked.by_id == by.pk:
        raise ValidationError("延期要由另一个人同意。")
    note = hidden(clean_text(note))
    if agrees:
        event = need.move(Verb.EXTEND, by, text=asked.text, days=asked.days, note=note)
    else:
        event = need.move(Verb.REFUSE_EXTENSION, by, note=note)
    _tell([asked.by], need, event, f"{event.get_verb_display()}：{need.title}", note)
    return event


def hand_in(need, by, text, answer=None):
    """提交答复: the answer goes into review, and the need with it. Gives the answer. Raises ValidationError."""
    answers.require_written(text)
    with transaction.atomic():
        answer = answer or NeedAnswer(need=need, is_sample=need.is_sample)
        answer.text = hidden(clean_text(text))
        need.move(Verb.HAND_IN, by, unit=need.holder, note=answer.text)
        answer.submit(by)
    return answer


def keep_draft(need, by, text, answer=None):
    """Keep what is written of an answer so far. Gives it. Raises ValidationError."""
    answer = answer or NeedAnswer(need=need, is_sample=need.is_sample)
    answer.text = hidden(clean_text(text))
    answer.save_draft(by)
    return answer


def pass_on(need, by, text, outside_number):
    """转出: to 12345 or 区长直通车, with the number it has there."""
    if not clean_text(outside_number):
        raise ValidationError({"outside_number": "请写对方的编号，反映人凭它去问。"})
    return need.move(Verb.PASS_ON, by, unit=need.holder, text=hidden(clean_text(text)), changes=dict(NOBODY),
                     outside_number=clean_text(outside_number))


def merge(need, by, other, text=""):
    """合并: the other need goes on for both; its answer is told to both askers. Raises ValidationError."""
    if other is None or other.pk == need.pk:
        raise ValidationError({"other": "请写要并到哪一件的编号。"})
    with transaction.atomic():
        hold(Need.objects.filter(pk__in=[need.pk, other.pk]).order_by("pk"))  # two into each other would both be gone
        other.refresh_from_db()
        if not other.is_open:
            raise ValidationError({"other": f"{other.number} {other.get_state_display()}，不能并过去。"})
        return need.move(Verb.MERGE, by, unit=need.holder, text=hidden(clean_text(text)), other=other,
                         changes={**NOBODY, "merged_into": other})


def split(need, by, title, text, unit=None):
    """拆分: what it holds besides becomes a need of its own; gives that. Raises ValidationError."""
    with transaction.atomic():
        part, _ = asking.ask(secrets.token_hex(32), need.kind, title, text=text, place=need.place,
                             community=unit if isinstance(unit, Community) else need.first_community,
                             channel=need.channel, by=by, is_sample=need.is_sample)
        Need.objects.filter(pk=part.pk).update(split_from=need)
        need.move(Verb.SPLIT, by, unit=need.holder, other=part)
    return part


def has_reopened(need):
    """Whether the asker had it taken up again: by right that is once."""
    return need.events.filter(verb=Verb.REOPEN, by=None).exists()


def reopen(need, by, text, unit=None):
    """重新办理: by the asker, once by right, or by staff. Its term begins anew when it is accepted anew."""
    if by is None and has_reopened(need):
        raise ValidationError("您已经要求重新办理过一次；还没解决，请到社区柜台说。")
    changes = {"answered_at": None, "accept_by": asking.accept_by(need.kind, timezone.now())}
    return need.move(Verb.REOPEN, by, unit=unit, text=hidden(clean_text(text)), changes=changes)


# --- who is told -----------------------------------------------------------------------------------
def _held_by(unit):
    is_community = isinstance(unit, Community)
    return {"community": unit if is_community else None, "department": None if is_community else unit}


def _to(unit):
    return {"to_community" if isinstance(unit, Community) else "to_department": unit}


def _tell_unit(need, unit, event, title, says):
    _tell(people_of([unit]), need, event, title, says)


def _tell(people, need, event, title, says):
    """Nobody is told of a sample."""
    if not need.is_sample:
        tell(people, f"need:{event.pk}", f"{need.number} {title}", says, need.staff_page(), matter="诉求")
