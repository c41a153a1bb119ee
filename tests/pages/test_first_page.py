"""The first page of each role: its own work first, and every number leads to exactly so many rows."""
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guicheng.notices.inbox import tell
from projects.first_page.street import street
from projects.models import ImportBatch, ImportRow, ProgressUpdate, Project, SupervisionNotice
from tests import factories
from tests.pages.figures import without_marks

pytestmark = pytest.mark.django_db

INDEX = "/admin/"


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


@pytest.fixture
def supervisor(db):
    return factories.make_user("supervisor", name="督办员", roles=["督办员"])


def text_of(response):
    page = without_marks(response.text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page[page.index('id="content"'):])))


def rows_behind(client, address):
    """How many rows the list at this address holds."""
    response = client.get(address)
    assert response.status_code == 200, f"{address} → {response.status_code}"
    return response.context["cl"].result_count


def make_samples(number):
    factories.make_community(code="440605011001")
    call_command("seed_sample", projects=number, verbosity=0)


def fill(office, key_list, number=3, **kw):
    """Projects in every state: begun, done, late, due in silence, on no list; parts and hidden ones beside them."""
    community = factories.make_community()
    today = timezone.localdate()
    for index in range(number):
        late = factories.make_project(key_list, lead_department=office, community=community,
                                      planned_start=date(2026, 1, 1), planned_end=today - timedelta(days=5 + index))
        factories.make_update(late, status="in_progress", percent=40, problem="管线没有迁走。", effective_on=today)
        silent = factories.make_project(key_list, lead_department=office, name="没人再提的",
                                        planned_end=today - timedelta(days=5 + index))
        factories.make_update(silent, status="in_progress", percent=40, effective_on=silent.planned_end)
        done = factories.make_project(lead_department=office)
        factories.make_update(done, status="completed")
        paused = factories.make_project(key_list, community=community)
        factories.make_update(paused, status="paused", reason="等批复。")
        factories.make_project(key_list, is_published=False, lead_department=office)
        factories.make_project(lead_department=office, planned_start=today, planned_end=today + timedelta(days=300))
        factories.make_part(late)
        standing = factories.make_project()
        factories.make_update(standing, status="standing", percent=20)


def test_it_works(sign_in, leader, clerk, project):
    factories.make_update(project, status="in_progress")
    assert "全街道的项目（1）" in text_of(sign_in(leader).get(INDEX))
    assert "我的项目（1）" in text_of(sign_in(clerk).get(INDEX))


# --- the street ----------------------------------------------------------------------------------
@pytest.mark.parametrize("samples", [False, True])
def test_every_figure_equals_the_list_behind_it(sign_in, leader, office, key_list, samples):
    make_samples(60)
    fill(office, key_list)
    client, shown = sign_in(leader), street(leader, samples)
    seen = 0
    for tile in shown["tiles"]:
        assert rows_behind(client, tile.address) == tile.count, tile
        seen += 1
    for chart in shown["charts"]:
        for bar in chart.bars:
            assert rows_behind(client, bar.address) == bar.count, bar
            for word, count, address in bar.steps:
                assert rows_behind(client, address) == count, (bar.label, word)
                seen += 1
        assert sum(bar.count for bar in chart.bars) == shown["total"], chart.title
    assert rows_behind(client, shown["address"]) == shown["total"]
    assert seen > 10
    desk = client.get(shown["late_address"])
    assert desk.context["page"].paginator.count == shown["late_total"] > 0


def test_the_figures_are_the_public_ones(leader, office, key_list):
    """Negative control of the above: hidden ones, parts and samples are in no figure."""
    make_samples(20)
    fill(office, key_list, 1)
    assert street(leader)["total"] == Project.objects.counted().real().count() < Project.objects.real().count()


def test_what_is_late_is_one_table(sign_in, leader, supervisor, office, key_list):
    fill(office, key_list, 1)
    page = text_of(sign_in(leader).get(INDEX))
    for word in ("项目 责任单位／责任人 应于 已晚几天 卡在哪 需谁协调 下一步 批示", "5 天", "管线没有迁走。", "写批示"):
        assert word in page
    other = text_of(sign_in(supervisor).get(INDEX))
    assert "管线没有迁走。" in other and "写批示" not in other and "督办" in other


def test_the_longest_late_and_how_many_more(sign_in, leader, office, key_list):
    fill(office, key_list, 14)
    page = text_of(sign_in(leader).get(INDEX))
    assert "逾期没有办完的，含分项（14）" in page and "看全部 14 个" in page


def test_nobody_answers_for_what_was_compiled(sign_in, leader, office, key_list):
    """往年资料: late nowhere and without a lamp, whatever was said of it."""
    fill(office, key_list, 1)
    assert street(leader)["late_total"] == 1
    type(key_list).objects.update(is_compiled=True)
    page = text_of(sign_in(leader).get(INDEX))
    assert "逾期没有办完的，含分项（0）" in page and "红灯·滞后或逾期" not in page


