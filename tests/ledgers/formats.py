"""What a file is made of: encodings, pasted text, our own exports, characters nobody sees (A16, A17, A24, B, C)."""
import io
import re
import zipfile
from datetime import date

import openpyxl
import xlsxwriter

from tests.ledgers.book import C, Sheet, ledgers, pages, text, xlsx
from tests.ledgers.shape import OPEN, Has, Ledger, OneOf, answer, either, row, sheet, skip

ALL = "xlsx opx xls ods"
PLAIN = [["序号", "项目名称", "社区", "预算（万元）", "完成时限", "进展情况"],
         ["1", "示例口袋公园", "桂一", "20", "2026-11-30", "示例：主体完成，“绿化”进行中"],
         ["2", "示例灯光球场", "桂二", "10.5", "2026年12月", "示例：第一行\n第二行"],
         ["合计", "", "", "30.5", "", ""]]
READ = answer(sheet(
    row(2, number=1, name="示例口袋公园", community="桂一", budget="20", planned_end="2026-11-30",
        text="示例：主体完成，“绿化”进行中"),
    row(3, number=2, community="桂二", budget="10.5", planned_end="2026-12-31", text=Has("第二行")), skip(4, "total")))


def encoded(name, encoding, mark=b"", delimiter=","):
    kind = "csv" if delimiter == "," else "tsv"
    return Ledger(f"encoding-{name}", kind, f"{name}.{kind}",
                  lambda: mark + text(PLAIN, encoding, delimiter), READ)


# the columns of /lists/<slug>/projects.csv; what it says of two projects that stand so already
EXPORT_HEAD = ["编号", "清单", "序号", "类型", "项目", "属于", "是否写明在清单上", "社区", "牵头单位", "办公电话",
    "状态", "完成百分比",
               "最近进展最早日", "最近进展日", "最近进展", "最近进展的来源", "计划开始", "计划完成", "预算（万元）",
               "来源", "示例"]
STANDING = (
    {"code": "2026-sample-01", "number": 1, "name": "示例口袋公园", "community": "桂一", "lead_department": "示例办",
     "category": "民生设施类", "phone": "0757-12345678", "planned_start": "2026-03-01", "planned_end": "2026-11-30",
     "budget": "20.00", "updates": ({"effective_on": "2026-07-31", "status": "in_progress", "percent": 70,
                                     "text": "示例：主体完成"},)},
    {"code": "2026-sample-02", "number": 2, "name": "示例灯光球场", "community": "桂二", "budget": "10.50"},
    {"code": "2026-sample-03", "number": 3, "name": "-示例长者饭堂", "lead_department": "示例中心",
     "updates": ({"effective_on": "2026-07-31", "status": "completed", "percent": 100, "text": "=示例：验收"},)},
    {"code": "2026-sample-04", "number": 4, "name": "示例，带“引号”的图书角"},
)
TITLE = "示例清单"
EXPORTED = [
    ["2026-sample-01", TITLE, "1", "民生设施类", "示例口袋公园", "", "", "桂一", "示例办", "0757-12345678", "推进中",
    "70",
     "", "2026-07-31", "示例：主体完成", "示例来源", "2026-03-01", "2026-11-30", "20.00", "示例来源", ""],
    ["2026-sample-02", TITLE, "2", "", "示例灯光球场", "", "", "桂二", "", "", "已公布，暂无进展信息", "",
     "", "", "", "", "", "", "10.50", "示例来源", ""],
    ["2026-sample-03", TITLE, "3", "", "'-示例长者饭堂", "", "", "", "示例中心", "", "已完成", "100",
     "", "2026-07-31", "'=示例：验收", "示例来源", "", "", "", "示例来源", ""],
    ["2026-sample-04", TITLE, "4", "", "示例，带“引号”的图书角", "", "", "", "", "", "已公布，暂无进展信息", "",
     "", "", "", "", "", "", "", "示例来源", ""],
]
UNCHANGED = answer(sheet(*(row(i + 2, "same") for i in range(4))))


def as_excel(cell):
    """A cell as Excel writes it when it saves a .csv again: days in its own way."""
    return re.sub(r"^(\d{4})-0?(\d+)-0?(\d+)$", r"\1/\2/\3", cell)


