"""Measure: `make bench`, or short: `make bench ARGS="--sizes 100,10000 --databases sqlite --seconds 0.5"`."""
import argparse
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg2

from tests.bench.report import DATABASES, NAMES, print_goals, print_site
from tests.bench.site import ROOT, running_site
from tests.postgres import USER, find_binaries, throwaway_server
from tests.run_all import NEUTRAL

SIZES = "100,10000,100000"


def arguments():
    cli = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    cli.add_argument("--sizes", default=SIZES, help=f"项目数，默认 {SIZES}")
    cli.add_argument("--databases", default=",".join(DATABASES), help="默认两种都测")
    cli.add_argument("--seconds", type=float, default=2, help="每格最多几秒，默认 2")
    cli.add_argument("--rounds", type=int, default=3, help="几轮取中位数，默认 3")
    options = cli.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    options.databases = options.databases.split(",")
    if unknown := set(options.databases) - set(DATABASES):
        cli.error(f"没有这种数据库：{'、'.join(unknown)}")
    return options


def new_database(server, name):
    """Make a database on the throw-away server; give the environment that reaches it."""
    connection = psycopg2.connect(host=server["PGHOST"], user=USER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return server | {"DATABASE_URL": f"postgres://{USER}@/{name}"}


def folder_for(scratch, name):
    """A DATA_DIR of its own, with the static files that are collected once."""
    folder = scratch / name
    folder.mkdir()
    shared = scratch / "static"
    if not shared.exists():
        shared.mkdir()
        (folder / "static").symlink_to(shared)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"], cwd=ROOT, check=True,
            env={"PATH": "/usr/bin:/bin", **NEUTRAL, "DATA_DIR": str(folder)},
        )
    else:
        (folder / "static").symlink_to(shared)
    return {**NEUTRAL, "DATA_DIR": str(folder), "KEPT_PAGES_MB": "0"}  # what a drawn page costs; the limit is one too


def start_sites(options, scratch, stack):
    """All sizes on all databases side by side, so that a round goes over all of them."""
    server = None
    if "postgresql" in options.databases:
        if find_binaries() is None:
            print("没有找到 PostgreSQL，只测 SQLite。")
            options.databases = ["sqlite"]
        else:
            server = stack.enter_context(throwaway_server())
    for database in options.databases:
        for size in options.sizes:
            print(f"准备 {DATABASES[database]}，{size:,} 个项目……", flush=True)
            env = folder_for(scratch, f"{database}_{size}")
            if database == "postgresql":
                env |= new_database(server, f"bench_{size}")
            yield stack.enter_context(running_site(database, size, env))


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as scratch, ExitStack() as stack:
        sites = list(start_sites(options, Path(scratch), stack))
        for number in range(1, options.rounds + 1):
            print(f"第 {number} 轮……", flush=True)
            for page in NAMES:
                for site in sites:
                    site.measure(page, options.seconds)
            for site in sites:
                site.measure_search(min(options.seconds, 1))
        for site in sites:
            print_site(site)
        print_goals(sites)


if __name__ == "__main__":
    main()
