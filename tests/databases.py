"""Which tests run on which database: all on SQLite; on PostgreSQL all but those that ask none and those of `ONCE`.

On both run, whatever else is new: constraints, triggers, locks and races, queries (each page once for each sight of
those who may open it: tests/test_matrix.py), imports, migrations and upgrades, backups.
"""
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parent
WALKS = "walks pages and files whose queries other tests ask on both: the matrix, the summaries, the time machine"
DRAWS = "draws from a frozen document of plain values; that a close freezes the same is asked on both"
SHOWS = "forms, words and links on a page; the matrix asks what it asks, the model's tests what it writes"
COUNTS = "counts how often a page asks, not what comes back"
READS = "opens files before any database is asked"
FACTS = "what the real facts say; that PostgreSQL takes them is a step of tests/run_all.py and asked in test_cast.py"
CONTROLS = "breaks the portal to see that another test finds it"
# module: why another database can make no difference to it
ONCE = {
    "pages/test_as_of.py": WALKS, "pages/test_days_told.py": SHOWS, "pages/test_faces.py": WALKS,
    "pages/test_figures_agree.py": WALKS, "seal/test_without_units.py": DRAWS,
    "projects/test_time_machine_controls.py": CONTROLS, "test_fixtures.py": FACTS, "guicheng/test_editing.py": SHOWS,
    "pages/test_errors.py": SHOWS, "pages/test_every_figure.py": WALKS, "pages/test_every_figure_for_staff.py": WALKS,
    "pages/test_every_figure_of_a_close.py": WALKS, "pages/test_hidden.py": SHOWS, "pages/test_no_cookie.py": SHOWS,
    "pages/test_export.py": WALKS, "pages/test_head.py": SHOWS, "pages/test_sitemaps.py": SHOWS,
    "projects/test_cards.py": DRAWS, "projects/test_posters.py": SHOWS,
    "pages/test_first_page.py": WALKS, "pages/test_public.py": WALKS, "pages/test_queries.py": COUNTS,
    "projects/test_admin.py": SHOWS, "projects/test_first_text.py": DRAWS, "projects/test_import_corpus.py": READS,
    "projects/test_ledgers.py": READS,
    "projects/test_project_files.py": DRAWS, "projects/test_quarter_files.py": DRAWS,
    "projects/test_report_admin.py": SHOWS, "projects/test_report_page.py": DRAWS,
    "projects/test_report_picture.py": DRAWS, "projects/test_report_word.py": DRAWS,
    "projects/test_thaw.py": DRAWS, "projects/test_verify.py": DRAWS,
    "guicheng/test_accounts.py": SHOWS, "guicheng/test_admin_cards.py": SHOWS, "guicheng/test_passwords.py": SHOWS,
    "guicheng/test_photos.py": READS, "guicheng/test_public_forms.py": SHOWS, "guicheng/test_workdays.py": SHOWS,
    "seal/test_crawl.py": WALKS, "test_cast.py": SHOWS, "test_admin_lists.py": WALKS,
}


def on_postgresql(test):
    """For the few tests that mean something on one database only: elsewhere they are not there, and not skipped."""
    return test if connection.vendor == "postgresql" else None


def on_sqlite(test):
    return test if connection.vendor == "sqlite" else None


def asks_none(item):
    """Whether a test says by its fixtures and marks that it asks no database: pytest-django refuses it one."""
    asked = {"django_db_setup", "live_server"} & set(item.fixturenames)
    return not asked and item.get_closest_marker("django_db") is None


def runs_once(item):
    """Whether a test stands in a module of `ONCE`."""
    return item.path.is_relative_to(ROOT) and item.path.relative_to(ROOT).as_posix() in ONCE


def mark(items):
    """Mark the tests that run once, also in the report: they are counted there."""
    for item in items:
        for name, is_so in (("no_database", asks_none), ("once", runs_once)):
            if is_so(item):
                item.add_marker(name)
                item.user_properties.append((name, "yes"))


def refuse_a_hidden_one(name, item):
    """Fail a marked test that reaches a database all the same, by a fixture it asks for while it runs."""
    if name in ("db", "transactional_db") and item.get_closest_marker("no_database"):
        pytest.fail("这个测试到运行时才要数据库，在 PostgreSQL 上会漏掉：请在参数里写上 db。")
