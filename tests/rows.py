"""Rows of whole tables as they lie in the database, taken and put back: no model, no rule, no signal.

What takes seconds to make (the real facts, what `post_migrate` writes) is made once, and stands there again at once.
"""
from django.apps import apps
from django.core.management.color import no_style
from django.db import transaction

from guicheng.kept.rollup import all_rollups
from guicheng.trail.append_only import drop_triggers

AT_ONCE = 200  # rows in one statement


def tables(connection):
    """The tables of all models, those between them included."""
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def filled(connection):
    """The names of the tables that hold a row: one question."""
    names = tables(connection)
    known = [f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"  # noqa: S608
             for number, name in enumerate(names)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(known))
        return [names[number] for number, in cursor.fetchall()]


def take(connection):
    """{table: (columns, rows)} of every table that holds any, but rollups: the database fills them as rows come."""
    found = {}
    with connection.cursor() as cursor:
        for name in (each for each in filled(connection) if each not in _rollups()):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} ORDER BY 1")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            # what psycopg2 gives for bytes cannot be kept beyond the connection
            found[name] = columns, [tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)
                                    for row in cursor.fetchall()]
    return found


def put(connection, taken):
    """Put them into their tables. What they point at is looked at when the transaction ends."""
    quoted = connection.ops.quote_name
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys=ON")
        for name, (columns, rows) in taken.items():
            one = f"({', '.join(['%s'] * len(columns))})"
            for start in range(0, len(rows), AT_ONCE):
                some = rows[start:start + AT_ONCE]
                cursor.execute(
                    f"INSERT INTO {quoted(name)} ({', '.join(map(quoted, columns))}) "  # noqa: S608
                    f"VALUES {', '.join([one] * len(some))}", [value for row in some for value in row])


def empty(connection):
    """Delete every row, published or not: a tenth of what TRUNCATE and `post_migrate` take."""
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        drop_triggers(connection)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys=ON")
        for name in [*filled(connection), *_rollups()]:  # which fill as rows go
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608


def _rollups():
    return {model._meta.db_table for model in all_rollups()}


def number_after(connection, taken):
    """Let new rows be numbered after those that will be put, once for all tests: PostgreSQL does not see to it."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in taken]
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        put(connection, taken)
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)
        transaction.set_rollback(True, connection.alias)  # the numbers given away stay given away
