"""The sheets of the lists: how many, how far, by category and community, and against the quarter before."""
from decimal import Decimal

from guicheng.tables.worksheet import A3, A4, Column, bar_chart
from projects.models import Status
from projects.report import digest
from projects.summary import FAMILIES

FIGURES = ["declared", "declared_done", "recorded", "done", "standing", "unknown", "missing"]
STATUSES = [(key or "unknown", Status.label_of(key)) for key in Status.possible()]
SEGMENTS = [  # family, label, colour: the stretches of a list's bar, left to right, as on the pages
    ("done", FAMILIES["done"], "#1F7A4D"), ("declared", "公布为完成，明细整理中", "#8FBFA5"),
    ("doing", FAMILIES["doing"], "#D9A441"), ("stopped", FAMILIES["stopped"], "#6B717B"),
    ("none", FAMILIES["none"], "#A9A59C"), ("missing", "明细整理中", "#EDEAE4"),
]
BARS = {"declared": "#C9C5BC", "recorded": "#D9A441", "done": "#1F7A4D"}
NO_LIST = "到这一天还没有公布任何清单，没有数可列。"


def labels_of(document):
    """Key of a figure -> its word."""
    return {row["key"].replace("-", "_"): row["label"] for row in document.figures["definitions"]}


def rate_of(figures):
    return None if figures.get("rate") is None else Decimal(figures["rate"])


def difference(now, before):
    """What was added, or None where either is unknown."""
    return None if now is None or before is None else now - before


# --- 总览 ----------------------------------------------------------------------------------------
def overview(document, new):
    figures, before = document.figures, document.figures["before"]["title"]
    sheet = new(f"{document.title}总览", widths=[30, *[12.5] * 9, 48])
    lists = figures["lists"]
    if not lists:
        sheet.write(NO_LIST)
        return sheet
    sheet.write("本季度末" if figures["is_over"] else "本季度到现在", "heading")
    numbers = sheet.table(
        [*_figure_columns(document), Column("说明", lambda row: _explained(row[0]))],
        [(row, row) for row in lists])
    height = 120 + 62 * len(lists)
    room = sheet.leave_room(height)
    sheet.new_page()
    sheet.write(f"{before}末", "heading")
    sheet.table(_figure_columns(document), [(row, row["before"] or {}) for row in lists])
    sheet.write(f"比 {before}末增减（完成率相差的是百分点）", "heading")
    sheet.table(_figure_columns(document, "change"), [(row, _differences(row)) for row in lists])
    sheet.write("在清单上的项目，到这一天的状态", "heading")
    sheet.table([_title(), *(
        Column(label, lambda row, key=key: row["by_status"][key]) for key, label in STATUSES)], lists)
    sheet.write("每张清单由哪几段组成", "heading")
    stretches = sheet.table([_title(), *(
        Column(label, lambda row, key=key: _segments(row)[key]) for key, label, _ in SEGMENTS)], lists)
    sheet.write("清单从哪里来", "heading")
    sheet.table([
        _title(), Column("类别", lambda row: row["kind_label"]), Column("年份", lambda row: row["year"], "amount"),
        Column("公布单位", lambda row: row["issuer"]), Column("哪天公布的", digest.announced),
        Column("公布最迟日", lambda row: row["announced_on"], "day"),
        Column("公布完成数是哪天的", lambda row: row.get("declared_done_told") or ""),
        Column("分几类", lambda row: row.get("declared_categories")), Column("计数单位", lambda row: row["unit"]),
    ], lists)
    sheet.place(room, [
        (bar_chart(sheet, "公布总数、有明细、已完成", numbers, {
            1 + FIGURES.index(key): colour for key, colour in BARS.items()}),
         "每张清单三条横条：公布总数、有明细、已完成。数字见上表“本季度末”。"),
        (bar_chart(sheet, "每张清单办到了哪一步", stretches, {
            1 + index: colour for index, (_, _, colour) in enumerate(SEGMENTS)}, is_stacked=True),
         "每张清单一条横条，按办到哪一步分段。" + "".join(f"{row['title']}：{row['sentence']}" for row in lists)),
    ], 640, height)
    return sheet


