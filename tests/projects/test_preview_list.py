"""manage.py preview_list: what a file would change, as JSON, and nothing is written."""
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from projects.models import ColumnHabit, ImportBatch, Project
from tests import factories
from tests.projects.office_lists import workbook

ROWS = [["示例清单"], ["序号", "项目名称", "责任单位", "进展情况"], [1, "示例长椅", "城建办公室", "示例：主体完成。"],
        ["", "合计", "", ""]]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "示例.xlsx"
    path.write_bytes(workbook(ROWS).read())
    return path


def asked(*args):
    out = StringIO()
    call_command("preview_list", *map(str, args), stdout=out)
    return json.loads(out.getvalue())


def test_it_tells_every_row_and_writes_nothing(key_list, clerk, file):
    wrote = []

    def watch(execute, sql, *args):
        if not sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE", "DECLARE")):
            wrote.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(watch):
        sheet, = asked(file, "--list", key_list.slug, "--as", clerk.username, "--format", "json")["sheets"]
    assert wrote == [] and not Project.objects.exists() and not ImportBatch.objects.exists()
    assert (sheet["read"], sheet["header_rows"]) == (True, [2])
    assert sheet["columns"]["B"] == {"heading": "项目名称", "field": "name"}
    row, = sheet["rows"]
    assert (row["row"], row["is"], row["fields"]["name"], row["fields"]["text"]) == (
        3, "new", "示例长椅", "示例：主体完成。")
    assert sheet["skipped"] == [{"row": 4, "why": "total", "words": "合计"}]


def test_it_sees_with_the_eyes_of_the_account(key_list, clerk, file):
    """Another office's heading is nobody's to fill: the clerk's row is wrong, the administrator's is new."""
    workbook_of_others = [ROWS[1], [1, "示例长椅", "文化办公室", "示例。"]]
    file.write_bytes(workbook(workbook_of_others).read())
    factories.make_department(name="文化办公室")
    seen = [asked(file, "--list", key_list.slug, *by)["sheets"][0]["rows"][0]["is"]
            for by in ((), ("--as", clerk.username))]
    assert seen == ["new", "wrong"]


def test_a_habit_of_the_account_counts(key_list, clerk, file):
    ColumnHabit.objects.create(user=clerk, heading="进展情况", field="")
    fields = [asked(file, "--list", key_list.slug, *by)["sheets"][0]["columns"]["D"]["field"]
              for by in ((), ("--as", clerk.username))]
    assert fields == ["text", None]


@pytest.mark.parametrize(("args", "sentence"), [
    (["--list", "nope"], "没有代号是“nope”的清单"), (["--as", "nobody"], "没有账号“nobody”")])
def test_what_is_not_there_is_said(db, file, args, sentence):
    with pytest.raises(CommandError, match=sentence):
        asked(file, *args)


def test_a_file_that_is_none_is_said(db, tmp_path):
    with pytest.raises(CommandError, match="没有这个文件"):
        asked(tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="这不是能读的表格"):
        asked(tmp_path / "a.xlsx")
