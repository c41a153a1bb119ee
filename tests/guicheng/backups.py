"""What the tests of backup and restore share: a DATA_DIR of one's own, photos, and an empty place to restore into."""
import json
import os
import shutil
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from guicheng import media_store
from guicheng.upkeep.manifest import MANIFEST, read_manifest


def photo_file(name=None, content=b"photo"):
    """Put a photo's file in place; give its path."""
    name = name or media_store.new_name()
    media_store.write(name, "-800.jpg", content)
    return media_store.path_of(name, "-800.jpg")


def changed(backup, **values):
    """Let the manifest of a backup say something else."""
    path = backup.folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def aged(backup, at: datetime):
    """A copy of a backup that says it was made at another instant."""
    folder = backup.folder.with_name(f"guicheng-{at:%Y%m%d-%H%M%S}")
    shutil.copytree(backup.folder, folder)
    changed(read_manifest(folder), at=at.isoformat())
    return read_manifest(folder)


@contextmanager
def elsewhere(settings, folder):
    """Let DATA_DIR and the database be others, empty ones, for a while: as on a new machine."""
    kept, kept_name = settings.DATA_DIR, connection.settings_dict["NAME"]
    name = _new_database(folder)
    connection.close()
    settings.DATA_DIR, connection.settings_dict["NAME"] = folder, name
    try:
        yield
    finally:
        connection.close()
        settings.DATA_DIR, connection.settings_dict["NAME"] = kept, kept_name
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _new_database(folder):
    folder.mkdir(exist_ok=True)
    if connection.vendor == "sqlite":
        return str(folder / "guicheng.sqlite3")
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return name


def close_to_us(monkeypatch, folder):
    """Make a folder that this account may not open; root, who may open all, is refused as well."""
    folder.mkdir(mode=0)
    access, listdir = os.access, os.listdir

    def refused(path):
        if path == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return listdir(path)

    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and access(path, mode))
    monkeypatch.setattr(os, "listdir", refused)
