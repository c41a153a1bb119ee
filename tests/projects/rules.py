"""The constraints of the projects app, each with a row that breaks nothing else."""
from datetime import date
from functools import partial
from itertools import count

from django.utils import timezone

from projects.models import (
    BulkChange,
    Category,
    ColumnHabit,
    Declaration,
    Discrepancy,
    Fact,
    ImportAnswer,
    ImportBatch,
    ImportRow,
    Milestone,
    Paper,
    Photo,
    PolicyDocument,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    ReviewStep,
    Source,
    WatchedWord,
)
from tests import factories as make
from tests.projects.report_rules import BY_HAND as REPORT_BY_HAND
from tests.projects.report_rules import RULES as REPORT_RULES
from tests.projects.reporting_rules import BY_HAND as REPORTING_BY_HAND
from tests.projects.reporting_rules import RULES as REPORTING_RULES
from tests.projects.superior_form_rules import RULES as SUPERIOR_FORM_RULES
from tests.projects.supervision_rules import RULES as SUPERVISION_RULES
from tests.rules import Check, Once

MAY, JUNE = date(2021, 5, 1), date(2021, 6, 1)
_numbers = count(1)


def text(prefix):
    return lambda: f"{prefix}-{next(_numbers)}"


def number():
    return next(_numbers)


SOURCE = {"code": text("s"), "title": "一篇报道"}
FACT = {"topic": "绿化", "text": "种了树。", "source": make.make_source}
DISCREPANCY = {"topic": "数目", "statement_1": "45 项", "statement_2": "46 项",
               "source_1": make.make_source, "source_2": make.make_source}
DOCUMENT = {"title": text("指引"), "stage": "issued", "source": make.make_source}
LIST = {"slug": text("l"), "title": "清单", "kind": "key", "year": 2021, "announced_on": JUNE,
        "source": make.make_source}
DECLARATION = {"project_list": make.make_list, "total": 45, "effective_on": JUNE, "source": make.make_source}
CATEGORY = {"project_list": make.make_list, "number": number, "name": text("类")}
PROJECT = {"code": text("p"), "name": "项目", "source": make.make_source}
ALIAS = {"project": make.make_project, "name": text("别名")}
PROMISE = {"project": make.make_project, "text": "年内完成", "promised_on": MAY, "due_on": JUNE,
           "source": make.make_source}
BULK = {"kind": "status", "reason": "统一验收。", "by": make.make_user}
WORD = {"word": text("词"), "kind": "wrong", "advice": "应写作“牵头”。"}
MILESTONE = {"project": make.make_project, "name": text("节点"), "planned_on": MAY, "source": make.make_source}
# a sample row: the triggers let go of it, so that an UPDATE meets the constraint and not the trigger
UPDATE = {"project": make.make_project, "source": make.make_source, "effective_on": JUNE, "text": "已开工。",
          "author": make.make_user, "checker": make.make_user, "reviewer": make.make_user,
          "state": "published", "seq": number, "recorded_at": timezone.now,
          "is_sample": True}

FILE = {"update": lambda: make.make_update(published=False), "uploaded_by": make.make_user, "size": 9,
        "sha256": lambda: f"{number():064x}"}
PHOTO = FILE | {"width": 800, "height": 600}
PAPER = FILE | {"title": "验收表"}

update = partial(Check, model=ProgressUpdate, base=UPDATE)
project = partial(Check, model=Project, base=PROJECT)
declaration = partial(Check, model=Declaration, base=DECLARATION)


def amending(kind, **kw):
    """A row that amends a published one of the same project."""
    def build():
        amended = make.make_update()
        return {"project": amended.project, "kind": kind, "amends": amended, "reason": "写错了"} | kw

    return build


def one_person(*roles, **kw):
    """The same person in several roles of one row."""
    def build():
        user = make.make_user()
        return dict.fromkeys(roles, user) | kw

    return build


def on_a_list(**kw):
    return {"project_list": make.make_list, "membership": "stated"} | kw


POSTPONED = {"kind": "postponement", "postponed_to": date(2021, 12, 31), "reason": "材料到货晚了。", "text": ""}
CLOSED = {"kind": "closure", "status": "completed", "proof": "验收合格。"}

