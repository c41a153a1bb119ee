"""The index of a search: of every searched row the pairs of characters in it, kept by the database itself.

A word of two characters is a pair, a longer one has several; of a single character the index knows nothing. A row that
holds a word is always among those the index names; that it really holds it, a LIKE still says (among.py).

PostgreSQL: a GIN index over a function of the columns. SQLite: a table of FTS5 without a text of its own, kept in step
by triggers that any program can run: no function of ours. FTS5 takes an entry back by its old words, which the view
`…_pairs_text` makes as the triggers do; `rebuild` and `integrity-check` read that view.

It costs a writer half a millisecond a row, so only what has passed LARGE rows is given one, by the next migration,
`prepare` or `rebuild_projections`; SEARCH_INDEX can say otherwise. What stands is made again where it is not as it is
written here, as `append_only` does.
"""
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, transaction

LARGE = 20_000  # rows; below, a scan takes no longer than a page
FUNCTION = "guicheng_pairs"
PLACE = "guicheng_pairs_place"  # SQLite: the numbers 1 to PLACES; a text is cut into so many pieces of so many places
PLACES = 2000
SIGNS = """!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"""  # with letters and digits all that is seen of ASCII, as SQL writes it


def searched_tables():
    """{table: its searched columns} of every model that keeps a folded text."""
    found = {}
    for model in apps.get_models():
        columns = tuple(field.column for field in model._meta.local_fields if getattr(field, "is_searched", False))
        if columns and not model._meta.proxy:
            found[model._meta.db_table] = columns
    return found


def index_of(table):
    return f"{table}_pairs"


def text_of(vendor, columns, row=""):
    """The SQL of the one text in which pairs are looked for: no word reaches over the end of a line."""
    newline = " || chr(10) || " if vendor == "postgresql" else " || char(10) || "
    return newline.join(f"{row}.{column}" if row else column for column in columns)


def wanted(vendor, table, columns):
    """{name: the SQL that makes it}, in the order in which they are made."""
    make = _of_postgresql if vendor == "postgresql" else _of_sqlite
    return make(table, columns)


# --- PostgreSQL ------------------------------------------------------------------------------------
# COST: it is a hundred times a LIKE, and the planner should rather read the index than ask it of every row.
# Pairs by two cuts, from the first character and from the second: a fifth of the time of unnesting and gathering them
BODY = r"""
SELECT string_to_array(regexp_replace($1, '(..)', '\1 ', 'g'), ' ')
    || string_to_array(regexp_replace(substr($1, 2), '(..)', '\1 ', 'g'), ' ')
"""
MAKE_FUNCTION = f"""CREATE OR REPLACE FUNCTION {FUNCTION}(text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $${BODY}$$"""


def all_pairs(columns):
    """The expression of the index. Compared by its bytes: the rules of a language take several times as long."""
    return f'({FUNCTION}({text_of("postgresql", columns)}) COLLATE "C")'


def _of_postgresql(table, columns):
    return {
        index_of(table): f"CREATE INDEX {index_of(table)} ON {table} "
                         f"USING gin ({all_pairs(columns)})",
        f"{table}_called": f"CREATE INDEX {table}_called ON {table} (({called('postgresql', columns[0])}))",
    }


def called(vendor, column):
    """The SQL of the first line of a search text with its end: how a row is called."""
    newline, place = ("chr(10)", "strpos") if vendor == "postgresql" else ("char(10)", "instr")
    return f"substr({column}, 1, {place}({column}, {newline}))"


# --- SQLite ----------------------------------------------------------------------------------------
def _pairs(text):
    """The SQL of all pairs of a text with spaces between, by its pieces: `substr` counts from the start of its text."""
    return (f"(SELECT group_concat(substr(piece.t, k.i, 2), ' ') FROM "  # noqa: S608
            f"(SELECT substr({text}, c.i * {PLACES} - {PLACES - 1}, {PLACES + 1}) AS t FROM {PLACE} c "
            f"WHERE c.i <= (length({text}) + {PLACES - 1}) / {PLACES}) piece CROSS JOIN {PLACE} k "
            f"WHERE k.i <= min(length(piece.t), {PLACES}))")


def _of_sqlite(table, columns):
    index, view = index_of(table), f"{index_of(table)}_text"
    tokens = f"ascii tokenchars '{SIGNS}'".replace('"', '""')
    new, old, of_row = (_pairs(text_of("sqlite", columns, row)) for row in ("NEW", "OLD", "t"))
    put = f"INSERT INTO {index}(rowid, pairs) VALUES (NEW.id, {new});"  # noqa: S608
    take = f"INSERT INTO {index}({index}, rowid, pairs) VALUES ('delete', OLD.id, {old});"  # noqa: S608
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in ("id", *columns))
    return {
        view: f"CREATE VIEW {view} AS SELECT t.id AS id, {of_row} AS pairs FROM {table} t",  # noqa: S608
        index: f"CREATE VIRTUAL TABLE {index} USING fts5(pairs, content='{view}', content_rowid='id', detail=none, "
               f"columnsize=0, tokenize=\"{tokens}\")",
        f"{index}_insert": f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {put} END",
        f"{index}_delete": f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {take} END",
        f"{index}_update": f"CREATE TRIGGER {index}_update AFTER UPDATE OF {', '.join(('id', *columns))} ON {table} "
                           f"WHEN {differs} BEGIN {take} {put} END",
        f"{table}_called": f"CREATE INDEX {table}_called ON {table} ({called('sqlite', columns[0])})",
    }


