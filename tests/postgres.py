"""A throw-away PostgreSQL for the tests and the bench: a cluster in a temporary folder, on a socket only."""
import glob
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

USER = "guicheng"
DATABASE = "guicheng"


def find_binaries():
    """The folder of the newest server's programs, or None. Debian keeps them off the PATH."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: float(path.split("/")[4]))
    initdb = found[-1] if found else shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def as_server(*command):
    """Run as the account postgres when we are root: initdb refuses root."""
    if os.geteuid() == 0:
        runuser = shutil.which("runuser") or "/usr/sbin/runuser"  # sbin is not on every PATH
        command = (runuser, "-u", "postgres", "--", *command)
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL：{(done.stderr or done.stdout).strip()[-300:]}")


@contextmanager
def throwaway_server(options=""):
    """Start a server and give the environment that reaches it; stop and remove it whatever happens."""
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="guicheng-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        as_server(binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off {options}"
        # its output goes to the log, else pg_ctl's caller waits for the server to close the pipe
        as_server(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        as_server(binaries / "createdb", "-h", folder, "-U", USER, DATABASE)
        yield {"DATABASE_URL": f"postgres://{USER}@/{DATABASE}", "PGHOST": str(folder)}
    finally:
        try:
            if (data / "postmaster.pid").exists():
                as_server(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
