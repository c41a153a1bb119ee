"""The stamp grows in the transaction that publishes, and for nothing that no resident reads."""
import io
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from guicheng.kept import triggers
from guicheng.kept.publication import Publication
from projects.models import ProgressUpdate, Project
from tests import factories

pytestmark = pytest.mark.django_db


def stamp():
    return Publication.objects.stamp()


def noted(work):
    """Whether the stamp grew by this, done in a transaction of its own."""
    before = stamp()
    if connection.vendor == "postgresql":  # the tests' transaction is one, and noted already
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('guicheng.noted', '', true)")
    work()
    return stamp() > before


def test_what_residents_read_is_noted(project):
    assert noted(lambda: factories.make_source())
    assert noted(lambda: Project.objects.filter(pk=project.pk).update(name="改了名"))
    assert noted(lambda: factories.make_update(project, text="公开了。"))
    department = factories.make_department(name="配合的办公室")
    assert noted(lambda: project.supporting_departments.add(department))
    assert noted(lambda: Project.objects.filter(pk=project.pk).update(is_published=False)), "it is gone from the pages"


def test_drafts_and_what_staff_do_among_themselves_are_not(project, clerk):
    draft = factories.make_update(project, published=False, author=clerk, text="还没写完")
    assert not noted(lambda: ProgressUpdate.objects.filter(pk=draft.pk).update(text="又写了一句"))
    assert not noted(lambda: draft.submit(clerk))
    assert not noted(lambda: factories.make_user("another"))
    Project.objects.filter(pk=project.pk).update(is_published=False)
    assert not noted(lambda: Project.objects.filter(pk=project.pk).update(name="没公开的改了名"))


def test_control_without_its_trigger_a_change_passes_unnoted(project):
    assert triggers.missing_triggers() == []
    triggers.drop_triggers(connection, ["projects_project"])
    assert not noted(lambda: Project.objects.filter(pk=project.pk).update(name="没人知道"))
    assert {name.split("_publishes_")[0] for name in triggers.missing_triggers()} == {"projects_project"}
    triggers.install_triggers()
    assert triggers.missing_triggers() == []


def test_each_migration_leaps(db):
    before = stamp()
    triggers.install_triggers()
    assert stamp() > before


def test_whoever_mends_or_promotes_a_database_leaps(project):
    before = stamp()
    call_command("rebuild_projections", stdout=io.StringIO())
    assert stamp() > before


def test_what_is_rolled_back_is_not_noted(project):
    before = stamp()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        factories.make_source(title="不会有的")
        1 / 0  # noqa: B018
    assert stamp() == before
    assert noted(lambda: factories.make_source(title="有了")), "after a savepoint that was taken back"


@pytest.mark.django_db(transaction=True)
def test_many_transactions_are_folded_and_the_sum_stands():
    for number in range(30):
        factories.make_source(title=f"来源{number}")
    before = stamp()
    Publication.objects.fold()
    Publication.objects.fold()
    assert stamp() == before
    assert Publication.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_uncommitted_change_is_not_seen_and_a_committed_one_is(key_list):
    """Another connection reads the stamp before and after the commit."""
    seen = {}

    def ask(when):
        def work():
            try:
                seen[when] = stamp()
            finally:
                connection.close()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    ask("before")
    with transaction.atomic():
        factories.make_project(key_list, code="new", name="新项目")
        ask("during")
    ask("after")
    assert seen["during"] == seen["before"] < seen["after"]