# --- what stands in a database ---------------------------------------------------------------------
def _there(cursor, vendor):
    """{name: the SQL that made it}; of PostgreSQL, which writes it its own way, {name: whether it is whole}."""
    if vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return dict(cursor.fetchall())
    cursor.execute("SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                   "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()")
    found = dict(cursor.fetchall())
    cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = current_schema()::regnamespace",
                   [FUNCTION])
    return found | {FUNCTION: (cursor.fetchone() or [""])[0]}


def _is_made(there, name, sql, vendor):
    return there.get(name) == sql if vendor == "sqlite" else there.get(name) is True


def _standing(cursor, vendor):
    """{table: True where its index stands as it is written here, False where a part of it does, None where none does}.
    """
    there, found = _there(cursor, vendor), {}
    is_ours = vendor == "sqlite" or there[FUNCTION] == BODY
    for table, columns in searched_tables().items():
        made = wanted(vendor, table, columns)
        whole = is_ours and all(_is_made(there, name, sql, vendor) for name, sql in made.items())
        found[table] = whole or (False if made.keys() & there.keys() else None)
    return found


def _is_needed(cursor, table):
    """Whether the setting wants an index of this table; `auto`: one that has passed LARGE rows, by its last key."""
    if settings.SEARCH_INDEX != "auto":
        return settings.SEARCH_INDEX == "on"
    cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608
    return (cursor.fetchone()[0] or 0) > LARGE


def _to_make(cursor, vendor, there):
    """{table: its columns} of those that need an index and have none, and of those that have a part of one."""
    standing = _standing(cursor, vendor)
    return {table: columns for table, columns in searched_tables().items() if table in there
            and not standing[table] and (standing[table] is False or _is_needed(cursor, table))}


def missing(using="default"):
    """The tables whose index is to be made, anew or for the first time."""
    connection = connections[using]
    with connection.cursor() as cursor:
        return sorted(_to_make(cursor, connection.vendor, set(connection.introspection.table_names())))


def stands(table, using="default"):
    """Whether the index of this table is there, whole."""
    connection = connections[using]
    with connection.cursor() as cursor:
        return _standing(cursor, connection.vendor)[table] is True


def assert_whole():
    """Raise ImproperlyConfigured where a part of an index stands: searches would miss rows. Called before serving."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        standing = _standing(cursor, connection.vendor)
    if tables := sorted(table for table, whole in standing.items() if whole is False):
        raise ImproperlyConfigured(f"搜索用的索引不完整（{'、'.join(tables)}），先运行 python manage.py prepare。")


def make_way(using="default", plan=(), **kwargs):
    """Let a migration rebuild tables: SQLite refuses where a trigger or a view names them. A `pre_migrate` handler.

    What it changes meanwhile is unseen, so the index is built anew by `install`.
    """
    if plan and connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for table, columns in searched_tables().items():
                _drop(cursor, "sqlite", wanted("sqlite", table, columns))


def install(using="default", **kwargs):
    """Make what is missing, with the rows that stand there. A `post_migrate` handler."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with transaction.atomic(using), connection.cursor() as cursor:
        for table, columns in _to_make(cursor, connection.vendor, there).items():
            _make(cursor, connection.vendor, table, columns)


def _make(cursor, vendor, table, columns):
    made = wanted(vendor, table, columns)
    _drop(cursor, vendor, made)
    if vendor == "postgresql":
        cursor.execute(MAKE_FUNCTION)
    else:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {PLACE} (i integer PRIMARY KEY)")
        cursor.execute(f"INSERT OR IGNORE INTO {PLACE} WITH RECURSIVE n(i) AS "  # noqa: S608
                       f"(VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {PLACES}) SELECT i FROM n")
    for sql in made.values():
        cursor.execute(sql)
    if vendor == "sqlite":
        _fill_sqlite(cursor, table, columns)


def _fill_sqlite(cursor, table, columns):
    """Put every row into a new index: what `rebuild` does, with the pairs cut by Python in a tenth of the time."""
    cursor.connection.create_function("cut_into_pairs", 1, _cut, deterministic=True)
    cursor.execute(f"INSERT INTO {index_of(table)}(rowid, pairs) "  # noqa: S608
                   f"SELECT id, cut_into_pairs({text_of('sqlite', columns)}) FROM {table}")


def _cut(text):
    """The pairs of a text as `_pairs` makes them: the last character stands alone, and NUL ends it."""
    text, _, _ = text.partition("\0")
    return " ".join(map(str.__add__, text, f"{text[1:]} "))


def _drop(cursor, vendor, made):
    for name, sql in reversed(made.items()):
        kind = sql.split()[1].replace("VIRTUAL", "TABLE")
        cursor.execute(f"DROP {kind} IF EXISTS {name}")


def rebuild(using="default"):
    """Compare every index with its rows, build anew what differs and what is missing; give (indexes, that differed)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        differed = _to_make(cursor, connection.vendor, set(connection.introspection.table_names()))
        standing = [table for table, whole in _standing(cursor, connection.vendor).items() if whole]
        if connection.vendor == "sqlite":
            differed |= {table: searched_tables()[table] for table in standing if not _agrees(cursor, using, table)}
        for table, columns in differed.items():
            with transaction.atomic(using):
                _make(cursor, connection.vendor, table, columns)
    return len(differed.keys() | set(standing)), len(differed)


def _agrees(cursor, using, table):
    """Whether SQLite finds in the index what it finds in the rows. PostgreSQL keeps an index or has none."""
    index = index_of(table)
    try:
        with transaction.atomic(using):
            cursor.execute(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except DatabaseError:
        return False
    return True
