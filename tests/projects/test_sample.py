"""Sample data: made the same again, plainly marked, removed in one go without touching a real row."""
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import (
    Category,
    Declaration,
    Department,
    Milestone,
    ProgressUpdate,
    Project,
    ProjectList,
    Promise,
    Source,
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
