"""The office's half of figures in a 报送任务: returned with a reason, released by the unit, on paper, asked again."""
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from guicheng.notices.inbox import InboxMessage
from partybuilding.models import ReadingReturn, ReadingRow, ReportedReading
from projects import summary
from projects.models import AskedUnit, Standing
from projects.reporting.opening import close_task, open_task, prepare_next
from projects.reporting.releasing import OWN, newest_beside, release, release_of
from projects.reporting.returns import send_back, versions_of
from tests import factories as make
from tests.partybuilding.test_readings import (  # noqa: F401, fixtures
    first,
    handed_in,
    last,
    metric,
    place,
    row,
    stands,
    task,
    task_of,
    worker,
)

pytestmark = pytest.mark.django_db


def newest(row):  # noqa: F811
    return ReadingRow.objects.get(pk=row.pk).latest_id


@pytest.mark.parametrize("texts", [{"value": "30"}, {"nil": "1", "note": "没有新的"}])
def test_the_office_returns_a_figure_and_the_unit_sees_why(sign_in, row, worker, street_admin, texts):  # noqa: F811
    handed_in(row, worker, **texts)
    office, address = sign_in(street_admin), row.get_absolute_url()
    assert "退回这个数" in office.get(address).content.decode()
    to = reverse("admin:partybuilding_reportedreading_return", args=[row.pk])
    assert office.post(to, {"reason": "", "up_to": newest(row)}).status_code == 400
    assert office.post(to, {"reason": "少了一个零", "up_to": newest(row)}).status_code == 302
    assert stands(row) == Standing.RETURNED
    assert "少了一个零" in sign_in(worker).get(row.unit.get_absolute_url()).content.decode()
    assert InboxMessage.objects.filter(recipient=worker, text__contains="少了一个零").exists()
    handed_in(row, worker, value="300", nil="")
    assert stands(row) == Standing.HANDED_IN
    said = versions_of(row)
    assert [words for _, _, words in said] == ["", "少了一个零"] and len(said) == 2
    page = sign_in(worker).get(address).content.decode()
    assert "少了一个零" in page and "退回这个数" not in page


def test_what_was_answered_again_meanwhile_is_not_returned(row, worker, street_admin):  # noqa: F811
    handed_in(row, worker, value="30")
    seen = newest(row)
    send_back(row.unit, street_admin, "错", seen, row)
    handed_in(row, worker, value="31")
    with pytest.raises(ValidationError, match="看过再退"):
        send_back(row.unit, street_admin, "错", seen, row)
    assert stands(row) == Standing.HANDED_IN


def test_the_unit_itself_returns_nothing(sign_in, row, worker):  # noqa: F811
    handed_in(row, worker, value="30")
    to = reverse("admin:partybuilding_reportedreading_return", args=[row.pk])
    assert sign_in(worker).post(to, {"reason": "x", "up_to": newest(row)}).status_code == 403
    assert stands(row) == Standing.HANDED_IN


