"""Days: spans and their ends, words around them, month cells, a later deadline (A15, A20, A23, part of B)."""
from datetime import date, datetime

from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Between, OneOf, answer, row, sheet

ALL = "xlsx opx xls ods"
MONTH = "yyyy年m月"


def deadlines(name, cells, makers="xlsx", heading="完成时限", field="planned_end"):
    """A ledger of one column of days; each cell with what it is: a day, or (day, notes), or (day, notes, is)."""
    rows = [["项目名称", heading]]
    lines = []
    for i, (cell, wanted) in enumerate(cells):
        day, notes, is_ = (*wanted, "new|ask")[:3] if isinstance(wanted, tuple) else (wanted, "", "new")
        rows.append([f"示例第{i + 1}项", cell])
        lines.append(row(i + 2, is_, notes=notes, **{field: day}))
    return ledgers(name, Sheet(rows), answer(sheet(*lines, columns={"B": field})), makers)


LEDGERS = [
    # B: words around a day
    *deadlines("days-words", [
        ("2026年12月31日前办结", "2026-12-31"), ("2026年11月30日前投用", "2026-11-30"),
        ("2026年10月31日前建成", "2026-10-31"), ("预计2026年12月完成", "2026-12-31"),
        ("2026年9月底前", "2026-09-30"), ("2026年年底(前)", "2026-12-31"), ("2026年年底前", "2026-12-31"),
        ("二〇二六年十二月", "2026-12-31"), ("二〇二六年十二月三十一日", "2026-12-31"),
        ("2026年12月31日（星期四）", "2026-12-31"), ("2026Q4", "2026-12-31"), ("2026年度", "2026-12-31"),
        ("2026年第三季度", "2026-09-30"), ("2026年上半年", "2026-06-30"), ("2026/9/30", "2026-09-30"),
        ("2026.9.30", "2026-09-30"), ("2026-9", "2026-09-30"), ("20260930", "2026-09-30"), ("2026年2月", "2026-02-28"),
    ], "xlsx ods"),
    # years before that of the list: the day is right, whether it is doubted is left open
    *deadlines("days-of-2021", [(words, (day, "")) for words, day in [
        ("2021年12月31日前办结", "2021-12-31"), ("2021年12月31日（星期五）", "2021-12-31"), ("2021Q4", "2021-12-31"),
        ("2021年12月31日前投用", "2021-12-31"), ("2021年12月31日前建成", "2021-12-31"),
        ("2021年年底(前)", "2021-12-31"), ("二〇二一年十二月", "2021-12-31"), ("2021年度", "2021-12-31"),
        ("预计2021年12月完成", "2021-12-31"),
    ]], "xls xlsx"),
    # spans: the end is the last day of the last one
    *deadlines("days-spans", [
        ("2026年3月至11月", "2026-11-30"), ("2026年3月-2026年11月", "2026-11-30"),
        ("即日起至2026年11月30日", "2026-11-30"),
        ("2026.3-2026.11", "2026-11-30"), ("2026年5月1日—9月30日", "2026-09-30"),
        # a day from which on: not an end. Whether it becomes the start is left open
        ("2026年8月1日起", (None, "B")),
    ], "xlsx xls"),
    # two parts: the last day with a note, or none
    *deadlines("days-parts", [
        ("2026年6月、12月（分两期）", (OneOf(("2026-12-31", None)), "B")),
        ("一期2026年6月，二期2026年12月", (OneOf(("2026-12-31", None)), "B")),
        ("2026年12月31日（分两期）", (OneOf(("2026-12-31", None)), "")),
    ]),
    # no year: that of the list. 12月中下旬 ends with the month: decided here, for both parts stand in the words
    *deadlines("days-without-year", [
        ("12月中下旬", (OneOf(("2026-12-31", None)), "B")), ("8.31", (OneOf(("2026-08-31", None)), "")),
        ("9月30日", "2026-09-30"), ("年底前", "2026-12-31"), ("11月底", "2026-11-30"),
        ("10月中旬", (Between("2026-10-11", "2026-10-20"), "")),
        ("10月上旬", (Between("2026-10-01", "2026-10-10"), "")),
        ("三季度末", "2026-09-30"), ("第四季度", "2026-12-31"),
    ], "xlsx ods"),
    # A15: early and late
    *deadlines("days-early", [
        ("2022年初", (Between("2022-01-01", "2022-01-31"), "B")),
        ("2026年三季度初", (Between("2026-07-01", "2026-07-31"), "B", "new")),
        ("三季度初", (Between("2026-07-01", "2026-07-31"), "B", "new")),
        ("2026年9月初", (Between("2026-09-01", "2026-09-10"), "B", "new")),
    ], "xlsx xls ods"),
    *deadlines("days-late-start", [
        ("2021年底", ("2021-12-31", "")), ("2026年2月底", "2026-02-28"), ("2026年一季度末", "2026-03-31"),
        ("2026年3月", "2026-03-01"), ("2026年初", Between("2026-01-01", "2026-01-31")), ("2026Q2", "2026-04-01"),
    ], "xlsx xls ods", "计划开始", "planned_start"),
    # A20: a cell of a month is its last day for an end, its first for a start
    *ledgers("days-month-cells", Sheet([
        ["项目名称", "开始时间", "计划完成时间"],
        ["示例一", C(date(2026, 3, 1), MONTH), C(date(2026, 11, 1), MONTH)],
        ["示例二", C(date(2026, 4, 1), MONTH), C(date(2026, 2, 1), MONTH)],
        ["示例三", date(2026, 3, 1), date(2026, 11, 1)],
    ]), answer(sheet(
        row(2, planned_start="2026-03-01", planned_end="2026-11-30"),
        # the plan ends before it starts: asked, refused, or without its end
        row(3, "new|ask|wrong", planned_end=OneOf(("2026-02-28", None))),
        row(4, planned_start="2026-03-01", planned_end="2026-11-01"))), ALL),
    *ledgers("days-formats", Sheet([
        ["完成时限", "项目名称"],
        [C(date(2026, 11, 1), 'yyyy"年"m"月"'), "示例一"], [C(date(2026, 11, 1), "yyyy-mm"), "示例二"],
        [C(date(2026, 11, 1), "[$-804]yyyy年m月"), "示例三"], [C(date(2026, 11, 1), 'yyyy"年"m"月"d"日"'), "示例四"],
        [C(date(2026, 11, 1), "mmm-yy"), "示例五"], [C(datetime(2026, 11, 30, 17, 30), "yyyy/m/d h:mm"), "示例六"],
        [C(date(2026, 11, 1), "m/d/yyyy"), "示例七"], [C(date(2026, 11, 1), 'yyyy"年"'), "示例八"],
    ]), answer(sheet(
        row(2, planned_end="2026-11-30"), row(3, planned_end="2026-11-30"), row(4, planned_end="2026-11-30"),
        row(5, planned_end="2026-11-01"), row(6, planned_end="2026-11-30"), row(7, planned_end="2026-11-30"),
        # only the year is shown: its end, or a note
        row(8, planned_end="2026-11-01"), row(9, "new|ask", planned_end=OneOf(("2026-12-31", None))))),
        "xlsx opx xls"),
    # numbers that are no days by their format: 46356 is 2026-11-30 in disguise, and 2026.1 may be October
    *ledgers("days-numbers", Sheet([
        ["项目名称", "完成时限"], ["示例一", 46356], ["示例二", 20261130], ["示例三", 2026.1], ["示例四", 2026],
    ]), answer(sheet(
        row(2, "new|ask", notes="B", planned_end=OneOf(("2026-11-30", None))),
        row(3, "new|ask", planned_end="2026-11-30"), row(4, "new|ask", notes="B", planned_end=OPEN),
        row(5, "new|ask", notes="B", planned_end=OneOf(("2026-12-31", None))))), "xlsx"),
    # a deadline that is no date always gives a note; its words are kept in schedule_text
    *deadlines("days-none", [
        ("待定", (None, "B")), ("按上级安排", (None, "B")), ("视资金情况", (None, "B")), ("2026年13月", (None, "B")),
        ("2026年2月30日", (None, "B")), ("长期", (None, "B")), ("尽快", (None, "B")), ("全年", (OPEN, "")),
        # Friday is wrong for this day: a note, the day itself may stand
        ("2026年12月31日（星期五）", (OneOf(("2026-12-31", None)), "")),
    ], "xlsx xls ods"),
    *ledgers("days-words-kept", Sheet([
        ["项目名称", "截止时间"], ["示例一", "长期"], ["示例二", "征地后三个月内"],
    ]), answer(sheet(
        row(2, "new|ask", planned_end=None, schedule_text="长期"),
        row(3, "new|ask", notes="B", planned_end=None, schedule_text="征地后三个月内"))), "xlsx"),
    # A16
    *deadlines("days-empty", [("/", None), ("—", None), ("无", None), ("暂无", None), ("-", None)], "xlsx ods"),
    # one column for start and end
    *ledgers("days-both-ends", Sheet([
        ["项目名称", "起止时间"], ["示例一", "2026年3月至11月"], ["示例二", "2026.03.15-2026.10.30"],
    ]), answer(sheet(
        # whether 起止时间 is mapped is left open: both ends, or a note that it is not
        row(2, "new|ask", planned_end=OneOf(("2026-11-30", None))),
        row(3, "new|ask", planned_end=OneOf(("2026-10-30", None))))), "xlsx"),
    *pages("days-csv", [
        ["项目名称", "完成时限"], ["示例一", "2021.1"], ["示例二", "2026.10"], ["示例三", "2026.9"],
        ["示例四", "2026/11/1"],
        ["示例五", "Nov-26"], ["示例六", "2026年11月"],
    ], answer(sheet(
        row(2, "ask", notes="B"), row(3, planned_end="2026-10-31"), row(4, planned_end="2026-09-30"),
        row(5, planned_end="2026-11-01"), row(6, "new|ask", planned_end=OneOf(("2026-11-30", None))),
        row(7, planned_end="2026-11-30")))),
    # A23: the plan does not change by itself
    *ledgers("days-postponed", Sheet([
        ["序号", "项目名称", "完成时限"], [1, "示例改期甲", "2026年12月31日"], [2, "示例改期乙", "2026年9月30日"],
        [3, "示例改期丙", "2026年8月31日"],
    ]), answer(sheet(
        row(2, "ask", notes="C"), row(3, "same"),
        # an earlier day is no postponement, yet moves a public promise: asked or told
        row(4, "ask|changed", notes="C"))), "xlsx ods", before=(
            {"number": 1, "name": "示例改期甲", "planned_end": "2026-09-30"},
            {"number": 2, "name": "示例改期乙", "planned_end": "2026-09-30"},
            {"number": 3, "name": "示例改期丙", "planned_end": "2026-09-30"})),
    *pages("days-postponed-pasted", [
        ["项目名称", "截止时间", "状态"], ["示例改期甲", "2027年3月", "推进中"], ["示例改期乙", "", "推进中"],
    ], answer(sheet(
        # an empty cell takes no day away
        row(2, "ask", notes="B"),
        row(3, "changed|ask", status="in_progress", planned_end=OneOf(("2026-09-30", None))))),
        "utf-8", "\t", before=(
            {"number": 1, "name": "示例改期甲", "planned_end": "2026-09-30"},
            {"number": 2, "name": "示例改期乙", "planned_end": "2026-09-30"})),
    *ledgers("days-postponed-with-reason", Sheet([
        ["项目名称", "完成时限", "延期原因"], ["示例改期甲", "2026年12月31日", "示例：管线改造未完"],
    ]), answer(sheet(row(2, "ask|changed", planned_end=OPEN))), "xlsx", before=(
        {"number": 1, "name": "示例改期甲", "planned_end": "2026-09-30"},)),
]
