"""The cast and the factories themselves: what the other tests stand on."""
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guicheng.access.roles import ROLES
from guicheng.kept.publication import TABLE
from guicheng.trail.append_only import missing_triggers
from projects.models import ProgressUpdate, Project
from tests import factories, rows


def test_cast_works(clerk, other_clerk, reviewer, street_admin, superuser, project):
    assert list(Project.objects.visible_to(clerk)) == [project]
    assert list(Project.objects.visible_to(reviewer)) == [project]
    assert not Project.objects.visible_to(other_clerk).exists()
    assert list(Project.objects.visible_to(street_admin)) == [project]
    assert superuser.is_staff and superuser.is_superuser


def test_factories_make_valid_rows(project):
    update = factories.make_update(project, status="in_progress", percent=40)
    later = factories.make_update(project, effective_on=date(2021, 9, 30), status="completed")
    factories.make_withdrawal(later)
    factories.make_correction(update, percent=50)
    project.refresh_from_db()
    assert (project.status, project.percent) == ("", 50)
    for make in (factories.make_alias, factories.make_promise, factories.make_milestone, factories.make_fact,
                 factories.make_discrepancy, factories.make_secretary_project, factories.make_declaration,
                 factories.make_category, factories.make_unit):
        assert make().pk
    assert factories.make_part(project).project_list == project.project_list


def test_a_draft_stays_a_draft(project):
    assert factories.make_update(project, published=False).state == ProgressUpdate.State.DRAFT


def test_an_update_is_published_at_a_given_instant(project):
    instant = timezone.make_aware(datetime(2021, 7, 1, 9))
    assert factories.make_update(project, recorded_at=instant).recorded_at == instant


def test_roles_have_all_their_permissions(db):
    for name, permissions in ROLES.items():
        user = factories.make_user(roles=[name])
        assert user.get_all_permissions() == set(permissions), name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_flush_passes_and_the_triggers_return(turn):
    """Twice: the second run finds what the flush of the first left behind."""
    assert not Project.objects.exists()
    assert not missing_triggers()
    update = factories.make_update()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgressUpdate.objects.filter(pk=update.pk).delete()
    assert factories.make_user(roles=["业务管理员"]).has_perm("partybuilding.view_venue")


@pytest.mark.django_db(transaction=True)
def test_a_flush_outside_the_tests_is_refused():
    factories.make_update()
    with pytest.raises(Exception, match="flush|已发布|couldn't"):
        call_command("flush", interactive=False, verbosity=0)
    assert ProgressUpdate.objects.count() == 1
    assert not connection.in_atomic_block


# --- rows that are taken and put back --------------------------------------------------------------
def test_the_facts_stand_there_as_they_were_loaded(facts, _facts):
    """To the last column; and whatever is new is numbered after them."""
    here = rows.take(connection)
    assert {name: here[name] for name in _facts} == _facts
    assert {"projects_project", "communities_community", "projects_fact"} <= set(_facts)
    newest = Project.objects.latest("pk").pk
    assert factories.make_project().pk > newest


def test_what_was_taken_and_put_is_the_same(project, clerk):
    factories.make_update(project, status="in_progress", percent=40)
    before = rows.take(connection)
    rows.empty(connection)
    assert rows.take(connection).keys() <= {TABLE}
    rows.put(connection, before)
    counted = {TABLE: before[TABLE]}  # taking rows away and putting them is counted as published
    assert rows.take(connection) | counted == before
