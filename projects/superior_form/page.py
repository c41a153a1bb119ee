"""One sheet of a form: its rows, formulas and drop-downs, and the same sheet with lines added and filled.

Known to the limited child: it imports no Django.
"""
from projects.superior_form.parts import (
    child,
    children,
    escaped,
    everywhere,
    local,
    opening,
    set_text,
    text_of,
    written,
)
from projects.superior_form.references import area_of, letters, split, translated

MOST_LISTED = 2000  # words of one drop-down that are looked at
AREAS = {"mergeCell": "ref", "hyperlink": "ref", "autoFilter": "ref", "conditionalFormatting": "sqref",
         "dataValidation": "sqref", "protectedRange": "sqref", "ignoredError": "sqref", "selection": "sqref",
         "dimension": "ref", "sortState": "ref", "sortCondition": "ref", "cellWatch": "r"}
FORMULAS = {"formula", "formula1", "formula2"}


class Page:
    """A sheet as it was uploaded."""

    def __init__(self, parts, name, part):
        self.parts, self.name, self.part, self.root = parts, name, part, parts.tree(part)
        self.data = child(self.root, "sheetData")
        head = self.root.nodeName.rpartition(":")[0]
        self.prefix = f"{head}:" if head else ""
        self.rows, self.cells, self.formulas = {}, {}, {}
        self._read()
        self.merges = [area_of(each.getAttribute("ref")) for each in everywhere(self.root, "mergeCell")]

    def _read(self):
        masters, row, column = {}, 0, 0
        for line in children(self.data, "row"):
            row, column = int(line.getAttribute("r") or row + 1), 0
            self.rows[row], self.cells[row] = line, {}
            for cell in children(line, "c"):
                column = split(cell.getAttribute("r"))[0] if cell.hasAttribute("r") else column + 1
                self.cells[row][column] = cell
                if formula := child(cell, "f"):
                    self._keep_formula(row, column, formula, masters)

    def _keep_formula(self, row, column, formula, masters):
        text, key = text_of(formula), formula.getAttribute("si")
        if formula.getAttribute("t") == "shared":
            if text:
                masters[key] = row, column, text
            elif key in masters:
                top, left, said = masters[key]
                text = translated(said, row - top, column - left)
        self.formulas[row, column] = text

    def style(self, row, column):
        cell = self.cells.get(row, {}).get(column)
        return int(cell.getAttribute("s") or 0) if cell is not None else 0

    def is_ruled(self, row, styles):
        return sum(styles.is_ruled(self.style(row, column)) for column in self.cells.get(row, ())) > 1

    @property
    def is_protected(self):
        return child(self.root, "sheetProtection") is not None

    def rules(self):
        """[(areas, kind, (formula1, formula2), operator)] of what may be typed in which cells."""
        found = []
        for each in everywhere(self.root, "dataValidation"):
            areas = each.getAttribute("sqref") or text_of(next(iter(everywhere(each, "sqref")), None))
            said = [text_of(next(iter(everywhere(each, name)), None)).strip() for name in ("formula1", "formula2")]
            areas = [area_of(area) for area in areas.split() if any(map(str.isdigit, area))]
            found.append((areas, each.getAttribute("type"), said, each.getAttribute("operator") or "between"))
        return found


class Texts:
    """The words that stand in the cells of a workbook."""

    def __init__(self, parts):
        part = next((name for kind, name in parts.relations(parts.workbook).values() if kind == "sharedStrings"), None)
        self.shared = [text_of(each) for each in children(parts.tree(part), "si")] if part in parts else []

    def of(self, cell):
        kind, value = cell.getAttribute("t"), text_of(child(cell, "v"))
        if kind == "inlineStr":
            return text_of(child(cell, "is"))
        if kind == "s":
            return self.shared[int(value)] if value.isdecimal() and int(value) < len(self.shared) else ""
        return value


def drop_down(formula, pages, names, own, texts):
    """The words that a drop-down offers; None where they cannot be told."""
    if formula.startswith('"'):
        return [word.strip() for word in formula.strip('"').split(",")]
    formula = names.get(formula.lstrip("=").casefold(), formula.lstrip("="))
    sheet, mark, area = formula.rpartition("!")
    page = pages.get(sheet.strip("'").replace("''", "'").casefold()) if mark else own
    try:
        left, top, right, bottom = area_of(area)
    except (AttributeError, TypeError):
        return None
    if page is None or (right - left + 1) * (bottom - top + 1) > MOST_LISTED:
        return None
    cells = (page.cells.get(row, {}).get(column) for row in range(top, bottom + 1)
             for column in range(left, right + 1))
    return [words for cell in cells if cell is not None and (words := texts.of(cell).strip())]


