"""Signing in: one-time passwords, one session an account, three limits, and the addresses of the staff."""
import io
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from threading import Barrier

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guicheng.accounts.models import AccessEvent, SignInBrake, User, one_time_password
from guicheng.trail.append_only import drop_triggers, install_triggers
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
    assert "这个账号刚在别处登录" in answer.content.decode() and answer.redirect_chain[0][0] == f"{LOGIN}?next={INDEX}"
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
    assert client.get(INDEX).url == f"{LOGIN}?next={INDEX}"


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
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 302


def test_what_is_refused_says_how_long_and_whom_to_call(limits, clerk):
    fail(8, "nobody")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10))
    answer = try_in(Client(), "nobody", "不对", "10.0.0.1")
    assert 290 <= int(answer["Retry-After"]) <= 300 and answer.status_code == 429
    assert "请过 5 分钟再试" in answer.text and "请打电话给本单位的管理员或系统管理员" in answer.text
    name = [try_in(Client(), f"nobody{number}", "不对", "10.0.0.1") for number in range(6)][-1]
    assert name.status_code == 429 and 0 < int(name["Retry-After"]) <= 900, "refused by the address"


def test_where_axes_refuses_it_says_the_same(limits, clerk):
    """The last wrong try is looked at, and told that the next one will not be."""
    answer = [try_in(Client(), clerk, "不对", "10.0.0.1") for _ in range(3)][-1]
    assert answer.status_code == 429 and 890 <= int(answer["Retry-After"]) <= 900 and "请过 15 分钟再试" in answer.text


@pytest.mark.parametrize("written", [" clerk", "clerk ", "ｃｌｅｒｋ"])
def test_a_name_is_one_however_it_is_typed(limits, clerk, written):
    """The form takes spaces away and makes wide letters narrow; the limits must count what it looks up."""
    for last in range(5):
        fail(1, written, f"10.0.1.{last}")
    assert try_in(Client(), written, factories.PASSWORD, "10.0.9.9").status_code == 429
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.9.9").status_code == 429


def test_a_name_nobody_has_is_limited_as_one_somebody_has(limits, clerk):
    """Else the limit would say which accounts there are."""
    for name in (clerk, "nobody"):
        for last in range(5):
            fail(1, name, f"10.0.1.{last}")
    here, there = (try_in(Client(), name, "不对", "10.0.9.9") for name in (clerk, "nobody"))
    assert here.status_code == there.status_code == 429 and here.text == there.text


def test_no_name_is_kept_where_wrong_tries_are_counted(limits, clerk, caplog):
    fail(2, "我的口令-2021")
    rows = [str(value) for row in AccessAttempt.objects.values_list() for value in row]
    assert rows and not [value for value in [*rows, caplog.text] if "我的口令" in value]


def test_a_network_of_ipv6_counts_as_one(limits, clerk):
    for number in range(8):
        fail(1, f"nobody{number}", f"2001:db8:0:1:{number:x}::{number:x}")
    assert try_in(Client(), clerk, factories.PASSWORD, "2001:db8:0:1:ffff::1").status_code == 429
    assert try_in(Client(), clerk, factories.PASSWORD, "2001:db8:0:2::1").status_code == 302


def test_the_operator_lets_everybody_in_again(limits, clerk):
    fail(8, clerk)
    call_command("axes_reset", stdout=io.StringIO())
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 302


# --- who is known at an address ------------------------------------------------------------------
@pytest.fixture
def known(limits, clerk):
    """The clerk signed in from the office."""
    assert try_in(Client(), clerk, factories.PASSWORD, "10.0.0.1").status_code == 302
    return clerk


def attack(address="10.0.0.1"):
    """Every limit of strangers is reached: those of the address, and of the clerk's name from elsewhere."""
    for number in range(9):
        fail(1, f"nobody{number}", address)
    for last in range(6):
        fail(1, "clerk", f"10.0.1.{last}")


