"""The constraints of needs, each with a row that breaks nothing else."""
from datetime import date
from functools import partial
from itertools import count

from django.utils import timezone

from communities.models import (
    AnswerTemplate,
    Need,
    NeedAnswer,
    NeedAnswerStep,
    NeedEvent,
    NeedOriginal,
    NeedPhoto,
    NeedRating,
)
from tests import factories as make
from tests.partybuilding.reading_rules import one_person
from tests.rules import Check, Once

_numbers = count(1)


def text(prefix):
    return lambda: f"{prefix}{next(_numbers)}"


def sample():
    """A need of which the append-only tables let go again."""
    return make.make_need(is_sample=True)


def bare():
    """One without its original."""
    return Need.objects.create(**{name: each() if callable(each) else each for name, each in NEED.items()})


def an_answer():
    return NeedAnswer.objects.create(need=sample(), text="灯头已经换好。", is_sample=True)


NEED = {"number": text("GC"), "sending": text("sending"), "kind": "question", "title": "一句话", "is_sample": True}
TAKEN_ON = {"accepted_on": date(2026, 11, 3), "answer_days": 3}
EVENT = {"need": sample, "seq": 2, "verb": "note", "state": "received", "is_sample": True}
PHOTO = {"need": sample, "file": text("f"), "sha256": text("s"), "size": 1, "width": 800, "height": 600}
IN_REVIEW = {"need": sample, "text": "灯头已经换好，今晚会亮。", "is_sample": True, "author": make.make_user,
             "state": "submitted"}
SENT = IN_REVIEW | {"checker": make.make_user, "reviewer": make.make_user, "state": "published",
                    "recorded_at": timezone.now}
STEP = {"answer": an_answer, "verb": "submitted", "by": make.make_user, "is_sample": True}
RATING = {"answer": an_answer, "seq": 1, "verdict": "solved", "is_sample": True}

need = partial(Check, model=Need, base=NEED)
event = partial(Check, model=NeedEvent, base=EVENT)
photo = partial(Check, model=NeedPhoto, base=PHOTO)
sent = partial(Check, model=NeedAnswer, base=SENT)
step = partial(Check, model=NeedAnswerStep, base=STEP)
rating = partial(Check, model=NeedRating, base=RATING)

RULES = [
    need("communities_need_kind_known", bad={"kind": "report"}),
    need("communities_need_channel_known", good={"channel": "phone"}, bad={"channel": "fax"}),
    need("communities_need_state_known", bad=TAKEN_ON | {"state": "lost"}),
    need("communities_need_title_given", bad={"title": ""}),
    need("communities_need_one_holder", good={"community": make.make_community},
         bad={"community": make.make_community, "department": make.make_department}),
    need("communities_need_one_offer", good={"offered_department": make.make_department},
         bad={"offered_community": make.make_community, "offered_department": make.make_department}),
    need("communities_need_accepted_with_day", good=TAKEN_ON | {"state": "accepted"}, bad={"state": "accepted"}),
    need("communities_need_answered_with_time", bad=TAKEN_ON | {"state": "answered"},
         good=TAKEN_ON | {"state": "answered", "answered_at": timezone.now}),
    need("communities_need_merged_into_one", good={"state": "merged", "merged_into": sample}, bad={"state": "merged"}),
    need("communities_need_merged_into_one", bad={"merged_into": sample}),
    event("communities_needevent_verb_known", bad={"verb": "burn"}),
    event("communities_needevent_state_known", bad={"state": "lost"}),
    event("communities_needevent_days_in_range", good={"days": 60}, bad={"days": 61}),
    event("communities_needevent_passed_on_with_number", good={"verb": "pass_on", "outside_number": "示例 1"},
          bad={"verb": "pass_on"}),
    Once("communities_needevent_seq_once", NeedEvent, EVENT, twins={"need": sample, "seq": 5}, apart={"seq": 6}),
    Check("communities_needoriginal_erased_whole", NeedOriginal, {"need": bare}, good={"erased_at": timezone.now},
          bad={"erased_at": timezone.now, "name": "示例"}),
    photo("communities_needphoto_role_known", good={"role": "after", "pair": 1}, bad={"role": "middle", "pair": 1}),
    photo("communities_needphoto_pair_stated", good={"role": "before", "pair": 1}, bad={"role": "before"}),
    photo("communities_needphoto_ready_when_published", bad={"frozen_at": timezone.now, "alt": "路灯"},
          good={"frozen_at": timezone.now, "people_agreed": True, "alt": "路灯"}),
    Once("communities_needphoto_one_of_a_pair", NeedPhoto, PHOTO, twins={"need": sample, "role": "before", "pair": 1},
         apart={"role": "after"}),
    Once("communities_needphoto_once", NeedPhoto, PHOTO, twins={"need": sample, "sha256": "a" * 64},
         apart={"sha256": "b" * 64}),
    sent("communities_needanswer_state_consistent", bad={"state": "submitted"}),
    sent("communities_needanswer_two_people", bad=one_person("author", "reviewer")),
    sent("communities_needanswer_checked_by_another", bad=one_person("author", "checker")),
    sent("communities_needanswer_two_reviewers", good=one_person("checker", "reviewer", one_step=True),
         bad=one_person("checker", "reviewer")),
    sent("communities_needanswer_reviewed", bad={"reviewer": None}),
    sent("communities_needanswer_text_given", bad={"text": ""}),
    Once("communities_needanswer_one_unsent", NeedAnswer, IN_REVIEW, twins={"need": sample},
         apart=SENT | {"need": sample}),
    step("communities_needanswerstep_verb_known", good={"verb": "checked"}, bad={"verb": "burnt"}),
    step("communities_needanswerstep_return_explained", good={"verb": "returned", "note": "请写清哪天。"},
         bad={"verb": "returned"}),
    step("communities_needanswerstep_checked_whole", bad={"verb": "checked"} | make.CHECKED.as_dict(),
         good={"verb": "published"} | make.CHECKED.as_dict()),
    rating("communities_needrating_source_known", bad={"source": "letter", "by": make.make_user},
           shared_with=("communities_needrating_by_whom",)),
    rating("communities_needrating_verdict_known", bad={"verdict": "fine"}),
    rating("communities_needrating_lacking_known", good={"lacking": "slow"}, bad={"lacking": "love"}),
    rating("communities_needrating_by_whom", good={"source": "call", "by": make.make_user}, bad={"source": "call"}),
    Once("communities_needrating_once", NeedRating, RATING, twins={"answer": an_answer, "seq": 3}, apart={"seq": 4}),
    Check("communities_answertemplate_has_blank", AnswerTemplate, {"title": text("模板"), "text": "您好，【哪天】。"},
          bad={"text": "您好。"}),
]
# every kind has its row, and no row of another kind can be made: tests/communities/needs/test_terms.py tries them
BY_HAND = {"communities_needterm_kind_known", "communities_needterm_in_range"}
