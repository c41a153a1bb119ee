"""The accounts: who may do what to whom, one-time passwords on the screen, units, and leaving."""
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import can_give_roles, can_manage_account
from guicheng.access.roles import APART
from guicheng.accounts.hand_over import leave, summary_of
from guicheng.accounts.models import AccessEvent, User
from tests import factories
from tests.forms import opened, post

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:guicheng_user_changelist"), reverse("admin:guicheng_user_add")


def page(name, account):
    return reverse(f"admin:{name}", args=[account.pk])


def url(account):
    return page("guicheng_user_change", account)


@pytest.fixture
def keeper(db):
    """系统管理员: makes accounts, gives no roles."""
    return factories.make_user("keeper", name="管账号的", roles=["系统管理员"])


@pytest.fixture
def giver(db):
    """安全管理员: gives roles, makes no accounts."""
    return factories.make_user("giver", name="管授权的", roles=["安全管理员"])


@pytest.fixture
def auditor(db):
    return factories.make_user("auditor", name="审计的", roles=["安全审计员"])


@pytest.fixture
def head(office):
    """The administrator of the office's own accounts."""
    user = factories.make_user("head", name="单位管理员", roles=["单位管理员"])
    office.administrators.add(user)
    return user


def typed(**kw):
    return {"username": "zhangsan", "name": "张三", "phone": "", "email": "", "role": "", "unit": "",
            "part": "clerks"} | kw


def roles(*names):
    return [group.pk for group in Group.objects.filter(name__in=names)]


def password_on(answer):
    return re.search(r"<code>([\w-]+)</code>", answer.content.decode())[1]


# --- making accounts -----------------------------------------------------------------------------
def test_it_works(sign_in, keeper, giver, office):
    """Made by one, given its role by another; the password is on the page once and opens the door."""
    answer = sign_in(keeper).post(ADD, typed(role="部门经办人", unit=f"department:{office.pk}", established="on"))
    user = User.objects.get(username="zhangsan")
    assert user.check_password(password_on(answer)) and user.must_change_password and user.is_staff
    assert "no-store" in answer["Cache-Control"]
    assert list(office.clerks.all()) == [user]
    assert not user.groups.exists() and not user.is_established and user.wanted_text == "部门经办人、在编"

    client = sign_in(giver)
    assert "待授权：部门经办人、在编" in client.get(LIST, {"waiting": "1"}).content.decode()
    client.post(LIST, {"action": "give_what_was_asked", "_selected_action": [user.pk]})
    user = User.objects.get(pk=user.pk)
    assert user.has_perm("projects.add_progressupdate") and user.is_established and not user.wanted_text
    assert AccessEvent.objects.filter(kind="roles_changed", by=giver, account=user).exists()


def test_a_superuser_makes_and_gives_in_one_step(sign_in, superuser):
    answer = sign_in(superuser).post(ADD, typed(groups=roles("领导", "审核员")))
    user = User.objects.get(username="zhangsan")
    assert {group.name for group in user.groups.all()} == {"领导", "审核员"} and not user.wanted_text
    assert user.check_password(password_on(answer))
    assert AccessEvent.objects.get(kind="roles_changed", account=user).by == superuser


def test_whoever_gives_no_roles_is_offered_none(sign_in, keeper, superuser):
    assert 'name="groups"' not in sign_in(keeper).get(ADD).content.decode()
    assert 'name="groups"' in sign_in(superuser).get(ADD).content.decode()
    sign_in(keeper).post(ADD, typed(groups=roles("业务管理员")))
    assert not User.objects.get(username="zhangsan").groups.exists()


def test_two_roles_that_stay_apart_are_not_given_at_once(sign_in, superuser):
    answer = sign_in(superuser).post(ADD, typed(groups=roles("系统管理员", "安全管理员")))
    assert answer.context["errors"] and not User.objects.filter(username="zhangsan").exists()


