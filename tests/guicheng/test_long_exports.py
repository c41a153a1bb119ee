"""Long tables: the same safety as the short ones, in a file that is never held whole and is the same on any day."""
import csv
import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from guicheng.tables.exports import CHUNK, CUT, MAX_CELL, WRITERS, Column, csv_cell, csv_parts, plain, write_xlsx

ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS = [Column("名称", "name"), Column("数", "number")]
ODD = [
    None, "", "园", "=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\x00=1", "\u202e=1", "http://evil.example",
    "mailto:a@b", "00123", "1e5", "TRUE", "#N/A", "园\x0b\ufffe\x00林", "\ud800坏", "第一行\n第二行", "两\r\n行",
    " 前", "后 ", "后\u3000", "e\u0301", "a-b", "-", " ",
    '引"号,逗号', "<b>&amp;</b>", "😀", "长" * MAX_CELL, "长" * (MAX_CELL + 1), "75700000001", 0, -3, 2.5, 10**9,
    Decimal("12.50"), Decimal("-0.01"), date(2021, 12, 22), date(2099, 1, 1), True, False,
    datetime(2021, 12, 31, 16, tzinfo=UTC), ["甲", "乙"],
]


def table(seed=4, width=12, height=2 * CHUNK + 7):
    """Columns without a type, of odd values in any order; the first row is empty."""
    chance = random.Random(seed)  # noqa: S311, the same each time
    rows = [[chance.choice(ODD) for _ in range(width)] for _ in range(height)]
    rows[0] = [None] * width
    return [Column(f"列{number}") for number in range(width)], rows


def read_csv(columns, rows):
    content = b"".join(csv_parts(columns, rows)).decode()
    assert content.startswith("\ufeff")  # without it Excel reads Chinese as noise
    return list(csv.reader(io.StringIO(content[1:], newline="")))


def written(tmp_path, columns, rows):
    path = tmp_path / "table.xlsx"
    write_xlsx(path, "明细", columns, rows)
    return path


def expected(value):
    """What a reader of the workbook should find."""
    value = plain(value)
    return float(value) if isinstance(value, int | Decimal) else value


def test_it_works(tmp_path):
    rows = [("半月岛公园", 40), ("=1+1", None)]
    assert read_csv(COLUMNS, rows) == [["名称", "数"], ["半月岛公园", "40"], ["'=1+1", ""]]
    sheet = openpyxl.load_workbook(written(tmp_path, COLUMNS, rows)).active
    assert list(sheet.values) == [("名称", "数"), ("半月岛公园", 40), ("=1+1", None)]
    assert sheet.title == "明细" and sheet.freeze_panes == "A2" and sheet["A1"].font.bold


def test_the_csv_is_what_the_csv_module_writes():
    columns, rows = table()
    wanted = io.StringIO(newline="")
    csv.writer(wanted).writerows([[each.title for each in columns], *([csv_cell(v) for v in row] for row in rows)])
    assert b"".join(csv_parts(columns, rows)).decode() == "\ufeff" + wanted.getvalue()


def test_odd_and_mixed_columns_come_back_from_the_workbook(tmp_path):
    columns, rows = table()
    path = written(tmp_path, columns, rows)
    _, *found = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    wanted = [[expected(value) for value in row] for row in rows]
    assert [row + [""] * (len(columns) - len(row)) for row in found] == wanted
    cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2) for cell in row]
    values = [value for row in wanted for value in row]
    kinds = {"s": str, "n": float, "d": date}
    wrong = [(cell.coordinate, cell.data_type, value) for cell, value in zip(cells, values, strict=True)
             if value != "" and not isinstance(value, kinds.get(cell.data_type, ()))]
    assert not wrong[:5]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]


def test_libre_office_opens_it(tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("没有找到 LibreOffice")
    rows = [[value for value in ODD if not isinstance(value, float | datetime)]] * 2
    columns = [Column(f"列{number}") for number in range(len(rows[0]))]
    path = written(tmp_path, columns, rows)
    every_sheet_as_shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         every_sheet_as_shown, "--outdir", str(tmp_path), str(path)], timeout=120, check=True, capture_output=True)
    with next(tmp_path.glob("*.csv")).open(encoding="utf-8", newline="") as file:
        _, *found = list(csv.reader(file))
    wanted = [str(plain(value)) for value in rows[0]]
    for row in found:
        differ = [(cell, want) for cell, want in zip(row, wanted, strict=True)
                  if cell != want and not (want.replace(".", "").lstrip("-").isdigit() and float(cell) == float(want))]
        assert not differ
    assert len(found) == 2