UPDATE_RULES = [
    update("projects_progressupdate_percent_0_100", good={"percent": 100}, bad={"percent": 101}),
    update("projects_progressupdate_effective_on_in_order", good={"effective_from": MAY},
           bad={"effective_from": date(2021, 6, 2)}),
    update("projects_progressupdate_status_known", good={"status": "standing"}, bad={"status": "done"}),
    update("projects_progressupdate_kind_known", bad={"kind": "note"},
           shared_with=("projects_progressupdate_amends_stated",)),
    *[update("projects_progressupdate_reason_given", good={"status": status, "reason": "资金调整"},
             bad={"status": status}) for status in ("paused", "cancelled")],
    update("projects_progressupdate_amends_stated", good=amending("correction"),
           bad={"kind": "correction", "reason": "写错了"}),
    update("projects_progressupdate_amends_stated", good=amending("withdrawal"), bad=amending("progress")),
    update("projects_progressupdate_amends_stated", bad=amending("withdrawal", reason="")),
    update("projects_progressupdate_state_consistent", bad={"seq": None}),
    update("projects_progressupdate_state_consistent", bad={"recorded_at": None},
           good={"state": "draft", "seq": None, "recorded_at": None}),
    update("projects_progressupdate_state_consistent", bad={"state": "draft"},
           good={"state": "submitted", "seq": None, "recorded_at": None}),
    update("projects_progressupdate_two_people", bad=one_person("author", "reviewer")),
    update("projects_progressupdate_checked_by_another", bad=one_person("author", "checker")),
    update("projects_progressupdate_two_reviewers", good=one_person("checker", "reviewer", one_step=True),
           bad=one_person("checker", "reviewer")),
    update("projects_progressupdate_reviewed", good={"author": None, "checker": None, "reviewer": None},
           bad={"reviewer": None}),
    update("projects_progressupdate_reviewed", good={"state": "draft", "seq": None, "recorded_at": None,
                                                     "checker": None, "reviewer": None}, bad={"checker": None}),
    update("projects_progressupdate_postponement_stated", good=POSTPONED,
           bad=POSTPONED | {"postponed_to": None, "text": "延期。"}),
    update("projects_progressupdate_postponement_stated", bad=POSTPONED | {"reason": ""}),
    update("projects_progressupdate_only_postponed", good=amending("correction", postponed_to=JUNE),
           bad={"postponed_to": JUNE}),
    update("projects_progressupdate_closure_proven", good=CLOSED, bad=CLOSED | {"proof": ""}),
    update("projects_progressupdate_closure_proven", good=amending("correction", status="in_use", proof="验收合格。"),
           bad=CLOSED | {"status": "acceptance"}),
    update("projects_progressupdate_closure_proven", bad={"status": "completed", "proof": "验收合格。"}),
    update("projects_progressupdate_says_something", good={"text": "", "percent": 0}, bad={"text": ""}),
    update("projects_progressupdate_says_something", good=amending("withdrawal", text=""), bad={"text": ""}),
    Once("projects_progressupdate_seq_once", ProgressUpdate, UPDATE,
         twins={"project": make.make_project, "seq": 1}, apart={"seq": 2}),
    Once("projects_progressupdate_amended_once", ProgressUpdate, UPDATE, twins=amending("correction"),
         apart={"state": "submitted", "seq": None, "recorded_at": None}),
]

STEP = {"update": partial(make.make_update, published=False), "verb": "submitted", "by": make.make_user,
        "is_sample": True}
REVIEW_RULES = [
    Check("projects_reviewstep_verb_known", ReviewStep, STEP, good={"verb": "checked"}, bad={"verb": "burnt"}),
    Check("projects_reviewstep_return_explained", ReviewStep, STEP, good={"verb": "returned", "note": "写清楚些。"},
          bad={"verb": "returned"}),
    *[Check("projects_reviewstep_checked_whole", ReviewStep, STEP, bad=bad,
            good={"verb": "published"} | make.CHECKED.as_dict()) for bad in [
        {"verb": "published"} | make.CHECKED.as_dict() | {"privacy": False},
        {"verb": "published"} | make.CHECKED.as_dict() | {"openness": "closed"},
        {"verb": "checked"} | make.CHECKED.as_dict()]],
    Check("projects_bulkchange_kind_known", BulkChange, BULK, good={"kind": "date"}, bad={"kind": "other"}),
    Check("projects_bulkchange_reason_given", BulkChange, BULK, bad={"reason": ""}),
    Check("projects_watchedword_kind_known", WatchedWord, WORD, good={"kind": "leader"}, bad={"kind": "other"}),
    Check("projects_watchedword_not_empty", WatchedWord, WORD, bad={"word": ""}),
]

