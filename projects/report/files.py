"""The files of a quarter: by extension, what it is called, its type, and what makes it from a document."""
from collections.abc import Callable
from dataclasses import dataclass

from projects.report import tables, workbook


@dataclass(frozen=True)
class Format:
    label: str
    content_type: str
    render: Callable  # a Document -> bytes, for everybody


FORMATS = {
    "xlsx": Format(
        "Excel 工作簿", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.render),
    "csv": Format("CSV 表格", "text/csv; charset=utf-8", tables.render_csv),
    "json": Format("JSON 数据", "application/json; charset=utf-8", tables.render_json),
}
