"""A copy of a live SQLite database, and its way back.

Never by copying the file: its last rows are in the -wal beside it, and `integrity_check` calls such a copy ok.
"""
import errno
import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from guicheng.upkeep.files import copy, sync
from guicheng.upkeep.manifest import BackupError

FILE = "database.sqlite3"
TIMEOUT = 60  # seconds


def path():
    return Path(connection.settings_dict["NAME"])


@contextmanager
def _opened(file, mode="rw"):
    try:
        with closing(sqlite3.connect(f"{Path(file).as_uri()}?mode={mode}", uri=True, timeout=TIMEOUT,
                                     isolation_level=None)) as database:
            yield database
    except sqlite3.Error as error:
        raise BackupError(f"SQLite 数据库 {file}：{error}。")


def dump(file):
    """Write the database as it is at this instant into `file`. Raises BackupError, OSError where there is no room.

    VACUUM INTO reads under one snapshot while others write, and takes no deleted rows along.
    """
    with _opened(path()) as database:
        try:
            database.execute("VACUUM INTO ?", [str(file)])
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise


def check(file):
    """Look at a copy: its pages, its foreign keys; give {table: rows}. Raises BackupError."""
    with _opened(file, "ro") as database:
        said = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise BackupError(f"数据库的副本没有通过检查：{said}。")
        if broken := database.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupError(f"数据库的副本里 {broken[0]} 第 {broken[1]} 行指向了没有的 {broken[2]}。")
        tables = [name for name, in database.execute(  # rows of ours: not of an index, nor SQLite's own
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND name NOT LIKE '%\\_pairs' ESCAPE '\\' AND name NOT LIKE '%\\_pairs\\_%' ESCAPE '\\'")]
        return {table: database.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
                for table in sorted(tables)}


def there():
    """What is in the database, in words; "" when nothing is."""
    if not path().exists() or not path().stat().st_size:
        return ""
    try:
        rows = check(path())
    except BackupError:
        return f"一个损坏的数据库 {path()}"
    return f"数据库 {path()} 的 {len(rows)} 张表、{sum(rows.values()):,} 行" if rows else ""


def users():
    """Who else has the database open, in words; "" when nobody has. Leaves it without a -wal."""
    try:
        with closing(sqlite3.connect(path(), timeout=1, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # asks for the file alone
    except sqlite3.OperationalError as error:
        return path().name if "locked" in str(error) else ""
    except sqlite3.DatabaseError:
        return ""  # damaged: there is nothing to lock
    return ""


def load(file, rows, part, stamp):
    """Put the copy in the place of the database; give the name of what was there, in a list.

    Raises BackupError when the copy does not hold these rows; then nothing has changed.
    """
    copy(file, part / FILE)
    if check(part / FILE) != rows:
        raise BackupError("备份里的数据库和清单的行数不符。没有恢复任何东西。")
    sync(part / FILE)
    kept = []
    if path().exists() and path().stat().st_size:
        kept = [path().with_name(f"{path().name}.before-{stamp}")]
    for ending in ("-wal", "-shm", ""):  # an old -wal would be written into the new database
        old = path().with_name(path().name + ending)
        if old.exists():
            old.rename(path().with_name(f"{path().name}.before-{stamp}{ending}"))
    os.replace(part / FILE, path())
    sync(path().parent)
    return kept
