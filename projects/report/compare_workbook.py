"""What differs between two days, as a workbook: the same rows as the page, and all of them."""
from functools import partial

from guicheng.tables.worksheet import Book, Column, Sheet, bar_chart
from projects.summary import FAMILIES
from projects.summary.difference import CORRECTED, CORRECTED_SENTENCE, Kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLOURS = {1: "#1F7A4D", 2: "#D9A441", 3: "#6B717B", 4: "#A9A59C"}
WIDTHS = [16, 46, 30, 20, 20, 46]
COLUMNS = [
    Column("编号", lambda row: row.code), Column("项目", lambda row: row.name, "strong"),
    Column("清单", lambda row: row.list_title or "不在清单上"), Column("前一天", lambda row: row.before_label),
    Column("后一天", lambda row: row.after_label), Column("期限", lambda row: row.slip),
]
CORRECTION_COLUMNS = [
    Column("编号", lambda row: row.code), Column("项目", lambda row: row.name, "strong"),
    Column("性质", lambda row: row.label), Column("录入日", lambda row: row.recorded_on),
    Column("说的是哪一天", lambda row: row.effective_on), Column("原因", lambda row: row.reason),
]


def render_difference(first, last, difference, cover=None):
    """The bytes of the workbook; `cover` puts the mark over what is sealed."""
    title = f"桂城办实事 {first.title}与{last.title}的变化"
    book = Book(title, last.day, "&C第 &P 页，共 &N 页", cover)
    new = partial(Sheet, book, note="按现在录有的资料比较；只数街道公开的真实项目，分项不另计。")
    _overview(new, title, first, last, difference)
    for kind in Kind:
        sheet = new(kind.label, title=f"{kind.label}：{first.title}到{last.title}", widths=WIDTHS)
        _table(sheet, kind.sentence, COLUMNS, difference.of(kind), difference.counts[kind])
    sheet = new(CORRECTED, title=f"{CORRECTED}：{first.title}到{last.title}", widths=WIDTHS)
    _table(sheet, CORRECTED_SENTENCE, CORRECTION_COLUMNS, difference.corrections, difference.corrected)
    return book.close()


def _overview(new, title, first, last, difference):
    sheet = new("总览", title=title, widths=[34, 16, 16, 16, 16, 16])
    counts = [(kind.label, difference.counts[kind], kind.sentence) for kind in Kind]
    counts.append((CORRECTED, difference.corrected, CORRECTED_SENTENCE))
    sheet.table([Column("怎么变的", lambda row: row[0], "strong"), Column("个数", lambda row: row[1])], counts)
    for label, _, sentence in counts:
        sheet.write(f"{label}：{sentence}", "note")
    sheet.skip()
    columns = [Column("哪一天", lambda row: row[0].title, "strong")]
    columns += [Column(label, lambda row, key=key: row[1].families[key]) for key, label in FAMILIES.items()]
    columns += [Column("合计", lambda row: row[1].recorded)]
    rows = sheet.table(columns, [(first, difference.before), (last, difference.after)])
    start = sheet.leave_room(260)
    sheet.place(start, [(bar_chart(sheet, "两天的项目，按状态", rows, COLOURS, is_stacked=True),
                         "两天的项目按状态的条形图，数字见上表。")], 760, 250)
    sheet.finish()


def _table(sheet, sentence, columns, rows, count):
    sheet.write(f"{sentence}共 {count} 个。", "note")
    if count:
        sheet.table(columns, rows, main=True)
    sheet.finish()