def inline_texts():
    """A workbook as some writers make it: inline texts, no shared strings, no dimension, cells without addresses."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    lines = [["项目名称", "预算（万元）"], ["示例口袋公园", 20]]

    def cell(value):
        return f"<c><v>{value}</v></c>" if isinstance(value, int) else (
            f'<c t="inlineStr"><is><r><t>{value[:2]}</t></r><r><t>{value[2:]}</t></r></is></c>')

    page = "".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines)
    old, out = zipfile.ZipFile(io.BytesIO(xlsx(Sheet(lines)))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, f"<worksheet {main}><sheetData>{page}</sheetData></worksheet>" if is_sheet
                         else old.read(name))
    return out.getvalue()


def of_1904():
    """A workbook whose days are counted from 1904."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True})
    page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, ["项目名称", "完成时限"])
    page.write(1, 0, "示例口袋公园")
    page.write_datetime(1, 1, date(2026, 11, 30), day)
    book.close()
    return out.getvalue()


def beside_cells():
    """A workbook with a comment, a picture of nothing, a validation and a table: all harmless beside the cells."""
    book = openpyxl.Workbook()
    page = book.active
    for line in [["项目名称", "状态"], ["示例口袋公园", "推进中"]]:
        page.append(line)
    page["A2"].comment = openpyxl.comments.Comment("示例批注：不是名称", "示例")
    valid = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"推进中,已完成"')
    page.add_data_validation(valid)
    valid.add("B2:B200")
    page.add_table(openpyxl.worksheet.table.Table(displayName="t", ref="A1:B2"))
    page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SEEN = [  # characters nobody sees, with what is stored of the name
    ("示例\u200b口袋公园", "示例口袋公园"), ("\ufeff示例灯光球场", "示例灯光球场"), ("示例⻓者饭堂", "示例长者饭堂"),
    ("\u00a0示例图书角\u00a0", "示例图书角"), ("示例⽔\u2060岸", "示例水岸"), ("示例\u200d车棚", "示例车棚"),
    ("示例\n步道", OneOf(("示例步道", "示例 步道"))), ("示例\u00ad坡道", "示例坡道"), ("示例\u202e文字", "示例文字"),
]
NOTHING = ["/", "—", "-", "无", "暂无", "——", "／", "　", "\u200b"]
COLUMNS = ["进展情况", "办公电话", "存在问题", "下一步计划", "联系人", "责任领导"]
FIELDS = ["text", "phone", "problem", "next_step", "contact", "leader"]

