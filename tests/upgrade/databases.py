"""A database from a dump and a dump from a database, on SQLite and on PostgreSQL; what two of them have in common."""
import lzma
import os
import re
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings

from tests.postgres import find_binaries

HERE = Path(__file__).resolve().parent
VERSIONS = ["0.1.0", "0.2.0", "0.3.0"]
# what pg_dump says to its reader alone
TALK = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|)\n", re.MULTILINE)


def is_postgresql():
    return bool(settings.DATABASE_URL)


def vendor():
    return "postgresql" if is_postgresql() else "sqlite"


def dump_of(version):
    """The committed dump of that version for this kind of database."""
    return lzma.decompress((HERE / f"{version}-{vendor()}.sql.xz").read_bytes()).decode()


@contextmanager
def scratch(folder, sql=""):
    """A database of its own in `folder`, filled by `sql`: gives the environment in which a programme meets it."""
    environment = os.environ | {"DATA_DIR": str(folder), "BACKUP_DIR": "", "PUBLIC_URL": "",
                                "DJANGO_SETTINGS_MODULE": "guicheng.settings"}
    if not is_postgresql():
        with closing(sqlite3.connect(folder / "guicheng.sqlite3")) as database:
            database.executescript(sql)
        yield environment | {"DATABASE_URL": ""}
        return
    name = f"upgrade_{os.getpid()}"
    with _server(settings.DATABASES["default"]["NAME"]) as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        with _server(name) as cursor:
            if sql:
                cursor.execute(sql)
        yield environment | {"DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()}
    finally:
        with _server(settings.DATABASES["default"]["NAME"]) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _server(name):
    given = settings.DATABASES["default"]
    who = {"user": given["USER"], "password": given["PASSWORD"], "host": given["HOST"], "port": given["PORT"]}
    with closing(psycopg2.connect(dbname=name, **{key: value for key, value in who.items() if value})) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def dump(environment):
    """The whole of a scratch database as SQL."""
    if not environment["DATABASE_URL"]:
        with closing(sqlite3.connect(Path(environment["DATA_DIR"]) / "guicheng.sqlite3")) as database:
            return "\n".join(database.iterdump()) + "\n"
    options = ["--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=1000"]
    said = subprocess.run([find_binaries() / "pg_dump", *options, environment["DATABASE_URL"]], env=environment,
                          capture_output=True, check=True, text=True)
    return TALK.sub("", said.stdout)


def keep(version, sql):
    """Write a dump beside this file."""
    content = lzma.compress(sql.encode(), preset=9 | lzma.PRESET_EXTREME)
    (HERE / f"{version}-{vendor()}.sql.xz").write_bytes(content)


SCHEMA = {
    "sqlite": [
        """SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table'""",
        "SELECT tbl_name, name, type FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL",
    ],
    "postgresql": [
        """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
             FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        # of its text not what a dump says in another way than it was said at first
        """SELECT conrelid::regclass::text, conname,
                  regexp_replace(pg_get_constraintdef(oid), '::(text|character varying)(\\[\\])?|[()]', '', 'g')
             FROM pg_constraint WHERE contype <> 'n'""",
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    ],
}


def schema_of(connection):
    """Columns, indexes, constraints and triggers as lines of text, sorted: the same however they came to be.

    Without what a database made from the models has otherwise: the table of the migrations, a key of Django's.
    """
    lines = set()
    with connection.cursor() as cursor:
        for query in SCHEMA[connection.vendor]:
            cursor.execute(query)
            lines |= {": ".join([table, *map(str, rest)]) for table, *rest in cursor.fetchall()}
        if connection.vendor == "sqlite":  # it names its constraints in the text of the table alone
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            lines |= {f"{table}: {name}" for table, sql in cursor.fetchall()
                      for name in re.findall(r'CONSTRAINT "(\w+)"', sql)}
    return sorted(line for line in lines if not line.startswith(("django_migrations", "auth_group_permissions: id")))


def lost(old, new):
    """What an earlier version gave and this one does not, as sentences. Order does not count, and more may be there."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [f"{key}：{each}" for key in old for each in lost(old[key], new.get(key, "没有"))]
    if not isinstance(old, list) or not isinstance(new, list):
        return [] if old == new else [str(old)]
    left, gone = list(new), []
    for each in old:
        same = next((index for index, other in enumerate(left) if not lost(each, other)), None)
        if same is None:
            gone.append(str(each))
        else:
            del left[same]
    return gone
