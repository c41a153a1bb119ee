"""What is too dear to be done twice at once, for everybody on this machine: one turn at a time, and a share of it.

A turn is a lock on a file in DATA_DIR: it holds across the server's processes and threads, and a process that dies
lets go of it. The file remembers who took a turn in the last minute, as fingerprints: no address is kept.
"""
import json
import os
import time
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.utils.crypto import salted_hmac

from guicheng.upkeep import locks
from guicheng.upkeep.locks import held

SHARE_SECONDS = 60
WORTH_ANOTHER_TRY = 5  # seconds


class Busy(Exception):
    """Not now. `seconds` until it is worth another try; `own_share`: this address had its turns of the minute."""

    def __init__(self, seconds=WORTH_ANOTHER_TRY, own_share=False):
        super().__init__(seconds)
        self.seconds, self.own_share = seconds, own_share


@contextmanager
def one_at_a_time(name, of="", share=0):
    """Hold this machine's one turn at `name`. Raises Busy when another holds it, at once: nobody waits in a worker.

    With `share`, also when `of` (an address) took that many turns in the last minute.
    """
    with ExitStack() as turn:
        try:
            handle = turn.enter_context(held(settings.DATA_DIR / f"{name}.turn", wait=False))
            if share:
                _take(handle, salted_hmac("guicheng.turns", of).hexdigest()[:16], share)
        except (locks.Busy, OSError) as error:  # another has it, or a full disk
            raise Busy from error
        yield


def _take(handle, who, share):
    """Write one more turn down, or raise Busy where `who` had its share."""
    now = time.time()
    taken = [(at, other) for at, other in _taken(handle) if now - SHARE_SECONDS < at <= now]
    own = [at for at, other in taken if other == who]
    if len(own) >= share:
        raise Busy(int(own[-share] + SHARE_SECONDS - now) + 1, own_share=True)
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps([*taken, (now, who)]).encode(), 0)


def _taken(handle):
    """The turns written down; none where a full disk cut them off."""
    try:
        return json.loads(os.pread(handle, os.fstat(handle).st_size, 0) or b"[]")
    except ValueError:
        return []
