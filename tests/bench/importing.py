"""Measure the import of 10,000 rows: `python -m tests.bench.importing`. In a throw-away database of its own.

The whole way (open the file, validate, preview, confirm) against the least it could take: calamine alone, and
`bulk_create` of the very rows it wrote: projects, ledger, review steps, history. (The lines of the audit page and the
kept rows of the upload are written as well, and are no part of that least.)
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GOAL, MEMORY_GOAL = 2.2, 250
HEAD = ["序号", "项目名称", "主要内容", "所属社区", "建设地点", "责任单位", "联系人", "联系电话", "计划开工时间",
        "完成时限", "投资额（万元）", "当前状态", "完成率", "进展情况", "存在问题", "下一步工作"]


def write_list(path, size, communities):
    """An office's list in its own words; everything in it says 示例."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("示例清单")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["示例：民生微实事进展情况表"])
    sheet.write_row(2, 0, HEAD)
    for number in range(1, size + 1):
        sheet.write_row(number + 2, 0, [
            number, f"示例第 {number} 号口袋公园建设", "示例内容：用于测速，不是真实的项目。" * 2,
            communities[number % len(communities)] + "社区", f"示例路 {number} 号", "示例城建办", "示例",
            75700000000 + number])
        sheet.write_datetime(number + 2, 8, date(2021, 3, 1) + timedelta(days=number % 90), day)
        sheet.write_row(number + 2, 9, [
            ("2021年9月1日", "2021.12.1", "9月底", "12月")[number % 4], f"{number % 500}.5", "推进中",
            f"{number % 100}%", f"示例：第 {number} 号已进场施工，按计划推进。", "示例：无", "示例：继续施工"])
    book.close()


def prepare(folder, size):
    from django.core.management import call_command

    from communities.models import Community
    from projects.models import Department, ProjectList, Source
    from tests import factories

    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0)
    Department.objects.create(name="示例城建办")
    project_list = ProjectList.objects.create(
        slug="bench", title="示例清单", kind="micro", year=2021, announced_on=date(2021, 5, 20),
        source=Source.objects.own())
    write_list(folder / "list.xlsx", size, list(Community.objects.listed_in_2021().values_list("name", flat=True)))
    return project_list, factories.make_user("bench", roles=["业务管理员"])


def least(path, batch):
    """The seconds that calamine and `bulk_create` of the rows the import wrote take by themselves."""
    import python_calamine
    from django.db import transaction

    from projects.models import ImportRow, ProgressUpdate, Project, ReviewStep

    written = [list(Project.objects.filter(project_list=batch.project_list)),
               list(ProgressUpdate.objects.filter(author=batch.uploader)),
               list(ReviewStep.objects.filter(by=batch.uploader)),
               list(Project.history.model.objects.filter(history_user=batch.uploader))]
    with transaction.atomic():
        ImportRow.objects.all().delete()
        Project.history.model.objects.filter(history_user=batch.uploader)._raw_delete("default")
        ReviewStep.objects.filter(by=batch.uploader)._raw_delete("default")
        ProgressUpdate.objects.filter(author=batch.uploader)._raw_delete("default")
        Project.objects.filter(project_list=batch.project_list)._raw_delete("default")
    started = time.perf_counter()
    python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    read = time.perf_counter() - started
    started = time.perf_counter()
    with transaction.atomic():
        for rows in written:
            type(rows[0]).objects.bulk_create(rows)
    return read, time.perf_counter() - started, [len(rows) for rows in written]


def measure(folder, size):
    from django.core.files import File

    from guicheng.trail.append_only import drop_triggers
    from projects.excel_import import confirm, preview, upload
    from projects.models import Source

    project_list, user = prepare(folder, size)
    path, steps = folder / "list.xlsx", {}
    started = time.perf_counter()
    with path.open("rb") as file:
        batch, sheets = upload.receive(user, File(file, "示例清单.xlsx"), effective_on=date(2021, 9, 30),
                                      source=Source.objects.own(), project_list=project_list)
    steps["读取"], started = time.perf_counter() - started, time.perf_counter()
    preview.preview(batch, sheets)
    steps["核对并存下预览"], started = time.perf_counter() - started, time.perf_counter()
    del sheets
    confirm.confirm(batch)
    steps["导入"] = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    from django.db import connection

    drop_triggers(connection)
    read, write, counts = least(path, batch)
    report(size, batch, steps, read, write, counts, memory, child)


def report(size, batch, steps, read, write, counts, memory, child):
    total, floor = sum(steps.values()), read + write
    print(f"导入 {size:,} 行（{batch.counts}）")
    print("  " + "，".join(f"{name} {seconds:.2f} 秒" for name, seconds in steps.items()) + f"；合计 {total:.2f} 秒")
    print(f"  同一次运行里：calamine 读 {read:.2f} 秒，bulk_create {counts} 行 {write:.2f} 秒，合计 {floor:.2f} 秒")
    preview = steps["读取"] + steps["核对并存下预览"]
    goals = [("校验和预览 ÷ 下限", preview / floor, GOAL), ("全程（含导入）÷ 下限", total / floor, GOAL),
             ("内存 MB", memory, MEMORY_GOAL), ("读文件的子进程 MB", child, MEMORY_GOAL)]
    for what, value, goal in goals:
        print(f"  {'达到　' if value <= goal else '未达到'}  {what}：{value:.2f}（目标 {goal}）")


def main():
    cli = argparse.ArgumentParser(prog="python -m tests.bench.importing", description=__doc__)
    cli.add_argument("--size", type=int, default=10_000)
    cli.add_argument("--inside", help=argparse.SUPPRESS)  # the folder: this is the measured process
    options = cli.parse_args()
    if options.inside:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
        django.setup()
        measure(Path(options.inside), options.size)
        return 0
    with tempfile.TemporaryDirectory(prefix="guicheng-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.importing", "--inside", folder, "--size", str(options.size)]
        return subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA_DIR": folder}).returncode


if __name__ == "__main__":
    sys.exit(main())
