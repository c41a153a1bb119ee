"""A dump of a PostgreSQL database, and its way back, by PostgreSQL's own programs.

The password goes by the environment: an argument is seen by every account of the machine.
"""
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

from django.db import connection

from guicheng.upkeep.manifest import BackupError

FILE = "database.dump"
# how libpq calls in the environment what it takes as a parameter
NAMES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "password": "PGPASSWORD",
         "passfile": "PGPASSFILE", "service": "PGSERVICE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
         "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "options": "PGOPTIONS", "connect_timeout": "PGCONNECT_TIMEOUT"}
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
        raise BackupError(f"{name}：{_last_line(done.stderr)}")


def _last_line(said):
    errors = [line for line in said.splitlines() if "error" in line] or said.splitlines() or ["没有说明原因"]
    return f"{errors[0].strip()}。"


@contextmanager
def _snapshot():
    """Give a cursor that sees one instant, and the snapshot's name, by which another process sees the same."""
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
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}")
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
        raise BackupError(f"pg_restore：{_last_line(said)}")
    return rows


def is_empty():
    with connection.cursor() as cursor:
        return not _count(cursor)
