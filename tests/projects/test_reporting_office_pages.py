"""The office's pages of a 报送任务, the unit's 审签, and what goes on paper."""
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models import (
    AskedUnit,
    Project,
    ReportingAnswer,
    ReportingReminder,
    ReportingRow,
    ReportingScan,
    ReportingTask,
    Source,
    Standing,
)
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import close_task, open_task
from projects.reporting.releasing import newest_answer, release, release_of
from projects.reporting.returns import send_back
from projects.reporting.wording import word
from tests import factories as make
from tests import pictures
from tests.forms import held
from tests.projects.test_reporting import make_task, typed
from tests.projects.test_reporting_pages import own_queries

pytestmark = pytest.mark.django_db
ROUTES = "admin:projects_reportingtask_"


def address(name, pk, **query):
    return reverse(ROUTES + name, args=[pk], query=query)


@pytest.fixture
def task(key_list, project, office, street_admin):
    make.make_project(key_list, number=2, name="东西路", lead_department=office)
    task = make_task(columns=["status", "percent", "text", "problem", "delay_reason"])
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


@pytest.fixture
def unit(task):
    return AskedUnit.objects.get(task=task)


@pytest.fixture
def rows(unit, clerk):
    """The rows of the unit, all handed in."""
    seen = typed(unit, clerk, status="in_progress", percent="78", text="主管接通。")
    hand_in(unit.rows, seen, clerk)
    return list(ReportingRow.objects.filter(unit=unit).select_related("latest").order_by("pk"))


# --- 退回重报 ---------------------------------------------------------------------------------------------
def test_the_office_returns_a_row_and_the_unit_reads_why(sign_in, street_admin, clerk, unit, rows):
    office = sign_in(street_admin)
    page = office.get(address("office_row", rows[0].pk))
    assert "主管接通。" in page.text
    data = {"reason": "请写哪天完工。", "up_to": rows[0].latest_id}
    answer = office.post(address("return_row", rows[0].pk), data)
    assert answer["Location"] == address("office_row", rows[0].pk)
    table = sign_in(clerk).get(unit.get_absolute_url()).text
    assert table.count("请写哪天完工。") == 2  # at the head, and under the row
    assert "请写哪天完工。" in sign_in(clerk).get(rows[0].get_absolute_url()).text
    assert "请写哪天完工。" not in sign_in(clerk).get(rows[1].get_absolute_url()).text


def test_a_return_without_a_reason_gives_back_the_page(sign_in, street_admin, rows):
    answer = sign_in(street_admin).post(address("return_row", rows[0].pk), {"reason": " ", "up_to": rows[0].latest_id})
    assert answer.status_code == 400
    assert "请写明退回的原因" in answer.text


def test_what_was_typed_is_kept_where_the_row_moved_meanwhile(sign_in, street_admin, clerk, unit, rows):
    send_back(unit, street_admin, "写日期。", rows[0].latest_id, rows[0])
    hand_in(unit.rows, typed(unit, clerk, text="28 日好了。"), clerk)
    answer = sign_in(street_admin).post(
        address("return_row", rows[0].pk), {"reason": "我写的原因。", "up_to": rows[0].latest_id})
    assert answer.status_code == 400
    assert "我写的原因。" in answer.text
    assert "28 日好了。" in answer.text


def test_the_office_returns_a_whole_table(sign_in, street_admin, unit, rows):
    office = sign_in(street_admin)
    page = office.get(address("return_table", unit.pk))
    assert "2 行，交了 2 行" in page.text
    office.post(address("return_table", unit.pk), held(page) | {"reason": "盖章漏了。"})
    standings = ReportingRow.objects.filter(unit=unit).with_standing().values_list("standing", flat=True)
    assert set(standings) == {Standing.RETURNED}


@pytest.mark.parametrize("name", ["return_row", "wording", "return_table", "urge", "next"])
def test_a_leader_changes_nothing_and_a_clerk_neither(sign_in, clerk, other_clerk, unit, rows, name):
    pk = {"return_table": unit.pk, "urge": unit.task_id, "next": unit.task_id}.get(name, rows[0].pk)
    data = {"reason": "x", "up_to": newest_answer(unit), "seen": 0, "unit": unit.pk}
    leader = make.make_user(roles=["领导"])
    outside = 404 if name in ("urge", "next") else 403
    assert [sign_in(who).post(address(name, pk), data).status_code for who in (leader, clerk, other_clerk)] \
        == [403, 403, outside]
    assert {row.standing for row in ReportingRow.objects.filter(unit=unit).with_standing()} == {Standing.HANDED_IN}


