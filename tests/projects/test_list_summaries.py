"""The figures of a list: declared, recorded, done, and the gap between them."""
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Project, ProjectList, Status
from projects.summary import ListSummary, list_summaries, news
from tests import factories
from tests.databases import on_sqlite

YEAR_END = date(2021, 12, 31)


def summary_of(project_list, day=None, known_at=None):
    return list_summaries(day, known_at, [project_list], by=("category", "community"))[0]


def add(project_list, *statuses, **kw):
    for status in statuses:
        project = factories.make_project(project_list, **kw)
        if status:
            factories.make_update(project, status=status, reason="停工。")


@pytest.fixture
def busy_list(key_list):
    """45 declared, 6 recorded, 2 of them done."""
    factories.make_declaration(key_list, total=45)
    add(key_list, "completed", "in_use", "in_progress", "standing", "paused", "")
    return key_list


def figures(row):
    return {name: getattr(row, name).value for name in
            ("declared", "declared_done", "recorded", "done", "standing", "unknown", "missing")}


def test_it_works(busy_list):
    assert figures(summary_of(busy_list, YEAR_END)) == {
        "declared": 45, "declared_done": None, "recorded": 6, "done": 2, "standing": 1, "unknown": 1, "missing": 39}


def test_now_and_today_agree(busy_list):
    now, today = summary_of(busy_list), summary_of(busy_list, timezone.localdate())
    assert now.as_dict() == today.as_dict()


def test_every_figure_carries_its_definition_and_day(busy_list):
    row = summary_of(busy_list, YEAR_END)
    for name in figures(row):
        figure = getattr(row, name)
        assert figure.definition.sentence and figure.as_of == YEAR_END


def test_without_a_day_it_is_the_newest_day_anybody_spoke_of(busy_list):
    assert summary_of(busy_list).as_of == date(2021, 6, 30)
    factories.make_declaration(busy_list, total=46, effective_on=date(2021, 8, 8))
    assert summary_of(busy_list).as_of == date(2021, 8, 8)


def test_a_list_nobody_spoke_of_is_as_of_the_day_it_was_announced(key_list):
    assert summary_of(key_list).as_of == date(2021, 4, 30)
    add(key_list, "")
    assert summary_of(key_list).as_of == date(2021, 4, 30)


# --- what was declared ---------------------------------------------------------------------------
def test_a_day_knows_only_what_was_declared_by_then(key_list):
    factories.make_declaration(key_list, total=45, effective_on=date(2021, 4, 30))
    factories.make_declaration(key_list, total=71, done=64, effective_on=YEAR_END)
    second_quarter, year_end = summary_of(key_list, date(2021, 6, 30)), summary_of(key_list, YEAR_END)
    assert (second_quarter.declared.value, second_quarter.declared_done.value) == (45, None)
    assert (year_end.declared.value, year_end.declared_done.value) == (71, 64)
    assert summary_of(key_list, date(2021, 4, 29)).declared.value is None


def test_an_instant_knows_only_what_was_entered_by_then(key_list):
    instant = timezone.make_aware(datetime(2022, 1, 5))
    factories.make_declaration(key_list, total=45, recorded_at=instant)
    assert summary_of(key_list, YEAR_END, instant).declared.value == 45
    assert summary_of(key_list, YEAR_END, instant - timezone.timedelta(seconds=1)).declared.value is None


def test_a_declaration_without_a_total_takes_no_total_away(key_list):
    factories.make_declaration(key_list, total=45)
    factories.make_declaration(key_list, total=None, statement="基本完成", effective_on=YEAR_END)
    assert summary_of(key_list, YEAR_END).declared.value == 45


def test_another_lists_declaration_is_not_taken(key_list):
    factories.make_declaration(total=300)
    assert summary_of(key_list, YEAR_END).declared.value is None


# --- what is counted -----------------------------------------------------------------------------
def test_parts_are_never_counted(busy_list):
    before = summary_of(busy_list, YEAR_END).as_dict()
    parent = Project.objects.filter(status="in_progress").get()
    factories.make_update(factories.make_part(parent), status="completed")
    assert summary_of(busy_list, YEAR_END).as_dict() == before
    add(busy_list, "completed")  # the control: a project at the top is
    assert summary_of(busy_list, YEAR_END).as_dict() != before


