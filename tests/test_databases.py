"""Tests that ask no database run once: none of them may reach one all the same."""
import re
from types import SimpleNamespace

import pytest

from tests.databases import ONCE, ROOT, refuse_a_hidden_one, runs_once


def test_a_database_that_is_asked_for_late_is_refused(request):
    with pytest.raises(pytest.fail.Exception, match="写上 db"):
        refuse_a_hidden_one("db", request.node)
    refuse_a_hidden_one("tmp_path", request.node)


def test_a_database_that_is_announced_is_given(db, request):
    refuse_a_hidden_one("db", request.node)


@pytest.mark.django_db
def test_a_mark_announces_it_too(request):
    refuse_a_hidden_one("db", request.node)


def test_what_runs_once_is_there_and_names_no_database():
    """A module that was renamed would run on both unseen; one that speaks of a database has something to say of it."""
    for name in ONCE:
        source = (ROOT / name).read_text()
        assert not re.search(r"on_postgresql|on_sqlite|connection\.vendor|select_for_update", source), name


def test_only_the_modules_of_the_list_run_once(request):
    here, there = request.node, SimpleNamespace(path=ROOT / "pages" / "test_public.py")
    assert runs_once(there) and not runs_once(here)


SKIPS_BY_DATABASE = re.compile(r"skip(?:if)?\([^)]*vendor")


def test_none_is_skipped_for_its_database():
    """What means something on one database only says `on_sqlite` or `on_postgresql`: a skipped test fails the run."""
    assert [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.rglob("*.py"))
            if SKIPS_BY_DATABASE.search(path.read_text())] == []


def test_control_a_skip_by_database_is_found():
    assert SKIPS_BY_DATABASE.search("@pytest.mark.skip" + 'if(connection.vendor != "sqlite", reason="…")')