def test_what_was_returned_is_not_answered_by_the_way(sign_in, street_admin, clerk, unit):
    """“没动的都报零报告” leaves out what the office gave back; the row's own 零报告 does it."""
    hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk)
    send_back(unit, street_admin, "上月说好要开工。", newest_answer(unit))
    rows = list(ReportingRow.objects.filter(unit=unit).order_by("pk"))
    data = {f"r{row.pk}-version": row.version for row in rows}
    client = sign_in(clerk)
    assert "都报零报告" not in client.get(unit.get_absolute_url()).text
    client.post(unit.get_absolute_url(), data | {"do": "nil_all"})
    standings = ReportingRow.objects.filter(unit=unit).with_standing().order_by("pk").values_list("standing", flat=True)
    assert list(standings) == [Standing.RETURNED] * 2
    client.post(unit.get_absolute_url(), data | {"do": f"nil:{rows[0].pk}"})
    assert list(standings.all()) == [Standing.NIL, Standing.RETURNED]


# --- 审签 ------------------------------------------------------------------------------------------------
def test_the_reviewer_releases_with_a_scan_that_only_staff_of_it_fetch(
        sign_in, reviewer, clerk, other_clerk, street_admin, unit, rows, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    ReportingTask.objects.update(needs_scan=True)
    page = sign_in(reviewer).get(address("release", unit.pk))
    data = held(page)
    assert (data["filler"], data["phone"]) == ("经办人", "0757-00000000")
    refused = sign_in(reviewer).post(address("release", unit.pk), data)
    assert "要盖章扫描件" in refused.text
    bad = sign_in(reviewer).post(address("release", unit.pk), data | {
        "scan": SimpleUploadedFile("章.pdf", b"no pdf")})
    assert "这不是 PDF" in bad.text
    assert release_of(unit) is None
    sign_in(reviewer).post(address("release", unit.pk), data | {"scan": pictures.paper()})
    assert release_of(unit).scan.title
    for who, status in ((clerk, 200), (street_admin, 200), (other_clerk, 404)):
        assert sign_in(who).get(address("scan", unit.pk)).status_code == status
    public = reverse("paper-file", args=[ReportingScan.objects.get().code])
    assert sign_in(street_admin).get(public).status_code == 404
    assert "已审签" in sign_in(street_admin).get(unit.task.get_absolute_url()).text


def test_nobody_else_releases(sign_in, clerk, street_admin, other_clerk, unit, rows):
    elsewhere = make.make_user(roles=["审核员"])
    make.make_department().reviewers.add(elsewhere)
    for who, status in ((clerk, 403), (street_admin, 403), (other_clerk, 403), (elsewhere, 404)):
        answer = sign_in(who).post(address("release", unit.pk), {"up_to": newest_answer(unit)})
        assert answer.status_code == status
    assert release_of(unit) is None


HEADS = ["序号", "项目名称", "年度目标", "牵头单位", "责任领导", "状态", "完成%", "本月进展", "存在问题",
         "下步安排及时限", "需协调事项", "备注"]


def test_the_months_paper_has_the_columns_of_the_practice(sign_in, clerk, reviewer, unit, rows):
    page = sign_in(clerk).get(address("paper", unit.pk)).text
    places = [page.index(f">{head}</th>") for head in HEADS]
    assert places == sorted(places)
    for word_ in ("填报单位（盖章）", "统计截止", "报送日期", "填表人", "审核人", "联系电话", "零报告 □", "还没有审签"):
        assert word_ in page
    release(unit, reviewer, newest_answer(unit), filler="张三", phone="0757-1")
    page = sign_in(clerk).get(address("paper", unit.pk)).text
    assert "填表人：张三" in page and "审核人：审核员" in page and "还没有审签" not in page


def test_a_table_of_nothing_new_ticks_its_box(sign_in, clerk, unit):
    hand_in(unit.rows, typed(unit, clerk, nil="1"), clerk)
    page = sign_in(clerk).get(address("paper", unit.pk)).text
    assert "零报告 ☑" in page
    assert "零报告，本期无变化" in page


# --- 汇总表 -----------------------------------------------------------------------------------------------
def test_the_office_words_a_cell_and_the_clerks_words_stay_beside(sign_in, street_admin, unit, rows):
    office = sign_in(street_admin)
    data = {"seen": 0, "text": "供水主管已接通。", "problem": "", "delay_reason": ""}
    office.post(address("wording", rows[0].pk), data)
    grid = office.get(address("summary", unit.task_id)).text
    assert "主管接通。" in grid and "供水主管已接通。" in grid
    late = office.post(address("wording", rows[0].pk), data | {"text": "别的写法。"})
    assert late.status_code == 400
    assert "别的写法。" in late.text and "刚被别人改过" in late.text
    printed = office.get(address("summary_print", unit.task_id)).text
    assert "供水主管已接通。\n＊" in printed or "供水主管已接通。＊" in printed
    assert "分管领导（签字）" in printed and "主要领导（签字）" in printed


def test_the_grid_is_narrowed_and_a_value_that_is_none_is_refused(sign_in, street_admin, clerk, unit, rows):
    send_back(unit, street_admin, "写日期。", rows[0].latest_id, rows[0])
    office = sign_in(street_admin)
    returned = office.get(address("summary", unit.task_id, standing="returned")).text
    assert rows[0].project.name in returned and rows[1].project.name not in returned
    assert rows[1].project.name in office.get(address("summary", unit.task_id, unit=unit.pk)).text
    for query in ({"standing": "lazy"}, {"unit": 99}, {"unit": "x"}):
        assert office.get(address("summary", unit.task_id, **query)).status_code == 400
    assert office.get(address("summary", unit.task_id, page=9)).status_code == 404
    assert office.get(address("summary_print", unit.task_id, paper="a9")).status_code == 400
    assert office.get(address("summary", unit.task_id, colour="red")).status_code == 200


def test_the_workbook_has_the_clerks_words_and_the_offices_in_columns_of_their_own(
        sign_in, street_admin, unit, rows):
    word(rows[0], {"text": "供水主管已接通。"}, 0, street_admin)
    content = sign_in(street_admin).get(address("summary_file", unit.task_id, paper="a3")).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in cells if row[0] == "序号")
    first = cells[cells.index(head) + 1]
    said = dict(zip(head, first, strict=True))
    assert (said["本月进展"], said["本月进展（办公室表述）"]) == ("主管接通。", "供水主管已接通。")
    assert (said["状态"], said["完成%"], said["情况"]) == ("推进中", 78, "已交")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 8
    assert any("主要领导（签字）" in str(row[0]) for row in cells)


