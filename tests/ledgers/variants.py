"""Ledgers at random: headings × formats × units × layouts, for percents, money and days planned.

Each strategy gives a `Ledger` as those of LEDGERS are, with one project in a row; a column has one way of writing.
"""
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from tests.ledgers.book import MAKERS, C, Sheet, text
from tests.ledgers.shape import Ledger, answer, column, row, sheet, skip

WIDE = str.maketrans("0123456789.%-/,", "０１２３４５６７８９．％－／，")
NAMES = ["项目名称", "事项名称", "工作事项", "项 目 名 称", "项目\n名称", "名称"]
THINGS = ["口袋公园", "灯光球场", "长者饭堂", "图书角", "健身步道", "充电车棚", "议事亭", "无障碍坡道"]
TITLES = [[], ["示例街道2026年示例清单"], ["示例清单", ""], ["附件1", "示例清单（征求意见稿）"], ["示例清单",
    "填报单位：示例办"]]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out, and as what it is written."""

    maker: str  # one of MAKERS, csv, tsv
    encoding: str
    titles: list
    name: str  # the heading of names
    is_numbered: bool
    is_field_first: bool
    is_empty_column_between: bool
    is_in_two_storeys: bool
    has_total: bool
    has_section: bool
    has_note: bool


@dataclass(frozen=True)
class Way:
    """One way to write a column: its headings, and what a value looks like in a workbook and in a text."""

    headings: list
    cell: object  # value → what stands in the cell
    wanted: object  # value → what is stored
    above: str = ""  # a row over the header
    in_text: bool = True  # whether a .csv may have it: there are no formats


def layouts():
    makers = st.sampled_from([*MAKERS, *MAKERS, "csv", "tsv"])
    yes = st.booleans()
    return st.builds(
        Layout, makers, st.sampled_from(ENCODINGS), st.sampled_from(TITLES), st.sampled_from(NAMES), yes, yes, yes, yes,
        yes, yes, yes)


def shown(value):
    """A value as a .csv has it."""
    value = value.value if isinstance(value, C) else value
    if isinstance(value, date):
        return f"{value.year}/{value.month}/{value.day}"
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def built(field, layout, way, heading, values):
    """The ledger of these values of one field."""
    columns = [(heading, [way.cell(value) for value in values])]
    names = [f"示例{thing}{number}" for number, thing in zip(count(1), THINGS[:len(values)], strict=False)]
    columns.insert(len(columns) if layout.is_field_first else 0, (layout.name, names))
    if layout.is_empty_column_between:
        columns.insert(1, ("", [""] * len(values)))
    if layout.is_numbered:
        columns.insert(0, ("序号", list(range(1, len(values) + 1))))
    names_at = [title for title, _ in columns].index(layout.name)
    field_at = [title for title, _ in columns].index(heading)

    def only(words):
        """A row with words in the column of names alone."""
        return [words if i == names_at else "" for i in range(len(columns))]

    rows = [[title] for title in layout.titles] + ([[way.above]] if way.above else [])
    header = [len(rows) + 1]
    rows.append([title for title, _ in columns])
    # a header of two rows that says all in its first: as merging downwards makes it. Text files have no merges
    merges = ()
    if layout.is_in_two_storeys and layout.maker in MAKERS:
        rows.append([""] * len(columns))
        header.append(header[0] + 1)
        merges = tuple(f"{column(i)}{header[0]}:{column(i)}{header[1]}" for i in range(len(columns)) if columns[i][0])
    lines = []
    if layout.has_section:
        rows.append(only("一、示例类"))
        lines.append(skip(len(rows), "section"))
    for i, value in enumerate(values):
        rows.append([cells[i] for _, cells in columns])
        lines.append(row(len(rows), name=names[i], **{field: way.wanted(value)}))
    if layout.has_total:
        rows.append(only("合　计"))
        lines.append(skip(len(rows), "total"))
    if layout.has_note:
        rows.append(only("备注：示例数据，请勿外传。"))
        lines.append(skip(len(rows), "note"))
    expected = answer(sheet(*lines, header=header, columns={column(names_at): "name", column(field_at): field}))
    if layout.maker in MAKERS:
        kind = "xlsx" if layout.maker == "opx" else layout.maker
        content = MAKERS[layout.maker](Sheet(rows, merges=merges))
    else:
        kind = layout.maker
        lines = [[shown(cell) for cell in line] for line in rows]
        content = text(lines, layout.encoding, "\t" if kind == "tsv" else ",")
    return Ledger(f"variant-{field}", kind, f"a.{kind}", lambda: content, expected)


def ledgers_of(field, ways, values):
    """Any of these ways with values of its own. `ways`: a list of (way, strategy of a value or None for `values`)."""

    @st.composite
    def ledger(draw):
        layout = draw(layouts())
        fitting = [each for each in ways if layout.maker in MAKERS or each[0].in_text]
        way, own = draw(st.sampled_from(fitting))
        rows = draw(st.lists(values if own is None else own, min_size=2, max_size=len(THINGS)))
        return built(field, layout, way, draw(st.sampled_from(way.headings)), rows)

    return ledger()


# --- percents --------------------------------------------------------------------------------------
PERCENT_NAMES = ["完成百分比", "完成比例", "完成率", "完成百分比（%）", "进度（%）", "完成进度%"]
PERCENT_OF_A_HUNDRED = ["完成百分比", "进度（%）", "完成百分比(％)", "完成进度（%）"]


def percent_ledgers():
    """A column of percents: by the cell's format, as text, or of a hundred."""
    ways = [(Way(PERCENT_NAMES, lambda value, format=format: C(value / 100, format), int, in_text=False), None)
            for format in ("0%", "0.00%", "0.0%", "0%;-0%")]
    ways += [
        (Way(PERCENT_NAMES, lambda value: f"{value}%", int), None),
        (Way(PERCENT_NAMES, lambda value: f" {value} ％", int), None),
        (Way(PERCENT_NAMES, lambda value: f"{value}%".translate(WIDE), int), None),
        # 1 and 0 alone might be done and not begun: from two on it is of a hundred without doubt
        (Way(PERCENT_OF_A_HUNDRED, lambda value: value, int), st.integers(2, 100)),
        (Way(PERCENT_OF_A_HUNDRED, lambda value: str(value), int), st.integers(2, 100)),
        (Way(PERCENT_OF_A_HUNDRED, lambda value: C(value, "0.00"), int, in_text=False), st.integers(2, 100)),
    ]
    return ledgers_of("percent", ways, st.integers(0, 100))


