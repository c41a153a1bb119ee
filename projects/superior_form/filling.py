"""Fill a form: what stands where, told to the limited child that writes the workbook."""
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from guicheng.excel_import.amounts import TO_TEN_THOUSAND
from guicheng.excel_import.names import key_of
from guicheng.files.limited_child import limited_child
from guicheng.files.spreadsheets import EXHAUSTED, Unreadable
from projects.superior_form.heads import LEAVE, label_of
from projects.superior_form.layout import Layout, block_for
from projects.superior_form.rows import DAY_ZERO

CHILD = Path(__file__).with_name("child.py")
MEMORY, SECONDS = 640, 30  # MB, seconds of the processor
MOST_ROWS = 5000
TOO_MANY = f"要填的超过 {MOST_ROWS:,} 行，请按单位分开填。"


@dataclass(frozen=True)
class Column:
    """One column of a form. `unit` is of money, `manner` how a day is written in words."""

    heading: str
    unit: str = ""
    manner: str = ""

    @property
    def is_percent_heading(self):
        return "%" in self.heading or "％" in self.heading

    def day(self, value):
        if value is None:
            return None
        return {"serial": (value - DAY_ZERO).days, "text": self.manner.format(value)}

    def money(self, amount):
        """An amount in 万元, in the unit of the heading."""
        if not self.unit:
            return {"unknown": f"表头没有写是元还是万元（本站是 {amount.normalize():f} 万元）"}
        return {"number": float(amount / TO_TEN_THOUSAND[self.unit])}


@dataclass(frozen=True)
class Unknown:
    """A project that the superior wrote and the portal does not know."""

    name: str

    def __str__(self):
        return self.name

    def value(self, key, column):
        return {"unknown": "本站没有叫这个名字的项目"}


@dataclass(frozen=True)
class Filling:
    """A filled form."""

    content: bytes
    rows: int
    filled: int  # cells
    empty: int
    misfits: list
    left_out: list  # (project, why)


def looked_at(path):
    """What the child says of how a workbook is built. Raises Unreadable."""
    with limited_child(CHILD, path, "look", memory=MEMORY, seconds=SECONDS) as lines:
        told = list(lines)
    if not told:
        raise Unreadable(EXHAUSTED)
    return json.loads(told[0])


def fill(form, rows, unit="", as_of=None, today=None):
    """The form with these rows (of FormRow). Raises Unreadable with a sentence."""
    return fill_each(form, [(unit, rows)], as_of, today)[0]


def fill_each(form, parts, as_of=None, today=None):
    """The form once for each (unit, its rows), in that order. Raises Unreadable with a sentence."""
    if sum(len(rows) for _, rows in parts) > MOST_ROWS:
        raise Unreadable(TOO_MANY)
    layout = Layout.from_dict(form.layout)
    columns = [Column(*each) for each in zip(form.headings, form.units, form.manners, strict=True)]
    plans = [_plan(form, layout, columns, rows, (unit, as_of, today)) for unit, rows in parts]
    return [Filling(content, told["rows"], told["filled"], told["empty"], told["misfits"], plan["left_out"])
            for plan, (told, content) in zip(plans, _run(form.path, plans), strict=True)]


def _plan(form, layout, columns, rows, said):
    """What the child does for one workbook."""
    placed, copies, left_out = place(layout, rows)
    return {
        "sheet": form.sheet, "copies": copies, "blocks": [[block.first, block.last] for block in layout.blocks],
        "rows": [[line, copy, str(row), _values(form, layout, columns, row, serial)]
                 for serial, (line, copy, row) in enumerate(placed, 1)],
        "places": [[line, column, _put(text, *said)] for line, column, text in layout.places],
        "headings": {str(index): heading for index, heading in enumerate(form.headings, 1)},
        "about": [f"{form.title}：这一页是本站填表时写的，报送前可以删掉。", *_not_ours(form)],
        "left_out": [(str(row), why) for row, why in left_out],
    }


def _run(path, plans):
    """[(what the child told, the workbook)] of each plan. Raises Unreadable."""
    with tempfile.TemporaryDirectory(prefix="guicheng-form-") as folder:
        plan_path = Path(folder) / "plans.json"
        plan_path.write_text(json.dumps(plans), encoding="utf-8")
        with limited_child(CHILD, path, "fill", str(plan_path), folder, memory=MEMORY, seconds=SECONDS) as lines:
            told = [json.loads(line) for line in lines]
        if len(told) < len(plans):
            raise Unreadable(EXHAUSTED)
        return [(each, (Path(folder) / f"{index}.xlsx").read_bytes()) for index, each in enumerate(told)]


def place(layout, rows):
    """([(line, which copy of it, row)], {line: copies}, [(row, why it found no place)])."""
    if layout.is_named:
        return _by_name(layout, rows)
    queues, left_out = {index: [] for index in range(len(layout.blocks))}, []
    for row in rows:
        index = block_for(layout.blocks, row) if layout.has_sections else 0
        if index is None:
            left_out.append((row, "表样里没有它的单位或类型这一段"))
        else:
            queues[index].append(row)
    placed, copies = [], {}
    for block, queue in zip(layout.blocks, queues.values(), strict=True):
        for number, row in enumerate(queue):
            line = min(block.first + number, block.last)
            placed.append((line, number - (line - block.first), row))
        copies[block.last] = max(1, len(queue) - block.size + 1)
    return placed, copies, left_out


def _by_name(layout, rows):
    """Where the superior wrote the projects: each in its own line, and none besides."""
    lines = {}
    for block in layout.blocks:
        for line, name in block.names.items():
            lines.setdefault(key_of(name), line)
    placed, left_out = [], []
    for row in rows:
        line = lines.pop(key_of(str(row)), None)
        if line is None:
            left_out.append((row, "表样里印好的项目没有它"))
        else:
            placed.append((line, 0, row))
    placed += [(line, 0, Unknown(name)) for block in layout.blocks for line, name in block.names.items()
               if line in lines.values()]
    return sorted(placed, key=lambda each: each[0]), {}, left_out


def _values(form, layout, columns, row, serial):
    """{column from 1: value} of one line."""
    found, is_printed = {}, layout.is_named
    for index, (key, column) in enumerate(zip(form.columns, columns, strict=True), 1):
        if key == LEAVE or not column.heading or (is_printed and key in ("name", "serial")):
            continue
        if key == "serial":
            found[index] = {"number": serial, "text": str(serial)}
        else:
            found[index] = row.value(key, column) if key else {"unknown": "本站没有这一栏", "not_ours": True}
    return found


def _put(text, unit, as_of, today):
    for key, value in (("unit", unit), ("as_of", _day(as_of)), ("today", _day(today))):
        text = text.replace(f"{{{key}}}", value)
    return text


def _day(value):
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def _not_ours(form):
    """What columns nothing fills, once and not for each line."""
    empty = [heading for heading, key in zip(form.headings, form.columns, strict=True) if heading and not key]
    lines = [f"整栏没有填的：{'、'.join(empty)}。本站没有这些内容。"] if empty else []
    shown = [f"{heading} ← {label_of(key)}" for heading, key in zip(form.headings, form.columns, strict=True)
             if key not in ("", LEAVE, "serial") and heading != label_of(key)]
    return [*lines, *([f"各栏填的是：{'；'.join(shown)}。"] if shown else [])]
