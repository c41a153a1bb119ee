"""Four readers and two writers beside each other: no answer is older than what was published before it was asked for.

`python -m tests.kept` does it at length.
"""
import os

import pytest
from django.db import connection

from guicheng.kept import triggers
from tests.kept.race import race

pytestmark = pytest.mark.django_db(transaction=True)
WRITES, READS = int(os.environ.get("KEPT_WRITES", 40)), int(os.environ.get("KEPT_READS", 400))


def test_none_is_stale(settings, tmp_path):
    told = race(settings, tmp_path, WRITES, READS)
    print(f"{told.reads} 次阅读，{told.kept} 次没有重画，{len(told.stale)} 次是旧的")
    assert told.stale == [] and told.reads >= READS and told.kept > 0


@pytest.mark.parametrize("address, tables", [
    ("/spoken/", ["projects_progressupdate", "projects_project"]), ("/named/", ["projects_project"]),
    ("/hidden/", ["projects_project"]),
    ("/lists/", ["projects_projectlist"]), ("/communities/", ["communities_community"]),
    ("/figures/", ["partybuilding_metricreading"]),
    ("/reports/", ["projects_quarterclose", "projects_quarterreopening", "projects_closefile",
                   "projects_quarterreport"]),
    ("/loaded/", ["projects_fact"])])
def test_control_a_table_that_notes_nothing_is_caught(settings, tmp_path, address, tables):
    triggers.drop_triggers(connection, tables)
    try:
        assert race(settings, tmp_path, 10, 60, among=address).stale
    finally:
        triggers.install_triggers()
