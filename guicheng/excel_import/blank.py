"""The blank workbook that an office fills in: its headings, and drop-down lists where the words are fixed."""
import io

FILLED = 500  # rows below the header that have drop-down lists


def blank_workbook(title, fields, finder):
    """A workbook with one sheet called `title` and a column for each field."""
    import xlsxwriter  # only who downloads it pays for it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, lists = book.add_worksheet(title), book.add_worksheet("可选的词")
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        for place, field in enumerate(fields):
            sheet.write_string(0, place, field.label, bold)
            sheet.set_column(place, place, field.width, text)
            values = field.options(finder) if field.options else ()
            if values:
                lists.write_string(0, place, field.label, bold)
                for line, value in enumerate(values, 1):
                    lists.write_string(line, place, value)
                column = chr(ord("A") + place)
                sheet.data_validation(1, place, FILLED, place, {
                    "validate": "list", "source": f"=可选的词!${column}$2:${column}${len(values) + 1}",
                    "error_type": "warning", "error_message": "请从下拉列表里选，或者照“可选的词”填写。"})
        sheet.freeze_panes(1, 0)
    return file.getvalue()
