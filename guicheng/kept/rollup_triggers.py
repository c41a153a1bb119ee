"""The triggers that keep the rollups: guicheng/kept/rollup.py."""
from dataclasses import replace

from django.db import connections

from guicheng.kept.rollup import all_rollups, columns_of
from guicheng.trail.triggers import missing, refuse_without

VERBS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
WEIGHT = {"OLD": -1, "NEW": 1}


def _names(rollup, is_postgresql):
    """{trigger: (table it stands on, verb)}"""
    rule, table = rollup.rolls_up, rollup._meta.db_table
    verbs = [*VERBS, *["TRUNCATE"] * is_postgresql]
    found = {f"{table}_on_{verb.lower()}": (rule.table, verb) for verb in verbs}
    return found | ({f"{table}_on_owner": (rule.owners, "UPDATE")} if rule.owner else {})


def _names_in(connection, rollup):
    return _names(rollup, connection.vendor == "postgresql")


def make_way(using="default", **kwargs):
    """Drop them on SQLite, which refuses to rebuild a table that a trigger names. A `pre_migrate` handler."""
    if connections[using].vendor == "sqlite":
        drop_triggers(connections[using])


def drop_triggers(connection):
    """Let rows come and go uncounted: `install_triggers` counts them all anew."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rollup in all_rollups():
            for name, (table, _) in _names_in(connection, rollup).items():
                if table in there:
                    on = f" ON {table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def install_triggers(using="default", **kwargs):
    """Make them, each time anew, and count what is there. A `post_migrate` handler; missing tables are passed over."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    drop_triggers(connection)
    create = _create_postgresql if connection.vendor == "postgresql" else _create_sqlite
    for rollup in all_rollups():
        if {rollup._meta.db_table, rollup.rolls_up.table} <= there:
            with connection.cursor() as cursor:
                create(cursor, rollup)
            rollup.objects.using(using).rebuild()


def _of_row(rollup, row):
    """The statements for a row that goes (OLD) or comes (NEW): its own, and that of the one whose place it takes."""
    rule, into = rollup.rolls_up, f"INSERT INTO {rollup._meta.db_table} ({', '.join([*columns_of(rollup), 'weight'])}) "
    said = [into + rule.counted(rollup, WEIGHT[row], row=row)]
    if rule.amends:
        earlier = replace(rule, amends="").counted(rollup, -WEIGHT[row])
        said.append(f"{into}{earlier} AND counted.id = {row}.{rule.amends}_id AND {rule.taking.format(row=row)}")
    return "".join(f"{each}; " for each in said)


def _of_owner(rollup, row):
    """The statement for all rows of an owner as it was (OLD) or is (NEW)."""
    return (f"INSERT INTO {rollup._meta.db_table} ({', '.join([*columns_of(rollup), 'weight'])}) "
            f"{rollup.rolls_up.counted(rollup, WEIGHT[row], owner=row)}; ")


def _whens(rollup, differs):
    """{verb or "owner": SQL of the rows alone, without which nothing can change}"""
    rule = rollup.rolls_up
    if rule.amends:  # what is published is frozen, and what is not counts nowhere
        whens = {verb: " OR ".join(f"({rule.taking.format(row=row)})" for row in rows) for verb, rows in VERBS.items()}
    else:
        whens = {verb: rule.when.format(row=row) for verb, (row, *_) in VERBS.items()}
        whens["UPDATE"] = _moved(rule.read_of("row", rollup), differs)
    return whens | {"owner": _moved(rule.read_of("owner", rollup), differs)}


def _moved(columns, differs):
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns)


def _create_sqlite(cursor, rollup):
    whens = _whens(rollup, "IS NOT")
    for name, (table, verb) in _names(rollup, False).items():
        is_owner = table == rollup.rolls_up.owners
        work = "".join((_of_owner if is_owner else _of_row)(rollup, row) for row in VERBS[verb])
        cursor.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} WHEN {whens['owner' if is_owner else verb]} "
                       f"BEGIN {work}END")


def _create_postgresql(cursor, rollup):
    """The owner is read under a lock, so that one who hides it meanwhile is waited for."""
    rule, kept = rollup.rolls_up, rollup._meta.db_table
    lock = f"PERFORM 1 FROM {rule.owners} WHERE id = {{row}}.{rule.owner}_id FOR SHARE; " if rule.owner else ""
    bodies = {
        "row": f"IF TG_OP = 'TRUNCATE' THEN DELETE FROM {kept}; RETURN NULL; END IF; "  # noqa: S608
               f"IF TG_OP <> 'INSERT' THEN {lock.format(row='OLD')}{_of_row(rollup, 'OLD')}END IF; "
               f"IF TG_OP <> 'DELETE' THEN {lock.format(row='NEW')}{_of_row(rollup, 'NEW')}END IF; ",
        "owner": _of_owner(rollup, "OLD") + _of_owner(rollup, "NEW") if rule.owner else ""}
    for kind, body in bodies.items():
        # a day is written as it is written in SQLite, whatever the session wants
        cursor.execute(f"CREATE OR REPLACE FUNCTION {kept}_of_{kind}() RETURNS trigger LANGUAGE plpgsql "
                       f"SET datestyle = 'ISO, YMD' AS $$ BEGIN {body}RETURN NULL; END $$")
    whens = _whens(rollup, "IS DISTINCT FROM")
    for name, (table, verb) in _names(rollup, True).items():
        kind = "owner" if table == rule.owners else "row"
        each = "FOR EACH STATEMENT" if verb == "TRUNCATE" else (
            f"FOR EACH ROW WHEN ({whens['owner' if kind == 'owner' else verb]})")
        cursor.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} {each} EXECUTE FUNCTION {kept}_of_{kind}()")


def missing_triggers(using="default"):
    """The names of those that should be in the database and are not."""
    return missing({name for rollup in all_rollups() for name in _names_in(connections[using], rollup)}, using)


def assert_triggers():
    """Raise ImproperlyConfigured unless the database keeps the counts. Called before serving."""
    refuse_without(missing_triggers(), "记数")
