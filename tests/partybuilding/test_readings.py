"""Figures in a 报送任务: whom they are asked of, what is typed, and that each becomes a reading only by the review."""
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partybuilding.models import (
    Metric,
    MetricReading,
    ReadingAnswer,
    ReadingAtClose,
    ReadingRow,
    ReportedReading,
)
from partybuilding.reporting.asking import TWICE
from partybuilding.reporting.reading import TYPED, read
from partybuilding.reporting.values import jumped, read_value
from projects import summary
from projects.models import AskedUnit, ReportingTask, Source, Standing, WatchedWord
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.opening import asked, close_task, open_task
from projects.reporting.typed import Typed
from tests import factories as make
from tests.projects.test_reporting import make_task

pytestmark = pytest.mark.django_db


# --- what is typed --------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit, typed, told", [
    ("名", "300", "300 名"), ("名", "300多", "300 多名"), ("名", "13,100多名", "13,100 多名"),
    ("名", "约8000", "约 8,000 名"), ("名", "8000人左右", "8,000 名左右"), ("名", "３００余名", "300 多名"),
    ("名", "三百多", "300 多名"), ("名", "3多万", "30,000 多名"),
    ("名", "近两千名", "近 2,000 名"), ("名", "0", "0 名"),
    ("万人次", "超1431万人次", "超 1,431 万人次"), ("万人次", "1431", "1,431 万人次"),
    ("万人次", "14310000人次", "1,431 万人次"), ("亿元", "1.39", "1.39 亿元"), ("亿元", "13900万元", "1.39 亿元"),
    ("%", "98.5%", "98.5 %"), ("%", "百分之九十八", "98 %"), ("个小区", "6个", "6 个小区"),
])
def test_a_figure_is_read_as_people_write_it(unit, typed, told):
    assert read_value(typed, Metric(unit=unit)).told(unit) == told


@pytest.mark.parametrize("unit, typed", [
    ("名", "300以上"), ("名", "300-400"), ("名", "约300多"), ("名", "300（含新增2）"), ("名", "无"), ("名", "若干"),
    ("名", "两三百"), ("名", "十几"), ("名", "12%"), ("名", "-5"), ("名", "负3"), ("名", "1.23456"), ("名", "9" * 30),
    ("名", "1e5"), ("名", "1,23"), ("人次", "300人"), ("%", "70个"), ("名", "300户"), ("名", "=3"), ("名", "二〇二一"),
])
def test_what_can_be_read_in_two_ways_is_refused(unit, typed):
    with pytest.raises(ValidationError):
        read_value(typed, Metric(unit=unit))


def test_below_nought_only_where_the_figure_allows_it():
    assert read_value("-5", Metric(unit="名", allows_negative=True)).number == -5


@pytest.mark.parametrize("number, before, expected", [
    (900, 300, True), (899, 300, False), (100, 300, True), (101, 300, False), (5, None, False), (5, 0, False)])
def test_a_jump_is_a_factor_of_three(number, before, expected):
    assert jumped(Decimal(number), before) is expected


# --- the cast -------------------------------------------------------------------------------------------
@pytest.fixture
def place(db):
    return make.make_community(name="花苑", slug="huayuan", order=1)


@pytest.fixture
def worker(place):
    user = make.make_user("worker", name="社区经办", roles=["社区经办人"])
    place.clerks.add(user)
    return user


@pytest.fixture
def first(place):
    user = make.make_user("first", name="初审的", roles=["审核员"])
    place.reviewers.add(user)
    return user


@pytest.fixture
def last(place):
    user = make.make_user("last", name="终审的", roles=["审核员"], is_established=True)
    place.reviewers.add(user)
    return user


@pytest.fixture
def metric(db):
    return make.make_metric(slug="volunteers-x", name="志愿者", unit="名", layer="street")


def task_of(*metrics, **kw):
    task = make_task(columns=[], asks_projects=False, **kw)
    task.metrics.set(metrics)
    return task


@pytest.fixture
def task(metric, place, street_admin):
    task = task_of(metric)
    task.communities.set([place])
    open_task(task, street_admin)
    task.refresh_from_db()
    return task


