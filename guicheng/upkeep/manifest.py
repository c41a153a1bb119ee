"""What a backup says of itself.

A backup is a folder `guicheng-20261127-091500`: the database's file, `media/`, `imports/`, `SHA256SUMS` (so that
`sha256sum -c` can check it on a machine without the portal) and `manifest.json`, written last. It is made under a
hidden name: what has no manifest, or is hidden, is no backup.
"""
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path

from django.conf import settings

FORMAT = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class BackupError(Exception):
    """Why there is no backup, or no restore: one sentence for the operator."""


@dataclass(frozen=True)
class Manifest:
    """One backup. Whatever was acknowledged before `at` is in it."""

    folder: Path = field(repr=False)
    at: datetime
    version: str  # of the code
    vendor: str  # of the database
    database: str  # its file
    migrations: list  # applied, as "projects.0001_initial"
    rows: dict  # table -> number
    parts: dict  # "media" -> {"files": 3, "bytes": 1000}
    secrets: list  # their paths
    has_secrets: bool  # whether they were copied
    key_mark: str  # tells whether SECRET_KEY is still the same, and nothing else of it
    left_out: list  # what else lies in DATA_DIR
    sums_sha256: str
    format: int = FORMAT

    @property
    def name(self):
        return self.folder.name

    @property
    def size(self):
        return sum(part["bytes"] for part in self.parts.values())

    def as_json(self):
        values = asdict(self) | {"at": self.at.isoformat()}
        del values["folder"]
        return json.dumps(values, ensure_ascii=False, indent=1) + "\n"

    def sums(self):
        """{path: SHA-256} of its files. Raises BackupError when the list is not the one that was written."""
        try:
            content = (self.folder / SUMS).read_bytes()
        except OSError as error:
            raise BackupError(f"读不了 {self.folder / SUMS}（{error.strerror}）。")
        if hashlib.sha256(content).hexdigest() != self.sums_sha256:
            raise BackupError(f"{self.folder / SUMS} 与清单不符：这份备份损坏了，或者被改动过。")
        return {line[66:]: line[:64] for line in content.decode().splitlines()}


def sums_text(sums):
    """The lines that `sha256sum -c` reads."""
    return "".join(f"{digest}  {path}\n" for path, digest in sums.items())


def read_manifest(folder):
    """The Manifest of a backup. Raises BackupError when the folder is none."""
    folder = Path(folder)
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values["format"] > FORMAT:
            raise BackupError(f"{folder} 是更新的版本做的备份（格式 {values['format']}），请先更新代码。")
        known = {each.name for each in fields(Manifest)}
        values = {name: value for name, value in values.items() if name in known}
        at = datetime.fromisoformat(values["at"]).astimezone()
        return Manifest(**values | {"folder": folder, "at": at})
    except FileNotFoundError:
        reason = f"里面没有 {MANIFEST}" if folder.is_dir() else "没有这个文件夹"
        raise BackupError(f"{folder} 不是一份备份：{reason}。")
    except OSError as error:
        raise BackupError(f"读不了 {folder}（{error.strerror}）。")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError(f"{folder / MANIFEST} 读不出来：这份备份损坏了，或者被改动过。")


def all_backups(folder=None):
    """The backups in this folder (BACKUP_DIR unless named), the newest first."""
    found = []
    for path in Path(folder or settings.BACKUP_DIR).glob(f"guicheng-*/{MANIFEST}"):
        try:
            found.append(read_manifest(path.parent))
        except BackupError:
            continue  # damaged: never taken for one
    return sorted(found, key=lambda backup: backup.at, reverse=True)


def unreadable(folder=None):
    """What in this folder (BACKUP_DIR unless named) this account may not open: there may be backups in it."""
    folder = Path(folder or settings.BACKUP_DIR)
    try:
        names = os.listdir(folder)
    except PermissionError:
        return [folder]
    except OSError:
        return []  # not there yet
    return [folder / name for name in sorted(names)
            if name.startswith("guicheng-") and not os.access(folder / name, os.R_OK | os.X_OK)]


def last_backup(folder=None):
    """The newest backup there, or None. Reads its manifest, not its files."""
    return next(iter(all_backups(folder)), None)
