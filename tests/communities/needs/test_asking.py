"""A need is taken in once, masked for everybody, and found again by who asked it."""
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from communities.models import Need, NeedNumber, NeedOriginal
from communities.needs.asking import ask, found_again
from guicheng.personal import cipher
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "13800000000"  # of nobody


def test_one_form_is_one_need():
    first, is_new = ask("one", "question", "办居住证要带什么")
    again, is_new_too = ask("one", "question", "办居住证要带什么")
    assert (first, is_new, is_new_too) == (again, True, False)
    assert Need.objects.count() == 1


def test_numbers_of_a_month_are_given_once():
    numbers = [factories.make_need().number for _ in range(3)]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]
    assert NeedNumber.objects.count() == 1


def test_the_number_left_with_it_is_nowhere_to_be_read():
    need = factories.make_need(phone="138 0000-0000", name="示例")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM communities_needoriginal")
        kept = b" ".join(bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode()
                         for each in cursor.fetchone())
    assert PHONE.encode() not in kept
    original = NeedOriginal.objects.get(need=need)
    assert original.phone == PHONE
    assert original.phone_hidden == "138****0000"
    assert NeedOriginal.objects.of_phone("+86 138 0000 0000").get() == original


def test_copied_to_another_row_it_is_unreadable():
    one, other = factories.make_need(phone=PHONE).original, factories.make_need(phone="13900000000").original
    other.phone_kept = one.phone_kept
    with pytest.raises(cipher.Unreadable):
        other.phone  # noqa: B018


@pytest.mark.parametrize("phone", ["123", "1380000000", "abc", "２３"])
def test_what_is_no_number_is_said_and_nothing_written(phone):
    with pytest.raises(ValidationError) as error:
        factories.make_need(phone=phone)
    assert "phone" in error.value.message_dict
    assert not Need.objects.exists()


def test_it_is_found_by_number_and_the_last_four_digits():
    need = factories.make_need(phone=PHONE)
    assert found_again(f" {need.number.lower()} ", "0000") == need
    assert found_again(need.number, "0001") is None
    assert found_again(need.number, "") is None
    assert found_again(factories.make_need().number, "") is None


def test_a_link_cannot_be_guessed_from_another():
    one, other = factories.make_need(), factories.make_need()
    assert one.link_key != other.link_key
    assert len(one.link_key) == 16
    one.link_number = 2
    assert one.link_key != Need.objects.get(pk=one.pk).link_key


@pytest.mark.parametrize("way", ["aes", "sm4"])
def test_both_ways_are_read_whatever_is_set(settings, way):
    settings.PERSONAL_CIPHER = way
    kept = cipher.encrypted(PHONE, "row:1")
    settings.PERSONAL_CIPHER = "sm4" if way == "aes" else "aes"
    assert cipher.decrypted(kept, "row:1") == PHONE
    assert not cipher.is_current(kept)


@pytest.mark.parametrize("place", [0, 1, 5, -1])
def test_what_was_altered_is_unreadable(place):
    kept = bytearray(cipher.encrypted(PHONE, "row:1"))
    kept[place] ^= 1
    with pytest.raises(cipher.Unreadable):
        cipher.decrypted(kept, "row:1")


def test_a_new_key_writes_and_the_old_one_still_reads():
    before = cipher.encrypted(PHONE, "row:1")
    assert cipher.add_key() == 2
    assert cipher.decrypted(before, "row:1") == PHONE
    assert not cipher.is_current(before)
    after = cipher.encrypted(PHONE, "row:1")
    cipher.drop_old_keys()
    assert cipher.decrypted(after, "row:1") == PHONE
    with pytest.raises(cipher.Unreadable):
        cipher.decrypted(before, "row:1")
