"""The access log and the operation log: written by what happens, changed by nobody, read by 安全审计员."""
import csv
import io
from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guicheng.access.roles import ROLES
from guicheng.accounts import log_admin
from guicheng.accounts.access_log import record
from guicheng.accounts.models import AccessEvent
from guicheng.trail.append_only import missing_triggers
from tests import factories

pytestmark = pytest.mark.django_db
LISTS = {"access": "guicheng_accessevent", "operation": "admin_logentry"}
LOG = reverse("admin:guicheng_accessevent_changelist")
EXPORT = reverse("admin:guicheng_accessevent_export")


@pytest.fixture
def auditor(db):
    return factories.make_user("auditor", name="审计的", roles=["安全审计员"])


def kinds(**kw):
    return list(AccessEvent.objects.filter(**kw).order_by("pk").values_list("kind", flat=True))


def exported(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def event(kind="signed_in", day=None, **kw):
    at = timezone.make_aware(datetime.fromisoformat(day)) if day else timezone.now()
    return AccessEvent.objects.create(kind=kind, at=at, **kw)


# --- what is written down ------------------------------------------------------------------------
def test_it_works(clerk, settings):
    settings.PROXY_COUNT = 1
    client, login = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.1.2.3"), reverse("admin:login")
    client.post(login, {"username": "clerk", "password": "不对"})
    client.post(login, {"username": "clerk", "password": factories.PASSWORD})
    client.post(reverse("admin:logout"))
    assert kinds(account=clerk) == ["sign_in_failed", "signed_in", "signed_out"]
    assert set(AccessEvent.objects.values_list("address", flat=True)) == {"10.1.2.3"}


def test_a_name_nobody_has_is_not_kept():
    """It may be a password in the wrong box."""
    Client().post(reverse("admin:login"), {"username": "我的口令-2021", "password": "x"})
    row = AccessEvent.objects.get()
    assert (row.kind, row.account, row.note) == ("sign_in_failed", None, "没有这个账号")


def test_every_download_is_written_down(sign_in, auditor):
    sign_in(auditor).get(EXPORT, {"kind": "signed_in"})
    row = AccessEvent.objects.get(kind="downloaded")
    assert row.by == auditor and row.note == f"{EXPORT}?kind=signed_in"


def test_a_page_is_no_download(sign_in, auditor):
    sign_in(auditor).get(LOG)
    assert kinds(kind="downloaded") == []


def test_a_public_download_names_nobody(client, facts):
    assert client.get("/reports/").status_code == 200
    assert not AccessEvent.objects.exists()


# --- nobody changes it ---------------------------------------------------------------------------
def entry(user):
    return LogEntry.objects.create(user=user, object_repr="甲", action_flag=2, change_message="改")


@pytest.mark.parametrize("way", ["update", "delete"])
@pytest.mark.parametrize("model", [AccessEvent, LogEntry])
def test_the_database_refuses(clerk, model, way):
    row = event() if model is AccessEvent else entry(clerk)
    rows = model.objects.filter(pk=row.pk)
    change = (lambda: rows.update(**{"note" if model is AccessEvent else "object_repr": "乙"})
              ) if way == "update" else rows.delete
    with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic():
        change()
    assert rows.exists()


def test_only_known_kinds_are_written():
    """The constraint both ways, by form and by database."""
    event("signed_in").full_clean()
    with pytest.raises(ValidationError, match="事项不在可选范围内"):
        AccessEvent(kind="hum").validate_constraints()
    with pytest.raises(IntegrityError, match="guicheng_accessevent_kind_known"), transaction.atomic():
        event("hum")


def test_the_triggers_are_looked_for_at_the_start():
    with connection.cursor() as cursor:
        table = "django_admin_log"
        where = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {table}_no_update{where}")
    assert missing_triggers() == [f"{table}_no_update"]


@pytest.mark.parametrize("log", LISTS)
def test_no_page_changes_it(sign_in, superuser, log):
    row = event() if log == "access" else entry(superuser)
    client, name = sign_in(superuser), LISTS[log]
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"admin:{name}_change", args=[row.pk]), {"note": "x"}).status_code == 403


