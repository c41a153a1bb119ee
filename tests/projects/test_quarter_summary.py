"""The quarter as a whole: what changed in it, and the summary every file is written from."""
import json
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from guicheng.days.quarters import Quarter
from projects.models import ProgressUpdate
from projects.report.build import outline_of
from projects.summary import (
    DEFINITIONS,
    QUARTER_DEFINITIONS,
    QuarterSummary,
    Telling,
    changes_between,
    compared,
    last_changed,
    quarter_summary,
    quarters_with_news,
    states_between,
    tellings_of,
)
from projects.summary.difference import Difference
from projects.summary.tally import Tally
from tests import factories

Q2, Q3, Q4 = Quarter(2021, 2), Quarter(2021, 3), Quarter(2021, 4)


def changes(before, after, **kw):
    return [(row.code, row.before, row.after) for row in changes_between(before, after, **kw)]


@pytest.fixture
def moving(project):
    factories.make_update(project, status="in_progress", effective_on=date(2021, 5, 31))
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1))
    return project


def test_it_works(moving):
    summary = quarter_summary(Q4)
    assert (summary.as_of, str(summary.quarter)) == (date(2021, 12, 31), "2021Q4")
    assert [(row.before_label, row.after_label) for row in summary.changes] == [("推进中", "已完成")]


# --- what changed --------------------------------------------------------------------------------
def test_changes_fall_into_their_quarter(moving):
    assert [(row.before, row.after) for row in quarter_summary(Q2).changes] == [("", "in_progress")]
    assert quarter_summary(Q2).changes[0].before_label == "已公布，暂无进展信息"
    assert list(quarter_summary(Q3).changes) == []


def test_a_change_counts_on_the_day_it_was_certainly_so(moving):
    assert changes(date(2021, 9, 29), date(2021, 9, 30)) == []
    assert changes(date(2021, 9, 30), date(2021, 10, 1)) == [("park", "in_progress", "completed")]


def test_there_and_back_is_no_change(moving):
    factories.make_update(moving, status="in_progress", effective_on=date(2021, 11, 1))
    assert changes(date(2021, 9, 30), date(2021, 12, 31)) == []


@pytest.mark.parametrize("kw", [{"is_published": False}, {"is_sample": True}])
def test_only_real_published_projects_change(kw, db):
    project = factories.make_project(**kw)
    factories.make_update(project, status="completed")
    assert changes(date(2021, 1, 1), date(2021, 12, 31)) == []


def test_parts_do_not_change_the_list(moving):
    factories.make_update(factories.make_part(moving), status="completed")
    assert [code for code, _, _ in changes(date(2021, 1, 1), date(2021, 12, 31))] == ["park"]


def test_a_change_as_it_was_known(moving):
    nothing_entered_yet = timezone.make_aware(datetime(2021, 12, 31))
    assert changes(date(2021, 9, 30), date(2021, 12, 31), known_at=nothing_entered_yet) == []


def test_one_query_however_many_change(key_list, django_assert_num_queries):
    for _ in range(20):
        factories.make_update(factories.make_project(key_list), status="completed")
    with django_assert_num_queries(1):
        rows = changes_between(date(2021, 4, 1), date(2021, 6, 30))
        assert len([row.list_title for row in rows]) == 20


# --- the whole -----------------------------------------------------------------------------------
def test_its_keys_are_fixed(moving):
    factories.make_promise(moving)
    data = quarter_summary(Q4).as_dict()
    assert list(data) == ["quarter", "as_of", "lists", "changes", "promises"]
    assert list(data["lists"][0]) == [
        "slug", "title", "kind", "declared", "declared_done", "recorded", "done", "standing", "unknown", "missing",
        "rate", "by_status", "by_category", "by_community"]
    assert list(data["lists"][0]["by_status"]) == [
        "unknown", "planned", "in_progress", "acceptance", "completed", "in_use", "standing", "paused", "cancelled"]
    assert list(data["changes"][0]) == ["code", "name", "before", "after", "kind", "kind_label"]
    assert data["promises"] == [{"code": "park", "name": "半月岛公园", "due": "2021-12-31", "verdict": "kept",
                                 "verdict_label": "按期完成"}]
    assert json.loads(json.dumps(data)) == data


