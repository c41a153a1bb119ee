"""The client: a bounded number of requests over plain sockets, each on a connection of its own."""
import socket
import threading
import time
from dataclasses import dataclass
from statistics import median

THREADS = 2
MAX_REQUESTS = 2000


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


@dataclass
class Cell:
    """One measurement: requests a second and the 95th percentile of their times."""

    per_second: float
    p95_ms: float
    median_ms: float


def _exchange(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(262144):
            parts.append(part)
    return b"".join(parts)


def _request(address, extra=""):
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{extra}\r\n".encode("ascii")


def get(port, address, extra=""):
    """One request, read carefully. `extra`: header lines, each ended by CR LF."""
    head, _, body = _exchange(port, _request(address, extra)).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def measure(port, address, seconds, *, extra="", status=200, threads=THREADS):
    """Ask for one address once or more, `seconds` and MAX_REQUESTS at most. Raises at an answer of another status."""
    request, times, wrong = _request(address, extra), [], []
    right = f"HTTP/1.1 {status} ".encode()
    begin = time.perf_counter()

    def ask():
        while (not times or time.perf_counter() - begin < seconds) and len(times) < MAX_REQUESTS and not wrong:
            started = time.perf_counter()
            answer = _exchange(port, request)
            times.append(time.perf_counter() - started)
            if not answer.startswith(right):
                wrong.append(answer[:200])

    workers = [threading.Thread(target=ask) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if wrong:
        raise RuntimeError(f"{address}：{wrong[0].decode('latin-1')}")
    elapsed = time.perf_counter() - begin
    ordered = sorted(times)
    return Cell(len(times) / elapsed, ordered[int(len(ordered) * 0.95)] * 1000, median(ordered) * 1000)
