"""What to ask before a commit: `make check`, or `python -m tests.check`. At most three minutes.

The code, the settings, the migrations, and the tests of what changed since the last green run; before there was one,
since `main`. `make check ARGS=--all` runs all of them once, and pytest-testmon remembers which lines each test ran.
Until then the tests are those of the folder with the same name. What time did not allow is named at the end.
PostgreSQL, the browser and what a test does in another process are left to `make test`.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.run_all import ROOT, Run, lint

LONGEST = 170  # seconds in all
LAST_TEST = 25  # seconds kept for the tests that are still running then
GREEN = "refs/checked"  # the files of the last green run, as a tree of git
DATA = Path(os.environ.get("TESTMON_DATAFILE", ROOT / ".testmondata"))

READ_AS_TEXT = ["tests/test_house.py", "tests/pages/test_nothing_else_counts.py"]  # they read all sources
# what runs only while it is imported, before any test: testmon sees none of it
AT_IMPORT = {
    "models": ["tests/test_constraints.py", "tests/test_cast.py", "tests/test_fixtures.py"],
    "settings.py": ["tests/test_start.py", "tests/test_proxies.py", "tests/test_hsts.py"],
    "urls.py": ["tests/pages/test_public.py", "tests/test_admin_lists.py"],
}
# whose tests these are; the longest beginning counts
TESTS = {
    "guicheng/": ["tests/guicheng"],
    "guicheng/pages/": ["tests/pages"],
    "projects/": ["tests/projects"],
    "communities/": ["tests/communities"],
    "partybuilding/": ["tests/partybuilding"],
    "templates/": ["tests/pages"],
    "templates/projects/": ["tests/pages", "tests/projects"],
    "templates/admin/": ["tests/guicheng", "tests/test_admin_lists.py"],
    "templates/admin/desk/": ["tests/pages/test_first_page.py"],
    "templates/admin/projects/": ["tests/projects"],
    "static/": ["tests/pages/test_public.py", "tests/pages/test_errors.py"],
    "fixtures/": ["tests/test_fixtures.py", "tests/pages"],
    "deploy/": ["tests/test_start.py", "tests/test_proxies.py"],
    "docs/posts.md": ["tests/test_two_writers.py"],
    "requirements": ["tests/guicheng/test_supply.py"],
    "pyproject.toml": ["tests/test_house.py", "tests/guicheng/test_supply.py"],
    "": [],
}


# --- what changed ------------------------------------------------------------------------------------
def git(folder, *arguments, **env):
    """What git answers in this folder; empty where it fails."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=os.environ | env, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def files_now(folder, scratch):
    """The files as they stand, also those not yet added, as a tree of git."""
    env = {"GIT_INDEX_FILE": str(scratch / "index")}  # one of its own: what is staged stays so
    git(folder, "add", "--all", **env)
    return git(folder, "write-tree", **env)


def files_before(folder):
    """The files of the last green run; before there was one, those that `main` and this branch have in common."""
    found = (git(folder, "merge-base", "HEAD", branch) for branch in ("origin/main", "main", "HEAD"))
    return git(folder, "rev-parse", "--quiet", "--verify", GREEN) or next(filter(None, found), "")


def changed(folder, before, now):
    return git(folder, "-c", "core.quotePath=false", "diff", "--name-only", "--no-renames", before, now).splitlines()


# --- which tests ask for it --------------------------------------------------------------------------
def followed(path):
    """Whether testmon follows it: Python that a test runs. The tests' tables are not made by the migrations."""
    return path.endswith(".py") and "/migrations/" not in path


def tests_of(path):
    """The tests of a file, by its name alone."""
    if "/migrations/" in path:
        return ["tests/upgrade"]
    if path.startswith("tests/"):
        itself = Path(path)
        own = str(itself.with_name(f"test_{itself.name.removeprefix('test_')}"))
        if itself.suffix == ".py" and (itself.name.startswith("test_") or (ROOT / own).exists()):
            return [own]
        return ["tests/test_cast.py" if itself.parent == Path("tests") else str(itself.parent)]
    return TESTS[max((start for start in TESTS if path.startswith(start)), key=len)]


