"""Signing in: one-time passwords, one session an account, three limits, and the addresses of the staff."""
import os
import re
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guicheng.append_only import drop_triggers, install_triggers
from guicheng.models import AccessEvent, User, one_time_password
from tests import factories

pytestmark = pytest.mark.django_db
LOGIN, INDEX, CHANGE = (reverse(f"admin:{name}") for name in ("login", "index", "password_change"))
OWN = "自己的-口令-2026"


def try_in(client, user, password, address="127.0.0.1"):
    name = user if isinstance(user, str) else user.username
    return client.post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


@pytest.fixture
def newcomer(db):
    """A clerk and the one-time password that was read out to them."""
    user = factories.make_user("newcomer", name="新来的", roles=["部门经办人"])
    return user, user.give_one_time_password()


def change(client, old, new=OWN):
    return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})


# --- one-time passwords --------------------------------------------------------------------------
def test_it_works(client, newcomer):
    user, password = newcomer
    assert try_in(client, user, password).status_code == 302
    assert client.get(INDEX).url.startswith(CHANGE)
    assert change(client, password).status_code == 302
    assert client.get(INDEX).status_code == 200
    user.refresh_from_db()
    assert user.check_password(OWN) and not user.must_change_password and user.password_expires_at is None


def test_a_one_time_password_is_readable_and_never_the_same():
    many = {one_time_password() for _ in range(200)}
    assert len(many) == 200
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){2}", each) for each in many)


def test_only_its_hash_is_kept(newcomer):
    user, password = newcomer
    kept = User.objects.filter(pk=user.pk).values().get()
    assert not [value for value in kept.values() if password in str(value)]


@pytest.mark.parametrize("name", ["index", "projects_project_changelist", "jsi18n", "autocomplete",
                                  "second_factor_set_up", "guicheng_user_changelist"])
def test_before_the_change_nothing_else_answers(client, newcomer, name):
    try_in(client, *newcomer)
    for answer in (client.get(reverse(f"admin:{name}")), client.post(reverse(f"admin:{name}"))):
        assert answer.status_code == 302 and answer.url.startswith(CHANGE)


def test_going_out_is_possible_before_the_change(client, newcomer):
    try_in(client, *newcomer)
    assert client.post(reverse("admin:logout")).status_code == 200
    assert client.get(INDEX).url.startswith(LOGIN)


def test_the_same_password_again_is_refused(client, newcomer):
    user, password = newcomer
    try_in(client, user, password)
    assert "新口令不能和现在的一样" in change(client, password, password).content.decode()
    user.refresh_from_db()
    assert user.must_change_password


@pytest.mark.parametrize("new", ["短", "1234567890123", "newcomer-1", "x\x00y" * 5])
def test_a_weak_password_is_a_sentence(client, newcomer, new):
    try_in(client, *newcomer)
    answer = change(client, newcomer[1], new)
    assert answer.status_code == 200 and "要改" in answer.content.decode()


def test_it_expires(client, newcomer, settings):
    user, password = newcomer
    User.objects.filter(pk=user.pk).update(password_expires_at=timezone.now() - timedelta(seconds=1))
    assert "已经过期" in try_in(client, user, password).content.decode()
    assert client.get(INDEX).url.startswith(LOGIN)


def test_how_long_it_holds_is_a_setting(settings):
    settings.ONE_TIME_PASSWORD_DAYS = 2
    user = factories.make_user("x")
    user.give_one_time_password()
    assert timedelta(days=1.9) < user.password_expires_at - timezone.now() < timedelta(days=2.1)


def test_a_password_of_ones_own_does_not_expire(client, clerk):
    assert not clerk.password_has_expired
    assert try_in(client, clerk, factories.PASSWORD).status_code == 302


# --- one session an account ----------------------------------------------------------------------
def test_a_second_sign_in_ends_the_first(clerk):
    first, second = Client(), Client()
    try_in(first, clerk, factories.PASSWORD)
    assert first.get(INDEX).status_code == 200
    try_in(second, clerk, factories.PASSWORD)
    answer = first.get(INDEX, follow=True)
    assert "这个账号刚在别处登录" in answer.content.decode() and answer.redirect_chain[0][0] == LOGIN
    assert second.get(INDEX).status_code == 200
    assert first.get(INDEX).status_code == 302
    assert AccessEvent.objects.filter(kind="superseded", account=clerk).count() == 1


def test_a_session_of_somebody_else_is_not_touched(clerk, reviewer):
    first, second = Client(), Client()
    try_in(first, clerk, factories.PASSWORD)
    try_in(second, reviewer, factories.PASSWORD)
    assert first.get(INDEX).status_code == second.get(INDEX).status_code == 200


def test_changing_ones_password_keeps_this_session(client, clerk):
    try_in(client, clerk, factories.PASSWORD)
    change(client, factories.PASSWORD)
    assert client.get(INDEX).status_code == 200


def test_disabled_is_out_at_once(client, clerk):
    try_in(client, clerk, factories.PASSWORD)
    assert client.get(INDEX).status_code == 200
    User.objects.get(pk=clerk.pk).disable()
    assert client.get(INDEX).url.startswith(LOGIN)
    assert "账号或口令不对" in try_in(client, clerk, factories.PASSWORD).content.decode()


