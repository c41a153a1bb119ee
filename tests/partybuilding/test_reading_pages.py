"""The pages on which communities report figures and the office fills in for them."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partybuilding.models import MetricReading, ReadingRow, ReportedReading
from projects.models import AskedUnit, ProgressUpdate, ReportingTask, Source, Standing
from projects.reporting.opening import open_task
from projects.reporting.typed import marks_of
from tests import factories as make
from tests.partybuilding.test_readings import (  # noqa: F401, fixtures
    first,
    handed_in,
    last,
    metric,
    place,
    published,
    row,
    stands,
    task,
    task_of,
    worker,
)
from tests.projects.test_reporting import make_task

pytestmark = pytest.mark.django_db


def sent(rows, do, **texts):
    """The form of these rows as they are drawn, with the same texts in each."""
    form = {"do": do}
    for each in ReadingRow.objects.filter(pk__in=[each.pk for each in rows]):
        form |= {f"rm{each.pk}-version": each.version, f"rm{each.pk}-drawn": marks_of(each.kept)}
        form |= {f"rm{each.pk}-{name}": text for name, text in texts.items()}
    return form


def test_a_community_fills_in_its_page_and_a_reviewer_publishes(sign_in, row, worker, first, last, place):  # noqa: F811
    address = row.unit.get_absolute_url()
    page = sign_in(worker).get(address).content.decode()
    assert "志愿者（名）" in page and "以前没有公开过" in page and row.metric.definition in page
    assert sign_in(worker).post(address, sent([row], "all", value="300多")).status_code == 302
    reported = ReportedReading.objects.get()
    queue = sign_in(first).get(reverse("admin:index")).content.decode()
    assert "社区报的数，等我审核（1）" in queue
    decide = reverse("admin:partybuilding_reportedreading_decide", args=[reported.pk])
    shown = sign_in(first).get(reported.staff_page()).content.decode()
    assert "300 多名" in shown and "初审通过" in shown
    sign_in(first).post(decide, {"version": reported.version, "decision": "approve"})
    reported.refresh_from_db()
    ticks = {"politics": "on", "secrecy": "on", "privacy": "on", "figures": "on", "openness": "active"}
    sign_in(last).post(decide, {"version": reported.version, "decision": "approve", **make.CHECKED.as_dict(), **{
        name: "on" for name in ticks if name != "openness"}})
    assert stands(row) == Standing.PUBLISHED
    public = sign_in(worker).get(row.metric.get_absolute_url()).content.decode()
    assert "花苑社区" in public and "全街道的数，公开资料没有写明" in public


def test_projects_and_figures_go_with_one_button(sign_in, worker, place, metric, key_list, street_admin):  # noqa: F811
    project = make.make_project(key_list, community=place)
    both = make_task()
    both.metrics.set([metric])
    both.communities.set([place])
    open_task(both, street_admin)
    unit = AskedUnit.objects.get(task=both)
    asked, figure = unit.rows.get(), unit.reading_rows.get()
    form = sent([figure], "all", value="5") | {f"r{asked.pk}-version": 1, f"r{asked.pk}-text": "好了。"}
    said = sign_in(worker).post(unit.get_absolute_url(), form, follow=True).content.decode()
    assert ProgressUpdate.objects.get(author=worker).project == project and ReportedReading.objects.get().value == 5
    assert "1 行等审核" in said and "1 个数等审核" in said
    assert "2 行，交了 2 行" in said


@pytest.mark.parametrize("do, standing", [
    ("save", Standing.UNTOUCHED), ("nil_all", Standing.NIL), ("all", Standing.UNTOUCHED)])
def test_what_was_not_touched(sign_in, worker, row, do, standing):  # noqa: F811
    sign_in(worker).post(row.unit.get_absolute_url(), sent([row], do, value="", note="", nil=""))
    assert stands(row) == standing


def test_one_row_by_its_own_button(sign_in, worker, row):  # noqa: F811
    sign_in(worker).post(row.unit.get_absolute_url(), sent([row], f"row:m{row.pk}", value="3"))
    assert stands(row) == Standing.HANDED_IN


def test_a_returned_one_that_nobody_touched_does_not_go_with_the_others(sign_in, worker, row, first):  # noqa: F811
    handed_in(row, worker, value="30")
    ReportedReading.objects.get().send_back(first, "少了一个零")
    address = row.unit.get_absolute_url()
    assert "少了一个零" in sign_in(worker).get(address).content.decode()
    sign_in(worker).post(address, sent([row], "all", value="30"))
    assert stands(row) == Standing.RETURNED
    sign_in(worker).post(address, sent([row], f"row:m{row.pk}", value="30"))
    assert stands(row) == Standing.HANDED_IN


def test_an_error_stands_at_its_cell_with_what_was_typed(sign_in, worker, row):  # noqa: F811
    page = sign_in(worker).post(
        row.unit.get_absolute_url(), sent([row], "all", value="300以上"), follow=True).content.decode()
    assert "看不出是多少" in page and 'value="300以上"' in page and 'aria-invalid="true"' in page


def test_a_lost_update_is_refused_with_both_texts(sign_in, worker, row):  # noqa: F811
    form = sent([row], "save", value="1")
    sign_in(worker).post(row.unit.get_absolute_url(), form)
    answer = sign_in(worker).post(row.unit.get_absolute_url(), form | {f"rm{row.pk}-value": "2"})
    page = answer.content.decode()
    assert answer.status_code == 409 and 'value="2"' in page and "别人刚写的</strong>　1<" in page
    assert ReadingRow.objects.get(pk=row.pk).draft == {"value": "1"}


def test_the_page_keeps_drafts_by_itself(sign_in, worker, row):  # noqa: F811
    address = reverse("admin:projects_reportingtask_drafts", args=[row.unit_id])
    kept = sign_in(worker).post(address, sent([row], "save", value="7")).json()
    assert kept["set"] == {f"rm{row.pk}-version": 2, f"rm{row.pk}-drawn": marks_of({"value": "7"})}
    assert f"rm{row.pk}-value" in kept["kept"] and "said" not in kept
    assert ReadingRow.objects.get(pk=row.pk).draft == {"value": "7"}


@pytest.mark.parametrize("number", ["x", "9" * 30, "-1", ""])
def test_odd_names_in_a_form_are_no_rows(sign_in, worker, row, number):  # noqa: F811
    form = {"do": "all", f"rm{number}-version": "1", f"rm{row.pk}-version": number, f"rm{row.pk}-value": "3"}
    assert sign_in(worker).post(row.unit.get_absolute_url(), form).status_code == 302
    assert stands(row) == Standing.UNTOUCHED


def test_a_clerk_cannot_write_into_the_row_of_another_community(sign_in, worker, row, street_admin):  # noqa: F811
    other = task_of(row.metric)
    other.communities.set([make.make_community(name="别处", order=2)])
    open_task(other, street_admin)
    theirs = ReadingRow.objects.get(unit__task=other)
    sign_in(worker).post(row.unit.get_absolute_url(), sent([theirs], "all", value="3"))
    assert stands(theirs) == Standing.UNTOUCHED


def test_the_table_waits_on_the_first_page_until_it_is_whole(sign_in, worker, row):  # noqa: F811
    assert row.unit.get_absolute_url() in sign_in(worker).get(reverse("admin:index")).content.decode()
    handed_in(row, worker, value="3")
    assert row.unit.get_absolute_url() not in sign_in(worker).get(reverse("admin:index")).content.decode()


# --- the grid -------------------------------------------------------------------------------------------
@pytest.fixture
def grid(metric, street_admin):  # noqa: F811
    for number in range(3):
        make.make_community(name=f"第{number}", order=number)
    both = task_of(metric, make.make_metric(name="楼长", unit="名"))
    open_task(both, street_admin)
    return ReportingTask.objects.get(pk=both.pk)


def address_of(grid):
    return reverse("admin:partybuilding_reportedreading_grid", args=[grid.pk])


def test_the_office_fills_in_for_communities_without_an_account(sign_in, street_admin, grid):
    page = sign_in(street_admin).get(address_of(grid)).content.decode()
    assert page.index("第0社区") < page.index("第1社区") < page.index("第2社区")
    rows = list(ReadingRow.objects.filter(unit__task=grid))
    assert len(rows) == 6 and page.count("data-cell") == 6
    sign_in(street_admin).post(address_of(grid), sent(rows[:5], "all", value="约20"))
    assert ReportedReading.objects.filter(author=street_admin, qualifier="约", value=20).count() == 5
    assert not ReportedReading.objects.for_review_by(street_admin).exists()
    board = sign_in(street_admin).get(grid.get_absolute_url()).content.decode()
    assert address_of(grid) in board and "第2社区" in board.split("催没交齐的")[1]


def test_the_grid_leaves_what_it_does_not_show(sign_in, street_admin, grid):
    each = ReadingRow.objects.filter(unit__task=grid).first()
    sign_in(street_admin).post(each.unit.get_absolute_url(), sent([each], "save", value="1", note="话"))
    sign_in(street_admin).post(address_of(grid), sent([each], "save", value="2"))
    assert ReadingRow.objects.get(pk=each.pk).draft == {"value": "2", "note": "话"}


def test_the_grid_is_the_offices(sign_in, worker, row, task):  # noqa: F811
    assert sign_in(worker).get(address_of(task)).status_code == 403
    leader = make.make_user("leader", roles=["领导"])
    assert sign_in(leader).get(address_of(task)).status_code == 200
    assert sign_in(leader).post(address_of(task), sent([row], "all", value="3")).status_code == 403


@pytest.mark.parametrize("page", ["0", "2", "x", "9" * 30])
def test_a_page_of_the_grid_that_is_none_is_not_there(sign_in, street_admin, grid, page):
    assert sign_in(street_admin).get(f"{address_of(grid)}?page={page}").status_code == 404


def test_a_task_without_figures_has_an_empty_grid(sign_in, street_admin, project):
    plain = make_task()
    open_task(plain, street_admin)
    assert "没有问数据项" in sign_in(street_admin).get(address_of(plain)).content.decode()


# --- how much is asked of the database --------------------------------------------------------------------
def own_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in captured if "django_session" not in each["sql"]
            and "guicheng_user" not in each["sql"].partition("FROM")[2].split("WHERE")[0]]


def test_pages_ask_the_same_however_many_figures(sign_in, street_admin, grid):
    client, unit = sign_in(street_admin), AskedUnit.objects.filter(task=grid).first()
    few = [len(own_queries(client, address))
           for address in (address_of(grid), grid.get_absolute_url(), unit.get_absolute_url())]
    many = task_of(*[make.make_metric(name=f"数 {number}") for number in range(20)])
    open_task(many, street_admin)
    unit = AskedUnit.objects.filter(task=many).first()
    assert few == [len(own_queries(client, address)) for address in (
        address_of(many), many.get_absolute_url(), unit.get_absolute_url())]


# --- the public page --------------------------------------------------------------------------------------
def test_what_communities_reported_stands_in_list_order_and_is_not_added_up(visitor, metric):  # noqa: F811
    own = Source.objects.own()
    for number, order in ((41, 2), (59, 1)):
        make.make_reading(metric, community=make.make_community(name=f"社{number}", order=order), value=number,
                          source=own, effective_on=timezone.localdate())
    page = visitor.get(metric.get_absolute_url()).content.decode()
    assert page.index("社59") < page.index("社41") and "100" not in page.split("<main")[1].split("</main")[0]
    assert metric.name in visitor.get(reverse("party-figures")).content.decode()


def test_the_streets_own_figure_stays_its_own(visitor, metric, place):  # noqa: F811
    make.make_reading(metric, value=1000)
    make.make_reading(metric, community=place, value=7, effective_on=timezone.localdate())
    page = visitor.get(metric.get_absolute_url()).content.decode()
    assert page.index("1,000") < page.index("花苑社区")
    assert MetricReading.objects.whole().count() == 1
