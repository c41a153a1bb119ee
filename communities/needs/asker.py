"""What the asker does with their own need, by its secret link: supplement, withdraw, have it taken up again."""
from django.core.exceptions import ValidationError

from communities.models.need_moves import Verb, Who, allowed
from communities.needs import handling
from guicheng.access.units import people_of
from guicheng.notices.inbox import tell
from guicheng.personal.finding import hidden
from guicheng.public.elder import plain_address
from guicheng.text import clean_text

ASKER = frozenset({Who.ASKER})
LABELS = {Verb.SUPPLEMENT: "补充的内容", Verb.WITHDRAW: "为什么撤回", Verb.REOPEN: "哪里还没有解决"}
NEEDS_WORDS = {Verb.SUPPLEMENT, Verb.REOPEN}
STALE = "这件事刚有了新的一步，这次没有收下。请看过上面的进展再定；写的还在。"


def may_do(need):
    """The verbs the asker may do now."""
    verbs = [verb for verb in allowed(need.state, ASKER) if verb in LABELS]
    return [verb for verb in verbs if verb != Verb.REOPEN or not handling.has_reopened(need)]


def do(need, verb, text, version):
    """Make the asker's move on the need as they saw it, `version`. A second click finds it done. ValidationError."""
    text = clean_text(text)
    if _was_done(need, verb, text, version):
        return
    if version != str(need.version):
        raise ValidationError(STALE, code="stale")
    if verb not in may_do(need):
        raise ValidationError(f"这件事现在是“{need.get_state_display()}”，不能{Verb(verb).label}。")
    if verb == Verb.REOPEN:
        event = handling.reopen(need, None, text)
    else:
        event = need.move(verb, None, text=hidden(text))
    if need.holder:
        tell(people_of([need.holder]), f"need:{event.pk}", f"{need.number} 反映人：{event.get_verb_display()}",
             need.title, plain_address(need.staff_page()), matter="诉求", direct=not need.is_sample)


def _was_done(need, verb, text, version):
    """Whether the last step of the need is this very one, made from the same page."""
    last = need.events.newest_first().first()
    return (version == str(need.version - 1) and last is not None and last.by_id is None
            and (last.verb, last.text) == (verb, hidden(text)))