def test_the_head_of_a_unit_makes_accounts_for_it_only(sign_in, head, office, other_clerk):
    client = sign_in(head)
    elsewhere = factories.make_department()
    for wrong in ({"unit": f"department:{elsewhere.pk}"}, {"unit": ""}, {"unit": "user:1"}, {"role": "领导"},
                  {"role": "系统管理员"}, {"part": "administrators"}):
        answer = client.post(ADD, typed(**({"unit": f"department:{office.pk}"} | wrong)))
        assert answer.status_code == 200 and answer.context["errors"], wrong
    assert not User.objects.filter(username="zhangsan").exists()
    client.post(ADD, typed(unit=f"department:{office.pk}", role="审核员", part="reviewers"))
    user = User.objects.get(username="zhangsan")
    assert list(office.reviewers.all()) == [user] and not user.groups.exists() and user.wanted_role == "审核员"


@pytest.mark.parametrize("wrong", [{"username": ""}, {"username": "张 三"}, {"username": "\x00"}, {"name": ""},
                                   {"username": "x" * 151}, {"name": "长" * 41}, {"role": "系统管理员"},
                                   {"unit": "department:99999999999999999999"}, {"part": "nothing"},
                                   {"email": "不是邮箱"}, {"username": "keeper"}])
def test_what_is_wrong_is_said_and_nothing_is_lost(sign_in, keeper, wrong):
    answer = sign_in(keeper).post(ADD, typed(phone="0757-1", **wrong))
    assert answer.status_code == 200 and answer.context["errors"]
    assert "0757-1" in answer.content.decode()


@pytest.mark.parametrize("role", ["部门经办人", "审核员", "业务管理员", "领导", "安全管理员", "安全审计员"])
def test_who_may_not_make_accounts(sign_in, role):
    client = sign_in(factories.make_user(roles=[role]))
    for address in (ADD, reverse("admin:guicheng_user_import")):
        assert client.get(address).status_code == 403
        assert client.post(address, typed()).status_code == 403
    assert client.get(reverse("admin:guicheng_user_import_template")).status_code == 403
    assert not User.objects.filter(username="zhangsan").exists()


def test_nobody_deletes(sign_in, superuser, clerk):
    assert sign_in(superuser).post(page("guicheng_user_delete", clerk), {"post": "yes"}).status_code == 403


# --- who sees and touches whom -------------------------------------------------------------------
def test_a_head_sees_the_people_of_the_unit_and_no_stronger(head, office, clerk, reviewer, other_clerk, keeper,
                                                            superuser, street_admin):
    office.clerks.add(superuser, street_admin, keeper)
    assert set(User.objects.visible_to(head)) == {clerk, reviewer}


def test_a_head_does_not_see_who_also_works_elsewhere(head, clerk, reviewer):
    factories.make_community().clerks.add(clerk)
    factories.make_organisation().administrators.add(reviewer)
    assert not User.objects.visible_to(head).exists()


def test_a_head_without_the_role_or_the_unit_sees_nobody(office, clerk):
    without_role, without_unit = factories.make_user(), factories.make_user(roles=["单位管理员"])
    office.administrators.add(without_role)
    assert not User.objects.visible_to(without_role).exists()
    assert not User.objects.visible_to(without_unit).exists()


def test_a_group_of_the_offices_own_counts_as_strong(head, clerk):
    clerk.groups.add(Group.objects.create(name="临时组"))
    assert clerk not in User.objects.visible_to(head)


STEPS = ["auth_user_password_change", "guicheng_user_leave", "guicheng_user_second_factor", "guicheng_user_enable"]


@pytest.mark.parametrize("step", STEPS)
def test_outside_the_unit_the_answer_is_404(sign_in, head, other_clerk, keeper, step):
    client = sign_in(head)
    for account in (other_clerk, keeper):
        before = account.password
        assert client.get(page(step, account)).status_code == 404
        assert client.post(page(step, account), {"confirm": "1"}).status_code == 404
        account.refresh_from_db()
        assert account.is_active and account.password == before
        assert client.get(url(account)).status_code == 404