def test_what_nobody_declared_is_null_and_not_0(moving):
    data = quarter_summary(Q4).as_dict()["lists"][0]
    assert [data[key] for key in ("declared", "declared_done", "missing", "rate")] == [None] * 4
    assert [data[key] for key in ("recorded", "done", "unknown")] == [1, 1, 0]


def test_a_quarter_before_the_list_knows_nothing_of_it(moving):
    data = quarter_summary(Quarter(2021, 1)).as_dict()["lists"][0]
    assert (data["declared"], data["recorded"]) == (None, 0)


def test_the_running_quarter_ends_today(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2021, 11, 11))
    assert quarter_summary(Q4).as_of == date(2021, 11, 11)
    assert quarter_summary(Q3).as_of == date(2021, 9, 30)


def test_a_closed_quarter_does_not_change(moving):
    factories.make_promise(moving)
    closed_at = timezone.now()
    closed = quarter_summary(Q4, closed_at).as_dict()
    later = closed_at + timedelta(days=1)
    factories.make_correction(ProgressUpdate.objects.get(seq=2), status="paused", recorded_at=later)
    factories.make_declaration(moving.project_list, total=46, recorded_at=later)
    assert quarter_summary(Q4, closed_at).as_dict() == closed
    now = quarter_summary(Q4).as_dict()
    assert all(now[key] != closed[key] for key in ("lists", "changes", "promises"))


def test_it_names_the_lists_that_appeared(moving):
    assert [row.project_list for row in quarter_summary(Q2).appeared] == [moving.project_list]
    assert quarter_summary(Q3).appeared == []


def test_it_judges_the_years_real_promises(moving):
    factories.make_promise(moving)
    factories.make_promise(moving, due_on=date(2022, 6, 30))
    factories.make_promise(factories.make_project(is_sample=True), is_sample=True)
    verdicts = quarter_summary(Q4).verdicts
    assert {verdict.value: count for verdict, count in verdicts.items()} == {
        "kept": 1, "late": 0, "unkept": 0, "unreported": 0, "early": 0, "not_due": 0}


def test_a_promise_does_not_vanish_with_its_year(moving):
    """Open when the next year began, it is one of that year's until somebody says that it was finished."""
    open_one, kept = factories.make_promise(), factories.make_promise(moving)
    given_up = factories.make_promise()
    factories.make_update(given_up.project, status="cancelled", effective_on=date(2021, 12, 1), reason="停办。")

    def of(quarter):
        return {row.promise: row.verdict.value for row in quarter_summary(quarter).promises}

    assert of(Q4) == {open_one: "unreported", kept: "kept", given_up: "unkept"}
    assert of(Quarter(2022, 1)) == {open_one: "unreported"}
    factories.make_update(open_one.project, status="in_progress", effective_on=date(2022, 3, 1))
    assert of(Quarter(2022, 1)) == {open_one: "unkept"}
    factories.make_update(open_one.project, status="completed", effective_on=date(2022, 8, 1))
    assert [of(Quarter(2022, number)) for number in (2, 3)] == [{open_one: "unkept"}, {open_one: "late"}]
    assert of(Quarter(2023, 1)) == {}


# --- happened, or first heard of --------------------------------------------------------------------
BEFORE, AFTER = date(2021, 9, 30), date(2021, 12, 31)


