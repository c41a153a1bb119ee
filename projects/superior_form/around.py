"""What else of a workbook names rows of the sheet: other sheets, names, pictures, comments, tables, charts.

Known to the limited child: it imports no Django.
"""
from xml.parsers.expat import ExpatError

from projects.superior_form.parts import MAIN, RELATIONS, child, children, escaped, everywhere, local, set_text, text_of

NOTE, NOTE_PART = "填报情况", "xl/worksheets/guicheng-note.xml"
AFTER_CALC = {"oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
              "fileRecoveryPr", "webPublishObjects", "extLst"}


def follow(parts, page, moves, formulas):
    """Take along what names rows of this sheet from elsewhere, and forget results that no longer hold."""
    for name, part, _ in parts.sheets():
        if part != page.part:
            _other_sheet(parts.tree(part), name, formulas)
    for each in everywhere(parts.tree(parts.workbook), "definedName"):
        set_text(each, formulas.moved(text_of(each), ""))
    if moves:
        for kind, part in parts.relations(page.part).values():
            _beside(parts, kind, part, moves)
        for part in parts.names:
            if part.startswith("xl/charts/chart"):
                for each in everywhere(parts.tree(part), "f"):
                    set_text(each, formulas.moved(text_of(each), ""))
    _count_anew(parts)


def _other_sheet(root, name, formulas):
    for cell in everywhere(root, "c"):
        formula = child(cell, "f")
        if formula is None:
            continue
        if text_of(formula):
            set_text(formula, formulas.moved(text_of(formula), name, is_total=True))
        if value := child(cell, "v"):
            cell.removeChild(value)
            if cell.hasAttribute("t"):
                cell.removeAttribute("t")
    for kind in ("formula", "formula1", "formula2"):
        for each in everywhere(root, kind):
            inner = children(each)
            set_text(inner[0] if inner else each, formulas.moved(text_of(each), name))


def _beside(parts, kind, part, moves):
    try:
        root = parts.tree(part) if part in parts and not part.endswith((".bin", ".png", ".jpeg")) else None
    except ExpatError:  # old drawings of comments need not be well formed
        return
    if root is None:
        return
    if kind == "drawing":
        for anchor in [*everywhere(root, "from"), *everywhere(root, "to")]:
            row = child(anchor, "row")
            set_text(row, str(moves.first(int(text_of(row)) + 1) - 1))
    elif kind in ("comments", "threadedComment"):
        for each in [*everywhere(root, "comment"), *everywhere(root, "threadedComment")]:
            each.setAttribute("ref", moves.area(each.getAttribute("ref")).partition(":")[0])
    elif kind == "table":
        for each in [root, *everywhere(root, "autoFilter")]:
            each.setAttribute("ref", moves.area(each.getAttribute("ref")))
    elif kind == "vmlDrawing":
        for each in everywhere(root, "Row"):
            set_text(each, str(moves.first(int(text_of(each).strip()) + 1) - 1))


def _count_anew(parts):
    """No stored order and no stored results: whoever opens it counts."""
    workbook = parts.tree(parts.workbook)
    own = f"{parts.workbook.rpartition('/')[0]}/_rels/{parts.workbook.rpartition('/')[2]}.rels"
    for key, (kind, part) in parts.relations(parts.workbook).items():
        if kind == "calcChain":
            _without(parts.tree(own), "Id", key)
            _without(parts.tree("[Content_Types].xml"), "PartName", f"/{part}")
            parts.drop(part)
    calc = child(workbook, "calcPr")
    if calc is None:
        calc = workbook.ownerDocument.createElement(workbook.nodeName.replace("workbook", "calcPr"))
        after = next((each for each in children(workbook) if local(each) in AFTER_CALC), None)
        workbook.insertBefore(calc, after)
    calc.setAttribute("fullCalcOnLoad", "1")


def _without(root, attribute, value):
    for each in children(root):
        if each.getAttribute(attribute) == value:
            root.removeChild(each)


def add_note(parts, lines):
    """A sheet at the end that says what was not filled. Gives its name."""
    sheets = child(parts.tree(parts.workbook), "sheets")
    there = children(sheets)
    name = NOTE
    while any(each.getAttribute("name") == name for each in there):
        name += "2"
    own = f"{parts.workbook.rpartition('/')[0]}/_rels/{parts.workbook.rpartition('/')[2]}.rels"
    related = parts.tree(own)
    relation = children(related)[0].cloneNode(deep=False)
    relation.setAttribute("Id", "rIdGuichengNote")
    relation.setAttribute("Type", f"{RELATIONS}/worksheet")
    relation.setAttribute("Target", f"/{NOTE_PART}")
    related.appendChild(relation)
    types = parts.tree("[Content_Types].xml")
    override = types.ownerDocument.createElement(types.nodeName.replace("Types", "Override"))
    override.setAttribute("PartName", f"/{NOTE_PART}")
    override.setAttribute("ContentType", f"{MAIN}worksheet+xml")
    types.appendChild(override)
    twin = there[0].cloneNode(deep=False)
    for key in list(twin.attributes.keys()):
        if key.endswith(":id"):
            twin.setAttribute(key, "rIdGuichengNote")
        elif key == "state":
            twin.removeAttribute(key)
    twin.setAttribute("name", name)
    twin.setAttribute("sheetId", str(max(int(each.getAttribute("sheetId")) for each in there) + 1))
    sheets.appendChild(twin)
    parts.changed[NOTE_PART] = _note(lines)
    return name


def _note(lines):
    rows = "".join(
        f'<row r="{number}">' + "".join(
            f'<c r="{"ABCDE"[column]}{number}" t="inlineStr"><is><t xml:space="preserve">{escaped(str(text))}</t></is>'
            "</c>" for column, text in enumerate(line)) + "</row>" for number, line in enumerate(lines, 1))
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org'
            '/spreadsheetml/2006/main"><cols><col min="1" max="1" width="14" customWidth="1"/><col min="2" max="3" '
            f'width="28" customWidth="1"/><col min="4" max="4" width="46" customWidth="1"/></cols><sheetData>{rows}'
            "</sheetData></worksheet>")