@pytest.mark.parametrize("step", STEPS)
def test_the_guarded_are_left_to_a_superuser(sign_in, keeper, street_admin, giver, auditor, superuser, step):
    client = sign_in(keeper)
    for account in (street_admin, giver, auditor, superuser, keeper):
        assert client.post(page(step, account), {"confirm": "1"}).status_code == 403, account
    assert sign_in(superuser).get(page(STEPS[0], street_admin)).status_code == 200


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", ["部门经办人", "审核员", "业务管理员", "领导", "安全管理员", "安全审计员"])
def test_others_touch_no_account(sign_in, clerk, step, role):
    client = sign_in(factories.make_user(roles=[role]))
    assert client.post(page(step, clerk), {"confirm": "1"}).status_code in (403, 404)
    clerk.refresh_from_db()
    assert clerk.is_active and not clerk.must_change_password


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "abc", "%00", "-1"])
def test_numbers_that_are_none_are_404(sign_in, superuser, number):
    client = sign_in(superuser)
    for step in ("password", "leave", "enable", "units", "second-factor"):
        assert client.get(f"{LIST}{number}/{step}/").status_code == 404


# --- helping back in -----------------------------------------------------------------------------
@pytest.mark.parametrize("helper", ["keeper", "head"])
def test_a_password_is_reset_and_shown_once(sign_in, request, helper, clerk):
    inside = sign_in(clerk)
    client = sign_in(request.getfixturevalue(helper))
    assert "原来的口令马上失效" in client.get(page(STEPS[0], clerk)).content.decode()
    clerk.refresh_from_db()
    assert not clerk.must_change_password  # looking changes nothing
    password = password_on(client.post(page(STEPS[0], clerk)))
    clerk.refresh_from_db()
    assert clerk.check_password(password) and clerk.must_change_password
    assert inside.get(reverse("admin:index")).status_code == 302
    event = AccessEvent.objects.get(kind="password_reset")
    assert event.account == clerk and event.by.username == helper
    from django.contrib.admin.models import LogEntry
    from django.contrib.sessions.models import Session
    kept = [*LogEntry.objects.values_list("change_message", flat=True), event.note,
            *(str(session.get_decoded()) for session in Session.objects.all())]
    assert not [each for each in kept if password in each]


def test_a_lost_second_factor_is_reset(sign_in, keeper, reviewer):
    from guicheng.accounts import second_factor
    from tests.guicheng.test_two_factor import equip

    equip(reviewer)
    inside = sign_in(reviewer)
    sign_in(keeper).post(page("guicheng_user_second_factor", reviewer))
    reviewer.refresh_from_db()
    assert reviewer.second_factor_since is None
    assert inside.get(reverse("admin:index")).url == reverse("admin:login") + "?next=/admin/"
    with pytest.raises(ValidationError):
        second_factor.verify(reviewer, "123456")


def test_given_back_with_a_new_password(sign_in, keeper, clerk):
    clerk.disable()
    client = sign_in(keeper)
    assert client.get(page(STEPS[0], clerk)).url == url(clerk)  # no password for a closed account
    password = password_on(client.post(page("guicheng_user_enable", clerk)))
    clerk.refresh_from_db()
    assert clerk.is_active and clerk.check_password(password)


def test_the_command_on_the_server_lets_the_last_one_in(superuser):
    from tests.guicheng.test_two_factor import equip

    equip(superuser)
    out = StringIO()
    call_command("reset_account", "superuser", stdout=out)
    superuser.refresh_from_db()
    assert superuser.check_password(out.getvalue().split()[-1]) and superuser.second_factor_since is None


# --- roles ---------------------------------------------------------------------------------------
PAIRS = [(APART[0], APART[1]), (APART[0], APART[2]), (APART[1], APART[2])]


def groups(*names):
    return [Group.objects.get(name=name) for name in names]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("how", ["add", "add_both", "set", "other_way", "other_way_set"])
