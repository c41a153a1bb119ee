"""The files of a quarter: what each is called, who may have it, and what renders it from a document."""
from collections.abc import Callable
from dataclasses import dataclass

from projects.report import page, picture, tables, word, workbook

EVERYBODY, RELEASED, STAFF = "everybody", "released", "staff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Format:
    """One kind of file. `audience`: EVERYBODY, RELEASED (with the text, once it is), STAFF.

    `renderer(document, address)` gives the bytes; `address` is that of the quarter's page, or "". `names_units`:
    whether it says of a project who answers for it. `parts` gives the same bytes in pieces, of what may be long.
    """

    label: str
    extension: str
    content_type: str
    audience: str
    renderer: Callable
    names_units: bool = True
    parts: Callable | None = None

    def render(self, document, address=""):
        """The file's bytes: the same for the same document. Raises Missing where this machine cannot make it."""
        return self.renderer(self._seen_of(document), address)

    def pieces(self, document, address=""):
        """The same in pieces: what is long is never held whole."""
        return self.parts(self._seen_of(document)) if self.parts else [self.render(document, address)]

    def _seen_of(self, document):
        return document.public if self.audience == EVERYBODY else document

    def name(self, document, mark=""):
        """The name under which it is saved; `mark` says more of it, like 报批稿."""
        mark = mark or ("（内部）" if self.audience == STAFF else "")
        return f"桂城办实事{document.quarter}{mark}.{self.extension}"


FORMATS = {
    "xlsx": Format("Excel 工作簿", "xlsx", XLSX, EVERYBODY, lambda document, _: workbook.render(document)),
    "csv": Format("CSV 表格", "csv", "text/csv; charset=utf-8", EVERYBODY,
                  lambda document, _: tables.render_csv(document), names_units=False, parts=tables.csv_parts),
    "json": Format("JSON 数据", "json", "application/json; charset=utf-8", EVERYBODY,
                   lambda document, _: tables.render_json(document), parts=tables.json_parts),
    "pdf": Format("PDF", "pdf", "application/pdf", EVERYBODY, page.render_pdf),
    "svg": Format("一图读懂（SVG）", "svg", "image/svg+xml", EVERYBODY, picture.render_svg,
                  names_units=False),
    "png": Format("一图读懂（PNG）", "png", "image/png", EVERYBODY, picture.render_png,
                  names_units=False),
    "docx": Format("Word 公文", "docx", DOCX, RELEASED, lambda document, _: word.render(document)),
    "internal": Format("内部工作簿（带红黄灯）", "xlsx", XLSX, STAFF,
                       lambda document, _: workbook.render(document, for_staff=True)),
}
