"""The asker judges an answer: once, with ten minutes to mend a slip. 未解决 has it taken up again, once by right."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communities.models import Need, NeedRating, RatingSource, Verdict
from communities.models.need_moves import State, Verb
from communities.needs import handling
from guicheng.personal.finding import hidden
from guicheng.text import clean_text

TO_MEND = timedelta(minutes=10)
TOO_LATE = "已经评价过了，十分钟以后不能再改。有新的情况，请到社区柜台说。"


@dataclass(frozen=True)
class Judging:
    """What the asker's page shows of it: the verdict there is, what it leads to, until when it may be mended."""

    need: Need
    rating: NeedRating | None
    mend_until: datetime | None

    verdicts = list(Verdict)

    @property
    def may_mend(self):
        return self.mend_until is not None and timezone.now() <= self.mend_until

    @property
    def asks_what_lacks(self):
        return self.rating.verdict != Verdict.SOLVED

    @property
    def consequence(self):
        if self.need.state == State.REOPENED:
            return "已经重新办理，签收以后重新算日子。"
        unsolved = self.rating.verdict == Verdict.UNSOLVED
        return "重新办理只有一次；还没有解决，请到社区柜台说。" if unsolved else ""

    @property
    def warning(self):
        return "点“未解决”，会重新办理一次。" if _may_reopen(self.need) else ""


def judging_of(need):
    """The Judging of a need; None while there is no answer to judge."""
    answer = answer_to_judge(need)
    if answer is None or need.merged_into_id:
        return None
    rating = verdict_on(answer)
    if rating is None:
        return Judging(need, None, None) if need.state != State.REOPENED else None
    return Judging(need, rating, timezone.localtime(_first_at(answer) + TO_MEND))


def answer_to_judge(need):
    """The answer that stands, or None while there is none."""
    if need.state not in (State.ANSWERED, State.FOLLOWED_UP, State.REOPENED):
        return None
    return need.answers.published().order_by("-recorded_at").first()


def verdict_on(answer):
    """What the asker said of an answer, or None."""
    return answer.ratings.by_asker().newest_first().first() if answer else None


def may_mend(rating, now=None):
    """Whether it still may be changed."""
    return (now or timezone.now()) - rating.at <= TO_MEND


def judge(need, verdict, lacking="", words="", now=None):
    """Write the asker's verdict down; 未解决 has the need taken up again where that is still theirs to ask.

    Gives the rating. Raises ValidationError where there is nothing to judge, or the ten minutes are over.
    """
    now, verdict = now or timezone.now(), Verdict(verdict)
    with transaction.atomic():
        need = _held(need)
        answer = answer_to_judge(need)
        if answer is None:
            raise ValidationError("现在没有可以评价的答复，请刷新后再看。")
        before = verdict_on(answer)
        if before and now - _first_at(answer) > TO_MEND:
            raise ValidationError(TOO_LATE)
        if need.state == State.REOPENED and before is None:
            raise ValidationError("这件诉求正在重新办理，等新的答复出来再评。")
        if before and before.verdict == Verdict.UNSOLVED and need.state == State.REOPENED:
            _take_back(need, answer)
        rating = _written(answer, verdict, lacking, words, now)
        if verdict == Verdict.UNSOLVED and _may_reopen(need):
            handling.reopen(need, None, rating.words or "反映人评价：未解决。")
    return rating


def add_words(need, lacking, words):
    """Say more about a verdict that stands; empty words are none. Raises ValidationError."""
    with transaction.atomic():
        answer = answer_to_judge(_held(need))
        before = verdict_on(answer)
        if before is None:
            raise ValidationError("请先评价。")
        if before.words:
            raise ValidationError("已经收到您的话，谢谢。")
        return _written(answer, before.verdict, lacking, words, timezone.now())


def enter_call(need, by, verdict, text=""):
    """回访, entered by staff: a source of its own. Gives the rating. Raises ValidationError."""
    with transaction.atomic():
        need = _held(need)
        answer = answer_to_judge(need)
        if answer is None:
            raise ValidationError("还没有答复，不用回访。")
        rating = _written(answer, verdict, "", text, timezone.now(), source=RatingSource.CALL, by=by)
        if need.state == State.ANSWERED:
            handling.do(need, Verb.FOLLOW_UP, by, note=f"{rating.get_verdict_display()}。{rating.words}")
    return rating


def _first_at(answer):
    return answer.ratings.by_asker().order_by("seq").values_list("at", flat=True).first()


def _may_reopen(need):
    return (need.state in (State.ANSWERED, State.FOLLOWED_UP)
            and not handling.has_reopened(need))


def _take_back(need, answer):
    """A slip: what was taken up again a moment ago stands answered as before."""
    due_on = need.events.filter(verb=Verb.ANSWER).newest_first().values_list("due_on", flat=True).first()
    need.move(Verb.KEEP, None, changes={"answered_at": answer.recorded_at, "due_on": due_on})


def _held(need):
    """The need as it is now, locked: of two who judge at once the second sees what the first said."""
    return Need.objects.select_for_update(no_key=True, of=("self",)).get(pk=need.pk)


def _written(answer, verdict, lacking, words, now, **by):
    last = answer.ratings.newest_first().values_list("seq", flat=True).first() or 0
    rating = NeedRating(answer=answer, seq=last + 1, verdict=verdict, lacking=lacking,
                        words=hidden(clean_text(words)), at=now, is_sample=answer.is_sample, **by)
    rating.full_clean()
    rating.save()
    return rating
