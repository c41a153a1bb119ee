"""Role × route × method × own/other/none: every cell of tests/matrix/table.py is tried, and the wrong ones are 0."""
import gc
import logging
import sys
import types
from functools import cache

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from guicheng.urls import urlpatterns
from projects import summary
from tests.matrix import answers, cells, table
from tests.matrix.world import World, remember_people

ROUTES = cells.routes()
PARTS = 8  # for two or more workers; each makes its world once


def plain_error(request, status, sentence="", words=None):
    """All that an error page says, without the frame that is the same on each: more than half of the time."""
    return HttpResponse(f"{status} {words} {sentence}", status=status)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One world for all the cells. Each request is taken back, and at the end the world."""
    folder = override_settings(DATA_DIR=tmp_path_factory.mktemp("matrix"), SECURITY_CONTACTS=["tel:+86-757-00000000"])
    with folder, django_db_blocker.unblock(), transaction.atomic():
        logging.disable(logging.ERROR)  # thousands are refused here, and pytest would keep a traceback of each
        made = World()
        patch = pytest.MonkeyPatch()
        patch.setattr("guicheng.public.errors.error_page", plain_error)
        remember_people(patch)
        remember_documents(patch)
        draw_nothing(patch)
        gc.freeze()  # what is there stays: the collector need not look at it again with every page
        yield made
        answers.form_of.cache_clear()
        answers.version_of.cache_clear()
        gc.unfreeze()
        patch.undo()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


_readers = {}


def is_chosen(cell):
    """Another database finds other rows, if anything: there each page is read by each who may, the rest on SQLite.

    The pages that every model has, and the public ones, ask alike for all who see all rows, and for all others: there
    one of each reads them.
    """
    if connection.vendor == "sqlite":
        return True
    if cell.method != "GET" or cell.wanted != "open":
        return False
    sees_all = cells.in_scope(cell.who, cell.model or cell.route.key, "other")
    kind = cells.kind_of(cell.route).page
    if not cell.route.page and not kind.startswith("public") and kind not in ("choices", "shortcut", "app"):
        return True
    return _readers.setdefault((cell.route, cell.model, cell.field, cell.scope, sees_all), cell.who) == cell.who


def remember_documents(patch):
    """Make the document of a quarter once: it is the same for all who may open it."""
    from projects.report import build

    document_of = cache(build.document_of)
    for place in ("projects.admin.report", "projects.report.forms"):
        patch.setattr(f"{place}.document_of", document_of)
    patch.setattr("projects.views.reports.public_document_of", cache(build.public_document_of))
    patch.setattr("projects.summary.quarter_summary", cache(summary.quarter_summary))


def draw_nothing(patch):
    """Who may have a PDF is asked before it is drawn: without the library it is the page to print."""
    patch.setitem(sys.modules, "weasyprint", None)


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_cells(world, part):
    count, wrong = 0, []
    for route in ROUTES[part::PARTS]:
        tried, sentences = answers.try_route(route, world, is_chosen)
        count, wrong = count + tried, wrong + sentences
    assert not wrong, f"{count} 格，错 {len(wrong)}\n" + "\n".join(wrong)


@pytest.mark.django_db
def test_public_pages_as_of_a_day(world):
    """The same pages ask otherwise as of a day, and as known at an instant."""
    asked = [cell for route in ROUTES for cell in cells.cells(route)
             if (cell.who, cell.method, cell.wanted) == (table.VISITOR, "GET", "open") and cell.scope != "other"]
    for cell in asked:
        path, query = answers.address(cell, world)
        for moment in ({"asof": "2021-12-31"}, {"asof": "2021-12-31", "known_at": "2026-11-02T00:00:00Z"}):
            came = world.clients[cell.who].get(path, query_params=query | moment).status_code
            # a figure that nobody had told by then is not there yet
            assert came in (200, 302) or "/party/figures/" in path and came == 404, f"{path}: {came}"
    assert len(asked) > 20


def test_the_table_knows_every_route():
    assert cells.missing(ROUTES) == []
    assert cells.stale(ROUTES) == []
    assert cells.unknown_people() == set()


# --- the negative controls ------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_open_back_office_is_found(world, monkeypatch):
    """With the guard switched off the cells of other units are wrong, and the words of others are seen."""
    monkeypatch.setattr("guicheng.office.base.rows_for", lambda user, rows: rows)
    route = next(each for each in ROUTES if each.key == "admin:projects_project_history")
    wrong = "\n".join(answers.try_route(route, world)[1])
    assert "部门经办人 · other · GET：应为 404，实为 open" in wrong
    assert "看到了别的单位的内容" in wrong and "看得出分别" in wrong


@pytest.mark.parametrize("name", ["a-new-page", None])
def test_a_route_that_is_not_in_the_table_is_found(name):
    urlconf = types.ModuleType("urlconf_of_the_test")
    urlconf.urlpatterns = [path("new/<int:pk>/", lambda request, pk: HttpResponse(), name=name), *urlpatterns]
    assert cells.missing(cells.routes(urlconf)) == [name or "new/<int:pk>/"]


def test_a_model_that_is_not_in_the_table_is_found(monkeypatch):
    monkeypatch.delitem(table.MODELS, "projects.fact")
    assert "admin:projects_fact_changelist" in cells.missing(ROUTES)


def test_a_line_without_a_route_is_found(monkeypatch):
    monkeypatch.setitem(table.ROUTES, "gone", "public")
    monkeypatch.setitem(table.MODELS, "projects.gone", "领导:v")
    assert cells.stale(ROUTES) == ["gone", "projects.gone"]
