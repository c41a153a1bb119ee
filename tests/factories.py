"""Makers of rows for the tests: plain functions that go through `full_clean()` and the models' verbs.

Every argument may be given by name; what is not given is the plainest thing that is valid.
"""
from contextlib import nullcontext
from datetime import date
from itertools import count
from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from communities.models import Community, SecretaryProject, Unit
from communities.needs.asking import ask
from guicheng.review.checked import TICKS, Checked
from partybuilding.models import Metric, MetricReading, PartyOrganisation, Venue
from projects.models import (
    Category,
    Declaration,
    Department,
    Discrepancy,
    Fact,
    Milestone,
    Paper,
    Photo,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    Source,
)

_numbers = count(1)
CHECKED = Checked.whole()  # what a last reviewer ticks
TICKED = dict.fromkeys(TICKS, "on") | {"openness": "open"}  # the same, as a form sends it
PASSWORD = "测试用的口令-2021"  # noqa: S105


def _saved(row):
    row.full_clean(validate_constraints=False)  # the database asks them anyway: one query a row, not twenty
    row.save()
    return row


def make_user(username=None, *, roles=(), **kw):
    """An account with the groups named in `roles`; staff when it has any."""
    username = username or f"user{next(_numbers)}"
    kw = {"name": f"员工{username}", "is_staff": bool(roles)} | kw
    user = get_user_model().objects.create_user(username, password=PASSWORD, **kw)
    user.groups.set([Group.objects.get(name=name) for name in roles])
    return user


def make_source(**kw):
    number = next(_numbers)
    kw = {"code": f"source-{number}", "title": f"第 {number} 篇报道", "publisher": "某报",
          "published_on": date(2021, 4, 30)} | kw
    return _saved(Source(**kw))


def make_department(**kw):
    return _saved(Department(**{"name": f"第 {next(_numbers)} 办公室"} | kw))


def make_community(**kw):
    number = next(_numbers)
    kw = {"slug": f"community-{number}", "name": f"第{number}", "known_from": 2021, "order": number} | kw
    return _saved(Community(source=kw.pop("source", None) or make_source(), **kw))


def make_unit(**kw):
    kw = {"name": f"第 {next(_numbers)} 小区", "kind": Unit.Kind.ESTATE} | kw
    return _saved(Unit(source=kw.pop("source", None) or make_source(), **kw))


def make_list(**kw):
    number = next(_numbers)
    kw = {"slug": f"list-{number}", "title": f"第 {number} 张清单", "kind": ProjectList.Kind.KEY, "year": 2021,
          "announced_on": date(2021, 4, 30)} | kw
    return _saved(ProjectList(source=kw.pop("source", None) or make_source(), **kw))


def make_category(project_list=None, **kw):
    number = next(_numbers)
    kw = {"number": number, "name": f"第 {number} 类"} | kw
    return _saved(Category(project_list=project_list or make_list(), **kw))


def make_declaration(project_list=None, **kw):
    kw = {"total": 45, "effective_on": date(2021, 4, 30)} | kw
    return _saved(Declaration(project_list=project_list or make_list(),
                              source=kw.pop("source", None) or make_source(), **kw))


def make_project(project_list=None, **kw):
    """A public project; on a list when one is given, else named by a source and on none."""
    number = next(_numbers)
    kw = {"code": f"project-{number}", "name": f"第 {number} 个项目",
          "membership": Project.Membership.STATED if project_list else ""} | kw
    supporting = kw.pop("supporting_departments", ())
    project = _saved(Project(project_list=project_list, source=kw.pop("source", None) or make_source(), **kw))
    project.supporting_departments.set(supporting)
    return project


def make_part(parent, **kw):
    """A part of a project, on the same list."""
    return make_project(parent.project_list, **{"parent": parent, "source": parent.source} | kw)


def make_alias(project=None, **kw):
    return _saved(ProjectAlias(project=project or make_project(), **{"name": f"别名 {next(_numbers)}"} | kw))


def make_promise(project=None, **kw):
    kw = {"text": "将于今年内完成", "promised_on": date(2021, 4, 30), "due_on": date(2021, 12, 31)} | kw
    return _saved(Promise(project=project or make_project(), source=kw.pop("source", None) or make_source(), **kw))


def make_milestone(project=None, **kw):
    kw = {"name": f"节点 {next(_numbers)}", "planned_on": date(2021, 9, 30)} | kw
    return _saved(Milestone(project=project or make_project(), source=kw.pop("source", None) or make_source(), **kw))


