"""A backup comes back whole into an empty place; whatever is not as it was written is refused before anything is."""
import hashlib
import os
import shutil
import signal
import time
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from guicheng import media_store
from guicheng.kept.publication import Publication
from guicheng.locks import held
from guicheng.search import pairs
from guicheng.trail.append_only import missing_triggers
from guicheng.upkeep.backup import FOLDERS, make_backup
from guicheng.upkeep.files import files_below
from guicheng.upkeep.manifest import SUMS, all_backups
from projects.models import ProgressUpdate, Project
from tests import factories
from tests.databases import on_postgresql, on_sqlite
from tests.forked import forked
from tests.guicheng.backups import changed, close_to_us, elsewhere, photo_file

WRITERS, BACKUPS = 4, 2
pytestmark = pytest.mark.django_db
elsewhere_too = pytest.mark.django_db(transaction=True)  # a test that lets the connection go to another database


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    """A DATA_DIR and a folder of backups for one test."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "backups"
    settings.PERSONAL_KEYS = settings.DATA_DIR / "personal_keys"
    settings.DATA_DIR.mkdir()
    return settings.BACKUP_DIR


def restore(*arguments):
    """Run the command; give what it said."""
    out = StringIO()
    call_command("restore", *map(str, arguments), stdout=out)
    return out.getvalue()


def written(folder):
    """What a restore has left in a DATA_DIR that should have stayed empty."""
    return [path for name in (*FOLDERS, ".restore.part") for path in files_below(folder / name)]


@elsewhere_too
def test_it_works(settings, tmp_path, project):
    update = factories.make_update(project, status="completed", text="已完工。")
    path = photo_file()
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        said = restore(backup.name)
        assert ProgressUpdate.objects.get(pk=update.pk).text == "已完工。"
        assert (settings.DATA_DIR / path.relative_to(tmp_path / "var")).read_bytes() == b"photo"
        assert missing_triggers() == []
        assert pairs.rebuild() == (8, 0), "the index of the search came along"
        assert not (settings.DATA_DIR / ".restore.part").exists()
    at = f"{update.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}"
    assert f"进展：已发布 1 条，最后一条是 {at} 发布的（截至 2021-06-30）" in said
    assert "核对 1 个项目，0 个有出入" in said and "0 次锁定都与指纹相符" in said


@elsewhere_too
def test_nothing_acknowledged_before_is_lost(settings, tmp_path, key_list):
    """Under writers that publish without a pause, each of them a real publication."""
    rows = [(factories.make_project(key_list), factories.make_user()) for _ in range(WRITERS)]
    writers = [writer(tmp_path / f"acknowledged-{project.pk}", project, by) for project, by in rows]
    before = []
    try:
        for number in range(BACKUPS):
            wait_for(lambda more=10 * (number + 1): len(acknowledged(tmp_path)) >= more)
            before.append(acknowledged(tmp_path))
            make_backup()
    finally:
        for child in writers:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert len(acknowledged(tmp_path)) > len(before[-1])
    for number, backup in enumerate(reversed(all_backups())):
        with elsewhere(settings, tmp_path / f"new-{number}"):
            restore(backup.name)
            found = set(ProgressUpdate.objects.values_list("pk", flat=True))
            assert before[number] - found == set()
            assert Project.objects.rebuild_projections() == (WRITERS, 0)


def writer(path, project, by):
    """Publish one statement after another in a child, and write down each that was acknowledged; give its number."""
    def work():
        with open(path, "a") as file:
            while True:
                print(factories.make_update(project, by=by, source=project.source).pk, file=file, flush=True)
                time.sleep(0.001)  # SQLite's lock knows no queue

    return forked(work)


def acknowledged(folder):
    lines = [line for path in folder.glob("acknowledged-*") for line in path.read_text().splitlines(keepends=True)]
    return {int(line) for line in lines if line.endswith("\n")}


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "等得太久"
        time.sleep(0.01)


@elsewhere_too
def test_over_data_it_is_refused_and_with_replace_nothing_is_thrown_away(settings, tmp_path, project):
    photo_file("a" * 32, b"old")
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        restore(backup.name)
        Project.objects.update(name="恢复以后改的")
        photo_file("b" * 32, b"new")
        connection.close()
        with pytest.raises(CommandError, match=r"这里已经有数据：.*张表.*2 个照片和附件"):
            restore(backup.name)
        assert Project.objects.get().name == "恢复以后改的"
        connection.close()
        said = restore(backup.name, "--replace")
        assert Project.objects.get().name == "半月岛公园"
        assert {path.read_bytes() for path in media_store.folder().glob("*/*")} == {b"old"}
        kept = next(settings.DATA_DIR.glob("media.before-*"))
        assert kept.name in said and {path.read_bytes() for path in kept.glob("*/*")} == {b"old", b"new"}
        assert name_in_what_was_put_aside(settings.DATA_DIR) == "恢复以后改的"


def name_in_what_was_put_aside(folder):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ATTACH %s AS kept", [str(next(folder.glob("guicheng.sqlite3.before-*")))])
            schema = "kept"
        else:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%%'")
            schema = cursor.fetchone()[0]
        cursor.execute(f"SELECT name FROM {schema}.projects_project")  # noqa: S608
        return cursor.fetchone()[0]


@elsewhere_too
def test_while_a_program_has_the_database_open_it_is_refused(settings, tmp_path, project):
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        restore(backup.name)
        other = connection.copy()
        other.cursor().execute("SELECT 1 FROM projects_project")
        connection.close()
        try:
            with pytest.raises(CommandError, match="还有程序正在用"):
                restore(backup.name, "--replace")
        finally:
            other.close()
        assert Project.objects.count() == 1 and not list(settings.DATA_DIR.glob("*.before-*"))


@elsewhere_too
def test_everybody_signs_in_again_and_a_new_secret_key_is_told(settings, tmp_path, sign_in, clerk):
    client = sign_in(clerk)
    assert client.get("/admin/", follow=True).context["user"] == clerk
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        assert "SECRET_KEY" not in restore(backup.name)
        assert not client.get("/admin/", follow=True).context["user"].is_authenticated
        assert Session.objects.count() == 0
        settings.SECRET_KEY = "another" * 10
        connection.close()
        assert "恢复码都作废了" in restore(backup.name, "--replace")


@elsewhere_too
def test_no_page_kept_before_is_taken_for_one_of_this_database(settings, tmp_path, project):
    backup, before = make_backup(), Publication.objects.stamp()
    with elsewhere(settings, tmp_path / "new"):
        restore(backup.name)
        assert Publication.objects.stamp() > before


def spoil_the_database(backup):
    path = backup.folder / backup.database
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def spoil_a_photo(backup):
    next(backup.folder.glob("media/*/*")).write_bytes(b"ph0to")


def lose_a_photo(backup):
    next(backup.folder.glob("media/*/*")).unlink()


def forge_the_list(backup):
    spoil_a_photo(backup)
    (backup.folder / SUMS).write_text("")


def lead_outside(backup):
    """A list that would write beside the files of the portal; all else about it agrees."""
    (backup.folder.parent / "outside").touch()
    path = backup.folder / SUMS
    text = f"{path.read_text()}{hashlib.sha256().hexdigest()}  media/../../outside\n"
    path.write_text(text)
    changed(backup, sums_sha256=hashlib.sha256(text.encode()).hexdigest())


REFUSED = [
    (spoil_the_database, "损坏了，或者被改动过"), (spoil_a_photo, "损坏了，或者被改动过"),
    (lose_a_photo, "不完整：缺 media"),
    (forge_the_list, "与清单不符"), (lead_outside, "不完整"),
    (lambda backup: changed(backup, migrations=["projects.9999_future"]), "还不认识它的 projects.9999_future"),
    (lambda backup: changed(backup, format=2), "请先更新代码"),
    (lambda backup: changed(backup, vendor="oracle"), "两种数据库之间不能恢复"),
    (lambda backup: changed(backup, rows={"projects_project": 7}), "行数不符"),
    (lambda backup: (backup.folder / "manifest.json").unlink(), "不是一份备份"),
]


@elsewhere_too
def test_what_is_not_as_it_was_written_is_refused(settings, tmp_path, project, place):
    photo_file()
    good = make_backup()
    good.folder.rename(tmp_path / "kept")
    with elsewhere(settings, tmp_path / "new"):
        for spoil, sentence in REFUSED:
            shutil.rmtree(good.folder, ignore_errors=True)
            shutil.copytree(tmp_path / "kept", good.folder)
            spoil(good)
            with pytest.raises(CommandError, match=sentence):
                restore(good.folder)
            assert written(settings.DATA_DIR) == [] and connection.introspection.table_names() == [], sentence
            connection.close()


def test_none_of_that_name(tmp_path):
    with pytest.raises(CommandError, match="不是一份备份"):
        restore("guicheng-20200101-000000")


def test_without_a_name_it_says_which_there_are():
    with pytest.raises(CommandError, match="没有备份"):
        restore()
    backup = make_backup()
    assert str(backup.folder) in restore()


def test_backups_that_belong_to_another_account_are_not_said_to_be_missing(place, monkeypatch):
    make_backup()
    close_to_us(monkeypatch, place / "guicheng-20991231-091500")
    with pytest.raises(CommandError, match="读不了 .*guicheng-20991231-091500.*chown"):
        restore()
    shutil.rmtree(place)
    close_to_us(monkeypatch, place)
    with pytest.raises(CommandError, match="读不了 .*chown"):
        restore()


def test_not_during_a_backup(settings):
    backup = make_backup()
    with held(settings.DATA_DIR), pytest.raises(CommandError, match="正在备份"):
        restore(backup.name)


@elsewhere_too
def test_a_photo_that_the_backup_lacks_is_told(settings, tmp_path, project):
    """Its row came back, its file was not there when the backup was made."""
    photo = factories.make_photo(factories.make_update(project, published=False))
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        with pytest.raises(CommandError, match="数据已经恢复，但有不符"):
            restore(backup.name)
        assert Project.objects.get().updates.get().photos.get() == photo


@on_sqlite
@elsewhere_too
def test_an_old_wal_is_not_written_into_the_new_database(settings, tmp_path, project):
    """What a crash left behind belongs to the old file."""
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        restore(backup.name)
        child = forked(lambda: (Project.objects.update(name="崩溃前"), os.kill(os.getpid(), signal.SIGKILL)))
        os.waitpid(child, 0)
        (settings.DATA_DIR / "guicheng.sqlite3").write_bytes(b"damaged" * 1000)
        assert (settings.DATA_DIR / "guicheng.sqlite3-wal").stat().st_size
        said = restore(backup.name, "--replace")
        assert "before-" in said and Project.objects.get().name == "半月岛公园"


@on_postgresql
@elsewhere_too
def test_what_cannot_be_read_in_leaves_what_was_there(settings, tmp_path, project, monkeypatch):
    """pg_restore dies half-way, as on a full disk: the schema that was put aside comes back."""
    backup = make_backup()
    with elsewhere(settings, tmp_path / "new"):
        restore(backup.name)
        Project.objects.update(name="恢复以后改的")
        connection.close()
        monkeypatch.setenv("PATH", str(broken_pg_restore(tmp_path)), prepend=":")
        with pytest.raises(CommandError, match="pg_restore：.*No space left"):
            restore(backup.name, "--replace")
        assert Project.objects.get().name == "恢复以后改的"
        assert not list(settings.DATA_DIR.glob("*.before-*"))


def broken_pg_restore(folder):
    """A folder with a pg_restore that reads a dump and cannot bring it into a database."""
    program = folder / "bin" / "pg_restore"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncase \"$*\" in *--dbname=*) echo 'pg_restore: error: No space left on device' >&2; "
                       f"exit 1;; esac\nexec {shutil.which('pg_restore')} \"$@\"\n")
    program.chmod(0o755)
    return program.parent
