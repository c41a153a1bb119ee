"""Several projects at once: preview, one reason, review as always, and a way back."""
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from guicheng.office.seen import seal
from projects.ledger import bulk_change
from projects.models import BulkChange, ProgressUpdate, Project
from tests import factories

pytestmark = pytest.mark.django_db
Kind, State = BulkChange.Kind, ProgressUpdate.State
ADDRESS = "admin:projects_project_bulk"


@pytest.fixture
def three(key_list, office):
    return [factories.make_project(key_list, name=f"项目{number}", number=number + 1, lead_department=office,
                                   planned_end=date(2021, 9, 30), due_on=date(2021, 9, 30)) for number in range(3)]


def ticked(projects, **kw):
    return {"_selected_action": [project.pk for project in projects], "kind": "status", "effective_on": "2021-12-20",
            "status": "acceptance", "reason": "统一组织验收。"} | kw


def preview(client, projects, **kw):
    return client.post(reverse(ADDRESS), ticked(projects, preview="1", **kw))


def confirm(client, projects, seal, **kw):
    return client.post(reverse(ADDRESS), ticked(projects, confirm="1", seal=seal, **kw), follow=True)


def test_it_works(sign_in, clerk, three):
    client = sign_in(clerk)
    begun = client.post(reverse("admin:projects_project_changelist"), {
        "action": "bulk_status", "_selected_action": [project.pk for project in three]})
    assert "批量改状态：3 个项目" in begun.content.decode()
    page = preview(client, three)
    assert "将要改 3 个" in page.content.decode() and not ProgressUpdate.objects.exists()
    answer = confirm(client, three, page.context["seal"])
    assert "已为 3 个项目提交" in answer.content.decode()
    assert set(ProgressUpdate.objects.values_list("state", "status", "reason")) == {
        (State.SUBMITTED, "acceptance", "统一组织验收。")}
    assert not Project.objects.filter(status="acceptance").exists(), "nothing is public yet"


def test_dates_are_put_off(sign_in, clerk, three):
    client = sign_in(clerk)
    three[0].planned_end = date(2022, 6, 30)
    three[0].save()
    dates = {"kind": "date", "postponed_to": "2022-03-31"}
    page = preview(client, three, **dates)
    text = page.content.decode()
    assert "将要改 2 个" in text and "不比现在的日期晚" in text
    confirm(client, three, page.context["seal"], **dates)
    row = ProgressUpdate.objects.first()
    assert (row.kind, row.postponed_to) == ("postponement", date(2022, 3, 31))


def test_what_changed_since_the_preview_is_shown_again(sign_in, clerk, three):
    client = sign_in(clerk)
    seal = preview(client, three).context["seal"]
    factories.make_update(three[1], status="acceptance")
    answer = confirm(client, three, seal)
    assert "预览以后有项目变了" in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_control_without_a_change_the_same_seal_holds(sign_in, clerk, three):
    client = sign_in(clerk)
    assert preview(client, three).context["seal"] == preview(client, three).context["seal"]


@pytest.mark.parametrize("change", [{"reason": ""}, {"status": "burnt"}, {"effective_on": "昨天"},
                                    {"effective_on": "0021-01-01"}])
def test_wrong_input_is_said_and_kept(sign_in, clerk, three, change):
    page = preview(sign_in(clerk), three, **change)
    assert page.status_code == 400
    assert "统一组织验收。" in page.content.decode() or not change.get("reason", "x")


@pytest.mark.parametrize("change", [{"kind": "other"}, {"kind": ""}, {"_selected_action": ["abc"]},
                                    {"_selected_action": ["9" * 30]}, {"_selected_action": []}])
def test_odd_input_is_a_sentence(sign_in, clerk, three, change):
    answer = sign_in(clerk).post(reverse(ADDRESS), ticked(three) | change, follow=True)
    assert "请重新勾选" in answer.content.decode()


def test_others_projects_are_not_reached(sign_in, clerk, three):
    theirs = factories.make_project(name="别处的", lead_department=factories.make_department())
    page = preview(sign_in(clerk), [*three, theirs])
    assert "别处的" not in page.content.decode() and "将要改 3 个" in page.content.decode()


def test_who_sees_but_does_not_record_changes_nothing(sign_in, three):
    leader = factories.make_user(roles=["领导"])
    assert preview(sign_in(leader), three).status_code == 403


# --- the way back --------------------------------------------------------------------------------
def changed(projects, by):
    rows = bulk_change.preview(projects, Kind.STATUS, {"effective_on": date(2021, 12, 20), "status": "acceptance",
                                                       "reason": "统一组织验收。"}, by)
    return bulk_change.apply(rows, Kind.STATUS, "统一组织验收。", by)


def test_undo_drops_what_waits_and_withdraws_what_is_public(three, clerk, reviewer):
    change = changed(three, clerk)
    change.updates.get(project=three[0]).publish(reviewer, factories.CHECKED)
    assert bulk_change.undo(change, clerk) == (2, 1)
    assert ProgressUpdate.objects.count() == 4, "nothing is deleted"
    withdrawal = ProgressUpdate.objects.get(kind="withdrawal")
    assert withdrawal.state == State.SUBMITTED
    withdrawal.publish(reviewer, factories.CHECKED)
    three[0].refresh_from_db()
    assert three[0].status == ""
    with pytest.raises(ValidationError, match="已经撤销过"):
        bulk_change.undo(change, clerk)