# --- money -----------------------------------------------------------------------------------------
MONEY_NAMES = ["总投资", "预算", "预算金额", "投资额", "总 投 资", "计划总投资"]
UNITS = {"元": 1, "千元": 1000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000, "亿": 100_000_000}
BRACKETS = ["（{}）", "({})", "/{}", "\n（{}）", "（单位：{}）", "【{}】"]


def _in(unit, budget):
    """An amount of 万元 in another unit."""
    return (budget * 10_000 / UNITS[unit]).normalize()


def money_ledgers():
    """A column of amounts: the unit in the heading, above it or in the cell; plain, with a format, as text."""
    ways = []
    for unit in UNITS:
        spoken = [name + bracket.format(unit) for name in MONEY_NAMES for bracket in BRACKETS]
        amount = lambda value, unit=unit: _in(unit, value)  # noqa: E731 - bound to its unit
        cells = [
            (lambda value, amount=amount: float(amount(value)), True),
            (lambda value, amount=amount: C(float(amount(value)), "#,##0.00"), False),
            (lambda value, amount=amount: C(float(amount(value)), "General"), False),
            (lambda value, amount=amount: format(amount(value), ",f"), True),
            (lambda value, amount=amount: format(amount(value), "f").translate(WIDE), True),
        ]
        ways += [(Way(spoken, cell, str, in_text=in_text), None) for cell, in_text in cells]
        ways += [(Way(MONEY_NAMES, cell, str, f"{words}：{unit}", in_text), None)
                 for cell, in_text in cells[:2] for words in ("单位", "金额单位")]
        ways.append((Way(MONEY_NAMES, lambda value, amount=amount, unit=unit: f"{amount(value):f}{unit}", str), None))
    # from 1 to 5000 万元, to 0.01: what a project of a street may cost, so that no size gives a doubt
    return ledgers_of("budget", ways, st.integers(100, 500_000).map(lambda value: Decimal(value) / 100))


# --- days ------------------------------------------------------------------------------------------
DAY_NAMES = ["完成时限", "截止时间", "计划完成时间", "计划完成", "办结时限", "完 成 时 限"]
FIGURES = "〇一二三四五六七八九"


def _end(day):
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1]).isoformat()


def _quarter_end(day):
    return _end(day.replace(day=1, month=(day.month + 2) // 3 * 3))


def _chinese(number):
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else FIGURES[tens]) + ("十" if tens else "") + (FIGURES[ones] if ones else "")


def _spelt(day):
    year = "".join(FIGURES[int(figure)] for figure in str(day.year))
    return f"{year}年{_chinese(day.month)}月{_chinese(day.day)}日"


def day_ledgers():
    """A column of deadlines: days, months and quarters, in cells of days and in words."""
    exact = [
        lambda day: day, lambda day: f"{day.year}年{day.month}月{day.day}日", lambda day: day.isoformat(),
        lambda day: f"{day.year}/{day.month}/{day.day}", lambda day: f"{day.year}.{day.month}.{day.day}",
        lambda day: f"{day.year}年{day.month}月{day.day}日前",
        lambda day: f"{day.year}年{day.month}月{day.day}日前办结",
        lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日", lambda day: day.isoformat().translate(WIDE),
        lambda day: f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）", _spelt,
        lambda day: f"即日起至{day.year}年{day.month}月{day.day}日",
    ]
    formats = ["yyyy/m/d", 'yyyy"年"m"月"d"日"', "yyyy-mm-dd", "m/d/yyyy"]
    months = [
        lambda day: f"{day.year}年{day.month}月", lambda day: f"{day.year}年{day.month}月底",
        lambda day: f"{day.year}年{day.month:02}月底前", lambda day: f"预计{day.year}年{day.month}月完成",
        lambda day: f"{day.year}-{day.month:02}", lambda day: f"{day.year}年1月至{day.year}年{day.month}月",
    ]
    quarters = [
        lambda day: f"{day.year}Q{(day.month + 2) // 3}",
        lambda day: f"{day.year}年第{'一二三四'[(day.month - 1) // 3]}季度",
        lambda day: f"{day.year}年{'一二三四'[(day.month - 1) // 3]}季度末",
    ]
    ways = [Way(DAY_NAMES, cell, date.isoformat) for cell in exact]
    ways += [Way(DAY_NAMES, lambda day, format=format: C(day, format), date.isoformat, in_text=False)
             for format in formats]
    ways += [Way(DAY_NAMES, cell, _end) for cell in months]
    ways += [Way(DAY_NAMES, lambda day, format=format: C(day.replace(day=1), format), _end, in_text=False)
             for format in ("yyyy年m月", 'yyyy"年"m"月"', "yyyy-mm")]
    ways += [Way(DAY_NAMES, cell, _quarter_end) for cell in quarters]
    return ledgers_of("planned_end", [(way, None) for way in ways], st.dates(date(2026, 3, 2), date(2027, 12, 31)))
