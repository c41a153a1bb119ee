"""One database of one size with one gunicorn worker before it."""
import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import client
from tests.bench.pages import PAGES

ROOT = Path(__file__).resolve().parent.parent.parent
CONSTANT = "/bench/constant/"


@dataclass
class Site:
    """A running portal: its addresses, and per page the number of queries, the bytes and the cells measured."""

    database: str
    size: int
    port: int
    kept_port: int  # of a process that keeps what it has drawn
    process: subprocess.Popen
    addresses: dict
    cookies: dict
    queries: dict = field(default_factory=dict)
    bytes: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)  # page -> one cell a round
    limits: dict = field(default_factory=dict)  # page -> the limit measured right before each of them
    tag: str = ""

    def _asks(self, page):
        """(port, address, header lines) of a page."""
        lines = f"Cookie: {self.cookies[page.who]}\r\n" if page.who else ""
        lines += f"If-None-Match: {self.tag}\r\n" if page.key == "not_modified" else ""
        return (self.kept_port if page.kept else self.port), self.addresses[page.key], lines

    def look(self, pages, second_page):
        """Ask once for each page: warm it, note its queries and bytes, check where the pager leads."""
        for page in pages:
            port, address, lines = self._asks(page)
            client.get(port, address, lines)
            answer = client.get(port, address, lines + "X-Count: 1\r\n")
            if answer.status != (304 if self.tag and page.key == "not_modified" else 200):
                raise RuntimeError(f"{page.name}（{address}）的状态是 {answer.status}")
            self.queries[page.key], self.bytes[page.key] = int(answer.headers["x-queries"]), len(answer.body)
            if page.key == "kept":
                self.tag = answer.headers["etag"]
            if page.key == "first" and f"after={second_page}" not in _next_link(answer.body):
                raise RuntimeError(f"翻页的地址不是所想的 {second_page}：{_next_link(answer.body)}")

    def measure(self, page, seconds):
        """One cell: the limit, then the page, so that both meet the same load of the machine."""
        port, address, lines = self._asks(page)
        limit = client.measure(self.port, CONSTANT, seconds / 4)
        self.limits.setdefault(page.key, []).append(limit.per_second)
        self.cells.setdefault(page.key, []).append(client.measure(
            port, address, 0 if page.slow else seconds, extra=lines, threads=1 if page.slow else client.THREADS,
            status=304 if page.key == "not_modified" else 200))

    def peak_mb(self):
        """The most memory the worker ever held."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        peaks = [
            int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{child}/status").read_text())[1]) for child in children
        ]
        return max(peaks) / 1024


def _next_link(body):
    match = re.search(r'rel="next" href="([^"]*)"', body.decode())
    return match[1] if match else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_site(database, size, env):
    """Fill the database named in `env`, serve it, give the Site, and stop it."""
    env = os.environ | env
    filled = subprocess.run(
        [sys.executable, "-m", "tests.bench.fill", str(size)], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
    )
    found = json.loads(filled.stdout)
    with _serving(env) as (port, process), _serving(env | {"KEPT_PAGES_MB": "50"}) as (kept_port, _):
        site = Site(database, size, port, kept_port, process, found["pages"], found["cookies"])
        site.look(PAGES, found["second_page"])
        yield site


@contextmanager
def _serving(env):
    """(port, process) of gunicorn with one worker, while it runs."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--timeout", "120", "--no-control-socket", "--log-level", "error"],
        cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def wait_for(port, process):
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError("gunicorn 没有启动")
        try:
            if client.get(port, CONSTANT).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn 20 秒内没有应答")