def test_the_red_tile_and_the_late_table_say_what_they_count(sign_in, leader, key_list):
    """One behind its plan and not yet late: red, and in no late table; both say so."""
    today = timezone.localdate()
    behind = factories.make_project(key_list, planned_start=today - timedelta(days=300),
                                    planned_end=today + timedelta(days=100))
    factories.make_update(behind, status="in_progress", percent=1)
    page = text_of(sign_in(leader).get(INDEX))
    assert "1 红灯·滞后或逾期" in page and "逾期没有办完的，含分项（0）" in page
    assert "还没到完成日的，只在红灯里" in page


def test_a_list_says_what_it_is_narrowed_to(sign_in, leader, office, key_list):
    fill(office, key_list, 1)
    client = sign_in(leader)
    bar = next(bar for bar in street(leader)["charts"][1].bars if bar.label == office.name)
    page = client.get(bar.address)
    words = "只看 是否计入数字： 计入（已公开，不含分项） 示例： 否 牵头单位： 城建办公室 去掉筛选，看全部"
    said = text_of(page)[text_of(page).index("只看"):]
    assert all(part in said[:120] for part in words.split(" ")), said[:120]
    clear = re.search(r'class="list-filters".*?href="([^"]+)"', page.text, re.S)[1]
    everything = client.get("/admin/projects/project/" + clear)
    assert "list-filters" not in everything.text
    assert everything.context["cl"].result_count == Project.objects.visible_to(leader).count()


def test_samples_are_apart(sign_in, leader, clerk, office, key_list):
    make_samples(30)
    assert "全街道的项目（0）" in text_of(sign_in(leader).get(INDEX))
    assert "示例项目（" in text_of(sign_in(leader).get(INDEX, {"sample": 1}))
    assert "示例项目（" not in text_of(sign_in(clerk).get(INDEX, {"sample": 1}))


@pytest.mark.parametrize("query", ["family=nope", "light=nope", "counted=nope", "community__id__exact=x",
                                   "community__name__contains=一", "for_me=nope", "light=%00"])
def test_odd_filters_are_no_error(sign_in, leader, project, query):
    assert sign_in(leader).get(f"/admin/projects/project/?{query}").status_code in (200, 302, 400)


# --- a clerk -------------------------------------------------------------------------------------
def test_a_clerk_sees_their_projects_by_light_the_red_first(sign_in, clerk, office, key_list):
    fill(office, key_list, 1)
    factories.make_project(key_list, lead_department=factories.make_department(), name="别人的项目")
    client = sign_in(clerk)
    response = client.get(INDEX)
    page = text_of(response)
    assert page.index("红灯·滞后或逾期（1）") < page.index("白灯·无法比较（") and page.count("已晚 5 天") == 1
    assert "没人再提的" in page.partition("白灯·无法比较（")[2] and "到期以后没有填报是否完成 → 白" in page
    assert "别人的项目" not in page
    assert "复制本周进展成微信文字" in page and "导入 Excel" in page
    assert sum(tile.count for tile in response.context["tiles"]) == response.context["own_total"] > 3
    for tile in response.context["tiles"]:
        assert rows_behind(client, tile.address) == tile.count


def test_due_this_month(sign_in, clerk, office, key_list):
    today = timezone.localdate()
    factories.make_project(key_list, lead_department=office, name="今天到期的", planned_end=today)
    factories.make_project(key_list, lead_department=office, name="明年的", planned_end=today + timedelta(days=400))
    factories.make_project(key_list, lead_department=office, name="逾期的", planned_end=today - timedelta(days=1))
    due = sign_in(clerk).get(INDEX).context["due"]
    assert [project.name for project in due] == ["今天到期的"]


def test_why_they_cannot_be_compared_is_said_once(sign_in, clerk, office, key_list):
    for _ in range(3):
        factories.make_project(key_list, lead_department=office)
    factories.make_project(key_list, lead_department=office, planned_start=date(2021, 1, 1))
    page = text_of(sign_in(clerk).get(INDEX))
    assert page.count("没有填计划开始和计划完成的日期，不能比较 → 白") == 1


def test_returned_drafts_and_in_review(sign_in, clerk, reviewer, project):
    for number in range(3):
        row = factories.make_update(project, published=False, text=f"第 {number} 条。")
        row.save_draft(clerk)
        if number:
            row.submit(clerk)
        if number == 2:
            row.send_back(reviewer, "请写明数量。")
    client = sign_in(clerk)
    response = client.get(INDEX)
    page = text_of(response)
    for word in ("退回给我的（1）", "请写明数量。", "我的草稿（1）", "我填报的，待审核（1）"):
        assert word in page
    for name in ("returned", "drafts", "in_review"):
        shown = response.context[name]
        assert rows_behind(client, shown.address) == shown.total == 1


def test_a_notice_to_answer(sign_in, clerk, other_clerk, leader, project):
    notice = SupervisionNotice.issue(project, "urge", "manual", "k", "请说明。", by=leader)
    assert "去签收" in text_of(sign_in(clerk).get(INDEX))
    assert "请说明。" not in text_of(sign_in(other_clerk).get(INDEX))
    notice.answer(clerk, "下周办。")
    assert "去签收" not in text_of(sign_in(clerk).get(INDEX))
    assert "已回复、等办结的督办（1）" in text_of(sign_in(leader).get(INDEX))


