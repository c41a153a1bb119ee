"""At least 40 hostile and odd workbooks: each gets one sentence or the right rows, and memory stays flat."""
import io
import json
import subprocess
import sys
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guicheng.files.spreadsheets import MAX_BYTES, Unreadable, read_sheets
from projects.excel_import import jobs, upload
from projects.models import Project, Source
from tests import factories
from tests.projects import odd_workbooks as make
from tests.projects.odd_workbooks import HEAD, REFUSED, ROW

FLAT = 40  # MB that the reading process may grow by, whatever the file
CHILD = 400  # MB that the child may take: it has a limit and dies of it
ASK = """
import json, resource, sys
sys.path.insert(0, {root!r})
from guicheng.files.spreadsheets import Unreadable, read_sheets
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    said = f"read: {{[sheet.name for sheet in read_sheets(sys.argv[1])]}}"
except Unreadable as refusal:
    said = str(refusal)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([said, grown // 1024, child // 1024]))
"""


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_gets_one_sentence_and_no_memory(case, tmp_path, settings):
    name, build, sentence = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(build())
    asked = subprocess.run([sys.executable, "-c", ASK.format(root=str(settings.BASE_DIR)), str(path)],
                           capture_output=True, text=True, check=True)
    said, grown, child = json.loads(asked.stdout)
    assert any(part in said for part in sentence.split("|")), said
    assert said.endswith("。") and said.count("。") <= 2 and "\n" not in said
    assert (grown < FLAT, child < CHILD) == (True, True), (grown, child)


def test_control_a_plain_workbook_is_read():
    sheet, = read_sheets(io.BytesIO(make.xlsx()))
    assert sheet.rows == [HEAD, ROW]


# --- odd, but readable --------------------------------------------------------------------------------
WHOLE = ("new", {"项目名称": "映月湖步道", "牵头单位": "城建办公室", "计划完成": "2021 年 9 月 30 日",
                 "当前状态": "推进中", "进展": "已进场施工。"})


def named(name, **more):
    return ("new", {"项目名称": name, **more})


def row(**change):
    """ROW with some cells changed: row(text="……")."""
    return [change.get(key, value) for key, value in zip(make.KEYS, ROW, strict=True)]


def with_column(heading, value):
    return make.xlsx([*HEAD, heading], [*ROW, value])


