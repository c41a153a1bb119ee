"""What follows from other rows never leaves memory by a save: an object may be older than the ledger."""
import threading
import time
from datetime import date
from functools import partial

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from communities.models import Community
from guicheng.trail.versions import Versioned, save_versions
from partybuilding.models import PartyOrganisation, Venue
from projects.excel_import.writer import save_projects
from projects.models import Fact, PolicyDocument, ProgressUpdate, Project, ProjectList, Source
from projects.models.project import ProjectQuerySet
from tests import factories
from tests.databases import on_postgresql

ROUNDS = 6


# --- the mechanism, for every model that has such columns ------------------------------------------
def project_moved_behind():
    latest = factories.make_update(text="另一个项目的。")
    return factories.make_project(), {
        "status": "paused", "percent": 7, "quantity": 3, "latest_update": latest, "due_on": date(2023, 1, 1),
        "closed_on": date(2023, 2, 2), "moved_on": date(2023, 3, 3), "search_text": "别的",
        "said_text": "别的"}


def found_by_another_text(make):
    return lambda: (make(), {"search_text": "别的"})


def make_document(**kw):
    return PolicyDocument.objects.create(title="公约", stage="issued", source=factories.make_source(), **kw)


MADE = {Project: project_moved_behind, Source: found_by_another_text(factories.make_source),
        ProjectList: found_by_another_text(factories.make_list), Fact: found_by_another_text(factories.make_fact),
        PolicyDocument: found_by_another_text(make_document), Venue: found_by_another_text(factories.make_venue),
        Community: found_by_another_text(factories.make_community),
        PartyOrganisation: found_by_another_text(factories.make_organisation)}
WITH_DERIVED = [model for model in apps.get_models() if getattr(model, "derived", None)]
each_model = pytest.mark.parametrize("model", WITH_DERIVED)


def saved_stale(model, monkeypatch, **how):
    """Save an object that was read before its derived columns moved; give which of them went back."""
    row, values = MADE[model]()
    assert set(values) == model.derived
    stale = model.objects.defer(*how.get("defer", ())).get(pk=row.pk)
    model.objects.filter(pk=row.pk).update(**values)
    monkeypatch.setattr(model, "refresh_projections", lambda self: None)  # it would mend what a save spoils
    stale.save(update_fields=how.get("update_fields"))
    now = model.objects.get(pk=row.pk)
    return {name for name, value in values.items() if getattr(now, name) != value}


@pytest.mark.django_db
@each_model
@pytest.mark.parametrize("how", [{}, {"defer": [0]}, {"defer": ["search_text"]}, {"update_fields": [0]}])
def test_no_save_writes_a_derived_column(model, how, monkeypatch):
    own = {"Source": "title", "ProjectList": "title", "PolicyDocument": "title", "Fact": "topic"}
    named = {key: [name or own.get(model.__name__, "name") for name in names] for key, names in how.items()}
    assert saved_stale(model, monkeypatch, **named) == set()


@pytest.mark.django_db
@each_model
def test_control_a_plain_save_writes_them_back(model, monkeypatch):
    monkeypatch.setattr(Versioned, "_do_update", models.Model._do_update)
    assert saved_stale(model, monkeypatch) == model.derived


@pytest.mark.django_db
@each_model
def test_to_name_one_in_a_save_is_a_programmers_error(model):
    row, values = MADE[model]()
    for name in values:
        with pytest.raises(ValueError, match="no save does"):
            row.save(update_fields=[name])
        with pytest.raises(ValueError, match="no save does"):
            save_versions([row], [name])


# --- a project -----------------------------------------------------------------------------------
def in_step():
    """Whether every project says what the ledger says."""
    return Project.objects.all().rebuild_projections()[1] == 0


def test_a_project_read_before_a_publication_keeps_what_was_published(project):
    stale = Project.objects.get(pk=project.pk)
    row = factories.make_update(project, status="in_progress", percent=40)
    stale.place = "千灯湖"
    stale.save()
    assert in_step()
    now = Project.objects.get(pk=project.pk)
    assert (now.status, now.percent, now.latest_update, now.place) == ("in_progress", 40, row, "千灯湖")
    assert (stale.status, stale.latest_update_id) == ("in_progress", row.pk), "what was saved knows it too"


def test_a_new_plan_moves_the_due_day_and_no_day_it_was_put_off_to(project):
    project.planned_end = date(2021, 9, 30)
    project.save(update_fields=["planned_end"])
    assert Project.objects.get(pk=project.pk).due_on == project.due_on == date(2021, 9, 30)
    stale = Project.objects.get(pk=project.pk)
    factories.make_update(project, kind=ProgressUpdate.Kind.POSTPONEMENT, postponed_to=date(2022, 3, 1),
                          reason="雨季延误。")
    stale.planned_end = date(2021, 10, 31)
    stale.save()
    assert Project.objects.get(pk=project.pk).due_on == stale.due_on == date(2022, 3, 1) and in_step()


def test_a_save_of_one_column_reads_the_others_from_the_database(project):
    stale = Project.objects.get(pk=project.pk)
    Project.objects.filter(pk=project.pk).update(name="千灯湖公园")
    stale.place = "湖边"
    stale.save(update_fields=["place"])
    assert list(Project.objects.search("千灯湖 湖边")) == [project] and in_step()