@pytest.mark.parametrize(("rows", "kind"), [
    # an earlier word, and both days of the finish in the quarter
    ([("2021-05-31", "", "in_progress"), ("2021-10-09", "2021-10-09", "completed")], "finished"),
    ([("2021-05-31", "", "in_progress"), ("2021-12-31", "2021-10-01", "completed")], "finished"),
    # still open at the end of the quarter before, or within this one
    ([("2021-09-30", "", "in_progress"), ("2021-12-31", "", "completed")], "finished"),
    ([("2021-10-20", "", "in_progress"), ("2021-12-31", "", "in_use")], "heard_finished"),  # nobody spoke before
    ([("2021-05-31", "", "in_progress"), ("2021-11-20", "", "in_progress"), ("2021-12-31", "", "in_use")], "finished"),
    # some day of a stretch that began before
    ([("2021-05-31", "", "in_progress"), ("2021-12-31", "2021-01-01", "completed")], "heard_finished"),
    ([("2021-05-31", "", "in_progress"), ("2021-12-31", "", "completed")], "heard_finished"),
    ([("2021-05-31", "", "in_progress"), ("2021-10-20", "", "completed"), ("2021-12-01", "2021-12-01", "in_use")],
     "heard_finished"),
    # nobody had spoken of it
    ([("2021-10-09", "2021-10-09", "completed")], "heard_finished"),
    ([("2021-10-09", "2021-10-09", "in_progress")], "heard"),
    ([("2021-09-30", "", "planned"), ("2021-12-31", "", "in_progress")], "started"),
    ([("2021-06-30", "", "planned"), ("2021-12-31", "", "in_progress")], "heard"),
    ([("2021-06-30", "", "in_progress"), ("2021-12-31", "2021-12-01", "paused")], "stopped"),
])
def test_it_happened_in_the_quarter_or_was_first_heard_of(project, rows, kind):
    for on, first, status in rows:
        factories.make_update(project, effective_on=on, effective_from=first or None, status=status, reason="停工。")
    change = changes_between(BEFORE, AFTER)[0]
    assert (change.kind, change.happened) == (kind, not kind.startswith("heard"))
    moves = {kind.value: count for kind, count in quarter_summary(Q4).moves.items() if count}
    assert moves == {kind: 1}
    assert [row.kinds for row in Difference(BEFORE, AFTER)] == [(kind,)]
    figures = {row.definition.key: row.value for row in quarter_summary(Q4).figures}
    assert (figures["finished"], figures["heard-finished"]) == (kind == "finished", kind == "heard_finished")


def test_other_layers_are_not_the_streets_quarter(moving):
    district = factories.make_project(factories.make_list(kind="district"))
    above = factories.make_project(None, layer="district")
    own = factories.make_project(None)
    for project in (district, above, own):
        factories.make_promise(project)
        factories.make_update(project, status="in_progress", effective_on=date(2021, 10, 1))
    summary = quarter_summary(Q4)
    assert {row.code for row in summary.changes} == {moving.code, own.code}
    assert sum(summary.moves.values()) == 2 and summary.promised == 1
    assert {row.project_list for row in summary.lists} == {moving.project_list, district.project_list}
    assert {row.code for row in Difference(BEFORE, AFTER)} == {moving.code, own.code}


def test_while_one_promise_is_pending_no_rate_is_told(moving):
    factories.make_promise(moving)
    rate = quarter_summary(Q4).figures[-1]
    assert (rate.rate, rate.numerator, rate.denominator) == (100, 1, 1)
    factories.make_promise()
    rate = quarter_summary(Q4).figures[-1]
    assert (rate.rate, rate.numerator, rate.denominator) == (None, 1, 2)
    again = QuarterSummary.from_frozen(quarter_frozen(Q4))
    assert [(row.rate, row.value) for row in again.figures] == [
        (row.rate, row.value) for row in quarter_summary(Q4).figures]


def quarter_frozen(quarter):
    definitions = [row.frozen() for row in [*DEFINITIONS, *QUARTER_DEFINITIONS]]
    return {**quarter_summary(quarter).frozen(), "definitions": definitions}


@pytest.mark.parametrize("number", [1, 50])
def test_a_fixed_number_of_queries(key_list, django_assert_num_queries, number):
    for _ in range(number):
        project = factories.make_project(key_list, community=factories.make_community())
        factories.make_update(project, status="completed")
        factories.make_promise(project)
    with django_assert_num_queries(11):
        quarter_summary(Q4).as_dict()


def test_quarters_with_news_come_from_real_rows(moving):
    sample = factories.make_list(is_sample=True, announced_on=date(2020, 1, 1))
    factories.make_declaration(sample, effective_on=date(2020, 2, 2))
    for hidden in ({"is_sample": True}, {"is_published": False}):
        factories.make_update(factories.make_project(**hidden), effective_on=date(2020, 3, 3))
    factories.make_update(factories.make_part(moving), status="in_progress", effective_on=date(2021, 12, 1))
    factories.make_declaration(moving.project_list, effective_on=date(2021, 7, 1))
    assert [(str(row.quarter), row.statements, [each.slug for each in row.lists]) for row in quarters_with_news()] == [
        ("2021Q4", 2, []), ("2021Q3", 0, []), ("2021Q2", 1, [moving.project_list.slug])]