class Filled:
    """The sheet with its lines added and filled, as text. `put(row, column, cell)` says what a cell now holds."""

    def __init__(self, page, moves, formulas, put):
        self.page, self.moves, self.formulas, self.put = page, moves, formulas, put
        self.short = []  # (cell of a total, its range) afterwards

    def text(self):
        page = self.page
        inner = []
        for node in page.root.childNodes:
            if node is page.data:
                inner.append(f"{opening(node)}>{self._rows()}</{node.nodeName}>")
                continue
            if node.nodeType == node.ELEMENT_NODE:
                self._follow(node)
            inner.append(written(node))
        return f"{opening(page.root)}>{''.join(inner)}</{page.root.nodeName}>"

    def _rows(self):
        last_line = max((block[1] for block in self.moves.blocks), default=0)
        numbers = sorted({*self.page.rows, *(row for first, last in self.moves.blocks
                                             for row in range(first, last + 1) if row <= last_line)})
        return "".join(self._row(row, self.moves.first(row) + copy, copy) for row in numbers
                       for copy in range(self.moves.copies.get(row, 1)))

    def _row(self, row, here, copy):
        line = self.page.rows.get(row)
        wanted = self.put.columns(here)
        cells = "".join(self._cell(row, column, here, copy) for column in sorted(
            {*self.page.cells.get(row, ()), *wanted}))
        if line is None:
            return f'<{self.page.prefix}row r="{here}">{cells}</{self.page.prefix}row>'
        twin = line.cloneNode(deep=False)
        twin.setAttribute("r", str(here))
        if twin.hasAttribute("spans"):
            twin.removeAttribute("spans")
        return f"{opening(twin)}>{cells}</{line.nodeName}>"

    def _cell(self, row, column, here, copy):
        page, address = self.page, f"{letters(column)}{here}"
        cell = page.cells.get(row, {}).get(column)
        if (row, column) in page.formulas:
            return self._formula(cell, row, column, here)
        value = self.put(here, row, column)
        if value is None:
            return self._as_it_was(cell, address, copy)
        style, kind, inner = value
        return (f'<{page.prefix}c r="{address}"{f" s={chr(34)}{style}{chr(34)}" if style else ""}'
                f'{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}'
                + (f">{inner}</{page.prefix}c>" if inner else "/>"))

    def _as_it_was(self, cell, address, copy):
        twin = cell.cloneNode(deep=True)
        twin.setAttribute("r", address)
        if copy and twin.getAttribute("t") in ("", "n"):  # a number that stood printed in the last line
            for each in children(twin):
                twin.removeChild(each)
        return written(twin)

    def _formula(self, cell, row, column, here):
        page, is_line = self.page, self.moves.block_of(row)
        before = len(self.formulas.ranges)
        text = self.formulas.moved(page.formulas[row, column], page.name, (row, here) if is_line else None,
                                   is_total=not is_line)
        self.short += [(f"{letters(column)}{here}", each) for each in self.formulas.ranges[before:]]
        old, p = child(cell, "f"), page.prefix
        kind = ' t="array"' if old.getAttribute("t") == "array" else ""
        if kind:
            kind += f' ref="{self.moves.area(old.getAttribute("ref"))}"'
        style = f' s="{cell.getAttribute("s")}"' if cell.hasAttribute("s") else ""
        return f'<{p}c r="{letters(column)}{here}"{style}><{p}f{kind}>{escaped(text)}</{p}f></{p}c>'

    def _follow(self, node):
        """All that names rows beside the cells: merged areas, drop-downs, conditional formats, breaks."""
        name = local(node)
        if name in AREAS and node.hasAttribute(AREAS[name]):
            node.setAttribute(AREAS[name], self.moves.area(node.getAttribute(AREAS[name])))
        if name in ("selection", "pane"):
            for attribute in ("activeCell", "topLeftCell"):
                if node.hasAttribute(attribute):
                    node.setAttribute(attribute, self.moves.area(node.getAttribute(attribute)).partition(":")[0])
        if name == "rowBreaks":
            for each in children(node, "brk"):
                each.setAttribute("id", str(self.moves.last(int(each.getAttribute("id")))))
        if name in FORMULAS or (name == "f" and node.parentNode is not None and local(node.parentNode) != "c"):
            set_text(node, self.formulas.moved(text_of(node), self.page.name))
        if name == "sqref":
            set_text(node, self.moves.area(text_of(node)))
        for each in children(node):
            self._follow(each)
        if name == "mergeCells":
            self._merge_copies(node)

    def _merge_copies(self, node):
        """What is merged within a line is merged in each of its copies."""
        for left, top, right, bottom in self.page.merges:
            if top != bottom or top not in self.moves.copies or not self.moves.block_of(top):
                continue
            old = f"{letters(left)}{self.moves.first(top)}:{letters(right)}{self.moves.last(top)}"
            for each in children(node, "mergeCell"):
                if each.getAttribute("ref") == old:
                    node.removeChild(each)
            for row in range(self.moves.first(top), self.moves.last(top) + 1):
                twin = node.ownerDocument.createElement(f"{self.page.prefix}mergeCell")
                twin.setAttribute("ref", f"{letters(left)}{row}:{letters(right)}{row}")
                node.appendChild(twin)
        node.setAttribute("count", str(len(children(node))))
