"""Bring a database to this code: all of it, or nothing of it."""
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class NewerDatabase(Exception):
    """The database went through migrations that this code does not have. Says which."""


class Outlook:
    """What is between the database and this code. Raises NewerDatabase where the database is ahead."""

    def __init__(self):
        executor = MigrationExecutor(connection)
        loader = executor.loader
        unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
        if ahead := [".".join(key) for key in unknown if key[0] in _ours()]:
            raise NewerDatabase("、".join(ahead))
        self.is_new = not loader.applied_migrations
        self.plan = executor.migration_plan(loader.graph.leaf_nodes())


def _ours():
    """The apps whose migrations stand beside this code; a package may merge its own and forget the old names."""
    return {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}


@contextmanager
def in_one_transaction():
    """Run many migrations in one transaction: what dies half-way leaves the database as it was.

    SQLite turns its look at foreign keys off and on outside a transaction only, and a table cannot be rebuilt while
    it is on; all are looked at before the end. PostgreSQL alters no table that has looks of this transaction to come,
    so there each is taken at once.
    """
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()


def is_empty():
    """Whether the database has none of our tables, and no migration was ever done."""
    return not (MigrationRecorder(connection).applied_migrations()
                or connection.introspection.django_table_names(only_existing=True))


def make_all():
    """Make in an empty database what all migrations together make, from the models, and note them as done.

    A twentieth of their time: Django draws the models anew for each step of a history that no row here has seen.
    That it is the same is asked where old databases become this one: tests/upgrade. All of it or nothing.
    """
    loader, recorder = MigrationLoader(None), MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.app_label in loader.migrated_apps and model._meta.can_migrate(connection):
                editor.create_model(model)
        for app, name in loader.disk_migrations:
            recorder.record_applied(app, name)