def test_a_return_stays_as_it_was(row, worker, street_admin):  # noqa: F811
    handed_in(row, worker, nil="1")
    send_back(row.unit, street_admin, "错", newest(row), row)
    for change in (lambda: ReadingReturn.objects.update(reason="别的"), lambda: ReadingReturn.objects.all().delete(),
                   lambda: ReadingReturn.objects.create(answer_id=newest(row), reason="", by=street_admin)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.fixture
def both(metric, place, street_admin, key_list):  # noqa: F811
    """A unit asked for a project and a figure."""
    make.make_project(key_list, community=place)
    found = task_of(metric, rhythm="month")
    found.asks_projects = True
    found.save()
    found.columns.create(key="text")
    found.communities.set([place])
    open_task(found, street_admin)
    return AskedUnit.objects.get(task=found)


def test_a_whole_table_goes_back_with_its_figures(sign_in, both, worker, street_admin):  # noqa: F811
    figure = both.reading_rows.get()
    handed_in(figure, worker, value="5")
    office, address = sign_in(street_admin), reverse("admin:projects_reportingtask_return_table", args=[both.pk])
    page = office.get(address)
    assert "2 行，交了 1 行" in page.content.decode().replace("\n", "")
    office.post(address, page.context["form"].initial | {"reason": "盖章漏了"})
    assert stands(figure) == Standing.RETURNED


def test_control_figures_that_were_not_seen_stay(both, worker, street_admin):  # noqa: F811
    handed_in(both.reading_rows.get(), worker, value="5")
    with pytest.raises(ValidationError):
        send_back(both, street_admin, "错", 0, beside="")


# --- 审签 -----------------------------------------------------------------------------------------------
def test_a_later_answer_of_a_figure_asks_for_another_release(row, worker, first, street_admin):  # noqa: F811
    unit = row.unit
    with pytest.raises(ValidationError, match="交齐"):
        release(unit, first, 0, beside="")
    handed_in(row, worker, value="30")
    seen = newest_beside(unit)
    release(unit, first, 0, beside=seen)
    assert release_of(unit) and not summary.task_progress(unit.task).to_release
    send_back(unit, street_admin, "错", newest(row), row)
    assert release_of(unit) is None
    handed_in(row, worker, value="31")
    assert release_of(unit) is None and summary.task_progress(unit.task).to_release == [unit]
    with pytest.raises(ValidationError, match="刚被重报"):
        release(unit, first, 0, beside=seen)
    release(unit, first, 0, beside=newest_beside(unit))
    assert release_of(unit).by == first
    with pytest.raises(ValidationError, match="已经审签"):
        release(unit, first, 0, beside=newest_beside(unit))


def test_who_handed_in_a_figure_does_not_release(row, worker, place):  # noqa: F811
    place.reviewers.add(worker)
    handed_in(row, worker, value="30")
    with pytest.raises(ValidationError, match=OWN[:10]):
        release(row.unit, worker, 0, beside=newest_beside(row.unit))


def test_a_table_of_figures_alone_is_released_on_its_page(sign_in, row, worker, first):  # noqa: F811
    handed_in(row, worker, value="30")
    address = reverse("admin:projects_reportingtask_release", args=[row.unit_id])
    page = sign_in(first).get(address)
    form = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    assert form["filler"] == worker.name and "1 行，交了 1 行" in page.content.decode().replace("\n", "")
    assert sign_in(first).post(address, form).status_code == 302
    assert release_of(row.unit).by == first


# --- the next and the quarter ---------------------------------------------------------------------------
def test_the_next_asks_the_same_figures(task, metric, street_admin):  # noqa: F811
    following = prepare_next(task, street_admin)
    assert list(following.metrics.all()) == [metric] and not following.asks_projects


def test_the_quarter_counts_figures(both, worker, street_admin):  # noqa: F811
    handed_in(both.reading_rows.get(), worker, value="5")
    told, = summary.tasks_between(both.task.as_of, both.task.as_of)
    assert (told["units"], told["rows"], told["rows_answered"]) == (1, 2, None)
    close_task(both.task, street_admin)
    told, = summary.tasks_between(both.task.as_of, both.task.as_of)
    assert (told["rows"], told["rows_answered"], told["units_answered"]) == (2, 1, 0)
    stood, whole = summary.at_close(both.task)
    assert (stood.total, stood.answered, whole) == (2, 1, 0)


def test_nobody_else_of_the_street_sees_a_figure(sign_in, row):  # noqa: F811
    other = make.make_user("elsewhere", roles=["社区经办人"])
    make.make_community(slug="other").clerks.add(other)
    assert sign_in(other).get(row.get_absolute_url()).status_code == 404
    assert ReportedReading.objects.count() == 0


def test_figures_stand_in_a_second_table_on_page_paper_and_file(sign_in, row, worker, street_admin):  # noqa: F811
    handed_in(row, worker, value="300多", note="含楼长")
    office, name = sign_in(street_admin), "admin:projects_reportingtask_"
    for where, pk in [("summary", row.unit.task_id), ("summary_print", row.unit.task_id), ("paper", row.unit_id)]:
        page = office.get(reverse(name + where, args=[pk])).content.decode()
        assert "300 多名" in page and "含楼长" in page and "以前没有公开过" in page, where
    narrowed = office.get(reverse(name + "summary", args=[row.unit.task_id]), {"standing": "returned"})
    assert "300 多名" not in narrowed.content.decode()
    book = office.get(reverse(name + "summary_file", args=[row.unit.task_id]))
    assert load_workbook(BytesIO(book.content))["数据"] is not None
