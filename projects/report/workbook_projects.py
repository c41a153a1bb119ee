"""The sheets of the projects: every row, what moved, what was promised, what was corrected."""
from decimal import Decimal

from guicheng.tables.worksheet import A3, Column
from projects.document import UNITS_LEFT_OUT
from projects.report import digest


def _value(name):
    return name if callable(name) else lambda row: row[name]


def _columns(*pairs):
    """Columns of (title, key) or (title, key, style); a function of the row may stand for the key."""
    return [Column(title, _value(key), *style) for title, key, *style in pairs]


# --- 清单明细 ------------------------------------------------------------------------------------
PROJECT_COLUMNS = [
    *_columns(("编号", "code"), ("项目", "name", lambda row: "part" if row["is_part"] else "strong"),
              ("属于", "parent"), ("清单", "list_title"), ("序号", "number"), ("类型", "category"),
              ("是否写明在清单上", "membership"), ("社区", "community"), ("牵头单位", "department"),
              ("办公电话", "phone"), ("状态", "status_label"), ("完成百分比", "percent", "whole-percent"),
              ("最近进展是哪天的", digest.moved), ("最迟日", "moved_on", "day"), ("最近进展", "latest"),
              ("计划开始", "planned_start", "day"), ("计划完成", "planned_end", "day"),
              ("应于（含延期）", "due_on", "day"), ("销号日", "closed_on", "day")),
    Column("预算（万元）", lambda row: None if row["budget"] is None else Decimal(row["budget"]), "amount"),
    *_columns(("来源", "source")),
]
PROJECT_WIDTHS = [15, 32, 18, 22, 7, 16, 13, 9, 17, 15, 14, 9, 24, 12, 50, 12, 12, 12, 12, 11, 30]


def projects(document, new):
    sheet = new(f"{document.title}清单明细", widths=PROJECT_WIDTHS, paper=A3)
    rows = document.figures["projects"]
    if not rows:
        sheet.write("到这一天还没有收到项目的明细。")
        return sheet
    sheet.write("分项（写明“属于”的行）不另计数。完成百分比只填来源写明的。")
    sheet.table(PROJECT_COLUMNS, rows, main=True, frozen=2)
    return sheet


# --- 变动 ----------------------------------------------------------------------------------------
def changes(document, new):
    before = document.figures["before"]["title"]
    sheet = new(f"比 {before}末有变动的项目", widths=[16, 15, 44, 30, 24, 24])
    kinds = [row for row in document.figures["moves"] if row["count"]]
    rows = [row for kind in kinds for row in document.figures["changes"] if row["kind"] == kind["key"]]
    if not rows:
        sheet.write(f"和 {before}末相比，没有项目的状态有变动。")
        return sheet
    sheet.table([
        *_columns(("怎么变的", "kind_label", "strong"), ("编号", "code"), ("项目", "name")),
        Column("清单", lambda row: row["list_title"] or "不在清单上"),
        *_columns(("上季度末", "before_label"), ("本季度末", "after_label")),
    ], rows, main=True)
    return sheet


# --- 承诺 ----------------------------------------------------------------------------------------
PROMISE_COLUMNS = _columns(
    ("编号", "code"), ("项目", "name", "strong"), ("清单", "list_title"), ("承诺", "text"),
    ("哪天承诺的", digest.promised), ("承诺最迟日", "promised_on", "day"), ("到期日", "due_on", "day"),
    ("判定", "verdict_label"), ("依据是哪天的", digest.proof), ("依据最迟日", "proof_on", "day"),
    ("依据", lambda row: row["proof_text"] or row.get("why", "")), ("依据的来源", "proof_source"),
    ("承诺的来源", "source"))
PROMISE_WIDTHS = [15, 32, 24, 30, 24, 12, 12, 14, 24, 12, 44, 30, 30]


def promises(document, new):
    figures = document.figures
    sheet = new(f"{figures['year']} 年应兑现的承诺", widths=PROMISE_WIDTHS, paper=A3)
    if figures["promises"]:
        sheet.table(PROMISE_COLUMNS, figures["promises"], main=True, frozen=2)
    else:
        sheet.write(f"{figures['year']} 年没有应兑现的承诺。")
    sheet.write(f"下季度（{figures['after']['title']}）到期的承诺", "heading")
    if figures["next_promises"]:
        sheet.table(PROMISE_COLUMNS, figures["next_promises"])
    else:
        sheet.write("下季度没有到期的承诺。")
    return sheet


# --- 逾期 ----------------------------------------------------------------------------------------
OVERDUE_COLUMNS = _columns(
    ("编号", "code"), ("项目", "name", "strong"), ("清单", "list_title"), ("社区", "community"),
    ("牵头单位", "department"), ("办公电话", "phone"), ("应于（含延期）", "due_on", "day"), ("状态", "status_label"),
    ("最近进展是哪天的", digest.moved), ("最迟日", "moved_on", "day"), ("最近进展", "latest"))
OVERDUE_WIDTHS = [15, 32, 22, 10, 20, 16, 12, 16, 24, 12, 50]


def overdue(document, new):
    sheet = new(f"到 {document.title}末逾期未完成的项目", widths=OVERDUE_WIDTHS, paper=A3)
    rows = document.figures["overdue"]
    if not rows:
        sheet.write("没有逾期未完成的项目。")
        return sheet
    sheet.write("这些项目也都在“清单明细”里。" + UNITS_LEFT_OUT * document.leaves_units_out)
    sheet.table(OVERDUE_COLUMNS, rows, main=True, frozen=2)
    return sheet


# --- 到期待核 ------------------------------------------------------------------------------------
def pending(document, new):
    """Those whose day passed in silence: neither late nor finished, to be asked."""
    sheet = new(f"到 {document.title}末到期待核的项目", widths=OVERDUE_WIDTHS, paper=A3)
    rows = document.figures.get("pending", [])
    if not rows:
        sheet.write("没有到期待核的项目。")
        return sheet
    sheet.write("到期以后，公开资料没有写明是否完成；不算逾期，也不算完成。这些项目也都在“清单明细”里。")
    sheet.table(OVERDUE_COLUMNS, rows, main=True, frozen=2)
    return sheet


# --- 锁定后更正 ----------------------------------------------------------------------------------
CORRECTION_COLUMNS = _columns(
    ("编号", "code"), ("项目", "name", "strong"), ("怎么改的", "label"), ("说的是哪天", digest.corrected),
    ("最迟日", "effective_on", "day"), ("更正之日", "recorded_on", "day"), ("原来", "before"), ("改为", "after"),
    ("理由", "reason"))


def corrections(document, new):
    """What was corrected within the quarter; what is corrected after the close stands on the page."""
    sheet = new(f"{document.title}的更正", widths=[15, 32, 10, 24, 12, 12, 36, 36, 30])
    if document.is_closed:
        closing = f"这份文件是第 {document.closing['number']} 次锁定时的，以后不再改动。"
        if document.closing["number"] > 1:
            closing += "前一次锁定以后的更正已并入。"
        sheet.write(f"{closing}锁定后的更正见网页 /reports/{document.quarter}/。")
    else:
        sheet.write("这个季度还没有锁定，没有锁定后的更正。")
    sheet.write("本季度更正", "heading")
    rows = document.figures["corrections"]
    if not rows:
        sheet.write("本季度没有更正和撤回的记录。")
        return sheet
    sheet.write("撤回的说法不再显示，只写明撤回之日和理由。")
    sheet.table(CORRECTION_COLUMNS, rows, main=True, frozen=2)
    return sheet
