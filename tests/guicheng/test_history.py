"""Who changed what, from what to what: kept in the change's own transaction, never changed again, restorable."""
import time
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guicheng.trail.append_only import missing_triggers
from guicheng.trail.audit import AuditEntry
from guicheng.trail.history import BASELINE, FrozenHistory, acting, record, unrecorded
from guicheng.trail.versions import Versioned
from projects.models import Department, Project
from tests import factories
from tests.forms import held, opened, post

pytestmark = pytest.mark.django_db
ENTRIES = AuditEntry.objects


def page(row, name="history", *args):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk, *args])


def change(client, row, **values):
    return post(client, page(row, "change"), opened(client, page(row, "change")), **values)


def facts_of(row):
    """Drop nothing, but start from a row that came with the facts."""
    made = type(row)(**{each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields
                        if each.attname not in ("id", "code")} | {"code": f"{row.code}-fact"})
    with unrecorded():
        made.save()
    return type(row).objects.get(pk=made.pk)


def test_it_works(sign_in, street_admin, project):
    change(sign_in(street_admin), project, place="映月湖")
    entry = ENTRIES.newest_first()[0]
    assert (entry.by, entry.by_name, entry.kind, entry.row_text) == (street_admin, "业务管理员", "~", "半月岛公园")
    assert entry.changes == [{"field": "place", "label": "地点", "old": "", "new": "映月湖"}]
    shown = sign_in(street_admin).get(page(project)).content.decode()
    for text in ("业务管理员", "地点", "映月湖", "（空）"):
        assert text in shown


def test_every_content_model_has_a_history():
    models = [model for model in apps.get_models() if issubclass(model, Versioned) and model.guards_saves]
    assert len(models) == 20
    assert all(hasattr(model, "history") for model in models)


def test_names_stand_for_numbers(project, office):
    project.lead_department = factories.make_department(name="建设办公室")
    project.planned_end = date(2021, 12, 31)
    project.membership = "implied"
    project.save()
    said = {each["label"]: (each["old"], each["new"]) for each in ENTRIES.newest_first()[0].changes}
    assert said == {"牵头单位": ("城建办公室", "建设办公室"), "计划完成": ("", "2021-12-31"),
                    "是否在清单上": ("来源写明在清单上", "由上下文推知在清单上")}


def test_a_save_that_changes_nothing_is_no_change(project):
    before = ENTRIES.count()
    project.save()
    project.refresh_projections()
    factories.make_update(project, status="in_progress")
    assert ENTRIES.about(project).count() == 1
    assert ENTRIES.count() == before + 1, "the source of the update"


def test_the_ledger_is_its_own_history():
    assert not hasattr(apps.get_model("projects", "ProgressUpdate"), "history")


def test_a_row_of_the_facts_keeps_its_first_version(project):
    fact = facts_of(factories.make_project())
    assert not ENTRIES.about(fact).exists() and not fact.history.exists()
    fact.place = "映月湖"
    fact.save()
    assert [each.history_change_reason for each in fact.history.order_by("history_id")] == [BASELINE, ""]
    assert ENTRIES.about(fact).count() == 1


def test_loading_the_facts_writes_no_history(facts):
    assert not ENTRIES.exists() and not Project.history.exists()


def test_members_are_in_the_history_from_both_sides(office, clerk, street_admin):
    office.clerks.clear()
    with acting(street_admin):
        office.clerks.add(clerk)
    entry = ENTRIES.about(office).newest_first()[0]
    assert entry.changes == [{"field": "clerks", "label": "经办人", "old": "", "new": "经办人"}]
    clerk.department_clerk_of.clear()
    assert ENTRIES.about(office).newest_first()[0].changes[0]["new"] == ""
    clerk.department_clerk_of.add(office)
    assert ENTRIES.about(office).newest_first()[0].changes[0]["new"] == "经办人"
    assert [each.clerks.count() for each in office.history.order_by("-history_id")[:3]] == [1, 0, 1]


def test_a_row_of_the_page_is_told_on_the_page(sign_in, street_admin, project):
    row = factories.make_milestone(project, name="开工")
    row.planned_on = date(2021, 10, 1)
    row.save()
    shown = sign_in(street_admin).get(page(project)).content.decode()
    assert "节点“开工”" in shown and "2021-10-01" in shown


