"""An empty database is made from the models: it is what the migrations would have made, and they go on from there."""
import json

import pytest
from django.db import connection

from tests.upgrade.databases import dump, schema_of, scratch
from tests.upgrade.test_upgrade import prepare, run

pytestmark = pytest.mark.django_db  # on both databases

LOOK = """
import json
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from guicheng.upkeep.upgrade import Outlook
from tests.upgrade.databases import schema_of
loader = MigrationLoader(connection)
print(json.dumps({
    "undone": sorted(map(str, set(loader.disk_migrations) - set(loader.applied_migrations))),
    "plan": len(Outlook().plan), "schema": schema_of(connection),
    "filled": [apps.get_model(name).objects.count() for name in
               ("auth.Permission", "auth.Group", "guicheng.CalendarYear")],
}))
"""


def looked_at(environment):
    done = run(environment, "manage.py", "shell", "-v", "0", "-c", LOOK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_works(tmp_path):
    with scratch(tmp_path) as environment:
        environment |= {"SEARCH_INDEX": "on"}  # as the tests' database has it
        done = run(environment, "manage.py", "migrate")
        assert done.returncode == 0, done.stderr
        assert "No migrations to apply" in done.stdout, "none is left to do"
        found = looked_at(environment)
    assert (found["undone"], found["plan"]) == ([], 0)
    expected = {each for each in schema_of(connection) if not each.startswith("wishes_")}  # which only the tests know
    assert set(found["schema"]) ^ expected == set(), "with its triggers"
    assert all(found["filled"]), "what follows a migration followed"


def test_what_asks_for_something_else_makes_nothing(tmp_path):
    with scratch(tmp_path) as environment:
        for options in (["--plan"], ["--check"], ["guicheng", "zero"]):
            run(environment, "manage.py", "migrate", "-v", "0", *options)
        assert "guicheng_user" not in dump(environment)


def test_a_database_that_has_begun_goes_step_by_step(tmp_path):
    asked = ("manage.py", "shell", "-v", "0", "-c", "from guicheng.upkeep.upgrade import is_empty; print(is_empty())")
    with scratch(tmp_path) as environment:
        assert run(environment, *asked).stdout == "True\n"
        run(environment, "manage.py", "migrate", "-v", "0", "contenttypes")
        assert run(environment, *asked).stdout == "False\n"
    with scratch(tmp_path, "CREATE TABLE guicheng_user (id integer);") as environment:
        assert run(environment, *asked).stdout == "False\n", "somebody made a table of ours"


def test_what_fails_leaves_it_empty(tmp_path):
    taken = "CREATE TABLE other (id integer); CREATE INDEX accessevent_at ON other (id);"  # a name that ours will want
    with scratch(tmp_path, taken) as environment:
        before = dump(environment)
        for done in (run(environment, "manage.py", "migrate", "-v", "0"), prepare(environment)):
            assert done.returncode == 1 and "accessevent_at" in done.stderr
            assert dump(environment) == before