@pytest.mark.parametrize("rows", [[], [(None, None)]])
def test_an_empty_table_has_its_header(tmp_path, rows):
    assert next(openpyxl.load_workbook(written(tmp_path, COLUMNS, rows)).active.values) == ("名称", "数")
    assert read_csv(COLUMNS, rows)[0] == ["名称", "数"]


def test_too_long_text_is_cut_with_a_note(tmp_path):
    cell = openpyxl.load_workbook(written(tmp_path, COLUMNS, [("长" * 40_000, 1)])).active["A2"].value
    assert len(cell) == MAX_CELL and cell.endswith(CUT)


def test_two_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="两列同名"):
        written(tmp_path, [COLUMNS[0], COLUMNS[0]], [("园", "林")])


@pytest.mark.parametrize("extension", WRITERS)
def test_rows_are_read_as_they_are_written(tmp_path, extension):
    """Never all at once, and whoever waits is told how far it is."""
    ahead, said = [], []

    def rows():
        for number in range(4 * CHUNK):
            ahead.append(number - (said[-1] if said else 0))
            yield f"园{number}", number

    WRITERS[extension](tmp_path / "file", "明细", COLUMNS, rows(), said.append)
    assert said == [CHUNK, 2 * CHUNK, 3 * CHUNK, 4 * CHUNK]
    assert max(ahead) <= CHUNK


@pytest.mark.parametrize("extension", WRITERS)
def test_an_error_among_the_rows_is_not_swallowed(tmp_path, extension):
    def rows():
        yield "园", 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        WRITERS[extension](tmp_path / "file", "明细", COLUMNS, rows())


WRITE = """
import sys, datetime
from decimal import Decimal
from guicheng.tables.exports import WRITERS, Column
rows = [("半月岛公园", 40, datetime.date(2021, 12, 22), Decimal("1.50")), (None, None, None, None)] * 300
for extension, write in WRITERS.items():
    write(f"{sys.argv[1]}.{extension}", "明细", [Column(name, name) for name in "甲乙丙丁"], rows)
"""


def test_the_same_rows_make_the_same_bytes_on_another_day(tmp_path):
    """Two processes: another time zone, another folder for temporary files, and past the 2 seconds of a zip's clock."""
    started = []
    for number, zone in enumerate(["Asia/Shanghai", "America/New_York"]):
        folder = tmp_path / str(number)
        (folder / "tmp").mkdir(parents=True)
        env = os.environ | {"TZ": zone, "TMPDIR": str(folder / "tmp"), "PYTHONHASHSEED": str(number),
                            "DJANGO_SETTINGS_MODULE": "guicheng.settings"}
        wait = f"import time; time.sleep({2.1 * number})"
        command = [sys.executable, "-c", f"{wait}\nimport django; django.setup()\n{WRITE}", str(folder / "table")]
        started.append(subprocess.Popen(command, cwd=ROOT, env=env))
    assert [process.wait(60) for process in started] == [0, 0]
    for extension in WRITERS:
        first, second = ((tmp_path / str(number) / f"table.{extension}").read_bytes() for number in (0, 1))
        assert first == second
    assert not list((tmp_path / "0" / "tmp").iterdir()), "nothing is left lying about"


def test_control_the_clock_would_be_seen(tmp_path):
    from rustpy_xlsxwriter import FastExcel

    path = tmp_path / "clock.xlsx"
    FastExcel(str(path)).sheet("明细", [{"甲": 1.0}]).save()
    year = f"{datetime.now(UTC):%Y}-".encode()
    assert year in zipfile.ZipFile(path).read("docProps/core.xml")
    parts = zipfile.ZipFile(written(tmp_path, COLUMNS, [("园", 1)]))
    assert year not in parts.read("docProps/core.xml")
    assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert parts.testzip() is None
