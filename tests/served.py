"""A real gunicorn in front of the tests' database, for what only a real server shows. It reads what was committed."""
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


class Served:
    """The server: its port, its process and what it wrote to its log so far."""

    def __init__(self, port, process, log):
        self.port, self.process, self._log = port, process, log

    @property
    def log(self):
        return self._log.read_text()

    def send(self, data, hang_up=False):
        """Send these bytes and give the answer's bytes; or hang up rudely before one comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            client.sendall(data)
            if hang_up:
                time.sleep(0.2)  # until the request is being read
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return b""
            parts = []
            while part := client.recv(65536):
                parts.append(part)
            return b"".join(parts)

    def wait_for(self, words, seconds=10):
        """The log once these words stand there, or after so many seconds."""
        until = time.monotonic() + seconds
        while words not in self.log and time.monotonic() < until:
            time.sleep(0.05)
        return self.log


def request(method, path, headers=None, body=b""):
    """The bytes of a request on a connection of its own. A header that is None is left out."""
    values = {"Host": "127.0.0.1", "Connection": "close"} | (headers or {})
    if body and "Content-Length" not in values:
        values["Content-Length"] = len(body)
    head = "".join(f"{name}: {value}\r\n" for name, value in values.items() if value is not None)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def database_url():
    """Where the tests' database is, as DATABASE_URL says it."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(known['NAME']).resolve()}"
    return f"postgres://{known['USER']}@/{known['NAME']}"  # PGHOST says where


@contextmanager
def served(folder, **environment):
    """Serve, and stop whatever happens. `folder` is its DATA_DIR; the environment is added to that of the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = {"DATA_DIR": str(folder), "DATABASE_URL": database_url(), "PUBLIC_URL": "", "PROXY_COUNT": "0",
             "SECRET_KEY": "only-for-this-test-" * 4, "DJANGO_SETTINGS_MODULE": "tests.served_settings"}
    log = Path(folder) / "served.log"
    (Path(folder) / "static").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "gunicorn", "guicheng.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4",
               "--no-control-socket", "--log-level", "warning"]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | known | environment, stdout=out,
                                   stderr=subprocess.STDOUT)
    try:
        _wait(port, process, log)
        yield Served(port, process, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port, process, log):
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
        if process.poll() is not None:
            break
    raise RuntimeError(f"gunicorn 没有启动：{log.read_text()[-600:]}")
