"""Measure PostgreSQL's way back to an instant: `python -m tests.bench.point_in_time`. On throw-away servers.

As docs/operations.md says it: a base backup, WAL archived at least once a minute, a crash, and the recovery to the end
of the archive (what was lost?) and to an instant before (is it exactly that?).
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.site import ROOT
from tests.bench.writers import acknowledged, make_ready, writers
from tests.postgres import DATABASE, USER, as_server, find_binaries, throwaway_server
from tests.run_all import NEUTRAL

WRITERS, PAUSE = 4, 0.5  # an office, not a flood: a full segment would be archived before its minute is over


def publish(folder):
    """Publish until somebody takes the file `go` away; the parent asks the database meanwhile."""
    make_ready()
    with writers(WRITERS, folder, PAUSE):
        (folder / "go").touch()
        while (folder / "go").exists():
            time.sleep(0.1)


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("等得太久")
        time.sleep(0.2)


def query(host, sql):
    return subprocess.run(["psql", "-h", host, "-U", USER, "-d", DATABASE, "-AtX", "-c", sql], check=True,
                          capture_output=True, text=True).stdout.split()


def before_the_crash(folder, timeout):
    """Archive, back up, publish, crash. Gives what was acknowledged, the instant to go back to, and the crash's."""
    archive = f"test ! -f {folder}/wal/%f && cp %p {folder}/wal/%f.part && mv {folder}/wal/%f.part {folder}/wal/%f"
    options = f"-c wal_level=replica -c archive_mode=on -c archive_timeout={timeout} -c archive_command='{archive}'"
    with throwaway_server(options) as server:
        env = os.environ | NEUTRAL | server | {"DATA_DIR": str(folder / "var")}
        child = subprocess.Popen([sys.executable, "-m", "tests.bench.point_in_time", "--inside", str(folder / "acks")],
                                 cwd=ROOT, env=env, stderr=subprocess.DEVNULL)  # the crash is meant
        wait_for((folder / "acks" / "go").exists)
        as_server(find_binaries() / "pg_basebackup", "-h", server["PGHOST"], "-U", USER, "-D", folder / "base",
                  "-c", "fast", "-X", "stream")
        time.sleep(timeout * 1.5)
        instant = time.time()
        time.sleep(timeout * 1.7)
        binaries, data = find_binaries(), Path(server["PGHOST"]) / "data"
        as_server(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        crash = time.time()
        (folder / "acks" / "go").unlink()
        child.wait()
    return acknowledged(folder / "acks"), instant, crash


@contextmanager
def recovered(folder, name, target=""):
    """A server brought up from the base backup and the archive; gives its socket's folder and the seconds it took."""
    binaries, data = find_binaries(), folder / name
    started = time.perf_counter()
    as_server("cp", "-a", folder / "base", data)
    as_server("touch", data / "recovery.signal")
    settings = (f"-c listen_addresses='' -c unix_socket_directories={folder} -c archive_mode=off "
                f"-c restore_command='cp {folder}/wal/%f %p' -c recovery_target_action=promote {target}")
    as_server(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / f"{name}.log", "-o", settings, "start")
    try:
        wait_for(lambda: query(str(folder), "SELECT pg_is_in_recovery()") == ["f"])
        yield str(folder), time.perf_counter() - started
    finally:
        as_server(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def statements(host):
    return {int(pk) for pk in query(host, "SELECT id FROM projects_progressupdate")}


def well(host, folder):
    """Whether the portal's own checks find nothing wrong with what came back."""
    env = os.environ | NEUTRAL | {"DATABASE_URL": f"postgres://{USER}@/{DATABASE}", "PGHOST": host,
                                  "DATA_DIR": str(folder / "var")}
    said = [subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True)
            for command in ("rebuild_projections", "check_closes")]
    return "，0 个有出入" in said[0].stdout and not any(each.returncode for each in said)


def tell(reached, sentence):
    print(f"  {'达到　' if reached else '未达到'}  {sentence}", flush=True)


def run(folder, timeout):
    acks, instant, crash = before_the_crash(folder, timeout)
    print(f"PostgreSQL 按时间点恢复：archive_timeout={timeout}，{WRITERS} 个写的人，崩溃前已保存 {len(acks)} 条；"
          f"负荷 {os.getloadavg()[0]:.1f}")
    with recovered(folder, "latest") as (host, seconds):
        lost = set(acks) - statements(host)
        window = crash - min((acks[pk] for pk in lost), default=crash)
        reached = window <= timeout + 5 and well(host, folder)
        tell(reached, f"到归档的末尾：{seconds:.0f} 秒，丢了最后 {window:.0f} 秒里的 {len(lost)} 条")
    target = datetime.fromtimestamp(instant, UTC).isoformat(sep=" ")
    with recovered(folder, "instant", f"-c recovery_target_time='{target}'") as (host, seconds):
        found = statements(host)
        lost = {pk for pk, at in acks.items() if at < instant} - found
        late = {pk for pk, at in acks.items() if at > instant + 1} & found
        reached = not lost and not late and well(host, folder)
        tell(reached, f"到指定的时刻：{seconds:.0f} 秒，以前的少 {len(lost)} 条，以后的多 {len(late)} 条")


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.point_in_time", description=__doc__)
    cli.add_argument("--timeout", type=int, default=60, help="archive_timeout，秒")
    cli.add_argument("--inside", help=argparse.SUPPRESS)  # the folder of the process that publishes
    options = cli.parse_args()
    if options.inside:
        return publish(Path(options.inside))
    if find_binaries() is None:
        print("没有找到 PostgreSQL，按时间点恢复没有测。")
        return None
    folder = Path(tempfile.mkdtemp(prefix="guicheng-bench-"))
    try:
        for name in ("wal", "acks", "var"):
            (folder / name).mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(folder / "wal", "postgres")
        run(folder, options.timeout)
    finally:
        shutil.rmtree(folder)
    return None


if __name__ == "__main__":
    sys.exit(main())
