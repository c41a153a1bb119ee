"""Every POST of the back office is named in docs/posts.md with what holds it, and two writers at once do no harm."""
import os
import re
from pathlib import Path

import pytest

from projects.report.files import FORMATS
from tests.matrix import cells
from tests.two_writers.pairs import PAIRS
from tests.two_writers.scene import Scene, at_once

TABLE = Path(__file__).parent.parent / "docs" / "posts.md"
TIMES = int(os.environ.get("PAIRS", "2"))


def named():
    """The routes of the table: "admin:" is left out, a star stands for the stock page of any model."""
    return set(re.findall(r"^\| `([\w*]+)`", TABLE.read_text(), re.M))


def posted():
    """The routes below /admin/ that answer a POST."""
    for route in cells.routes():
        kind = cells.kind_of(route)
        is_read = kind.page in ("choices", "nowhere", "shortcut", "app", "redirect", "history")
        if route.pattern.startswith("admin/") and not is_read and kind.answers("POST"):
            yield route


def unnamed(routes, table):
    """The names of these routes that neither have a line nor are the stock page of a model."""
    return sorted(route.key.removeprefix("admin:") for route in routes
                  if route.key.removeprefix("admin:") not in table and f"*_{route.page}" not in table)


def test_the_table_knows_every_post():
    assert unnamed(posted(), named()) == []


def test_every_post_of_the_table_is_tried():
    assert named() - set(PAIRS) == set()


def test_control_a_post_that_is_not_in_the_table_is_found():
    assert unnamed(posted(), named() - {"projects_supervisionnotice_issue"}) == ["projects_supervisionnotice_issue"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", sorted(PAIRS))
def test_two_at_once(route, settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.OIDC_ISSUER = tmp_path, "https://id.example.gov.cn"
    for name in ("pdf", "png", "svg", "internal"):
        monkeypatch.delitem(FORMATS, name)
    wrong = []
    for make in PAIRS[route]:
        for _ in range(TIMES):
            first, second, after = make(Scene())
            answers = at_once(first, second)
            wrong += [f"{make.__name__}：{answer!r}" for answer in answers
                      if isinstance(answer, Exception) or answer.status_code >= 500]
            wrong += [f"{make.__name__}：{what} {was}，应为 {should}" for what, (was, should) in after().items()
                      if was != should]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_two_clicks_write_twice(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("guicheng.office.submissions._take", lambda key, by, again: True)
    monkeypatch.setattr("guicheng.office.submissions.refuse_again", lambda *args: None)
    doubled = set()
    for route in ("*_add", "projects_supervisionnotice_light", "projects_project_bulk"):
        first, second, after = PAIRS[route][0](Scene())
        at_once(first, second)
        doubled |= {route for was, should in after().values() if was != should}
    assert doubled == {"*_add", "projects_supervisionnotice_light", "projects_project_bulk"}


def test_rows_are_locked_so_that_others_may_point_at_them():
    """FOR UPDATE waits for everybody whose new row points at this one, and they for it: deadlocks on PostgreSQL."""
    root = Path(__file__).parent.parent
    wrong = [f"{path.relative_to(root)}: {line.strip()}" for folder in ("guicheng", "projects", "communities",
             "partybuilding") for path in (root / folder).rglob("*.py") for line in path.read_text().splitlines()
             if "select_for_update(" in line and "no_key=True" not in line]
    assert wrong == []
