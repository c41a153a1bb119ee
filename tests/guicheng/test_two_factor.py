"""The second factor: who needs it, how it is set up, and that nothing answers without it."""
import time
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core import signing
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from guicheng.access.permissions import needs_second_factor
from guicheng.access.roles import NEED_SECOND_FACTOR, ROLES
from guicheng.accounts import second_factor
from guicheng.accounts.models import AccessEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
LOGIN, INDEX, ASK, SET_UP, CODES = (reverse(f"admin:{name}") for name in (
    "login", "index", "second_factor", "second_factor_set_up", "recovery_codes"))


def code_of(device, steps=0):
    return f"{TOTP(device.bin_key, t0=-30 * steps).token():06d}"


def equip(user):
    """Set up a second factor; give (device, recovery codes). The next code is the one that opens."""
    device = second_factor.unsealed(user, second_factor.new_secret(user))
    return device, second_factor.set_up(user, device, code_of(device))


def forget_throttle():
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


@pytest.fixture
def required(settings):
    settings.REQUIRE_TOTP = "roles"
    return settings


def let_in(user):
    client = Client()
    client.post(LOGIN, {"username": user.username, "password": factories.PASSWORD})
    return client


def test_it_works(required, reviewer):
    client = let_in(reviewer)
    assert client.get(INDEX).url.startswith(SET_UP)
    page = client.get(SET_UP)
    secret = page.context["form"].initial["secret"]
    device = second_factor.unsealed(reviewer, secret)
    done = client.post(SET_UP, {"secret": secret, "code": code_of(device)})
    assert len(done.context["codes"]) == 10 and client.get(INDEX).status_code == 200

    again = let_in(reviewer)
    assert again.get(INDEX).url.startswith(ASK)
    assert again.post(ASK, {"code": code_of(device, 1)}).url == INDEX
    assert again.get(INDEX).status_code == 200


# --- who needs it --------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(ROLES))
def test_which_roles_need_it(required, role):
    assert needs_second_factor(factories.make_user(roles=[role])) == (role in NEED_SECOND_FACTOR)


def test_a_superuser_needs_it(required, superuser):
    assert needs_second_factor(superuser)


def test_the_setting_for_all_and_for_none(settings, clerk, superuser):
    settings.REQUIRE_TOTP = "all"
    assert needs_second_factor(clerk)
    settings.REQUIRE_TOTP = "none"
    assert not needs_second_factor(superuser)


def test_who_has_one_is_always_asked(settings, clerk):
    settings.REQUIRE_TOTP = "none"
    equip(clerk)
    assert let_in(clerk).get(INDEX).url.startswith(ASK)


# --- nothing answers without it ------------------------------------------------------------------
def every_address():
    """One address for every list and page of the admin that needs no number."""
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"admin:{name}_changelist")
        yield reverse(f"admin:{name}_change", args=[1])
    for name in ("index", "password_change", "jsi18n", "autocomplete", "guicheng_user_import", "guicheng_user_sheet",
                 "guicheng_accessevent_export", "recovery_codes"):
        yield reverse(f"admin:{name}")
    yield "/admin/nowhere/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stolen_cookie_without_the_code_reaches_nothing(required, superuser, method):
    """The session of somebody who gave only the password: every address leads to the code."""
    equip(superuser)
    thief = Client()
    thief.cookies = let_in(superuser).cookies
    for address in [*every_address(), SET_UP]:
        answer = getattr(thief, method)(address)
        assert answer.status_code == 302 and answer.url.startswith(ASK), address


def test_control_with_the_code_they_answer(required, superuser):
    device, _ = equip(superuser)
    client = let_in(superuser)
    client.post(ASK, {"code": code_of(device, 1)})
    assert client.get(INDEX).status_code == client.get(SET_UP).status_code == 200


def test_a_stranger_cannot_set_up_over_it(required, reviewer):
    """The second factor cannot be replaced by who did not give it."""
    device, _ = equip(reviewer)
    client = let_in(reviewer)
    secret = second_factor.new_secret(reviewer)
    client.post(SET_UP, {"secret": secret, "code": code_of(second_factor.unsealed(reviewer, secret))})
    assert TOTPDevice.objects.get(user=reviewer).key == device.key


def test_before_it_is_set_up_nothing_answers(required, reviewer):
    client = let_in(reviewer)
    for address in every_address():
        assert client.get(address).url.startswith(SET_UP), address


def test_the_device_of_another_opens_nothing(required, reviewer, superuser):
    device, _ = equip(superuser)
    equip(reviewer)
    client = let_in(reviewer)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert client.get(INDEX).url.startswith(ASK)


def test_going_out_is_possible(required, reviewer):
    equip(reviewer)
    client = let_in(reviewer)
    assert client.post(reverse("admin:logout")).status_code == 200


# --- the code ------------------------------------------------------------------------------------
def test_a_code_opens_once(required, reviewer):
    device, _ = equip(reviewer)
    code = code_of(device, 1)
    assert let_in(reviewer).post(ASK, {"code": code}).status_code == 302
    answer = let_in(reviewer).post(ASK, {"code": code})
    assert answer.status_code == 200 and "动态码不对" in answer.content.decode()


def test_the_code_of_setting_up_does_not_open_again(required, reviewer):
    device, _ = equip(reviewer)
    assert let_in(reviewer).post(ASK, {"code": code_of(device)}).status_code == 200