def test_a_name_stays_when_the_person_changes_theirs(project, street_admin):
    with acting(street_admin):
        project.place = "映月湖"
        project.save()
    street_admin.name = "改了名"
    street_admin.save()
    assert ENTRIES.about(project).newest_first()[0].by_name == "业务管理员"


def test_a_failed_change_leaves_no_history(project):
    before = ENTRIES.count()
    with pytest.raises(DatabaseError), transaction.atomic():
        project.place = "映月湖"
        project.save()
        Project.objects.filter(pk=project.pk).update(percent=101)
    assert ENTRIES.count() == before


def test_deleting_is_told(project):
    row = factories.make_milestone(project, name="开工")
    row.delete()
    assert ENTRIES.about(project).newest_first()[0].get_kind_display() == "删除"


def test_a_part_hidden_with_its_project_is_told(project):
    part = factories.make_part(project)
    project.is_published = False
    project.save()
    assert ENTRIES.about(part).newest_first()[0].changes[0]["new"] == "否"


def test_what_bulk_create_made_is_told_when_asked(key_list, street_admin):
    source = factories.make_source()
    rows = Project.objects.bulk_create(
        [Project(code=f"bulk-{number}", name=f"第 {number}", source=source) for number in range(20)])
    with acting(street_admin, "导入：清单.xlsx"), CaptureQueriesContext(connection) as captured:
        record("+", [(None, row) for row in rows])
    assert len(captured) <= 6
    assert ENTRIES.filter(reason="导入：清单.xlsx", by=street_admin, kind="+").count() == 20


# --- the page, and who may see it --------------------------------------------------------------------
def test_outside_the_scope_there_is_nothing(sign_in, other_clerk, project):
    assert sign_in(other_clerk).get(page(project)).status_code == 404
    version = project.history.first().history_id
    assert sign_in(other_clerk).get(page(project, "restore", version)).status_code == 404


def test_it_needs_the_permission_to_see(sign_in, project):
    nobody = factories.make_user(roles=["系统管理员"])
    project.lead_department.clerks.add(nobody)
    assert sign_in(nobody).get(page(project)).status_code == 403


def test_who_only_reads_cannot_restore(sign_in, clerk, project):
    client = sign_in(clerk)
    shown = client.get(page(project))
    assert shown.status_code == 200 and "恢复成" not in shown.content.decode()
    assert client.get(page(project, "restore", project.history.first().history_id)).status_code == 403


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "\x00", "²"])
def test_an_odd_page_number_is_no_error(sign_in, street_admin, project, number):
    assert sign_in(street_admin).get(page(project), {"page": number}).status_code == 200


def test_a_long_history_asks_as_much_as_a_short_one(sign_in, street_admin, project):
    client = sign_in(street_admin)
    client.get(page(project))
    with CaptureQueriesContext(connection) as few:
        client.get(page(project))
    for number in range(60):
        project.place = f"{number} 号"
        project.save()
    with CaptureQueriesContext(connection) as many:
        first = client.get(page(project)).content.decode()
    assert len(many) <= len(few) <= 10
    assert "更早的" in first
    assert "新增" in client.get(page(project), {"page": 2}).content.decode()


# --- restoring ---------------------------------------------------------------------------------------
@pytest.fixture
def moved(sign_in, street_admin, project):
    """A project that was changed twice; the version with 映月湖 is the one to go back to."""
    client = sign_in(street_admin)
    change(client, project, place="映月湖")
    version = project.history.first().history_id
    change(client, project, place="千灯湖", description="新内容。")
    return client, project, version


def test_a_version_is_restored_as_a_new_change(moved, street_admin):
    client, project, version = moved
    address = page(project, "restore", version)
    data = held(client.get(address))
    assert "映月湖" in client.get(address).content.decode()
    assert post(client, address, data, reason="改错了。").status_code == 302
    project.refresh_from_db()
    assert (project.place, project.description, project.version) == ("映月湖", "", 4)
    entry = ENTRIES.about(project).newest_first()[0]
    assert (entry.by, entry.reason, len(entry.changes)) == (street_admin, "改错了。", 2)
    assert "原因：改错了。" in client.get(page(project)).content.decode()


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "长" * 501])
def test_restoring_needs_a_reason(moved, reason):
    client, project, version = moved
    address = page(project, "restore", version)
    assert post(client, address, held(client.get(address)), reason=reason).status_code == 400
    project.refresh_from_db()
    assert project.place == "千灯湖"


