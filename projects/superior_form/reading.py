"""Take in an uploaded form: its sheet, its head, what its columns mean, its lines."""
import zipfile

from django.core.files.base import File

from guicheng.excel_import.amounts import unit_above, unit_in
from guicheng.excel_import.values import plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets
from projects.excel_import.upload import digest
from projects.models import SuperiorForm
from projects.superior_form.filling import looked_at
from projects.superior_form.heads import LEAVE, find_head, head_at, is_same_heading, meanings, told
from projects.superior_form.layout import layout_of, manner_of

OLD = "上级表样要 .xlsx 格式。请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（.xlsx）”再上传。"
NO_HEAD = "没有看出表头在哪里。请确认这是要填的空表，表头每一列都有名称。"
NO_LINES = "表头下面没有可以填的空行。请在表样里留至少一行空行（合计行上面）再上传。"
GONE = "表样的文件已不在，请重新上传。"
SIGNATURE = b"PK\x03\x04"


class FormFile:
    """The sheets of an uploaded form. Raises Unreadable with one sentence."""

    def __init__(self, file):
        if _head_of(file) != SIGNATURE or not _is_xlsx(file):
            read_sheets(file)  # what is no table at all is told as such
            raise Unreadable(OLD)
        self.sheets = [sheet for sheet in read_sheets(file) if sheet.rows]
        told = looked_at(file)
        self.seen = {each["name"]: each for each in told["sheets"]}
        self.pictures = told["pictures"]
        self.sheets = [sheet for sheet in self.sheets if sheet.name in self.seen]
        if not self.sheets:
            raise Unreadable(NO_HEAD)

    def sheet(self, name):
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def best(self):
        """(sheet, head) that look most like a form: the most columns that are known."""
        found = [(sum(map(bool, meanings(head, sheet))), -sheet.is_hidden, -index, sheet, head)
                 for index, sheet in enumerate(self.sheets) if (head := find_head(sheet))]
        if not found:
            raise Unreadable(NO_HEAD)
        return max(found, key=lambda each: each[:3])[3:]


def read(file, sheet=None, head=None, lines=None, columns=None, before=None):
    """What a form is, as its row keeps it. Raises Unreadable.

    `sheet`: a name; `head`: (row, rows); `lines`: (first, last); `columns`: the meanings a person chose. `before`:
    another form, whose corrections hold for the same headings.
    """
    book = file if isinstance(file, FormFile) else FormFile(file)
    if sheet is None:
        page, found = book.best()
    else:
        page = book.sheet(sheet)
        found = find_head(page) if head is None else head_at(page, *head)
    if found is None or not any(found.headings):
        raise Unreadable(NO_HEAD)
    if columns is None or len(columns) != len(found.headings):
        columns = meanings(found, page)
        if before:
            columns = _as_before(found.headings, columns, before)
    layout = layout_of(page, book.seen[page.name], found, columns, lines)
    if not layout.blocks:
        raise Unreadable(NO_LINES)
    columns = [LEAVE if not key and index in layout.computed else key for index, key in enumerate(columns)]
    return {"sheet": page.name, "header_row": found.row, "header_rows": found.rows, "headings": found.headings,
            "columns": columns,
            "units": [_unit(*each, page, found) for each in zip(found.headings, columns, strict=True)],
            "manners": [manner_of(page, layout, *each) for each in enumerate(found.headings)],
            "layout": _told(layout, book, page).as_dict()}


def _as_before(headings, columns, before):
    """The meanings, corrected as they were in an earlier form of the same title."""
    known = list(zip(before.headings, before.columns, strict=True))
    return [next((key for old, key in known if is_same_heading(old, heading)), column)
            for heading, column in zip(headings, columns, strict=True)]


def _unit(heading, key, sheet, head):
    """The unit of money of a column: as its heading says it, or a cell above the head."""
    if key != "budget":
        return ""
    unit = unit_in(heading.rpartition("／")[2]) or unit_in(heading) or unit_above(
        plain_text(cell) for row in sheet.rows[:head.row - 1] for cell in row)
    return {"万": "万元", "亿": "亿元"}.get(unit, unit) if unit else ""


def _told(layout, book, page):
    """The layout with what else a person should know of the workbook."""
    seen, said = book.seen[page.name], layout.said
    layout.sheets = [[sheet.name, sheet.is_hidden] for sheet in book.sheets]
    if seen["is_protected"]:
        said.append("这张工作表有保护，填好的表仍有保护。")
    if seen["rules"]:
        said.append("有的格子限定了能填什么（下拉列表等）；填不进去的标黄。")
    if book.pictures:
        said.append("表里的图片照原样留着。")
    if page.hidden_columns:
        said.append("有隐藏的列，照原样隐藏。")
    if layout.is_named:
        said.append("上级已经写好了项目名称：按名称对上的才填，对不上的列在“填报情况”里。")
    return layout


def _head_of(file):
    if isinstance(file, str) or hasattr(file, "read_bytes"):
        with open(file, "rb") as opened:
            return opened.read(4)
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return head


def _is_xlsx(file):
    """Whether the zip is a workbook of the newer kind and not .ods; the reader looks at everything else."""
    try:
        with zipfile.ZipFile(file) as package:
            return "[Content_Types].xml" in package.namelist()
    except zipfile.BadZipFile:
        return True  # the reader says what is wrong with it



def receive(by, title, ground, upload):
    """A SuperiorForm, not saved, of an uploaded workbook. Raises Unreadable, or ValidationError of a constraint."""
    before = SuperiorForm.objects.filter(title=title).order_by("-pk").first()
    form = SuperiorForm(title=title, ground=ground, file_name=upload.name[-160:], uploaded_by=by,
                        sha256=digest(upload))
    form.take(read(upload, before=before))
    form.told = told(form)
    form.full_clean(exclude=["file"])
    return form


def keep(form, upload):
    """Keep a form that was received, and its workbook as it came."""
    upload.seek(0)
    form.file.save("form", File(upload), save=False)
    form.save()


def read_again(form, units=(), **said):
    """Read the kept workbook as a person says it is to be read. `units`: of money, where chosen. Raises Unreadable."""
    try:
        form.take(read(form.path, **said))
    except FileNotFoundError:
        raise Unreadable(GONE)
    form.units = [chosen or found for chosen, found in zip(units, form.units, strict=True)] if units else form.units
    form.told = told(form)
