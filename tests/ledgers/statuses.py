"""Words that are a status, words that are more than one, and why something stands still (A21, part of B)."""
from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Has, OneOf, answer, row, sheet

ALL = "xlsx opx xls ods"
DOING, DONE = "in_progress", "completed"


def words(name, cells, makers="xlsx", heading="状态"):
    """One column of words; each cell with the status, then whether it is noted and what is kept as text."""
    rows, lines = [["序号", "项目名称", heading]], []
    for i, (cell, status, *more) in enumerate(cells):
        rows.append([i + 1, f"示例第{i + 1}项", cell])
        fields = {"status": status} | ({"text": more[1]} if len(more) > 1 else {})
        lines.append(row(i + 2, "new|ask" if more else "new", notes=more[0] if more else "", **fields))
    return ledgers(name, Sheet(rows), answer(sheet(*lines, columns={"C": OPEN})), makers)


KNOWN = [
    ("已完结", DONE), ("序时推进", DOING), ("正在施工", DOING), ("已动工", DOING), ("已验收", DONE), ("未动工",
    "planned"),
    ("已 完 成", DONE), ("筹备中", "planned"), ("推进中", DOING), ("完工待验收", "acceptance"), ("已完成", DONE),
    ("已投用", "in_use"), ("长期开展", "standing"), ("已开工", DOING), ("在建", DOING), ("施工中", DOING),
    ("已办结", DONE), ("未开工", "planned"), ("前期工作", "planned"), ("常态化开展", "standing"),
    ("已投入使用", "in_use"), ("待验收", "acceptance"), ("已 投 用", "in_use"), ("（推进中）", DOING),
    ("推进中。", DOING),
]