def test_unread_messages(sign_in, clerk):
    tell([clerk], "a", "一条消息", "", INDEX)
    assert "收件箱（1 条未读）" in text_of(sign_in(clerk).get(INDEX))


def test_empty_in_plain_words(sign_in, clerk):
    assert "你还没有经办的项目" in text_of(sign_in(clerk).get(INDEX))


# --- a reviewer ----------------------------------------------------------------------------------
def test_the_queue_says_how_long_and_what_is_attached(sign_in, clerk, reviewer, project):
    row = factories.make_update(project, published=False)
    row.save_draft(clerk)
    factories.make_photo(row)
    factories.make_paper(row)
    row.submit(clerk)
    page = text_of(sign_in(reviewer).get(INDEX))
    assert "等我审核（1）" in page and "今天交来" in page and "照片 1 张，附件 1 个" in page


def test_the_whole_queue_is_one_click_away(sign_in, clerk, reviewer, project):
    for number in range(12):
        factories.make_update(project, published=False, text=f"第 {number} 条。").submit(clerk)
    client = sign_in(reviewer)
    response = client.get(INDEX)
    assert "看全部 12 条" in text_of(response)
    assert rows_behind(client, response.context["queue"].address) == 12


def test_imports_and_new_projects_wait_too(sign_in, clerk, reviewer, senior_reviewer, project, office):
    update = factories.make_update(project, published=False)
    update.submit(clerk)
    batch = ImportBatch.objects.create(uploader=clerk, file_name="清单.xlsx", sha256="0" * 64, state="confirmed",
                                       source=update.source, effective_on=date(2021, 6, 30),
                                       confirmed_at=timezone.now())
    ImportRow.objects.create(batch=batch, number=1, outcome="new", project=project, update=update)
    factories.make_project(lead_department=office, name="新步道", entered_by=clerk, is_published=False)
    page = text_of(sign_in(reviewer).get(INDEX))
    assert "清单.xlsx" in page and "1 条等你审核" in page and "等我公开的项目" not in page
    assert "新步道" in text_of(sign_in(senior_reviewer).get(INDEX)).partition("等我公开的项目（1）")[2]


# --- the others ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "first"), [
    ("安全审计员", "审计记录"), ("系统管理员", "账号：新增"), ("安全管理员", "待授权的账号"),
    ("单位管理员", "账号：新增"),
])
def test_links_first_and_no_empty_sections(sign_in, role, first):
    page = text_of(sign_in(factories.make_user(roles=[role])).get(INDEX))
    assert first in page.partition("账号和日志")[2][:60]
    for word in ("找一个项目", "我的项目", "等我审核", "全街道"):
        assert word not in page


def test_a_party_clerk(sign_in):
    person = factories.make_user(roles=["党组织经办人"])
    assert "你还没有经办的党组织" in text_of(sign_in(person).get(INDEX))
    factories.make_organisation(name="半月岛党支部").clerks.add(person)
    page = text_of(sign_in(person).get(INDEX))
    assert "我的党组织（1）" in page and "半月岛党支部" in page


def test_who_has_no_role_is_told(sign_in):
    assert "还没有角色" in text_of(sign_in(factories.make_user(is_staff=True)).get(INDEX))


# --- how many queries ----------------------------------------------------------------------------
def queries_of(client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(INDEX).status_code == 200
    return len(queries)


# who sees the street asks one query more for the newest day of each list, since their numbers are kept, and one for
# what is late and hidden, since what is public is remembered; who does not, one for their units, which others name
# needs: those of one's units for a clerk, the answers to read for a reviewer, both and what no unit has for the street
QUERIES = {"clerk": 20, "reviewer": 26, "leader": 30, "supervisor": 30, "street_admin": 43, "auditor": 6}


@pytest.mark.parametrize("role", QUERIES)
def test_the_number_of_queries_is_fixed(request, sign_in, role, office, key_list, clerk, reviewer):
    person = factories.make_user(roles=["安全审计员"]) if role == "auditor" else request.getfixturevalue(role)
    author = factories.make_user(roles=["部门经办人"])
    office.clerks.add(author)
    client, numbers = sign_in(person), []
    queries_of(client)  # what is remembered from the first page on: the kinds of rows
    for _ in range(2):
        fill(office, key_list, 2)
        for project in Project.objects.filter(lead_department=office):
            SupervisionNotice.issue(project, "urge", "manual", f"k{SupervisionNotice.objects.count()}", "请说明。",
                                    by=author)
            for by, verb in ((author, "submit"), (person, "save_draft"), (person, "submit")):
                getattr(ProgressUpdate(project=project, source=project.source, text="有进展。",
                                       effective_on=date(2021, 6, 30)), verb)(by)
        returned = ProgressUpdate(project=project, source=project.source, text="退回的。",
                                  effective_on=date(2021, 6, 30))
        returned.submit(person)
        returned.send_back(reviewer if person != reviewer else clerk, "请改。")
        tell([person], f"t{len(numbers)}", "一条消息", "", INDEX)
        numbers.append(queries_of(client))
    assert numbers[0] == numbers[1] <= QUERIES[role], numbers
