"""Open a hostile file in a child process with little memory and little time: what dies of it is the child.

    with limited_child(SCRIPT, file, memory=…, seconds=…) as lines:      # a path, an open file or an uploaded one

Both sides stand here. The portal calls `limited_child`; the child runs this file, takes its limits and only then runs
SCRIPT, which gets the file's path and may import what of the portal needs no Django. Pages come first: it is nice.
"""
import os
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

PATIENCE = 3  # seconds on the clock for one of the processor: the machine may be busy
NICENESS = 10
MB = 1024 * 1024


@contextmanager
def limited_child(script, file, *arguments, memory, seconds):
    """The lines that `script` prints about a file. They end early where the child died of its limits.

    `memory` is in MB, `seconds` are of the processor.
    """
    with _path_of(file) as path:
        child = subprocess.Popen(
            [sys.executable, "-I", __file__, str(memory), str(seconds), str(script), str(path), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        watch = Timer(seconds * PATIENCE, child.kill)
        watch.start()
        try:
            yield child.stdout
        finally:
            watch.cancel()
            child.stdout.close()
            child.kill()
            child.wait()


@contextmanager
def _path_of(file):
    """Where the file lies on the disk; one in memory is written to a temporary one first."""
    known = file if isinstance(file, str | Path) else getattr(file, "temporary_file_path", lambda: None)()
    if known:
        yield known
        return
    with tempfile.NamedTemporaryFile(prefix="guicheng-", suffix=".upload") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield copy.name


def _run(memory, seconds, script, *arguments):
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory * MB, memory * MB))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _run(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