def test_never_two_of_the_three(pair, how):
    first, second = groups(*pair)
    user = factories.make_user(roles=[] if how in ("add_both", "set") else [pair[0]])
    with pytest.raises(ValidationError, match="不能由同一个人担任"), transaction.atomic():
        match how:
            case "add":
                user.groups.add(second)
            case "add_both":
                user.groups.add(first, second)
            case "set":
                user.groups.set([first, second])
            case "other_way":
                second.user_set.add(factories.make_user(), user)
            case "other_way_set":
                second.user_set.set([user])
    assert user.groups.count() <= 1


def test_one_of_the_three_may_change_to_another():
    user = factories.make_user(roles=[APART[0]])
    user.groups.set(groups(APART[1], "审核员"))
    assert user.groups.count() == 2


def change_of(user, *roles, **kw):
    return {"username": user.username, "name": user.name, "phone": "", "email": "",
            "groups": [group.pk for group in groups(*roles)]} | kw


@pytest.mark.parametrize("pair", PAIRS)
def test_the_form_says_so(sign_in, giver, clerk, pair):
    answer = sign_in(giver).post(url(clerk), change_of(clerk, *pair))
    assert "不能由同一个人担任" in answer.content.decode()
    assert [group.name for group in clerk.groups.all()] == ["部门经办人"]


def test_the_giver_gives_roles_and_nothing_else(sign_in, giver, clerk):
    answer = sign_in(giver).post(url(clerk), change_of(
        clerk, "审核员", is_established="on", is_superuser="on", username="other", is_active=""))
    assert answer.status_code == 302
    clerk = User.objects.get(pk=clerk.pk)
    assert clerk.username == "clerk" and not clerk.is_superuser and clerk.is_active
    assert clerk.is_established and clerk.groups.get().name == "审核员"
    note = AccessEvent.objects.get(kind="roles_changed").note
    assert "部门经办人→审核员" in note and "在编：否→是" in note


@pytest.mark.parametrize("who", ["keeper", "head"])
def test_who_makes_accounts_gives_no_roles(sign_in, request, who, clerk):
    sign_in(request.getfixturevalue(who)).post(url(clerk), change_of(
        clerk, "业务管理员", is_established="on", is_superuser="on", phone="0757-2"))
    clerk = User.objects.get(pk=clerk.pk)
    assert clerk.phone == "0757-2"
    assert [group.name for group in clerk.groups.all()] == ["部门经办人"]
    assert not clerk.is_established and not clerk.is_superuser


@pytest.mark.parametrize("who", ["giver", "keeper", "superuser"])
def test_nobody_changes_their_own_roles_or_units(sign_in, request, office, who):
    user = request.getfixturevalue(who)
    before = list(user.groups.all())
    client = sign_in(user)
    client.post(url(user), change_of(user, "业务管理员", is_established="on"))
    user = User.objects.get(pk=user.pk)
    assert list(user.groups.all()) == before and not user.is_established
    assert not can_give_roles(user, user) and not can_manage_account(user, user)
    add = {"add": "1", "unit": f"department:{office.pk}", "part": "reviewers"}
    assert client.post(page("guicheng_user_units", user), add).status_code == 403
    assert not office.reviewers.filter(pk=user.pk).exists()


def test_a_giver_does_not_touch_a_superuser(sign_in, giver, superuser):
    assert sign_in(giver).post(url(superuser), change_of(superuser, "审核员")).status_code == 403


def test_no_role_of_the_three_holds_what_another_does(keeper, giver, auditor):
    assert not keeper.has_perm("guicheng.give_roles") and not keeper.has_perm("guicheng.view_accessevent")
    assert not giver.has_perm("guicheng.add_user") and not giver.has_perm("guicheng.change_user")
    assert not [each for each in auditor.get_all_permissions() if not re.search(r"\.(view|read|see)_", each)]


