"""Rows that may never change again, kept so by the database itself.

A model says `append_only = AppendOnly(…)`; after every migration the triggers are made again, because
SQLite drops them silently when a table is rebuilt, and `wsgi.py` refuses to serve without them.
Sample rows (`is_sample`) are let go, and nothing else.
"""
from dataclasses import dataclass

from django.apps import apps
from django.db import connections

from guicheng.trail.triggers import missing, refuse_without


@dataclass(frozen=True)
class AppendOnly:
    """The rule of one model. `sentence` is what a person reads.

    A row is frozen once the column `frozen_by` is set, or from its first moment where that is "".
    `let_go` is the column that marks a sample; "" where the model knows no samples.
    With `parent`, a foreign key, a row is frozen with the row it belongs to, by that one's own rule, and none
    can be added or moved there any more.
    """

    frozen_by: str = "recorded_at"
    sentence: str = "已发布的记录不能修改或删除，请用“更正”或“撤回”。"
    let_go: str = "is_sample"
    parent: str = ""

    def condition(self, row="OLD"):
        """The SQL that says whether a row is frozen."""
        frozen = [f"{row}.{self.frozen_by} IS NOT NULL"] if self.frozen_by else []
        samples = [f"NOT {row}.{self.let_go}"] if self.let_go else []
        return " AND ".join(frozen + samples) or "1 = 1"


def _models():
    return [model for model in apps.get_models() if hasattr(model, "append_only")]


def _names(model):
    table = model._meta.db_table
    verbs = ["UPDATE", "DELETE"] + ["INSERT"] * bool(model.append_only.parent)
    return {verb: f"{table}_no_{verb.lower()}" for verb in verbs}


def _parent(model):
    """The column that points at the parent, the parent's table, and the SQL that says whether `p` is frozen."""
    field = model._meta.get_field(model.append_only.parent)
    parent = field.related_model
    return field.column, parent._meta.db_table, parent.append_only.condition("p")


def make_way(using="default", **kwargs):
    """Drop the triggers that ask a parent. A `pre_migrate` handler; `install_triggers` makes them again.

    SQLite refuses to rebuild a table that the trigger of another names.
    """
    drop_triggers(connections[using], [model for model in _models() if model.append_only.parent])


def drop_triggers(connection, models=None):
    """Let go of the rows of these models, or of all: before a migration, and for the tests' flush."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in _models() if models is None else models:
            if model._meta.db_table not in tables:
                continue
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
        condition = rule.condition()
        if rule.parent:
            column, parent, frozen = _parent(model)
            rows = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[verb]
            ids = ", ".join(f"{row}.{column}" for row in rows)
            condition = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id IN ({ids}) AND {frozen})"  # noqa: S608
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{rule.sentence}'); END"
        )


def _create_postgresql(cursor, model, rule):
    table = model._meta.db_table
    refuse = f"RAISE EXCEPTION '{rule.sentence}' USING ERRCODE = 'restrict_violation';"
    body, when = f"BEGIN {refuse} END", f"WHEN ({rule.condition()})"
    if rule.parent:
        body, when = _ask_the_parent(model, refuse), ""  # a WHEN takes no subquery
    cursor.execute(f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    for verb, name in _names(model).items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW "
            f"{when} EXECUTE FUNCTION {table}_frozen()"
        )
    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
    cursor.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_frozen()"
    )


def _ask_the_parent(model, refuse):
    """The body of a trigger that reads the parent under a lock, so that a publication under way is waited for."""
    column, parent, frozen = _parent(model)
    asked = "".join(
        f"IF TG_OP <> '{not_for}' THEN SELECT {frozen} INTO frozen FROM {parent} p "  # noqa: S608
        f"WHERE p.id = {row}.{column} FOR SHARE; IF frozen THEN {refuse} END IF; END IF; "
        for row, not_for in (("OLD", "INSERT"), ("NEW", "DELETE"))
    )
    return (
        f"DECLARE frozen boolean; BEGIN IF TG_OP = 'TRUNCATE' THEN {refuse} END IF; {asked}"
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
    )


def _tables_of(model):
    return {model._meta.db_table} | ({_parent(model)[1]} if model.append_only.parent else set())


def install_triggers(using="default", **kwargs):
    """Make the triggers, each time anew. A `post_migrate` handler; a table not there yet is passed over."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    create = _create_postgresql if connection.vendor == "postgresql" else _create_sqlite
    with connection.cursor() as cursor:
        for model in _models():
            if _tables_of(model) <= tables:
                create(cursor, model, model.append_only)


def missing_triggers(using="default"):
    """The names of the triggers that should be in the database and are not."""
    wanted = {name for model in _models() for name in _names(model).values()}
    if connections[using].vendor == "postgresql":
        wanted |= {f"{model._meta.db_table}_no_truncate" for model in _models()}
    return missing(wanted, using)


def assert_triggers():
    """Raise ImproperlyConfigured unless the database keeps published rows. Called before serving."""
    refuse_without(missing_triggers(), "保护已发布记录")
