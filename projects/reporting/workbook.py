"""汇总表 as a workbook for A3 or A4: what the units wrote, and the office's wording in columns of its own."""
from django.utils import timezone

from guicheng import words
from guicheng.tables.worksheet import A3, A4, Book, Column, Sheet
from projects.reporting.grid import columns_of

PAPERS = {"a4": A4, "a3": A3}
SIGNED = "分管领导（签字）：　　　　　　　　　　　　　　主要领导（签字）："


def render(task, entries, paper="a4", listings=()):
    """The bytes of the workbook."""
    day = words.day(task.as_of)
    book = Book(f"{task}汇总表", task.as_of, f"&L{task}&C第 &P 页，共 &N 页&R统计截至 {day}")
    columns, widths = _columns(task, {key for entry in entries for key in entry.wordings})
    sheet = Sheet(book, "汇总表", f"{'（示例）' if task.is_sample else ''}{task}汇总表", _note(task), widths,
                  paper=PAPERS[paper], repeated=3)
    sheet.table(columns, entries, main=True, frozen=3)
    sheet.write(SIGNED)
    sheet.finish()
    for listing in listings:
        _second(book, task, listing, paper)
    return book.close()


def _second(book, task, listing, paper):
    """A sheet of its own for another kind of rows."""
    heads = [("填报单位", 14), *listing.columns, ("情况", 9)]
    sheet = Sheet(book, listing.heading, f"{task}：{listing.heading}", _note(task), [width for _, width in heads],
                  paper=PAPERS[paper])
    cells = [Column(heading, lambda row, place=place: row.cells[place])
             for place, (heading, _) in enumerate(listing.columns)]
    sheet.table([Column("填报单位", lambda row: str(row.unit)), *cells,
                 Column("情况", lambda row: row.standing.label)], listing.rows, main=True, frozen=2)
    sheet.write(SIGNED)
    sheet.finish()


def _note(task):
    due = timezone.localtime(task.due_at)
    return f"依据：{task.ground}。统计截至 {words.day(task.as_of)}，{words.day(due.date())} {due:%H:%M} 截止报送。"


def _columns(task, worded):
    """The columns and their widths: after what a unit wrote the office's wording, where there is any."""
    said = []
    for place, (key, heading) in enumerate(columns_of(task)):
        said.append((Column(heading, lambda entry, place=place: entry.cells[place].text), 32))
        if key in worded:
            said.append((Column(f"{heading}（办公室表述）", lambda entry, place=place: entry.cells[place].wording), 32))
    last = [(Column("备注", lambda entry: entry.remark), 20)]
    if "delay_reason" in worded:
        last.append((Column("滞后原因（办公室表述）", lambda entry: entry.delay.wording), 24))
    both = [
        (Column("序号", lambda entry: entry.number), 6), (Column("填报单位", lambda entry: str(entry.row.unit)), 14),
        (Column("项目名称", lambda entry: entry.project.name, "strong"), 26),
        (Column("年度目标", lambda entry: entry.goal), 28), (Column("牵头单位", lambda entry: entry.lead), 14),
        (Column("责任领导", lambda entry: entry.leader), 10), (Column("状态", lambda entry: entry.status), 10),
        (Column("完成%", lambda entry: "" if entry.percent is None else entry.percent), 8),
        *said, *last, (Column("情况", lambda entry: entry.standing.label), 9),
    ]
    return [column for column, _ in both], [width for _, width in both]
