"""What is too dear to be done often at once, for everybody on this machine: few turns at a time, and a share of them.

A turn is a lock on a file in DATA_DIR: it holds across the server's processes and threads, and a process that dies
lets go of it. The file remembers who took a turn in the last minute, as fingerprints: no address is kept.
"""
import json
import os
import time
from contextlib import ExitStack, contextmanager, suppress

from django.conf import settings
from django.utils.crypto import salted_hmac

from guicheng import locks
from guicheng.locks import held

SHARE_SECONDS = 60
WORTH_ANOTHER_TRY = 5  # seconds


class Busy(Exception):
    """Not now. `seconds` until it is worth another try; `own_share`: this address had its turns of the minute."""

    def __init__(self, seconds=WORTH_ANOTHER_TRY, own_share=False):
        super().__init__(seconds)
        self.seconds, self.own_share = seconds, own_share


@contextmanager
def turn(name, at_once=1, of="", share=0):
    """Hold one of this machine's turns at `name`. Raises Busy when others hold them, at once: no worker waits.

    With `share`, also when `of` (an address) took that many turns in the last minute.
    """
    with ExitStack() as stack:
        handle = _free_one(stack, name, at_once)
        if share:
            _take(handle, salted_hmac("guicheng.turns", of).hexdigest()[:16], share)
        yield


def _free_one(stack, name, at_once):
    """Enter the first of these locks that nobody has; gives its handle."""
    for number in range(at_once):
        with suppress(locks.Busy):
            try:
                return stack.enter_context(held(settings.DATA_DIR / f"{name}-{number}.turn", wait=False))
            except OSError as error:  # a full disk
                raise Busy from error
    raise Busy


def _take(handle, who, share):
    """Write one more turn down, or raise Busy where `who` had its share."""
    now = time.time()
    taken = [(at, other) for at, other in _taken(handle) if now - SHARE_SECONDS < at <= now]
    own = [at for at, other in taken if other == who]
    if len(own) >= share:
        raise Busy(int(own[-share] + SHARE_SECONDS - now) + 1, own_share=True)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps([*taken, (now, who)]).encode(), 0)
    except OSError as error:  # a full disk
        raise Busy from error


def _taken(handle):
    """The turns written down; none where a full disk cut them off."""
    try:
        return json.loads(os.pread(handle, os.fstat(handle).st_size, 0) or b"[]")
    except ValueError:
        return []
