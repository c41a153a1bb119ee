"""Where kept answers lie: one file each below a folder, bounded in bytes, or in a Redis that several machines share.

The newest answer of an address stands. It says under which stamp it was drawn; one of another stamp is as good as
none, and is written over.
"""
import json
import os
import random
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from guicheng import locks

LARGEST = 2 * 1024 * 1024  # bytes of one answer
SWEPT_ONE_IN = 200  # writes
PATIENCE = 3  # seconds
A_DAY = 24 * 60 * 60  # seconds; the stamp holds the day, so no answer is asked for longer
ANSWERS_WITHIN = 0.2  # seconds that Redis may take
LEFT_ALONE = 5  # seconds
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

    def packed(self, stamp):
        """As bytes: a line that says the stamp and the rest, then the body."""
        head = json.dumps({"stamp": stamp, "status": self.status, "headers": self.headers, "etag": self.etag,
                           "length": len(self.body)})
        return head.encode() + b"\n" + self.body

    @classmethod
    def unpacked(cls, data, stamp):
        """What `packed` made of a page under this stamp; None of another stamp, and of what is no whole page."""
        head, _, body = data.partition(b"\n")
        try:
            told = json.loads(head)
            if told["stamp"] == stamp and len(body) == told["length"]:
                return cls(told["status"], told["headers"], body, told["etag"])
        except (ValueError, KeyError, TypeError):
            pass
        return None


class FileStore:
    """Answers in files below `folder`, at most about `most` bytes. What cannot be read or written is a miss."""

    def __init__(self, folder, most):
        self.folder, self.most = Path(folder), most

    def _path(self, key):
        return self.folder / key[:2] / key

    def read(self, key, stamp):
        """The answer kept under this key and stamp, or None."""
        try:
            return Page.unpacked(self._path(key).read_bytes(), stamp)
        except OSError:
            return None

    def write(self, key, stamp, page):
        """Keep an answer in place of the one before."""
        if len(page.body) > LARGEST:
            return
        path = self._path(key)
        beside = path.with_suffix(f".{os.getpid()}-{random.getrandbits(32):x}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(page.packed(stamp))
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


class RedisStore:
    """Answers in Redis, each for a day at most; its `maxmemory` bounds the bytes. A Redis that is dead is a miss.

    One that did not answer is not asked for some seconds: a reader never waits for it more than once in that time.
    """

    def __init__(self, address):
        self._redis = Redis.from_url(address, socket_timeout=ANSWERS_WITHIN, socket_connect_timeout=ANSWERS_WITHIN,
                                     retry=Retry(NoBackoff(), 0))
        self._away_until = 0

    def _ask(self, question):
        """What the question gives, or None where Redis does not answer."""
        if monotonic() < self._away_until:
            return None
        try:
            return question()
        except RedisError:
            self._away_until = monotonic() + LEFT_ALONE
            return None

    def read(self, key, stamp):
        """The answer kept under this key and stamp, or None."""
        data = self._ask(lambda: self._redis.get(f"guicheng:page:{key}"))
        return Page.unpacked(data, stamp) if data else None

    def write(self, key, stamp, page):
        """Keep an answer in place of the one before."""
        if len(page.body) <= LARGEST:
            self._ask(lambda: self._redis.set(f"guicheng:page:{key}", page.packed(stamp), ex=A_DAY))

    @contextmanager
    def drawing(self, key):
        """Be the one that draws this answer: whoever else asks waits here a while, then draws as well."""
        turn = self._redis.lock(f"guicheng:turn:{key}", timeout=PATIENCE * 2, sleep=0.01, blocking_timeout=PATIENCE)
        mine = self._ask(turn.acquire)
        try:
            yield
        finally:
            if mine:
                with suppress(RedisError):  # its time was over, or Redis has gone
                    turn.release()