LEDGERS = [
    encoded("utf-8", "utf-8"), encoded("utf-8-mark", "utf-8-sig"), encoded("gb18030", "gb18030"), encoded("gbk", "gbk"),
    encoded("utf-16", "utf-16"), encoded("utf-16-le-mark", "utf-16-le", b"\xff\xfe"),
    encoded("utf-16-be-mark", "utf-16-be", b"\xfe\xff"),
    # B: without a mark
    encoded("utf-16-le", "utf-16-le"), encoded("utf-16-be", "utf-16-be"),
    encoded("utf-16-tabs", "utf-16", delimiter="\t"), encoded("utf-16-le-tabs", "utf-16-le", delimiter="\t"),
    encoded("pasted", "utf-8", delimiter="\t"), encoded("gb18030-tabs", "gb18030", delimiter="\t"),
    Ledger("csv-semicolons", "csv", "a.csv", lambda: text(PLAIN, "utf-8-sig", ";"), READ),
    Ledger("csv-tabs", "tsv", "a.csv", lambda: text(PLAIN, "gb18030", "\t"), READ),
    Ledger("csv-old-line-ends", "csv", "a.csv", lambda: text(PLAIN[:2], "utf-8").replace(b"\r\n", b"\r"), answer(sheet(
        row(2, name="示例口袋公园")))),
    # A17
    *pages("own-export", [EXPORT_HEAD, *EXPORTED], UNCHANGED, before=STANDING),
    *ledgers("own-export", Sheet([EXPORT_HEAD, *EXPORTED]), UNCHANGED, ALL, before=STANDING),
    *pages("own-export-of-staff", [[*EXPORT_HEAD, "公开"], *([*line, "公开"] for line in EXPORTED)], UNCHANGED,
           before=STANDING),
    # saved again by Excel: the days in its own way, in GB18030
    *pages("own-export-resaved", [EXPORT_HEAD, *([as_excel(cell) for cell in line] for line in EXPORTED)], UNCHANGED,
           "gb18030", before=STANDING),
    *pages("own-export-one-change", [EXPORT_HEAD, [*EXPORTED[0][:11], "80", *EXPORTED[0][12:]], *EXPORTED[1:]],
           answer(sheet(row(2, "changed|ask", percent=80), *(row(i, "same") for i in (3, 4, 5)))), before=STANDING),
    # B: invisible characters, radicals of Kangxi, spaces that do not break
    *ledgers("letters-unseen", Sheet([
        ["\ufeff序号", "项目\u200b名称"], *([i + 1, name] for i, (name, _) in enumerate(SEEN)),
    ]), answer(sheet(*(row(i + 2, name=name) for i, (_, name) in enumerate(SEEN)))), ALL),
    *pages("letters-unseen", [["项目名称", "社区"], ["示例\u200b长椅", "桂\u00a0一"], ["示例⻓椅", "桂一"]],
           answer(sheet(row(2, "new|ask", name="示例长椅", community="桂一"), row(3, "ask", name="示例长椅")))),
    # A16: cells that say nothing, in every field
    *ledgers("cells-of-nothing", Sheet([
        ["项目名称", *COLUMNS], *([f"示例第{i}项", *[words] * 6] for i, words in enumerate(NOTHING)),
    ]), answer(sheet(*(row(i + 2, **dict.fromkeys(FIELDS)) for i in range(len(NOTHING))))), ALL),
    # but words that begin so are words
    *ledgers("cells-of-something", Sheet([
        ["项目名称", "进展情况", "存在问题"], ["示例一", "无障碍坡道已加建", "无资金"], ["示例二", "暂无法进场",
        "/示例：雨季"],
    ]), answer(sheet(
        row(2, text="无障碍坡道已加建", problem="无资金"), row(3, text="暂无法进场", problem=Has("示例：雨季")))),
            "xlsx ods"),
    # the name of a file says .xls, but it is another kind: read by what it is, or refused in words
    Ledger("kind-xlsx-named-xls", "xlsx", "a.xls", lambda: xlsx(Sheet(PLAIN[:2])), either(sheet(
        row(2, name="示例口袋公园", budget="20")))),
    Ledger("kind-csv-named-xls", "csv", "a.xls", lambda: text(PLAIN[:2], "gb18030"), either(sheet(
        row(2, name="示例口袋公园", budget="20")))),
    Ledger("kind-inline-texts", "xlsx",
        "a.xlsx", inline_texts, answer(sheet(row(2, name="示例口袋公园", budget="20")))),
    Ledger("kind-1904", "xlsx", "a.xlsx", of_1904, answer(sheet(row(2, planned_end="2026-11-30")))),
    Ledger("kind-beside-cells", "xlsx", "a.xlsx", beside_cells, answer(sheet(
        row(2, name="示例口袋公园", status="in_progress")))),
    # texts that look like numbers, numbers that look like texts
    *ledgers("cells-as-text", Sheet([
        ["序号", "项目名称", "预算（万元）", "完成百分比"], ["1", "示例一", "20", "70"], ["02", 20260801, " 10.50 ",
        "35 "],
        [C(3, "000"), "示例三", C("30", "@"), C("50", "@")],
    ]), answer(sheet(
        row(2, number=1, budget="20", percent=70), row(3, number=2, name="20260801", budget="10.5", percent=35),
        row(4, number=3, budget="30", percent=50))), ALL),
    # longer than a field holds: noted or asked, never cut in silence
    *ledgers("cells-too-long", Sheet([
        ["项目名称", "联系人"], ["示例" + "长" * 200, "示例甲"], ["示例二", "示例" * 40],
    ]), answer(sheet(
        row(2, "ask|wrong", notes="A", name=OPEN), row(3, "new|ask|wrong", notes="B", contact=OPEN))), "xlsx"),
]