def _explained(row):
    declared = digest.rate_sentence(row) if row.get("declared_rate") else ""
    return f"{row['gap_sentence']}{why(row)}{declared}"


def _title():
    return Column("清单", lambda row: row["title"], "strong")


def _figure_columns(document, style=None):
    labels = labels_of(document)
    return [
        Column("清单", lambda row: row[0]["title"], "strong"),
        *(Column(labels[key], lambda row, key=key: row[1].get(key), style) for key in FIGURES),
        Column(labels["rate"], lambda row: rate_of(row[1]), "points" if style else "percent"),
        *([] if style else [Column("已完成 ÷ 公布总数", lambda row: divided(row[1]))]),
    ]


def divided(figures):
    """What a rate was divided from; "" where there is none."""
    return f"{figures['done']} ÷ {figures['declared']}" if figures.get("rate") else ""


def why(row):
    """Why there is no rate of a list; "" where there is one."""
    return "" if row["rate"] else "因此不算完成率。"


def _differences(row):
    before = row["before"] or {}
    found = {key: difference(row[key], before.get(key)) for key in FIGURES}
    return {**found, "rate": difference(rate_of(row), rate_of(before))}


def _segments(row):
    counts = {part["family"]: part["count"] for part in row["segments"]}
    return {family: counts.get(family, 0) for family, _, _ in SEGMENTS}


# --- 本季度 --------------------------------------------------------------------------------------
def quarter(document, new):
    """The figures beside those of the lists, what moved and how promises stand."""
    figures = document.figures
    sheet = new(f"{document.title}的数", widths=[24, 12, 10, 12, 10, 10], portrait=True)
    sheet.table([
        Column("数", lambda row: row["label"], "strong"), Column("是多少", lambda row: row["value"]),
        Column("单位", lambda row: row["unit"]), Column("比率", rate_of, "percent"),
        Column("分子", lambda row: row["numerator"]), Column("分母", lambda row: row["denominator"]),
    ], figures["counts"])
    for heading, first, rows in ((f"比 {figures['before']['title']}末怎么变的", "变动", figures["moves"]),
                                 (f"{figures['year']} 年应兑现的承诺", "判定", figures["verdicts"])):
        sheet.write(heading, "heading")
        sheet.table([Column(first, lambda row: row["label"], "strong"),
                     Column("多少", lambda row: row["count"])], rows)
    return sheet


# --- 季度对比 ------------------------------------------------------------------------------------
def comparison(document, new):
    figures = document.figures
    before = figures["before"]["title"]
    sheet = new(f"{document.title}和 {before}对比", widths=[30, 16, 32, 14, 14, 14], portrait=True)
    if not figures["lists"]:
        sheet.write(NO_LIST)
        return sheet
    fresh = [row["title"] for row in figures["lists"] if row["before"] is None]
    if fresh:
        sheet.write(f"{before}末还没有的清单：{'、'.join(fresh)}。")
    sheet.write("完成率是同一张清单的已完成 ÷ 公布总数；空着的，原因写在“总览”的说明里。")
    labels = labels_of(document)
    rows = [(row["title"], *each) for row in figures["lists"] for each in _compared(row, row["before"] or {}, labels)]
    rates = {labels["rate"]}

    def style(plain, rate):
        return lambda row: rate if row[2] in rates else plain

    sheet.table([
        Column("清单", lambda row: row[0], "strong"), Column("哪一种", lambda row: row[1]),
        Column("数", lambda row: row[2]),
        Column("上季度末", lambda row: row[3], style("number", "percent")),
        Column("本季度末", lambda row: row[4], style("number", "percent")),
        Column("增减", lambda row: difference(row[4], row[3]), style("change", "points")),
    ], rows, main=True)
    return sheet


def _compared(now, before, labels):
    """(sort, word, before, now) of every figure of a list."""
    for key in FIGURES:
        yield "清单", labels[key], before.get(key), now[key]
    yield "清单", labels["rate"], rate_of(before), rate_of(now)
    for sort, part, keys in [("按状态", "by_status", STATUSES), ("几种状态合计", "families", FAMILIES.items())]:
        for key, label in keys:
            yield sort, label, before.get(part, {}).get(key), now[part][key]