def test_unpublished_projects_are_not_counted(busy_list):
    before = summary_of(busy_list, YEAR_END).as_dict()
    add(busy_list, "completed", is_published=False)
    assert summary_of(busy_list, YEAR_END).as_dict() == before


def test_before_the_lists_day_nothing_is_counted(busy_list):
    row = summary_of(busy_list, date(2021, 4, 29))
    assert (row.recorded.value, row.is_known) == (0, False)
    assert summary_of(busy_list, date(2021, 4, 30)).recorded.value == 6


def test_by_default_real_published_lists(key_list):
    factories.make_list(is_sample=True)
    factories.make_list(is_published=False)
    assert [row.project_list for row in list_summaries(YEAR_END)] == [key_list]
    assert len(list_summaries(YEAR_END, lists=ProjectList.objects.all())) == 3


def test_unknown_is_a_bucket_of_its_own(busy_list):
    by_status = summary_of(busy_list, date(2021, 5, 1)).as_dict()["by_status"]
    assert (by_status["unknown"], by_status["planned"]) == (6, 0)
    assert sum(by_status.values()) == 6


def test_groups_add_up_to_the_list(busy_list):
    category = factories.make_category(busy_list, number=1, name="城市更新")
    community = factories.make_community(slug="yingyue", name="映月")
    add(busy_list, "completed", "", category=category, community=community)
    row = summary_of(busy_list, YEAR_END)
    assert [(each.label, each.recorded, each.done, each.unknown) for each in row.by_category] == [
        ("城市更新", 2, 1, 1), ("没有分类型", 6, 2, 1)]
    assert [(each.key, each.recorded) for each in row.by_community] == [("yingyue", 2), ("", 6)]
    for groups in (row.by_category, row.by_community):
        assert sum(each.recorded for each in groups) == row.recorded.value
        assert sum(each.done for each in groups) == row.done.value


# --- the gap -------------------------------------------------------------------------------------
@pytest.mark.parametrize("declared, recorded, sentence", [
    (None, 0, "有明细的 0 项，公布总数没有写明。"),
    (None, 2, "有明细的 2 项，公布总数没有写明。"),
    (3, 0, "公布 3 项，明细整理中。"),
    (3, 1, "公布 3 项，有明细的 1 项，其余 2 项明细整理中。"),
    (3, 3, "公布 3 项，明细已收齐。"),
    (3, 4, "公布 3 项，明细已收齐。"),
])
def test_the_gap_in_a_sentence(key_list, declared, recorded, sentence):
    if declared is not None:
        factories.make_declaration(key_list, total=declared)
    add(key_list, *[""] * recorded)
    row = summary_of(key_list, YEAR_END)
    assert row.gap_sentence == sentence
    assert row.missing.value == (None if declared is None else max(0, declared - recorded))


def test_the_gap_in_the_lists_own_unit(db):
    row = factories.make_list(unit="条")
    factories.make_declaration(row, total=30, unit="条")
    assert summary_of(row, YEAR_END).gap_sentence == "公布 30 条，明细整理中。"


def test_no_rate_while_there_are_gaps(key_list):
    factories.make_declaration(key_list, total=3)
    add(key_list, "completed", "in_progress")
    assert summary_of(key_list, YEAR_END).rate is None
    add(key_list, "in_use")
    assert float(summary_of(key_list, YEAR_END).rate) == 66.7
    assert summary_of(key_list, date(2021, 5, 1)).rate is None, "of what nobody had spoken it is not 0 %"


def test_what_a_source_declared_as_part_of_a_whole_has_its_rate(key_list):
    declared = factories.make_declaration(key_list, total=71, done=64)
    assert summary_of(key_list, YEAR_END).declared_rate is None, "many of the others were perhaps not due"
    declared.gives_rate = True
    declared.save()
    each = summary_of(key_list, YEAR_END)
    assert (str(each.declared_rate), each.rate) == ("90.1", None)
    again = ListSummary.from_frozen({**each.frozen()})
    assert str(again.declared_rate) == "90.1"


