"""Excel as it is: an office's own list becomes projects and statements, after a preview.

    fields.py     every field of such a list, one definition each (how tables are read: guicheng/excel_import/)
    readings.py   what a cell says
    statuses.py   how offices write the status
    units.py      who answers
    matching.py   which project a row speaks of, and what was last said of it
    roster.py     what a row would change, and whether this person may
    upload.py     the file, its sheet, its header, its list
    preview.py    every row: new, changed, unchanged or wrong
    assumed.py    what was assumed where a file does not say
    told.py       the whole preview as plain data
    confirm.py    the rows are written, in one transaction
    writer.py     how they are written
    undo.py       and taken back
    review.py     a reviewer approves or returns the whole batch
    jobs.py       long ones run beside the pages
    workbook.py   the template, and the coloured result
"""