# --- who reads it --------------------------------------------------------------------------------
@pytest.mark.parametrize("log", LISTS)
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"安全审计员"}))
def test_others_do_not_read_it(sign_in, log, role):
    client = sign_in(factories.make_user(roles=[role]))
    for page in ("changelist", "export"):
        assert client.get(reverse(f"admin:{LISTS[log]}_{page}")).status_code == 403
    assert "访问日志" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("log", LISTS)
@pytest.mark.parametrize("who", ["auditor", "superuser"])
def test_the_auditor_finds_it_from_the_first_page(sign_in, request, log, who):
    client = sign_in(request.getfixturevalue(who))
    address = reverse(f"admin:{LISTS[log]}_changelist")
    assert address in client.get(reverse("admin:index")).content.decode()
    assert client.get(address).status_code == client.get(reverse(f"admin:{LISTS[log]}_export")).status_code == 200


# --- looking and downloading ---------------------------------------------------------------------
def test_what_is_filtered_is_what_is_downloaded(sign_in, auditor, clerk):
    client = sign_in(auditor)
    event("signed_in", "2026-09-01T00:00", account=clerk, note="第一")
    event("signed_in", "2026-09-30T23:59", account=clerk, note="末一")
    event("signed_in", "2026-10-01T00:00", account=clerk, note="之后")
    event("signed_out", "2026-09-10T10:00", account=clerk, note="别的")
    query = {"kind": "signed_in", "since": "2026-09-01", "until": "2026-09-30", "q": "clerk"}
    page = client.get(LOG, query)
    shown = [row.note for row in page.context["cl"].result_list]
    assert shown == ["末一", "第一"]
    assert [row["内容"] for row in exported(client.get(EXPORT, query))] == shown
    assert "export/?kind=signed_in" in page.content.decode()


def test_a_cell_is_no_formula_and_the_seconds_are_there(sign_in, auditor):
    event("signed_out", "2026-09-01T08:00:07", note="=1+1", address="2001:db8::1")
    row = exported(sign_in(auditor).get(EXPORT, {"kind": "signed_out"}))[0]
    assert (row["内容"], row["时刻"], row["来自"]) == ("'=1+1", "2026-09-01 08:00:07", "2001:db8::1")


@pytest.mark.parametrize("day", ["昨天", "2026-13-01", "0001-01-01", "9999-12-31", "\x00", "2026-09-01T00:00"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_day_that_is_none_is_a_sentence(sign_in, auditor, name, day):
    answer = sign_in(auditor).get(LOG, {name: day}, follow=True)
    said = answer.content.decode()
    assert answer.status_code == 200 and ("日期没有看懂" in said or "没法识别" in said)


def test_a_hidden_field_cannot_be_asked_for(sign_in, auditor):
    assert sign_in(auditor).get(LOG, {"by__password__startswith": "p"}).status_code == 400
    assert sign_in(auditor).get(EXPORT, {"by__password__startswith": "p"}).status_code == 400


def test_the_operation_log_by_day(sign_in, auditor):
    row = entry(auditor)
    client, address = sign_in(auditor), reverse("admin:admin_logentry_export")
    today = timezone.localdate()
    assert [each["名称"] for each in exported(client.get(address, {"since": today.isoformat()}))] == [row.object_repr]
    assert exported(client.get(address, {"until": (today - timedelta(days=1)).isoformat()})) == []


def test_a_long_list_counts_and_asks_no_more(sign_in, auditor, monkeypatch):
    client = sign_in(auditor)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LOG).status_code == 200
        return len(queries)

    count()
    first = count()
    AccessEvent.objects.bulk_create(AccessEvent(kind="signed_in", by=auditor, account=auditor) for _ in range(120))
    assert count() == first <= 8
    monkeypatch.setattr(log_admin, "MAX_COUNT", 100)
    assert client.get(LOG).context["cl"].result_count == 100


def test_a_command_writes_without_an_address(clerk):
    assert record(AccessEvent.Kind.DISABLED, account=clerk).address is None
