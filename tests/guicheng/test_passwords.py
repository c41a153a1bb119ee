"""Passwords of one's own: the kinds, the common ones in any spelling, the last five, and their age."""
import random
import string
import time
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from guicheng.accounts import passwords
from guicheng.accounts.models import UsedPassword, User
from guicheng.accounts.passwords import COMMON, NO_LETTER, TOO_FEW, TOO_SIMPLE, USED, EnoughKinds, NotCommon
from tests import factories

LOGIN, INDEX, CHANGE = (reverse(f"admin:{name}") for name in ("login", "index", "password_change"))
SIGNS = "!@#$%^&*-_.+= "
# what nobody's list of common ones holds; after the first come those that sound alike or hold one word of it
GOOD = [
    "correct horse battery staple", "horse battery dragon monkey", "rwgzmXJVzmbEhZFo",
    "自己的-口令-2026", "我家门口有3棵大榕树!",
    "Zx9$kLm2pQ", "wo zui xihuan he cha 9", "一条大河波浪宽风吹稻花香两岸我家就在",
    "kuaile de yi tian cong zaocan kaishi", "桂城的3只猫爱睡觉!", "Xuanji&2026puer",
]
SPELLED = [
    "Guicheng@2026", "桂城2026!!abc", "GuiCheng#123456", "gu1ch3ng@2026A", "Ｇｕｉｃｈｅｎｇ2026",
    "guìchéng2026!", "g.u.i.c.h.e.n.g.2026A", "Gc@20262026", "P@ssw0rd2026", "Pa$$w0rd!!2026", "Admin@123456",
    "1qaz@WSX3edc", "Qwer1234!@#$", "Aa123456789!", "桂城街道办事处2026!", "GUICHENG-jiedao-1",
    "guichengguicheng", "桂城二〇二六年密码Aa1", "Password桂城1", "Monkey#Dragon2026", "abcdefghijklmnopq",
    "qwertyuiopasdfgh", "iloveyouguicheng", "woaiguicheng1314!", "Guicheng2026xy!", "2026guicheng!Gc",
    "Nanhai-Foshan-528200", "poiuytrewq!1A",
]


def refusal(password, *validators):
    for validator in validators or (EnoughKinds(), NotCommon()):
        try:
            validator.validate(password)
        except ValidationError as error:
            return error.message
    return ""


# --- kinds ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("password", "sentence"), [
    ("Zx9kLm2pQ", TOO_SIMPLE), ("Zx9kLm2pQw", ""), ("zx9klm2pqw", TOO_SIMPLE), ("zxkLmpQwRt", TOO_SIMPLE),
    ("zx9klm2p-w", ""), ("小猫zx9klm2p", ""), ("小猫和小狗一起吃早饭", TOO_SIMPLE), ("小猫和小狗一起吃早饭，1", ""),
    ("zxcklmwpqwrtbnh", TOO_SIMPLE), ("zxcklmwpqwrtbnhu", ""), ("ｚｘ９ｋＬｍ２ｐＱｗ", ""), ("Aa1Aa1Aa1Aa1", TOO_FEW),
    ("aaaaaaaaaaaaaaaa", TOO_FEW), ("", TOO_SIMPLE), ("\ud800" * 10, TOO_SIMPLE),
])
def test_ten_of_three_kinds_or_sixteen_of_any(password, sentence):
    assert refusal(password, EnoughKinds()) == sentence


# --- common ones ---------------------------------------------------------------------------------
@pytest.mark.parametrize("password", SPELLED)
def test_a_common_one_is_found_in_any_spelling(password):
    assert refusal(password, NotCommon()) == COMMON


@pytest.mark.parametrize("password", ["2026-11-27-0757", "83#91$02&47*15^6", "1234567890123456", "二〇二六2026!!"])
def test_without_a_letter_it_is_refused(password):
    assert refusal(password, NotCommon()) in (NO_LETTER, COMMON)


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_passes(password):
    assert refusal(password) == ""


