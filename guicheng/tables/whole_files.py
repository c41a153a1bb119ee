"""Files that are there whole or not at all, whatever happens meanwhile."""
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path, mode=0o644):
    """A path beside `path` to write to; what was written takes the name `path` at the end. Raises OSError.

    A killed process leaves at most a hidden file that ends in .part.
    """
    path = Path(path)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    try:
        yield Path(part)
        os.chmod(part, mode)
        _sync(part)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(path):
    """Wait until the disk has it: the content of a file, the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
