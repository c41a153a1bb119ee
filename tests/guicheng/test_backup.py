"""A backup is whole or not there, holds what was acknowledged before it, and leaves the earlier ones alone."""
import os
import resource
import signal
import stat
import subprocess
import time
from datetime import datetime, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from guicheng import media_store
from guicheng.locks import held
from guicheng.upkeep import backup as backups
from guicheng.upkeep import postgresql
from guicheng.upkeep.backup import make_backup
from guicheng.upkeep.manifest import SUMS, BackupError, all_backups, last_backup
from tests.databases import on_postgresql, on_sqlite
from tests.forked import forked
from tests.guicheng.backups import aged, photo_file

KILLS, SEED = 6, 20211231
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    """A DATA_DIR and a folder of backups for one test."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "backups"
    settings.PERSONAL_KEYS = settings.DATA_DIR / "personal_keys"
    settings.BASE_DIR = tmp_path / "code"
    for folder in (settings.DATA_DIR, settings.BASE_DIR):
        folder.mkdir()
    return settings.BACKUP_DIR


def test_it_works(settings, place):
    path = photo_file()
    upload = settings.DATA_DIR / "imports" / "202111" / "abc"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"list")
    (settings.DATA_DIR / "exports").mkdir()
    before = timezone.now()
    backup = make_backup()
    assert backup == last_backup() and before <= backup.at <= timezone.now()
    assert (backup.folder / path.relative_to(settings.DATA_DIR)).read_bytes() == b"photo"
    assert (backup.folder / "imports/202111/abc").read_bytes() == b"list"
    assert backup.parts["media"] == {"files": 1, "bytes": 5} and backup.parts["database"]["files"] == 1
    assert backup.rows["auth_group"] > 5 and "exports" in backup.left_out
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", SUMS], cwd=backup.folder, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_there_may_be_none(place):
    assert last_backup() is None


def test_only_its_owner_can_read_it(settings, place):
    photo_file()
    (settings.DATA_DIR / "secret_key").write_text("k")
    make_backup(with_secrets=True)
    open_to_others = [path for path in place.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert not open_to_others and stat.S_IMODE(place.stat().st_mode) == 0o700


def test_secrets_are_named_and_copied_only_when_asked_for(settings):
    (settings.DATA_DIR / "secret_key").write_text("k")
    (settings.BASE_DIR / ".env").write_text("SECRET_KEY=k")
    without, with_them = make_backup(), make_backup(with_secrets=True)
    named = [str(settings.BASE_DIR / ".env"), str(settings.DATA_DIR / "secret_key")]
    assert without.secrets == with_them.secrets == named
    assert not list(without.folder.glob("**/*secret*")) and not without.has_secrets
    assert (with_them.folder / "secrets" / "secret_key").read_text() == "k"
    assert (with_them.folder / "secrets" / ".env").exists() and "secrets/.env" in with_them.sums()


def test_the_same_photo_takes_one_place(settings):
    path = photo_file()
    copies = [make_backup().folder / path.relative_to(settings.DATA_DIR) for _ in range(2)]
    assert copies[0].stat().st_ino == copies[1].stat().st_ino != path.stat().st_ino


def test_a_copy_that_has_rotten_is_made_anew(settings):
    path = photo_file(content=b"photo")
    first = make_backup()
    rotten = first.folder / path.relative_to(settings.DATA_DIR)
    then = rotten.stat()
    rotten.write_bytes(b"ph0to")
    os.utime(rotten, ns=(then.st_atime_ns, then.st_mtime_ns))
    second = make_backup()
    assert (second.folder / path.relative_to(settings.DATA_DIR)).read_bytes() == b"photo"


def test_what_the_disk_did_not_keep_is_noticed(settings, place, monkeypatch):
    path = photo_file()

    def bad_disk():
        next(place.glob(f".*/media/*/{path.name}")).write_bytes(b"ph0to")

    monkeypatch.setattr(os, "sync", bad_disk)
    with pytest.raises(BackupError, match="读回来"):
        make_backup()
    assert [each.name for each in place.iterdir()] == [".lock"]


def test_a_file_removed_meanwhile_is_in_it_and_goes_with_the_next_sweep(settings, monkeypatch):
    """The database is read first and names it: it must still be there when its turn comes."""
    path = photo_file()
    os.utime(path, (0, 0))
    module = backups.DATABASES[connection.vendor]
    dump = module.dump

    def dump_then_remove(file):
        counted = dump(file)
        media_store.remove(path.name[:32], ["-800.jpg"])
        with pytest.raises(CommandError, match="正在备份"):
            call_command("sweep_media")
        return counted

    monkeypatch.setattr(module, "dump", dump_then_remove)
    backup = make_backup()
    assert (backup.folder / path.relative_to(settings.DATA_DIR)).exists()
    assert path.exists()
    call_command("sweep_media", verbosity=0)
    assert not path.exists()


def test_without_a_backup_a_removed_file_goes_at_once():
    path = photo_file()
    media_store.remove(path.name[:32], ["-800.jpg"])
    assert not path.exists()


def test_two_at_once(place):
    make_backup()
    with held(place / ".lock"), pytest.raises(BackupError, match="另一个备份正在"):
        make_backup()
    assert len(all_backups()) == 1


def test_the_newest_are_kept_and_one_of_each_day_before(settings, place):
    settings.BACKUP_KEEP, settings.BACKUP_KEEP_DAYS = 2, 3
    made = make_backup()
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    old = {(day, hour): aged(made, noon - timedelta(days=day, hours=-hour)).name
           for day in (1, 2, 5) for hour in (0, 1)}
    (place / "guicheng-notes").mkdir()  # somebody's own
    newest = make_backup()
    assert {each.name for each in all_backups()} == {newest.name, made.name, old[1, 1], old[2, 1]}
    assert (place / "guicheng-notes").exists()


def test_a_damaged_one_is_passed_over():
    good = make_backup()
    for number, content in enumerate(['{"format": 1', "[]", '{"format": 1, "at": 5}'], 1):
        damaged = aged(good, datetime(2030, 1, number, tzinfo=good.at.tzinfo))
        (damaged.folder / "manifest.json").write_text(content)
    assert all_backups() == [good]
    call_command("backup", verbosity=0)
    assert len(all_backups()) == 2


def test_root_does_not_make_what_the_portal_cannot_read(settings, monkeypatch):
    if os.geteuid() == 0:
        os.chown(settings.DATA_DIR, 65534, 65534)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(BackupError, match="runuser"):
        make_backup()


def test_a_folder_that_cannot_be_made_is_one_sentence(place):
    place.write_text("a file")
    with pytest.raises(CommandError, match="没有备份成"):
        call_command("backup", str(place / "below"))


@pytest.mark.django_db(transaction=True)
def test_no_room_is_one_sentence_and_leaves_no_half(place, tmp_path):
    """A limit on the size of a file stands for the full disk."""
    first, said = make_backup(), tmp_path / "said"
    os.truncate(photo_file(), 40_000_000)

    def without_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000_000, 30_000_000))
        try:
            make_backup()
        except BackupError as error:
            said.write_text(str(error))

    os.waitpid(forked(without_room), 0)
    assert "没有备份成：File too large" in said.read_text()
    assert [each.name for each in place.glob("*uicheng*")] == [first.name]


@pytest.mark.django_db(transaction=True)
def test_killed_at_random_points(settings, place):
    """A half is never taken for a backup, and the next one tidies up."""
    for _ in range(50):
        photo_file()
    chance, started = Random(SEED), time.monotonic()  # noqa: S311, the same points each time
    os.waitpid(forked(make_backup), 0)
    whole = time.monotonic() - started
    for _ in range(KILLS):
        child = forked(make_backup)
        time.sleep(whole * chance.random())
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for backup in all_backups():
            backups.DATABASES[connection.vendor].check(backup.folder / backup.database)
            assert len(backup.sums()) == 51 == sum(part["files"] for part in backup.parts.values())
            assert all((backup.folder / path).exists() for path in backup.sums())
    finished = len(all_backups())
    assert 0 < finished < KILLS + 1, "每次都做完了，或者一次都没有"
    make_backup()
    assert len(all_backups()) == finished + 1 and not list(place.glob(".guicheng-*"))


@on_sqlite
def test_a_damaged_database_is_one_sentence(settings, place, tmp_path, monkeypatch):
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(damaged))
    with pytest.raises(BackupError, match="SQLite 数据库"):
        make_backup()
    assert not list(place.glob("*uicheng*"))


@on_postgresql
def test_without_pg_dump_it_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="没有找到 pg_dump"):
        make_backup()


@on_postgresql
def test_a_pg_dump_older_than_the_server_is_one_sentence(monkeypatch, tmp_path):
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(BackupError, match="pg_dump 是 9 版"):
        make_backup()


@on_postgresql
def test_the_password_is_in_no_argument(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "口令 1")
    seen = []
    monkeypatch.setattr(subprocess, "run", lambda command, **kw: seen.append(command) or done)
    done = subprocess.CompletedProcess([], 0, "pg_dump (PostgreSQL) 99.1", "")
    postgresql._run("pg_dump", "--file=x")
    assert not any("口令 1" in part for command in seen for part in command)
    assert postgresql._environment()["PGPASSWORD"] == "口令 1"
