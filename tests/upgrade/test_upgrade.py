"""Databases of earlier versions, with rows of every kind, become this one: nothing is lost, or nothing is changed."""
import json
import re
import socket
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from tests.upgrade.databases import HERE, VERSIONS, dump, dump_of, lost, schema_of, scratch
from tests.upgrade.told import entered, told, untold

pytestmark = pytest.mark.django_db  # on both databases

# What of the database a page named and names no more, or a file gave and gives otherwise: (where, what, why)
INTENDED = [(where, re.compile(what), why) for where, what, why in [
    ("/projects/", "^第二$", "a community without a project is no choice in the facets"),
    ("/reports/", "^2021 年 (12 月 31|9 月 30|6 月 30) 日$", "the quarters of a year stand in one line"),
    ("/reports/", "^Excel$", "a file is named by what it is"),
    ("/lists/2021-community/", "^暂停$", "no project of it is halted"),
    ("/lists/sample/", "^暂停$", "so is this"),
    ("/reports/2021Q4.json", "", "the file is that of the close; /api/summary/ has the figures as before"),
    ("/api/summary/", "^promises：.*'verdict': '(unreported|late)'",
     "silence is 到期待核, and late is what a statement says"),
    ("/lists/", "承诺日|到期未见报道|逾期完成|没有来源再提起",
     "so it is here; the day of a promise is told as it is known"),
]]
# what stood on one page and stands on several since 0.5.0
SPLIT = {"/party/": ["/party/figures/", "/party/figures/members/", "/party/730/", "/party/organisations/", "/venues/",
                     "/party/stories/"]}
# a day of which nobody knows the first one is told as a bound since 0.5.0
A_BOUND = re.compile(r"(截至|不迟于) ?(?=\d{4} 年)")
ALONE = "0.1.0，本人填报并发布"
# a portal that came from 0.1.0 earlier, when nobody filled in the due days: `prepare` brings them
DRIFTED = {"0.2.0": "UPDATE projects_project SET due_on = NULL;"}


def seen_at(version):
    return json.loads((HERE / f"{version}-seen.json").read_text(encoding="utf-8"))


def run(environment, *command, **kw):
    return subprocess.run([sys.executable, *command], cwd=settings.BASE_DIR, env=environment, text=True,
                          capture_output=True, **kw)


def prepare(environment, *options):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return run(environment, "manage.py", "prepare", "--port", port, *options)


def carried(environment, version):
    """What became of a database of that version."""
    wanted = [*seen_at(version), *(page for pages in SPLIT.values() for page in pages)]
    environment = environment | {"SEARCH_INDEX": "on"}  # however few its rows are
    done = run(environment, HERE / "carry.py", input=json.dumps(wanted))
    assert done.returncode == 0, done.stderr
    now = json.loads(done.stdout)
    for whole_page, pages in SPLIT.items():
        for page in pages:
            now["seen"][whole_page] += now["seen"].pop(page)
    return now


def whole(environment):
    """All that is in the database. The numbers a sequence has given are not taken back by PostgreSQL."""
    return [line for line in dump(environment).splitlines() if "pg_catalog.setval(" not in line]


def unbound(seen):
    return json.loads(A_BOUND.sub("", json.dumps(seen, ensure_ascii=False)))


def is_page(seen):
    """Whether that is the blocks of a page: no hash of a file, nothing that JSON or CSV hold."""
    return isinstance(seen, list) and all(isinstance(each, str) for each in seen)


def gone(version, now):
    """(where, what) an old portal gave and this one does not: of a page what was entered, of a file anything."""
    database, named = entered(dump_of(version)), 0
    for path, old in unbound(seen_at(version)).items():
        if is_page(old):
            phrases = told(old, database)
            named += len(phrases)
            missing = untold(phrases, now[path])
        else:
            missing = lost(old, now.get(path, "没有"))
        yield from ((path, each) for each in missing)
    assert named > 400, "a portal names what it holds"


def intended(path, what):
    return any(path.startswith(where) and words.search(what) for where, words, _ in INTENDED)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_database_becomes_this_one(version, tmp_path):
    with scratch(tmp_path, dump_of(version) + DRIFTED.get(version, "")) as environment:
        now = carried(environment, version)
    assert [each for each in gone(version, unbound(now["seen"])) if not intended(*each)] == []
    assert now["missing_triggers"] == [] and now["rebuilt"][1] == 0
    assert now["index"]["missing"] == [] and now["index"]["rebuilt"] == [8, 0], "of the rows that stood there"
    assert now["index"]["found"] and set(now["index"]["found"]) <= set(now["index"]["named"])
    differed = int(re.search(r"，(\d+) 个有出入", now["said"])[1])
    assert differed == 1 if version not in DRIFTED else differed > 1, "one is due as promised, as nothing said before"
    assert (now["closes"], now["damaged"]) == (3 if version == "0.3.0" else 0, [])
    assert set(now["staff"].values()) == {200} and len(now["staff"]) > 40
    assert now["next"] and set(now["next"]) == {"checked"}
    new = {each for each in schema_of(connection) if not each.startswith("wishes_")}  # which only the tests know
    assert set(now["schema"]) ^ new == set(), "as a new database is"
    if version == "0.1.0":
        as_0_1_0_would_have(now)


def as_0_1_0_would_have(now):
    """Who read what was published keeps the name; who published alone stands in the review; nobody is invented."""
    published = [row for row in now["updates"] if row["state"] == "published"]
    people = Counter((row["author__username"], row["checker__username"], row["reviewer__username"], row["one_step"])
                     for row in published)
    assert people == {("clerk", "reviewer", "reviewer", True): 3, (None, None, None, False): 12}
    assert Counter((by, verb, note) for _, verb, by, note in now["steps"]) == {
        ("boss", "published", ALONE): 7, ("reviewer", "published", ALONE): 2}
    assert {row["author__username"] for row in now["updates"] if row["state"] != "published"} == {"clerk", "other"}


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path):
    """The last one fails, after all the others: the database is the same, byte by byte, and there is a backup."""
    with scratch(tmp_path, dump_of("0.2.0")) as environment:
        before = whole(environment)
        done = prepare(environment | {"DJANGO_SETTINGS_MODULE": "tests.upgrade.broken_settings"})
        assert done.returncode == 1
        assert "数据库没有更新，还是原来的样子" in done.stderr and "zz_missing" in done.stderr
        assert whole(environment) == before
    backup, = (tmp_path / "backups").glob("guicheng-*")
    assert "projects.0003_export_files" not in (backup / "manifest.json").read_text(encoding="utf-8")


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    with scratch(tmp_path, dump_of("0.3.0")) as environment:
        run(environment, "manage.py", "shell", "-v", "0", "-c", "from django.db import connection; "
            "from django.db.migrations.recorder import MigrationRecorder as Recorder; "
            "Recorder(connection).record_applied('projects', '0999_tomorrow')")
        before = whole(environment)
        done = prepare(environment)
        assert done.returncode == 1
        assert done.stderr.startswith("这个数据库是更新的版本用过的，本版本不认识（projects.0999_tomorrow）。请换回")
        assert done.stderr.count("\n") == 1
        assert whole(environment) == before


def test_without_a_backup_nothing_is_changed(tmp_path):
    (tmp_path / "backups").write_text("在这里放不了备份")
    with scratch(tmp_path, dump_of("0.2.0")) as environment:
        before = whole(environment)
        done = prepare(environment)
        assert done.returncode == 1 and "升级前要先备份，没有备份成，数据库没有动：" in done.stderr
        assert whole(environment) == before