# --- units ---------------------------------------------------------------------------------------
def test_units_are_given_and_taken_one_at_a_time(sign_in, giver, clerk, office):
    client, address = sign_in(giver), page("guicheng_user_units", clerk)
    community = factories.make_community()
    client.post(address, {"add": "1", "unit": f"community:{community.pk}", "part": "reviewers"})
    assert list(community.reviewers.all()) == [clerk]
    client.post(address, {"remove": f"department:{office.pk}:clerks"})
    assert not office.clerks.exists()
    assert AccessEvent.objects.filter(kind="units_changed", account=clerk).count() == 2


@pytest.mark.parametrize("wrong", [{"add": "1"}, {"add": "1", "unit": "x", "part": "clerks"},
                                   {"add": "1", "unit": "department:1\x00", "part": "clerks"}, {"remove": "x"},
                                   {"remove": "department:1:password"}, {"remove": "department:²:clerks"}])
def test_odd_units_change_nothing(sign_in, giver, clerk, wrong):
    assert sign_in(giver).post(page("guicheng_user_units", clerk), wrong).status_code == 200
    assert AccessEvent.objects.filter(kind="units_changed").count() == 0


@pytest.mark.parametrize("who", ["keeper", "street_admin", "head", "auditor"])
def test_who_gives_no_roles_gives_no_units(sign_in, request, who, clerk, office):
    client = sign_in(request.getfixturevalue(who))
    add = {"add": "1", "unit": f"department:{office.pk}", "part": "reviewers"}
    assert client.post(page("guicheng_user_units", clerk), add).status_code in (403, 404)
    assert not office.reviewers.exists()


@pytest.mark.parametrize("who", ["street_admin", "superuser"])
def test_on_the_form_of_a_unit_its_people_are_read_only(sign_in, request, who, clerk, office):
    user, address = request.getfixturevalue(who), reverse("admin:projects_department_change", args=[office.pk])
    client = sign_in(user)
    page = client.get(address).content.decode()
    assert 'name="clerks"' not in page and clerk.name in page
    post(client, address, opened(client, address), phone="0757-3", clerks=[user.pk], administrators=[user.pk])
    office.refresh_from_db()
    assert office.phone == "0757-3" and list(office.clerks.all()) == [clerk] and not office.administrators.exists()


# --- leaving -------------------------------------------------------------------------------------
@pytest.fixture
def successor(office):
    person = factories.make_user("successor", name="接手的", roles=["部门经办人"])
    office.clerks.add(person)
    return person


@pytest.fixture
def work(clerk, project):
    """A draft, a submitted and a returned row, and a published one that stays the clerk's."""
    rows = {}
    for state in ("draft", "submitted", "returned"):
        row = factories.make_update(project, published=False, text=f"进展 {state}")
        row.author = clerk
        row.save()
        if state != "draft":
            row.submit(clerk)
        if state == "returned":
            row.send_back(factories.make_user(), "不清楚")
        rows[state] = row
    return rows


def test_leaving_hands_over_all_open_work(keeper, clerk, successor, office, work):
    community = factories.make_community()
    community.reviewers.add(clerk, successor)
    assert summary_of(clerk) == f"{office}（经办）、{community}（审核）、进展 3 条"
    leave(clerk, keeper, successor)
    for state, row in work.items():
        row.refresh_from_db()
        assert (row.author, row.state) == (successor, state)
        last = row.steps.in_order().last()
        assert (last.verb, last.by, last.note) == ("handed_over", keeper, "经办人移交给接手的")
    assert list(office.clerks.all()) == list(community.reviewers.all()) == [successor]
    clerk.refresh_from_db()
    assert not clerk.is_active and summary_of(clerk) == ""


@pytest.mark.parametrize("part", ["clerks", "reviewers"])
def test_a_hand_over_gives_nobody_more_than_they_had(keeper, superuser, clerk, successor, part):
    """To belong to a unit, or to review for it, is 安全管理员's to give."""
    community = factories.make_community()
    getattr(community, part).add(clerk)
    with pytest.raises(ValidationError, match="请安全管理员先把单位给他"):
        leave(clerk, keeper, successor)
    leave(clerk, superuser, successor)
    assert list(getattr(community, part).all()) == [successor]


