"""The limited child of a form: `look` tells how a workbook is built, `fill` writes the filled one.

    child.py FORM look                         one line of JSON
    child.py FORM fill PLAN OUT                one line of JSON: what was not filled

It imports no Django. What is asked for is said in `filling.py`.
"""
import json
import sys

from projects.superior_form.around import add_note, follow
from projects.superior_form.cells import Cells
from projects.superior_form.looks import Styles
from projects.superior_form.page import Filled, Page, Texts
from projects.superior_form.parts import Parts, everywhere, text_of
from projects.superior_form.references import Formulas, Moves, letters

LOOKED_AT = 3000  # rows
MEDIA = ("xl/media/", "xl/charts/", "xl/drawings/")


def look(form):
    """What `read_sheets` does not tell: formulas, ruled rows, protection, pictures."""
    parts = Parts(form)
    styles, found = Styles(parts), []
    for name, part, _ in parts.sheets():
        page = Page(parts, name, part)
        rows = [row for row in page.rows if row <= LOOKED_AT]
        found.append({
            "name": name, "is_protected": page.is_protected, "ruled": [row for row in rows if page.is_ruled(row, styles)],
            "formulas": {f"{letters(column)}{row}": text for (row, column), text in page.formulas.items()},
            "rows": max(rows, default=0), "rules": len(page.rules()), "merges": page.merges[:2000]})
    return {"sheets": found, "pictures": sum(name.startswith(MEDIA[0]) for name in parts.names)}


def fill(form, plan_path, out):
    with open(plan_path, encoding="utf-8") as file:
        plan = json.load(file)
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
    del parts.trees[page.part]
    parts.changed[page.part] = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text
    follow(parts, page, moves, formulas)
    note = add_note(parts, cells.note_lines())
    parts.write(out)
    return {"rows": len(cells.called), "filled": cells.number, "empty": cells.empty, "note": note, "misfits": cells.misfits}


def main(form, verb, *arguments):
    told = look(form) if verb == "look" else fill(form, *arguments)
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
