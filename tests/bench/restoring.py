"""Measure backup and restore: `python -m tests.bench.restoring`. In throw-away folders and databases.

Under writers: whether a backup lacks a statement that was acknowledged before it began; beside it, on SQLite, what
`cp` of the file loses. With many projects and photos: the time of a backup, and from an empty place to the first page.
"""
import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from pathlib import Path

from tests.bench import client
from tests.bench.__main__ import new_database
from tests.bench.report import DATABASES
from tests.bench.site import ROOT, free_port
from tests.bench.writers import acknowledged, make_ready, writers
from tests.postgres import find_binaries, throwaway_server
from tests.run_all import NEUTRAL

COPIES = 6  # by cp
FILE_BYTES = 200_000
RTO_GOAL = 15 * 60


# --- under writers: inside a process of its own ---------------------------------------------------
def losses(folder, number_of_backups, number_of_writers):
    """Make backups while others publish; print how many acknowledged statements they lack."""
    make_ready()
    from django.db import connection

    from guicheng.upkeep.backup import make_backup

    lost, seconds, total = [], [], 0
    with writers(number_of_writers, folder):
        wait_for_more(folder, number_of_writers)
        copies = [copied(folder) for _ in range(COPIES)] if connection.vendor == "sqlite" else []
        for _ in range(number_of_backups):
            wait_for_more(folder, 5)
            before, started = set(acknowledged(folder)), time.perf_counter()
            backup = make_backup(folder / "backups")
            seconds.append(time.perf_counter() - started)
            lost.append(len(before - statements_in(backup)))
            total = len(before)
    print(json.dumps({"lost": sum(lost), "seconds": seconds, "total": total, "copies": copies,
                      "after": len(acknowledged(folder))}))


def wait_for_more(folder, more):
    enough = len(acknowledged(folder)) + more
    while len(acknowledged(folder)) < enough:
        time.sleep(0.05)


def copied(folder):
    """Copy the live SQLite file as `cp` does; give how many it lacks of how many, and what integrity_check says."""
    from django.conf import settings

    wait_for_more(folder, 10)
    before, target = set(acknowledged(folder)), folder / "copied.sqlite3"
    shutil.copyfile(settings.DATABASES["default"]["NAME"], target)
    with closing(sqlite3.connect(target)) as database:
        said = database.execute("PRAGMA integrity_check").fetchone()[0]
        found = {pk for pk, in database.execute("SELECT id FROM projects_progressupdate")}
    return len(before - found), len(before), said


def statements_in(backup):
    """The numbers of the statements that stand in a backup's file."""
    path = backup.folder / backup.database
    if backup.vendor == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            return {pk for pk, in database.execute("SELECT id FROM projects_progressupdate")}
    command = ["pg_restore", "--data-only", "--table=projects_progressupdate", "--file=-", path]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = said.partition(" FROM stdin;\n")[2].partition("\n\\.\n")[0].splitlines()
    return {int(line.split("\t")[0]) for line in lines}


