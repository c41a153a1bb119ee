"""Take in an uploaded list: keep the file; of each sheet find the header, the list and what its columns mean."""
import hashlib

from django.core.files.base import File

from guicheng.excel_import.blocks import parts_of
from guicheng.excel_import.columns import habit_key
from guicheng.excel_import.names import key_of
from guicheng.excel_import.values import plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets
from projects.excel_import.fields import FIELDS
from projects.models import ColumnHabit, ImportBatch, ProjectList, ReadSheet


def receive(uploader, upload, **stated):
    """(batch, the sheets of its file). Raises Unreadable; then nothing is kept."""
    batch, sheets = read(uploader, upload, **stated)
    keep(batch, upload)
    return batch, sheets


def read(uploader, upload, *, effective_on, source, project_list=None, no_list=False):
    """(batch, the sheets of its file) as `keep` will write it. Raises Unreadable."""
    sheets = tables_in(upload)
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("这个文件里没有内容。")
    batch = ImportBatch(
        uploader=uploader, file_name=upload.name[-160:], sha256=digest(upload), effective_on=effective_on,
        source=source, project_list=project_list, no_list=no_list)
    read_headers(batch, sheets)
    if not any(each.is_read for each in batch.read_sheets):
        read_one_at_least(batch, sheets)
    batch.total = sum(each.total for each in batch.read_sheets if each.is_read)
    batch.full_clean(exclude=["file"])
    return batch, sheets


def tables_in(file):
    """The sheets of a file; where several tables stand on one, each of them. Raises Unreadable."""
    return [part for sheet in read_sheets(file) for part in parts_of(sheet, FIELDS)]


def keep(batch, upload):
    """Keep a batch that was read, and the file it came in until its confirmation."""
    upload.seek(0)
    batch.file.save("upload", File(upload), save=False)
    batch.save()


def digest(upload):
    upload.seek(0)
    return hashlib.file_digest(upload, "sha256").hexdigest()


# --- what the sheets say of themselves --------------------------------------------------------------
def read_headers(batch, sheets, chosen=""):
    """Set how each sheet is read: the one that is `chosen`, else every shown one with a header that names projects."""
    habits, read = habits_of(batch.uploader_id), []
    for sheet in sheets:
        each = ReadSheet(sheet.name, sheet.is_hidden)
        read_header(each, sheet, habits)
        each.has_header = each.has_header and each.names_projects
        each.is_read = each.has_header and (
            chosen in (sheet.name, sheet.part_of) if chosen else not sheet.is_hidden)
        read.append(each)
    batch.read_sheets = read
    find_lists(batch, sheets)


def read_one_at_least(batch, sheets):
    """Where no header is recognised, a person says where it stands: on the sheet that looks most like a table."""
    shown = [sheet for sheet in sheets if sheet.rows and not sheet.is_hidden] or [s for s in sheets if s.rows]
    best = FIELDS.choose_sheet(shown)[0] or shown[0]
    read = batch.read_sheets
    next(each for each in read if each.name == best.name).is_read = True
    batch.read_sheets = read
    find_lists(batch, sheets)


def habits_of(user):
    """{folded heading: the ColumnHabit of this person}."""
    return {habit.heading: habit for habit in ColumnHabit.objects.filter(user=user)} if user else {}


def read_header(each, sheet, habits, row=None, height=1):
    """Set what the header of a sheet says: the one found, the one a person names, else the first row."""
    found = FIELDS.find_header(sheet)
    each.has_header = found is not None
    if row:
        found = FIELDS.header_at(sheet, row, height)
    header = found or FIELDS.header_at(sheet, 1)
    each.header_row, each.header_rows, each.headings = header.row, header.rows, header.headings
    each.columns = FIELDS.map_columns(header.headings, sheet, header.below,
                                      {heading: habit.field for heading, habit in habits.items()})
    each.total = sum(1 for cells in sheet.rows[header.below:] if any(plain_text(cell) for cell in cells))
    remember(each, habits)


def remember(each, habits):
    """Take the readings that the person once chose for these headings, and name the headings."""
    each.unit, each.scale = (
        habits[key].reading if (key := habit_key(each.heading_of(field))) in habits else ""
        for field in ("budget", "percent"))
    each.remembered = [heading for heading in each.headings if habit_key(heading) in habits]


def find_lists(batch, sheets):
    """Set the list that the sheets that are read name: of the batch where all name one, else of each."""
    if batch.project_list or batch.no_list:
        return
    read = batch.read_sheets
    lists = list(ProjectList.objects.visible_to(batch.uploader))
    for each, sheet in zip(read, sheets, strict=True):
        named = list_named_in(batch, each, sheet, lists) if each.is_read else None
        each.project_list = named.pk if named else None
    named = {each.project_list for each in read if each.is_read}
    if len(named) == 1:
        batch.project_list = next((each for each in lists if {each.pk} == named), None)
        for each in read:
            each.project_list = None
    batch.read_sheets = read


def list_named_in(batch, each, sheet, lists):
    """The list whose title stands above the header, in the sheet's name or in the file's."""
    above = [plain_text(cell) for row in sheet.rows[: each.header_row - 1] for cell in row]
    texts = [key_of(text) for text in [*above, sheet.name, batch.file_name] if text]
    return next((each for each in lists if any(key_of(each.title) in text for text in texts)), None)


# --- what a person says otherwise -------------------------------------------------------------------
def learn(user, headings, before, after):
    """Remember where a person corrected what a column means."""
    for heading, old, new in zip(headings, before, after, strict=True):
        key = habit_key(heading)
        if key and old != new:
            ColumnHabit.objects.update_or_create(user=user, heading=key, defaults={"field": new, "reading": ""})


def learn_reading(user, heading, field, reading):
    """Remember in which unit, or of what, this person's column is."""
    if key := habit_key(heading):
        ColumnHabit.objects.update_or_create(user=user, heading=key, defaults={"field": field, "reading": reading})


def forget(user, headings):
    """Forget what this person once said of these headings."""
    ColumnHabit.objects.filter(user=user, heading__in=[habit_key(heading) for heading in headings]).delete()


def sheets_of(batch):
    """The sheets of a batch that waits. Raises Unreadable where the file is gone."""
    if not batch.file:
        raise Unreadable("上传的文件已不在，请重新上传。")
    try:
        return tables_in(batch.file.path)
    except FileNotFoundError:
        raise Unreadable("上传的文件已不在，请重新上传。")


def what_is_missing(batch):
    """(why the rows cannot be compared yet, in one sentence, or ""; the name of the sheet that is meant)."""
    read = [each for each in batch.read_sheets if each.is_read]
    if not read:
        return "一张工作表也没有选，请至少选一张。", ""
    for each in read:
        which = f"“{each.name}”" if len(read) > 1 else ""
        if not each.names_projects:
            return f"{which}没有认出哪一列是项目名称，请在下面选好。", each.name
        if not (batch.project_list_id or batch.no_list or each.project_list
                or {"project_list", "code"} & set(each.columns)):
            return f"{which}没有认出这是哪张清单，请选一张；不在清单上的项目也请说明。", each.name
    return "", ""