def test_undo_from_the_page(sign_in, clerk, street_admin, three):
    change = changed(three, clerk)
    address = reverse("admin:projects_bulkchange_undo", args=[change.pk])
    assert sign_in(clerk).get(address).status_code == 405
    assert sign_in(street_admin).post(address).status_code == 403, "who did it takes it back"
    page = sign_in(clerk).post(address, follow=True).content.decode()
    assert "3 条未公开的已撤销" in page and "已在" in page
    assert not ProgressUpdate.objects.exclude(state=State.DROPPED).exists()


def test_nobody_elses_change_is_seen(sign_in, other_clerk, clerk, three):
    change = changed(three, clerk)
    client = sign_in(other_clerk)
    assert client.get(reverse("admin:projects_bulkchange_change", args=[change.pk])).status_code == 404
    assert client.post(reverse("admin:projects_bulkchange_undo", args=[change.pk])).status_code == 404


def test_all_or_nothing(three, clerk, monkeypatch):
    rows = bulk_change.preview(three, Kind.STATUS, {"effective_on": date(2021, 12, 20), "status": "acceptance",
                                                    "reason": "统一组织验收。"}, clerk)
    rows[2].update.status = "paused"
    rows[2].update.reason = ""
    with pytest.raises(ValidationError):
        bulk_change.apply(rows, Kind.STATUS, "统一组织验收。", clerk)
    assert not ProgressUpdate.objects.exists() and not BulkChange.objects.exists()


# --- projects become public ----------------------------------------------------------------------
def test_a_new_project_waits_for_another_person(sign_in, street_admin, key_list, office, visitor):
    own = factories.make_source()
    client = sign_in(street_admin)
    empty = {f"{prefix}-{end}": "0" for prefix in ("promises", "milestones", "aliases")
             for end in ("TOTAL_FORMS", "INITIAL_FORMS")}
    client.post(reverse("admin:projects_project_add"), {
        "name": "新项目", "code": "new-one", "source": own.pk, "project_list": key_list.pk, "membership": "stated",
        "layer": "street",
        "lead_department": office.pk, "is_published": "on", **empty})
    project = Project.objects.get(code="new-one")
    assert (project.is_published, project.entered_by) == (False, street_admin)
    street_admin.is_established = True
    street_admin.save()
    chosen = {"action": "publish_selected", "_selected_action": [project.pk], "seen": seal([project]), "ticked": "1"}
    chosen |= factories.TICKED
    address = reverse("admin:projects_project_changelist")
    assert "录入人不能公开自己录入的" in client.post(address, chosen, follow=True).content.decode()
    other = factories.make_user(roles=["业务管理员"], is_established=True)
    assert "已公开 1 个" in sign_in(other).post(address, chosen, follow=True).content.decode()
    assert visitor.get(project.get_absolute_url()).status_code == 200
    sign_in(other).post(address, chosen | {"action": "hide_selected"})
    assert visitor.get(project.get_absolute_url()).status_code == 404


# --- what is closed ------------------------------------------------------------------------------
def closed(project):
    factories.make_update(project, kind="closure", status="completed", proof="验收合格。",
                          effective_on=date(2021, 9, 1))
    project.refresh_from_db()
    return project


def warnings(projects, by, kind=Kind.STATUS, **stated):
    stated = {"effective_on": date(2021, 12, 20), "reason": "统一报。"} | stated
    return [row.warning for row in bulk_change.preview(projects, kind, stated, by)]


def test_what_is_closed_is_warned_of(clerk, three):
    closed(three[0])
    first, second, _ = warnings(three, clerk, status="in_progress")
    assert "已在 2021 年 9 月 1 日销号" in first and second == ""


def test_finished_at_once_closes_nothing_and_says_so(clerk, three):
    closed(three[0])
    first, second, _ = warnings(three, clerk, status="in_use")
    assert first == "" and "不销号" in second


def test_what_is_left_out_is_not_warned_of_as_well(other_clerk, three):
    assert warnings([closed(three[0])], other_clerk, status="in_progress") == [""]


def test_the_page_warns_and_still_lets_it_be_done(sign_in, clerk, three):
    closed(three[0])
    client = sign_in(clerk)
    begun = client.post(reverse("admin:projects_project_changelist"), {
        "action": "bulk_status", "_selected_action": [project.pk for project in three]}).content.decode()
    assert begun.count("2021 年 9 月 1 日销号") == 1 and begun.count("form-row needed") == 3
    page = preview(client, three, status="in_progress")
    assert "提醒：已在 2021 年 9 月 1 日销号" in page.content.decode() and "有 1 个请再看一眼" in page.content.decode()
    confirm(client, three, page.context["seal"], status="in_progress")
    assert BulkChange.objects.get().updates.count() == 3


def test_control_without_a_closed_one_nothing_is_warned_of(sign_in, clerk, three):
    assert "请再看一眼" not in preview(sign_in(clerk), three, status="in_progress").content.decode()
