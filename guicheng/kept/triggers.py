"""The triggers that write down that something was published: guicheng/kept/publication.py."""
from django.apps import apps
from django.db import connections

from guicheng.kept.publication import TABLE, Publication, Publishes
from guicheng.trail.triggers import missing, refuse_without

NOTE = "guicheng_note_publication"
VERBS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def publishing_tables():
    """{table: its rule} of every table the public reads."""
    found = {}
    for model in apps.get_models():
        rule = getattr(model, "publishes", None)
        if rule is not None and not model._meta.proxy:
            found[model._meta.db_table] = rule
            found |= {getattr(model, name).through._meta.db_table: Publishes() for name in rule.relations}
    return found


def _name(table, verb):
    return f"{table}_publishes_{verb.lower()}"


def make_way(using="default", **kwargs):
    """Drop them on SQLite, which refuses to rebuild a table that a trigger names. A `pre_migrate` handler.

    What a migration changes is noted by the leap after it.
    """
    if connections[using].vendor == "sqlite":
        drop_triggers(connections[using])


def drop_triggers(connection, tables=None):
    """Let changes of these tables, or of all, pass unnoted."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in there & set(publishing_tables() if tables is None else tables):
            of = f" ON {table}" if connection.vendor == "postgresql" else ""
            for verb in [*VERBS, "TRUNCATE"]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}{of}")


def install_triggers(using="default", **kwargs):
    """Make them, each time anew, and leap. A `post_migrate` handler; a table not there yet is passed over."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if TABLE not in there:
        return
    drop_triggers(connection)
    create = _create_postgresql if connection.vendor == "postgresql" else _create_sqlite
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(NOTED)
        for table, rule in publishing_tables().items():
            if table in there:
                create(cursor, table, rule)
    Publication.objects.using(using).leap()


# once a transaction; what a savepoint takes back it takes back whole
NOTED = f"""
CREATE OR REPLACE FUNCTION {NOTE}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('guicheng.noted', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        INSERT INTO {TABLE} (weight) VALUES (1);
        PERFORM set_config('guicheng.noted', pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608


def _create_postgresql(cursor, table, rule):
    for verb, rows in VERBS.items():
        when = f"WHEN ({rule.condition(*rows)})" if rule.when else ""
        cursor.execute(f"CREATE TRIGGER {_name(table, verb)} AFTER {verb} ON {table} "
                       f"FOR EACH ROW {when} EXECUTE FUNCTION {NOTE}()")
    cursor.execute(f"CREATE TRIGGER {_name(table, 'TRUNCATE')} AFTER TRUNCATE ON {table} "
                   f"FOR EACH STATEMENT EXECUTE FUNCTION {NOTE}()")


COUNTED = f"UPDATE {TABLE} SET weight = weight + 1 WHERE id = 1;"  # noqa: S608


def _create_sqlite(cursor, table, rule):
    for verb, rows in VERBS.items():
        when = f"WHEN {rule.condition(*rows)}" if rule.when else ""
        cursor.execute(f"CREATE TRIGGER {_name(table, verb)} AFTER {verb} ON {table} {when} "
                       f"BEGIN {COUNTED} END")


def missing_triggers(using="default"):
    """The names of those that should be in the database and are not."""
    verbs = [*VERBS, "TRUNCATE"] if connections[using].vendor == "postgresql" else VERBS
    return missing({_name(table, verb) for table in publishing_tables() for verb in verbs}, using)


def assert_triggers():
    """Raise ImproperlyConfigured unless the database notes what is published. Called before serving."""
    refuse_without(missing_triggers(), "记下“已发布”")
