"""`python -m tests.two_writers [30]`: so many pairs for every POST, on SQLite and on PostgreSQL."""
import os
import subprocess
import sys

from tests.postgres import throwaway_server

COMMAND = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/test_two_writers.py"]


def main():
    pairs = {"PAIRS": sys.argv[1] if len(sys.argv) > 1 else "30"}
    print("SQLite", flush=True)
    failed = subprocess.run(COMMAND, env=os.environ | pairs).returncode
    print("PostgreSQL", flush=True)
    with throwaway_server() as server:
        failed |= subprocess.run(COMMAND, env=os.environ | pairs | server).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
