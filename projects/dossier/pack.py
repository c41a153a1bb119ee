"""The whole dossier in one zip: its PDF, photos and papers as they are kept, 督办单, an index and a list of digests.

The names of folders and files are such that Windows unpacks them. The same dossier makes the same bytes.
"""
import hashlib
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from guicheng import media_store
from guicheng.files.names import apart, safe_name
from guicheng.tables.exports import Column, write_xlsx
from projects import order_sheet as sheet
from projects.dossier.page import render_pdf
from projects.report import Missing

BASICS, PHOTOS, PAPERS, ORDERS = "01 基本情况", "02 照片", "03 附件", "04 督办"
INDEX, DIGESTS = "00 目录.xlsx", "99 校验（SHA-256）.txt"
GONE = "原件不在这台服务器上，没有放进来"
COLUMNS = [Column("序号", width=6), Column("文件夹", width=14), Column("文件名", width=50), Column("日期", width=12),
           Column("字节数", width=12), Column("SHA-256", width=68), Column("说明", width=40)]


@dataclass(frozen=True)
class Entry:
    """One file of the zip, or one that should be there: `read` gives its bytes."""

    folder: str
    name: str
    read: object
    day: str = ""
    note: str = ""

    @property
    def path(self):
        return f"{self.folder}/{self.name}"


def write_zip(path, dossier, saw=lambda done: None):
    """Write the zip to `path`; `saw(done)` is told after each file."""
    entries, root, rows = _entries(dossier), safe_name(dossier.title), []
    with ZipFile(path, "w") as book:
        for number, entry in enumerate(entries, 1):
            try:
                content, note = entry.read(), entry.note
            except FileNotFoundError:
                content, note = None, GONE
            except Missing as error:
                content, note = None, f"{error}请在网页上打印。"
            if content is not None:
                _add(book, f"{root}/{entry.path}", content, dossier.on)
            rows.append((number, entry.folder, entry.name, entry.day, None if content is None else len(content),
                         "" if content is None else hashlib.sha256(content).hexdigest(), note))
            saw(number)
        index = _workbook(rows)
        lines = [(each[5], f"{each[1]}/{each[2]}") for each in rows if each[5]]
        lines.append((hashlib.sha256(index).hexdigest(), INDEX))
        _add(book, f"{root}/{INDEX}", index, dossier.on)
        _add(book, f"{root}/{DIGESTS}", "".join(f"{digest}  {name}\n" for digest, name in lines).encode(), dossier.on)


def _entries(dossier):
    made = [Entry(BASICS, f"一项一档（{dossier.audience.label}）.pdf", lambda: render_pdf(dossier))]
    made += _kept(dossier, "photo", PHOTOS) + _kept(dossier, "paper", PAPERS)
    names = apart([f"{safe_name(each.title)}.pdf" for each in dossier.orders])
    return made + [Entry(ORDERS, name, lambda each=each: sheet.render_pdf(each))
                   for name, each in zip(names, dossier.orders, strict=True)]


def _kept(dossier, kind, folder):
    """The photos or papers, named by day, statement and title."""
    files = [file for file in dossier.files if file.kind == kind]
    names = apart([f"{safe_name(f'{file.day} {file.title}')}{file.original[-4:]}"
                   for file in files])
    return [Entry(folder, name, media_store.path_of(file.store, file.original).read_bytes, file.day)
            for name, file in zip(names, files, strict=True)]


def _workbook(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.xlsx"
        write_xlsx(path, "目录", COLUMNS, rows)
        return path.read_bytes()


def _add(book, name, content, day: date):
    """What is compressed already is stored; the day is the dossier's, so that the bytes say nothing of the hour."""
    part = ZipInfo(name, date_time=(max(day.year, 1980), day.month, day.day, 0, 0, 0))
    part.external_attr = 0o644 << 16
    part.compress_type = ZIP_STORED if name.endswith((".jpg", ".pdf", ".xlsx")) else ZIP_DEFLATED
    book.writestr(part, content)
