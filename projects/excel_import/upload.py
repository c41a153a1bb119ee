"""Take in an uploaded list: keep the file, find the sheet, its header, its list and what its columns mean."""
import hashlib

from django.core.files.base import File

from guicheng.excel_import.columns import habit_key
from guicheng.excel_import.names import key_of
from guicheng.excel_import.values import plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets
from projects.excel_import.assumed import assumed_of_sheets
from projects.excel_import.fields import FIELDS
from projects.models import ColumnHabit, ImportBatch, ProjectList


def receive(uploader, upload, **stated):
    """(batch, its chosen sheet). Raises Unreadable; then nothing is kept."""
    batch, sheet = read(uploader, upload, **stated)
    keep(batch, upload)
    return batch, sheet


def read(uploader, upload, *, effective_on, source, project_list=None, no_list=False):
    """(batch, its chosen sheet) as `keep` will write them. Raises Unreadable."""
    sheets = read_sheets(upload)
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("这个文件里没有内容。")
    sheet, header = FIELDS.choose_sheet(sheets)
    sheet = sheet or next(sheet for sheet in sheets if sheet.rows)
    batch = ImportBatch(
        uploader=uploader, file_name=upload.name[-160:], sha256=digest(upload), effective_on=effective_on,
        source=source, project_list=project_list, no_list=no_list)
    read_header(batch, sheet, header)
    batch.sheets_said = assumed_of_sheets(sheets, [sheet.name])
    if not project_list and not no_list:
        batch.project_list = list_named_in(batch, sheet)
    batch.full_clean(exclude=["file"])
    return batch, sheet


def keep(batch, upload):
    """Keep a batch that was read, and the file it came in until its confirmation."""
    upload.seek(0)
    batch.file.save("upload", File(upload), save=False)
    batch.save()


def digest(upload):
    upload.seek(0)
    return hashlib.file_digest(upload, "sha256").hexdigest()


def read_header(batch, sheet, header=None, row=None):
    """Set what the sheet and its header say: the one found, the row a person names, else the first row."""
    header = (FIELDS.header_at(sheet, row) if row else None) or header or FIELDS.find_header(sheet)
    header = header or FIELDS.header_at(sheet, 1)
    batch.sheet, batch.header_row, batch.header_rows = sheet.name, header.row, header.rows
    batch.headings = header.headings
    below = sheet.rows[header.below:]
    habits = dict(ColumnHabit.objects.filter(user=batch.uploader_id).values_list("heading", "field"))
    batch.columns = FIELDS.map_columns(header.headings, sheet, header.below, habits)
    batch.total = sum(1 for cells in below if any(plain_text(cell) for cell in cells))


def learn(user, headings, before, after):
    """Remember where a person corrected what a column means."""
    for heading, old, new in zip(headings, before, after, strict=True):
        key = habit_key(heading)
        if key and old != new:
            ColumnHabit.objects.update_or_create(user=user, heading=key, defaults={"field": new})


def list_named_in(batch, sheet):
    """The list whose title stands above the header, in the sheet's name or in the file's."""
    above = [plain_text(cell) for row in sheet.rows[: batch.header_row - 1] for cell in row]
    texts = [key_of(text) for text in [*above, sheet.name, batch.file_name] if text]
    for project_list in ProjectList.objects.visible_to(batch.uploader):
        if any(key_of(project_list.title) in text for text in texts):
            return project_list
    return None


def sheets_of(batch):
    """The sheets of a batch that waits. Raises Unreadable where the file is gone."""
    if not batch.file:
        raise Unreadable("上传的文件已不在，请重新上传。")
    try:
        return read_sheets(batch.file.path)
    except FileNotFoundError:
        raise Unreadable("上传的文件已不在，请重新上传。")


def sheet_of(batch):
    return next((sheet for sheet in sheets_of(batch) if sheet.name == batch.sheet), None) or sheets_of(batch)[0]


def what_is_missing(batch):
    """Why the rows cannot be compared yet, in one sentence; "" when they can."""
    if not {"name", "code"} & set(batch.columns):
        return "没有认出哪一列是项目名称，请在下面选好。"
    if not batch.project_list_id and not batch.no_list and not {"project_list", "code"} & set(batch.columns):
        return "没有认出这是哪张清单，请选一张；不在清单上的项目也请说明。"
    return ""