# --- many projects and photos ---------------------------------------------------------------------
def fill(size, megabytes):
    """So many projects, and photos whose rows and files are there."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    from guicheng import media_store
    from projects.models import Photo, Project
    from tests import factories
    from tests.bench.fill import fill as fill_projects

    fill_projects(size)
    draft, by = factories.make_update(Project.objects.first(), published=False), factories.make_user()
    content, written, photos = os.urandom(FILE_BYTES), 0, []
    while written < megabytes * 1_000_000:
        photo = Photo(update=draft, uploaded_by=by, width=1600, height=1200, size=FILE_BYTES,
                      sha256=os.urandom(32).hex())
        for width in photo.widths:
            path = media_store.path_of(photo.file, f"-{width}.jpg")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.urandom(64) + content[64:])
            written += FILE_BYTES
        photos.append(photo)
    Photo.objects.bulk_create(photos, batch_size=500)


def manage(env, *command):
    """Run a command of the portal; give its seconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", *map(str, command)], cwd=ROOT, env=env, check=True,
                   stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def first_page(env):
    """Start the portal; give the seconds until its first page is there."""
    started, port = time.perf_counter(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "guicheng.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
         "--no-control-socket", "--log-level", "error"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                if client.get(port, "/projects/").status == 200:
                    return time.perf_counter() - started
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("gunicorn 没有启动")
    finally:
        process.terminate()
        process.wait()


def on_disk(folder):
    """The bytes a folder takes, a file with several names once."""
    return int(subprocess.run(["du", "-sB1", folder], capture_output=True, text=True, check=True).stdout.split()[0])


def recovery(folder, env, new_env, size, megabytes):
    """Back up twice, restore into an empty place, start; print the times. Gives the seconds to the first page."""
    (folder / "old").mkdir()
    env = os.environ | NEUTRAL | env | {"DATA_DIR": str(folder / "old"), "BACKUP_DIR": str(folder / "backups")}
    new = os.environ | NEUTRAL | new_env | {"DATA_DIR": str(folder / "new"), "BACKUP_DIR": str(folder / "backups")}
    subprocess.run([sys.executable, "-m", "tests.bench.restoring", "--inside", "fill", "--projects", str(size),
                    "--megabytes", str(megabytes)], cwd=ROOT, env=env, check=True, stderr=subprocess.DEVNULL)
    first, taken = manage(env, "backup"), on_disk(folder / "backups")
    second = manage(env, "backup")
    more = on_disk(folder / "backups") - taken
    newest = max((folder / "backups").glob("guicheng-*"))
    subprocess.run(["sync"], check=True)
    steps = {"restore": manage(new, "restore", newest), "prepare": manage(new, "prepare", "--port", free_port()),
             "启动到第一页": first_page(new)}
    total = sum(steps.values())
    print(f"  {size:,} 个项目、{megabytes:,} MB 照片：第一次备份 {first:.0f} 秒、{taken / 1e6:,.0f} MB；"
          f"再备份 {second:.0f} 秒、多占 {more / 1e6:,.0f} MB")
    print(f"  {'达到　' if total <= RTO_GOAL else '未达到'}  从空目录到第一页 {total:.0f} 秒（"
          + "，".join(f"{name} {seconds:.0f}" for name, seconds in steps.items()) + f"；目标 {RTO_GOAL}）")


# --- the run --------------------------------------------------------------------------------------
def report_losses(found, number_of_backups, number_of_writers):
    times = sorted(found["seconds"])
    print(f"  {'达到　' if not found['lost'] else '未达到'}  {number_of_writers} 个写的人，{number_of_backups} 次备份："
          f"备份开始前已保存的进展少了 {found['lost']} 条"
          f"（最后一次时已有 {found['total']:,} 条，收尾时 {found['after']:,} 条）；"
          f"每次 {times[len(times) // 2]:.1f} 秒，最慢 {times[-1]:.1f} 秒")
    if found["copies"]:
        said = "；".join(f"{lost}/{total}（{check}）" for lost, total, check in found["copies"])
        print(f"  对照：cp 复制 SQLite 文件，少的/已保存的（integrity_check 说）：{said}")


def run(database, options, server, scratch):
    print(f"{DATABASES[database]}，负荷 {os.getloadavg()[0]:.1f}", flush=True)
    folder = Path(tempfile.mkdtemp(dir=scratch))
    names = ("losses", "old", "new")
    urls = [new_database(server, f"restoring_{name}") if server else {} for name in names]
    env = os.environ | NEUTRAL | urls[0] | {"DATA_DIR": str(folder), "BACKUP_KEEP": "2", "BACKUP_KEEP_DAYS": "0"}
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.restoring", "--inside", "losses", "--backups", str(options.backups),
         "--writers", str(options.writers)], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True).stdout
    report_losses(json.loads(said.splitlines()[-1]), options.backups, options.writers)
    shutil.rmtree(folder)
    folder.mkdir()
    recovery(folder, urls[1], urls[2], options.projects, options.megabytes)
    shutil.rmtree(folder)


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.restoring", description=__doc__)
    cli.add_argument("--backups", type=int, default=50)
    cli.add_argument("--writers", type=int, default=10)
    cli.add_argument("--projects", type=int, default=10_000)
    cli.add_argument("--megabytes", type=int, default=2_000)
    cli.add_argument("--databases", default=",".join(DATABASES), help="默认两种都测")
    cli.add_argument("--inside", choices=["losses", "fill"], help=argparse.SUPPRESS)  # the measured processes
    options = cli.parse_args()
    if options.inside == "losses":
        return losses(Path(os.environ["DATA_DIR"]), options.backups, options.writers)
    if options.inside == "fill":
        return fill(options.projects, options.megabytes)
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as scratch:
        for database in options.databases.split(","):
            if database == "postgresql" and find_binaries() is None:
                print("没有找到 PostgreSQL，只测 SQLite。")
                continue
            with throwaway_server() if database == "postgresql" else nullcontext() as server:
                run(database, options, server, scratch)
    return None


if __name__ == "__main__":
    sys.exit(main())
