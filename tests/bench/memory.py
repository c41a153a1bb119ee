"""How a worker's memory grows: `python -m tests.bench.memory [--requests 20000]`. One worker, started as it is served.

Mixed addresses, each page drawn; the first tenth is for what is loaded once. Prints the worker's memory ten times.
"""
import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from tests.bench import client
from tests.bench.__main__ import folder_for, run
from tests.bench.site import ROOT, free_port, wait_for

SIZE = 1000
STEPS = 10
MOST_MB, FLAT = 160, 1.1
LEFT_OUT = {"kept", "not_modified", "stock_list", "stock_page", "stock_admin"}


def command(port):
    """(environment, arguments) of the service as deploy/guicheng.service starts it, with one worker that is kept."""
    unit = (ROOT / "deploy/guicheng.service").read_text()
    told = shlex.split(re.search("^ExecStart=(.*)$", unit, re.M)[1])
    env = dict(pair.split("=", 1) for pair in re.findall("^Environment=(.*)$", unit, re.M))
    for name, value in (("--bind", f"127.0.0.1:{port}"), ("--workers", "1"), ("--max-requests", "0")):
        told[told.index(name) + 1] = value
    told[told.index("guicheng.wsgi")] = "tests.bench.wsgi"
    return env, [sys.executable, *told[1:]]


def memory(process):
    """MB that the worker holds now."""
    child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{child}/status").read_text())[1]) / 1024


def ask(port, found, number):
    """So many requests, two at a time; those of staff with their cookies."""
    who = {"admin": "office", "first_page": "office", "clerks_page": "clerk", "desk": "clerk"}
    asked = [(address, f"Cookie: {found['cookies'][who[key]]}\r\n" if key in who else "")
             for key, address in found["pages"].items() if key not in LEFT_OUT]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda each: client.get(port, *each).status, islice(cycle(asked), number))
        if wrong := [status for status in answers if status != 200]:
            raise RuntimeError(f"{len(wrong)} 次不是 200：{wrong[:5]}")


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    cli.add_argument("--requests", type=int, default=20_000)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as scratch:
        scratch = Path(scratch)
        (scratch / "static").mkdir()
        env = folder_for(scratch, "memory")
        run(env, "manage.py", "collectstatic", "--no-input", "-v", "0")
        filled = subprocess.run([sys.executable, "-m", "tests.bench.fill", str(SIZE)], cwd=ROOT, env=os.environ | env,
                                stdout=subprocess.PIPE, check=True)
        found, port = json.loads(filled.stdout), free_port()
        served, arguments = command(port)
        process = subprocess.Popen(arguments, cwd=ROOT, env=os.environ | env | served, stdin=subprocess.DEVNULL)
        try:
            wait_for(port, process)
            seen = []
            for step in range(1, STEPS + 1):
                ask(port, found, options.requests // STEPS)
                seen.append(memory(process))
                print(f"  {step * options.requests // STEPS:,} 次请求后 {seen[-1]:.0f} MB", flush=True)
        finally:
            process.terminate()
            process.wait()
    for what, value, goal in (("最多 MB", max(seen), MOST_MB), ("最后 ÷ 第一段", seen[-1] / seen[0], FLAT)):
        print(f"  {'达到　' if value <= goal else '未达到'}  {what} {value:.2f}（目标 ≤ {goal}）")


if __name__ == "__main__":
    main()
