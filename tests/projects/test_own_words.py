"""Nobody approves their own words, or words they did not see; what tried to, and what must still work."""
import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from guicheng.accounts.hand_over import leave
from projects.excel_import.undo import undo
from projects.ledger import bulk_change
from projects.models import ProgressUpdate, Project
from tests import factories
from tests.forms import held, opened, post
from tests.projects.office_lists import HEAD, NEW, confirm

pytestmark = pytest.mark.django_db
LISTS = {ProgressUpdate: "/admin/projects/progressupdate/", Project: "/admin/projects/project/"}


def decide(client, update):
    update.refresh_from_db()
    address = reverse("admin:projects_progressupdate_decide", args=[update.pk])
    client.post(address, {"decision": "approve", "version": update.version} | factories.TICKED)
    update.refresh_from_db()
    return update.state


def act(client, action, row, seen):
    """Take an action of the list on one row, as somebody who saw the list that `seen` came with."""
    client.post(LISTS[type(row)], {"action": action, "_selected_action": [row.pk], "ticked": "1", **seen,
                                   **factories.TICKED})
    row.refresh_from_db()
    return row


def seen_list(client, model):
    return {"seen": held(client.get(LISTS[model]))["seen"]}


# --- one's own words -----------------------------------------------------------------------------
def test_another_units_rule_does_not_help(sign_in, clerk, reviewer, senior_reviewer, preview, project):
    """A clerk names a small community beside their own department: the department still takes two steps."""
    small = factories.make_community(name="小", one_step_review=True)
    confirm(preview(clerk, [[*HEAD, "社区"], [*NEW, "小社区"]]))
    update = Project.objects.get(name="映月湖步道").updates.get()
    assert update.project.community == small
    assert decide(sign_in(senior_reviewer), update) == "submitted", "the only one who could do the 终审 keeps it"
    assert decide(sign_in(reviewer), update) == "checked"


def test_a_small_units_own_reviewer_takes_one_step(sign_in, clerk, senior_reviewer, office, project):
    office.one_step_review = True
    office.save()
    update = factories.make_update(project, published=False, author=clerk)
    update.submit(clerk)
    assert decide(sign_in(senior_reviewer), update) == "published"
    assert not ProgressUpdate.objects.for_review_by(senior_reviewer).exists()


def test_handed_over_words_stay_ones_own(sign_in, clerk, reviewer, senior_reviewer, office, project, superuser):
    senior_reviewer.groups.add(Group.objects.get(name="部门经办人"))
    office.clerks.add(senior_reviewer)
    update = factories.make_update(project, published=False, author=senior_reviewer)
    update.submit(senior_reviewer)
    assert decide(sign_in(reviewer), update) == "checked"
    leave(senior_reviewer, superuser, clerk)
    update.refresh_from_db()
    assert update.author == clerk
    senior_reviewer.is_active = True
    senior_reviewer.save()
    office.reviewers.add(senior_reviewer)
    assert not ProgressUpdate.objects.for_review_by(senior_reviewer).exists()
    assert decide(sign_in(senior_reviewer), update) == "checked"


def test_what_an_undone_import_wrote_does_not_come_back(clerk, project, preview):
    head = ["项目名称", "责任单位", "建设内容", "联系人"]
    writer = factories.make_user(roles=["业务管理员"], is_established=True)
    undo(confirm(preview(writer, [head, ["映月湖步道", "城建办", "别人的话。", "王"]])), writer)
    confirm(preview(clerk, [head[:2], ["映月湖步道", "城建办"]]))
    again = Project.objects.get(name="映月湖步道")
    assert (again.entered_by, again.description, again.contact) == (clerk, "", "")


