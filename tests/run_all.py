"""All the tests: `make test`, or `python -m tests.run_all`.

Each step says how it went; the last line names what could not run on this machine. With REQUIRE_ALL=1
leaving anything out, or skipping a test, is a failure.
"""
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from tests.browser import find_chromium
from tests.postgres import find_binaries, throwaway_server

ROOT = Path(__file__).resolve().parent.parent
NOTHING_TO_LOSE = "-c full_page_writes=off -c synchronous_commit=off"  # of a server that is thrown away
NO_TESTS = 5  # pytest's exit code when nothing was collected
# nothing of this machine's configuration reaches the tests: set empty, so that .env cannot fill it in
NEUTRAL = {"PUBLIC_URL": "", "DATABASE_URL": "", "SECRET_KEY": "", "PROXY_COUNT": "0", "REQUIRE_TOTP": "",
           "STAFF_ADDRESSES": "", "BACKUP_DIR": "", "HEALTH_KEY": "", "SECURITY_CONTACT": "",
           "HSTS_WHOLE_HOST": "false", "PASSWORD_DAYS": "0", "OFFICE_NAME": "", "OFFICE_PHONE": "", "OFFICE_HOURS": "",
           "HOTLINE_12345": "", "MESSENGER_URL": "", "OIDC_ISSUER": "",
           "KEPT_PAGES_REDIS": "", "PERSONAL_KEYS": "", "PERSONAL_DAYS": "180", "PERSONAL_CIPHER": "",
           "SEARCH_INDEX": "",
           "PYTHONDONTWRITEBYTECODE": ""}  # each of some hundred processes would compile everything anew


class Run:
    """The steps so far: what failed, what was left out, how many tests were skipped, which run once."""

    def __init__(self, scratch):
        self.scratch = Path(scratch)
        data_dir = os.environ.get("DATA_DIR") or str(self.scratch / "var")
        self.env = os.environ | NEUTRAL | {"DATA_DIR": data_dir}
        self.failed, self.left_out, self.skipped, self.once = [], [], 0, Counter()

    def step(self, name, *command, env=None, program=sys.executable):
        """Run Python (or another program) with these arguments; give its exit code."""
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(
            [program, *command], cwd=ROOT, env=self.env | (env or {}), stdin=subprocess.DEVNULL
        ).returncode
        if code and not (code == NO_TESTS and "pytest" in command):
            self.failed.append(name)
        result = f"退出码 {code}" if code else "通过"
        print(f"-- {name}：{result}（{time.monotonic() - started:.0f} 秒）", flush=True)
        return code

    def pytest(self, name, *options, env=None):
        """Run pytest and remember what it skipped; no test at all is a step left out."""
        report = self.scratch / f"report-{len(list(self.scratch.glob('report-*')))}.xml"
        if self.step(name, "-m", "pytest", f"--junitxml={report}", "-rs", *options, env=env) == NO_TESTS:
            self.left_out.append(f"{name}（没有这样的测试）")
        if report.exists():
            tree = ET.parse(report)  # noqa: S314 our own pytest wrote it
            self.skipped += sum(int(suite.get("skipped", 0)) for suite in tree.iter("testsuite"))
            self.once.update(each.get("name") for each in tree.iter("property"))


def lint(run):
    run.step("ruff", "-m", "ruff", "check", ".")
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
    if templates:
        djade = Path(sys.executable).parent / "djade"  # it has no `python -m`
        run.step("djade", "--check", "--target-version", "5.2", *templates, program=djade)


def check_code(run):
    lint(run)
    run.step("迁移齐全", "manage.py", "makemigrations", "--check", "--dry-run")
    production = {
        "PUBLIC_URL": "https://example.invalid/", "SECRET_KEY": secrets.token_urlsafe(60),
        "DATA_DIR": str(run.scratch / "production"),
    }
    run.step("正式运行的设置", "manage.py", "check", "--deploy", "--fail-level", "WARNING", env=production)
    run.step("静态文件", "manage.py", "collectstatic", "--no-input", "-v", "0", env=production)


def run_databases(run):
    run.pytest("测试（SQLite）", "-m", "not browser", "-n", "2")
    if find_binaries() is None:
        run.left_out.append("测试（PostgreSQL）（没有找到 PostgreSQL）")
        return
    try:
        with throwaway_server(NOTHING_TO_LOSE) as env:
            for command in ("migrate", "load_facts"):  # the tests' own tables do not come from the migrations
                run.step(f"{command}（PostgreSQL）", "manage.py", command, "-v", "0", env=env)
            run.pytest("测试（PostgreSQL）", "-m", "not browser and not no_database and not once", "-n", "2", env=env)
            print(f"只在 SQLite 那一遍里运行的测试：不碰数据库的 {run.once['no_database']} 个，"
                  f"换了数据库也没有分别的 {run.once['once']} 个（tests/databases.py 写明为什么）")
    except (RuntimeError, OSError, LookupError) as error:
        print(error)
        run.failed.append("测试（PostgreSQL）")


def run_browser(run):
    if find_chromium() is None:
        run.left_out.append("浏览器测试（没有找到 Chromium）")
        return
    run.pytest("浏览器测试", "-m", "browser", "-n", "2")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database server is stopped
    strict = bool(os.environ.get("REQUIRE_ALL"))
    with tempfile.TemporaryDirectory(prefix="guicheng-test-") as scratch:
        run = Run(scratch)
        check_code(run)
        run_databases(run)
        run_browser(run)
    if run.skipped:
        run.left_out.append(f"跳过的测试 {run.skipped} 个")
    print()
    if run.failed:
        print(f"没有通过：{'、'.join(run.failed)}")
    print(f"没有运行：{'、'.join(run.left_out)}" if run.left_out else "全部运行：代码检查、SQLite、PostgreSQL、浏览器")
    return 1 if run.failed or (strict and run.left_out) else 0


if __name__ == "__main__":
    sys.exit(main())