def test_the_limits_of_name_and_address_do_not_touch_who_is_known(known, other_clerk):
    attack()
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.1").status_code == 302
    assert try_in(Client(), other_clerk, factories.PASSWORD, "10.0.0.1").status_code == 429, "a new pair waits"
    assert try_in(Client(), known, factories.PASSWORD, "10.0.9.9").status_code == 429, "known here is not known there"


def test_in_an_ipv6_network_the_whole_64_is_known(limits, clerk):
    try_in(Client(), clerk, factories.PASSWORD, "2001:db8::1")
    attack("2001:db8::2")
    assert try_in(Client(), clerk, factories.PASSWORD, "2001:db8::3").status_code == 302
    assert try_in(Client(), clerk, factories.PASSWORD, "2001:db8:0:1::3").status_code == 429


def test_after_90_days_nobody_is_known(known):
    attack()
    drop_triggers(connection)
    AccessEvent.objects.filter(kind="signed_in").update(at=timezone.now() - timedelta(days=90, minutes=1))
    install_triggers()
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.1").status_code == 429


def test_a_forged_address_is_not_known(known, settings):
    attack()
    settings.PROXY_COUNT = 1
    for forged in ("10.0.0.1, 10.0.9.9", "10.0.0.1,10.0.0.1, 10.0.9.9"):
        answer = Client().post(LOGIN, {"username": "clerk", "password": factories.PASSWORD},
                               REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forged)
        assert answer.status_code == 429


def test_a_colleague_who_mistypes_all_day_closes_the_office_to_nobody(known, reviewer, other_clerk):
    try_in(Client(), reviewer, factories.PASSWORD, "10.0.0.1")
    assert fail(40, reviewer) == [200] * 10 + [429] * 30
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.1").status_code == 302
    assert try_in(Client(), other_clerk, factories.PASSWORD, "10.0.0.1").status_code == 302, "nor to who is new"


def rest(seconds):
    SignInBrake.objects.update(last_at=F("last_at") - timedelta(seconds=seconds))


def test_who_is_known_may_try_once_in_30_seconds_after_ten(known):
    assert fail(11, known) == [200] * 10 + [429]
    answer = try_in(Client(), known, factories.PASSWORD, "10.0.0.1")
    assert (answer.status_code, answer["Retry-After"]) == (429, "30") and "请过 30 秒再试" in answer.text
    rest(29)
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.1").status_code == 429
    rest(1)
    assert fail(2, known) == [200, 429]
    rest(30)
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.1").status_code == 302
    assert fail(1, known) == [200], "the right one lets go of the brake"


def test_what_the_brake_refuses_is_not_looked_at_nor_written_down(known):
    fail(30, known)
    assert AccessEvent.objects.filter(kind="sign_in_failed", account=known).count() == 10


def test_the_brake_lets_go_after_a_while(known):
    fail(10, known)
    rest(15 * 60)
    assert fail(10, known) == [200] * 10


def test_the_brake_is_of_one_account_in_one_network(known, reviewer):
    for user, address in ((known, "10.0.0.2"), (reviewer, "10.0.0.1")):
        try_in(Client(), user, factories.PASSWORD, address)
    fail(10, known)
    assert try_in(Client(), known, factories.PASSWORD, "10.0.0.2").status_code == 302
    assert try_in(Client(), reviewer, factories.PASSWORD, "10.0.0.1").status_code == 302


def together(times, account):
    """How many of so many tries at once may be looked at. Each waits before it writes, as after a look."""
    everybody = Barrier(times)

    def slowly(execute, sql, *args):
        if sql.startswith("UPDATE"):
            time.sleep(0.05)
        return execute(sql, *args)

    def one(number):
        everybody.wait()
        try:
            with connection.execute_wrapper(slowly):
                return SignInBrake.objects.take(account, "10.0.0.1")
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as many:
        return sum(many.map(one, range(times)))


@pytest.mark.django_db(transaction=True)
def test_of_tries_in_the_same_instant_as_many_are_looked_at_as_may(known):
    assert together(14, known) == 10
    rest(30)
    assert together(6, known) == 1


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
