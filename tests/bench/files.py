"""Measure the long files: `python -m tests.bench.files`. 100,000 sample projects on a throw-away PostgreSQL.

Each way of writing runs in a process of its own, from the query to the closed file; the ratios are of one round.
django-import-export is no dependency of ours: it is measured where somebody has put it on PYTHONPATH.
"""
import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from statistics import median

from tests.postgres import find_binaries, throwaway_server
from tests.run_all import NEUTRAL

ROOT = Path(__file__).resolve().parent.parent.parent
WAYS = {"copy": "PostgreSQL COPY 到 CSV", "csv": "本站 CSV", "plain": "XlsxWriter constant_memory 写同样的格子",
        "xlsx": "本站明细表", "import_export": "django-import-export"}
GOALS = [  # what, of which two ways the times are divided, goal, and whether less is better
    ("明细表 ÷ XlsxWriter", "xlsx", "plain", 1.2, True),
    ("django-import-export ÷ 明细表", "import_export", "xlsx", 3, False),
    ("django-import-export ÷ 明细表（争取）", "import_export", "xlsx", 8, False),
    ("CSV ÷ COPY", "csv", "copy", 4, True),
]
MEMORY = [("明细表", "xlsx", 40), ("CSV", "csv", 60)]


# --- the measured process -------------------------------------------------------------------------
def projects():
    from projects.models import Project

    return Project.objects.published()


def copy(path):
    """The very query that the CSV reads, joined and sorted, written by the server."""
    from django.db import connection

    from projects.exports.columns import project_rows

    sql, params = project_rows(projects()).query.sql_with_params()
    with connection.cursor() as cursor, open(path, "wb") as file:
        query = cursor.cursor.mogrify(sql, params).decode()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT CSV HEADER", file)


def ours(path, extension):
    from guicheng.tables.exports import WRITERS
    from projects.exports.columns import PROJECT_COLUMNS, project_rows

    WRITERS[extension](path, "项目", PROJECT_COLUMNS, project_rows(projects()))


def plain(path):
    """The same cells by XlsxWriter, as fast as it goes: no formats but that of a day."""
    import xlsxwriter

    from guicheng.tables import exports
    from projects.exports.columns import PROJECT_COLUMNS, project_rows

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                      "strings_to_numbers": False})
    sheet, day = book.add_worksheet("项目"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [column.title for column in PROJECT_COLUMNS])
    chunks = exports._chunks(PROJECT_COLUMNS, project_rows(projects()), exports.plain, lambda done: None)
    for number, row in enumerate(chain.from_iterable(chunks), 1):
        for index, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, index, value)
            elif hasattr(value, "year"):
                sheet.write_datetime(number, index, value, day)
            else:
                sheet.write_number(number, index, value)
    book.close()


def import_export(path):
    """The same columns as a resource of the library's, in its own way of writing xlsx."""
    from django.conf import settings

    settings.INSTALLED_APPS += ["import_export"]
    from import_export import fields, resources

    from projects.exports.columns import PROJECT_COLUMNS
    from projects.models import Project

    class ProjectResource(resources.ModelResource):
        class Meta:
            model = Project
            fields = []

    resource_of_all = ProjectResource()
    resource_of_all.fields = {
        column.title: fields.Field(column_name=column.title, attribute=column.source if isinstance(column.source, str)
                                   else "office") for column in PROJECT_COLUMNS}
    resource_of_all._meta.export_order = [column.title for column in PROJECT_COLUMNS]
    rows = projects().select_related("project_list", "category", "community", "lead_department", "latest_update",
                                     "source", "parent").lean().order_by("project_list__order", "code")
    Path(path).write_bytes(resource_of_all.export(rows).export("xlsx"))


def measured(way, folder):
    """Print the seconds, the megabytes above idle and the bytes of the file."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    projects().first()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = Path(folder) / f"{way}.file"
    started = time.perf_counter()
    if way in ("csv", "xlsx"):
        ours(path, way)
    else:
        globals()[way](str(path))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "memory": (peak - idle) / 1024, "bytes": path.stat().st_size}))
    path.unlink()


# --- the run --------------------------------------------------------------------------------------
def fill(size):
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0)
    call_command("seed_sample", projects=size, updates_per_project=1, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def run(size, rounds, env, is_filled):
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as folder:
        env = os.environ | NEUTRAL | {"DATA_DIR": folder} | env

        def child(*options):
            command = [sys.executable, "-m", "tests.bench.files", *options]
            return subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True).stdout

        if not is_filled:
            print(f"准备 PostgreSQL，{size:,} 个示例项目……", flush=True)
            child("--fill", str(size))
        ways = [way for way in WAYS if way != "import_export" or importlib.util.find_spec("import_export")]
        found = {way: [] for way in ways}
        for _ in range(rounds):
            for way in ways:
                found[way].append(json.loads(child("--way", way, "--folder", folder)))
        report(size, found)


def report(size, found):
    print(f"长文件，{size:,} 行，PostgreSQL；{len(found['copy'])} 轮取中位数")
    for way, name in WAYS.items():
        if way not in found:
            print(f"  未装，未测           {name}")
            continue
        seconds, memory = (median(each[key] for each in found[way]) for key in ("seconds", "memory"))
        print(f"  {seconds:6.2f} 秒 {memory:6.0f} MB {found[way][0]['bytes']:12,} 字节  {name}")
    for what, above, below, goal, less in GOALS:
        if above not in found:
            print(f"  没有测  {what}（目标 {'≤' if less else '≥'} {goal}）")
            continue
        value = median(a["seconds"] / b["seconds"] for a, b in zip(found[above], found[below], strict=True))
        said = "达到　" if (value <= goal if less else value >= goal) else "未达到"
        print(f"  {said}  {what}：{value:.2f}（目标 {'≤' if less else '≥'} {goal}）")
    for what, way, goal in MEMORY:
        value = max(each["memory"] for each in found[way])
        print(f"  {'达到　' if value <= goal else '未达到'}  {what}的内存，比空闲多 MB：{value:.0f}（目标 ≤ {goal}）")


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.files", description=__doc__)
    cli.add_argument("--size", type=int, default=100_000)
    cli.add_argument("--rounds", type=int, default=3)
    cli.add_argument("--filled", action="store_true", help="DATABASE_URL 里已经有数据，不另起 PostgreSQL")
    for name in ("--fill", "--way", "--folder"):  # the child processes
        cli.add_argument(name, help=argparse.SUPPRESS)
    options = cli.parse_args()
    if options.fill:
        return fill(int(options.fill))
    if options.way:
        return measured(options.way, options.folder)
    if not options.filled and find_binaries() is None:
        print("没有找到 PostgreSQL，长文件没有测。")
        return None
    given = {name: os.environ[name] for name in ("DATABASE_URL", "PGHOST") if name in os.environ}
    with nullcontext(given) if options.filled else throwaway_server() as env:
        return run(options.size, options.rounds, env, options.filled)


if __name__ == "__main__":
    main()
