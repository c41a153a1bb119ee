"""Which rows are projects: totals, sections, notes, hidden and struck rows, formulas, duplicates (A9–A11, A18 …)."""
from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Has, OneOf, answer, row, sheet, skip

ALL = "xlsx opx xls ods"
HEAD = ["序号", "项目名称", "预算（万元）"]
NONE = C(None, formula="=SUM(C2:C3)")


def totals(name, cells, makers="xlsx ods"):
    """Two projects and one row of sums for each of these words, in the column of names."""
    rows = [HEAD, [1, "示例口袋公园", 20], [2, "示例灯光球场", 10]] + [["", words, 30] for words in cells]
    return ledgers(name, Sheet(rows), answer(sheet(
        row(2, budget="20"), row(3, budget="10"), *(skip(4 + i, "total") for i in range(len(cells))))), makers)


ALIKE = ["说明会场地改造", "备注栏改造", "填表室建设", "小计量表更换", "总计算中心", "共计生服务站",
    "合计划生育宣传栏更新",
         "注册登记窗口改造", "一楼大厅改造", "三角绿地改造", "本页书屋建设", "累计步数健身角"]

LEDGERS = [
    # A9: in the column of names, in that of numbers, over several merged cells
    *totals("totals-words", ["合　计", "总 计：", "本页合计", "小  计", "合计（2项）", "合计：", "总计", "共 计",
        "累计"], ALL),
    *totals("totals-more-words", ["合计（万元）", "合计2项", "共2项", "总合计", "本 页 小 计", "【合计】"]),
    *ledgers("totals-in-number", Sheet([
        HEAD, [1, "示例口袋公园", 20], [2, "示例灯光球场", 10], ["合计", "", 30], ["小计", "共2项", 30],
    ], merges=("A4:B4",)), answer(sheet(
        row(2, budget="20"), row(3, budget="10"), skip(4, "total"), skip(5, "total"))), ALL),
    *ledgers("totals-above", Sheet([
        HEAD, ["", "合计", 30], [1, "示例口袋公园", 20], [2, "示例灯光球场", 10],
    ]), answer(sheet(skip(2, "total"), row(3, budget="20"), row(4, budget="10"))), "xlsx xls"),
    *ledgers("totals-by-formula", Sheet([
        HEAD, [1, "示例口袋公园", 20], [2, "示例灯光球场", 10], ["", "合计", C(30, formula="=SUM(C2:C3)")],
    ]), answer(sheet(row(2, budget="20"), row(3, budget="10"), skip(4, "total"))), ALL),
    *pages("totals-csv", [
        HEAD, ["1", "示例口袋公园", "20"], ["", "合　计", "20"], ["合计:", "", "20"], ["", "", ""],
    ], answer(sheet(row(2, budget="20"), skip(3, "total"), skip(4, "total"), skip(5, "blank"))), "gb18030"),
    # A10: a section with the sum of its rows; its category where the list has one
    *ledgers("sections-with-sums", Sheet([
        HEAD,
        ["一", "民生设施类（2个）", 30], [1, "示例口袋公园", 10], [2, "示例灯光球场", 20],
        ["二", "环境整治类（1个）", 5], [1, "示例河涌岸线", 5],
    ]), answer(sheet(
        skip(2, "section"), row(3, category="民生设施类", budget="10"), row(4, category="民生设施类", budget="20"),
        skip(5, "section"), row(6, category="环境整治类", budget="5"))), ALL),
    *ledgers("sections-alone", Sheet([
        HEAD,
        ["", "一、民生设施类", ""], [1, "示例口袋公园", 10], ["", "（三）示例类", ""], [2, "示例灯光球场", 20],
        ["", "二、环境整治类", ""], [3, "示例河涌岸线", 5],
    ]), answer(sheet(
        skip(2, "section"), row(3, category="民生设施类"), skip(4, "section"), row(5, category=None),
        skip(6, "section"), row(7, category="环境整治类"))), ALL),
    *ledgers("sections-merged-over", Sheet([
        ["示例清单"], HEAD,
        ["一、示例类（共2项）", "", ""], [1, "示例口袋公园", 10], [2, "示例灯光球场", 20],
        ["第二部分 环境整治类", "", ""], [3, "示例河涌岸线", 5],
    ], merges=("A1:C1", "A3:C3", "A6:C6")), answer(sheet(
        skip(3, "section"), row(4, budget="10"), row(5, budget="20"), skip(6, "section"), row(7, budget="5"),
        header=[2])), ALL),
    # a real project that stands alone in its row, numbered as all others are, is a project
    *ledgers("sections-no-section", Sheet([
        ["序号", "项目名称", "进展情况"],
        ["一", "示例口袋公园", "示例：主体完成"], ["二", "示例灯光球场", ""], ["三", "示例长者饭堂", "示例：正在招标"],
    ]), answer(sheet(
        row(2, number=1), row(3, number=2), row(4, number=3))), "xlsx xls"),
    # projects with parts below: 1 is the whole, 1.1 and 1.2 its parts. Asked or noted: the sum stands twice
    *ledgers("sections-parts", Sheet([
        HEAD, ["1", "示例公园改造", 30], ["1.1", "示例公园东区", 10], ["1.2", "示例公园西区", 20], ["2", "示例球场", 5],
    ]), answer(sheet(
        row(2, "new|ask", name="示例公园改造"), row(3, "new|ask", name="示例公园东区"),
        row(4, "new|ask", name="示例公园西区"), row(5, name="示例球场"))), "xlsx"),
    # A11: words that only begin alike are names
    *ledgers("rows-begin-alike", Sheet([
        HEAD, *([i + 1, name, 10 + i] for i, name in enumerate(ALIKE)),
    ]), answer(sheet(*(row(i + 2, name=name, budget=str(10 + i)) for i, name in enumerate(ALIKE)))), ALL),
    *pages("rows-begin-alike-alone", [
        ["项目名称", "牵头单位"], *([name, "示例办"] for name in ALIKE),
    ], answer(sheet(*(row(i + 2, name=name) for i, name in enumerate(ALIKE))))),
    # a row that repeats one word looks like a header or a title merged over all, and is none
    *ledgers("rows-all-done", Sheet([
        ["项目名称", "状态", "进展情况"], ["示例口袋公园", "已完成", "示例：验收"], ["完成", "完成", "完成"],
    ]), answer(sheet(row(2, status="completed"), row(3, name="完成", status="completed"))), "xlsx xls ods"),
    # footers, and instructions under the header (B)
    *ledgers("rows-footers", Sheet([
        HEAD, [1, "示例口袋公园", 20], ["单位（盖章）：示例办", "", ""], ["", "保留格式，勿删", ""],
        ["填表人：", "示例", "审核人："], ["备注：本表一式两份。", "", ""], ["说明：1.预算为年初数。", "", ""],
        ["注：示例数据", "", ""], ["联系电话：0757-12345678", "", ""], ["填报日期：2026年8月1日", "", ""],
    ]), answer(sheet(row(2, budget="20"), *(skip(number, "note") for number in range(3, 11)))), "xlsx xls ods"),
    *ledgers("rows-instructions", Sheet([
        ["序号", "项目名称", "预算（万元）", "完成时限"],
        ["填写说明", "填全称，不超过30字", "只填数字", "格式：2026-12-31"], ["例", "（示例）××公园改造", "100",
        "2026-12-31"],
        [1, "示例口袋公园", 20, "2026-12-31"],
    ]), answer(sheet(
        # an example of the form: 例 in the column of numbers. Skipped or asked, never a project in silence
        skip(2, "note"), row(4, name="示例口袋公园", budget="20"), listed=[3])), "xlsx xls"),
    # the header once more on the second page, and numbers of columns under the header
    *ledgers("rows-header-again", Sheet([
        HEAD, ["1", "2", "3"], [1, "示例口袋公园", 20], HEAD, [2, "示例灯光球场", 10],
    ]), answer(sheet(
        row(3, name="示例口袋公园"), row(5, name="示例灯光球场"), listed=[4])), "xlsx ods"),
    # A18
    *ledgers("rows-struck", Sheet([
        HEAD,
        [1, C("示例新公园", struck="示例旧公园"), 20],
        [C(2, strike=True), C("示例灯光球场", strike=True), C(10, strike=True)],
        [3, "示例长者饭堂", C(30, strike=True)],
        [4, "示例图书角", C("20万元", struck="10万元")],
    ]), answer(sheet(
        row(2, "new|ask", name="示例新公园", budget="20"), skip(3, "struck"),
        row(4, "new|ask", name="示例长者饭堂", budget=None), row(5, "new|ask", budget="20"))), ALL),
    *ledgers("rows-struck-in-words", Sheet([
        ["项目名称", "牵头单位", "进展情况"],
        ["示例口袋公园", C("示例中心", struck="示例办"), C("，示例：主体完成", struck="示例：正在招标")],
    ]), answer(sheet(
        row(2, "new|ask", lead_department="示例中心", text=Has("示例：主体完成")))), ALL),
    *ledgers("rows-hidden", Sheet([
        HEAD, [1, "示例口袋公园", 20], [2, "示例灯光球场", 10], [3, "示例长者饭堂", 30], [4, "示例图书角", 5],
    ], hidden=(3,)), answer(sheet(
        row(2, name="示例口袋公园"), skip(3, "hidden"), row(4, name="示例长者饭堂"), row(5))), ALL),
    *ledgers("rows-filtered", Sheet([
        HEAD, [1, "示例口袋公园", 20], [2, "示例灯光球场", 10], [3, "示例长者饭堂", 30],
    ], filtered=(2, 4)), answer(sheet(skip(2, "hidden"), row(3, name="示例灯光球场"), skip(4, "hidden"))), ALL),
    # a hidden column: whether it is read is left open, but it is told of at the head
    *ledgers("rows-hidden-column", Sheet([
        ["序号", "项目名称", "预算（万元）", "完成时限"], [1, "示例口袋公园", 20, "2026-11-30"],
    ], hidden_columns=("C",)), answer(sheet(
        row(2, "new|ask", budget=OneOf(("20", None)), planned_end="2026-11-30")), assumed=["C|预算"]), ALL),
    # A19: openpyxl stores no results
    *ledgers("rows-of-formulas", Sheet([
        HEAD, [1, "示例口袋公园", 20], [C(None, formula="=A2+1"), C(None, formula='="示例"&A2'), NONE],
        [3, "示例长者饭堂", NONE],
    ]), answer(sheet(row(2, budget="20"), row(4, notes="C", budget=None), listed=[3])), "opx ods"),
    *ledgers("rows-only-formulas", Sheet([
        ["项目名称", "预算（万元）"], *([C(None, formula=f"=Sheet2!A{i}"), NONE] for i in range(2, 5)),
    ]), answer(sheet(listed=[2, 3, 4])), "opx ods"),
    *ledgers("rows-formulas-with-results", Sheet([
        HEAD, [1, "示例口袋公园", C(20, formula="=10+10")],
        [C(2, formula="=A2+1"), C("示例灯光球场", formula='="示例"&"灯光球场"'), C(0.5, formula="=1/2")],
    ]), answer(sheet(row(2, budget="20"), row(3, number=2, name="示例灯光球场", budget="0.5"))),
        "xlsx ods"),
    *ledgers("rows-formulas-with-errors", Sheet([
        HEAD, [1, "示例口袋公园", C("#DIV/0!", formula="=1/0")], [2, C("#REF!", formula="=#REF!"), 10],
        [C("#N/A", formula="=NA()"), "示例长者饭堂", 30],
    ]), answer(sheet(
        row(2, "new|ask", notes="C", budget=None), row(4, "new|ask", number=None, budget="30"), listed=[3])), "xlsx"),
    # results that are errors cost their cell
    *ledgers("rows-errors", Sheet([
        HEAD, [1, "示例口袋公园", "#REF!"], [2, "示例灯光球场", "#DIV/0!"], [3, "#N/A", 10],
    ]), answer(sheet(
        row(2, "new|ask", notes="C", budget=None), row(3, "new|ask", notes="C", budget=None), listed=[4])), "xlsx ods"),
    # A22: the same twice in one file
    *ledgers("rows-twice", Sheet([
        HEAD, [1, "示例长椅", 1], [2, "示例长椅", 2], [3, "示例路灯(一期)", 3], [4, "示例路灯（一期）", 4],
        [5, "示例ABC中心", 5], [6, "示例ＡＢＣ中心", 6], [7, "示例 车棚", 7], [8, "示例车棚", 8],
        [9, "示例路灯（二期）", 9],
    ]), answer(sheet(
        row(2, "new|ask"), row(3, "ask"), row(4, "new|ask"), row(5, "ask"), row(6, "new|ask"), row(7, "ask"),
        row(8, "new|ask"), row(9, "ask"), row(10, "new"))), ALL),
    *pages("rows-twice-csv", [["序号", "项目名称"], ["1", "示例长椅"], ["2", "示例长椅"]],
           answer(sheet(row(2, "new|ask"), row(3, "ask")))),
    # B: the same name in two communities are two projects
    *ledgers("rows-same-name-elsewhere", Sheet([
        ["社区", "项目名称"], ["桂一", "示例长椅"], ["桂二", "示例长椅"], ["桂二", "示例长椅"],
    ]), answer(sheet(
        row(2, community="桂一", name="示例长椅"), row(3, "new|ask", community="桂二", name="示例长椅"),
        row(4, "ask"))), "xlsx ods"),
    # a number without a name, and a name without a number
    *ledgers("rows-without-name", Sheet([
        HEAD, [1, "", 20], ["", "示例灯光球场", 10], [3, "", ""], ["", "", ""], [4, "/", 5],
    ]), answer(sheet(
        row(2, "ask|wrong"), row(3, name="示例灯光球场"), skip(5, "blank"),
        # a number prepared for a row, and nothing else: blank. A name that says nothing is none
        skip(4, "blank"), listed=[6])), "xlsx ods"),
    *pages("rows-number-kinds", [
        ["序号", "项目名称"], ["3、", "示例一"], ["⑤", "示例二"], ["（二）", "示例三"], ["一", "示例四"], ["1-1",
        "示例五"],
        ["A-01", "示例六"], ["第7项", "示例七"], ["08", "示例八"], ["９．", "示例九"], ["10.0", "示例十"], ["十一",
        "示例十一"],
    ], answer(sheet(
        row(2, number=3), row(3, number=5), row(4, number=2), row(5, number=1),
        # no whole numbers: the row is kept, where the mark goes is left open
        row(6, "new|ask", name="示例五", number=OPEN), row(7, "new|ask", name="示例六", number=OPEN),
        row(8, number=OneOf((7, None))), row(9, number=8), row(10, number=9), row(11, number=10),
        row(12, number=11)))),
]
