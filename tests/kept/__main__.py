"""200 publications against 5,000 reads: `python -m tests.kept`; on PostgreSQL where DATABASE_URL says so."""
import os
import subprocess
import sys

COMMAND = [sys.executable, "-m", "pytest", "-q", "-n0", "-s", "tests/kept/test_never_stale.py"]

if __name__ == "__main__":
    sys.exit(subprocess.call(COMMAND, env={**os.environ, "KEPT_WRITES": "200", "KEPT_READS": "5000"}))
