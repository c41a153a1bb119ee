"""Reads a quarter's workbook back, and holds it against the document it was made from."""
import copy
import io
import re
from datetime import date, datetime
from decimal import Decimal

import openpyxl

from projects.models import Status

HEAD = "FFFBEEEC"  # the ground of a table's header
NUMBERS = {"公布总数": "declared", "公布完成数": "declared_done", "有明细": "recorded", "已完成": "done",
           "长期开展": "standing", "暂无进展信息": "unknown", "明细整理中": "missing"}
LABELS = {Status.label_of(key): key or "unknown" for key in Status.possible()}


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def tables(sheet):
    """The tables of a sheet, top to bottom: each a list of rows by title. A blank cell is None."""
    found, titles = [], None
    for row in sheet.iter_rows():
        if row[0].fill.fgColor.rgb == HEAD and row[0].font.bold and row[0].alignment.horizontal == "center" and (
                not str(row[0].value).startswith("■")):
            titles = [cell.value for cell in row if cell.value is not None]
            found.append([])
        elif not row[0].border.left.style:
            titles = None
        elif titles:
            found[-1].append(dict(zip(titles, (cell.value for cell in row), strict=False)))
    return found


def said(sheet):
    """Every text of a sheet, joined."""
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _as_number(text):
    return None if text is None else float(Decimal(text))


def _text(value):
    """What a cell holds of a text or day of the document."""
    if value and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return datetime.combine(date.fromisoformat(value), datetime.min.time())
    return value or None


def assert_says(book, figures):
    """Every table of the workbook against the figures of the document, cell by cell."""
    _assert_overview(book, figures)
    _assert_quarter(book, figures)
    _assert_comparison(book, figures)
    _assert_groups(book, figures)
    _assert_rows(book, figures)


def _assert_overview(book, figures):
    lists = figures["lists"]
    found = tables(book["总览"])
    if not lists:
        assert not found
        return
    now, before, more, states, stretches, origins = found
    assert all(len(rows) == len(lists) for rows in found)
    for index, each in enumerate(lists):
        assert {rows[index]["清单"] for rows in found} == {each["title"]}
        past = each["before"] or {}
        for title, key in NUMBERS.items():
            assert now[index][title] == each[key], (each["title"], title)
            assert before[index][title] == past.get(key), (each["title"], title)
            known = each[key] is not None and past.get(key) is not None
            assert more[index][title] == (each[key] - past[key] if known else None), (each["title"], title)
        assert now[index]["完成率"] == _as_number(each["rate"])
        assert before[index]["完成率"] == _as_number(past.get("rate"))
        assert now[index]["已完成 ÷ 公布总数"] == (f"{each['done']} ÷ {each['declared']}" if each["rate"] else None)
        rate = f"公布完成率 {each['declared_rate']}%，按公布数计算。" if each.get("declared_rate") else ""
        assert now[index]["说明"] == each["gap_sentence"] + ("" if each["rate"] else "因此不算完成率。") + rate
        assert {key: states[index][label] for label, key in LABELS.items()} == each["by_status"]
        counted = {label: count for label, count in stretches[index].items() if label != "清单" and count}
        assert counted == {part["label"]: part["count"] for part in each["segments"] if part["count"]}
        assert origins[index]["公布单位"] == (each["issuer"] or None)


def _assert_quarter(book, figures):
    counts, moves, verdicts = tables(book["本季度"])
    for row, each in zip(counts, figures["counts"], strict=True):
        assert (row["数"], row["是多少"], row["单位"]) == (each["label"], each["value"], each["unit"])
        assert (row["分子"], row["分母"]) == (each["numerator"], each["denominator"])
        assert row["比率"] == _as_number(each["rate"])
    assert [(row["变动"], row["多少"]) for row in moves] == [(row["label"], row["count"]) for row in figures["moves"]]
    assert [(row["判定"], row["多少"]) for row in verdicts] == [
        (row["label"], row["count"]) for row in figures["verdicts"]]


def _assert_comparison(book, figures):
    found = tables(book["季度对比"])
    rows = {(row["清单"], row["哪一种"], row["数"]): row for row in (found[0] if found else [])}
    for each in figures["lists"]:
        past = each["before"] or {}
        for title, key in NUMBERS.items():
            row = rows.pop((each["title"], "清单", title))
            assert (row["上季度末"], row["本季度末"]) == (past.get(key), each[key])
        row = rows.pop((each["title"], "清单", "完成率"))
        assert (row["上季度末"], row["本季度末"]) == (_as_number(past.get("rate")), _as_number(each["rate"]))
        for label, key in LABELS.items():
            row = rows.pop((each["title"], "按状态", label))
            assert (row["上季度末"], row["本季度末"]) == (past.get("by_status", {}).get(key), each["by_status"][key])
        for key in ("done", "doing", "stopped", "none"):
            name = next(name for name in rows if name[:2] == (each["title"], "几种状态合计"))
            row = rows.pop(name)
            assert (row["上季度末"], row["本季度末"]) == (past.get("families", {}).get(key), each["families"][key])
    assert not rows


def _counts(row):
    return {"recorded": row["有明细"], "done": row["已完成、已投用"], "unknown": row["暂无进展信息"],
            "doing": row["筹备、推进、长期开展"], "stopped": row["暂停、不再实施"],
            **{key: row[f"其中：{label}"] for label, key in LABELS.items() if key != "unknown"}}


