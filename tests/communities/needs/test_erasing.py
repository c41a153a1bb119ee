"""What is held of who asked goes when it is due or when they wish it, and never comes back."""
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.models import Need, NeedOriginal
from communities.models.need_moves import Verb
from communities.needs import handling
from communities.needs.erasing import erase_at_wish
from guicheng.personal import cipher
from guicheng.personal.rotating import unreadable
from guicheng.upkeep import erasing
from guicheng.upkeep.backup import make_backup
from guicheng.upkeep.health import Level, examine
from tests import factories
from tests.guicheng.backups import elsewhere

pytestmark = pytest.mark.django_db
PHONE = "13800000000"  # of nobody


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "backups"
    settings.PERSONAL_KEYS = settings.DATA_DIR / "personal_keys"
    settings.DATA_DIR.mkdir()


def run(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def ended(days):
    """A need that ended so many days ago."""
    need = factories.make_need(phone=PHONE, name="示例", text="示例家里三盏灯都不亮。")
    handling.do(need, Verb.WITHDRAW, None, at=timezone.now() - timedelta(days=days))
    return need


def test_it_goes_when_its_days_are_over():
    old, young, still_open = ended(181), ended(179), factories.make_need(phone=PHONE)
    assert "会清除 1 件" in run("purge_personal_data", dry_run=True)
    assert not NeedOriginal.objects.get(need=old).is_erased
    assert "清除了 1 件" in run("purge_personal_data")
    gone = NeedOriginal.objects.get(need=old)
    assert (gone.name, gone.text, gone.phone, gone.has_phone) == ("", "", "", False)
    assert Need.objects.get(pk=old.pk).events.count() == 2
    assert not NeedOriginal.objects.filter(need__in=[young, still_open]).exclude(erased_at=None).exists()
    assert "会清除 0 件" in run("purge_personal_data", dry_run=True)


def test_what_is_taken_up_again_counts_anew(settings):
    need = factories.make_need(phone=PHONE)
    handling.do(need, Verb.REFUSE, None, text="请打 12368。", at=timezone.now() - timedelta(days=300))
    handling.reopen(need, factories.make_user(), "打错了。")
    assert "会清除 0 件" in run("purge_personal_data", dry_run=True)


def test_nothing_is_filled_in_again():
    need = ended(1)
    erase_at_wish(need)
    with pytest.raises(DatabaseError), transaction.atomic():
        NeedOriginal.objects.filter(need=need).update(name="示例", erased_at=None)


def test_the_register_holds_keys_alone(settings):
    need = ended(1)
    erase_at_wish(need)
    (path,) = (settings.DATA_DIR / erasing.FOLDER).iterdir()
    assert path.read_text() == f"needoriginal:{need.sending}\n"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["the same machine", "a new one"])
def test_a_restore_brings_nothing_back(settings, tmp_path, where):
    need = ended(1)
    before = make_backup()
    erase_at_wish(need)
    after = make_backup()  # a new machine learns of it from any later backup
    with elsewhere(settings, tmp_path / "new"):
        if where == "the same machine":
            (settings.DATA_DIR / erasing.FOLDER).mkdir()
            for path in (tmp_path / "var" / erasing.FOLDER).iterdir():
                (settings.DATA_DIR / erasing.FOLDER / path.name).write_bytes(path.read_bytes())
            said = run_restore(before)
        else:
            said = run_restore(after)
        assert "又清除了一遍（登记 1 件）" in said
        assert NeedOriginal.objects.get().is_erased


def run_restore(backup):
    out = StringIO()
    call_command("restore", str(backup.folder), stdout=out)
    return out.getvalue()


def test_the_keys_are_in_no_backup_unless_asked(settings):
    ended(1)
    found = [path.name for path in make_backup().folder.rglob("*")]
    assert "personal_keys" not in found
    assert "personal_keys" in [path.name for path in make_backup(with_secrets=True).folder.rglob("*")]


def test_a_key_is_changed_and_everything_is_still_read():
    need = factories.make_need(phone=PHONE)
    before = bytes(need.original.phone_kept)
    assert "重新加密 1 条，旧密钥作废 1 把" in run("rotate_personal_key")
    original = NeedOriginal.objects.get()
    assert original.phone == PHONE
    assert bytes(original.phone_kept) != before
    with pytest.raises(cipher.Unreadable):
        cipher.decrypted(before, original.cipher_row)


def test_another_machines_keys_are_seen(settings):
    factories.make_need(phone=PHONE)
    assert unreadable() == 0
    settings.PERSONAL_KEYS.unlink()
    assert unreadable() == 1
    found = {each.key: seen for each, seen in examine().found}
    assert found["personal"].level == Level.BAD


def test_a_later_need_with_the_same_number_is_another(settings):
    """A restored database gives keys and numbers out again: neither the register nor an old link meets them."""
    gone = ended(1)
    link, key, number = gone.get_link(), gone.pk, gone.number
    erase_at_wish(gone)
    later = factories.make_need(phone=PHONE)
    assert Need(pk=key, number=number, sending=later.sending).get_link() != link
    (settings.DATA_DIR / erasing.FOLDER / "by-number.txt").write_text(f"needoriginal:{later.pk}\n")
    assert erasing.replay() == 2
    assert not NeedOriginal.objects.get(need=later).is_erased
