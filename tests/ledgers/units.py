"""Who answers and where: communities, departments, categories, a sheet for each community (part of B)."""
from tests.ledgers.book import Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, OneOf, answer, row, sheet, skip

ALL = "xlsx opx xls ods"


def communities(name, cells, makers="xlsx", heading="社区"):
    """One column of communities, each cell with the name that is stored, then whether a note is due."""
    rows, lines = [["序号", heading, "项目名称"]], []
    for i, (cell, community, *notes) in enumerate(cells):
        rows.append([i + 1, cell, f"示例第{i + 1}项"])
        lines.append(row(i + 2, "new|ask" if notes else "new", notes=notes[0] if notes else "", community=community))
    return ledgers(name, Sheet(rows), answer(sheet(*lines, columns={"B": "community"})), makers)


SPELT = [
    ("桂一", "桂一"), ("桂一社区", "桂一"), ("桂一社区居委会", "桂一"), ("桂城街道桂一社区", "桂一"), ("桂 一", "桂一"),
    ("桂一居委会", "桂一"), ("桂城街道桂一社区居委会", "桂一"), ("江南名居社区", "江南名居"), ("夏南一社区", "夏南一"),
    ("夏南二", "夏南二"), ("桂城桂二社区", "桂二"), ("桂一社区党委", OneOf(("桂一",)), ""), ("平北社区\n", "平北"),
]

