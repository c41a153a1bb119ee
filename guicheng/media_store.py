"""Files that staff uploaded: in DATA_DIR/media, under random names, each complete or not there.

A file is written before the row that names it, so a crash leaves at most a file that no row names;
`manage.py sweep_media` removes those after a day. While a backup copies them no file is taken away: what somebody
removes then goes with the next sweep.
"""
import os
import secrets
import tempfile
import time

from django.conf import settings

from guicheng.locks import Busy, held

DAY = 24 * 3600


def new_name():
    """A random name; never the one the user's file had."""
    return secrets.token_hex(16)


def folder():
    return settings.DATA_DIR / "media"


def path_of(name, ending):
    """Where the file `name` + `ending` lies, as "3f/3f…-800.jpg"."""
    return folder() / name[:2] / f"{name}{ending}"


def write(name, ending, content):
    """Put the bytes in place at once: nobody ever reads half a file."""
    path = path_of(name, ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f"{name}{ending}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o600)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def removing():
    """Hold the files while some are taken away. Raises Busy during a backup: it names files it has still to copy."""
    return held(settings.DATA_DIR, shared=True, wait=False)


def remove(name, endings):
    try:
        with removing():
            for ending in endings:
                path_of(name, ending).unlink(missing_ok=True)
    except Busy:
        return  # no row names it any more: the sweep takes it


def old_files(older_than=DAY):
    """(name, path) of every file that has lain there longer than so many seconds."""
    limit = time.time() - older_than
    for path in sorted(folder().glob("*/*")):
        if path.is_file() and path.stat().st_mtime < limit:
            yield path.name[:32], path
