"""One at a time, among all processes of this machine. A lock ends with its process, however that ends."""
import fcntl
import os
from contextlib import contextmanager
from pathlib import Path


class Busy(Exception):
    """Somebody else holds it."""


@contextmanager
def held(path, *, shared=False, wait=True):
    """Hold a folder, or a file that is made for it: alone, or `shared` with others who share it. Gives its handle.

    Raises Busy when it is taken and `wait` is false, OSError when the file cannot be made.
    """
    handle = os.open(path, os.O_RDONLY if Path(path).is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        raise Busy
    try:
        yield handle
    finally:
        os.close(handle)
