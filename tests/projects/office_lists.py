"""The office's own list as a workbook, and its import."""
import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.excel_import import jobs

HEAD = ["序号", "项目名称", "责任单位", "完成时限", "进展情况"]
NEW = ["", "映月湖步道", "城建办", "2021年9月30日", "已进场施工。"]


def workbook(rows, title="表", name="清单.xlsx"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def several(sheets, name="清单.xlsx", hidden=()):
    """A workbook of {name of a sheet: its rows}."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title in hidden:
            sheet.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def confirm(batch):
    jobs.start(batch, "confirm", batch.uploader)
    return batch