@pytest.fixture
def row(task):
    return ReadingRow.objects.get(unit__task=task)


ROWS = ReadingRow.objects


def typed(row, by, **texts):
    """Type into the row, on a page that shows just these, and give what was seen of it: {key: version}."""
    seen = Typed(ROWS.get(pk=row.pk).version, texts, unseen=frozenset(TYPED) - texts.keys())
    save_drafts(ROWS.filter(pk=row.pk), {row.pk: seen}, by)
    return {row.pk: ROWS.get(pk=row.pk).version}


def handed_in(row, by, **texts):
    return hand_in(ROWS.filter(pk=row.pk), typed(row, by, **texts), by)


def stands(row):
    found = ROWS.with_standing().select_related("latest__reported").get(pk=row.pk)
    assert found.standing == found.standing_now
    return found.standing


def published(reported, first, last):
    reported.approve(first)
    reported.refresh_from_db()
    reported.approve(last, make.CHECKED)


# --- the task -------------------------------------------------------------------------------------------
def test_it_works(row, worker, first, last, metric, place):
    assert handed_in(row, worker, value="300多", note="含在册的").number == 1
    reported = ReportedReading.objects.get()
    assert [step.verb for step in reported.steps.all()] == ["submitted"]
    assert stands(row) == Standing.HANDED_IN and not MetricReading.objects.exists()
    published(reported, first, last)
    reading = MetricReading.objects.get()
    assert (reading.metric, reading.community, reading.told, reading.note) == (metric, place, "300 多名", "含在册的")
    assert (reading.source, reading.effective_on) == (Source.objects.own(), timezone.localdate())
    assert stands(row) == Standing.PUBLISHED


def test_all_communities_are_asked_unless_some_are_named(metric, place):
    other = make.make_community(name="桂园", order=2)
    task = task_of(metric)
    assert asked(task).units == [(place, [metric]), (other, [metric])]
    task.communities.set([other])
    assert asked(task).units == [(other, [metric])]


def test_a_figure_of_one_community_is_asked_of_it_alone_and_of_others_none(metric, place):
    make.make_community(name="桂园", order=2)
    own = make.make_metric(name="楼长", layer="community", community=place)
    of_district = make.make_metric(name="全区的", layer="district")
    task = task_of(own, of_district)
    found = asked(task)
    assert found.units == [(place, [own])] and "全区的" in found.warnings[0]


def test_projects_and_figures_together(metric, place, street_admin, key_list):
    project = make.make_project(key_list, community=place)
    task = make_task()
    task.metrics.set([metric])
    task.communities.set([place])
    assert asked(task).units == [(place, [project, metric])]
    assert open_task(task, street_admin) == 2
    unit = AskedUnit.objects.get(task=task)
    assert (unit.rows.count(), unit.reading_rows.count()) == (1, 1)
    assert summary.task_progress(task).whole.total == 2


def test_offices_alone_are_not_asked_for_figures_and_it_says_so(metric, office):
    task = task_of(metric)
    task.departments.set([office])
    found = asked(task)
    assert found.units == [] and "数据项只问社区" in found.warnings[0]


def test_a_sample_task_asks_no_figure(metric, place):
    task = task_of(metric, is_sample=True)
    assert asked(task).units == [] and "示例任务" in asked(task).warnings[0]


def test_the_same_figure_of_the_same_community_within_25_days_warns(task, metric, place):
    again = task_of(metric)
    assert any("已经问过其中 1 个社区同样的数（志愿者）" in said for said in asked(again).warnings)
    assert asked(task_of(make.make_metric(name="别的"))).warnings == []
    ReportingTask.objects.filter(pk=task.pk).update(opened_at=timezone.now() - timedelta(days=26))
    assert asked(again).warnings == []


# --- handing in -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("texts, name", [
    ({"value": "若干"}, "value"), ({"note": "只有话"}, "value"), ({"value": "3", "effective_on": "2999-01-01"},
     "effective_on"), ({"value": "3", "effective_on": "昨天"}, "effective_on"), ({"value": "3", "nil": "1"}, "value")])
