"""The first start and the next: the administrator, the preparation, and what the deployment files promise."""
import re
import socket
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse

from guicheng.management.commands import prepare
from tests import factories

ROOT = django_settings.BASE_DIR


def ensure_admin(**kw):
    out = StringIO()
    call_command("ensure_admin", stdout=out, **kw)
    return out.getvalue()


def test_the_first_administrator_gets_a_random_password(db, client):
    said = ensure_admin(port=8001)
    user = get_user_model().objects.get()
    password = re.search(r"口令　(\S+)\n", said)[1]
    assert (user.username, user.is_superuser, user.is_staff, len(password)) == ("admin", True, True, 16)
    assert user.check_password(password)
    assert "http://127.0.0.1:8001/admin/" in said


def test_it_is_said_once_and_never_reset(db):
    ensure_admin()
    before = get_user_model().objects.get().password
    assert ensure_admin() == ""
    assert get_user_model().objects.get().password == before


def test_another_administrator_is_enough(superuser):
    assert ensure_admin() == ""


def test_an_account_called_admin_is_not_touched(db):
    """Without rights or switched off: the way in is a new account beside it."""
    factories.make_user("admin", is_superuser=True, is_active=False)
    said = ensure_admin()
    assert "admin2" in said
    assert not get_user_model().objects.get(username="admin").is_active


def test_the_public_address_is_named(db, settings):
    settings.PUBLIC_URL = "https://example.invalid/bss/"
    assert "https://example.invalid/bss/admin/" in ensure_admin()


def test_a_taken_port_is_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=f"端口 {port} 已被占用"):
            prepare._free_port(str(port))


@pytest.mark.parametrize("port", ["abc", "0", "65536", "", "-1"])
def test_a_port_that_is_none_is_one_sentence(port):
    with pytest.raises(SystemExit, match="PORT 应是"):
        prepare._free_port(port)


def test_static_files_are_collected_only_when_changed(settings, tmp_path):
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    said = []
    for _ in range(2):
        out = StringIO()
        prepare.Command(stdout=out).prepare_static()
        said.append(out.getvalue())
    assert "静态文件" in said[0] and said[1] == ""
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_every_setting_of_the_environment_is_explained():
    read = set(re.findall(r'\benv(?:\.\w+)?\("([A-Z_]+)"', (ROOT / "guicheng" / "settings.py").read_text()))
    explained = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == explained


@pytest.mark.django_db
def test_roles_follow_the_code_at_the_next_start(monkeypatch):
    """A role changed without a migration: `prepare` brings the group to it."""
    from django.contrib.auth.models import Group

    from guicheng.access import roles

    monkeypatch.setitem(roles.ROLES, "领导", ["projects.view_project"])
    roles.make_groups()
    assert [permission.codename for permission in Group.objects.get(name="领导").permissions.all()] == ["view_project"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_home_page_opens_in_a_browser(live_server, open_page):
    page = open_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    answer = page.goto(live_server.url + reverse("home"))
    assert answer.status == 200
    assert page.title()
    assert errors == []