def test_the_id_of_the_messenger_is_changed_by_who_gives_roles(sign_in, keeper, giver, clerk):
    for helper, allowed in ((keeper, False), (giver, True)):
        client = sign_in(helper)
        post(client, url(clerk), opened(client, url(clerk)), messenger_id="zhangsan")
        clerk.refresh_from_db()
        assert (clerk.messenger_id == "zhangsan") is allowed
    factories.make_user("another", messenger_id="lisi")
    client = sign_in(giver)
    answer = post(client, url(clerk), opened(client, url(clerk)), messenger_id="lisi")
    assert "这个消息账号已经登记在另一个账号上" in answer.content.decode()


def test_an_unused_password_does_not_open_an_account_that_can_do_everything(sign_in, superuser):
    account = factories.make_user(roles=["领导"])
    password = account.give_one_time_password()
    client, address = sign_in(superuser), page("guicheng_user_change", account)
    post(client, address, opened(client, address), is_superuser="on")
    account.refresh_from_db()
    assert account.is_superuser and not account.check_password(password)
    assert "已经作废" in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["审核员", "业务管理员", "安全管理员"])
def test_a_role_given_later_leaves_the_password_of_a_superuser_good(sign_in, superuser, name):
    client = sign_in(superuser)
    password = password_on(client.post(ADD, typed()))
    account = User.objects.get(username="zhangsan")
    post(client, url(account), opened(client, url(account)), groups=[str(pk) for pk in roles(name)])
    account.refresh_from_db()
    assert account.groups.get().name == name and account.check_password(password)


def test_a_guarded_role_waits_where_another_knows_the_password(sign_in, superuser, keeper):
    """Control: who makes accounts must not come in as 安全管理员 by the password they made."""
    password = password_on(sign_in(keeper).post(ADD, typed()))
    account, client = User.objects.get(username="zhangsan"), sign_in(superuser)
    post(client, url(account), opened(client, url(account)), groups=[str(pk) for pk in roles("安全管理员")])
    account.refresh_from_db()
    assert account.check_password(password) and not account.groups.exists()


def test_a_unit_administrator_gets_no_password_of_who_reviews_their_words(office, reviewer, clerk):
    administrator = factories.make_user(roles=["单位管理员", "部门经办人"])
    office.administrators.add(administrator)
    assert can_manage_account(administrator, reviewer)
    office.clerks.add(administrator)
    assert not can_manage_account(administrator, reviewer) and can_manage_account(administrator, clerk)


def test_what_is_done_stays_theirs(keeper, clerk, successor, project):
    row = factories.make_update(project, published=False)
    row.author = clerk
    row.submit(clerk)
    first, second = factories.make_user(), factories.make_user()
    row.checker, row.state = first, "checked"
    row.save()
    row.publish(second, factories.CHECKED)
    leave(clerk, keeper, successor)
    row.refresh_from_db()
    assert row.author == clerk


def test_what_the_successor_checked_is_checked_again(keeper, clerk, successor, work):
    row = work["submitted"]
    row.checker, row.state = successor, "checked"
    row.save()
    leave(clerk, keeper, successor)
    row.refresh_from_db()
    assert (row.state, row.checker, row.author) == ("submitted", None, successor)


def test_all_or_nothing(keeper, clerk, successor, office, work, monkeypatch):
    monkeypatch.setattr(User, "disable", lambda self: (_ for _ in ()).throw(ValidationError("不行")))
    with pytest.raises(ValidationError):
        leave(clerk, keeper, successor)
    work["draft"].refresh_from_db()
    assert work["draft"].author == clerk and clerk in office.clerks.all()