def make_update(project=None, *, published=True, by=None, recorded_at=None, **kw):
    """A statement about a project; published by its reviewer `by`, at the instant `recorded_at` when given.

    Without an `author` it is one that came with the facts. With `published=False` it stays a draft.
    """
    by = by or make_user()
    kw = {"effective_on": date(2021, 6, 30), "text": "已开工。"} | kw
    if not kw["text"] and not {"status", "postponed_to"} & set(kw):
        kw["status"] = "in_progress"
    update = ProgressUpdate(project=project or make_project(), source=kw.pop("source", None) or make_source(), **kw)
    if not published:
        return _saved(update)
    with mock.patch("django.utils.timezone.now", return_value=recorded_at) if recorded_at else nullcontext():
        return update.publish(by, CHECKED)


def make_correction(amended, **kw):
    """A row that takes the whole place of a published one."""
    kw = {"effective_on": amended.effective_on, "reason": "原来写错了。"} | kw
    return make_update(amended.project, kind=ProgressUpdate.Kind.CORRECTION, amends=amended, **kw)


def make_withdrawal(amended, **kw):
    """A row that takes a published one back."""
    kw = {"effective_on": amended.effective_on, "reason": "发错了项目。", "text": ""} | kw
    return make_update(amended.project, kind=ProgressUpdate.Kind.WITHDRAWAL, amends=amended, status="", **kw)


def make_photo(update=None, **kw):
    """A photo of a draft, ready to be handed in; its files are not written (`tests.pictures` makes real ones)."""
    kw = {"alt": "新铺的步道", "people_agreed": True, "width": 1600, "height": 1200, "size": 1000,
          "sha256": f"{next(_numbers):064x}"} | kw
    return _saved(Photo(update=update or make_update(published=False),
                        uploaded_by=kw.pop("uploaded_by", None) or make_user(), **kw))


def make_paper(update=None, **kw):
    """A PDF of a draft; its file is not written."""
    kw = {"title": "验收表", "size": 1000, "sha256": f"{next(_numbers):064x}"} | kw
    return _saved(Paper(update=update or make_update(published=False),
                        uploaded_by=kw.pop("uploaded_by", None) or make_user(), **kw))


def make_fact(**kw):
    kw = {"topic": "记述", "text": f"第 {next(_numbers)} 条记述。"} | kw
    return _saved(Fact(source=kw.pop("source", None) or make_source(), **kw))


def make_discrepancy(**kw):
    kw = {"topic": "数目", "statement_1": "一处说 45 项", "statement_2": "另一处说 46 项"} | kw
    return _saved(Discrepancy(source_1=kw.pop("source_1", None) or make_source(),
                              source_2=kw.pop("source_2", None) or make_source(), **kw))


def make_secretary_project(community=None, **kw):
    """A community's 书记工程, with a project of its own unless one is given."""
    community = community or make_community()
    project = kw.pop("project", None) or make_project(community=community)
    return _saved(SecretaryProject(community=community, project=project, **{"year": 2021} | kw,
                                   source=kw.pop("source", None) or project.source))


def make_organisation(**kw):
    kw = {"name": f"第 {next(_numbers)} 党支部", "kind": PartyOrganisation.Kind.BRANCH} | kw
    return _saved(PartyOrganisation(source=kw.pop("source", None) or make_source(), **kw))


def make_venue(**kw):
    kw = {"name": f"第 {next(_numbers)} 服务站", "kind": Venue.Kind.STATION} | kw
    return _saved(Venue(source=kw.pop("source", None) or make_source(), **kw))


def make_metric(**kw):
    number = next(_numbers)
    kw = {"slug": f"metric-{number}", "name": f"第 {number} 个数", "unit": "个", "group": Metric.Group.OTHER,
          "definition": "在册的个数。"} | kw
    return _saved(Metric(**kw))


def make_reading(metric=None, **kw):
    kw = {"value": 100, "effective_on": date(2021, 6, 30)} | kw
    return _saved(MetricReading(metric=metric or make_metric(), source=kw.pop("source", None) or make_source(), **kw))


def make_need(**kw):
    """A need as a resident asked it, on paper of its own."""
    kw = {"sending": f"sending-{next(_numbers)}", "kind": "complaint", "title": "示例路口的路灯连着三晚不亮",
          "text": "三盏灯都不亮，看不清台阶。"} | kw
    return ask(**kw)[0]