ODD = {
    "xlsx": (make.xlsx, [WHOLE]),
    "xlsx-by-another-writer": (lambda: make.written(lambda book, sheet: None), [WHOLE]),
    "xlsx-in-constant-memory": (lambda: make.written(lambda book, sheet: None, constant_memory=True), [WHOLE]),
    "xlsx-strict": (lambda: make.strict(make.xlsx()), [WHOLE]),
    "xls": (make.xls, [WHOLE]),
    "ods": (make.ods, [WHOLE]),
    "csv-utf8": (make.text, [WHOLE]),
    "csv-with-bom": (lambda: b"\xef\xbb\xbf" + make.text(), [WHOLE]),
    "csv-gbk": (lambda: make.text(encoding="gb18030"), [WHOLE]),
    "csv-utf16": (lambda: make.text(encoding="utf-16"), [WHOLE]),
    "csv-semicolon": (lambda: make.text(sign=";"), [WHOLE]),
    "csv-tab": (lambda: make.text(sign="\t"), [WHOLE]),
    "csv-windows-lines": (lambda: make.text().replace(b"\n", b"\r\n"), [WHOLE]),
    "header-only": (lambda: make.xlsx(HEAD), []),
    "header-below-titles": (lambda: make.xlsx(["某某表"], [], ["填报单位：城建办"], HEAD, ROW), [WHOLE]),
    "header-in-two-rows": (lambda: make.xlsx([], edit=make.two_storeys), [WHOLE]),
    "header-with-line-breaks": (lambda: make.xlsx([each[:2] + "\n" + each[2:] for each in HEAD], ROW), [WHOLE]),
    "header-repeated": (lambda: make.xlsx(HEAD, ROW, HEAD), [WHOLE]),
    "merged-down": (lambda: make.xlsx(HEAD, ROW, edit=make.merged),
                    [WHOLE, named("千灯湖步道", 牵头单位="城建办公室", 计划完成="2021 年 9 月 30 日")]),
    "several-sheets": (lambda: make.xlsx(edit=make.other_sheets), [WHOLE]),
    "section-headings": (lambda: make.xlsx(HEAD, ["一、民生设施"] * 6, ROW, ["合计"], ["备注：以上为示例"]), [WHOLE]),
    "formula-without-value": (lambda: make.xlsx(edit=make.formulas), [("noted", "没有结果的公式")]),
    "error-cell": (lambda: make.xlsx(edit=make.error_cell), [("noted", "出错的公式")]),
    "error-in-a-date": (lambda: make.xlsx(HEAD, row(planned_end="#REF!")), [("noted", "“完成时限”是出错的公式")]),
    "boolean": (lambda: make.xlsx(HEAD, row(text=True)), [named("映月湖步道", 进展="是")]),
    "phone-as-number": (lambda: with_column("联系电话", 75712345678.0), [named("映月湖步道", 办公电话="75712345678")]),
    "control-characters": (lambda: make.text(HEAD, row(text="已\u000b进\u0007场\ufffe施工")),
                           [named("映月湖步道", 进展="已进场施工")]),
    "40000-characters": (lambda: make.text(HEAD, row(text="长" * 40_000)), [("noted", "太长")]),
    "long-name": (lambda: make.xlsx(HEAD, row(name="长" * 200)), [("wrong", "太长，有 200 个字，最多 160 个")]),
    "emoji": (lambda: make.xlsx(HEAD, row(text="已完成👍")), [named("映月湖步道", 进展="已完成👍")]),
    "right-to-left-mark": (lambda: make.xlsx(HEAD, row(text="已\u202e进场")), [named("映月湖步道", 进展="已进场")]),
    "decomposed-letters": (lambda: make.xlsx(HEAD, row(text="cafe\u0301")), [named("映月湖步道", 进展="café")]),
    "headers-twice": (lambda: make.xlsx([*HEAD, "进展情况"], [*ROW, "第二个"]), [WHOLE]),
    "rows-twice": (lambda: make.xlsx(HEAD, ROW, ROW), [WHOLE, ("ask", "和第 2 行同名")]),
    "number-twice": (lambda: make.xlsx(HEAD, row(number=7), row(number=7, name="另一个")),
                     [WHOLE, ("noted", "和第 2 行的一样")]),
    "number-too-large": (lambda: make.xlsx(HEAD, row(number=99999)), [("noted", "不是序号")]),
    "formula-injection": (lambda: make.text(HEAD, row(text="=cmd|'/c calc'!A1")),
                          [named("映月湖步道", 进展="=cmd|'/c calc'!A1")]),
    "our-own-apostrophe": (lambda: make.text(HEAD, row(text="'-3 度")), [named("映月湖步道", 进展="-3 度")]),
    "sql-in-a-name": (lambda: make.xlsx(HEAD, row(name="'; DROP TABLE projects; --")),
                      [named("'; DROP TABLE projects; --")]),
    "unknown-office": (lambda: make.xlsx(HEAD, row(lead_department="城建办公")), [("noted", "是不是“城建办公室”")]),
    "other-office": (lambda: make.xlsx(HEAD, row(lead_department="文化办公室")), [("wrong", "要是你自己的")]),
    "several-offices": (lambda: make.xlsx(HEAD, row(lead_department="城建办、文化办")), [WHOLE]),
    "unknown-community": (lambda: with_column("所属社区", "没有这个社区"), [("noted", "没有叫“没有这个社区”的社区")]),
    "community-without-the-word": (lambda: with_column("所属社区", "桂一"), [named("映月湖步道", 社区="桂一社区")]),
    "other-office's-project": (lambda: make.xlsx(HEAD, row(number=9, name="别人的项目")), [("wrong", "不由你负责")]),
    "unknown-code": (lambda: with_column("项目编号", "nope-1"), [("wrong", "没有找到编号“nope-1”的项目")]),
    "unknown-status": (lambda: make.xlsx(HEAD, row(status="基本完成")), [("noted", "“基本完成”按推进中读")]),
    "status-in-a-sentence": (lambda: make.xlsx(HEAD, row(status="正在做最后的收尾工作", text="")),
                             [named("映月湖步道", 进展="正在做最后的收尾工作")]),
    "paused-without-reason": (lambda: make.xlsx(HEAD, row(status="暂停")), [("noted", "要写明原因")]),
    "no-such-day": (lambda: make.xlsx(HEAD, row(planned_end="2021年2月30日")), [("noted", "不是一个有的日子")]),
    "month-or-october": (lambda: make.xlsx(HEAD, row(planned_end=2021.1)), [("noted", "1 月还是 10 月")]),
    "for-ever": (lambda: make.xlsx(HEAD, row(planned_end="长期")), [named("映月湖步道", 时限原文="长期")]),
    "epoch-1904": (lambda: make.xlsx(edit=make.epoch_1904), [WHOLE]),
    "wide-and-blank": (lambda: make.xlsx(edit=make.wide_and_blank), [WHOLE]),
    "no-name": (lambda: make.xlsx(HEAD, row(name="")), [("wrong", "没有写项目名称")]),
    "end-before-start": (lambda: with_column("开工时间", "2022年1月1日"), [("wrong", "不能晚于")]),
    "a-statement-of-tomorrow": (lambda: with_column("填报日期", "2099年1月1日"), [("wrong", "不能在今天以后")]),
}