LEDGERS = [
    *words("status-known", KNOWN, ALL),
    *words("status-known-spaced", [("　" + cell + " ", status) for cell, status in KNOWN], "xlsx", "项目状态"),
    *pages("status-known-csv", [["项目名称", "办理情况"], *([f"示例{i}项", cell] for i, (cell, _) in enumerate(KNOWN))],
           answer(sheet(*(row(i + 2, status=status) for i, (_, status) in enumerate(KNOWN)))), "gb18030"),
    # 已建成 may wait for its acceptance; 基本完成 is never done. Noted or asked where it is not one of these
    *words("status-nearly", [
        ("已建成", OneOf((DONE, "acceptance", None))), ("基本完成", OneOf((DOING, "acceptance", None)),
        "", Has("基本完成")),
        ("基本建成", OneOf((DOING, "acceptance", None)), "", Has("基本建成")),
        ("主体完工", OneOf((DOING, None)), "", Has("主体完工")), ("即将完成", OneOf((DOING, None)),
        "", Has("即将完成")),
        ("部分完成", OneOf((DOING, None)), "", Has("部分完成")), ("未完成", OneOf((DOING, "planned", None)), ""),
        ("尚未完成验收", OneOf((DOING, "acceptance", None)), ""), ("不能按期完成", OneOf((DOING, None)), ""),
    ], "xlsx xls ods"),
    # unknown words are kept as text, with a note
    *words("status-unknown", [
        ("正在走流程", None, "C", Has("正在走流程")), ("示例：等上级批复", None, "C", Has("等上级批复")),
        ("A档", None, "C", Has("A档")), ("/", None, "", None), ("—", None, "", None), ("无", None, "", None),
        ("推进中/已完成", None, "C"),
    ], ALL),
    # 暂停 needs its reason: it stands under 存在问题
    *ledgers("status-paused", Sheet([
        ["项目名称", "状态", "存在问题"],
        ["示例口袋公园", "暂停", "示例：与管线改造冲突"], ["示例灯光球场", "已暂停", ""], ["示例长者饭堂",
        "不再实施", "示例：由另一项目实施"],
        ["示例图书角", "推进中", "示例：缺料"],
    ]), answer(sheet(
        row(2, "new|ask", status="paused", reason=Has("管线改造冲突")),
        # nobody wrote the reason: it is asked for, or the status is left out with a note
        row(3, "new|ask|wrong", status=OneOf(("paused", None))),
        row(4, "new|ask", status="cancelled", reason=Has("另一项目实施")),
        row(5, status=DOING, problem="示例：缺料", reason=None))), ALL),
    *ledgers("status-paused-in-words", Sheet([
        ["项目名称", "状态", "滞后原因", "备注"], ["示例口袋公园", "暂停", "示例：等征地", ""],
    ]), answer(sheet(row(2, "new|ask", status="paused", reason=OneOf((Has("等征地"), None))))), "xlsx"),
    # 是否完成: 是, √ and 已 are done; 否, × and an empty cell are not
    *ledgers("status-yes-no", Sheet([
        ["项目名称", "是否完成"], ["示例一", "是"], ["示例二", "否"], ["示例三", "√"], ["示例四", "×"], ["示例五", ""],
        ["示例六", "✓"], ["示例七", "未完成"], ["示例八", "已完成"], ["示例九", "Y"],
    ]), answer(sheet(
        row(2, status=DONE), row(3, status=OneOf((DOING, None))), row(4, status=DONE),
        row(5, status=OneOf((DOING, None))), row(6, status=None), row(7, status=DONE),
        row(8, status=OneOf((DOING, "planned", None))), row(9, status=DONE),
        row(10, "new|ask", status=OneOf((DONE, None))))), ALL),
    *ledgers("status-yes-no-started", Sheet([
        ["项目名称", "是否开工", "是否完成"], ["示例一", "是", "否"], ["示例二", "否", "否"], ["示例三", "是", "是"],
    ]), answer(sheet(
        # 是否开工 may be left out: then 否 under 是否完成 says only that it is not done
        row(2, status=OneOf((DOING, None))), row(3, status=OneOf(("planned", DOING, None))), row(4, status=DONE))),
        "xlsx xls"),
    # a column for each status with a √ in it
    *ledgers("status-ticks", Sheet([
        ["项目名称", "进展情况", "", ""], ["", "未启动", "推进中", "已完成"],
        ["示例一", "", "√", ""], ["示例二", "", "", "√"], ["示例三", "√", "", ""],
    ], merges=("A1:A2", "B1:D1")), answer(sheet(
        # not asked for by import.md: read, or left out with the columns listed; never the text "√"
        row(3, "new|ask", status=OneOf((DOING, None)), text=None),
        row(4, "new|ask", status=OneOf((DONE, None)), text=None),
        row(5, "new|ask", status=OneOf(("planned", None)), text=None))), "xlsx"),
    # A21: words under 进展 give a status, and stay
    *ledgers("status-in-progress-words", Sheet([
        ["项目名称", "进展"],
        ["示例一", "正常推进"], ["示例二", "全部完成。"], ["示例三", "示例：已进场施工，完成约三成。"], ["示例四",
        "已完成"],
        ["示例五", "有序推进中"], ["示例六", "示例：尚未完成招标"], ["示例七", "示例：已完成招标，正在施工"],
        ["示例八", "暂无"],
    ]), answer(sheet(
        row(2, status=DOING, text="正常推进"), row(3, status=DONE, text=OneOf(("全部完成。", "全部完成"))),
        # whether words of a sentence give a status is left open; 已完成招标 is never done
        row(4, "new|ask", status=OneOf((DOING, None)), text="示例：已进场施工，完成约三成。"),
        row(5, status=DONE, text="已完成"), row(6, status=DOING, text="有序推进中"),
        row(7, "new|ask", status=OneOf((DOING, "planned", None)), text="示例：尚未完成招标"),
        row(8, "new|ask", status=OneOf((DOING, None)), text="示例：已完成招标，正在施工"),
        row(9, status=None, text=None))), ALL),
    *ledgers("status-beside-words", Sheet([
        ["项目名称", "状态", "进展情况"],
        ["示例一", "推进中", "正常推进"], ["示例二", "已完成", "全部完成。"], ["示例三", "推进中", "已完成"],
        ["示例四", "", "正常推进"],
    ]), answer(sheet(
        row(2, status=DOING, text="正常推进"), row(3, status=DONE, text=OneOf(("全部完成。", "全部完成"))),
        # the column of statuses goes before; that the words say more is noted or not
        row(4, "new|ask", status=DOING, text="已完成"), row(5, status=DOING, text="正常推进"))), "xlsx ods"),
    # done in words but 80 % in figures: never done in silence, nor a percent that is made up
    *ledgers("status-against-percent", Sheet([
        ["项目名称", "状态", "完成百分比"], ["示例一", "已完成", C(0.8, "0%")], ["示例二", "未动工", C(0.3, "0%")],
        ["示例三", "推进中", C(1, "0%")], ["示例四", "已完成", C(1, "0%")],
    ]), answer(sheet(
        row(2, "new|ask|wrong", status=OneOf((DONE, None)), percent=OneOf((80, None))), row(3, "new|ask|wrong"),
        row(4, "new|ask|wrong", status=OneOf((DOING, None)), percent=OneOf((100, None))),
        row(5, status=DONE, percent=100))), "xlsx"),
]