def test_random_ones_pass():
    """Of sixteen signs all but one in a hundred: those with hardly a letter."""
    dice = random.Random(7)  # noqa: S311
    signs = string.ascii_letters + string.digits + string.punctuation
    made = ["".join(dice.choices(signs, k=16)) for _ in range(500)]
    assert sum(refusal(each) != "" for each in made) <= 5
    assert all(refusal("".join(dice.choices(string.ascii_lowercase, k=16))) == "" for _ in range(500))


@st.composite
def spelled(draw):
    """One to three words that everybody tries, each letter spelled somehow, digits and signs anywhere, long enough."""
    words = draw(st.lists(st.sampled_from(["guicheng", "桂城", "nanhai", "密码", "admin", "foshan", "党建", "woaini"]),
                          min_size=1, max_size=3))
    noise, text = st.text(string.digits + SIGNS, max_size=3), ""
    for letter in "".join(words):
        looks = [sign for sign, letters in passwords.LOOKS_LIKE.items() if letter in letters]
        wide = chr(ord(letter) + 0xFEE0) if letter.isascii() else letter
        text += draw(st.sampled_from([letter, letter.upper(), wide, *looks])) + draw(noise)
    return draw(noise) + text + draw(st.sampled_from(["2026", "2026!!", "@123456", "", "二〇二六年"]))


@given(spelled())
@hypothesis_settings(max_examples=150, deadline=None, derandomize=True)
def test_no_spelling_hides_a_word_everybody_tries(password):
    assert refusal(password, NotCommon()) in (COMMON, NO_LETTER)


@given(st.text(max_size=40))
@hypothesis_settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_is_typed_gets_an_answer(password):
    refusal(password, EnoughKinds()), refusal(password, NotCommon())


def test_a_long_one_takes_no_time():
    began = time.process_time()
    for password in ("1" * 2000 + "xkqzv", "1!0@" * 500 + "xkqzv"):
        refusal(password, NotCommon())
    assert time.process_time() - began < 3


@pytest.mark.django_db
def test_the_first_administrators_password_is_good_enough(capsys):
    for _ in range(5):
        call_command("ensure_admin")
        user = User.objects.get(is_superuser=True)
        validate_password(capsys.readouterr().out.rsplit("口令　", 1)[1].strip(), User(username="admin"))
        user.delete()


# --- the last five -------------------------------------------------------------------------------
@pytest.fixture
def change(client, clerk):
    """Sign in and change: `change(old, new)` gives the answer's page."""
    def _change(old, new):
        client.post(LOGIN, {"username": clerk.username, "password": old})
        return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new})

    return _change


def own(number):
    return f"窗前的第{number}棵榕树-a"


def test_none_of_the_last_five(change, clerk):
    assert change(factories.PASSWORD, own(1)).status_code == 302
    for number in range(1, 5):
        assert USED in change(own(number), factories.PASSWORD).text, number
        assert change(own(number), own(number + 1)).status_code == 302
    assert "新口令不能和现在的一样" in change(own(5), own(5)).text
    assert USED in change(own(5), own(2)).text
    assert change(own(5), factories.PASSWORD).status_code == 302, "the sixth is free"
    assert clerk.used_passwords.count() == 5


def test_only_fingerprints_are_kept_and_nobody_is_shown_them(change, clerk):
    change(factories.PASSWORD, own(1))
    kept = list(UsedPassword.objects.values_list("password", flat=True))
    assert len(kept) == 2 and not [each for each in kept if own(1) in each or factories.PASSWORD in each]
    assert not admin.site.is_registered(UsedPassword)


def test_one_time_passwords_do_not_count(change, clerk):
    change(factories.PASSWORD, own(1))
    clerk.refresh_from_db()
    once = clerk.give_one_time_password()
    assert change(once, own(2)).status_code == 302
    clerk.refresh_from_db()
    assert clerk.used_passwords.count() == 3 and not [
        each for each in clerk.used_passwords.all() if each.password == once]
    assert USED in change(own(2), own(1)).text


def test_a_password_from_before_they_were_kept_counts_through_a_reset(change, clerk):
    once = clerk.give_one_time_password()
    assert USED in change(once, factories.PASSWORD).text