def test_no_rate_where_nothing_was_declared(key_list):
    add(key_list, "completed")
    assert summary_of(key_list, YEAR_END).rate is None


# --- the bar -------------------------------------------------------------------------------------
CASES = [
    (None, None, ["completed", "", "paused"]),
    (45, None, ["completed", "in_progress", ""]),
    (71, 64, []),
    (71, 64, ["completed", "in_progress"]),
    (4, 3, ["completed", "in_progress", "in_progress", "paused"]),
    (5, 4, ["completed", "in_progress", "in_progress"]),
    (2, None, ["completed", "in_progress", ""]),
    (3, 3, ["completed"] * 3),
]


@pytest.mark.parametrize("declared, done, statuses", CASES)
def test_the_segments_add_up(key_list, declared, done, statuses):
    if declared:
        factories.make_declaration(key_list, total=declared, done=done)
    add(key_list, *statuses)
    segments = summary_of(key_list, YEAR_END).segments
    assert sum(each.count for each in segments) == max(declared or 0, len(statuses))
    assert sum(each.width for each in segments) == pytest.approx(100, abs=0.01)
    assert all(each.count > 0 for each in segments)
    starts = [each.start for each in segments]
    assert starts == pytest.approx([sum(each.width for each in segments[:i]) for i in range(len(segments))], abs=0.01)


def test_the_bar_in_words(busy_list):
    assert summary_of(busy_list, YEAR_END).sentence == (
        "已完成、已投用 2 项，筹备、推进、长期开展 2 项，暂停、不再实施 1 项，"
        "已公布，暂无进展信息 1 项，明细整理中 39 项。")


def test_what_was_declared_done_is_shown_apart(key_list):
    factories.make_declaration(key_list, total=71, done=64)
    add(key_list, "completed", "in_progress")
    counts = {each.family: each.count for each in summary_of(key_list, YEAR_END).segments}
    assert counts == {"done": 1, "declared": 63, "doing": 1, "missing": 6}


def test_an_empty_list_has_no_bar(key_list):
    assert summary_of(key_list, YEAR_END).segments == []


# --- cost ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [None, YEAR_END])
@pytest.mark.parametrize("number", [1, 50])
def test_a_fixed_number_of_queries(key_list, django_assert_num_queries, day, number):
    category = factories.make_category(key_list)
    for _ in range(number):
        project = factories.make_project(key_list, category=category, community=factories.make_community())
        factories.make_update(project, status="completed")
    for _ in range(min(number, 5)):
        factories.make_declaration(factories.make_list())
    with django_assert_num_queries(5):
        for row in list_summaries(day, by=("category", "community")):
            row.as_dict(), row.segments, row.gap_sentence


def test_every_status_has_its_family_and_its_place_in_the_bar(key_list):
    assert list(Status.FAMILY) == Status.possible() == ["", *Status]
    add(key_list, *Status.FAMILY)
    row = summary_of(key_list, YEAR_END)
    assert {key: count for key, _, count in row.status_counts} == dict.fromkeys(["unknown", *Status.values], 1)
    assert sum(each.count for each in row.segments) == 9


@on_sqlite
@pytest.mark.parametrize(("ask", "index"), [(list_summaries, "project_list_newest"), (news, "update_recorded")])
def test_what_stands_on_many_pages_is_found_by_an_index(busy_list, ask, index):
    """In SQLite: PostgreSQL reads a small table whole."""
    with CaptureQueriesContext(connection) as queries:
        ask()

    def is_used(cursor, spaces):  # of the same text the plan would be remembered
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {spaces}{each['sql']}").fetchall()
                 for each in queries.captured_queries]
        return any(index in row[-1] for plan in plans for row in plan)

    with connection.cursor() as cursor:
        assert is_used(cursor, "")
        cursor.execute(f"DROP INDEX {index}")
        assert not is_used(cursor, " ")
