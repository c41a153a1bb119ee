"""The limited child of a form: `look` tells how a workbook is built, `fill` writes the filled one.

    child.py FORM look                         one line of JSON
    child.py FORM fill PLANS FOLDER            a workbook and a line of JSON for each: what was not filled

It imports no Django. What is asked for is said in `filling.py`.
"""
import json
import sys

from projects.superior_form.around import add_note, follow
from projects.superior_form.cells import Cells
from projects.superior_form.looks import Styles
from projects.superior_form.page import Filled, Page, Texts
from projects.superior_form.parts import HEAD, Parts, everywhere, text_of
from projects.superior_form.references import Formulas, Moves, letters

LOOKED_AT = 3000  # rows
MEDIA = "xl/media/"


def look(form):
    """What `read_sheets` does not tell: formulas, ruled rows, protection, pictures."""
    parts = Parts(form)
    styles, found = Styles(parts), []
    for name, part, _ in parts.sheets():
        page = Page(parts, name, part)
        rows = [row for row in page.rows if row <= LOOKED_AT]
        found.append({
            "name": name, "is_protected": page.is_protected,
            "ruled": [row for row in rows if page.is_ruled(row, styles)],
            "formulas": {f"{letters(column)}{row}": text for (row, column), text in page.formulas.items()},
            "rows": max(rows, default=0), "rules": len(page.rules()), "merges": page.merges[:2000]})
    return {"sheets": found, "pictures": sum(name.startswith(MEDIA) for name in parts.names)}


def fill(form, plan, out):
    """Write the workbook that one plan asks for; give what was not filled."""
    parts = Parts(form)
    pages = {name.casefold(): Page(parts, name, part) for name, part, _ in parts.sheets()}
    page, styles = pages[plan["sheet"].casefold()], Styles(parts)
    moves = Moves({int(row): number for row, number in plan["copies"].items() if number > 1},
                  [tuple(block) for block in plan["blocks"]])
    formulas = Formulas(moves, page.name)
    names = {each.getAttribute("name").casefold(): text_of(each)
             for each in everywhere(parts.tree(parts.workbook), "definedName")}
    cells = Cells(plan, page, pages, names, moves, styles, Texts(parts))
    filled = Filled(page, moves, formulas, cells)
    text = filled.text()
    cells.total_is_short(filled.short)
    parts.changed[page.part] = HEAD + text
    follow(parts, page, moves, formulas)
    note = add_note(parts, cells.note_lines())
    parts.write(out)
    return {"rows": len(cells.called), "filled": cells.number, "empty": cells.empty, "note": note,
            "misfits": cells.misfits}


def main(form, verb, *arguments):
    if verb == "look":
        print(json.dumps(look(form)))
        return
    plans, folder = arguments
    with open(plans, encoding="utf-8") as file:
        for number, plan in enumerate(json.load(file)):
            print(json.dumps(fill(form, plan, f"{folder}/{number}.xlsx")))


if __name__ == "__main__":
    main(*sys.argv[1:])