@pytest.mark.parametrize("code", ["", "000000", "abc", "12345678901234567890", "\x00", "１２３", "-00001", "x" * 4000])
def test_a_wrong_code_is_a_sentence(required, reviewer, code):
    equip(reviewer)
    answer = let_in(reviewer).post(ASK, {"code": code})
    assert answer.status_code == 200 and answer.context["form"].errors["code"]


@pytest.mark.parametrize("written", ["{0} {1}", " {0}{1} ", "{2}"])
def test_spaces_and_full_width_digits_are_understood(required, reviewer, written):
    device, _ = equip(reviewer)
    code = code_of(device, 1)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code)
    assert let_in(reviewer).post(ASK, {"code": written.format(code[:3], code[3:], wide)}).status_code == 302


def test_guesses_are_slowed_down(required, reviewer):
    device, _ = equip(reviewer)
    client = let_in(reviewer)
    client.post(ASK, {"code": "000000"})
    right = code_of(device, 1)
    answer = client.post(ASK, {"code": right})
    assert answer.status_code == 429 and int(answer["Retry-After"]) >= 1 and "试错的次数太多" in answer.content.decode()
    forget_throttle()  # the control: without the brake the same code opens
    assert client.post(ASK, {"code": right}).status_code == 302


def test_a_wrong_code_is_written_down(required, reviewer):
    equip(reviewer)
    let_in(reviewer).post(ASK, {"code": "000000"})
    assert AccessEvent.objects.filter(kind="sign_in_failed", account=reviewer, note="动态码不对").count() == 1


def test_what_is_refused_unread_is_not_written_down(required, reviewer):
    equip(reviewer)
    client = let_in(reviewer)
    for _ in range(5):
        client.post(ASK, {"code": "000000"})
    assert AccessEvent.objects.filter(kind="sign_in_failed", account=reviewer).count() == 1


@pytest.mark.parametrize(("code", "model"), [("000000", TOTPDevice), ("aaaa-bbbb-cccc", StaticDevice)])
def test_who_knows_the_password_only_shuts_nobody_out_for_days(required, reviewer, code, model):
    """The wait doubles with each wrong code: after twenty it would be six days."""
    equip(reviewer)
    client = let_in(reviewer)
    long_ago = timezone.now() - timedelta(days=30)
    for _ in range(20):
        model.objects.update(throttling_failure_timestamp=long_ago)
        client.post(ASK, {"code": code})
    answer = client.post(ASK, {"code": code})
    assert 500 <= int(answer["Retry-After"]) <= 513


# --- recovery codes ------------------------------------------------------------------------------
def test_a_recovery_code_opens_once(required, reviewer):
    _, codes = equip(reviewer)
    assert len(set(codes)) == 10
    assert let_in(reviewer).post(ASK, {"code": codes[3].upper()}).status_code == 302
    answer = let_in(reviewer).post(ASK, {"code": codes[3]})
    assert "恢复码不对，或者已经用过" in answer.content.decode()


def test_they_are_kept_as_fingerprints_only(reviewer):
    _, codes = equip(reviewer)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10 and not kept & {code.replace("-", "") for code in codes}


def test_new_ones_replace_the_old(required, reviewer):
    device, old = equip(reviewer)
    client = let_in(reviewer)
    client.post(ASK, {"code": code_of(device, 1)})
    new = client.post(CODES).context["codes"]
    with pytest.raises(ValidationError):
        second_factor.verify(reviewer, old[0])
    StaticToken.objects.get(token=second_factor._fingerprint(new[0]))


def test_who_came_in_by_a_recovery_code_stays_in(required, reviewer):
    client = let_in(reviewer)
    _, codes = equip(reviewer)
    client.post(ASK, {"code": codes[0]})
    assert len(client.post(CODES).context["codes"]) == 10
    assert client.get(INDEX).status_code == 200


def test_new_ones_need_the_code_first(required, reviewer):
    equip(reviewer)
    let_in(reviewer).post(CODES)
    assert AccessEvent.objects.filter(note="换了一批恢复码").count() == 0


# --- setting up ----------------------------------------------------------------------------------
def test_a_wrong_code_sets_nothing_up_and_keeps_the_picture(required, reviewer):
    client = let_in(reviewer)
    secret = client.get(SET_UP).context["form"].initial["secret"]
    answer = client.post(SET_UP, {"secret": secret, "code": "000000"})
    assert "动态码不对" in answer.content.decode() and secret in answer.content.decode()
    assert not TOTPDevice.objects.exists() and User.objects.get(pk=reviewer.pk).second_factor_since is None


def test_looking_keeps_nothing(required, reviewer):
    client = let_in(reviewer)
    for _ in range(2):
        client.get(SET_UP)
    assert not TOTPDevice.objects.exists()


def test_the_secret_of_another_an_altered_and_an_old_one(required, reviewer, superuser, monkeypatch):
    client = let_in(reviewer)
    theirs = second_factor.new_secret(superuser)
    for secret in (theirs, theirs + "x", "", "\x00", signing.dumps(1)):
        answer = client.post(SET_UP, {"secret": secret, "code": "123456"}, follow=True)
        assert "停留太久" in answer.content.decode()
    mine = second_factor.new_secret(reviewer)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 60)
    assert second_factor.unsealed(reviewer, mine) is None


def test_a_new_telephone_replaces_the_old(required, reviewer):
    old, _ = equip(reviewer)
    new, _ = equip(reviewer)
    assert TOTPDevice.objects.get(user=reviewer).key == new.key != old.key


def test_the_device_models_are_not_in_the_back_office(sign_in, superuser):
    assert "otp_totp" not in sign_in(superuser).get(INDEX).content.decode()
    assert not admin.site.is_registered(TOTPDevice)