@pytest.fixture
def sent(db, clerk, other_clerk, key_list, settings, tmp_path):
    """Upload bytes as the clerk and give the rows of the preview."""
    settings.DATA_DIR = tmp_path
    other = factories.make_department(name="交通办公室")
    factories.make_project(key_list, code="other", name="别人的项目", number=9, lead_department=other)
    factories.make_community(name="桂一")

    def _sent(content, name="odd.xlsx", user=clerk):
        batch, sheets = upload.receive(user, SimpleUploadedFile(name, content), project_list=key_list,
                                      effective_on=date(2021, 9, 30), source=Source.objects.own())
        jobs.start(batch, "preview", user, sheets=sheets)
        assert batch.message == ""
        return list(batch.rows.order_by("number"))

    return _sent


def assert_rows(rows, expected):
    """`noted`: read as a new project, with this to be said of it."""
    assert [row.outcome for row in rows] == ["new" if outcome == "noted" else outcome for outcome, _ in expected], [
        row.sentence for row in rows]
    for got, (outcome, what) in zip(rows, expected, strict=True):
        if outcome in ("wrong", "ask", "noted"):
            assert what in got.sentence
        else:
            new = {label: value for label, _, value in got.changes}
            assert {label: new.get(label) for label in what} == what


@pytest.mark.parametrize("case", ODD)
def test_an_odd_file_gives_the_right_rows(case, sent):
    build, expected = ODD[case]
    assert_rows(sent(build()), expected)
    assert Project.objects.count() == 1  # a preview writes nothing


def test_a_day_is_understood_in_every_form(sent):
    rows = sent(make.dates())
    ends = [{label: new for label, _, new in row.changes}.get("计划完成") for row in rows]
    assert ends == ["2021 年 9 月 30 日"] * len(rows), [row.sentence for row in rows]


MONEY = {"120": "120 万元", "120万元": "120 万元", "1.2亿元": "12,000 万元", "5000元": "0.5 万元",
         "约 35 万": "35 万元", "1,200.5": "1,200.5 万元"}
PERCENTS = {"60%": "60%", "60": "60%", 0.6: "60%", "已完成60%": "60%", "６０％": "60%", "99.6%": "99%"}


