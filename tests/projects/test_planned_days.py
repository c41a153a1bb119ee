"""The planned days of a list as a calendar: strict iCalendar, each day once, a range told as a range."""
from datetime import date

import pytest

from projects.models import Project
from projects.planned_days import folded
from tests import factories
from tests.projects.standards import read_calendar
from tests.seal import world

pytestmark = pytest.mark.django_db
ADDRESS = "/lists/key-test/planned.ics"


def events(client, address=ADDRESS):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "text/calendar; charset=utf-8"
    faults, found = read_calendar(response.content)
    assert faults == []
    return {event["UID"]: event for event in found}


def test_a_due_day_is_a_day_with_what_is_known(project, visitor):
    project.planned_start, project.planned_end = date(2021, 4, 1), date(2021, 12, 31)
    project.save()
    project.refresh_projections()
    factories.make_update(project, status="in_progress", effective_on=date(2021, 11, 3))
    event = events(visitor)["due-park@guicheng"]
    assert event["DTSTART"] == date(2021, 12, 31) and event["DTEND"] == date(2022, 1, 1)
    assert event["SUMMARY"] == "应完成：半月岛公园" and event["STATUS"] == "CONFIRMED"
    assert event["DESCRIPTION"].splitlines() == [
        "计划：2021 年 4 月 1 日—12 月 31 日之间", "现在：推进中（截至 2021 年 11 月 3 日）"]
    assert event["URL"] == "http://testserver/projects/park/"


def test_an_empty_list_is_a_calendar(key_list, visitor):
    assert events(visitor) == {}


def test_promises_milestones_and_postponements(project, visitor):
    factories.make_promise(project, text="年内完成，不拖", due_on=date(2021, 12, 31))
    factories.make_promise(project, text="明年用上；一定", due_on=date(2022, 6, 30))
    factories.make_milestone(project, name="封顶", planned_on=date(2021, 9, 1), actual_on=date(2021, 9, 3))
    factories.make_milestone(project, name="没有计划", planned_on=None, actual_on=date(2021, 9, 3))
    found = events(visitor)
    titles = {event["SUMMARY"]: event for event in found.values()}
    assert set(titles) == {"应完成：半月岛公园", "承诺到期：半月岛公园", "封顶：半月岛公园"}
    assert "实际日期：2021 年 9 月 3 日" in titles["封顶：半月岛公园"]["DESCRIPTION"]
    assert "承诺：明年用上；一定（" in titles["应完成：半月岛公园"]["DESCRIPTION"], "due as it was promised last"
    keys = set(found)
    factories.make_update(project, kind="postponement", postponed_to=date(2023, 1, 31), reason="地下有管线。",
                          effective_on=date(2021, 12, 1))
    moved = events(visitor)
    assert "due-park@guicheng" in keys & set(moved)
    assert moved["due-park@guicheng"]["DTSTART"] == date(2023, 1, 31)


@pytest.mark.parametrize(("status", "state"), [("paused", "TENTATIVE"), ("cancelled", "CANCELLED"),
                                               ("completed", "CONFIRMED")])
def test_a_state_is_told_as_the_standard_knows_it(project, visitor, status, state):
    factories.make_promise(project)
    factories.make_update(project, status=status, reason="地下有管线。", effective_on=date(2021, 11, 3))
    assert {event["STATUS"] for event in events(visitor).values()} == {state}


def test_what_is_not_public_is_not_in_it(project, visitor):
    factories.make_promise(project)
    Project.objects.update(is_published=False)
    assert events(visitor) == {}
    assert visitor.get("/lists/none/planned.ics").status_code == 404


def test_no_unit_is_named(project, visitor):
    factories.make_promise(project)
    assert events(visitor) and "城建" not in visitor.get(ADDRESS).text


def test_a_sealed_word_is_covered_though_lines_are_folded(visitor, db):
    world.street()
    assert "陈大文" in str(events(visitor)), "the control"
    world.seal()
    said = str(events(visitor))
    assert "陈大文" not in said and "依规不再公开" in said


def test_a_line_is_folded_between_characters():
    line = "SUMMARY:" + "办实事" * 40
    pieces = folded(line).split("\r\n")
    assert max(len(piece.encode()) for piece in pieces) <= 75 and len(pieces) > 4
    assert "".join(piece.removeprefix(" ") for piece in pieces) == line


def test_it_would_be_seen():
    """Negative control."""
    good = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert read_calendar(good)[0] == []
    for bad in (good.replace(b"\r\n", b"\n"), good.replace(b"END:VCALENDAR\r\n", b""),
                good.replace(b"PRODID:x", b"PRODID:" + b"x" * 80),
                good.replace(b"END:V", b"BEGIN:VEVENT\r\nSUMMARY:a,b\r\nEND:VEVENT\r\nEND:V")):
        assert read_calendar(bad)[0]


def test_over_the_facts(visitor, facts):
    found = events(visitor, "/lists/2021-key/planned.ics")
    assert len(found) == 5 and all(event["DTSTART"] == date(2021, 12, 31) for event in found.values())
