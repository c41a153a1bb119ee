"""Sample data: made the same again, plainly marked, removed in one go without touching a real row."""
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guicheng.notices.inbox import InboxMessage
from projects.ledger import bulk_change
from projects.models import (
    Category,
    Declaration,
    Department,
    ImportBatch,
    ImportRow,
    Instruction,
    LightOverride,
    Milestone,
    Paper,
    Photo,
    ProgressUpdate,
    Project,
    ProjectList,
    Promise,
    ReviewStep,
    Source,
    SupervisionNotice,
)
from projects.sample import StillReferred, count_sample, remove_sample, seed_sample
from tests import factories

REAL_AND_SAMPLE = [
    Category, Declaration, Department, Milestone, ProgressUpdate, Project, ProjectList, Promise, Source,
    Project.supporting_departments.through,
]


@pytest.fixture
def communities(db):
    return [factories.make_community(name=name, code=code) for name, code in [("甲", "440605000001"), ("乙", "2")]]


def run(*args, **kw):
    out = StringIO()
    call_command(*args, stdout=out, **kw)
    return out.getvalue()


def test_it_works(communities):
    assert seed_sample(200, 5) == {"projects": 200, "updates": 1000}
    projects = Project.objects.filter(is_sample=True)
    assert projects.count() == 200
    assert all(project.name.startswith("示例") for project in projects)
    assert {project.status for project in projects} >= {"", "in_progress", "completed", "in_use", "paused", "standing"}
    assert {project.community_id for project in projects} >= {row.pk for row in communities}
    assert set(ProgressUpdate.objects.values_list("kind", flat=True)) == {"progress", "correction", "withdrawal"}
    assert Milestone.objects.exists() and Promise.objects.exists()
    declared = sum(Declaration.objects.values_list("total", flat=True))
    assert declared == 200


def test_every_row_is_valid_and_says_what_the_ledger_says(communities):
    seed_sample(75, 4)
    for project in Project.objects.all():
        project.full_clean()
        assert not project.refresh_projections(), project
    for rows in (ProgressUpdate.objects.all(), Milestone.objects.all(), Promise.objects.all()):
        for row in rows:
            row.full_clean()
    assert not ProgressUpdate.objects.filter(effective_on__gt=timezone.localdate()).exists()
    assert not ProgressUpdate.objects.filter(is_sample=False).exists()


def test_the_same_seed_gives_the_same(communities):
    fields = ("code", "name", "project_list__slug", "number", "status", "percent", "moved_on", "search_text")
    seed_sample(60, seed=7)
    first = list(Project.objects.order_by("code").values_list(*fields))
    remove_sample()
    seed_sample(60, seed=7)
    assert list(Project.objects.order_by("code").values_list(*fields)) == first
    remove_sample()
    seed_sample(60, seed=8)
    assert list(Project.objects.order_by("code").values_list(*fields)) != first


def test_twice_adds_nothing_and_more_tops_up(communities):
    seed_sample(20)
    assert seed_sample(20) == {"projects": 0, "updates": 0}
    assert seed_sample(30)["projects"] == 10
    assert Project.objects.count() == 30
    assert ProjectList.objects.count() == 12


def test_nothing_is_read_per_project(communities):
    seed_sample(1)
    with CaptureQueriesContext(connection) as queries:
        seed_sample(301)
    assert sum(query["sql"].startswith("SELECT") for query in queries) < 100  # the setting up, none per project


def test_without_communities_it_says_what_to_do(db):
    with pytest.raises(CommandError, match="load_facts"):
        run("seed_sample", projects=1)


def test_in_production_it_is_asked_for_by_name(communities, settings):
    settings.PUBLIC_URL = "https://example.invalid/"
    with pytest.raises(CommandError, match="正式运行的网站.*--in-production"):
        run("seed_sample", projects=1)
    assert not Project.objects.exists()
    assert "新增示例项目 1 个" in run("seed_sample", "--in-production", projects=1)


def test_removing_takes_all_sample_rows_and_no_real_one(communities, project, clerk):
    update = factories.make_update(project, by=clerk)
    factories.make_promise(project)
    factories.make_milestone(project)
    factories.make_category(project.project_list)
    factories.make_declaration(project.project_list)
    project.supporting_departments.add(factories.make_department())
    before = [model.objects.count() for model in REAL_AND_SAMPLE]
    seed_sample(40)
    sample = Project.objects.filter(is_sample=True).first()
    factories.make_update(sample, published=False, by=clerk, source=update.source)
    assert "项目 40 条" in run("remove_sample", dry_run=True)
    assert Project.objects.count() == 41

    assert "项目 40 条" in run("remove_sample")

    assert [model.objects.count() for model in REAL_AND_SAMPLE] == before
    project.refresh_from_db()
    assert project.latest_update == update
    assert "没有示例数据" in run("remove_sample")
    assert not any(number for _, number in count_sample())