def test_only_who_sees_the_street_reads_the_grid(sign_in, clerk, other_clerk, unit, rows):
    for name in ("summary", "summary_print", "summary_file"):
        codes = [sign_in(who).get(address(name, unit.task_id)).status_code
                 for who in (make.make_user(roles=["领导"]), clerk, other_clerk)]
        assert codes == [200, 403, 404], name


# --- the board, 催报 and the next one -----------------------------------------------------------------------
def test_urging_shows_the_names_and_sends_to_those_that_were_shown(sign_in, street_admin, clerk, unit):
    office = sign_in(street_admin)
    page = office.get(address("urge", unit.task_id))
    assert "城建办" in page.text
    assert not ReportingReminder.objects.exists()
    office.post(address("urge", unit.task_id), {"unit": [unit.pk]})
    assert ReportingReminder.objects.get().told == 1
    assert "催报：已发 1 个单位" in office.get(unit.task.get_absolute_url()).text


def test_the_board_says_what_waits_what_was_and_will_be_sent(sign_in, street_admin, unit, rows):
    page = sign_in(street_admin).get(unit.task.get_absolute_url()).text
    assert "2 行等审核" in page
    assert "1 个单位交齐了，本单位还没有审签" in page
    assert "截止当天提醒：自动发给没交齐的" in page