def test_a_session_without_the_token_is_nobodys(client, clerk):
    """As after an upgrade, or a session written by hand."""
    client.force_login(clerk)
    session = client.session
    del session["sign_in_token"]
    session.save()
    assert client.get(INDEX).url == LOGIN


# --- three limits --------------------------------------------------------------------------------
@pytest.fixture
def limits(settings):
    settings.SIGN_IN_LIMITS = {"account": 5, "address": 8}
    settings.AXES_FAILURE_LIMIT = 3
    return settings


def fail(times, user="nobody", address="10.0.0.1"):
    return [try_in(Client(), user, "不对", address).status_code for _ in range(times)]


def test_name_and_address_are_limited(limits, clerk):
    assert fail(4, clerk) == [200, 200, 429, 429]
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 429
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.2").status_code == 302


def test_a_name_alone_is_limited(limits, clerk, reviewer):
    for last in range(3):
        fail(2, clerk, f"10.0.1.{last}")
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.9.9").status_code == 429
    assert try_in(Client(), reviewer, factories.PASSWORD, "10.0.9.9").status_code == 302


def test_control_a_higher_limit_lets_the_name_in(limits, clerk):
    limits.SIGN_IN_LIMITS = {"account": 99, "address": 99}
    for last in range(3):
        fail(2, clerk, f"10.0.1.{last}")
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.9.9").status_code == 302


def test_an_address_alone_is_limited(limits, clerk):
    for number in range(8):
        fail(1, f"nobody{number}")
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 429
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.2").status_code == 302


def test_control_a_higher_limit_lets_the_address_in(limits, clerk):
    limits.SIGN_IN_LIMITS = {"account": 99, "address": 99}
    for number in range(8):
        fail(1, f"nobody{number}")
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 302


def test_one_attacker_cannot_lock_a_name_for_all(limits, clerk):
    """Past the limit of name and address nothing counts any more."""
    fail(20, clerk)
    assert AccessEvent.objects.filter(kind="sign_in_failed").count() <= 3
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.2").status_code == 302


def test_a_forged_address_does_not_help(limits, clerk):
    for number in range(9):
        Client().post(LOGIN, {"username": f"n{number}", "password": "x"}, REMOTE_ADDR="10.0.0.1",
                      HTTP_X_FORWARDED_FOR=f"1.1.1.{number}")
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 429


def test_the_limits_end(limits, clerk):
    for number in range(8):
        fail(1, f"nobody{number}")
    drop_triggers(connection)
    AccessEvent.objects.update(at=timezone.now() - timedelta(minutes=16))
    install_triggers()
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 302


@pytest.mark.parametrize("name", ["\x00", "a" * 5000, "", "'; --", "\ufffe", "９９"])
def test_odd_names_are_a_sentence(client, name):
    assert try_in(client, name, "x").status_code == 200


# --- the addresses of the staff ------------------------------------------------------------------
@pytest.fixture
def inside(settings):
    settings.STAFF_NETWORKS = [ip_network("10.1.0.0/16"), ip_network("2001:db8::/32")]
    return settings


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::7", "::ffff:10.1.2.3"])
def test_who_is_inside_sees_the_back_office(client, inside, address):
    assert client.get(LOGIN, REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["10.2.0.1", "2001:db9::7", "127.0.0.1", "", "不是地址"])
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/projects/project/", "/admin/nowhere/"])
def test_who_is_outside_does_not(client, inside, address, path):
    answer = client.get(path, REMOTE_ADDR=address)
    assert answer.status_code == 403 and "后台只能从单位的网络打开" in answer.content.decode()


def test_signed_in_does_not_help_outside(sign_in, superuser, inside):
    client = sign_in(superuser)
    assert client.get(INDEX, REMOTE_ADDR="10.1.0.9").status_code == 200
    assert client.get(INDEX, REMOTE_ADDR="10.2.0.9").status_code == 403


def test_the_public_pages_answer_everybody(client, inside):
    assert client.get("/about/", REMOTE_ADDR="10.2.0.1").status_code == 200


@pytest.mark.parametrize(("proxies", "forwarded", "status"), [
    (0, "10.1.2.3", 403), (1, "10.1.2.3", 200), (1, "10.1.2.3, 9.9.9.9", 403), (1, "9.9.9.9, 10.1.2.3", 200)])
def test_a_forged_address_opens_nothing(client, inside, proxies, forwarded, status):
    inside.PROXY_COUNT = proxies
    answer = client.get(LOGIN, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert answer.status_code == status


@pytest.mark.parametrize(("name", "value"), [("STAFF_ADDRESSES", "10.1.0.0/99"), ("STAFF_ADDRESSES", "办公室"),
                                             ("REQUIRE_TOTP", "yes")])
def test_a_wrong_setting_stops_the_start_with_a_sentence(name, value):
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=django_settings.BASE_DIR, capture_output=True,
                          text=True, env=os.environ | {name: value})
    assert done.returncode and f"{name} 应是" in done.stderr.splitlines()[-1] and value in done.stderr