def test_the_same_password_of_another_is_nobodys_business(change, reviewer):
    reviewer.choose_password(own(1))
    assert change(factories.PASSWORD, own(1)).status_code == 302


def test_they_are_not_asked_while_something_else_is_wrong(client, change, clerk, monkeypatch):
    asked = []
    monkeypatch.setattr(passwords, "check_password", lambda *args: asked.append(args))
    change(factories.PASSWORD, own(1))
    asked.clear()
    answer = client.post(CHANGE, {"old_password": "不对", "new_password1": own(2), "new_password2": own(2)})
    assert "现在的口令不对" in answer.text and asked == []


@pytest.mark.parametrize(("new", "sentence"), [
    ("short-1A", TOO_SIMPLE), ("Guicheng@2026", COMMON), ("1234-5678-90!2 3", NO_LETTER), ("Aa1Aa1Aa1Aa1", TOO_FEW)])
def test_the_page_says_the_rule_and_what_is_wrong(client, change, clerk, new, sentence):
    answer = change(factories.PASSWORD, new)
    assert sentence in answer.text and passwords.HELP in answer.text
    clerk.refresh_from_db()
    assert clerk.check_password(factories.PASSWORD)


# --- its age -------------------------------------------------------------------------------------
def made_days_ago(user, days):
    User.objects.filter(pk=user.pk).update(password_chosen_at=timezone.now() - timedelta(days=days))


def test_an_old_one_is_changed_at_the_next_sign_in(client, clerk, settings, change):
    settings.PASSWORD_DAYS = 90
    made_days_ago(clerk, 90)
    client.post(LOGIN, {"username": clerk.username, "password": factories.PASSWORD})
    assert client.get(INDEX).url.startswith(CHANGE) and "你的口令用得太久了" in client.get(CHANGE).text
    assert change(factories.PASSWORD, own(1)).status_code == 302
    assert client.get(INDEX).status_code == 200
    client.post(LOGIN, {"username": clerk.username, "password": own(1)})
    assert client.get(INDEX).status_code == 200


@pytest.mark.parametrize(("days", "age"), [(90, 89), (0, 5000)])
def test_control_a_young_one_or_no_such_rule(client, clerk, settings, days, age):
    settings.PASSWORD_DAYS = days
    made_days_ago(clerk, age)
    client.post(LOGIN, {"username": clerk.username, "password": factories.PASSWORD})
    assert client.get(INDEX).status_code == 200


def test_it_does_not_cut_off_who_is_at_work(sign_in, clerk, settings):
    """What they are writing would be lost."""
    client = sign_in(clerk)
    settings.PASSWORD_DAYS = 90
    made_days_ago(clerk, 91)
    assert client.get(INDEX).status_code == 200


def test_of_an_account_from_before_the_age_counts_from_its_beginning(clerk, settings):
    settings.PASSWORD_DAYS = 90
    assert not clerk.password_is_old
    clerk.active_since = timezone.now() - timedelta(days=91)
    assert clerk.password_is_old
    clerk.give_one_time_password()
    assert not clerk.password_is_old, "that one is to be changed anyway"


# --- an account that another changes meanwhile -------------------------------------------------------
@pytest.mark.parametrize("verb", [lambda account: account.choose_password(own(1)), User.give_one_time_password])
def test_a_password_set_by_who_read_the_account_before_opens_nothing(clerk, verb):
    stale = User.objects.get(pk=clerk.pk)
    clerk.disable()
    User.objects.filter(pk=clerk.pk).update(second_factor_since=timezone.now(), is_established=True, name="新名字")
    verb(stale)
    now = User.objects.get(pk=clerk.pk)
    assert not now.is_active and now.sign_in_token == ""
    assert now.second_factor_since and now.is_established and now.name == "新名字"
    assert now.check_password(own(1)) or now.must_change_password


def test_control_to_give_an_account_back_opens_it(clerk):
    clerk.disable()
    password = clerk.enable()
    now = User.objects.get(pk=clerk.pk)
    assert now.is_active and now.check_password(password) and now.active_since == clerk.active_since
