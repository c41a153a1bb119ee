"""Copies of files that never change under their name, looked at again where they lie."""
import hashlib
import os
import shutil
from pathlib import Path

CHUNK = 1024 * 1024


def copy(source, target):
    """Copy a file, readable to us alone, with its time; give its SHA-256. Raises OSError."""
    digest = hashlib.sha256()
    private_folder(target.parent)
    with open(source, "rb") as read, open(target, "xb", opener=_private) as written:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
            written.write(chunk)
        seen = os.fstat(read.fileno())
    os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    return digest.hexdigest()


def private_folder(folder):
    """Make it and those above it, where they are not there yet, for us alone."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _private(path, flags):
    return os.open(path, flags, 0o600)


def link(source, earlier, target):
    """Fill `target` with the content of `earlier`, an older copy of `source`, without a second place on the disk.

    False when that one is not the same file, or the disk knows no hard links.
    """
    try:
        now, then = source.stat(), earlier.stat()
        if (now.st_size, now.st_mtime_ns) != (then.st_size, then.st_mtime_ns):
            return False
        private_folder(target.parent)
        os.link(earlier, target)
    except OSError:
        return False
    return True


def digest_on_disk(path):
    """The SHA-256 of what the disk holds, and not of what the memory remembers of writing it."""
    with open(path, "rb") as file:
        _forget(file)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        _forget(file)  # two gigabytes of photos would push out what the pages need
    return digest


def _forget(file):
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def files_below(folder):
    """The whole files of a folder, sorted; what is half written (.part) is none."""
    found = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix != ".part" and path.is_file() and not path.is_symlink())


def sync(path):
    """Wait until the disk has it: the content of a file, the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private(path, content):
    """Write a text that only we can read, and wait until the disk has it."""
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def remove_folder(folder):
    """Remove a folder so that a half of it is never taken for the whole."""
    hidden = folder if folder.name.startswith(".") else folder.with_name(f".{folder.name}.part")
    if hidden != folder:
        folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)
