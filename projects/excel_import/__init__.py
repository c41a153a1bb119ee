"""Excel as it is: an office's own list becomes projects and statements, after a preview.

    columns.py    which row is the header, which column fills which field
    values.py     what a cell means: a day, a percentage, an amount
    matching.py   which project a row speaks of, which office and community it names
    preview.py    every row: new, changed, unchanged or wrong
    confirm.py    the rows are written, in one transaction
    undo.py       and taken back
    review.py     a reviewer approves or returns the whole batch
    jobs.py       long ones run beside the pages
    workbook.py   the template, and the coloured result
"""