def test_the_page_shows_it_first(sign_in, keeper, clerk, successor, office, work):
    client, address = sign_in(keeper), page("guicheng_user_leave", clerk)
    assert f"{office}（经办）" in client.get(address).content.decode()
    preview = client.post(address, {"successor": successor.pk}).content.decode()
    assert "都交给接手的（successor）" in preview
    clerk.refresh_from_db()
    assert clerk.is_active
    client.post(address, {"successor": successor.pk, "confirm": "1"})
    clerk.refresh_from_db()
    assert not clerk.is_active and list(office.clerks.all()) == [successor]
    assert set(AccessEvent.objects.filter(by=keeper, account=clerk).values_list("kind", flat=True)) == {
        "disabled", "handed_over"}


def test_without_a_successor_it_warns_and_writes_it_down(sign_in, keeper, clerk, office, work):
    client, address = sign_in(keeper), page("guicheng_user_leave", clerk)
    assert "会停在那里" in client.post(address, {"successor": ""}).content.decode()
    client.post(address, {"successor": "", "confirm": "1"})
    clerk.refresh_from_db()
    assert not clerk.is_active and list(office.clerks.all()) == [clerk]
    assert "没有人接手" in AccessEvent.objects.get(kind="disabled").note


def test_the_successor_is_another_and_in_scope(sign_in, head, clerk, reviewer, other_clerk):
    client, address = sign_in(head), page("guicheng_user_leave", clerk)
    for wrong in (clerk, head, other_clerk):
        answer = client.post(address, {"successor": wrong.pk, "confirm": "1"})
        assert "接手的人不在可选范围内" in answer.content.decode()
    reviewer.disable()
    assert "接手的人不在" in client.post(address, {"successor": reviewer.pk, "confirm": "1"}).content.decode()
    for odd in ("\x00", "9" * 30, "abc"):
        assert client.post(address, {"successor": odd, "confirm": "1"}).status_code == 200
    clerk.refresh_from_db()
    assert clerk.is_active


def test_the_last_superuser_stays(superuser):
    with pytest.raises(ValidationError, match="最后一个"):
        superuser.disable()
    factories.make_user(is_superuser=True)
    superuser.disable()
    assert not superuser.is_active


# --- unused --------------------------------------------------------------------------------------
def age(user, days, *, used=True):
    then = timezone.now() - timedelta(days=days)
    User.objects.filter(pk=user.pk).update(active_since=then, last_login=then if used else None)


def unused(*options):
    out = StringIO()
    call_command("disable_unused", *options, stdout=out)
    return out.getvalue()


def test_unused_accounts_are_disabled(clerk, reviewer, other_clerk, superuser):
    age(clerk, 91)
    age(reviewer, 89)
    age(other_clerk, 91, used=False)
    assert "会停用 2 个" in unused("--dry-run")
    assert User.objects.active().count() == 4
    assert "已停用 2 个 90 天" in unused()
    assert set(User.objects.active()) == {reviewer, superuser}
    assert "没有人接手：城建办公室（经办）" in AccessEvent.objects.get(account=clerk).note
    assert "已停用 0 个" in unused()


def test_the_last_superuser_is_kept_by_the_command(superuser):
    other = factories.make_user("older", is_superuser=True)
    age(superuser, 100)
    age(other, 200)
    for options in (["--dry-run"], []):
        assert "superuser（总管理员）：最后一个可用的总管理员，保留" in unused(*options)
    assert list(User.objects.active()) == [superuser]


def test_given_back_it_is_not_disabled_the_next_day(clerk, superuser):
    age(clerk, 200)
    unused()
    clerk.refresh_from_db()
    clerk.enable()
    assert "已停用 0 个" in unused()


def test_the_days_are_a_setting(settings, clerk, superuser):
    settings.ACCOUNT_UNUSED_DAYS = 10
    age(clerk, 11)
    assert "已停用 1 个 10 天" in unused()


# --- the list ------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["keeper", "head", "giver"])
def test_the_list_asks_a_fixed_number(sign_in, request, office, who):
    client = sign_in(request.getfixturevalue(who))

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    office.clerks.add(factories.make_user(roles=["部门经办人"]))
    count()
    first = count()
    for _ in range(12):
        office.clerks.add(factories.make_user(roles=["部门经办人"]))
    assert count() == first <= 14