# --- 分类 ----------------------------------------------------------------------------------------
GROUP_COLUMNS = [
    Column("有明细", lambda row: row[-1]["recorded"]),
    Column(FAMILIES["done"], lambda row: row[-1]["done"]),
    Column(FAMILIES["doing"], lambda row: row[-1]["families"]["doing"]),
    Column(FAMILIES["stopped"], lambda row: row[-1]["families"]["stopped"]),
    Column("暂无进展信息", lambda row: row[-1]["unknown"]),
    *(Column(f"其中：{label}", lambda row, key=key: row[-1]["by_status"][key])
      for key, label in STATUSES if key != "unknown"),
]
GROUP_WIDTHS = [12, 13, 15, 13, 13, *[11] * 8]


def categories(document, new):
    sheet = new(f"{document.title}按类型", widths=[30, 26, *GROUP_WIDTHS])
    rows = [(row, group) for row in document.figures["lists"] for group in row["by_category"]]
    if not rows:
        sheet.write(NO_LIST if not document.figures["lists"] else "各张清单的明细都在整理，不能按类型分。")
        return sheet
    _say_what_is_left_out(sheet, document)
    sheet.table([
        Column("清单", lambda row: row[0]["title"], "strong"), Column("类型", lambda row: row[1]["label"]),
        *GROUP_COLUMNS], rows, main=True, frozen=2)
    return sheet


def _say_what_is_left_out(sheet, document):
    bare = [row["title"] for row in document.figures["lists"] if not row["recorded"]]
    if bare:
        sheet.write(f"明细整理中、不在这张表里的清单：{'、'.join(bare)}。")


# --- 社区 ----------------------------------------------------------------------------------------
def communities(document, new):
    """A row for each community in the office's order, three columns for each list."""
    lists = [row for row in document.figures["lists"] if row["recorded"]]
    groups = {row["slug"]: {group["key"]: group for group in row["by_community"]} for row in lists}
    sheet = new(f"{document.title}按社区", widths=[14, *[13] * max(5, 3 * len(lists))],
                portrait=len(lists) < 3, paper=A4 if len(lists) < 3 else A3, one_page=True)
    if not lists:
        sheet.write("各张清单的明细都在整理，不能按社区分。" if document.figures["lists"] else NO_LIST)
        return sheet
    _say_what_is_left_out(sheet, document)
    sheet.write("0 表示这张清单上有明细的项目里没有这个社区的；不等于没有办过事。")
    columns = [
        Column(f"{row['title']}：{word}", lambda each, slug=row["slug"], key=key: groups[slug].get(
            each["key"], {}).get(key, 0))
        for row in lists for key, word in (("recorded", "有明细"), ("done", "已完成"), ("unknown", "暂无进展信息"))]
    sheet.table([Column("社区", lambda each: each["label"], "strong"), *columns],
                _places(document, lists), main=True)
    return sheet


def _places(document, lists):
    """Every community of the street in its order, then any other that a list names, last 不分社区."""
    found = {each["key"]: each for each in document.figures.get("communities", [])}
    named = {group["key"]: group for row in lists for group in row["by_community"]}
    rest = named.pop("", None)
    return [*(found | {key: each for key, each in named.items() if key not in found}).values(),
            *filter(None, [rest])]


def community_states(document, new):
    sheet = new(f"{document.title}按社区，各种状态", widths=[14, 30, *GROUP_WIDTHS])
    lists = document.figures["lists"]
    rows = [(place, row, group) for place in _places(document, lists) for row in lists
            for group in row["by_community"] if group["key"] == place["key"]]
    if not rows:
        sheet.write("各张清单的明细都在整理，不能按社区分。" if lists else NO_LIST)
        return sheet
    _say_what_is_left_out(sheet, document)
    sheet.table([
        Column("社区", lambda row: row[-1]["label"], "strong"), Column("清单", lambda row: row[1]["title"]),
        *GROUP_COLUMNS], rows, main=True, frozen=2)
    return sheet
