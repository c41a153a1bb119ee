"""A full disk: the back office is read, people sign in, and what somebody typed is given back."""
import errno
from contextlib import contextmanager

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from guicheng import urls
from guicheng.accounts.models import AccessEvent
from guicheng.upkeep import disk
from guicheng.upkeep.disk import MB, fill_reserve, lacks_room, let_go_if_needed, set_reserve_aside
from guicheng.urls import handler400, handler403, handler404, handler500  # noqa: F401, of the URL configuration here
from projects.models import ProgressUpdate, Source
from tests import factories
from tests.forms import held

TYPED = "道路已铺好一半。\n雨天多。"
HUGE = 2**62  # no disk has it
LOGIN, INDEX = reverse("admin:login"), reverse("admin:index")
WRITTEN = ["django_session", "guicheng_accessevent", "projects_progressupdate", "guicheng_user"]


@contextmanager
def full_database():
    """The database has no room for one row more.

    On SQLite really: it may take no more pages, and each write of these tables wants some. PostgreSQL says what it
    would say; its own disk is not for a test to fill.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("CREATE TABLE filler (content BLOB)")
            what = "BEGIN INSERT INTO filler VALUES (zeroblob(10000000)); END"
        else:
            cursor.execute("CREATE FUNCTION filler() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
                           "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$")
            what = "FOR EACH ROW EXECUTE FUNCTION filler()"
        for table in WRITTEN:
            for verb in ("INSERT", "UPDATE"):
                cursor.execute(f"CREATE TRIGGER filler_{table}_{verb} BEFORE {verb} ON {table} {what}")
        if connection.vendor == "sqlite":  # the triggers stand: they too may want a page
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            yield
        finally:
            for table in WRITTEN:
                for verb in ("INSERT", "UPDATE"):
                    on = "" if connection.vendor == "sqlite" else f" ON {table}"
                    cursor.execute(f"DROP TRIGGER filler_{table}_{verb}{on}")
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 1073741823")
                cursor.execute("DROP TABLE filler")
            else:
                cursor.execute("DROP FUNCTION filler()")


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def full_disk(monkeypatch, data):
    """The real disk, and more asked for than it has."""
    monkeypatch.setattr(disk, "ENOUGH", HUGE)
    monkeypatch.setattr(disk, "SIGN_IN", HUGE)


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def record(client, project, **kw):
    typed = {"version": 1, "effective_on": "2021-10-08", "status": "in_progress", "text": TYPED,
             "source": Source.objects.own().pk}
    return client.post(reverse("admin:projects_progressupdate_record", args=[project.pk]), typed | kw)


# --- the database is full -------------------------------------------------------------------------
def test_pages_are_read_though_the_touch_is_not_kept(transactional_db, data, clerk, project):
    client = signed_in(clerk)
    ends = Session.objects.get().expire_date
    with full_database():
        for address in (INDEX, reverse("admin:projects_project_changelist"), reverse("home")):
            assert client.get(address).status_code == 200
    assert Session.objects.get().expire_date == ends, "nobody stays longer for it"
    client.get(INDEX)
    assert Session.objects.get().expire_date > ends, "with room it is kept again"


def test_another_fault_of_the_session_is_still_one(transactional_db, clerk):
    """Deleted elsewhere meanwhile: that has nothing to do with the disk."""
    client = signed_in(clerk)
    with override_settings(ROOT_URLCONF=__name__):
        assert client.get("/admin/session-gone/").status_code == 400


def test_what_was_typed_is_given_back_and_sent_again(transactional_db, data, clerk, project, caplog):
    client = signed_in(clerk)
    with full_database():
        page = record(client, project)
        assert page.status_code == 507
        assert "磁盘已满" in page.text and "以前保存的都在" in page.text
        assert "道路已铺好一半。<br>雨天多。" in page.text and "再提交一次" in page.text
        assert not ProgressUpdate.objects.exists()
    assert [each.message for each in caplog.records if each.exc_info] == [
        f"Insufficient Storage: {page.wsgi_request.path}"]
    again = client.post(page.wsgi_request.path, held(page))
    assert again.status_code == 302 and ProgressUpdate.objects.get().text == TYPED


def test_who_cannot_sign_in_is_told_why(transactional_db, data, clerk):
    client = Client(raise_request_exception=False)
    with full_database():
        page = client.post(LOGIN, {"username": "clerk", "password": factories.PASSWORD})
    assert page.status_code == 507 and "磁盘已满" in page.text and "这一步没有办成" in page.text
    assert factories.PASSWORD not in page.text and django_settings.SESSION_COOKIE_NAME not in page.cookies


# --- the portal's disk is nearly full -------------------------------------------------------------
def test_people_sign_in_and_read(db, full_disk, clerk):
    client = Client()
    answer = client.post(LOGIN, {"username": "clerk", "password": factories.PASSWORD})
    assert answer.status_code == 302 and AccessEvent.objects.filter(kind="signed_in", by=clerk).exists()
    assert client.get(INDEX).status_code == 200
    assert client.post(reverse("admin:logout")).status_code == 200


def test_words_are_not_taken_that_could_not_be_kept(db, full_disk, clerk, project, monkeypatch):
    client = signed_in(clerk)
    page = record(client, project)
    assert page.status_code == 507 and "道路已铺好一半。" in page.text
    assert not ProgressUpdate.objects.exists()
    monkeypatch.setattr(disk, "ENOUGH", 0)
    assert client.post(page.wsgi_request.path, held(page)).status_code == 302


def test_a_stranger_is_not_told(db, full_disk, project):
    answer = record(Client(), project)
    assert answer.status_code == 403 and "登录已经过期" in answer.text and "空间" not in answer.text


def test_no_password_stands_on_the_page(db, full_disk, superuser, clerk):
    address = reverse("admin:auth_user_password_change", args=[clerk.pk])
    page = signed_in(superuser).post(address, {"password1": "说了也不写-2026", "note": "说明"})
    assert page.status_code == 507 and "说了也不写" not in page.text and "返回键" in page.text


# --- the reserve ----------------------------------------------------------------------------------
def size(data):
    return (data / "reserve").stat().st_size


def test_the_reserve_is_let_go_and_set_aside_again(data, monkeypatch):
    monkeypatch.setattr(disk, "RESERVE", MB)
    set_reserve_aside()
    assert size(data) == MB and f"{(data / 'reserve').stat().st_mode & 0o777:o}" == "600"
    let_go_if_needed()
    assert size(data) == MB, "there is room"
    monkeypatch.setattr(disk, "SIGN_IN", HUGE)
    let_go_if_needed()
    assert size(data) == 0
    monkeypatch.setattr(disk, "ENOUGH", HUGE)
    fill_reserve()
    assert size(data) == 0, "not while it is full"
    monkeypatch.setattr(disk, "ENOUGH", 0)
    fill_reserve()
    assert size(data) == MB


def test_staff_let_it_go_and_bring_it_back_by_their_requests(db, data, clerk, project, monkeypatch):
    monkeypatch.setattr(disk, "RESERVE", MB)
    set_reserve_aside()
    client = signed_in(clerk)
    with monkeypatch.context() as full:
        full.setattr(disk, "SIGN_IN", HUGE)
        Client().get("/")
        assert size(data) == MB, "the public reads without it"
        client.get(INDEX)
        assert size(data) == 0
    assert record(client, project).status_code == 302
    assert size(data) == MB


def test_there_is_none_where_none_was_set_aside(db, data, clerk, project):
    assert record(signed_in(clerk), project).status_code == 302
    assert not (data / "reserve").exists()


def test_given_back_it_is_for_signing_in_alone():
    assert disk.RESERVE + disk.SIGN_IN < disk.ENOUGH


def test_a_folder_that_is_gone_is_not_full(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    let_go_if_needed()
    fill_reserve()
    assert not disk.is_full()


# --- what says that it is full --------------------------------------------------------------------
FAULTS = {"file": OSError(errno.ENOSPC, "No space left on device"), "quota": OSError(errno.EDQUOT, "Quota exceeded"),
          "other": OSError(errno.EACCES, "Permission denied")}


def fail(request, kind):
    raise FAULTS[kind]


def end_the_session(request):
    Session.objects.all().delete()
    request.session["more"] = 1
    return HttpResponse()


urlpatterns = [path("fault/<kind>/", fail), path("admin/session-gone/", end_the_session), *urls.urlpatterns]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "status"), [("file", 507), ("quota", 507), ("other", 500)])
def test_a_file_that_cannot_be_written(kind, status):
    with override_settings(ROOT_URLCONF=__name__):
        page = Client(raise_request_exception=False).get(f"/fault/{kind}/")
    assert page.status_code == status and ("磁盘已满" in page.text) is (status == 507)


def test_the_reason_may_lie_deeper():
    try:
        try:
            raise FAULTS["file"]
        except OSError:
            raise ValueError("something else")
    except ValueError as error:
        assert lacks_room(error)
    assert not lacks_room(ValueError()) and not lacks_room(None)
