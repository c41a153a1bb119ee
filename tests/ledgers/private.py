"""Private numbers in public fields: noted, and nothing stored until somebody confirms (A13, A14, A24)."""
from tests.ledgers.book import C, Sheet, ledgers, pages
from tests.ledgers.shape import OPEN, Lacks, OneOf, answer, row, sheet

ALL = "xlsx opx xls ods"
MOBILE, OFFICE = "13800138000", "0757-12345678"
# as people write it; each is the same private number
WRITTEN = ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "1380013 8000", "１３８００１３８０００",
           "手机：13800138000", "8613800138000"]
PUBLIC = [  # every field that residents see, by a heading of its own
    ("项目名称", "name"), ("进展情况", "text"), ("办公电话", "phone"), ("联系人", "contact"), ("责任领导", "leader"),
    ("完成时限", "schedule_text"),
]
# what only staff see: whether it is kept is left open, but it is noted or stored, never moved to another field
OFFICE_ONLY = [("存在问题", "problem"), ("下一步计划", "next_step"), ("滞后原因", "delay_reason"), ("需协调事项",
    "coordination")]


def within(heading, field, words):
    """A ledger with a private number in one column."""
    head = ["序号", heading] if field == "name" else ["项目名称", heading]
    return Sheet([head, [1 if field == "name" else "示例口袋公园", words]])


def in_every_field():
    made = []
    for heading, field in PUBLIC:
        is_ = "new|ask|wrong" if field == "name" else "new|ask"
        made += ledgers(f"private-in-{field}", within(heading, field, f"示例甲 {MOBILE}"), answer(sheet(
            row(2, is_, notes="B", **{field: Lacks("13800138000")}))), "xlsx xls ods")
    for heading, field in OFFICE_ONLY:
        made += ledgers(f"private-in-{field}", within(heading, field, f"示例：问{MOBILE}"), answer(sheet(
            row(2, "new|ask", text=Lacks(MOBILE), name=Lacks(MOBILE), phone=None))))
    return made


LEDGERS = [
    *in_every_field(),
    # A14: 办公电话 holds a private number, as text and as a number
    *ledgers("private-phone", Sheet([
        ["项目名称", "办公电话"], *([f"示例第{i}项", words] for i, words in enumerate(WRITTEN)),
        ["示例号码", 13800138000], ["示例格式", C(13800138000, "0")], ["示例座机", OFFICE],
    ]), answer(sheet(
        *(row(i + 2, "new|ask", notes="B", phone=None) for i in range(len(WRITTEN) + 2)),
        row(len(WRITTEN) + 4, phone=OFFICE, quiet=True))), ALL),
    # an office number passes, however it is written; how it is stored is not asserted beyond its digits
    *ledgers("private-office-numbers", Sheet([
        ["项目名称", "联系电话"],
        ["示例一", OFFICE], ["示例二", "075712345678"], ["示例三", "0757 12345678"], ["示例四", "12345678"],
        ["示例五", "0757-12345678转801"], ["示例六", "12345"], ["示例七", "4008001234"], ["示例八", 12345678],
        ["示例九", "/"], ["示例十", "0757-12345678、12345679"],
    ]), answer(sheet(
        row(2, phone=OFFICE), row(3, phone=OneOf(("075712345678", OFFICE))),
        row(4, phone=OneOf(("0757 12345678", OFFICE))), row(5, phone="12345678"),
        row(6, phone="0757-12345678转801"), row(7, phone="12345"), row(8, phone="4008001234"),
        row(9, phone="12345678"), row(10, phone=None), row(11, phone="0757-12345678、12345679"))), "xlsx xls ods"),
    # one cell with both: the office's passes at most
    *ledgers("private-both", Sheet([
        ["项目名称", "联系电话"], ["示例一", f"{OFFICE} / {MOBILE}"], ["示例二", f"{MOBILE}（示例甲）"],
        ["示例三", f"示例甲\n{MOBILE}"],
    ]), answer(sheet(
        row(2, "new|ask", notes="B", phone=OneOf((OFFICE, None))), row(3, "new|ask", notes="B", phone=None),
        row(4, "new|ask", notes="B", phone=None))), ALL),
    *ledgers("private-contact-with-number", Sheet([
        ["项目名称", "联系人及电话", "责任人"], ["示例一", f"示例甲{MOBILE}", f"示例乙 {MOBILE}"],
        ["示例二", f"示例甲 {OFFICE}", "示例乙"],
    ]), answer(sheet(
        # 联系人及电话 may be mapped, split or left out
        row(2, "new|ask", contact=Lacks(MOBILE), phone=Lacks(MOBILE), leader=Lacks(MOBILE)),
        row(3, "new|ask", contact=Lacks("0757"), phone=OneOf((OFFICE, None))))), "xlsx xls"),
    # an identity number in a public text: as private as a telephone, we think; import.md does not say, not asserted
    *ledgers("private-identity", Sheet([
        ["项目名称", "进展情况"], ["示例一", "示例：申请人 11010519491231002X 已登记"],
    ]), answer(sheet(row(2, "new|ask", text=OPEN))), "xlsx"),
    # eleven figures that are no telephone pass: a code, an amount, a document's number
    *ledgers("private-no-number", Sheet([
        ["项目名称", "进展情况"], ["示例一", "示例：投资23800138000元"], ["示例二", "示例：合同编号GC-2026-0013800"],
        ["示例三", "示例：2026年8月1日至2026年11月30日"],
    ]), answer(sheet(
        row(2, text="示例：投资23800138000元"), row(3, text="示例：合同编号GC-2026-0013800"),
        row(4, text="示例：2026年8月1日至2026年11月30日"))), "xlsx"),
    # A24: what Excel leaves in a .csv
    *pages("private-csv", [
        ["项目名称", "办公电话"], ["示例一", '="0757-12345678"'], ["示例二", "1.00E+10"], ["示例三", "1.38E+10"],
        ["示例四", '="13800138000"'], ["示例五", "'0757-12345678"], ["示例六", "7.57123E+11"], ["示例七", MOBILE],
    ], answer(sheet(
        row(2, phone=OFFICE), row(3, "new|ask", notes="B", phone=None), row(4, "new|ask", notes="B", phone=None),
        row(5, "new|ask", notes="B", phone=None), row(6, phone=OFFICE), row(7, "new|ask", notes="B", phone=None),
        row(8, "new|ask", notes="B", phone=None)))),
    *pages("private-csv-unwrapped", [
        ["序号", "项目名称", "完成时限", "办公电话"], ['="1"', '="示例一"', '="2026-11-30"', '="0757-12345678"'],
    ], answer(sheet(row(2, number=1, name="示例一", planned_end="2026-11-30", phone=OFFICE))), "gb18030"),
    # pasted from Excel into the page
    *pages("private-pasted", [["项目名称", "办公电话"], ["示例一", MOBILE], ["示例二", OFFICE]],
           answer(sheet(row(2, "new|ask", notes="B", phone=None), row(3, phone=OFFICE))), "utf-8", "\t"),
]
