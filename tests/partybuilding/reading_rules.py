"""The constraints of figures in a 报送任务, each with a row that breaks nothing else."""
from datetime import date
from functools import partial

from django.utils import timezone

from partybuilding.models import ReadingRow, ReadingStep, ReportedReading
from projects.models import AskedUnit
from tests import factories as make
from tests.projects.reporting_rules import a_task
from tests.rules import Check, Once


def an_asked_community():
    return AskedUnit.objects.create(task=a_task(), community=make.make_community())


def one_person(*roles, **kw):
    """The same person in several roles of one row."""
    return lambda: dict.fromkeys(roles, make.make_user()) | kw


IN_REVIEW = {"metric": make.make_metric, "community": make.make_community, "value": 3, "is_sample": True,
             "effective_on": date(2021, 6, 1), "author": make.make_user, "state": "submitted"}
PUBLIC = IN_REVIEW | {"checker": make.make_user, "reviewer": make.make_user, "state": "published",
                      "recorded_at": timezone.now, "became": make.make_reading}
ROW = {"unit": an_asked_community, "metric": make.make_metric}
STEP = {"reported": lambda: ReportedReading.objects.create(
            **{name: each() if callable(each) else each for name, each in IN_REVIEW.items()}),
        "verb": "submitted", "by": make.make_user, "is_sample": True}

public = partial(Check, model=ReportedReading, base=PUBLIC)
step = partial(Check, model=ReadingStep, base=STEP)

RULES = [
    Once("partybuilding_readingrow_once", ReadingRow, ROW, twins=ROW, apart={"metric": make.make_metric}),
    Check("partybuilding_readingrow_draft_by_somebody", ReadingRow, ROW,
          good={"draft_by": make.make_user, "draft_at": timezone.now, "has_draft": True}, bad={"has_draft": True}),
    public("partybuilding_reportedreading_state_consistent", bad={"state": "submitted"}),
    public("partybuilding_reportedreading_state_consistent", bad={"recorded_at": None, "became": None},
           good={"state": "draft", "recorded_at": None, "became": None}),
    public("partybuilding_reportedreading_two_people", bad=one_person("author", "reviewer")),
    public("partybuilding_reportedreading_checked_by_another", bad=one_person("author", "checker")),
    public("partybuilding_reportedreading_two_reviewers", good=one_person("checker", "reviewer", one_step=True),
           bad=one_person("checker", "reviewer")),
    public("partybuilding_reportedreading_reviewed", bad={"reviewer": None}),
    public("partybuilding_reportedreading_qualifier_known", good={"qualifier": "多"}, bad={"qualifier": "上下"}),
    public("partybuilding_reportedreading_became_a_reading", bad={"became": None}),
    Check("partybuilding_reportedreading_became_a_reading", ReportedReading, IN_REVIEW,
          bad={"became": make.make_reading}),
    step("partybuilding_readingstep_verb_known", good={"verb": "checked"}, bad={"verb": "burnt"}),
    step("partybuilding_readingstep_return_explained", good={"verb": "returned", "note": "请核对。"},
         bad={"verb": "returned"}),
    *[step("partybuilding_readingstep_checked_whole", bad=bad, good={"verb": "published"} | make.CHECKED.as_dict())
      for bad in [{"verb": "published"} | make.CHECKED.as_dict() | {"privacy": False},
                  {"verb": "checked"} | make.CHECKED.as_dict()]],
]
# no UPDATE reaches them, the trigger is before: tests/partybuilding/test_readings.py tries them
BY_HAND = {"partybuilding_readinganswer_value_or_nil", "partybuilding_readingatclose_standing_known",
           "partybuilding_readingreturn_explained"}