def test_a_published_real_row_still_cannot_be_deleted(communities, project):
    update = factories.make_update(project)
    seed_sample(10)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgressUpdate.objects.all()._raw_delete("default")
    remove_sample()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgressUpdate.objects.filter(pk=update.pk)._raw_delete("default")
    assert ProgressUpdate.objects.get() == update


@pytest.mark.parametrize("make", [
    lambda sample: factories.make_project(continues=sample),
    lambda sample: factories.make_project(lead_department=sample.lead_department),
    lambda sample: factories.make_fact(project=sample),
    lambda sample: factories.make_secretary_project(project=sample),
])
def test_removing_is_refused_while_a_real_row_points_there(communities, make):
    seed_sample(5)
    make(Project.objects.filter(is_sample=True).first())
    with pytest.raises(StillReferred, match="没有删除任何东西"):
        remove_sample()
    assert Project.objects.filter(is_sample=True).count() == 5
    with pytest.raises(CommandError):
        run("remove_sample")


def attach_one_of_each(sample, communities):
    """All that the back office hangs on a project, made the way the office makes it. Nothing of it says sample."""
    clerk, checker, head = (factories.make_user(roles=[role]) for role in ("部门经办人", "审核员", "审核员"))
    sample.lead_department.clerks.add(clerk)
    public = factories.make_update(sample, published=False, author=clerk)
    factories.make_photo(public)
    factories.make_paper(public)
    public.submit(clerk)
    public.approve(checker)
    public.publish(head, factories.CHECKED)
    returned = factories.make_update(sample, published=False, author=clerk, text="示例：第二条。")
    factories.make_photo(returned)
    returned.submit(clerk)
    returned.send_back(checker, "示例：请补充。")
    notice = SupervisionNotice.issue(sample, "urge", "manual", "sample:1", "示例：请抓紧。", by=head)
    SupervisionNotice.issue(sample, "order", "manual", "sample:2", "示例：再抓紧。", by=head, previous=notice)
    notice.answer(clerk, "示例：已安排。")
    notice.close("示例：已办结。", by=head)
    Instruction.write(sample, "示例批示。", head, notice)
    LightOverride.decide(sample, "yellow", "示例：改灯。", head)
    seen = bulk_change.preview([sample], "date", {
        "postponed_to": date(2099, 12, 31), "reason": "示例：延期。", "effective_on": date(2024, 6, 30)}, clerk)
    change = bulk_change.apply(seen, "date", "示例：延期。", clerk)
    sample.refresh_from_db()
    sample.place = "示例地点"
    sample.save()
    for name in ("示例别名", "示例别名二"):
        factories.make_alias(sample, name=name)
    onto_list = ImportBatch.objects.create(
        uploader=clerk, file_name="示例.xlsx", sha256="0" * 64, effective_on=date(2024, 6, 30), source=sample.source,
        project_list=sample.project_list, state="confirmed")
    mixed = ImportBatch.objects.create(
        uploader=clerk, file_name="混合.xlsx", sha256="1" * 64, effective_on=date(2024, 6, 30),
        source=Source.objects.own(), no_list=True, state="confirmed")
    for batch in (onto_list, mixed):
        ImportRow.objects.create(batch=batch, number=1, outcome="changed", project=sample, update=returned)
    return change, mixed


def test_removing_takes_all_that_the_back_office_hung_on_it(communities, project, office):
    """Notices, 批示, lights, photos, review, bulk change, import, inbox, history: the real ones stay."""
    seed_sample(5)
    sample = Project.objects.filter(is_sample=True, project_list__isnull=False, due_on__lt=date(2099, 1, 1)).exclude(
        status__in=["completed", "in_use", "cancelled"]).first()
    change, mixed = attach_one_of_each(sample, communities)
    real = ImportRow.objects.create(batch=mixed, number=2, outcome="changed", project=project)
    people = InboxMessage.objects.count()
    assert people and change.updates.count() == 1

    remove_sample()

    assert not any(number for _, number in count_sample())
    gone = (Project.objects.filter(is_sample=True), ReviewStep.objects, Photo.objects, Paper.objects,
            SupervisionNotice.objects, Instruction.objects, LightOverride.objects, ProgressUpdate.objects)
    assert not any(rows.exists() for rows in gone)
    assert list(ImportRow.objects.all()) == [real] and list(ImportBatch.objects.all()) == [mixed]
    assert not change.updates.exists() and InboxMessage.objects.count() == people
    assert Project.history.filter(place="示例地点").exists(), "the history outlives what it tells of"
    assert list(Project.objects.all()) == [project]
