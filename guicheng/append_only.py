"""Rows that may never change again, kept so by the database itself.

A model says `append_only = AppendOnly(…)`; after every migration the triggers are made again, because
SQLite drops them silently when a table is rebuilt, and `wsgi.py` refuses to serve without them.
Sample rows (`is_sample`) are let go, and nothing else.
"""
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


@dataclass(frozen=True)
class AppendOnly:
    """The rule of one model. `sentence` is what a person reads.

    A row is frozen once the column `frozen_by` is set, or from its first moment where that is "".
    `let_go` is the column that marks a sample; "" where the model knows no samples.
    """

    frozen_by: str = "recorded_at"
    sentence: str = "已发布的记录不能修改或删除，请用“更正”或“撤回”。"
    let_go: str = "is_sample"

    @property
    def condition(self):
        """The SQL that says whether a row is frozen."""
        frozen = [f"OLD.{self.frozen_by} IS NOT NULL"] if self.frozen_by else []
        samples = [f"NOT OLD.{self.let_go}"] if self.let_go else []
        return " AND ".join(frozen + samples) or "1 = 1"


def _models():
    return [model for model in apps.get_models() if hasattr(model, "append_only")]


def _names(model):
    table = model._meta.db_table
    return {"UPDATE": f"{table}_no_update", "DELETE": f"{table}_no_delete"}


def drop_triggers(connection):
    """Let go of the rows. For the tests' flush only."""
    with connection.cursor() as cursor:
        for model in _models():
            table = model._meta.db_table
            for name in [*_names(model).values(), f"{table}_no_truncate"]:
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _create_sqlite(cursor, model, rule):
    table = model._meta.db_table
    for verb, name in _names(model).items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"WHEN {rule.condition} BEGIN SELECT RAISE(ABORT, '{rule.sentence}'); END"
        )


def _create_postgresql(cursor, model, rule):
    table = model._meta.db_table
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{rule.sentence}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for verb, name in _names(model).items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW "
            f"WHEN ({rule.condition}) EXECUTE FUNCTION {table}_frozen()"
        )
    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
    cursor.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_frozen()"
    )


def install_triggers(using="default", **kwargs):
    """Make the triggers, each time anew. A `post_migrate` handler; a table not there yet is passed over."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    create = _create_postgresql if connection.vendor == "postgresql" else _create_sqlite
    with connection.cursor() as cursor:
        for model in _models():
            if model._meta.db_table in tables:
                create(cursor, model, model.append_only)


def missing_triggers(using="default"):
    """Give the names of the triggers that should be in the database and are not."""
    connection = connections[using]
    wanted = {name for model in _models() for name in _names(model).values()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted |= {f"{model._meta.db_table}_no_truncate" for model in _models()}
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def assert_triggers():
    """Raise ImproperlyConfigured unless the database keeps published rows. Called before serving."""
    missing = missing_triggers()
    if missing:
        raise ImproperlyConfigured(
            f"数据库缺少保护已发布记录的触发器（{'、'.join(missing)}），先运行 python manage.py migrate。"
        )