def tests_by_name(paths):
    """The tests of these files that there are, without those that a folder holds already."""
    return only_once(each for path in paths for each in tests_of(path))


def tests_beside(paths):
    """The tests of these files that testmon does not find."""
    found = tests_by_name(path for path in paths if not followed(path))
    for part, tests in AT_IMPORT.items():
        if any(part in Path(path).parts or Path(path).name in (part, f"{part}.py") for path in paths):
            found += tests
    if any(path.endswith((".py", ".html")) for path in paths):
        found += READ_AS_TEXT
    return only_once(found)


def only_once(tests):
    found = {each for each in tests if (ROOT / each).exists()}
    return sorted(each for each in found if not any(str(parent) in found for parent in Path(each).parents))


# --- running them ------------------------------------------------------------------------------------
class Check(Run):
    """A run that ends in time."""

    def __init__(self, scratch, seconds):
        super().__init__(scratch)
        self.left = self.scratch / "left"
        self.until = time.time() + seconds - LAST_TEST
        self.env |= {"RUN_UNTIL": str(self.until), "LEFT_OUT": str(self.left)}
        self.unfinished = Counter()

    def tests(self, name, *options):
        if time.time() > self.until:
            self.left_out.append(name)
            return
        self.step(name, "-m", "pytest", "-p", "tests.until", "-m", "not browser", "-n", "2", *options)
        left = self.left.read_text().splitlines() if self.left.exists() else []
        self.unfinished.update(each.partition("::")[0] for each in left)
        self.left.unlink(missing_ok=True)


def run_tests(run, paths, everything):
    if everything:
        run.tests("全部测试，记下各走过哪些行", "--testmon", "--testmon-noselect")
    elif DATA.exists():
        if beside := tests_beside(paths):
            run.tests("模板、资料、模型等的测试", *beside)  # testmon, shown a part of the tests, would forget others
        run.tests("走过改动之处的测试", "--testmon", "--testmon-forceselect")
    elif found := only_once(tests_by_name(paths) + tests_beside(paths)):
        run.tests("同名目录的测试", *found)
        print("还没有 .testmondata，别处的测试没有选：make check ARGS=--all 记一遍。")


def main():
    options = argparse.ArgumentParser(prog="make check", description="提交以前问一遍。")
    options.add_argument("--all", action="store_true", help="运行 SQLite 上的全部测试，记下每个走过哪些行，不限时间")
    everything = options.parse_args().all
    with tempfile.TemporaryDirectory(prefix="guicheng-check-") as scratch:
        run = Check(scratch, float("inf") if everything else LONGEST)
        before, now = files_before(ROOT), files_now(ROOT, run.scratch)
        if not before:
            sys.exit("make check 要在 git 的工作区里运行；全部测试是 make test。")
        lint(run)
        run.step("设置和模型", "manage.py", "check")
        run.step("迁移齐全", "manage.py", "makemigrations", "--check", "--dry-run")
        run_tests(run, changed(ROOT, before, now), everything)
    return report(run, now)


def in_short(files):
    """How many tests of which files are left, or of which folders when there are many."""
    if len(files) > 8:
        folders = Counter()
        for name, number in files.items():
            folders[os.path.dirname(name)] += number
        files = folders
    return "、".join(f"{name}（{number} 个）" for name, number in files.items())


def report(run, now):
    """Say how it went; remember the files if all of it was green."""
    print()
    if run.unfinished or run.left_out:
        print(f"时间到了，没有运行：{'、'.join(filter(None, [*run.left_out, in_short(run.unfinished)]))}")
    if run.failed:
        print(f"没有通过：{'、'.join(run.failed)}")
    elif not (run.unfinished or run.left_out):
        git(ROOT, "update-ref", GREEN, now)
        print("通过。PostgreSQL 和浏览器的测试不在其中：make test。")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
