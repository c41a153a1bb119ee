"""The pages of 报送任务: a unit's table and its rows, the board, and who comes to them."""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models import AskedUnit, ProgressUpdate, Project, ReportingRow, ReportingTask, Source, Standing
from projects.reporting.drafts import save_drafts
from projects.reporting.opening import open_task
from tests import factories as make
from tests.projects.test_reporting import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(key_list, office, street_admin):
    for number in range(3):
        make.make_project(key_list, number=number + 1, lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


@pytest.fixture
def unit(task):
    return AskedUnit.objects.get(task=task)


def sent(unit, do, **texts):
    """What the page sends: the version of every row, and these texts of the first one."""
    rows = list(ReportingRow.objects.filter(unit=unit).order_by("pk"))
    data = {f"r{row.pk}-version": row.version for row in rows} | {"do": do}
    return data | {f"r{rows[0].pk}-{name}": text for name, text in texts.items()}


def test_what_can_go_goes_and_the_rest_stays_as_a_draft(sign_in, clerk, unit):
    first, second, _ = ReportingRow.objects.filter(unit=unit).order_by("pk")
    data = sent(unit, "all", percent="120") | {f"r{second.pk}-text": "好了。"}
    page = sign_in(clerk).post(unit.get_absolute_url(), data, follow=True)
    assert "交了 1 行" in page.text
    assert "不能超过 100。" in page.text
    assert 'value="120"' in page.text
    rows = ReportingRow.objects.with_standing().filter(unit=unit).order_by("pk")
    assert [row.standing for row in rows] == [Standing.DRAFT, Standing.HANDED_IN, Standing.UNTOUCHED]


def test_saving_alone_hands_in_nothing(sign_in, clerk, unit):
    sign_in(clerk).post(unit.get_absolute_url(), sent(unit, "save", text="好了。"))
    assert not ProgressUpdate.objects.filter(author=clerk).exists()
    assert ReportingRow.objects.filter(unit=unit, has_draft=True).count() == 1


def test_one_row_alone(sign_in, clerk, unit):
    row = ReportingRow.objects.filter(unit=unit).order_by("pk").first()
    answer = sign_in(clerk).post(row.get_absolute_url(), {
        f"r{row.pk}-version": 1, f"r{row.pk}-text": "好了。", "do": "one"})
    after = ReportingRow.objects.filter(unit=unit).in_table_order()[1]
    assert answer["Location"] == after.get_absolute_url()
    assert ReportingRow.objects.with_standing().get(pk=row.pk).standing == Standing.HANDED_IN


@pytest.mark.parametrize(("do", "number"), [("nil_all", 2), ("nothing", 0)])
def test_no_change_of_all_that_was_not_touched_is_one_tap(sign_in, clerk, unit, do, number):
    sign_in(clerk).post(unit.get_absolute_url(), sent(unit, do, text="在写"))
    rows = ReportingRow.objects.with_standing().filter(unit=unit)
    assert rows.filter(standing=Standing.NIL).count() == number
    assert rows.filter(standing=Standing.DRAFT).count() == 1


def test_a_lost_update_is_refused_with_both_texts(sign_in, clerk, unit, reviewer):
    row = ReportingRow.objects.filter(unit=unit).order_by("pk").first()
    data = sent(unit, "all", text="乙写的")
    save_drafts(unit.rows, {row.pk: (1, {"text": "甲写的"})}, reviewer)
    answer = sign_in(clerk).post(unit.get_absolute_url(), data)
    assert answer.status_code == 409
    assert "乙写的" in answer.text
    assert "甲写的" in answer.text
    row.refresh_from_db()
    assert row.draft == {"text": "甲写的"}
    assert not ProgressUpdate.objects.filter(author=clerk).exists()


def test_the_page_keeps_drafts_by_itself(sign_in, clerk, unit):
    row = ReportingRow.objects.filter(unit=unit).order_by("pk").first()
    address = reverse("admin:projects_reportingtask_drafts", args=[unit.pk])
    kept = sign_in(clerk).post(address, sent(unit, "", text="在写")).json()
    assert kept["set"][f"r{row.pk}-version"] == 2
    assert f"r{row.pk}-text" in kept["kept"]
    assert kept["both"] == {}


@pytest.mark.parametrize("name", ["table", "drafts", "row", "board"])
def test_nobody_else_comes_to_it(sign_in, other_clerk, unit, name):
    keys = {"board": unit.task_id, "row": unit.rows.first().pk}
    address = reverse(f"admin:projects_reportingtask_{name}", args=[keys.get(name, unit.pk)])
    client = sign_in(other_clerk)
    assert client.get(address).status_code == (405 if name == "drafts" else 404)
    assert client.post(address, {"do": "all"}).status_code == (405 if name == "board" else 404)


def test_a_clerk_neither_opens_nor_closes(sign_in, clerk, unit):
    for name in ("open", "close"):
        assert sign_in(clerk).post(reverse(f"admin:projects_reportingtask_{name}", args=[unit.task_id])).status_code \
            == 403
    assert ReportingTask.objects.get().is_open


def test_a_leader_reads_the_board_and_writes_in_no_table(sign_in, unit):
    leader = sign_in(make.make_user(roles=["领导"]))
    assert "3 行" in leader.get(unit.task.get_absolute_url()).text
    assert leader.get(unit.get_absolute_url()).status_code == 200
    assert leader.post(unit.get_absolute_url(), sent(unit, "all", text="好")).status_code == 403


def test_the_clerk_comes_to_it_from_the_first_page_and_the_list(sign_in, clerk, unit):
    client = sign_in(clerk)
    assert unit.get_absolute_url() in client.get(reverse("admin:index")).text
    change = reverse("admin:projects_reportingtask_change", args=[unit.task_id])
    assert change in client.get(reverse("admin:projects_reportingtask_changelist")).text
    assert client.get(change)["Location"] == unit.get_absolute_url()


def test_the_board_names_who_has_not_reported_in_the_list_order(sign_in, street_admin, key_list):
    late, early = make.make_community(name="后", order=2), make.make_community(name="先", order=1)
    for number, community in enumerate((late, early)):
        make.make_project(key_list, number=number + 10, community=community)
    task = make_task()
    open_task(task, street_admin)
    client = sign_in(street_admin)
    page = client.get(task.get_absolute_url()).text
    assert "2 个单位没有账号" in page
    assert page.index(str(early)) < page.index(str(late))
    urge = client.get(reverse("admin:projects_reportingtask_urge", args=[task.pk])).text
    assert f"（按名单顺序）：{early}、{late}。" in urge
    assert "没有账号，收不到，要打电话" in urge


def test_the_office_opens_one_by_the_form(sign_in, street_admin, project):
    client = sign_in(street_admin)
    form = client.get(reverse("admin:projects_reportingtask_add")).text
    assert "要填的栏目和口径" in form
    due = timezone.localtime() + timedelta(days=5)
    client.post(reverse("admin:projects_reportingtask_add"), {
        "title": "示例", "ground": "示例通知", "as_of": "2026-11-30",
        "due_at_0": f"{due:%Y-%m-%d}", "due_at_1": "17:00",
        "rhythm": "month", "asks_projects": "on", "only_unfinished": "on", "columns-TOTAL_FORMS": "1",
        "columns-INITIAL_FORMS": "0",
        "columns-0-key": "status", "columns-0-definition": ""})
    task = ReportingTask.objects.get()
    assert [column.key for column in task.columns.all()] == ["status"]  # kept, though it is as the form offered it
    page = client.get(reverse("admin:projects_reportingtask_change", args=[task.pk])).text
    assert "布置给 1 个单位" in page
    client.post(reverse("admin:projects_reportingtask_open", args=[task.pk]))
    assert ReportingRow.objects.get().project == project
    client.post(reverse("admin:projects_reportingtask_close", args=[task.pk]))
    assert ReportingTask.objects.get().stage == "已关闭"


# --- how many questions a page asks ----------------------------------------------------------------------
def own_queries(client, address):
    """Those a page asks beside who is signed in, what they may and how many messages wait."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    around = ("django_session", "auth_permission", '"guicheng_user"."id" =', "guicheng_inboxmessage", "SAVEPOINT")
    return [each["sql"] for each in found if not any(name in each["sql"][:3000] for name in around)]


@pytest.fixture
def big_task(key_list, office, street_admin):
    Source.objects.own()  # is there since the first statement
    source = make.make_source()
    Project.objects.bulk_create([Project(
        code=f"big-{number}", name=f"第 {number} 项", project_list=key_list, membership="stated", number=number,
        lead_department=office, source=source) for number in range(1, 3001)])
    task = make_task()
    open_task(task, street_admin)
    return task


def test_a_page_of_a_big_table_asks_little(sign_in, clerk, big_task):
    client, unit = sign_in(clerk), AskedUnit.objects.get()
    for address in (unit.get_absolute_url(), f"{unit.get_absolute_url()}?show=left&page=50",
                    unit.rows.first().get_absolute_url()):
        asked = own_queries(client, address)
        # one's units are read once for all that ask them; of a row whose it is and what it said before
        assert len(asked) <= 9 + 2 * ("row" in address), asked


def test_the_board_asks_little(sign_in, street_admin, big_task):
    asked = own_queries(sign_in(street_admin), big_task.get_absolute_url())
    assert len(asked) <= 6, asked


def test_saving_thirty_rows_asks_little(sign_in, clerk, big_task):
    unit = AskedUnit.objects.get()
    rows = ReportingRow.objects.filter(unit=unit).in_table_order()[:30]
    data = {"do": "all"}
    for row in rows:
        data |= {f"r{row.pk}-version": 1, f"r{row.pk}-text": "好了。"}
    client = sign_in(clerk)
    with CaptureQueriesContext(connection) as found:
        assert client.post(unit.get_absolute_url(), data).status_code == 302
    assert ReportingRow.objects.filter(unit=unit, latest__isnull=False).count() == 30
    assert len(found) <= 40, len(found)
