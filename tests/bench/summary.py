"""Measure the quarterly summary: `python -m tests.bench.summary`. In throw-away databases of their own.

Each project has ten statements. Each quarter is asked in a process of its own, so that the
memory is the summary's alone.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from tests.bench.__main__ import new_database
from tests.bench.fill import fill
from tests.bench.report import DATABASES
from tests.postgres import throwaway_server
from tests.run_all import NEUTRAL

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = "1000,10000,100000"
GOAL, MEMORY_GOAL = 1.5, 40
# what is asked: a quarter with half the ledger after it, the last one with news, and that one as it was known
ASKED = {"2022Q4": None, "2024Q4": None, "2024Q4，按 2025 年 1 月 5 日所知": datetime(2025, 1, 5)}


def ask(quarter, known_at):
    """Ask for one summary as the page does; give the seconds and by how many MB the process grew."""
    from django.db import connection
    from django.utils import timezone

    from guicheng.days.quarters import Quarter
    from projects.summary import quarter_summary

    known_at = known_at and timezone.make_aware(datetime.fromisoformat(known_at))
    connection.ensure_connection()
    quarter_summary(Quarter(2020, 1))  # what is imported and cached once
    before, seconds = _memory(), []
    for _ in range(3):
        started = time.perf_counter()
        summary = quarter_summary(Quarter.parse(quarter), known_at)
        counts = [sum(row.recorded.value for row in summary.lists), len(summary.changes), len(summary.promises)]
        assert len(summary.changes[:200]) + len(summary.promises[:200])  # what the page shows
        seconds.append(time.perf_counter() - started)
    return {"seconds": min(seconds), "memory": _memory() - before, "counts": counts}


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(env, size):
    """Fill a database and ask each quarter; give what was asked -> the answer."""
    def run(*command):
        command = [sys.executable, "-m", "tests.bench.summary", *command]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    started = time.perf_counter()
    run("--fill", str(size))
    print(f"  {size:,} 个项目、{size * 10:,} 条进展，{time.perf_counter() - started:.0f} 秒填好", flush=True)
    found = {}
    for what, known_at in ASKED.items():
        known = ["--known-at", known_at.isoformat()] if known_at else []
        found[what] = json.loads(run("--ask", what[:6], *known).splitlines()[-1])
        answer = found[what]
        print("    {}：{:.3f} 秒，每个项目 {:.2f} 微秒，内存增加 {:.0f} MB（{} 个项目，变动 {}，承诺 {}）".format(
            what, answer["seconds"], answer["seconds"] * 1e6 / size, answer["memory"], *answer["counts"]), flush=True)
    return found


def report(database, found):
    """Print the ratios between the smallest and the largest size, against the goals where it is PostgreSQL."""
    least, most = min(found), max(found)
    for what in ASKED:
        large, small = found[most][what], found[least][what]
        growth = large["seconds"] / most / (small["seconds"] / least)
        goals = [(f"{most:,} 个项目的秒数", large["seconds"], GOAL), ("每个项目的耗时，大 ÷ 小", growth, 1),
                 ("内存增加 MB", large["memory"], MEMORY_GOAL)]
        for name, value, goal in goals:
            print(f"  {'达到　' if value <= goal else '未达到'}  {database} {what} {name}：{value:.2f}（目标 {goal}）")


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.summary", description=__doc__)
    cli.add_argument("--sizes", default=SIZES, help=f"项目数，默认 {SIZES}")
    cli.add_argument("--databases", default="postgresql,sqlite", help="默认两种都测")
    for name in ("--fill", "--ask", "--known-at"):
        cli.add_argument(name, help=argparse.SUPPRESS)
    options = cli.parse_args()
    if options.fill or options.ask:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
        django.setup()
        if options.fill:
            fill(int(options.fill), statements=10)
        else:
            print(json.dumps(ask(options.ask, options.known_at)))
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as scratch, ExitStack() as stack:
        for database in options.databases.split(","):
            server = stack.enter_context(throwaway_server()) if database == "postgresql" else None
            print(f"季度汇总，{DATABASES[database]}", flush=True)
            found = {}
            for size in sizes:
                folder = Path(scratch, f"{database}_{size}")
                folder.mkdir()
                env = NEUTRAL | {"DATA_DIR": str(folder)}
                found[size] = measure(env | (new_database(server, f"summary_{size}") if server else {}), size)
            report(DATABASES[database], found)


if __name__ == "__main__":
    main()