def test_a_refresh_mends_a_row_of_which_memory_knows_nothing(project):
    factories.make_update(project, status="completed")
    fresh = Project.objects.get(pk=project.pk)
    Project.objects.filter(pk=project.pk).update(status="paused")
    assert fresh.refresh_projections() and in_step()


def test_an_import_that_changes_a_project_keeps_what_was_published(project):
    stale = Project.objects.get(pk=project.pk)
    factories.make_alias(project, name="海心沙公园")
    factories.make_update(project, status="completed")
    stale.planned_end = date(2021, 12, 31)
    save_projects([stale], {"planned_end"})
    assert in_step()
    assert list(Project.objects.search("海心沙")) == [project]


def test_a_name_no_longer_there_is_no_longer_found(project):
    alias = factories.make_alias(project, name="海心沙公园")
    assert list(Project.objects.search("海心沙")) == [project]
    alias.delete()
    assert not Project.objects.search("海心沙").exists() and in_step()


# --- two at once ---------------------------------------------------------------------------------
def at_once(*acts):
    """Do these at the same moment, each in a thread with a connection of its own."""
    start, failures = threading.Barrier(len(acts)), []

    def do(act):
        try:
            start.wait(10)
            act()
        except Exception as error:  # noqa: BLE001 (a thread's failure must not be silent)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def plan_beside_publication(saved=Project.save):
    """Change the plan while a statement is published, several times; give how often both were kept."""
    kept = 0
    for number in range(ROUNDS):
        project, reviewer = factories.make_project(planned_end=date(2021, 6, 1)), factories.make_user()
        draft = factories.make_update(project, published=False, status="in_progress", percent=number)
        stale = Project.objects.get(pk=project.pk)
        stale.planned_end = date(2021, 7, 1 + number)
        publish = partial(draft.publish, reviewer, factories.CHECKED)
        at_once(lambda stale=stale: saved(stale), publish)
        now = Project.objects.get(pk=project.pk)
        kept += (now.due_on, now.percent, now.latest_update) == (stale.planned_end, number, draft)
    return kept


@pytest.mark.django_db(transaction=True)
def test_a_plan_saved_while_a_statement_is_published_loses_neither():
    assert plan_beside_publication() == ROUNDS
    assert in_step()


@pytest.mark.django_db(transaction=True)
def test_control_a_plain_save_loses_one_of_the_two(monkeypatch):
    monkeypatch.setattr(Versioned, "save", models.Model.save)
    monkeypatch.setattr(Versioned, "_do_update", models.Model._do_update)

    def after_the_publication(stale):
        """Save last: whoever saves first loses nothing, and a quick machine may save first every time."""
        for _ in range(1000):
            if ProgressUpdate.objects.published().filter(project=stale).exists():
                break
            time.sleep(0.01)
        stale.save()

    assert plan_beside_publication(after_the_publication) == 0


def names_beside_each_other(monkeypatch):
    """Add two names to a project at once, twice; give how often it is found under both."""
    found, original = 0, Project.make_search_text

    def slowly(self):
        text = original(self)
        time.sleep(0.05)
        return text

    for _ in range(2):
        project = factories.make_project()
        monkeypatch.setattr(Project, "make_search_text", slowly)
        at_once(lambda project=project: factories.make_alias(Project.objects.get(pk=project.pk), name="海心沙"),
                lambda project=project: factories.make_alias(Project.objects.get(pk=project.pk), name="千灯湖"))
        monkeypatch.setattr(Project, "make_search_text", original)
        found += Project.objects.search("海心沙 千灯湖").filter(pk=project.pk).exists()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_names_added_at_once_are_both_found(monkeypatch):
    assert names_beside_each_other(monkeypatch) == 2


@on_postgresql  # SQLite lets one write at a time anyway
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_one_name_is_lost(monkeypatch):
    monkeypatch.setattr(ProjectQuerySet, "held", lambda self: list(self.prefetch_related("aliases")))
    assert names_beside_each_other(monkeypatch) < 2


def moved_while_somebody_waits(here, there):
    """What is found of a project that moves to `there` while its projections wait for its lock."""
    project = factories.make_project(community=here)
    holds = threading.Event()

    def move():
        with transaction.atomic():
            Project.objects.filter(pk=project.pk).update(community=there)
            holds.set()
            time.sleep(0.5)

    def follow():
        holds.wait(10)
        Project.objects.get(pk=project.pk).refresh_projections()

    at_once(move, follow)
    return list(Project.objects.search(there.name))


@pytest.mark.django_db(transaction=True)
def test_what_is_read_of_a_row_that_was_waited_for_is_as_it_is_now():
    found = moved_while_somebody_waits(factories.make_community(name="海心沙"), factories.make_community(name="千灯湖"))
    assert len(found) == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_control_what_is_joined_while_it_is_locked_is_older(monkeypatch):
    monkeypatch.setattr(ProjectQuerySet, "held", lambda self: list(
        self.select_related("community").select_for_update(no_key=True, of=("self",))))
    found = moved_while_somebody_waits(factories.make_community(name="海心沙"), factories.make_community(name="千灯湖"))
    assert found == []