def test_the_last_quarter_with_changes_is_not_the_last_with_news(moving):
    assert last_changed() == Q4
    factories.make_update(moving, status="completed", effective_on=date(2022, 5, 1))
    assert (quarters_with_news()[0].quarter, last_changed()) == (Quarter(2022, 2), Q4)


def test_there_may_be_no_quarter_with_changes(db):
    assert last_changed() is None and quarters_with_news() == []


# --- how a change is told ------------------------------------------------------------------------
@pytest.mark.parametrize("before, after, happened, telling", [
    ("in_progress", "completed", True, "finished"), ("in_progress", "completed", False, "forward"),
    ("planned", "in_progress", True, "started"), ("planned", "in_progress", False, "forward"),
    ("", "in_use", False, "heard_finished"), ("", "standing", False, "heard"), ("", "paused", False, "other"),
    ("in_use", "in_progress", False, "other"), ("in_progress", "paused", True, "stopped"),
    ("completed", "in_use", False, "other")])
def test_what_was_known_before_is_told_apart(before, after, happened, telling):
    assert Telling.of(before, after, happened) == telling


def test_the_tellings_of_a_close_are_those_of_its_changes_and_an_outline_brings_them(moving):
    factories.make_update(factories.make_project(moving.project_list, code="new"), status="in_use",
                          effective_on=date(2021, 12, 1), effective_from=None)
    each = quarter_summary(Q4)
    told = {telling.value: count for telling, count in each.tellings.items() if count}
    assert sum(told.values()) == each.changed.value == 2 and told["heard_finished"] == 1
    outline = outline_of(Q4, each).figures | {"changes": []}
    assert tellings_of(each.frozen()) == tellings_of(outline) == each.tellings


def test_a_list_at_both_ends(moving):
    still = factories.make_project(moving.project_list, code="still", name="没有动的")
    factories.make_update(still, status="in_progress", effective_on=date(2021, 5, 1))
    ends = Q3.last_day, Q4.last_day
    assert [(code, *rest) for code, _, *rest in states_between(moving.project_list, *ends)] == [
        ("park", "in_progress", "completed"), ("still", "in_progress", "in_progress")]


def test_what_is_kept_of_places_is_what_the_ledger_counts(db):
    """Whatever was said, corrected, moved and hidden: at the end of any quarter the same numbers."""
    chance = Random(20211231)  # noqa: S311 the same each time
    lists = [factories.make_list(announced_on=day) for day in (date(2020, 1, 1), date(2021, 6, 1))]
    places = [None, factories.make_community(), factories.make_community()]
    for _ in range(40):
        project = factories.make_project(chance.choice(lists), community=chance.choice(places))
        for _ in range(chance.randrange(4)):
            row = factories.make_update(
                project, status=chance.choice(["planned", "in_progress", "completed"]),
                effective_on=date(2021, chance.randint(1, 12), chance.randint(1, 28)))
            if chance.random() < 0.2:
                factories.make_withdrawal(row)
        project.refresh_from_db()
        project.is_published = chance.random() < 0.9
        project.community = chance.choice(places)
        project.save()

    def told(tally):
        groups = {kind: {(one, key): +count for one, found in tally.groups[kind].items() for key, count in found.items()
                         if one and +count} for kind in tally.by}
        return {one: +count for one, count in tally.by_list.items() if one and +count}, groups, +tally.moves

    by, moves = ("category", "community"), 0
    for number in (1, 2, 3, 4):
        ends = {"before": Quarter(2021, number).previous.last_day, "after": Quarter(2021, number).last_day}
        counted = Tally.of_rows(compared.counted_by(None, by, **ends), by, moved=True)
        assert told(compared.tally_between(**ends)) == told(counted)
        moves += counted.moves.total()
    assert moves > 10