PROJECT_RULES = [
    project("projects_project_planned_end_in_order", good={"planned_start": MAY, "planned_end": MAY},
            bad={"planned_start": JUNE, "planned_end": MAY}),
    project("projects_project_percent_0_100", good={"percent": 0}, bad={"percent": 101}),
    project("projects_project_target_unit_present", good={"target_quantity": 89, "target_unit": "个"},
            bad={"target_quantity": 89}),
    project("projects_project_status_known", good={"status": "in_use"}, bad={"status": "done"}),
    project("projects_project_layer_known", good={"layer": "district"}, bad={"layer": "province"}),
    project("projects_project_membership_stated", good=on_a_list(membership="implied"), bad=on_a_list(membership="")),
    project("projects_project_membership_stated", bad={"membership": "stated"}),
    project("projects_project_membership_stated", bad={"number": 3}),
    project("projects_project_membership_stated", bad={"category": make.make_category}),
    project("projects_project_published_by_another",
            good={"entered_by": make.make_user, "published_by": make.make_user},
            bad=one_person("entered_by", "published_by")),
    project("projects_project_budget_sourced", good={"budget": 0, "budget_source": make.make_source},
            bad={"budget": 100}),
    project("projects_project_budget_sourced", bad={"budget": -1, "budget_source": make.make_source}),
    Once("projects_project_number_once", Project, PROJECT, twins=on_a_list(number=1), apart={"number": 2}),
    Once("projects_project_number_once", Project, PROJECT, twins=on_a_list(number=1),
         apart={"parent": lambda: make.make_project(ProjectList.objects.latest("pk"))}),
    Once("projects_alias_once", ProjectAlias, ALIAS, twins={"project": make.make_project, "name": "海五路"},
         apart={"name": "海六路"}),
    Once("projects_promise_once", Promise, PROMISE, twins={"project": make.make_project},
         apart={"due_on": date(2021, 12, 31)}),
    Check("projects_promise_promised_on_in_order", Promise, PROMISE, good={"promised_from": MAY},
          bad={"promised_from": date(2021, 5, 2)}),
    Check("projects_promise_due_on_in_order", Promise, PROMISE, good={"due_on": MAY}, bad={"due_on": date(2021, 4, 1)}),
    Once("projects_milestone_once", Milestone, MILESTONE, twins={"project": make.make_project, "name": "开工"},
         apart={"name": "封顶"}),
    Check("projects_milestone_dated", Milestone, MILESTONE, good={"planned_on": None, "actual_on": MAY},
          bad={"planned_on": None}),
]

LIST_RULES = [
    Check("projects_projectlist_kind_known", ProjectList, LIST, good={"kind": "town"}, bad={"kind": "other"}),
    Check("projects_projectlist_unit_present", ProjectList, LIST, good={"unit": "条"}, bad={"unit": ""}),
    Check("projects_projectlist_announced_on_in_order", ProjectList, LIST, good={"announced_from": MAY},
          bad={"announced_from": date(2021, 7, 1)}),
    Once("projects_declaration_once", Declaration, DECLARATION,
         twins={"project_list": make.make_list, "source": make.make_source}, apart={"effective_on": MAY}),
    declaration("projects_declaration_done_within_total", good={"done": 45}, bad={"done": 46}),
    declaration("projects_declaration_says_something", good={"total": None, "statement": "基本完成"},
                bad={"total": None}),
    declaration("projects_declaration_rate_of_both", good={"done": 40, "gives_rate": True}, bad={"gives_rate": True}),
    declaration("projects_declaration_qualifier_known", good={"qualifier": "超"}, bad={"qualifier": "大概"}),
    declaration("projects_declaration_unit_present", good={"unit": "件"}, bad={"unit": ""}),
    declaration("projects_declaration_effective_on_in_order", good={"effective_from": JUNE},
                bad={"effective_from": date(2021, 7, 1)}),
    Once("projects_category_number_once", Category, CATEGORY, twins={"project_list": make.make_list, "number": 1},
         apart={"number": 2}),
    Once("projects_category_name_once", Category, CATEGORY,
         twins={"project_list": make.make_list, "name": "城市更新"}, apart={"name": "交通"}),
]

