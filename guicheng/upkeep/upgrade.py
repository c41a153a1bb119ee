"""Bring a database to this code: all of it, or nothing of it."""
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


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
