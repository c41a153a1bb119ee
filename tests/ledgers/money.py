"""Amounts: the unit in the heading, above the header, in the cell; what is no amount; amounts over several rows."""
from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, OneOf, answer, row, sheet, skip

ALL = "xlsx opx xls ods"


def amounts(name, heading, cells, expected, makers="xlsx ods", above=(), **kw):
    """A ledger of one column of amounts, with `above` over its header."""
    rows = [[words] for words in above] + [["项目名称", heading]]
    rows += [[f"示例项目{'甲乙丙丁戊己庚辛壬癸'[i]}", cell] for i, cell in enumerate(cells)]
    first = len(above) + 2
    lines = [row(first + i, *is_, **fields) for i, (is_, fields) in enumerate(expected)]
    return ledgers(name, Sheet(rows), answer(sheet(*lines, header=[first - 1], columns={"B": "budget"}), **kw), makers)


def exactly(budget, **kw):
    return (), {"budget": budget} | kw


def noted(*budgets):
    """One of these with a note, in a row that may be imported or waits."""
    return ("new|ask",), {"budget": OneOf(budgets) if len(budgets) > 1 else budgets[0], "notes": "B"}


def plain(*budgets):
    return [exactly(budget, quiet=True) for budget in budgets]


LEDGERS = [
    # A5: the unit in the heading
    *amounts("money-yi", "总投资（亿）", [1.2, 0.35], plain("12000", "3500"), ALL),
    *amounts("money-yiyuan", "总投资（亿元）", [1.2], plain("12000"), "xls"),
    *amounts("money-qian", "总投资（千元）", [1200, 50], plain("120", "5"), ALL),
    *amounts("money-baiwan", "总投资（百万元）", [12, 0.5], plain("1200", "50"), ALL),
    *amounts("money-yuan", "投资额(元)", [500000, "1,200,000", "300000.00"], plain("50", "120", "30"), ALL),
    *amounts("money-wan", "预算金额/万元", [60, "1,200.50", "３５"], plain("60", "1200.5", "35"), ALL),
    *amounts("money-dash-unit", "总投资-万元", [60], plain("60"), "xlsx"),
    *amounts("money-bracket-unit", "总投资【万元】", [60], plain("60"), "xlsx"),
    *amounts("money-colon-unit", "总投资（单位：元）", [600000], plain("60"), "xlsx xls"),
    *amounts("money-broken-heading", "总 投 资\n（亿 元）", [1.2], plain("12000"), "xlsx ods"),
    *amounts("money-shiwan", "预算（十万元）", [6], [(("new|ask",), {"budget": OneOf(("60", None))})], "xlsx"),
    # A6: the unit stands above the header
    *amounts("money-unit-above-yuan", "总投资", [50000, 120000], [exactly("5"), exactly("12")], ALL,
             above=["单位：元"], assumed=["元"]),
    *amounts("money-unit-above-yi", "总投资", [1.2], [exactly("12000")], ALL,
             above=["示例清单", "单位：亿元"], assumed=["亿元"]),
    *amounts("money-unit-above-brackets", "投资金额", [80], [exactly("80")], above=["示例清单（单位：万元）"]),
    *amounts("money-unit-above-qian", "总投资", [1200], [exactly("120")],
             above=["填报日期：2026年8月　　金额单位：千元"]),
    # the heading speaks of its own column, and goes before the row above
    *amounts("money-two-units", "总投资（万元）", [60], [exactly("60")], above=["单位：元"]),
    # 单位 above may be who reports: never taken for a unit of money
    *ledgers("money-unit-is-an-office", Sheet([
        ["填报单位：示例办"], ["项目名称", "总投资（万元）"], ["示例口袋公园", 60],
    ]), answer(sheet(row(3, budget="60"), header=[2])), "xlsx"),
    # A7: the cell contradicts its heading
    *amounts("money-yuan-in-wan", "预算（万元）",
             ["¥600,000.00", C(600000, '"¥"#,##0.00'), "60万元", "600000元", 60],
             [noted("60"), noted("60", None), exactly("60"), noted("60"), exactly("60")], "xlsx opx xls"),
    *amounts("money-yuan-format", "预算（万元）", [C(600000, '#,##0"元"'), C(60, '0"万元"'), C(6, "0.00")],
             [noted("60", None), exactly("60"), exactly("6")], "xlsx opx xls"),
    # a format of thousands (#,##0,) shows 600 for 600000: the stored number is what counts, a note is right
    *amounts("money-scaled-format", "投资（元）", [C(600000, "#,##0,")],
             [(("new|ask",), {"budget": OneOf(("60", None))})], "xlsx"),
    *amounts("money-no-unit", "投入资金", [60], [noted("60", None)], ALL),
    *amounts("money-no-unit-cells-say", "投入资金", ["60万元", "1.2亿元", "350000元", "5千元", "80万"],
             plain("60", "12000", "35", "0.5", "80"), ALL),
    *amounts("money-no-unit-mixed", "投资", ["60万元", 45], [exactly("60"), noted("45", None)]),
    # no unit, and amounts that look like 元: never 50000 万元 in silence
    *amounts("money-no-unit-large", "预算", [500000, 1200000],
             [noted("50", "500000", None), noted("120", "1200000", None)]),
    # B: what is no amount. The cell is noted, the row is kept
    *amounts("money-odd", "预算（万元）",
             ["待定", "30+20", "不超过80万元", "一百二十万元", "约60", "50-60", "60（含税）", "已批", "另行安排"],
             [noted(None), noted("50", None), noted("80", None), exactly("120"), noted("60", None),
              noted(None), (("new|ask",), {"budget": OneOf(("60", None))}), noted(None), noted(None)], "xlsx xls ods"),
    *amounts("money-chinese", "投资额", ["三十万元", "壹佰贰拾万元整", "一点五亿元", "两百万", "叁拾伍万元"],
             [exactly("30"), (("new|ask",), {"budget": OneOf(("120", None))}), exactly("15000"), exactly("200"),
              (("new|ask",), {"budget": OneOf(("35", None))})]),
    # A16: a cell that says nothing is empty, with no note
    *amounts("money-empty", "预算（万元）", ["/", "—", "-", "无", "暂无", "", "——", "／"], plain(*[None] * 8), ALL),
    # an amount below nought, or beyond all bounds, is none; (60) is −60 to an accountant and 60 to others
    *amounts("money-impossible", "预算（万元）", [-60, 10**15, "(60)"],
             [(("new|ask|wrong",), {"budget": None, "notes": "B"})] * 2 + [noted("60", None)]),
    # pasted from a form: spaces and marks of all kinds
    *amounts("money-marks", "预算(元)", ["￥350,000", "RMB 350000", "350 000", "350，000.00元", "人民币35万元"],
             [exactly("35"), (("new|ask",), {"budget": OneOf(("35", None))}), exactly("35"), exactly("35"),
              (("new|ask",), {"budget": OneOf(("35", None))})]),
    # finer than 0.01 万元: kept to the two places that are stored, with a note
    *amounts("money-fine", "预算（元）", [123456, 49], [noted("12.35", "12.34"), noted("0", "0.00", "0.01", None)]),
    # A8: an amount is never multiplied by a merge; words are
    *ledgers("money-merged", Sheet([
        ["项目名称", "牵头单位", "总投资（万元）"],
        ["示例口袋公园", "示例办", 200], ["示例灯光球场", "", ""], ["示例长者饭堂", "示例中心", 30],
    ], merges=("B2:B3", "C2:C3")), answer(sheet(
        row(2, "new|ask", lead_department="示例办", budget="200"),
        row(3, "new|ask", lead_department="示例办", budget=None),
        row(4, lead_department="示例中心", budget="30"), noted="C")), ALL),
    *ledgers("money-merged-three", Sheet([
        ["预算（元）", "社区", "项目名称"],
        [900000, "桂一", "示例一"], ["", "", "示例二"], ["", "", "示例三"], [100000, "桂二", "示例四"],
    ], merges=("A2:A4", "B2:B4")), answer(sheet(
        row(2, "new|ask", community="桂一", budget="90"), row(3, "new|ask", community="桂一", budget=None),
        row(4, "new|ask", community="桂一", budget=None), row(5, community="桂二", budget="10"), noted="A")), ALL),
    # several amounts: the whole is the budget; what was paid or done is not (A13)
    *ledgers("money-several", Sheet([
        ["项目名称", "总投资（万元）", "已完成投资（万元）", "已支付（万元）", "区级资金（万元）",
         "2025年预算（万元）"],
        ["示例口袋公园", 200, 50, 20, 80, 30],
    ]), answer(sheet(
        row(2, budget="200"), columns={"B": "budget", "C": None, "D": None, "E": None, "F": None})), "xlsx ods"),
    *ledgers("money-only-done", Sheet([
        ["项目名称", "已完成投资（万元）"], ["示例口袋公园", 50],
    ]), answer(sheet(row(2, budget=None), columns={"B": None})), "xlsx"),
    *pages("money-csv", [
        ["项目名称", "总投资（万元）"], ["示例一", "1,200.5"], ["示例二", "￥60"], ["示例三", "1.2E+02"],
        ["示例四", " 60 "],
    ], answer(sheet(
        row(2, budget="1200.5"), row(3, "new|ask", notes="B", budget=OPEN), row(4, budget=OneOf(("120", None))),
        row(5, budget="60")))),
    *pages("money-pasted", [
        ["项目名称", "总投资（亿元）"], ["示例一", "1.2"], ["合计", "1.2"],
    ], answer(sheet(row(2, budget="12000"), skip(3, "total"))), "utf-8", "\t"),
]
