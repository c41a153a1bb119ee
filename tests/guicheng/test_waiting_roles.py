"""A guarded role given before the one-time password was used: the password stays good, the role waits."""
import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from guicheng.access.permissions import can_manage_account, needs_second_factor
from guicheng.accounts import waiting
from guicheng.accounts.making import make_account
from guicheng.accounts.models import AccessEvent
from guicheng.notices.inbox import InboxMessage
from guicheng.office.submissions import Submission
from tests import factories
from tests.forms import opened, post
from tests.guicheng.test_two_factor import equip

pytestmark = pytest.mark.django_db
ROLE = "业务管理员"


@pytest.fixture
def keeper(db):
    return factories.make_user("keeper", name="管账号的", roles=["系统管理员"])


@pytest.fixture
def giver(db):
    return factories.make_user("giver", name="管授权的", roles=["安全管理员"])


@pytest.fixture
def newcomer(keeper):
    """(account, one-time password), as 系统管理员 made it."""
    return make_account(keeper, username="newcomer", name="新来的")


def page(name, account):
    return reverse(f"admin:guicheng_user_{name}", args=[account.pk])


def give(client, account, *names):
    address = page("change", account)
    groups = [str(pk) for pk in Group.objects.filter(name__in=names).values_list("pk", flat=True)]
    answer = post(client, address, opened(client, address), groups=groups)
    account.refresh_from_db()
    return answer


def test_it_works(sign_in, giver, newcomer):
    account, password = newcomer
    client = sign_in(giver)
    give(client, account, ROLE, "审核员")
    assert account.check_password(password), "the paper the person was given is still good"
    assert [group.name for group in account.groups.all()] == ["审核员"] and account.waiting_roles == ROLE
    assert f"{ROLE}还没有授予" in client.get(page("change", account)).content.decode()

    account.choose_password("自己的-口令-2026")
    told = InboxMessage.objects.get(recipient=giver)
    assert f"{ROLE}等你授予" in told.title and account.groups.count() == 1, "and not by itself"
    assert "请先当面或打电话核实" in client.get(page("roles", account)).content.decode()
    client.post(page("roles", account))
    account.refresh_from_db()
    assert {group.name for group in account.groups.all()} == {ROLE, "审核员"} and not account.waiting_roles
    assert AccessEvent.objects.filter(kind="roles_changed", account=account, note__contains="核实是本人").exists()


def test_not_before_the_person_has_a_password(sign_in, giver, newcomer):
    account, _ = newcomer
    client = sign_in(giver)
    give(client, account, ROLE)
    client.post(page("roles", account))
    assert not account.groups.exists()
    with pytest.raises(ValidationError, match="本人还没有改好口令"):
        waiting.take_effect(account)


def test_not_before_the_second_factor_where_it_is_asked(settings, sign_in, giver, newcomer):
    settings.REQUIRE_TOTP = "none"
    account, _ = newcomer
    give(sign_in(giver), account, ROLE)
    settings.REQUIRE_TOTP = "roles"
    assert needs_second_factor(account), "the person is led to it, though the role is not given yet"
    account.choose_password("自己的-口令-2026")
    assert not waiting.is_ready(account) and not InboxMessage.objects.exists()
    equip(account)
    assert waiting.is_ready(account) and InboxMessage.objects.filter(recipient=giver).count() == 1


def test_who_made_it_can_no_longer_set_its_password(sign_in, giver, keeper, newcomer):
    account, _ = newcomer
    assert can_manage_account(keeper, account)
    give(sign_in(giver), account, ROLE)
    assert not can_manage_account(keeper, account)


def test_who_made_it_does_not_let_it_take_effect(sign_in, giver, keeper, newcomer):
    account, _ = newcomer
    give(sign_in(giver), account, ROLE)
    account.choose_password("自己的-口令-2026")
    assert sign_in(keeper).post(page("roles", account)).status_code == 403
    assert not account.groups.exists()


def test_unticked_it_waits_no_longer(sign_in, giver, newcomer):
    account, _ = newcomer
    client = sign_in(giver)
    give(client, account, ROLE, "审核员")
    give(client, account, "审核员")
    assert not account.waiting_roles and account.groups.get().name == "审核员"


def test_another_change_leaves_it_waiting(sign_in, giver, newcomer):
    account, _ = newcomer
    client = sign_in(giver)
    give(client, account, ROLE)
    account.choose_password("自己的-口令-2026")
    give(client, account, ROLE, "审核员")
    assert account.waiting_roles == ROLE and account.groups.get().name == "审核员", "nobody made sure yet"


def test_two_that_must_be_apart_are_refused(sign_in, giver, newcomer):
    account, _ = newcomer
    answer = give(sign_in(giver), account, "系统管理员", "安全审计员")
    assert "不能由同一个人担任" in answer.content.decode() and not account.waiting_roles


def test_control_with_a_password_of_ones_own_it_is_given_at_once(sign_in, giver, newcomer):
    account, _ = newcomer
    account.choose_password("自己的-口令-2026")
    give(sign_in(giver), account, ROLE)
    assert account.groups.get().name == ROLE and not account.waiting_roles


def test_where_nothing_waits_nothing_is_written(sign_in, giver, clerk):
    client = sign_in(giver)
    for name in ("roles", "identity"):
        assert client.post(page(name, clerk)).url == page("change", clerk)
    assert not Submission.objects.exists() and not AccessEvent.objects.filter(account=clerk).exists()