@pytest.mark.parametrize(("heading", "label", "said", "meant"), [
    *[("总投资", "预算（万元）", said, meant) for said, meant in MONEY.items()],
    ("投资额（亿元）", "预算（万元）", 1.5, "15,000 万元"), ("投资额（元）", "预算（万元）", 5000, "0.5 万元"),
    *[("完成率", "完成百分比", said, meant) for said, meant in PERCENTS.items()],
])
def test_figures_are_understood_with_their_units(heading, label, said, meant, sent):
    rows = sent(with_column(heading, said))
    assert_rows(rows, [named("映月湖步道", **{label: meant})])


@pytest.mark.parametrize(("heading", "said", "sentence"), [
    ("总投资", "面议", "不是一个金额"), ("总投资", 1_200_000, "没有写单位"), ("总投资", "-5", "不是一个金额"),
    ("总投资", "9" * 30 + "万元", "太大"), ("完成率", "120%", "超过 100%"),
    ("完成率", "过半", "不是一个百分比")])
def test_figures_that_are_none_get_a_sentence(heading, said, sentence, sent):
    assert_rows(sent(with_column(heading, said)), [("noted", sentence)])


def test_shares_of_one_are_percentages_of_the_whole_column(sent):
    rows = sent(make.xlsx([*HEAD, "完成率"], [*row(name="甲"), 1], [*row(name="乙"), 0.35]))
    assert_rows(rows, [named("甲", 完成百分比="100%"), named("乙", 完成百分比="35%")])


def test_an_upload_over_the_cap_never_reaches_memory(clerk, sign_in):
    """100 MB are drained as they come in: the peak is a few pieces, and the page says it in a sentence."""
    import tracemalloc

    from django.urls import reverse

    class Endless(io.RawIOBase):
        name, size = "big.xlsx", 100 * 1024 * 1024

        def __init__(self, head, tail):
            self.parts, self.left = [head], self.size
            self.tail = tail

        def read(self, size=-1):
            if self.parts:
                return self.parts.pop()
            if self.left > 0:
                self.left -= 65_536
                return b"\0" * 65_536
            tail, self.tail = self.tail, b""
            return tail

    head = (b'--cut\r\nContent-Disposition: form-data; name="file"; filename="big.xlsx"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n")
    tail = (b'\r\n--cut\r\nContent-Disposition: form-data; name="effective_on"\r\n\r\n2021-09-30\r\n--cut--\r\n')
    body = Endless(head, tail)
    client = sign_in(clerk)
    client.get(reverse("admin:index"))
    tracemalloc.start()
    answer = client.generic("POST", reverse("admin:projects_importbatch_add"), b"", content_type="x", **{
        "wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=cut",
        "CONTENT_LENGTH": str(len(head) + Endless.size + len(tail))})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 400
    assert "最多 20 MB" in answer.text
    assert peak < MAX_BYTES * 1.5


def test_there_are_forty(db):
    assert len(REFUSED) + len(ODD) >= 40


def test_control_without_the_limit_a_far_cell_takes_gigabytes():
    """Negative control: calamine alone asks for 10 GB and more; under the limit the process dies of it."""
    code = ("import resource, sys, python_calamine as c; resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31)); "
            "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
            "c.load_workbook(sys.stdin.buffer).get_sheet_by_index(0)")
    died = subprocess.run([sys.executable, "-c", "import io\n" + code.replace(
        "sys.stdin.buffer", "io.BytesIO(sys.stdin.buffer.read())")], input=make.far_cell(), capture_output=True)
    assert died.returncode != 0


def test_a_reader_that_dies_is_one_sentence(monkeypatch, tmp_path):
    from guicheng.files import spreadsheets

    dies = tmp_path / "dies.py"
    dies.write_text("import os, signal; "
                    "print('{\"sheet\": \"a\", \"hidden\": false, \"hidden_columns\": []}', flush=True); "
                    "os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(spreadsheets, "READER", dies)
    with pytest.raises(Unreadable, match="读不了"):
        read_sheets(io.BytesIO(make.xlsx()))
