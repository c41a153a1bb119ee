"""Every public address is drawn: each table it reads notes what is published, and its words hang on no clock."""
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from guicheng.kept import triggers
from guicheng.kept.pages import key_of, may_be_kept
from guicheng.kept.rollup import all_rollups
from tests.seal import crawl, world
from tests.seal.test_crawl import quick  # noqa: F401, a fixture

READ = re.compile(r'(?:FROM|JOIN) "?([a-z_]+)"?', re.I)
# no word of a public page comes from there: who set a lamp by hand, and which tables were asked for, stand in the
# half of a quarter that staff see
NO_WORDS = {"guicheng_publication", "guicheng_user", "projects_reportingtask", "projects_askedunit",
            "projects_reportingrow", "projects_answeratclose"}


class Tables(set):
    """The tables that queries read while it wraps them."""

    def __call__(self, execute, sql, params, many, context):
        self |= set(READ.findall(sql))
        return execute(sql, params, many, context)


@pytest.fixture
def street(quick, db, settings, tmp_path):  # noqa: F811
    settings.DATA_DIR = tmp_path
    project = world.street()
    world.with_files(project)
    world.closed()


def follow_another():
    """Tables whose rows are frozen with the row they belong to: what is published is that one."""
    return {model._meta.db_table for model in apps.get_models()
            if getattr(model, "append_only", None) and model.append_only.parent}


def follow_what_they_count():
    """Rollups: their rows come with those they count, by whose rules the change is noted."""
    noted = set(triggers.publishing_tables())
    return {model._meta.db_table for model in all_rollups()
            if {model.rolls_up.table, model.rolls_up.owners} - {""} <= noted}


def unnoted(tables):
    """Those of them that a change of passes unnoted."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return tables & ours - set(triggers.publishing_tables()) - follow_another() - follow_what_they_count() - NO_WORDS


def test_every_table_a_public_page_reads_notes_what_is_published(street, visitor):
    tables = Tables()
    with connection.execute_wrapper(tables):
        crawl.answers(visitor)
    assert len(tables) > 20 and unnoted(tables) == set()


def test_control_a_table_without_the_rule_is_found():
    assert unnoted({"guicheng_submission", "projects_project"}) == {"guicheng_submission"}


def environ_of(address):
    path, _, query = address.partition("?")
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "wsgi.url_scheme": "http",
            "HTTP_HOST": "localhost"}


def test_what_is_kept_says_the_same_an_hour_later(street, visitor, monkeypatch):
    now = timezone.now().replace(hour=4)  # noon here
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = {address: response for address, response in crawl.answers(visitor).items() if key_of(environ_of(address))
              and may_be_kept(f"{response.status_code} ", response.items(), response)}
    assert len(before) > 100
    now += timedelta(hours=1)
    others = [address for address, response in before.items() if visitor.get(address).content != response.body]
    assert others == []
    assert "/reports/verify/" not in before, "a form has a key of its minute"
