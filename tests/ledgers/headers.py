"""Which column is what: two-storey headers, words that only end alike, odd headings, what is no table (A12, A13)."""
from tests.ledgers.book import Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Has, OneOf, answer, either, row, sheet, skip

ALL = "xlsx opx xls ods"


def unmapped(name, heading, cell, **empty):
    """A ledger with one column that no field may take."""
    return ledgers(name, Sheet([["序号", "项目名称", heading], [1, "示例口袋公园", cell]]), answer(sheet(
        row(2, "new|ask", name="示例口袋公园", **empty), columns={"A": "number", "B": "name", "C": None})))


NOT_MAPPED = [
    ("居民联系电话", "0757-12345678", "phone"), ("来电人电话", "0757-12345678", "phone"),
    ("法定代表人及联系方式", "示例 0757-12345678", "phone"), ("施工方电话", "0757-12345678", "phone"),
    ("投诉人联系电话", "0757-12345678", "phone"), ("业主电话", "0757-12345678", "phone"),
    ("已完成投资", "50", "budget"), ("本月完成投资（万元）", "50", "budget"), ("已拨付资金（万元）", "50", "budget"),
    ("结算金额（万元）", "50", "budget"), ("实际完成时间", "2026-08-01", "planned_end"),
    ("验收完成时间", "2026-08-01", "planned_end"), ("招标完成时间", "2026-08-01", "planned_end"),
    ("采购公告开始时间", "2026-05-01", "planned_start"), ("实际开工时间", "2026-05-01", "planned_start"),
    ("上期进展情况", "示例：正在招标", "text"), ("上月进展", "示例：正在招标", "text"), ("下月进展计划", "示例",
    "text"),
    ("监理单位", "示例办", "lead_department"), ("施工单位", "示例办", "lead_department"),
    ("填报单位", "示例办", "lead_department"), ("配合责任单位", "示例办", "lead_department"),
    ("设计单位", "示例办", "lead_department"), ("建设资金单位", "示例办", "lead_department"),
    ("责任单位及责任人", "示例办、示例", "contact"), ("监理联系人", "示例", "contact"),
    ("曾用项目名称编码", "A-1", "name_"), ("计划完成百分比", "90%", "percent"), ("满意率（%）", "95", "percent"),
    ("是否公开", "是", "status"), ("网格数量", "3", "quantity"),
]


def more():
    """One ledger for each heading that is no field's. Some may be another's (配合单位, 下一步): decided open."""
    made = []
    for i, (heading, cell, field) in enumerate(NOT_MAPPED):
        empty = {} if field == "name_" else {field: None}
        each = unmapped(f"header-not-mapped-{i + 1:02}", heading, cell, **empty)
        if heading in ("配合责任单位", "责任单位及责任人", "下月进展计划"):
            for ledger in each:
                ledger.expected["sheets"][0]["columns"]["C"] = OPEN
        made += each
    return made


SPOKEN = [  # headings that are a field's by another name, with a cell and what is stored of it
    ("项目内容", "示例口袋公园", "name", "示例口袋公园"), ("工作事项", "示例口袋公园", "name", "示例口袋公园"),
    ("事项名称", "示例口袋公园", "name", "示例口袋公园"), ("截止时间", "2026-11-30", "planned_end", "2026-11-30"),
    ("完成时限", "2026-11-30", "planned_end", "2026-11-30"), ("计划完成时间", "2026-11-30", "planned_end",
    "2026-11-30"),
    ("办结时限", "2026-11-30", "planned_end", "2026-11-30"), ("下一步打算", "示例：验收", "next_step", "示例：验收"),
    ("下步打算", "示例：验收", "next_step", "示例：验收"), ("下一步工作安排", "示例：验收", "next_step", "示例：验收"),
    ("存在问题", "示例：缺料", "problem", "示例：缺料"), ("滞后原因", "示例：雨季", "delay_reason", "示例：雨季"),
    ("需协调事项", "示例：管线", "coordination", "示例：管线"), ("责任领导", "示例甲", "leader", "示例甲"),
    ("联系人", "示例乙", "contact", "示例乙"), ("办公电话", "0757-12345678", "phone", "0757-12345678"),
    ("责任单位", "示例办", "lead_department", "示例办"), ("牵头部门", "示例办", "lead_department", "示例办"),
    ("所属社区", "桂一", "community", "桂一"), ("本月进展", "示例：主体完成", "text", "示例：主体完成"),
    ("最新进展情况", "示例：主体完成", "text", "示例：主体完成"), ("办理状态", "推进中", "status", "in_progress"),
]


