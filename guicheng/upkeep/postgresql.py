"""A dump of a PostgreSQL database, and its way back, by PostgreSQL's own programs.

The password goes by the environment: an argument is seen by every account of the machine.
"""
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

from django.db import ProgrammingError, connection

from guicheng.upkeep.manifest import BackupError

FILE = "database.dump"
# how libpq calls in the environment what it takes as a parameter
NAMES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "password": "PGPASSWORD",
         "passfile": "PGPASSFILE", "service": "PGSERVICE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
         "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "options": "PGOPTIONS", "connect_timeout": "PGCONNECT_TIMEOUT"}
ASIDE = "before_restore_"  # how a schema is called that a restore put aside
COPY = re.compile(rb'COPY (?:\w+\.)?"?(\w+)"? \(.*\) FROM stdin;\n')
TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname"""


def _environment():
    known = connection.get_connection_params()
    return os.environ | {name: str(known[key]) for key, name in NAMES.items() if known.get(key)}


def _program(name):
    """The program's path. Raises BackupError when it is not there or older than the server."""
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"没有找到 {name}，请安装 PostgreSQL 的客户端（例如 apt install postgresql-client）。")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, env=_environment()).stdout
    version, server = re.search(r"(\d+)", said), connection.pg_version // 10000
    if version and int(version[1]) < server:
        raise BackupError(f"{name} 是 {version[1]} 版，比服务器（{server} 版）旧，请安装 postgresql-client-{server}。")
    return found


def _run(name, *arguments):
    done = subprocess.run([_program(name), *map(str, arguments)], env=_environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        raise BackupError(_reason(name, done.stderr))


def _reason(name, said):
    """The first line in which the program says what went wrong."""
    errors = [line for line in said.splitlines() if "error" in line] or said.splitlines() or ["没有说明原因"]
    return f"{name}：{errors[0].strip().removeprefix(f'{name}: error: ')}。"


@contextmanager
def _snapshot():
    """A cursor that sees one instant, and the snapshot's name, by which another process sees the same."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        own.close()


def _count(cursor):
    cursor.execute(TABLES)
    rows = {}
    for table in [name for name, in cursor.fetchall()]:
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608
        rows[table] = cursor.fetchone()[0]
    return rows


def dump(file):
    """Write the database as it is at this instant into `file`; give {table: rows} of that instant.

    Raises BackupError.
    """
    with _snapshot() as (cursor, snapshot):
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
             f"--exclude-schema={ASIDE}*", f"--file={file}")
        return _count(cursor)


def check(file):
    """Unpack a dump to its end; give {table: rows}. Raises BackupError."""
    rows, table = {}, None
    with subprocess.Popen([_program("pg_restore"), "--file=-", file], env=_environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        for line in reader.stdout:
            if table:
                if line == b"\\.\n":
                    table = None
                else:
                    rows[table] += 1
            elif match := COPY.match(line):
                table = match[1].decode()
                rows[table] = 0
        said = reader.stderr.read().decode(errors="replace")
    if reader.returncode:
        raise BackupError(_reason("pg_restore", said))
    return rows


def there():
    """What is in the database, in words; "" when nothing is."""
    with connection.cursor() as cursor:
        rows = _count(cursor)
    name = connection.settings_dict["NAME"]
    return f"数据库 {name} 的 {len(rows)} 张表、{sum(rows.values()):,} 行" if rows else ""


def users():
    """Who else is connected, in words; "" when nobody is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
        number = cursor.fetchone()[0]
    return f"{number} 个连接" if number else ""


def load(file, rows, part, stamp):
    """Read the dump into the database; give the schema that holds what was there, in a list.

    Raises BackupError when the dump does not hold these rows or cannot be read in; then nothing has changed.
    """
    if check(file) != rows:
        raise BackupError("备份里的数据库和清单的行数不符。没有恢复任何东西。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema, aside = cursor.fetchone()[0], f"{ASIDE}{stamp.replace('-', '_')}"
        kept = [aside] if _count(cursor) else []
        if kept:
            _set_aside(cursor, schema, aside)
        try:
            _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
                 f"--dbname={connection.settings_dict['NAME']}", file)
        except BackupError:  # it took back what it had done
            if kept:
                cursor.execute(f'DROP SCHEMA "{schema}"')
                cursor.execute(f'ALTER SCHEMA "{aside}" RENAME TO "{schema}"')
            raise
        cursor.execute("ANALYZE")  # without it the pages are slow until the server finds the time
    return [f"schema {aside}"] if kept else []


def _set_aside(cursor, schema, aside):
    try:
        cursor.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"')
        cursor.execute(f'CREATE SCHEMA "{schema}"')
    except ProgrammingError as error:
        raise BackupError(f"数据库账号不能把原来的数据改名（{str(error).splitlines()[0]}）。请新建一个空的数据库，"
                          "把 DATABASE_URL 指向它，再恢复。")
