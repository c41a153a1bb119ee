"""Make the databases of earlier versions, with the code of then: `python -m tests.upgrade.make [VERSION …]`.

Was run once, from a clone with its history; the dumps beside this file are what it wrote. For the other kind of
database run it again with DATABASE_URL set. What a version's pages showed is the same on both.
"""
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import django

from tests.upgrade import databases

COMMITS = {  # the last of each version
    "0.1.0": "a2e7b4c00a0e06391955d850059d346f560f6688",
    "0.2.0": "4c67a4d088800b86c189de20a733f7c91ef783d4",
    "0.3.0": "f0e84fa9a4c359068f74c8f2fd578104419c72b3",
}


def make(version):
    """Fill a new database by the code of that version; keep it, and what its pages show."""
    with tempfile.TemporaryDirectory(prefix="guicheng-old-") as folder:
        code, data = Path(folder) / "code", Path(folder) / "data"
        data.mkdir()
        archive = subprocess.run(["git", "archive", COMMITS[version]], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(code, filter="data")
        with databases.scratch(data) as environment:
            def run(*command):
                return subprocess.run([sys.executable, *command], cwd=code, env=environment, check=True,
                                      stdout=subprocess.PIPE, text=True).stdout

            run("manage.py", "migrate", "-v", "0")
            run(databases.HERE / "rows.py", version)
            seen = json.loads(run(databases.HERE / "look.py"))
            databases.keep(version, databases.dump(environment))
    path = databases.HERE / f"{version}-seen.json"
    if path.exists() and (gone := databases.lost(json.loads(path.read_text(encoding="utf-8")), seen)):
        sys.exit(f"{version}：两种数据库上的页面不一样：{gone}")
    path.write_text(json.dumps(seen, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{version}：{len(seen)} 页")


if __name__ == "__main__":
    django.setup()
    for each in sys.argv[1:] or databases.VERSIONS:
        make(each)