def test_the_board_shows_who_has_not_and_refuses_another_way_of_looking(sign_in, street_admin, key_list, unit, rows):
    community = make.make_community(name="桂一")
    make.make_project(key_list, number=7, community=community)
    AskedUnit.objects.create(task=unit.task, community=community)
    ReportingRow.objects.create(unit=AskedUnit.objects.last(), project=Project.objects.last())
    office, here = sign_in(street_admin), unit.task.get_absolute_url()
    tile = 'class="report-tile is-whole"'
    assert tile in office.get(here).text and "report-short" in office.get(here).text
    assert tile not in office.get(f"{here}?show=open").text and "桂一" in office.get(f"{here}?show=open").text
    assert tile in office.get(f"{here}?show=all").text and "report-short" not in office.get(f"{here}?show=all").text
    assert office.get(f"{here}?show=lazy").status_code == 400


def test_a_closed_board_tells_how_it_stood_and_what_came_after(sign_in, street_admin, clerk, unit, rows, task):
    send_back(unit, street_admin, "写日期。", rows[0].latest_id, rows[0])
    close_task(task, street_admin)
    hand_in(unit.rows, typed(unit, clerk, text="28 日好了。"), clerk)
    page = sign_in(street_admin).get(task.get_absolute_url()).text
    assert "关闭时 0 个单位交齐，1 行已答；以后补报的 1 行。" in page
    grid = sign_in(street_admin).get(address("summary", task.pk)).text
    assert "补报" in grid


def test_the_next_one_is_prepared_and_looked_at(sign_in, street_admin, task):
    answer = sign_in(street_admin).post(address("next", task.pk))
    following = ReportingTask.objects.get(previous=task)
    assert answer["Location"] == address("change", following.pk)
    assert following.opened_at is None
    assert sign_in(street_admin).get(answer["Location"]).status_code == 200


def test_the_daily_command_reminds_once_and_the_dry_run_names(task, clerk):
    ReportingTask.objects.update(due_at=timezone.localtime().replace(hour=23, minute=59, second=59))

    def run(*arguments):
        said = io.StringIO()
        call_command("supervise", *arguments, stdout=said)
        return said.getvalue()

    assert "报送提醒　2026 年 11 月进展（截止当天提醒），发给城建办公室（经办人）" in run("--dry-run")
    assert not ReportingReminder.objects.exists()
    assert "报送任务提醒：1 次任务，1 个单位。" in run()
    assert "报送任务提醒" not in run()


# --- how many questions a page asks ----------------------------------------------------------------------
@pytest.fixture
def bulk_task(key_list, street_admin):
    """3,000 projects of 50 units, each with an answer."""
    Source.objects.own()
    source = make.make_source()
    offices = [make.make_department() for _ in range(50)]
    Project.objects.bulk_create([Project(
        code=f"big-{number}", name=f"第 {number} 项", project_list=key_list, membership="stated", number=number,
        lead_department=offices[number % 50], source=source) for number in range(1, 3001)])
    task = make_task()
    open_task(task, street_admin)
    rows = list(ReportingRow.objects.filter(unit__task=task))
    answers = ReportingAnswer.objects.bulk_create(
        [ReportingAnswer(row=row, by=street_admin, said={"nil": "1"}) for row in rows])
    for row, answer in zip(rows, answers, strict=True):
        row.latest = answer
    ReportingRow.objects.bulk_update(rows[:2000], ["latest"], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself a minute later; it plans as if nothing were there
    task.refresh_from_db()
    return task


def test_the_board_of_three_thousand_rows_asks_six_and_the_grid_eight(sign_in, street_admin, bulk_task):
    office = sign_in(street_admin)
    board = own_queries(office, bulk_task.get_absolute_url())
    assert len(board) <= 6, board
    grid = own_queries(office, address("summary", bulk_task.pk))
    assert len(grid) <= 8, grid
    close_task(bulk_task, street_admin)
    assert len(own_queries(office, bulk_task.get_absolute_url())) <= 7  # one for the figures as it was closed


def test_the_paper_and_the_file_of_three_thousand_rows_ask_as_little(sign_in, street_admin, bulk_task):
    office = sign_in(street_admin)
    for name in ("summary_print", "summary_file"):
        with CaptureQueriesContext(connection) as found:
            assert office.get(address(name, bulk_task.pk)).status_code == 200
        assert len(found) <= 16, name
