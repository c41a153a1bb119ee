"""The constraints of 报送任务, each with a row that breaks nothing else."""
from datetime import date
from functools import partial

from django.utils import timezone

from projects.models import (
    AskedUnit,
    ReportingAnswer,
    ReportingColumn,
    ReportingRelease,
    ReportingReminder,
    ReportingReturn,
    ReportingRow,
    ReportingTask,
    ReportingWording,
)
from tests import factories as make
from tests.rules import Check, Once

TASK = {"title": "示例", "ground": "示例通知", "as_of": date(2026, 11, 30), "due_at": timezone.now}
OPENED = {"opened_at": timezone.now, "opened_by": make.make_user}
CLOSED = {"closed_at": timezone.now, "closed_by": make.make_user}


def a_task():
    return ReportingTask.objects.create(**{name: each() if callable(each) else each for name, each in TASK.items()})


def an_asked_unit():
    return AskedUnit.objects.create(task=a_task(), department=make.make_department())


def a_row():
    return ReportingRow.objects.create(unit=an_asked_unit(), project=make.make_project())


UNIT = {"task": a_task, "department": make.make_department}
OF_COMMUNITY = {"task": a_task, "community": make.make_community}
ROW = {"unit": an_asked_unit, "project": make.make_project}
COLUMN = {"task": a_task, "key": "text"}
ANSWER = {"row": a_row, "by": make.make_user, "is_sample": True}


def an_answer():
    return ReportingAnswer.objects.create(row=a_row(), by=make.make_user(), is_sample=True)


RETURN = {"answer": an_answer, "reason": "写日期。", "by": make.make_user, "is_sample": True}
OF_OTHERS = {"unit": an_asked_unit, "up_to": None, "beside": "readings:1", "by": make.make_user, "is_sample": True}
RELEASE = {"unit": an_asked_unit, "up_to": an_answer, "by": make.make_user, "is_sample": True}
WORDING = {"row": a_row, "key": "text", "text": "好了。", "by": make.make_user, "is_sample": True}
REMINDER = {"task": a_task, "kind": "soon", "told": 1, "is_sample": True}

task = partial(Check, model=ReportingTask, base=TASK)

RULES = [
    task("projects_reportingtask_rhythm_known", good={"rhythm": "quarter"}, bad={"rhythm": "daily"}),
    task("projects_reportingtask_grounded", bad={"ground": ""}),
    task("projects_reportingtask_opened_by_somebody", good=OPENED, bad={"opened_at": timezone.now}),
    task("projects_reportingtask_closed_after_opening", good=OPENED | CLOSED, bad=CLOSED),
    Check("projects_reportingcolumn_key_known", ReportingColumn, COLUMN, bad={"key": "photo"}),
    Once("projects_reportingcolumn_once", ReportingColumn, COLUMN, twins={"task": a_task, "key": "text"},
         apart={"key": "percent"}),
    Check("projects_askedunit_one_unit", AskedUnit, UNIT, good={"department": None, "community": make.make_community},
          bad={"department": None}),
    Once("projects_askedunit_department_once", AskedUnit, UNIT, twins=UNIT, apart={"department": make.make_department}),
    Once("projects_askedunit_community_once", AskedUnit, OF_COMMUNITY, twins=OF_COMMUNITY,
         apart={"community": make.make_community}),
    Once("projects_reportingrow_once", ReportingRow, ROW, twins=ROW, apart={"project": make.make_project}),
    Check("projects_reportingrow_draft_by_somebody", ReportingRow, ROW,
          good={"draft_by": make.make_user, "draft_at": timezone.now, "has_draft": True}, bad={"has_draft": True}),
    Check("projects_reportinganswer_statement_or_nil", ReportingAnswer, ANSWER, good={"reason": "等批复。"},
          bad={"reason": "等批复。", "update": make.make_update}),
    Check("projects_reportingreturn_explained", ReportingReturn, RETURN, bad={"reason": ""}),
    Once("projects_reportingrelease_once", ReportingRelease, RELEASE, twins=RELEASE, apart={"up_to": an_answer}),
    Once("projects_reportingrelease_of_others_once", ReportingRelease, OF_OTHERS, twins=OF_OTHERS,
         apart={"beside": "readings:2"}),
    Check("projects_reportingrelease_of_something", ReportingRelease, RELEASE, good={"up_to": None, "beside": "x:1"},
          bad={"up_to": None}),
    Check("projects_reportingwording_key_known", ReportingWording, WORDING, bad={"key": "status"}),
    Check("projects_reportingreminder_kind_known", ReportingReminder, REMINDER, bad={"kind": "loud"}),
    Check("projects_reportingreminder_urged_by_somebody", ReportingReminder, REMINDER,
          good={"kind": "urge", "by": make.make_user}, bad={"kind": "urge"}),
    Once("projects_reportingreminder_once", ReportingReminder, REMINDER, twins={"task": a_task, "kind": "soon"},
         apart={"kind": "today"}),
]
# no UPDATE reaches their constraints, the trigger is before: test_reporting.py and test_reporting_office.py try them
BY_HAND = {"projects_answeratclose_standing_known", "projects_reportingscan_title_given",
           "projects_reportingscan_once"}
