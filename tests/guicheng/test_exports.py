"""What people download: text stays text, numbers stay numbers."""
import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from guicheng.tables.exports import CUT, MAX_CELL, csv_cell, csv_lines, csv_response, plain

COLUMNS = [("名称", lambda row: row[0]), ("数", lambda row: row[1])]


def read(rows):
    text = "".join(csv_lines(COLUMNS, rows))
    assert text.startswith("\ufeff")  # without it Excel reads Chinese as noise
    return list(csv.reader(io.StringIO(text[1:])))


def test_it_works():
    assert read([("半月岛公园", 40)]) == [["名称", "数"], ["半月岛公园", "40"]]


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://evil.example\")", "\t=1+1", "\r=1+1", " =1+1", "\x00=1+1",
    "\u202e=1+1", "\n=1+1",
])
def test_a_formula_becomes_text(text):
    cell = csv_cell(text)
    assert cell.startswith("'")
    assert cell == "'" + plain(text)
    assert read([(text, 1)])[1][0] == cell


@pytest.mark.parametrize("value", ["1+1=2", "半月岛-公园", "a@b", "0757-8633", ""])
def test_plain_text_stays_as_it_is(value):
    assert csv_cell(value) == value


@pytest.mark.parametrize("value", [-1, 0, Decimal("-3.50"), 2.5, date(2021, 12, 31)])
def test_numbers_and_days_stay_what_they_are(value):
    assert csv_cell(value) is value


@pytest.mark.parametrize("value, cell", [
    (None, ""), (True, "是"), (False, "否"), (datetime(2021, 12, 31, 16, tzinfo=UTC), "2022-01-01 00:00"),
    ("园\x0b\ufffe\x00林", "园林"),
])
def test_plain(value, cell):
    assert plain(value) == cell


def test_long_text_is_cut_with_a_note():
    fits, too_long = "长" * MAX_CELL, "长" * (MAX_CELL + 1)
    assert plain(fits) == fits
    assert len(plain(too_long)) == MAX_CELL
    assert plain(too_long).endswith(CUT)


def test_commas_quotes_and_lines_stay_in_their_cell():
    text = '第一行，"引",\n第二行'
    assert read([(text, 1)])[1] == [text, "1"]


def test_the_answer_streams_under_a_chinese_name():
    response = csv_response("清单.csv", COLUMNS, iter([("园", 1)]))
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename*=utf-8''%E6%B8%85%E5%8D%95.csv" in response["Content-Disposition"]


def test_rows_are_read_one_by_one():
    """A download of 100,000 rows never holds them all."""
    rows = iter([("园", 1), ("林", 2)])
    lines = csv_lines(COLUMNS, rows)
    next(lines), next(lines)
    assert next(rows) == ("林", 2)
