"""How far a project is, in numbers: by the cell's format, by the whole column, by words (A1–A4, part of B)."""
from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Has, OneOf, answer, row, sheet

ALL = "xlsx opx xls ods"


def p(value, format="0%"):
    return C(value, format)


LEDGERS = [
    # A1: 进度 is the percent where its cells are percents and another column has the words
    *ledgers("percent-beside-words", Sheet([
        ["序号", "项目名称", "进度", "进展情况"],
        [1, "示例口袋公园", p(0.7), "示例：主体完成"],
        [2, "示例灯光球场", p(0.25), "示例：正在招标"],
        [3, "示例长者饭堂", p(1), "示例：通过验收"],
    ]), answer(sheet(
        row(2, percent=70, text="示例：主体完成", number=1, name="示例口袋公园", quiet=True),
        row(3, percent=25, text="示例：正在招标", quiet=True),
        row(4, percent=100, text="示例：通过验收"),
        columns={"A": "number", "B": "name", "C": "percent", "D": "text"})), ALL),
    # the same heading over words is the words
    *ledgers("progress-in-words", Sheet([
        ["项目名称", "进度"],
        ["示例口袋公园", "示例：完成现场勘察，正在编制方案。"],
        ["示例灯光球场", "示例：已进场施工。"],
    ]), answer(sheet(
        row(2, text="示例：完成现场勘察，正在编制方案。", percent=None),
        row(3, text="示例：已进场施工。", percent=None), columns={"B": "text"})), "xlsx xls ods"),
    # and over both: each cell is what it is
    *ledgers("progress-of-both-kinds", Sheet([
        ["项目名称", "工作进度"],
        ["示例口袋公园", p(0.7)],
        ["示例灯光球场", "示例：已进场施工。"],
        ["示例长者饭堂", "80%"],
    ]), answer(sheet(
        row(2, percent=70, text=None), row(3, "new|ask", percent=None, text=OneOf(("示例：已进场施工。", None))),
        row(4, percent=80, text=None))), "xlsx ods"),
    *pages("progress-as-text", [
        ["进展情况", "项目名称", "进度"],
        ["示例：主体完成", "示例口袋公园", "70%"],
        ["示例：正在招标", "示例灯光球场", "２５％"],
        ["", "示例长者饭堂", "60 %"],
    ], answer(sheet(
        row(2, percent=70, text="示例：主体完成"), row(3, percent=25, text="示例：正在招标"),
        row(4, percent=60, text=None)))),
    # A2: each cell by its own format, whatever the largest one of the column is
    *ledgers("percent-over-a-hundred", Sheet([
        ["项目名称", "完成百分比"],
        ["示例口袋公园", p(1)], ["示例灯光球场", p(0.6)], ["示例长者饭堂", p(1.2)],
    ]), answer(sheet(
        row(2, percent=100), row(3, percent=60),
        # an unreadable cell costs that cell: whether the row waits is left open
        row(4, "new|ask|wrong", notes="B", percent=None))), ALL),
    *ledgers("percent-formats", Sheet([
        ["完成率", "事项名称"],
        [p(0.5, "0.00%"), "示例一"], [p(0.08, "0.0%"), "示例二"], [p(1, "0%;[Red]-0%"), "示例三"],
        [p(0, "0%"), "示例四"], [p(0.35, '0%"左右"'), "示例五"],
    ]), answer(sheet(
        row(2, percent=50), row(3, percent=8), row(4, percent=100), row(5, percent=0),
        row(6, percent=35))), "xlsx opx xls"),
    # a % within quotes, or escaped, is a word of the format and multiplies nothing
    *ledgers("percent-quoted-in-format", Sheet([
        ["项目名称", "完成百分比"],
        ["示例一", p(70, '0"%"')], ["示例二", p(35, "0\\%")], ["示例三", p(100, '0"%"')],
    ]), answer(sheet(row(2, percent=70), row(3, percent=35), row(4, percent=100))), "xlsx opx xls"),
    # A2 without formats: the whole column, and what was assumed is said
    *ledgers("percent-of-one", Sheet([
        ["项目名称", "完成比例"], ["示例一", 0.3], ["示例二", 0.65], ["示例三", 1],
    ]), answer(sheet(row(2, percent=30), row(3, percent=65), row(4, percent=100)), assumed=["完成比例|B"]), ALL),
    *pages("percent-of-a-hundred", [
        ["项目名称", "完成百分比"], ["示例一", "30"], ["示例二", "65"], ["示例三", "1"], ["示例四", "100"],
    ], answer(sheet(row(2, percent=30), row(3, percent=65), row(4, percent=1), row(5, percent=100)))),
    # nothing but 1 and 0: done and not begun, or one in a hundred? A note or a question, never 1 in silence
    *ledgers("percent-only-ones", Sheet([
        ["项目名称", "完成百分比"], ["示例一", 1], ["示例二", 0],
    ]), answer(sheet(
        row(2, "new|ask", notes="B", percent=OneOf((100, 1, None))), row(3, "new|ask", percent=OneOf((0, None))),
        )), "xlsx ods"),
    # A3
    *ledgers("percent-in-heading", Sheet([
        ["项目名称", "进度（%）"], ["示例一", 0.5], ["示例二", 45], ["示例三", 80],
    ]), answer(sheet(
        row(2, "new|ask", notes="B", percent=OneOf((0, None))), row(3, percent=45), row(4, percent=80))), ALL),
    *ledgers("percent-in-heading-alone", Sheet([
        ["项目名称", "完成进度(％)"], ["示例一", 0.5],
    ]), answer(sheet(row(2, "new|ask", notes="B", percent=OneOf((0, None))))), "xlsx xls"),
    *ledgers("percent-mixed-formats", Sheet([
        ["项目名称", "完成百分比"], ["示例一", p(1)], ["示例二", 35], ["示例三", p(0.4)], ["示例四", "55%"],
    ]), answer(sheet(
        row(2, percent=100), row(3, percent=35), row(4, percent=40), row(5, percent=55))), ALL),
    # A4: never done before done
    *ledgers("percent-never-rounded-up", Sheet([
        ["项目名称", "完成百分比"],
        ["示例一", "99.6%"], ["示例二", p(0.996)], ["示例三", "0.4%"], ["示例四", p(0.004)], ["示例五", p(0.999999)],
        ["示例六", "99.99%"],
    ]), answer(sheet(
        row(2, notes="B", percent=99), row(3, notes="B", percent=99), row(4, notes="B", percent=0),
        row(5, notes="B", percent=0), row(6, notes="B", percent=99), row(7, notes="B", percent=99))), ALL),
    # what a computer makes of 0.29 × 100 (28.999…) is 29, and no rounding at all
    *ledgers("percent-binary", Sheet([
        ["项目名称", "完成百分比"], ["示例一", p(0.29)], ["示例二", p(0.57)], ["示例三", p(0.07)], ["示例四", p(0.58)],
    ]), answer(sheet(
        row(2, percent=29, quiet=True), row(3, percent=57, quiet=True), row(4, percent=7, quiet=True),
        row(5, percent=58, quiet=True))), ALL),
    # B: in words. 过半, 近九成 are no exact figures: a value with a note, or only the note
    *ledgers("percent-in-words", Sheet([
        ["项目名称", "完成百分比"],
        ["示例一", "约八成"], ["示例二", "百分之六十"], ["示例三", "已完成75%"], ["示例四", "过半"], ["示例五", "/"],
        ["示例六", "50%-60%"], ["示例七", "待定"], ["示例八", "七成"], ["示例九", -5], ["示例十", "120%"],
    ]), answer(sheet(
        row(2, notes="B", percent=80), row(3, percent=60), row(4, percent=OneOf((75, None))),
        row(5, "new|ask", notes="B", percent=OPEN), row(6, percent=None, text=None, quiet=True),
        # two figures: not one of them in silence
        row(7, "new|ask", notes="B", percent=OneOf((50, None))), row(8, notes="B", percent=None),
        row(9, percent=70), row(10, "new|ask|wrong", notes="B", percent=None),
        row(11, "new|ask|wrong", notes="B", percent=None))), "xlsx ods"),
    # two columns of percents: of time and of money. The second is nobody's progress
    *ledgers("percent-of-payment", Sheet([
        ["项目名称", "形象进度", "资金支付率", "当前进展"],
        ["示例一", p(0.4), p(0.9), "示例：基础完成"],
    ]), answer(sheet(
        # 形象进度 is a percent here by its cells
        row(2, percent=40, text=Has("示例：基础完成")), columns={"C": None})), "xlsx xls"),
    # 进度 and 完成百分比 beside each other: the exact heading has the percent
    *ledgers("percent-exact-heading-wins", Sheet([
        ["项目名称", "工作进度", "完成百分比"],
        ["示例一", "示例：主体完成", p(0.7)], ["示例二", "示例：正在招标", p(0.1)],
    ]), answer(sheet(
        row(2, percent=70, text="示例：主体完成"), row(3, percent=10, text="示例：正在招标"),
        columns={"B": "text", "C": "percent"})), ALL),
    # a plan's percent for the year is not what has been done: not asserted where it goes, but never into percent
    *ledgers("percent-planned", Sheet([
        ["项目名称", "计划完成百分比", "完成百分比"], ["示例一", p(0.9), p(0.2)],
    ]), answer(sheet(row(2, percent=20), columns={"B": None})), "xlsx"),
]
