"""The street's figures on the first page are remembered, and never older than what is published."""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guicheng.kept import remembered
from guicheng.kept.triggers import install_triggers
from projects.first_page.street import _figures, street
from projects.models import LightOverride, LightRule, ProgressUpdate, Project
from tests import factories
from tests.kept.test_walk import Tables, unnoted


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(remembered, "_found", {})


def lights(user):
    return {tile.light.colour: tile.count for tile in street(user)["tiles"]}


@pytest.mark.django_db(transaction=True)
def test_each_change_is_seen_at_once(told):
    install_triggers()
    leader = factories.make_user("leader", roles=["领导"])
    today = timezone.localdate()
    project = factories.make_project(factories.make_list(), lead_department=factories.make_department(),
                                     planned_start=today - timedelta(days=9), planned_end=today + timedelta(days=60))
    seen = [lights(leader)]

    def then(change):
        change()
        seen.append(lights(leader))
        with CaptureQueriesContext(connection) as queries:
            assert lights(leader) == seen[-1]
        assert not [each for each in queries if "light_sort" in each["sql"] or "projectsbylist" in each["sql"]]

    then(lambda: factories.make_update(project, status="in_progress", percent=100, effective_on=today))
    then(lambda: LightOverride.decide(project, "red", "停工。", leader))
    then(lambda: factories.make_update(project, status="completed", effective_on=today))
    then(lambda: LightOverride.decide(project, "", "复工。", leader))
    then(lambda: Project.objects.filter(pk=project.pk).update(is_published=False))
    assert seen == [{"white": 1}, {"green": 1}, {"red": 1}, {"red": 1}, {"blue": 1}, {}]


@pytest.mark.django_db(transaction=True)
def test_what_is_late_and_hidden_is_never_remembered(told):
    install_triggers()
    leader, today = factories.make_user("leader", roles=["领导"]), timezone.localdate()
    projects = [factories.make_project(factories.make_list(is_published=number != 2), is_published=number != 1,
                                       planned_end=today - timedelta(days=number + 1)) for number in range(4)]
    for project in projects:
        factories.make_update(project, status="in_progress", percent=10, effective_on=today)

    def late():
        shown = street(leader)
        return shown["late_total"], [row.project for row in shown["late"]]

    assert late() == late() == (4, projects[::-1]), "the longest late first, of both kinds"
    Project.objects.filter(pk=projects[1].pk).update(status="paused")  # nobody noted it: it is not public
    assert late() == (3, [projects[3], projects[2], projects[0]])
    Project.objects.filter(pk=projects[3].pk).update(status="paused")
    assert late() == (2, [projects[2], projects[0]])


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_remembered(told):
    leader, project = factories.make_user("leader", roles=["领导"]), factories.make_project()
    assert lights(leader) == {"white": 1} and remembered._found == {}
    Project.objects.filter(pk=project.pk).update(is_published=False)
    assert lights(leader) == {}


@pytest.mark.django_db
def test_every_table_they_rest_on_notes_what_is_published(key_list, office):
    project = factories.make_project(key_list, lead_department=office, community=factories.make_community(),
                                     planned_end=timezone.localdate() - timedelta(days=9))
    factories.make_update(project, status="in_progress", percent=10)
    factories.make_milestone(project)
    LightOverride.decide(project, "red", "停工。", factories.make_user())
    LightRule.objects.create(code="r", effective_on=timezone.localdate())
    tables = Tables()
    with connection.execute_wrapper(tables):
        _figures(samples=False)
    assert {model._meta.db_table for model in (Project, ProgressUpdate, LightRule, LightOverride)} <= tables
    assert unnoted(tables) == set()
