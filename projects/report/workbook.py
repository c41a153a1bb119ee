"""The quarter as a workbook to forward, filter and print. A pure function of the document: the same bytes each time.

A sheet is a function of (document, new): `new(title, widths)` begins it, the function fills and gives it.
"""
from datetime import date
from functools import partial

from guicheng import words
from guicheng.tables.worksheet import Book, Column, Sheet
from projects.document import UNITS_LEFT_OUT, Document
from projects.report.workbook_lists import categories, communities, community_states, comparison, overview, quarter
from projects.report.workbook_projects import changes, corrections, overdue, pending, projects, promises
from projects.report.workbook_staff import STYLES, clerks_words, lights, reporting

LONG = 5000  # projects from which on a sheet is streamed: its strings stand in the cells then, and it is larger
BLANK = "空格表示没有公布或没有写明，不是 0。"
SHEETS = [
    ("总览", "每张清单的数、上季度末的数和增减，两张图", overview),
    ("本季度", "变动、逾期和承诺各有多少，比率的分子和分母", quarter),
    ("清单明细", "每个项目一行，可以筛选；分项写明属于哪个项目，不另计数", projects),
    ("分类", "每张清单按类型分", categories),
    ("社区", "每个社区在各张清单上有多少项、完成多少项", communities),
    ("社区明细", "每个社区、每张清单上各种状态的项目数", community_states),
    ("变动", "和上季度末相比，状态有变动的项目", changes),
    ("季度对比", "每张清单的每个数：上季度末、本季度末、增减", comparison),
    ("承诺", "当年应兑现的承诺和判定，下季度到期的承诺", promises),
    ("逾期", "到期以后写明没有完成的项目", overdue),
    ("到期待核", "到期以后没有写明是否完成的项目", pending),
    ("锁定后更正", "本季度更正和撤回的记录；锁定以后的更正到哪里看", corrections),
]
STAFF_SHEETS = [
    ("红黄灯", "内部使用：每个项目的灯和原因", lights),
    ("报送任务", "内部使用：本季度的报送任务，问了几个单位，关闭时报齐几个", reporting),
    ("情况（内部）", "内部使用：存在问题、滞后原因、下一步、需要协调的事", clerks_words),
]


def render(document: Document, for_staff=False):
    """The bytes of the workbook. With `for_staff` the lights and the clerks' words too."""
    fingerprint, day = document.fingerprint, words.day(document.as_of)
    mark = "内部使用" if for_staff else "桂城办实事"
    is_long = len(document.figures["projects"]) > LONG
    book = Book(
        f"桂城办实事 {document.title}汇总", document.as_of,
        f"&L指纹 {fingerprint[:16]}&C第 &P 页，共 &N 页&R{mark} · 截至 {day}",
        is_long=is_long, subject=f"截至 {day}", company="桂城街道", comments=f"指纹 SHA-256：{fingerprint}")
    for name, properties in STYLES.items():
        book.add_style(name, **properties)
    note = f"截至 {day}。{'' if document.is_closed else '未锁定，数据会变。'}{BLANK}"
    sheets = [*SHEETS, *(STAFF_SHEETS if for_staff else [])]
    about = partial(cover, fingerprint=fingerprint, sheets=sheets, for_staff=for_staff)
    for name, _, write in [("封面", "", about), *sheets]:
        has_charts = write is overview
        write(document, partial(Sheet, book, name, note=note, is_streamed=is_long and not has_charts)).finish()
    return book.close()


def cover(document, new, fingerprint, sheets, for_staff):
    """What this is, of which day, by which fingerprint, and how each figure is counted."""
    sheet = new(f"桂城办实事 {document.title}汇总", widths=[18, 82], portrait=True)
    facts = [
        ("季度", document.title), ("截至", words.day(document.as_of)), ("状态", state(document)),
        ("谁可以看", "内部使用，不对外公开。" if for_staff else "公开。"),
        ("指纹 SHA-256", fingerprint), ("指纹 SM3", document.sm3),
        ("指纹是什么", "由本季度全部公开数据算出的一串字，改动任何一个数都会变；每页页脚印的是它的前 16 位。"
                 "同一季度的 json 文件里有全部数据，谁都可以再算一遍。"),
        *([("没有写的", UNITS_LEFT_OUT)] if document.leaves_units_out else []),
    ]
    definitions = [(row["label"], f"{row['sentence']}单位：{row['unit']}。") for row in document.figures["definitions"]]
    for heading, first, rows in [
        ("这份文件", "项", facts),
        ("各张表", "表", [(name, f"{text}。") for name, text, _ in sheets]),
        ("这些数怎么算", "数", definitions),
    ]:
        sheet.write(heading, "heading")
        sheet.table([Column(first, lambda row: row[0], "strong"), Column("说明", lambda row: row[1])], rows)
    return sheet


def state(document):
    """Whether, when and how often the quarter was closed, in a sentence."""
    closing = document.closing
    if closing is None:
        return "未锁定（数据会变）。"
    merged = "，前一次的更正已并入" if closing["number"] > 1 else ""
    return f"第 {closing['number']} 次锁定，{words.day(date.fromisoformat(closing['closed_on']))}{merged}。"