photo = partial(Check, model=Photo, base=PHOTO)
MEDIA_RULES = [
    photo("projects_photo_role_known", good={"role": "after", "pair": 1}, bad={"role": "middle", "pair": 1}),
    photo("projects_photo_pair_stated", good={"role": "before", "pair": 1}, bad={"role": "before"}),
    photo("projects_photo_pair_stated", bad={"pair": 1}),
    photo("projects_photo_ready_when_published", bad={"frozen_at": timezone.now, "alt": "步道"},
          good={"frozen_at": timezone.now, "alt": "步道", "people_agreed": True}),
    photo("projects_photo_ready_when_published", bad={"frozen_at": timezone.now, "people_agreed": True}),
    Once("projects_photo_one_of_a_pair", Photo, PHOTO, shared_with=("projects_photo_once",),
         twins={"update": FILE["update"], "role": "before", "pair": 1, "sha256": "a" * 64},
         apart={"role": "after", "sha256": "b" * 64}),
    Once("projects_photo_once", Photo, PHOTO, twins={"update": FILE["update"], "sha256": "a" * 64},
         apart={"sha256": "b" * 64}),
    Check("projects_paper_title_given", Paper, PAPER, bad={"title": ""}),
    Once("projects_paper_once", Paper, PAPER, twins={"update": FILE["update"], "sha256": "a" * 64},
         apart={"sha256": "b" * 64}),
]

EVIDENCE_RULES = [
    Check("projects_source_kind_known", Source, SOURCE, good={"kind": "own"}, bad={"kind": "rumour"}),
    Check("projects_source_published_to_in_order", Source, SOURCE,
          good={"published_from": MAY, "published_to": JUNE}, bad={"published_from": JUNE, "published_to": MAY}),
    Check("projects_fact_effective_on_in_order", Fact, FACT, good={"effective_from": MAY, "effective_on": JUNE},
          bad={"effective_from": JUNE, "effective_on": MAY}),
    Check("projects_fact_unit_present", Fact, FACT, good={"value": 3, "unit": "棵"}, bad={"value": 3}),
    Check("projects_fact_qualifier_known", Fact, FACT, good={"qualifier": "约"}, bad={"qualifier": "大概"}),
    Check("projects_fact_kind_known", Fact, FACT, good={"kind": "voice"}, bad={"kind": "rumour"}),
    Check("projects_discrepancy_statements_differ", Discrepancy, DISCREPANCY, bad={"statement_2": "45 项"}),
    Check("projects_discrepancy_settled_whole", Discrepancy, DISCREPANCY,
          good=lambda: {"settled": "45 项", "settled_on": MAY, "settled_by": "示例主任",
                        "settled_source": make.make_source()}, bad={"settled": "45 项"}),
    Check("projects_policydocument_stage_known", PolicyDocument, DOCUMENT, good={"stage": "in_revision"},
          bad={"stage": "lost"}),
    Check("projects_policydocument_effective_on_in_order", PolicyDocument, DOCUMENT,
          good={"effective_from": MAY, "effective_on": MAY}, bad={"effective_from": JUNE, "effective_on": MAY}),
]

# a row must be there before it can point at itself: tests/projects/test_project.py
BATCH = {"uploader": make.make_user, "file_name": "清单.xlsx", "sha256": "0" * 64, "source": make.make_source,
         "effective_on": JUNE}


def make_batch():
    return make._saved(ImportBatch(**{name: value() if callable(value) else value for name, value in BATCH.items()}))


IMPORT_RULES = [
    project("projects_project_dropped_unseen", good={"dropped_at": timezone.now, "is_published": False},
            bad={"dropped_at": timezone.now}),
    Check("projects_importbatch_state_known", ImportBatch, BATCH, bad={"state": "done"}),
    Check("projects_importbatch_job_known", ImportBatch, BATCH, good={"job": "confirm"}, bad={"job": "eat"}),
    Check("projects_importrow_outcome_known", ImportRow, {"batch": make_batch, "number": 1, "outcome": "new"},
          bad={"outcome": "odd"}),
    Once("projects_importrow_number_once", ImportRow, {"batch": make_batch, "number": number, "outcome": "new"},
         twins={"batch": make_batch, "number": 1}, apart={"number": 2}),
    Once("projects_importanswer_once", ImportAnswer, {
        "batch": make_batch, "sheet": "表", "number": 1, "question": text("q"), "answer": "same", "by": make.make_user},
         twins={"batch": make_batch, "question": "name"}, apart={"question": "later"}),
    Once("projects_columnhabit_once", ColumnHabit, {"user": make.make_user, "heading": text("h"), "field": "name"},
         twins={"user": make.make_user, "heading": "干什么"}, apart={"heading": "谁来干"}),
]
BY_HAND = {"projects_project_not_its_own_part"} | REPORT_BY_HAND | REPORTING_BY_HAND
RULES = [*UPDATE_RULES, *REVIEW_RULES, *PROJECT_RULES, *LIST_RULES, *EVIDENCE_RULES, *MEDIA_RULES, *IMPORT_RULES,
         *SUPERVISION_RULES, *REPORT_RULES, *REPORTING_RULES, *SUPERIOR_FORM_RULES]
