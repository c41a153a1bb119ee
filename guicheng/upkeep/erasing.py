"""When what is held of a person goes, and the register of what has gone.

An app registers what it holds: `register(Held("needoriginal", "…", due, erase))`. `purge_personal_data` asks each for
what is due. What is erased is written down first, outside the database, in a file of its own that is never changed: a
backup takes these files along, a restore adds its own to those that are there, and erases again what any of them names.
Only keys stand there, nothing of a person: such that no later row can have, for a restore gives numbers out again.
"""
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from guicheng.upkeep.files import private_folder

FOLDER = "erased"  # of DATA_DIR
LINE = re.compile(r"([a-z]+):(\S+)")
AT_ONCE = 500  # rows written down and erased together


@dataclass(frozen=True)
class Held:
    """Something personal: `due(now)` gives the keys of what is to go, `erase(keys, now)` lets it go.

    `why` says in a sentence what it is and how long it is held; `erase` may be asked for what has gone already.
    """

    key: str
    label: str
    why: str
    due: Callable
    erase: Callable


_held = {}


def register(held):
    if _held.setdefault(held.key, held) != held:
        raise ValueError(f"Something is held as {held.key} already.")
    return held


def timetable():
    """Everything that is held, in the order of registration."""
    return list(_held.values())


def purge(now=None, dry_run=False):
    """Erase what is due; [(Held, how many)]."""
    now, found = now or timezone.now(), []
    for held in timetable():
        keys = list(held.due(now))
        if not dry_run:
            for start in range(0, len(keys), AT_ONCE):
                erase(held, keys[start: start + AT_ONCE], now)
        found.append((held, len(keys)))
    return found


def erase(held, keys, now=None):
    """Erase these, at somebody's wish or because they are due: first in the register, then in the database."""
    if not keys:
        return
    now = now or timezone.now()
    folder = settings.DATA_DIR / FOLDER
    private_folder(folder)
    name = f"{timezone.localtime(now):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.txt"
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("".join(f"{held.key}:{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    held.erase(keys, now)


def replay(now=None):
    """Erase again whatever the register names, as after a restore; gives how many keys it names."""
    now, named = now or timezone.now(), {}
    for path in sorted((settings.DATA_DIR / FOLDER).glob("*.txt")):
        for key, row in LINE.findall(path.read_text()):
            named.setdefault(key, set()).add(row)
    for key, rows in named.items():
        if key in _held:
            rows = sorted(rows)
            for start in range(0, len(rows), AT_ONCE):
                _held[key].erase(rows[start: start + AT_ONCE], now)
    return sum(map(len, named.values()))
