"""Measure: `make bench`, or the short table of pages alone: `make bench ARGS="--quick"`."""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg2

from tests.bench.pages import PAGES
from tests.bench.report import DATABASES, print_goals, print_table
from tests.bench.site import ROOT, running_site
from tests.postgres import USER, find_binaries, throwaway_server
from tests.run_all import NEUTRAL

SIZES, SHORT = "1000,100000", "1000,10000"


def arguments():
    cli = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    cli.add_argument("--quick", action="store_true", help=f"短的：{SHORT} 个项目，每格 0.3 秒，两轮")
    cli.add_argument("--sizes", help=f"项目数，默认 {SIZES}")
    cli.add_argument("--databases", default=",".join(DATABASES), help="默认两种都测")
    cli.add_argument("--seconds", type=float, help="每格最多几秒，默认 2")
    cli.add_argument("--rounds", type=int, help="几轮取中位数，默认 3")
    options = cli.parse_args()
    options.sizes = [int(size) for size in (options.sizes or (SHORT if options.quick else SIZES)).split(",")]
    options.seconds = options.seconds or (0.3 if options.quick else 2)
    options.rounds = options.rounds or (2 if options.quick else 3)
    options.databases = options.databases.split(",")
    if unknown := set(options.databases) - set(DATABASES):
        cli.error(f"没有这种数据库：{'、'.join(unknown)}")
    return options


def new_database(server, name, template="template1"):
    """Make a database on the throw-away server; give the environment that reaches it."""
    connection = psycopg2.connect(host=server["PGHOST"], user=USER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    connection.close()
    return server | {"DATABASE_URL": f"postgres://{USER}@/{name}"}


def folder_for(scratch, name):
    """A DATA_DIR of its own, with the static files that are collected once."""
    folder = scratch / name
    folder.mkdir()
    (folder / "static").symlink_to(scratch / "static")
    return {**NEUTRAL, "DATA_DIR": str(folder), "KEPT_PAGES_MB": "0"}  # what a drawn page costs; the limit is one too


def run(env, *command):
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, env=os.environ | env)


def start_sites(options, scratch, stack):
    """All sizes on all databases side by side, so that a round goes over all of them."""
    server = None
    (scratch / "static").mkdir()
    run(folder_for(scratch, "files"), "manage.py", "collectstatic", "--no-input", "-v", "0")
    if "postgresql" in options.databases:
        if find_binaries() is None:
            print("没有找到 PostgreSQL，只测 SQLite。")
            options.databases = ["sqlite"]
        else:
            server = stack.enter_context(throwaway_server())
    for database in options.databases:
        is_postgresql = database == "postgresql"
        base = folder_for(scratch, f"{database}_base")
        run(base | (new_database(server, "bench_base") if is_postgresql else {}), "-m", "tests.bench.fill", "0")
        for size in options.sizes:
            print(f"准备 {DATABASES[database]}，{size:,} 个项目……", flush=True)
            env = folder_for(scratch, f"{database}_{size}")
            if is_postgresql:
                env |= new_database(server, f"bench_{size}", "bench_base")
            else:
                for file in Path(base["DATA_DIR"]).glob("*.sqlite3"):
                    shutil.copy(file, env["DATA_DIR"])
            yield stack.enter_context(running_site(database, size, env))


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as scratch, ExitStack() as stack:
        sites = list(start_sites(options, Path(scratch), stack))
        for number in range(1, options.rounds + 1):
            print(f"第 {number} 轮……", flush=True)
            for page in PAGES:
                for site in sites:
                    site.measure(page, options.seconds)
        for database in options.databases:
            print_table(database, [site for site in sites if site.database == database])
        print_goals(sites)


if __name__ == "__main__":
    main()