# --- what was not seen ---------------------------------------------------------------------------
def test_the_list_approves_what_it_showed(sign_in, clerk, reviewer, project):
    update = factories.make_update(project, published=False, author=clerk)
    update.submit(clerk)
    client = sign_in(reviewer)
    shown = seen_list(client, ProgressUpdate)
    mine, address = sign_in(clerk), reverse("admin:projects_progressupdate_change", args=[update.pk])
    post(mine, address, opened(mine, address), text="完全不同的话。")
    assert act(client, "approve_selected", update, shown).state == "submitted"
    assert act(client, "approve_selected", update, {}).state == "submitted", "without a seal nothing was seen"
    assert act(client, "approve_selected", update, seen_list(client, ProgressUpdate)).state == "checked"


def test_the_list_publishes_what_it_showed(sign_in, clerk, senior_reviewer, project, preview):
    confirm(preview(clerk, [HEAD, NEW[:3] + ["", ""]]))
    entered = Project.objects.get(name="映月湖步道")
    client = sign_in(senior_reviewer)
    shown = seen_list(client, Project)
    confirm(preview(clerk, [["项目名称", "责任单位", "联系人"], ["映月湖步道", "城建办", "换的人"]]))
    assert not act(client, "publish_selected", entered, shown).is_published
    assert act(client, "publish_selected", entered, seen_list(client, Project)).is_published


def test_a_batch_approves_what_was_imported(sign_in, clerk, reviewer, project, preview):
    batch = confirm(preview(clerk, [HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"], NEW]))
    edited = project.updates.get()
    mine, address = sign_in(clerk), reverse("admin:projects_progressupdate_change", args=[edited.pk])
    post(mine, address, opened(mine, address), text="完全不同。")
    page = sign_in(reviewer).post(reverse("admin:projects_importbatch_review", args=[batch.pk]), follow=True)
    states = dict(ProgressUpdate.objects.values_list("project__name", "state"))
    assert states == {"半月岛公园": "submitted", "映月湖步道": "checked"}
    assert "导入以后又改过" in page.text


# --- who left ------------------------------------------------------------------------------------
def test_who_left_a_unit_takes_nothing_back_there(sign_in, clerk, office, project, preview):
    batch = confirm(preview(clerk, [HEAD, [1, "半月岛公园", "城建办", "", "主体完工。"]]))
    update = project.updates.get()
    office.clerks.remove(clerk)
    page = sign_in(clerk).post(reverse("admin:projects_importbatch_undo", args=[batch.pk]), follow=True)
    update.refresh_from_db()
    assert update.state == "submitted" and "已经不归你管" in page.text
    office.clerks.add(clerk)
    undo(batch, clerk)


def test_nor_a_bulk_change(clerk, office, project):
    rows = bulk_change.preview([project], "status", {"status": "acceptance", "effective_on": "2021-12-20"}, clerk)
    change = bulk_change.apply(rows, "status", "验收", clerk)
    office.clerks.remove(clerk)
    with pytest.raises(bulk_change.ValidationError, match="已经不归你管"):
        bulk_change.undo(change, clerk)
    assert change.updates.get().state == "submitted"


def test_nor_confirms_there(sign_in, clerk, office, project, preview):
    batch = preview(clerk, [HEAD, NEW])
    office.clerks.remove(clerk)
    sign_in(clerk).post(reverse("admin:projects_importbatch_confirm", args=[batch.pk]))
    assert not Project.objects.filter(name="映月湖步道").exists()


def test_ones_own_draft_stays_in_ones_unit(clerk, other_clerk, project, preview):
    confirm(preview(clerk, [HEAD, ["", "映月湖步道", "城建办", "", ""]]))
    batch = confirm(preview(clerk, [HEAD, ["", "映月湖步道", "文化办", "", ""]]))
    assert Project.objects.get(name="映月湖步道").lead_department.short_name == "城建办"
    assert "不能改到别的单位去" in batch.rows.get().sentence


def test_a_new_statement_begins_with_version_one(sign_in, clerk, project):
    client, address = sign_in(clerk), reverse("admin:projects_progressupdate_record", args=[project.pk])
    assert post(client, address, opened(client, address), text="一半。", version=str(2**63 - 1)).status_code == 400
    post(client, address, opened(client, address), text="一半。", version="77")
    assert project.updates.get().version == 1