def test_what_is_wrong_is_told_at_its_cell_and_stays(row, worker, texts, name):
    outcome = handed_in(row, worker, **texts)
    assert list(outcome.refused[row]) == [name] and outcome.number == 0
    assert ROWS.get(pk=row.pk).draft == texts and not ReportedReading.objects.exists()


def test_what_is_far_from_the_last_warns_and_goes(row, worker, metric, place, task):
    make.make_reading(metric, community=place, value=100, effective_on=timezone.localdate() - timedelta(days=30))
    fresh = ROWS.with_before().select_related("unit__community", "metric").get(pk=row.pk)
    assert "100 名" in read(fresh, {"value": "300"}, task).doubts["value"]
    assert read(fresh, {"value": "299"}, task).doubts == {}
    assert handed_in(row, worker, value="300").number == 1


def test_what_was_said_before_is_of_the_same_community(row, metric, place):
    make.make_reading(metric, community=make.make_community(name="别处"), value=9)
    make.make_reading(metric, value=8)  # of the whole street
    assert ROWS.with_before().get(pk=row.pk).before == ""
    source = make.make_source(title="上月的")
    make.make_reading(metric, community=place, value=7, qualifier="多", source=source)
    found = ROWS.with_before().select_related("metric").get(pk=row.pk)
    assert (found.before, found.before_source) == ("7 多名", "上月的")


def test_no_change_is_an_answer_and_no_reading(row, worker):
    outcome = handed_in(row, worker, nil="1", note="没有新招募")
    assert (len(outcome.nils), stands(row)) == (1, Standing.NIL)
    assert ReadingAnswer.objects.get().reason == "没有新招募"
    assert not ReportedReading.objects.exists() and not MetricReading.objects.exists()


def test_a_day_is_said_once(row, worker, metric, place):
    make.make_reading(metric, community=place, source=Source.objects.own(), effective_on=timezone.localdate(), value=1)
    assert handed_in(row, worker, value="3").refused[row] == {"value": TWICE}
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert handed_in(row, worker, value="3", effective_on=yesterday).number == 1


def test_two_values_of_one_day_are_not_both_published(row, worker, first, last, metric, place):
    handed_in(row, worker, value="3")
    reported = ReportedReading.objects.get()
    reported.approve(first)
    make.make_reading(metric, community=place, source=Source.objects.own(), effective_on=timezone.localdate(), value=1)
    reported.refresh_from_db()
    with pytest.raises(ValidationError, match="已有一个数"):
        reported.approve(last, make.CHECKED)
    reported.refresh_from_db()
    assert reported.state == "checked" and reported.became is None


def test_a_figure_of_the_community_itself_becomes_a_whole_reading(place, worker, first, last, street_admin):
    own = make.make_metric(name="楼长", unit="名", layer="community", community=place)
    task = task_of(own)
    open_task(task, street_admin)
    handed_in(ROWS.get(unit__task=task), worker, value="12")
    published(ReportedReading.objects.get(), first, last)
    assert MetricReading.objects.whole().get().value == 12


def test_a_returned_one_is_handed_in_again_and_both_stay(row, worker, first):
    handed_in(row, worker, value="30")
    old = ReportedReading.objects.get()
    old.send_back(first, "少了一个零")
    assert stands(row) == Standing.RETURNED
    assert handed_in(row, worker, value="300").number == 1
    old.refresh_from_db()
    assert (old.state, stands(row)) == ("dropped", Standing.HANDED_IN)
    assert [answer.said["value"] for answer in row.answers.all()] == ["30", "300"]


def test_who_saw_an_older_draft_is_refused(row, worker):
    saved, _ = save_drafts(ROWS.all(), {row.pk: (1, {"value": "1"})}, worker)
    assert saved and save_drafts(ROWS.all(), {row.pk: (1, {"value": "2"})}, worker) == ([], [row])
    assert hand_in(ROWS.all(), {row.pk: 1}, worker).number == 0
    assert ROWS.get(pk=row.pk).draft == {"value": "1"}


def test_what_a_page_does_not_show_stays(row, worker):
    typed(row, worker, value="1", note="话")
    typed(row, worker, value="2")
    assert ROWS.get(pk=row.pk).draft == {"value": "2", "note": "话"}


