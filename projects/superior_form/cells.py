"""What goes into the cells of a form: in the form's own manner, or yellow with the reason.

Known to the limited child: it imports no Django.
"""
from projects.superior_form.page import drop_down
from projects.superior_form.parts import escaped
from projects.superior_form.references import letters

OPERATORS = {
    "between": lambda a, b, c: b <= a <= c, "notBetween": lambda a, b, c: not b <= a <= c,
    "equal": lambda a, b, c: a == b, "notEqual": lambda a, b, c: a != b,
    "greaterThan": lambda a, b, c: a > b, "greaterThanOrEqual": lambda a, b, c: a >= b,
    "lessThan": lambda a, b, c: a < b, "lessThanOrEqual": lambda a, b, c: a <= b,
}
NUMBERS = {"whole", "decimal", "date"}


class Cells:
    """Asked by `Filled` for each cell. A value of the plan is one of:

    {"text"}, {"number"}, {"share": 70}, {"serial", "text"} of a day; "also": other words that mean the same;
    {"unknown": why it stays empty}, and {"unknown", "not_ours"} in a column that nothing fills.
    Any may have "doubt": why somebody should look at it.
    """

    def __init__(self, plan, page, pages, names, moves, styles, texts):
        self.plan, self.page, self.styles, self.moves, self.texts = plan, page, styles, moves, texts
        self.values, self.rows, self.called = {}, {}, {}
        for row, copy, called, values in plan["rows"]:
            here = moves.first(row) + copy
            self.values[here] = {int(column): value for column, value in values.items()}
            self.rows[here], self.called[here] = row, called
        for row, column, text in plan["places"]:
            self.values.setdefault(moves.first(row), {})[column] = {"text": text}
        self.rules = [(areas, kind, said, operator, drop_down(said[0], pages, names, page, texts)
                       if kind == "list" else None) for areas, kind, said, operator in page.rules()]
        self.inside = {(row, column): (top, left) for left, top, right, bottom in page.merges
                       for row in range(top, min(bottom, top + 3000) + 1)
                       for column in range(left, min(right, left + 200) + 1) if (row, column) != (top, left)}
        self.number = self.empty = 0
        self.misfits = []  # (cell, row's name, heading, why)

    def columns(self, here):
        return self.values.get(here, ())

    def __call__(self, here, row, column):
        """(style, type, inner text) of the cell, or None where it stays as it is."""
        value = self.values.get(here, {}).get(column)
        if value is None:
            return None
        style = self.page.style(row, column)
        if (row, column) in self.inside and here in self.called:
            if self.inside[row, column][0] == row:
                return None  # hidden beside its left in the same line
            value = {"unknown": "这一格和上面的合并了，写不下"}
        return self._written(here, row, column, value, style)

    def _written(self, here, row, column, value, style):
        p = self.page.prefix
        is_ours = "not_ours" not in value
        value, why = self._fitted(value, row, column, style)
        if value is None:
            if is_ours:  # of what the portal does not have at all the whole column is told once
                self._misfit(here, column, why)
            self.empty += 1
            return self._yellow(style), "", ""
        self.number += 1
        if doubt := value.get("doubt"):
            self._misfit(here, column, doubt)
            style = self._yellow(style)
        if value.get("number") is not None:
            return style, "", f"<{p}v>{value['number']:.15g}</{p}v>"
        text = escaped(value["text"])
        return style, "inlineStr", f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is>'

    def _yellow(self, style):
        return self.styles.yellow(style) if self.styles.xfs else style

    def _misfit(self, here, column, why):
        heading = self.plan["headings"].get(str(column), "")
        self.misfits.append((f"{letters(column)}{here}", self.called.get(here, ""), heading, why))

    def _fitted(self, value, row, column, style):
        """(the value as this cell takes it, "") or (None, why not)."""
        if "unknown" in value:
            return None, value["unknown"]
        value = self._in_its_manner(value, style)
        for areas, kind, said, operator, words in self.rules:
            if any(left <= column <= right and top <= row <= bottom for left, top, right, bottom in areas):
                value, why = self._by_rule(value, kind, said, operator, words)
                if value is None:
                    return None, why
        return value, ""

    def _in_its_manner(self, value, style):
        """A share as 0.7 or 70, a day as a day or as words: as the cell shows it."""
        if "share" in value:
            share, doubt = value["share"], {"doubt": value["doubt"]} if "doubt" in value else {}
            if self.styles.is_share(style):
                return {"number": share / 100, "text": f"{share:g}%", **doubt}
            if value["is_plain"]:
                return {"number": share, "text": f"{share:g}", **doubt}
            return {"text": f"{share:g}%", "loose": share, **doubt}
        if "serial" in value and self.styles.is_day(style):
            return {**value, "number": value["serial"]}
        return value

    def _by_rule(self, value, kind, said, operator, words):
        if kind == "list":
            return self._from_list(value, words)
        if kind not in NUMBERS:
            return value, ""
        number = value.get("number", value.get("loose"))
        if number is None and kind == "date" and "serial" in value:
            number = value["serial"]
        limits = [_number(each) for each in said]
        if limits[0] is None or (operator in ("between", "notBetween") and limits[1] is None):
            return {**value, "doubt": "这一格限定了能填的范围，范围读不出来，请核对"}, ""
        if number is None:
            return None, f"“{_short(value['text'])}”不是数，这一格只能填数"
        for each in (number, number / 100) if "loose" in value else (number,):
            if OPERATORS.get(operator, OPERATORS["between"])(each, *limits) and (kind != "whole" or each == int(each)):
                return {**value, "number": each}, ""
        return None, f"“{number:g}”不在这一格限定的范围里"

    def _from_list(self, value, words):
        if words is None:
            return {**value, "doubt": "下拉列表读不出来，请核对"}, ""
        text = value["text"] if "text" in value else f"{value['number']:g}"
        found = [word for word in words if word == text] or [word for word in words if word in value.get("also", ())]
        if not found:
            return None, f"本站是“{_short(text)}”，下拉列表里没有"
        return {"text": found[0]} if "number" not in value or found[0] != text else value, ""

    def total_is_short(self, ranges):
        """Say where a formula sums only a part of what was filled."""
        runs = [[here for here in self.called if self.moves.first(first) <= here <= self.moves.last(last)]
                for first, last in self.moves.blocks]
        for cell, (first, last) in ranges:
            for run in runs:
                covered = [here for here in run if first <= here <= last]
                if covered and first < last and len(covered) < len(run):
                    why = f"公式只算第 {first}—{last} 行，没有算上全部填了的行，请改公式"
                    self.misfits.append((cell, "", "", why))

    def note_lines(self):
        """The sheet that says what was not filled."""
        lines = [[text] for text in self.plan["about"]]
        told = f"填了 {len(self.called)} 行，"
        told += f"{self.empty} 格没有填，标成黄色。" if self.empty else "要填的格子都填上了。"
        lines.append([told + (f"下面列出 {len(self.misfits)} 处和原因。" if self.misfits else "")])
        if self.misfits:
            lines += [[], ["格子", "哪一行", "哪一栏", "为什么"], *map(list, self.misfits)]
        if self.plan["left_out"]:
            lines += [[], ["没有放进表里的", "", "", "为什么"], *([name, "", "", why] for name, why in
                                                          self.plan["left_out"])]
        return lines


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def _short(text):
    return text if len(text) < 21 else f"{text[:20]}…"