LEDGERS = [
    *communities("community-spelt", SPELT, ALL),
    *communities("community-spelt-headings", SPELT, "xlsx", "所属社区（村）"),
    *communities("community-unit", SPELT, "xls", "实施社区"),
    # 桂一村: the community by an old word; asked or noted, never refused. 全街道 and the like are no community
    *communities("community-other", [
        ("桂一村", OneOf(("桂一", None)), ""), ("全街道", None, ""), ("各社区", None, ""), ("45个社区", None, "B"),
        ("/", None), ("桂城街道", None, ""), ("夏南", None, "B"), ("示例社区", None, "B"), ("桂一、桂二", None, "B"),
        ("夏南社区", None, "B"), ("平洲", None, "B"), ("桂", None, "B"),
    ], ALL),
    # a department's short name, its name with brackets, one that nobody knows: asked, and the row is kept
    *ledgers("units-departments", Sheet([
        ["项目名称", "牵头单位", "预算（万元）"],
        ["示例一", "示例办", 1], ["示例二", "示例 办", 2], ["示例三", "（示例中心）", 3], ["示例四", "示例未知办", 4],
        ["示例五", "示例办、示例中心", 5], ["示例六", "/", 6], ["示例七", "桂一社区", 7], ["示例八",
        "示例办（牵头）", 8],
        ["示例九", "示例办/示例中心", 9], ["示例十", "示例办\n示例中心", 10],
    ]), answer(sheet(
        row(2, lead_department="示例办", supporting_departments=None), row(3, lead_department="示例办"),
        row(4, lead_department="示例中心"),
        # it waits for the unit that is proposed, and is not refused
        row(5, "new|ask", notes="B", lead_department=OneOf(("示例未知办", None)), budget="4"),
        # two names: the first leads by custom, which is said
        row(6, "new|ask", notes="B", lead_department=OneOf(("示例办", None)), budget="5"),
        row(7, lead_department=None, budget="6"),
        # a community leads: not in the list of departments, may be taken as the community
        row(8, "new|ask", lead_department=None, community=OneOf(("桂一", None))),
        row(9, lead_department="示例办"), row(10, "new|ask", notes="B", lead_department=OneOf(("示例办", None))),
        row(11, "new|ask", notes="B", lead_department=OneOf(("示例办", None))))), ALL),
    *ledgers("units-lead-and-support", Sheet([
        ["责任单位", "事项"],
        ["示例办（牵头）、示例中心", "示例一"], ["牵头：示例办；配合：示例中心、示例民政办", "示例二"],
        ["示例办（示例中心配合）", "示例三"], ["示例城建办", "示例四"],
    ]), answer(sheet(
        row(2, "new|ask", lead_department="示例办", supporting_departments=["示例中心"]),
        row(3, "new|ask", lead_department=OneOf(("示例办", None)),
            supporting_departments=OneOf((["示例中心", "示例民政办"], None))),
        row(4, "new|ask", lead_department=OneOf(("示例办", None)), supporting_departments=OneOf((["示例中心"], None))),
        row(5, lead_department="示例城建办"))), "xlsx xls ods"),
    # a fresh office: none is known. 40 rows wait for one answer, none is refused
    *ledgers("units-fresh-office", Sheet([
        ["序号", "项目名称", "责任单位"],
        *([i, f"示例第{i}项", f"示例新设{'甲乙丙丁'[i % 4]}办"] for i in range(1, 41)),
    ]), answer(sheet(*(
        row(i + 1, "new|ask", notes="C", number=i,
            lead_department=OneOf((f"示例新设{'甲乙丙丁'[i % 4]}办", None))) for i in range(1, 41)))), "xlsx ods"),
    *ledgers("units-unknown-support", Sheet([
        ["项目名称", "牵头单位", "配合单位"], ["示例一", "示例办", "示例中心、示例未知办"], ["示例二", "示例办",
        "各社区"],
    ]), answer(sheet(
        row(2, "new|ask", notes="C", lead_department="示例办", supporting_departments=OneOf((["示例中心"], None))),
        row(3, "new|ask", lead_department="示例办", supporting_departments=None))), "xlsx"),
    # merged words: each of the rows has them
    *ledgers("units-merged", Sheet([
        ["社区", "责任单位", "项目名称"],
        ["桂一", "示例办", "示例一"], ["", "", "示例二"], ["", "示例中心", "示例三"], ["桂二", "", "示例四"],
    ], merges=("A2:A4", "B2:B3", "B4:B5")), answer(sheet(
        row(2, community="桂一", lead_department="示例办"), row(3, community="桂一", lead_department="示例办"),
        row(4, community="桂一", lead_department="示例中心"),
        row(5, community="桂二", lead_department="示例中心"))), ALL),
    # not merged: an empty cell below is empty, or asked. Never filled in silence
    *ledgers("units-not-merged", Sheet([
        ["社区", "项目名称"], ["桂一", "示例一"], ["", "示例二"], ["桂二", "示例三"],
    ]), answer(sheet(
        row(2, community="桂一"), row(3, "new|ask", community=None), row(4, community="桂二"))), "xlsx xls"),
    # a sheet for each community: its name is the community
    *ledgers("units-sheet-per-community", [
        Sheet([["序号", "项目名称", "预算（万元）"], [1, "示例长椅", 1], [2, "示例路灯", 2]], "桂一"),
        Sheet([["序号", "项目名称", "预算（万元）"], [1, "示例长椅", 3], ["", "合计", 3]], "桂二社区"),
        Sheet([["序号", "项目名称", "预算（万元）"], [1, "示例球场", 4]], "江南名居社区居委会"),
    ], answer(
        sheet(row(2, community="桂一", name="示例长椅", budget="1"), row(3, community="桂一", budget="2"), name="桂一"),
        sheet(row(2, "new|ask", community="桂二", name="示例长椅", budget="3"), skip(3, "total"), name="桂二社区"),
        sheet(row(2, community="江南名居", budget="4"), name="江南名居社区居委会"), assumed=["桂一|社区"]), ALL),
    # the cell goes before the sheet's name; that they differ is noted
    *ledgers("units-sheet-against-cell", [
        Sheet([["项目名称", "社区"], ["示例一", "桂一"], ["示例二", ""], ["示例三", "桂二"]], "桂一"),
        Sheet([["项目名称", "社区"], ["示例四", "桂二"]], "桂二"),
    ], answer(
        sheet(row(2, community="桂一"), row(3, "new|ask", community=OneOf(("桂一", None))),
              row(4, "new|ask", community=OneOf(("桂二", None))), name="桂一"),
        sheet(row(2, community="桂二"), name="桂二")), "xlsx"),
    # several sheets: all are named, and which one is read is chosen or asked
    *ledgers("units-several-sheets", [
        Sheet([["填表说明"], ["一、本表由各单位填报。"]], "说明"),
        Sheet([["项目名称", "预算（万元）"], ["示例一", 1]], "重点项目"),
        Sheet([["项目名称", "预算（万元）"], ["示例二", 2]], "社区项目"),
        Sheet([["推进中", "已完成"], ["示例办", "示例中心"]], "下拉", is_hidden=True),
        Sheet([[""]], "Sheet3"),
    ], answer(
        sheet(name="说明", read=False), sheet(row(2, name="示例一", budget="1"), name="重点项目", read=OPEN),
        sheet(row(2, name="示例二", budget="2"), name="社区项目", read=OPEN), sheet(name="下拉", read=False),
        sheet(name="Sheet3", read=False)), ALL),
    *ledgers("units-sheet-asked-for", [
        Sheet([["项目名称", "预算（万元）"], ["示例一", 1]], "重点项目"),
        Sheet([["项目名称", "预算（万元）"], ["示例二", 2]], "社区项目"),
    ], answer(sheet(name="重点项目", read=False), sheet(row(2, name="示例二", budget="2"), name="社区项目")),
        "xlsx xls ods", sheet="社区项目"),
    # a hidden sheet with projects is named, and not read without asking
    *ledgers("units-hidden-sheet", [
        Sheet([["项目名称"], ["示例一"]], "今年"), Sheet([["项目名称"], ["示例旧"]], "去年", is_hidden=True),
    ], answer(sheet(row(2, name="示例一"), name="今年"), sheet(name="去年", read=False)), ALL),
    # 类型: one of the list, one that is not, and on no list at all
    *ledgers("units-category", Sheet([
        ["类型", "项目名称"], ["民生设施类", "示例一"], ["一、民生设施类", "示例二"], ["示例类", "示例三"], ["/",
        "示例四"],
        ["民生设施", "示例五"],
    ]), answer(sheet(
        row(2, category="民生设施类"), row(3, category="民生设施类"), row(4, "new|ask", notes="A", category=None),
        row(5, category=None), row(6, "new|ask", category=OneOf(("民生设施类", None))))), "xlsx xls ods"),
    *ledgers("units-category-on-no-list", Sheet([
        ["类型", "项目名称", "社区"], ["民生设施类", "示例一", "桂一"], ["", "示例二", "桂二"],
    ]), answer(sheet(
        row(2, "new|ask", notes="A", name="示例一", category=None, community="桂一"), row(3, community="桂二"))),
        "xlsx ods", on_list=False),
    *pages("units-csv", [
        ["项目名称", "社区", "责任单位", "配合单位"], ["示例一", "桂一社区居委会", "示例办", "示例中心;示例民政办"],
        ["示例二", "桂城街道桂二社区", "示例办（牵头）、示例中心", ""],
    ], answer(sheet(
        row(2, community="桂一", lead_department="示例办", supporting_departments=["示例中心", "示例民政办"]),
        row(3, "new|ask", community="桂二", lead_department="示例办", supporting_departments=["示例中心"]))),
            "gb18030"),
]
