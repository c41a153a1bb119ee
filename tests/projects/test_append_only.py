"""Published rows of the ledger stay as they are, whoever asks and however."""
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models.signals import post_migrate

from guicheng.kept import rollup_triggers
from guicheng.trail.append_only import assert_triggers, drop_triggers, install_triggers, make_way, missing_triggers
from projects.models import ProgressUpdate
from tests import factories
from tests.databases import on_postgresql, on_sqlite

TABLE = ProgressUpdate._meta.db_table
ENDS = ["no_update", "no_delete"] + ["no_truncate"] * (connection.vendor == "postgresql")


def run(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def save(row):
    row.text = "改过了。"
    row.save()


def save_one_field(row):
    row.text = "改过了。"
    row.save(update_fields=["text"])


def bulk_update(row):
    row.text = "改过了。"
    ProgressUpdate.objects.bulk_update([row], ["text"])


def upsert(row):
    row.text = "改过了。"
    ProgressUpdate.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=["text"])


CHANGES = {
    "save": save,
    "save one field": save_one_field,
    "queryset.update": lambda row: ProgressUpdate.objects.filter(pk=row.pk).update(text="改过了。"),
    "bulk_update": bulk_update,
    "bulk_create as upsert": upsert,
    "raw UPDATE": lambda row: run("UPDATE projects_progressupdate SET text = %s WHERE id = %s", "改过了。", row.pk),
    "made a draft": lambda row: ProgressUpdate.objects.filter(pk=row.pk).update(
        state="draft", seq=None, recorded_at=None),
    "made a sample": lambda row: ProgressUpdate.objects.filter(pk=row.pk).update(is_sample=True),
}
REMOVALS = {
    "delete": lambda row: row.delete(),
    "queryset.delete": lambda row: ProgressUpdate.objects.filter(pk=row.pk).delete(),
    "raw delete of Django": lambda row: ProgressUpdate.objects.filter(pk=row.pk)._raw_delete("default"),
    "raw DELETE": lambda row: run("DELETE FROM projects_progressupdate WHERE id = %s", row.pk),
}
every_way = pytest.mark.parametrize("way", [*CHANGES.values(), *REMOVALS.values()], ids=[*CHANGES, *REMOVALS])


@pytest.fixture
def published(project):
    factories.make_update(project, effective_on=date(2021, 7, 1))  # the projection points at this one
    return factories.make_update(project)


def changed(row):
    now = ProgressUpdate.objects.filter(pk=row.pk).values("text", "state", "is_sample").first()
    return now != {"text": "已开工。", "state": "published", "is_sample": False}


def test_it_works(published):
    assert not missing_triggers()
    assert_triggers()


@every_way
def test_a_published_row_stays(published, way):
    with pytest.raises(IntegrityError, match="已发布的记录不能修改或删除"), transaction.atomic():
        way(published)
    assert not changed(published)


@every_way
def test_control_without_the_triggers_it_would_not(published, way):
    drop_triggers(connection)
    way(published)
    assert changed(published)


@every_way
def test_a_sample_row_may_change(db, way):
    project = factories.make_project(is_sample=True)
    factories.make_update(project, effective_on=date(2021, 7, 1))
    row = factories.make_update(project)
    assert row.is_sample
    way(row)
    assert changed(row)


@pytest.mark.parametrize("way", [*REMOVALS.values(), *list(CHANGES.values())[:6]])
def test_a_draft_may_change(project, way):
    row = factories.make_update(project, published=False)
    way(row)
    assert not ProgressUpdate.objects.filter(pk=row.pk, text="已开工。").exists()


def test_a_row_among_drafts_holds_the_whole_statement(published):
    factories.make_update(published.project, published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.update(text="改过了。")
    assert not ProgressUpdate.objects.filter(text="改过了。").exists()


def test_a_project_with_published_rows_stays(published):
    with pytest.raises(DatabaseError), transaction.atomic():
        run("DELETE FROM projects_project WHERE id = %s", published.project_id)
        connection.check_constraints()


@on_postgresql
def test_truncate_is_refused(published):
    for sql in (f"TRUNCATE {TABLE} CASCADE", "TRUNCATE projects_project CASCADE"):
        with pytest.raises(IntegrityError, match="已发布的记录"), transaction.atomic():
            run("SET CONSTRAINTS ALL IMMEDIATE")
            run(sql)
    drop_triggers(connection)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"TRUNCATE {TABLE} CASCADE")
    assert not ProgressUpdate.objects.exists()


@on_sqlite
def test_insert_or_replace_is_refused(published):
    replace = "INSERT OR REPLACE INTO projects_progressupdate SELECT * FROM projects_progressupdate WHERE id = %s"
    with pytest.raises(IntegrityError, match="已发布的记录"), transaction.atomic():
        run(replace, published.pk)
    run("PRAGMA recursive_triggers = OFF")
    try:
        run(replace, published.pk)  # the control: without the pragma SQLite replaces past the DELETE trigger
    finally:
        run("PRAGMA recursive_triggers = ON")


# --- the triggers themselves ---------------------------------------------------------------------
@pytest.mark.parametrize("end", ENDS)
def test_one_missing_trigger_stops_the_start(db, end):
    name = f"{TABLE}_{end}"
    run(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if connection.vendor == "postgresql" else ""))
    assert missing_triggers() == [name]
    with pytest.raises(ImproperlyConfigured, match=name):
        assert_triggers()


@on_postgresql
def test_a_disabled_trigger_counts_as_missing(db):
    run(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_no_update")
    assert missing_triggers() == [f"{TABLE}_no_update"]


def test_post_migrate_makes_them_again(published):
    drop_triggers(connection)
    assert missing_triggers()
    config = apps.get_app_config("projects")
    post_migrate.send(sender=config, app_config=config, verbosity=0, interactive=False, using="default")
    assert not missing_triggers()
    with pytest.raises(IntegrityError), transaction.atomic():
        save(published)


def test_making_them_twice_changes_nothing(db):
    install_triggers()
    install_triggers()
    assert not missing_triggers()


@pytest.mark.django_db(transaction=True)
def test_they_survive_a_rebuilt_table_and_migrate():
    """An AlterField rebuilds the table; SQLite then forgets its triggers without a word."""
    row = factories.make_update()
    old = ProgressUpdate._meta.get_field("source_place")
    wider = models.CharField("在来源的哪里", max_length=90, blank=True)
    wider.set_attributes_from_name("source_place")
    wider.model = ProgressUpdate
    try:
        make_way()  # as `migrate` does first
        rollup_triggers.make_way()
        with connection.schema_editor() as editor:
            editor.alter_field(ProgressUpdate, old, wider)
        if connection.vendor == "sqlite":
            assert f"{TABLE}_no_update" in missing_triggers()
            save(row)  # the control: nothing keeps the row now
            ProgressUpdate.objects.update(text="已开工。")
        call_command("migrate", verbosity=0)
        assert not missing_triggers()
        for way in (*CHANGES.values(), *REMOVALS.values()):
            with pytest.raises(IntegrityError, match="已发布的记录"), transaction.atomic():
                way(ProgressUpdate.objects.get(pk=row.pk))
        assert not changed(row)
    finally:
        make_way()
        rollup_triggers.make_way()
        with connection.schema_editor() as editor:
            editor.alter_field(ProgressUpdate, wider, old)
        install_triggers()
        rollup_triggers.install_triggers()
