"""`python -m tests.seal [30]`: kill -9 so many times while a seal covers a closed quarter, on both databases."""
import os
import subprocess
import sys
import tempfile

from tests.postgres import throwaway_server

COMMAND = [sys.executable, "-m", "pytest", "-q", "-n0", "-s", "tests/seal/test_kill.py", "-k", "random"]


def main():
    with tempfile.TemporaryDirectory() as folder:  # the database of another run is not ours to kill
        kills = {"SEAL_KILLS": sys.argv[1] if len(sys.argv) > 1 else "30", "DATA_DIR": folder}
        print("SQLite", flush=True)
        failed = subprocess.run(COMMAND, env=os.environ | kills).returncode
        print("PostgreSQL", flush=True)
        with throwaway_server() as server:
            failed |= subprocess.run(COMMAND, env=os.environ | kills | server).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
