"""Where kept answers lie: one file each below a folder, bounded in bytes. The newest answer of an address stands.

A file says under which stamp it was drawn; one of another stamp is as good as none, and is written over.
"""
import json
import os
import random
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

from guicheng import locks

LARGEST = 2 * 1024 * 1024  # bytes of one answer
SWEPT_ONE_IN = 200  # writes
PATIENCE = 3  # seconds
TURNS = 64  # files that are locked while one of their addresses is drawn


@dataclass(frozen=True)
class Page:
    """One answer as it left Django: its status line, its headers, its body, and the tag of the body."""

    status: str
    headers: list
    body: bytes
    etag: str

    @classmethod
    def of(cls, status, headers, body):
        return cls(status, [list(pair) for pair in headers], body, f'"{sha256(body).hexdigest()[:32]}"')


class FileStore:
    """Answers in files below `folder`, at most about `most` bytes. What cannot be read or written is a miss."""

    def __init__(self, folder, most):
        self.folder, self.most = Path(folder), most

    def _path(self, key):
        return self.folder / key[:2] / key

    def read(self, key, stamp):
        """The answer kept under this key and stamp, or None."""
        try:
            with open(self._path(key), "rb") as file:
                head, body = file.readline(), file.read()
            told = json.loads(head)
            if told["stamp"] == stamp and len(body) == told["length"]:
                return Page(told["status"], told["headers"], body, told["etag"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def write(self, key, stamp, page):
        """Keep an answer in place of the one before."""
        if len(page.body) > LARGEST:
            return
        path = self._path(key)
        head = json.dumps({"stamp": stamp, "status": page.status, "headers": page.headers, "etag": page.etag,
                           "length": len(page.body)}).encode()
        beside = path.with_suffix(f".{os.getpid()}-{random.getrandbits(32):x}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(head + b"\n" + page.body)
                os.replace(beside, path)
            finally:
                beside.unlink(missing_ok=True)
            if random.randrange(SWEPT_ONE_IN) == 0:  # noqa: S311 no secret
                self.sweep()

    def sweep(self):
        """Let the answers go that were written longest ago, until a tenth of the room is free."""
        seen = []
        for path in self.folder.glob("??/*"):
            with suppress(OSError):
                told = path.stat()
                seen.append((told.st_mtime, told.st_size, path))
        room = sum(size for _, size, _ in seen)
        if room <= self.most:
            return
        for _, size, path in sorted(seen, key=lambda each: each[0]):
            path.unlink(missing_ok=True)
            room -= size
            if room <= self.most * 0.9:
                return

    @contextmanager
    def drawing(self, key):
        """Be the one that draws this answer: whoever else asks waits here a while, then draws as well."""
        with ExitStack() as stack:
            until = monotonic() + PATIENCE
            while True:
                try:
                    self.folder.mkdir(parents=True, exist_ok=True)
                    stack.enter_context(locks.held(self.folder / f"{int(key[:8], 16) % TURNS}.turn", wait=False))
                except OSError:  # a full disk makes nobody wait
                    break
                except locks.Busy:
                    if monotonic() < until:
                        sleep(0.01)
                        continue
                break
            yield


class NoStore:
    """Keeps nothing: the size is set to 0."""

    def read(self, key, stamp):
        return None

    def write(self, key, stamp, page):
        pass

    @contextmanager
    def drawing(self, key):
        yield
