"""Who may read the files: ours are ours alone, nginx reads what it serves, and `check --deploy` says where not."""
import io
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from guicheng import media_store
from guicheng.upkeep.modes import check_modes, modes, put_right
from projects.models.imports import UploadStorage

ROOT = django_settings.BASE_DIR
SMALL_PAGE = "static/css/base.css"


@pytest.fixture
def data(tmp_path, settings):
    """A DATA_DIR as a version without these rules left it: everybody reads everything."""
    settings.DATA_DIR = tmp_path / "data"
    for name in ("guicheng.sqlite3", "guicheng.sqlite3-wal", "secret_key", "media/3f/3f.jpg", SMALL_PAGE):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        path.chmod(0o644)
    for folder in (settings.DATA_DIR, *(path for path in settings.DATA_DIR.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    return settings.DATA_DIR


def bits(path):
    return f"{path.stat().st_mode & 0o7777:o}"


def said(data):
    return {warning.id: warning.msg for warning in check_modes(None)}


def test_it_works(data):
    assert put_right() == 7
    assert bits(data) == "711"
    assert {bits(data / name) for name in ("guicheng.sqlite3", "guicheng.sqlite3-wal", "secret_key", "media/3f/3f.jpg")
            } == {"600"}
    assert {bits(data / name) for name in ("media", "media/3f")} == {"700"}
    assert bits(data / "static" / "css") == "755" and bits(data / SMALL_PAGE) == "644"
    assert put_right() == 0 and said(data) == {}


def test_the_check_names_what_is_wider(data):
    message = said(data)["guicheng.W001"]
    assert "7 处" in message and f"{data}（现在 755，应为 711）" in message and "guicheng.sqlite3" in message
    assert SMALL_PAGE not in message


def test_the_check_names_what_nginx_cannot_read(data):
    put_right()
    (data / SMALL_PAGE).chmod(0o600)
    assert SMALL_PAGE in said(data)["guicheng.W002"]
    assert put_right() == 0 and said(data) == {}


def test_the_check_is_one_of_deploy(data):
    """`check --deploy` says it, and a plain check does not."""
    with pytest.raises(SystemCheckError, match="权限太宽"):
        call_command("check", deploy=True, tags=["security"], fail_level="WARNING", stdout=io.StringIO())
    call_command("check", fail_level="WARNING", stdout=io.StringIO())


def test_a_link_to_another_disk_is_followed_and_no_other(data, tmp_path):
    big, elsewhere = tmp_path / "big", tmp_path / "elsewhere"
    big.mkdir(mode=0o755)
    elsewhere.write_text("not ours")
    elsewhere.chmod(0o644)
    (data / "exports").symlink_to(big)
    (big / "link").symlink_to(elsewhere)
    put_right()
    assert bits(big) == "700" and bits(elsewhere) == "644"


def test_what_is_not_ours_stays_as_it_is(data):
    """Somebody named a folder that holds other things: they and the folder itself are left alone."""
    (data / "photos of the office").mkdir(mode=0o755)
    assert put_right() == 6
    assert bits(data) == bits(data / "photos of the office") == "755" and bits(data / "media") == "700"


def test_a_folder_that_everybody_shares_is_not_closed(data):
    data.chmod(0o1777)
    assert put_right() == 0
    assert bits(data) == "1777" and "1777" in said(data)["guicheng.W001"]


def test_uploads_are_ours_alone(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    media_store.write("3f" * 16, ".jpg", b"x")
    kept = UploadStorage().save("202611/list", ContentFile(b"x"))
    assert bits(media_store.path_of("3f" * 16, ".jpg")) == "600"
    assert bits(tmp_path / "imports" / kept) == "600" and bits(tmp_path / "imports" / "202611") == "700"


def test_a_new_machine_has_them_from_the_first_moment(tmp_path):
    """A real `migrate` under the usual umask, with nothing there: the database, and DATA_DIR itself."""
    data = tmp_path / "new"
    environment = os.environ | {"DATA_DIR": str(data), "DATABASE_URL": "", "PUBLIC_URL": "", "SECRET_KEY": ""}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c",
               "from django.db import connection as c; c.cursor().execute('CREATE TABLE t (i int)')"]
    subprocess.run(command, cwd=ROOT, env=environment, umask=0o022, check=True, timeout=60)
    assert bits(data) == "711"
    assert {path.name: bits(path) for path in data.iterdir()} == {"guicheng.sqlite3": "600", "secret_key": "600"}


def test_every_unit_keeps_its_files_to_itself():
    units = sorted((ROOT / "deploy").glob("*.service"))
    assert len(units) >= 3
    for unit in units:
        assert re.search(r"^UMask=0077$", unit.read_text(), re.MULTILINE), unit.name
    for start in ("manage.py", "guicheng/wsgi.py"):
        assert "os.umask(0o077)" in (ROOT / start).read_text()


def test_nothing_that_vanishes_meanwhile_is_in_the_way(data):
    found = modes()
    next(found), next(found)  # the names are read by now
    (data / "secret_key").unlink()
    assert "secret_key" not in {each.path.name for each in found}
