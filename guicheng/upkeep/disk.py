"""How much room there is on the disk, and a reserve for the day there is none."""
import errno
import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from guicheng.tables.whole_files import whole_file

MB, GB = 1024**2, 1024**3
PG_DISK_FULL = "53100"


@dataclass(frozen=True)
class Room:
    """Of the file system of a folder: what we may still write, of how much, and how many more files."""

    free: int
    total: int
    files_free: int
    files_total: int  # 0 where the file system does not count them

    @property
    def percent_free(self):
        return round(100 * self.free / self.total) if self.total else 0

    @property
    def lacks_files(self):
        return bool(self.files_total) and self.files_free < self.files_total // 100

    @property
    def is_short(self):
        """Whether somebody has to do something now."""
        return self.free < 200 * MB or self.lacks_files

    @property
    def is_getting_short(self):
        """Less than 2 GB, or of a large disk less than a twentieth, but never more than 20 GB."""
        return self.free < max(2 * GB, min(self.total // 20, 20 * GB))


def room(folder):
    """The Room around a folder. Raises OSError."""
    found = os.statvfs(folder)
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, found.f_favail, found.f_files)


def gigabytes(size):
    """In the unit that people read: "1.4 GB", "180 MB"."""
    return f"{size / GB:.1f} GB" if size >= GB else f"{size // MB} MB"


# --- when there is none -----------------------------------------------------------------------------
# Below ENOUGH the back office takes no more words and files; below SIGN_IN the reserve is let go, and what it gives
# back is for signing in alone: 10 KB each, on SQLite 4 MB for the log it writes first, on PostgreSQL 16 MB for a piece
# of its own. Given back, it must leave less than ENOUGH.
ENOUGH, SIGN_IN, RESERVE = 64 * MB, 8 * MB, 32 * MB


def is_full():
    return _free() < ENOUGH


def let_go_if_needed():
    """Free the reserve where there is no room left to sign in. Asked at each request of staff."""
    if _free() < SIGN_IN:
        with suppress(FileNotFoundError):
            os.truncate(_reserve(), 0)  # an empty file says that there was one


def set_reserve_aside():
    """For the first time. On a disk too full for it only the empty file."""
    _reserve().touch(mode=0o600)
    fill_reserve()


def fill_reserve():
    """Set the reserve that was let go aside again, once there is room."""
    path = _reserve()
    if not path.exists() or path.stat().st_size or _free() < ENOUGH + RESERVE:
        return
    try:
        with whole_file(path, 0o600) as part:
            part.write_bytes(os.urandom(RESERVE))  # nothing that a file system could keep in less room
    except OSError:
        return  # filled up meanwhile


def _reserve():
    return Path(settings.DATA_DIR) / "reserve"


def _free():
    try:
        return room(settings.DATA_DIR).free
    except OSError:
        return ENOUGH  # nothing is known: whoever writes will see


def lacks_room(error):
    """Whether an exception, or one that led to it, says that the disk is full: of a file, of SQLite, of PostgreSQL."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "pgcode", None) == PG_DISK_FULL:
            return True
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        # without room for its own small files SQLite says that it cannot read or open
        if code == sqlite3.SQLITE_FULL or code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _free() < MB:
            return True
        error = error.__cause__ or error.__context__
    return False
