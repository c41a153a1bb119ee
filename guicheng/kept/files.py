"""Files that take long are made once: kept beside the pages, within the same bytes, and made by one process at a time.

The name of a file is the digest of all it rests on, which is known before it is made: what is kept is never old.
"""
import os
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from time import monotonic, sleep

from django.conf import settings
from django.db import connection

from guicheng import locks
from guicheng.kept.pages import stamp_now
from guicheng.kept.publication import stamp_of_this_answer
from guicheng.kept.store import PATIENCE, TURNS, FileStore

IN_MEMORY = 1024 * 1024  # bytes of a file that is not kept


def stamp_of_answer():
    """The stamp under which what this answer rests on may be kept; None where nobody can say.

    Nor inside a transaction: what it changed is nobody else's yet.
    """
    return None if connection.in_atomic_block else stamp_of_this_answer.get() or stamp_now()


def made_once(rests_on, make):
    """The file, open to be read. `make()` gives it in pieces of bytes, where none is kept that rests on the same.

    `rests_on`: texts, or None where it is not to be kept. Who asks while another makes it waits a while, then gets
    locks.Busy: it is never made twice at once.
    """
    if rests_on is None or not settings.KEPT_PAGES_BYTES:
        return _written(SpooledTemporaryFile(IN_MEMORY), make())
    name = sha256("\n".join(map(str, rests_on)).encode()).hexdigest()
    path = settings.KEPT_PAGES_DIR / name[:2] / name
    until = monotonic() + PATIENCE
    while True:
        with suppress(OSError):
            return path.open("rb")
        try:
            return _made(path, make)
        except locks.Busy:
            if monotonic() > until:
                raise
            sleep(0.05)


def _made(path, make):
    """Make it, unless another just did. On a full disk it is made and not kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locks.held(settings.KEPT_PAGES_DIR / f"file-{int(path.name[:8], 16) % TURNS}.turn", wait=False):
            with suppress(OSError):
                return path.open("rb")
            return _kept(path, make())
    except OSError:
        return BytesIO(b"".join(make()))


def _kept(path, parts):
    """Write it and put it in its place; one that would take half of all the room is given and not kept."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as made:
        try:
            size = _written(made, parts).seek(0, os.SEEK_END)
            found = open(made.name, "rb")  # noqa: SIM115 whoever asked closes it
            if size <= settings.KEPT_PAGES_BYTES / 2:
                os.replace(made.name, path)
                FileStore(settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES).sweep()
        finally:
            with suppress(OSError):
                os.unlink(made.name)
    return found


def _written(file, parts):
    """The file with these pieces in it, at its beginning."""
    file.writelines(parts)
    file.flush()
    file.seek(0)
    return file