def spoken():
    """One ledger for each, with the heading also in spaces and with a break in it."""
    made = []
    for i, (heading, cell, field, stored) in enumerate(SPOKEN):
        half = len(heading) // 2
        for way, words in enumerate([heading, " ".join(heading), heading[:half] + "\n" + heading[half:] + "*"]):
            rows = [["序号", words], [1, cell]] if field == "name" else [["项目名称", words], ["示例口袋公园", cell]]
            if field in ("problem", "next_step", "delay_reason", "coordination"):  # never said but with a state
                rows = [[*rows[0], "状态"], [*rows[1], "推进中"]]
            made += ledgers(f"header-spoken-{i + 1:02}-{'abc'[way]}", Sheet(rows), answer(sheet(
                row(2, **{field: stored}), columns={"B": field})))
    return made


LEDGERS = [
    *more(),
    *spoken(),
    # A12: 负责人 over 姓名 and 职务, the rest merged down
    *ledgers("header-two-storeys", Sheet([
        ["序号", "项目名称", "负责人", "", "预算（万元）"], ["", "", "姓名", "职务", ""],
        [1, "示例口袋公园", "示例甲", "主任", 20], [2, "示例灯光球场", "示例乙", "科长", 10],
    ], merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2")), answer(sheet(
        # 负责人/姓名 may be the contact or the leader, or be left out
        row(3, name="示例口袋公园", budget="20"), row(4, name="示例灯光球场", budget="10"),
        header=[1, 2], columns={"A": "number", "B": "name", "D": None, "E": "budget"})), ALL),
    *ledgers("header-two-storeys-below-title", Sheet([
        ["示例街道2026年示例清单"], ["填报单位：示例办　　　　单位：元"],
        ["项目名称", "计划时间", "", "总投资", "责任单位", ""], ["", "开始时间", "完成时间", "", "牵头单位",
        "配合单位"],
        ["示例口袋公园", "2026年3月", "2026年11月", 500000, "示例办", "示例中心"],
    ], merges=("A1:F1", "A2:F2", "A3:A4", "B3:C3", "D3:D4", "E3:F3")), answer(sheet(
        row(5, name="示例口袋公园", planned_start="2026-03-01", planned_end="2026-11-30", budget="50",
            lead_department="示例办", supporting_departments=["示例中心"]),
        header=[3, 4])), ALL),
    *ledgers("header-two-storeys-of-progress", Sheet([
        ["序号", "项目名称", "进展", "", ""], ["", "", "状态", "完成百分比", "进展情况"],
        [1, "示例口袋公园", "推进中", "70%", "示例：主体完成"],
    ], merges=("A1:A2", "B1:B2", "C1:E1")), answer(sheet(
        row(3, status="in_progress", percent=70, text="示例：主体完成"), header=[1, 2])), "xlsx xls ods"),
    # months under one heading: the plan of each quarter is no deadline
    *ledgers("header-quarters", Sheet([
        ["项目名称", "各季度完成目标", "", "完成时限"], ["", "一季度", "二季度", ""],
        ["示例口袋公园", "示例：招标", "示例：开工", "2026-12-31"],
    ], merges=("A1:A2", "B1:C1", "D1:D2")), answer(sheet(
        row(3, planned_end="2026-12-31", planned_start=None, text=None), header=[1, 2],
        columns={"B": None, "C": None})), "xlsx"),
    # as a .csv a merge is only an empty cell
    *pages("header-two-storeys-csv", [
        ["序号", "项目名称", "负责人", "", "预算（万元）"], ["", "", "姓名", "职务", ""],
        ["1", "示例口袋公园", "示例甲", "主任", "20"],
    ], answer(sheet(row(3, name="示例口袋公园", budget="20"), header=[1, 2]))),
    # columns before and between: an empty one, one without a heading, a header far down
    *ledgers("header-far-down", Sheet([
        ["示例清单"], [], ["（示例数据）"], [], ["", "项目名称", "", "完成时限", ""],
        ["", "示例口袋公园", "", "2026-11-30", "示例随手写的"],
    ]), answer(sheet(
        row(6, name="示例口袋公园", planned_end="2026-11-30"), header=[5], columns={"B": "name", "D": "planned_end"})),
        "xlsx ods"),
    # the same heading twice: the first, or asked; never the second over the first in silence
    *ledgers("header-twice", Sheet([
        ["项目名称", "完成时限", "完成时限"], ["示例口袋公园", "2026-10-31", "2026-11-30"],
        ["示例灯光球场", "2026-09-30", "2026-09-30"],
    ]), answer(sheet(
        row(2, "new|ask", planned_end=OneOf(("2026-10-31", None))), row(3, "new|ask"))), "xlsx"),
    # 项目名称 and 项目内容: the name goes before, the content is no second name
    *ledgers("header-name-and-content", Sheet([
        ["项目内容", "项目名称"], ["示例：建设一处公园", "示例口袋公园"],
    ]), answer(sheet(row(2, name="示例口袋公园"), columns={"B": "name"})), "xlsx"),
    *ledgers("header-problem-and-next", Sheet([
        ["名称", "存在问题", "下一步工作计划", "备注", "责任人", "责任单位", "状态"],
        ["示例口袋公园", "示例：缺料", "示例：9月底前验收", "示例", "示例甲", "示例办", "推进中"],
    ]), answer(sheet(
        row(2, problem="示例：缺料", next_step="示例：9月底前验收", lead_department="示例办", planned_end=None),
        columns={"D": None})), "xlsx xls"),
    # B: labels beside values are a form, never two odd projects
    *ledgers("header-form", Sheet([
        ["示例项目申报表"], ["项目名称", "示例口袋公园", "牵头单位", "示例办"], ["预算（万元）", "20", "完成时限",
        "2026-11-30"],
        ["联系人", "示例甲", "办公电话", "0757-12345678"], ["进展情况", "示例：主体完成", "", ""],
    ], merges=("A1:D1",)), either(sheet(read=False)), ALL),
    *ledgers("header-form-narrow", Sheet([
        ["项目名称", "示例口袋公园"], ["牵头单位", "示例办"], ["完成时限", "2026-11-30"], ["预算（万元）", "20"],
    ]), either(sheet(read=False)), "xlsx ods"),
    # no heading that is known: no table, and not one project called 示例甲
    *ledgers("header-none", Sheet([
        ["示例甲", "男", "1980"], ["示例乙", "女", "1985"],
    ]), either(sheet(read=False)), "xlsx"),
    *ledgers("header-only", Sheet([["序号", "项目名称", "预算（万元）"]]), either(sheet(read=OPEN)), ALL),
    *ledgers("header-empty", Sheet([[""]]), either(sheet(read=OPEN)), "xlsx ods"),
    # 配合单位 is imported (B), also within 牵头单位
    *ledgers("header-supporting", Sheet([
        ["项目名称", "责任单位", "配合单位"], ["示例一", "示例办", "示例中心、示例民政办"], ["示例二", "示例城建办",
        "/"],
        ["示例三", "示例办（牵头）、示例中心", ""], ["示例四", "示例办牵头，示例中心、示例民政办配合", ""],
    ]), answer(sheet(
        row(2, lead_department="示例办", supporting_departments=["示例中心", "示例民政办"]),
        row(3, lead_department="示例城建办", supporting_departments=None),
        row(4, "new|ask", lead_department="示例办", supporting_departments=["示例中心"]),
        row(5, "new|ask", lead_department=OneOf(("示例办", None)))), ), ALL),
    # a new column of a second sheet's header within one: not asserted but that no row becomes a project
    *ledgers("header-second-table", Sheet([
        ["项目名称", "预算（万元）"], ["示例口袋公园", 20], ["", ""], ["项目名称", "完成时限"], ["示例灯光球场",
        "2026-11-30"],
    ]), answer(sheet(
        row(2, budget="20"), row(5, "new|ask|wrong", name=Has("示例灯光球场"), budget=None), skip(3, "blank"),
        listed=[4])), "xlsx"),
]
