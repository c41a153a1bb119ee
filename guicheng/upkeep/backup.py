"""Make a backup: the database first, then the files, so that every file that a row names is there.

Files are never changed under their name, so one that the last backup has already is linked and takes no second
place. All of them are read back from the disk each time: a rotten one is noticed in the hour it is still elsewhere.
"""
import hashlib
import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from pwd import getpwuid

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guicheng.locks import Busy, held
from guicheng.upkeep import erasing, postgresql, sqlite
from guicheng.upkeep.files import (
    copy,
    digest_on_disk,
    files_below,
    link,
    private_folder,
    remove_folder,
    sync,
    write_private,
)
from guicheng.upkeep.manifest import MANIFEST, SUMS, BackupError, Manifest, all_backups, last_backup, sums_text
from guicheng.upkeep.version import VERSION

FOLDERS = ("media", "imports")  # of DATA_DIR: what people put in. Exports and static files can be made again
ADDED_TO = (erasing.FOLDER,)  # and what is never turned back: a restore adds to these
DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


def make_backup(folder=None, *, with_secrets=False):
    """Make a backup in `folder` (BACKUP_DIR unless named), forget the oldest ones, give its Manifest.

    Raises BackupError with one sentence; then nothing of it is left, and the earlier ones are as they were.
    """
    refuse_root()
    folder = Path(folder or settings.BACKUP_DIR).resolve()
    try:
        with _alone_in(folder), held(settings.DATA_DIR):  # nobody takes a file away until it is copied
            backup = _make(folder, with_secrets)
            _forget_old(folder)
    except OSError as error:
        raise BackupError(f"没有备份成：{error.strerror}（{error.filename or folder}）。原有的备份没有动。")
    return backup


@contextmanager
def _alone_in(folder):
    """Be the only one who makes a backup there; what a killed one left behind is removed."""
    private_folder(folder)
    try:
        with held(folder / ".lock", wait=False):
            for half in folder.glob(".guicheng-*.part"):
                remove_folder(half)
            yield
    except Busy:
        raise BackupError(f"另一个备份正在 {folder} 里进行，这次没有做。")


def _make(folder, with_secrets):
    previous, at = last_backup(folder), timezone.now()
    name = _free_name(folder, f"guicheng-{timezone.localtime(at):%Y%m%d-%H%M%S}")
    part = folder / f".{name}.part"
    part.mkdir(mode=0o700)
    try:
        _fill(part, previous, at, with_secrets)
        part.rename(folder / name)
    except BaseException:
        remove_folder(part)
        raise
    sync(folder)
    return last_backup(folder)


def _free_name(folder, name):
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(each for each in names if not (folder / each).exists())


def _fill(part, previous, at, with_secrets):
    """Write all that belongs to a backup into the folder `part`, and read it back."""
    database, migrations = DATABASES[connection.vendor], applied_migrations()
    counted = database.dump(part / database.FILE)
    (part / database.FILE).chmod(0o600)
    copied, linked = _copy_files(part, previous)
    if with_secrets:
        copied |= {f"secrets/{path.name}": copy(path, part / "secrets" / path.name) for path in secret_files()}
    os.sync()
    rows = database.check(part / database.FILE)
    if counted not in (None, rows):
        raise BackupError("刚做的备份读回来和数据库不符，请再做一次；还不行请检查磁盘。")
    sums = {database.FILE: digest_on_disk(part / database.FILE)} | _read_back(part, copied, linked)
    text = sums_text(sums)
    backup = Manifest(
        folder=part, at=at, version=VERSION, vendor=connection.vendor, database=database.FILE, migrations=migrations,
        rows=rows, parts=_parts(part, sums), secrets=[str(path) for path in secret_files()],
        has_secrets=with_secrets, key_mark=key_mark(), left_out=_left_out(),
        sums_sha256=hashlib.sha256(text.encode()).hexdigest())
    for name, content in ((SUMS, text), (MANIFEST, backup.as_json())):
        write_private(part / name, content)


def refuse_root():
    """Raise BackupError for root where the files are somebody else's: those it made, the portal could not read."""
    owner = settings.DATA_DIR.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        name = getpwuid(owner).pw_name
        raise BackupError(f"{settings.DATA_DIR} 归 {name} 所有，请用这个账号运行："
                          f"runuser -u {name} -- .venv/bin/python manage.py ……")


def key_mark():
    return salted_hmac("guicheng.upkeep", "backup").hexdigest()[:12]


def applied_migrations():
    return sorted(".".join(each) for each in MigrationRecorder(connection).applied_migrations())


def _copy_files(part, previous):
    """Bring the files of FOLDERS into the backup; give {path: SHA-256} of the copied and of the linked ones."""
    copied, linked = {}, {}
    try:
        before = previous.sums() if previous else {}
    except BackupError:  # that one is damaged: everything is copied anew
        before = {}
    for source in (path for name in (*FOLDERS, *ADDED_TO) for path in files_below(settings.DATA_DIR / name)):
        path = str(source.relative_to(settings.DATA_DIR))
        if path in before and link(source, previous.folder / path, part / path):
            linked[path] = before[path]
            continue
        try:
            copied[path] = copy(source, part / path)
        except FileNotFoundError:  # an upload that was confirmed or given up meanwhile
            if source.exists():
                raise
    return copied, linked


def _read_back(part, copied, linked):
    """Read every file from the disk; give {path: SHA-256}. A linked one that has rotten there is copied anew."""
    for path, digest in linked.items():
        if digest_on_disk(part / path) != digest:
            (part / path).unlink()
            copied[path] = copy(settings.DATA_DIR / path, part / path)
            sync(part / path)
    for path, digest in copied.items():
        if digest_on_disk(part / path) != digest:
            raise BackupError(f"{path} 读回来和写的不一样，这次的备份没有做成，请检查 {part.parent} 所在的磁盘。")
    return dict(sorted((linked | copied).items()))


def secret_files():
    """What the portal cannot be run without and a backup does not hold unless it is asked to."""
    found = (settings.BASE_DIR / ".env", settings.DATA_DIR / "secret_key", settings.PERSONAL_KEYS)
    return [path for path in found if path.exists()]


def _parts(part, sums):
    """How many files and bytes of each kind."""
    parts = {}
    for path in sums:
        kind, below, _ = path.partition("/")
        known = parts.setdefault(kind if below else "database", {"files": 0, "bytes": 0})
        known["files"] += 1
        known["bytes"] += (part / path).stat().st_size
    return parts


def _left_out():
    """What lies in DATA_DIR and is in no backup: it can be made again, or it is a secret."""
    taken = {*FOLDERS, *ADDED_TO, *(path.name for path in secret_files())}
    return sorted(path.name for path in settings.DATA_DIR.iterdir() if path.name not in taken)


def _forget_old(folder):
    """Keep the newest BACKUP_KEEP, and of those before them the last of each day for BACKUP_KEEP_DAYS."""
    backups = all_backups(folder)
    first = timezone.localdate() - timedelta(days=settings.BACKUP_KEEP_DAYS)
    last_of_day = {timezone.localdate(backup.at): backup for backup in reversed(backups)}
    daily = [backup for day, backup in last_of_day.items() if day > first]
    for backup in backups[settings.BACKUP_KEEP:]:
        if backup not in daily:
            remove_folder(backup.folder)