def _expected(group):
    return {**{key: group[key] for key in ("recorded", "done", "unknown")},
            **{key: group["families"][key] for key in ("doing", "stopped")},
            **{key: count for key, count in group["by_status"].items() if key != "unknown"}}


def _assert_groups(book, figures):
    for name, column, part in (("分类", "类型", "by_category"), ("社区明细", "社区", "by_community")):
        rows = {(row["清单"], row[column]): row for table in tables(book[name]) for row in table}
        for each in figures["lists"]:
            for group in each[part]:
                assert _counts(rows.pop((each["title"], group["label"]))) == _expected(group), (name, group["label"])
        assert not rows
    rows = {row["社区"]: row for table in tables(book["社区"]) for row in table}
    assert not rows or [row["label"] for row in figures["communities"]] == list(rows)[:len(figures["communities"])]
    for each in figures["lists"]:
        groups = {group["label"]: group for group in each["by_community"]}
        for label, row in rows.items() if each["recorded"] else ():
            group = groups.pop(label, {})
            for word, key in (("有明细", "recorded"), ("已完成", "done"), ("暂无进展信息", "unknown")):
                assert row[f"{each['title']}：{word}"] == group.get(key, 0), (each["title"], label, word)
        assert not groups


ROWS = {  # sheet -> key of the figures, {title: key of the row}
    "清单明细": ("projects", {
        "编号": "code", "项目": "name", "属于": "parent", "清单": "list_title", "类型": "category", "社区": "community",
        "是否写明在清单上": "membership", "牵头单位": "department", "办公电话": "phone", "状态": "status_label",
        "最近进展是哪天的": "moved", "最迟日": "moved_on", "最近进展": "latest", "计划开始": "planned_start",
        "计划完成": "planned_end",
        "应于（含延期）": "due_on", "销号日": "closed_on", "来源": "source"}),
    "承诺": ("promises", {
        "编号": "code", "项目": "name", "清单": "list_title", "承诺": "text", "哪天承诺的": "promised",
        "承诺最迟日": "promised_on", "到期日": "due_on", "判定": "verdict_label", "依据是哪天的": "proof",
        "依据最迟日": "proof_on",
        "依据的来源": "proof_source", "承诺的来源": "source"}),
    "逾期": ("overdue", {
        "编号": "code", "项目": "name", "清单": "list_title", "社区": "community", "牵头单位": "department",
        "办公电话": "phone", "应于（含延期）": "due_on", "状态": "status_label",
        "最近进展是哪天的": "moved", "最迟日": "moved_on", "最近进展": "latest"}),
    "到期待核": ("pending", {
        "编号": "code", "项目": "name", "应于（含延期）": "due_on", "状态": "status_label", "最近进展": "latest"}),
    "锁定后更正": ("corrections", {
        "编号": "code", "项目": "name", "怎么改的": "label", "说的是哪天": "told", "最迟日": "effective_on",
        "更正之日": "recorded_on",
        "原来": "before", "改为": "after", "理由": "reason"}),
}


def _assert_rows(book, figures):
    for name, (key, columns) in ROWS.items():
        found = tables(book[name])
        expected = figures[key] + (figures["next_promises"] if key == "promises" else [])
        rows = [row for table in found for row in table]
        assert len(rows) == len(expected), name
        for row, each in zip(rows, expected, strict=True):
            assert {title: row[title] for title in columns} == {
                title: _text(each[key]) for title, key in columns.items()}, (name, each["code"])
    for row, each in zip((row for table in tables(book["承诺"]) for row in table),
                         figures["promises"] + figures["next_promises"], strict=True):
        assert row["依据"] == _text(each["proof_text"] or each.get("why", ""))
    for table in tables(book["清单明细"]):
        assert [(row["序号"], row["完成百分比"], row["预算（万元）"]) for row in table] == [
            (row["number"], row["percent"], _as_number(row["budget"])) for row in figures["projects"]]
    moved = {row["编号"]: row for table in tables(book["变动"]) for row in table}
    assert set(moved) == {row["code"] for row in figures["changes"]}
    for row in figures["changes"]:
        assert (moved[row["code"]]["上季度末"], moved[row["code"]]["本季度末"]) == (
            row["before_label"], row["after_label"])


# --- every leaf its own -----------------------------------------------------------------------------
KEYS = {  # not figures, but what tells them apart
    "format", "quarter", "first_day", "last_day", "as_of", "known_at", "slug", "kind", "key", "family", "list",
    "status", "verdict", "before", "after", "announced_from",
}


def marked(figures):
    """A copy in which every number and text is another one, and {path: value} of them."""
    leaves, figures = {}, copy.deepcopy(figures)

    def mark(value, path):
        if isinstance(value, dict):
            return {key: each if key in KEYS and not isinstance(each, dict) else mark(each, (*path, key))
                    for key, each in value.items()}
        if isinstance(value, list):
            return [mark(each, (*path, index)) for index, each in enumerate(value)]
        if value is None or isinstance(value, bool) or value == "":
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return value
        number = 10_000 + len(leaves)
        if path[-1] in ("rate", "budget"):
            leaves[path] = f"{number}.5"
        else:
            leaves[path] = f"字{number}号" if isinstance(value, str) else number
        return leaves[path]

    return mark(figures, ()), leaves