def test_what_was_handed_in_is_not_handed_in_again(row, worker):
    seen = typed(row, worker, value="3")
    hand_in(ROWS.all(), seen, worker)
    assert hand_in(ROWS.all(), seen, worker).number == 0
    assert ReportedReading.objects.count() == 1


def test_who_reports_nothing_hands_in_nothing(row, worker):
    reader = make.make_user("leader", roles=["领导"])
    assert hand_in(ROWS.all(), typed(row, worker, value="3"), reader).number == 0


def test_a_word_of_the_list_is_asked_about_once(row, worker):
    WatchedWord.objects.create(word="示例错词", kind="wrong", advice="换一个")
    assert "换一个" in handed_in(row, worker, value="3", note="这里有示例错词").refused[row]["words"]
    assert handed_in(row, worker, words_checked="1").number == 1


def test_the_author_reviews_nothing_of_their_own(row, place, worker):
    place.reviewers.add(worker)
    handed_in(row, worker, value="3")
    assert not ReportedReading.objects.for_review_by(worker).exists()


def test_fifty_are_handed_in_with_few_queries(metric, street_admin):
    metrics = [make.make_metric(name=f"数 {number}") for number in range(50)]
    make.make_community(name="多")
    task = task_of(*metrics)
    open_task(task, street_admin)
    rows = ROWS.filter(unit__task=task)
    save_drafts(rows, {row.pk: (1, {"value": "3"}) for row in rows}, street_admin)
    with CaptureQueriesContext(connection) as captured:
        assert hand_in(rows, dict.fromkeys(rows.values_list("pk", flat=True), 2), street_admin).number == 50
    assert len(captured) <= 24  # savepoints too; the same for one row


# --- closing --------------------------------------------------------------------------------------------
def test_closing_freezes_and_what_comes_later_is_marked(row, task, worker, street_admin):
    assert close_task(task, street_admin) == 1
    assert ReadingAtClose.objects.get(row=row).standing == Standing.UNTOUCHED
    handed_in(row, worker, value="3")
    assert ReadingAnswer.objects.get().is_late
    assert ReadingAtClose.objects.get(row=row).standing == Standing.UNTOUCHED


def test_control_what_came_in_time_is_not_marked(row, task, worker, street_admin):
    handed_in(row, worker, value="3")
    close_task(task, street_admin)
    assert not ReadingAnswer.objects.get().is_late
    assert ReadingAtClose.objects.get(row=row).standing == Standing.HANDED_IN


def test_the_database_keeps_answers_as_they_were(row, task, worker, first, last, street_admin):
    handed_in(row, worker, value="3")
    published(ReportedReading.objects.get(), first, last)
    close_task(task, street_admin)
    for model, change in [(ReadingAnswer, {"reason": "改"}), (ReadingAtClose, {"standing": "nil"}),
                          (ReportedReading, {"value": 4})]:
        for act in (lambda rows, change=change: rows.update(**change), lambda rows: rows._raw_delete("default")):
            with pytest.raises(IntegrityError), transaction.atomic():
                act(model.objects.all())


def test_the_database_refuses_an_answer_that_says_both_and_an_unknown_standing(row, worker):
    reported = ReportedReading.objects.create(metric=row.metric, community=row.unit.community, value=1,
                                              effective_on=timezone.localdate(), author=worker)
    for bad, good in [
            (ReadingAnswer(row=row, reported=reported, reason="两样", by=worker),
             ReadingAnswer(row=row, reported=reported, by=worker)),
            (ReadingAtClose(row=row, standing="odd"), ReadingAtClose(row=row, standing="nil"))]:
        with pytest.raises(IntegrityError), transaction.atomic():
            bad.save()
        good.save()


def test_control_a_value_in_review_can_change(row, worker):
    handed_in(row, worker, value="3")
    assert ReportedReading.objects.update(note="改") == 1


def test_only_its_community_and_the_street_see_it(row, worker, clerk, street_admin):
    handed_in(row, worker, value="3")
    for user, number in ((worker, 1), (street_admin, 1), (clerk, 0)):
        assert (ROWS.visible_to(user).count(), ReportedReading.objects.visible_to(user).count()) == (number, number)
