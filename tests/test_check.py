"""`make check`: which files changed, whose tests these are, and an end in time."""
import os
import subprocess
import sys
import time

import pytest

from tests import check


def test_whose_tests_these_are():
    assert check.tests_of("projects/ledger/promises.py") == ["tests/projects"]
    assert check.tests_of("guicheng/pages/views.py") == ["tests/pages"]  # the longer beginning
    assert check.tests_of("guicheng/migrations/0001_initial.py") == ["tests/upgrade"]
    assert check.tests_of("tests/guicheng/test_inbox.py") == ["tests/guicheng/test_inbox.py"]
    assert check.tests_of("tests/guicheng/inbox_rules.py") == ["tests/guicheng"]
    assert check.tests_of("tests/until.py") == check.tests_of("tests/factories.py") == ["tests/test_cast.py"]
    assert check.tests_of("tests/check.py") == check.tests_of("tests/test_check.py") == ["tests/test_check.py"]
    assert check.tests_of("tests/upgrade/0.1.0-seen.json") == ["tests/upgrade"]
    assert check.tests_of("README.md") == []


def test_every_name_in_the_table_is_there():
    starts = [start for start in filter(None, check.TESTS) if not list(check.ROOT.glob(f"{start}*"))]
    names = [*check.TESTS.values(), *check.AT_IMPORT.values(), check.READ_AS_TEXT]
    tests = [each for found in names for each in found if not (check.ROOT / each).exists()]
    assert starts == tests == []


def test_a_folder_holds_its_files():
    found = check.tests_by_name(["templates/projects/list_index.html", "tests/pages/test_public.py"])
    assert found == ["tests/pages", "tests/projects"]
    assert check.tests_by_name(["README.md", "tests/test_gone.py"]) == []


def test_what_testmon_does_not_find_is_found_by_name():
    declared = ["tests/test_cast.py", "tests/test_constraints.py", "tests/test_fixtures.py"]
    assert set(declared) < set(check.tests_beside(["projects/models/project.py"]))
    assert set(declared) < set(check.tests_beside(["partybuilding/models/metrics.py"]))
    assert check.tests_beside(["projects/moments.py"]) == sorted(check.READ_AS_TEXT)
    assert check.tests_beside(["guicheng/settings.py", "fixtures/sources.json"])[:2] == [
        "tests/pages", "tests/test_fixtures.py"]
    assert check.tests_beside(["README.md"]) == []


def test_what_testmon_follows():
    assert check.followed("projects/models/project.py") and check.followed("tests/factories.py")
    assert not check.followed("projects/migrations/0001_initial.py") and not check.followed("templates/base.html")


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "old.py").write_text("")
    for command in (["init", "--initial-branch=main"], ["add", "."],
                    ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder


def test_what_changed(repository, tmp_path):
    before = check.files_before(repository)
    assert check.changed(repository, before, check.files_now(repository, tmp_path)) == []
    (repository / "new.py").write_text("")  # nobody added it yet
    (repository / "old.py").write_text("1")
    now = check.files_now(repository, tmp_path)
    assert check.changed(repository, before, now) == ["new.py", "old.py"]
    check.git(repository, "update-ref", check.GREEN, now)
    assert check.files_before(repository) == now
    assert check.git(repository, "status", "--short").split() == ["M", "old.py", "??", "new.py"]


def test_without_git_nothing_is_known(tmp_path):
    assert check.files_before(tmp_path) == ""


def test_what_is_left_is_said_in_short():
    assert check.in_short({"tests/a.py": 1, "tests/b/c.py": 2}) == "tests/a.py（1 个）、tests/b/c.py（2 个）"
    assert check.in_short({f"tests/a/{name}.py": 2 for name in range(9)}) == "tests/a（18 个）"


def test_nothing_begins_when_time_is_up(tmp_path, capsys):
    run = check.Check(tmp_path, 0)
    run.tests("测试")
    assert check.report(run, now="") == 0 and run.failed == []
    assert capsys.readouterr().out.strip() == "时间到了，没有运行：测试"


THREE = """
def test_1(): pass
def test_2(): {second}
def test_3(): pass
"""


@pytest.fixture
def run_until(tmp_path):
    """Run three made-up tests until then: `run_until(time, "-n", "1", second="assert False")`."""
    def _run(until, *options, second="pass"):
        (tmp_path / "test_three.py").write_text(THREE.format(second=second))
        env = {"RUN_UNTIL": str(until), "LEFT_OUT": str(tmp_path / "left"), "PYTHONPATH": str(check.ROOT)}
        done = subprocess.run([sys.executable, "-m", "pytest", "-p", "tests.until", "-p", "no:django",
                               "-c", os.devnull, "--rootdir", str(tmp_path), *options, str(tmp_path)],
                              env=os.environ | env, capture_output=True, text=True)
        return done.returncode, (tmp_path / "left").read_text().splitlines()
    return _run


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_it_ends_in_time(run_until, workers):
    code, left = run_until(time.time(), *workers)
    assert code == 0 and [name.partition("::")[2] for name in left] == ["test_2", "test_3"]


def test_what_fails_in_time_is_a_failure(run_until):
    assert run_until("inf", second="assert False") == (1, [])


def test_nothing_to_run_is_none(run_until):
    assert run_until("inf", "-k", "another")[0] == 0
