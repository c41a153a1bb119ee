"""What does this table say? An office's own list, read against the fields of one kind of thing.

    values.py     what a cell means: a day, a percentage, an amount
    names.py      things known by name, with the nearest for whoever mistypes one
    columns.py    the fields, one definition each; which row is the header, which column fills which field
    blocks.py    tables that stand below each other on one sheet
    rows.py       the rows below a header, and the roster that judges and writes them
    blank.py      the blank workbook to fill in
    short.py      a roster that reads its file itself, for a list short enough to be judged at once
    forms.py      the form that takes a table in
    pages.py      the admin pages of a short list: upload, preview, confirm

It knows no app and no model: projects, accounts, watched words and what else is kept in Excel have each a `Roster`.
A new reader of cells (an amount, a share, a span) is a function that a `Field` names as its `read`.
"""