def test_restoring_what_somebody_changed_meanwhile_asks(moved, superuser, sign_in):
    client, project, version = moved
    address = page(project, "restore", version)
    data = held(client.get(address))
    change(sign_in(superuser), project, place="怡海路")
    response = post(client, address, data, reason="改错了。")
    assert response.status_code == 409 and "怡海路" in response.content.decode()
    assert post(client, page(project, "change"), held(response), **{"pick-place": "mine"}).status_code == 302
    project.refresh_from_db()
    assert project.place == "映月湖"


def test_restoring_obeys_the_rules_of_the_form(moved, key_list):
    client, project, _ = moved
    change(client, project, number="7")
    version = project.history.first().history_id
    change(client, project, number="8")
    factories.make_project(key_list, number=7)
    address = page(project, "restore", version)
    response = post(client, address, held(client.get(address)), reason="改错了。")
    assert response.status_code == 200 and "已有这个序号" in response.content.decode()
    project.refresh_from_db()
    assert project.number == 8


def test_many_to_many_is_restored(sign_in, superuser, project):
    client = sign_in(superuser)
    first, second = (factories.make_department(name=f"{name}办公室") for name in "东西")
    change(client, project, supporting_departments=[str(first.pk), str(second.pk)])
    version = project.history.first().history_id
    change(client, project, supporting_departments=[str(first.pk)], contact="新联系人")
    address = page(project, "restore", version)
    assert post(client, address, held(client.get(address)), reason="误删了单位。").status_code == 302
    assert set(project.supporting_departments.all()) == {first, second}
    assert Project.objects.get(pk=project.pk).contact == ""


def test_another_rows_version_is_no_version_of_this(moved):
    client, project, _ = moved
    other = factories.make_project().history.first().history_id
    assert client.get(page(project, "restore", other)).status_code == 404
    assert client.get(page(project, "restore", 10**18)).status_code == 404


# --- for ever ----------------------------------------------------------------------------------------
def frozen():
    return [model for model in apps.get_models() if issubclass(model, FrozenHistory)]


def test_every_historical_table_is_append_only(db):
    assert len(frozen()) == 38 and not missing_triggers()
    assert all(each._meta.verbose_name.endswith("的历史") and not each._meta.default_permissions for each in frozen())


MEMBERS = apps.get_model("projects", "HistoricalDepartment_clerks")
FROZEN = {"history": (Department.history.model, "name"), "members": (MEMBERS, "user"), "entry": (AuditEntry, "reason")}


@pytest.mark.parametrize("way", ["update", "delete"])
@pytest.mark.parametrize("kept", FROZEN)
def test_history_stays(office, clerk, kept, way):
    model, column = FROZEN[kept]
    rows = model.objects.all()
    assert rows.exists()
    with pytest.raises(DatabaseError, match="修改历史"), transaction.atomic():
        rows._raw_delete(rows.db) if way == "delete" else rows.update(**{column: None if column == "user" else "x"})


def test_the_history_of_a_sample_holds_nothing_back(db):
    factories.make_community(code="440605000000")
    call_command("seed_sample", "--projects", "20", verbosity=0)
    project = Project.objects.filter(is_sample=True).first()
    project.place = "示例地点"
    project.save()
    call_command("remove_sample", verbosity=0)
    assert not Project.objects.filter(is_sample=True).exists()
    assert Project.history.filter(place="示例地点").exists()
    assert not AuditEntry.objects.filter(kind="+", row_text__startswith="示例").exists(), "making it is no change"


def test_the_price_of_a_save(project, capsys):
    """Printed with -s: a change costs six queries more than a bare UPDATE, whatever the row."""
    project.place = "0"
    project.save()
    project.place = "1"
    with CaptureQueriesContext(connection) as captured:
        project.save()
    assert len(captured) <= 16, [each["sql"][:60] for each in captured]
    start = time.perf_counter()
    for number in range(100):
        project.place = str(number)
        project.save()
    with capsys.disabled():
        print(f"\n一次保存 {(time.perf_counter() - start) * 10:.2f} 毫秒（含历史和审计）")
