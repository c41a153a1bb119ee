"""/healthz and 运行情况: what is looked at, who learns how much, and that asking costs nothing."""
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guicheng.accounts.models import AccessEvent
from guicheng.days.workdays import CalendarYear
from guicheng.upkeep import checks
from guicheng.upkeep import health as module
from guicheng.upkeep.disk import GB, MB, Room
from guicheng.upkeep.health import CHECKS, Level, examine, kept
from guicheng.upkeep.last_runs import last_run, write_down
from guicheng.upkeep.manifest import Manifest
from guicheng.upkeep.version import VERSION
from tests import factories
from tests.guicheng.backups import close_to_us

STRANGER = {"REMOTE_ADDR": "203.0.113.5"}
LOOPBACK = {"REMOTE_ADDR": "127.0.0.1"}
KEY = "a-key-of-more-than-twenty-signs"


@pytest.fixture(autouse=True)
def anew(settings, tmp_path):
    """Nothing seen in another test, and a DATA_DIR of its own."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    kept.forget()
    yield
    kept.forget()


def seen(key):
    found = CHECKS[key].look()
    assert (found.level == Level.OK) is not bool(found.todo), "what is not well has an advice"
    return found.level, found.said


def break_a_trigger():
    with connection.cursor() as cursor:
        table = " ON guicheng_accessevent" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER guicheng_accessevent_no_update{table}")


# --- who learns what ------------------------------------------------------------------------------
def test_a_stranger_learns_ok_and_nothing_else(db, client):
    response = client.get("/healthz", **STRANGER)
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain; charset=utf-8" and response["Cache-Control"] == "no-store"
    assert response.cookies == {} and "Vary" not in response


def test_a_stranger_learns_that_it_is_not(db, client):
    break_a_trigger()
    response = client.get("/healthz", **STRANGER)
    assert (response.status_code, response.content) == (503, b"not ok\n")


def test_whoever_sits_on_the_machine_learns_all(db, client):
    break_a_trigger()
    response = client.get("/healthz", **LOOPBACK)
    found = response.json()
    assert response.status_code == 503 and (found["ok"], found["version"]) == (False, VERSION)
    assert set(found["checks"]) == {
        "database", "triggers", "migrations", "static", "disk", "worker", "backup", "calendar", "clock", "closes",
        "seals", "messenger", "sign_in", "personal"}
    assert found["checks"]["triggers"]["level"] == "bad"
    assert "guicheng_accessevent_no_update" in found["checks"]["triggers"]["said"]


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("headers", [
    {"HTTP_X_FORWARDED_FOR": "203.0.113.5"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.5"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_FORWARDED": "for=127.0.0.1"}, {"HTTP_X_REAL_IP": "127.0.0.1"},
    {"HTTP_X_FORWARDED_PROTO": "https"}, {"HTTP_VIA": "1.1 proxy"}])
def test_whoever_comes_through_a_proxy_is_a_stranger(db, client, settings, count, headers):
    """nginx sits on loopback too, and what a visitor writes into its headers changes nothing."""
    settings.PROXY_COUNT = count
    assert client.get("/healthz", **LOOPBACK, **headers).content == b"ok\n"


@pytest.mark.parametrize("address", ["", "203.0.113.5", "10.0.0.1", "::ffff:203.0.113.5", "unix:"])
def test_another_machine_is_a_stranger(db, client, address):
    assert client.get("/healthz", REMOTE_ADDR=address).content == b"ok\n"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_has_several_names(db, client, address):
    assert client.get("/healthz", REMOTE_ADDR=address).json()["ok"]


def test_the_key_opens_the_details(db, client, settings):
    settings.HEALTH_KEY = KEY
    opened = client.get("/healthz", HTTP_AUTHORIZATION=f"Bearer {KEY}", **STRANGER)
    assert opened.json()["ok"]
    for wrong in (f"Bearer {KEY}x", "Bearer ", f"Basic {KEY}", KEY, "Bearer é", ""):
        assert client.get("/healthz", HTTP_AUTHORIZATION=wrong, **STRANGER).content == b"ok\n"
    assert client.get(f"/healthz?key={KEY}", **STRANGER).content == b"ok\n"


def test_no_key_is_no_key(db, client, settings):
    settings.HEALTH_KEY = ""
    assert client.get("/healthz", HTTP_AUTHORIZATION="Bearer ", **STRANGER).content == b"ok\n"


def test_it_answers_to_any_name_and_without_tls(db, client, settings):
    """A monitor on loopback knows neither our name nor our certificate."""
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", HTTP_HOST="10.0.0.1:8000", **STRANGER).content == b"ok\n"


def test_nothing_is_sent_there(db, client):
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz", **STRANGER).status_code == 200


def test_it_answers_when_the_database_is_gone(no_database, client):
    assert client.get("/healthz", **STRANGER).content == b"not ok\n"
    found = client.get("/healthz", **LOOPBACK).json()["checks"]
    assert found["database"]["level"] == "bad" and found["disk"]["level"] in ("ok", "warn")


# --- what asking costs ----------------------------------------------------------------------------
def test_a_question_is_answered_from_what_was_just_seen(db, client, django_assert_num_queries,
                                                        django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get("/healthz", **STRANGER)
    with django_assert_num_queries(0):
        for _ in range(50):
            client.get("/healthz", **STRANGER)


def test_one_looks_and_the_others_get_what_there_is(db, client, monkeypatch):
    client.get("/healthz", **STRANGER)
    monkeypatch.setattr(module, "KEPT", -1)  # every answer is old
    answers = []
    with kept.lock:
        other = Thread(target=lambda: answers.append(module.health()))
        other.start()
        other.join(timeout=5)
    assert answers and answers[0].is_well


def test_nothing_to_give_is_not_ok(client, monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.05)
    with kept.lock:
        assert client.get("/healthz", **STRANGER).content == b"not ok\n"


# --- what is looked at ----------------------------------------------------------------------------
def test_all_is_well_here(db):
    found = {check.key: seen for check, seen in examine().found}
    assert [key for key, seen in found.items() if seen.level == Level.BAD] == []
    assert all(check.meaning and check.title for check in CHECKS.values())


def test_a_database_that_only_reads(db):
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
    else:  # root may write everywhere: the file was taken away from under us
        connection.settings_dict["NAME"] = "/nowhere/guicheng.sqlite3"
    try:
        assert seen("database") == (Level.BAD, "能读，不能写。")
    finally:
        connection.settings_dict["NAME"] = name


def test_a_database_older_or_newer_than_the_code(db, settings):
    settings.MIGRATION_MODULES = {}  # the tests run without
    checks.migrations_of_the_code.cache_clear()
    level, said = seen("migrations")
    checks.migrations_of_the_code.cache_clear()
    assert level == Level.BAD and "数据库比程序旧" in said
    known = {("projects", "0001_initial")}
    assert checks.compared(known, known).level == Level.OK
    assert checks.compared(known, known | {("projects", "0002_next")}).level == Level.WARN
    assert checks.compared(known, known | {("gone", "0001_initial")}).level == Level.OK, "of an app no longer used"


def task(age, status="READY", **values):
    row = DBTaskResult.objects.create(
        status=status, args_kwargs={"args": [], "kwargs": {}}, task_path="projects.exports.files.work",
        backend_name="default", run_after=timezone.now() - timedelta(days=1), exception_class_path="", traceback="",
        **values)
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=timezone.now() - age)


def test_a_task_that_nobody_takes(db):
    assert seen("worker") == (Level.OK, "没有排队的。")
    task(timedelta(minutes=9))
    assert seen("worker")[0] == Level.OK
    task(timedelta(minutes=11))
    assert seen("worker") == (Level.BAD, "最早的一件是 11 分钟前排上的，没有人接。")
    task(timedelta(minutes=20), "RUNNING", started_at=timezone.now() - timedelta(minutes=20))
    assert seen("worker")[0] == Level.WARN, "there is a worker, and it is busy"


def backup(folder, age):
    made = folder / f"guicheng-{age.total_seconds():.0f}"
    made.mkdir(parents=True)
    manifest = Manifest(folder=made, at=timezone.now() - age, version="0", vendor="sqlite", database="x",
                        migrations=[], rows={}, parts={}, secrets=[], has_secrets=False, key_mark="", left_out=[],
                        sums_sha256="")
    (made / "manifest.json").write_text(manifest.as_json())


@pytest.mark.parametrize(("public_url", "hours", "level"), [
    ("", None, Level.WARN), ("", 100, Level.WARN), ("", 1, Level.OK),
    ("https://example.invalid/", None, Level.BAD), ("https://example.invalid/", 27, Level.BAD),
    ("https://example.invalid/", 25, Level.WARN), ("https://example.invalid/", 2, Level.OK)])
def test_the_last_backup(settings, public_url, hours, level):
    settings.PUBLIC_URL = public_url
    if hours is not None:
        backup(settings.BACKUP_DIR, timedelta(hours=200))
        backup(settings.BACKUP_DIR, timedelta(hours=hours))
    found = seen("backup")
    assert found[0] == level
    assert "一份也没有" in found[1] if hours is None else "小时前" in found[1] or "天前" in found[1]


def test_backups_that_belong_to_another_account_are_not_said_to_be_missing(settings, monkeypatch):
    backup(settings.BACKUP_DIR, timedelta(hours=1))
    close_to_us(monkeypatch, settings.BACKUP_DIR / "guicheng-20261127-091500")
    level, said = seen("backup")
    assert level == Level.OK and "小时前" in said and "读不了" in said and "guicheng-20261127-091500" in said
    shutil.rmtree(settings.BACKUP_DIR)
    close_to_us(monkeypatch, settings.BACKUP_DIR)
    level, said = seen("backup")
    assert level == Level.WARN and "读不了" in said and "一份也没有" not in said


def test_a_year_without_its_days_off(db):
    CalendarYear.objects.filter(year=timezone.localdate().year).delete()
    assert seen("calendar")[0] == Level.WARN


def test_a_clock_that_is_behind(db):
    AccessEvent.objects.create(kind="signed_in", at=timezone.now() + timedelta(minutes=4))
    assert seen("clock")[0] == Level.OK
    AccessEvent.objects.create(kind="signed_in", at=timezone.now() + timedelta(minutes=6))
    assert seen("clock")[0] == Level.BAD


def test_no_static_manifest(settings):
    assert seen("static")[0] == Level.OK
    settings.STATIC_ROOT = settings.DATA_DIR
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    assert seen("static")[0] == Level.BAD


@pytest.mark.parametrize(("free", "total", "short", "getting_short"), [
    (199 * MB, 100 * GB, True, True), (201 * MB, 100 * GB, False, True), (3 * GB, 20 * GB, False, False),
    (4 * GB, 100 * GB, False, True), (30 * GB, 4000 * GB, False, False)])
def test_the_room_on_a_disk(free, total, short, getting_short):
    room = Room(free, total, 0, 0)
    assert (room.is_short, room.is_getting_short) == (short, getting_short)


def test_a_disk_without_room_for_another_file():
    assert Room(30 * GB, 40 * GB, 9, 1_000).is_short and not Room(30 * GB, 40 * GB, 11, 1_000).is_short


def test_what_the_nightly_job_found(db, settings, capsys):
    assert seen("closes") == (Level.OK, "还没有锁定的季度。")
    call_command("check_closes")
    assert seen("closes") == (Level.OK, "0 分钟前核对：0 次锁定都与指纹相符。")
    path = Path(settings.DATA_DIR) / "upkeep" / "check_closes.json"
    assert f"{path.stat().st_mode & 0o777:o}" == "600"
    write_down("check_closes", False, "1 次锁定里有 1 处不符，请立即查清。")
    assert seen("closes")[0] == Level.BAD


def test_a_run_that_cannot_be_kept_is_no_fault_of_the_job(settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path / "nowhere"
    write_down("check_closes", True, "x")
    assert "was not kept" in caplog.text and last_run("check_closes") is None


def test_half_a_file_is_none(settings):
    folder = Path(settings.DATA_DIR) / "upkeep"
    folder.mkdir()
    for text in ("", "{", '{"at": 1}', json.dumps({"at": "x", "is_well": True, "said": ""})):
        (folder / "check_closes.json").write_text(text)
        assert last_run("check_closes") is None


# --- for people -----------------------------------------------------------------------------------
def test_the_page_says_it_in_words(sign_in, superuser, client):
    break_a_trigger()
    page = sign_in(superuser).get(reverse("admin:health")).text
    assert "1 项要处理" in page and "要处理</span>" in page and "缺 1 个" in page
    assert "停服务，运行 manage.py migrate" in page and VERSION in page
    assert page.count('<th scope="row">') == len(CHECKS)


def test_it_is_found_from_the_first_page(sign_in, superuser):
    assert reverse("admin:health") in sign_in(superuser).get(reverse("admin:index")).text


def test_it_is_for_those_who_run_the_portal(sign_in, clerk):
    administrator = factories.make_user("system", roles=["系统管理员"])
    assert sign_in(administrator).get(reverse("admin:health")).status_code == 200
    assert reverse("admin:health") in sign_in(administrator).get(reverse("admin:index")).text
    assert sign_in(clerk).get(reverse("admin:health")).status_code == 403
    assert reverse("admin:health") not in sign_in(clerk).get(reverse("admin:index")).text


# --- security.txt ---------------------------------------------------------------------------------
def test_whom_to_tell_of_a_hole(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACTS = ["mailto:security@example.invalid", "tel:+86-757-00000000"]
    settings.PUBLIC_URL, settings.PUBLIC_ROOT = "https://example.invalid/bss/", "https://example.invalid"
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8" and response.cookies == {}
    lines = response.text.splitlines()
    assert lines[:2] == ["Contact: mailto:security@example.invalid", "Contact: tel:+86-757-00000000"]
    assert lines[3:] == ["Preferred-Languages: zh, en",
                         "Canonical: https://example.invalid/.well-known/security.txt"]
    expires = timezone.datetime.fromisoformat(lines[2].removeprefix("Expires: "))
    assert timedelta(days=170) < expires - timezone.now() < timedelta(days=365)


@pytest.mark.parametrize(("name", "value", "said"), [
    ("SECURITY_CONTACT", "security@example.invalid", "SECURITY_CONTACT"), ("HEALTH_KEY", "short", "HEALTH_KEY")])
def test_a_wrong_setting_is_one_sentence(tmp_path, name, value, said):
    environment = os.environ | {"DATA_DIR": str(tmp_path), name: value}
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=django_settings.BASE_DIR, env=environment,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode and done.stderr.startswith("配置有误：") and said in done.stderr
