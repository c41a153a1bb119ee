"""What a file would do, told as plain data: every sheet, row and cell, what was assumed, what was passed over.

It writes nothing. `manage.py preview_list` prints it for whoever sends lists by script.
"""
from django.utils import timezone

from guicheng.excel_import.columns import letter_of
from guicheng.excel_import.rows import Outcome
from guicheng.excel_import.values import plain_text, short
from projects.excel_import.fields import FIELDS
from projects.excel_import.preview import Reading, judged
from projects.excel_import.upload import read_headers, tables_in
from projects.models import ImportBatch

IS = {Outcome.NEW: "new", Outcome.CHANGED: "changed", Outcome.UNCHANGED: "same", Outcome.ASK: "ask",
      Outcome.WRONG: "wrong"}
TOLD = [
    "name", "number", "community", "lead_department", "supporting_departments", "leader", "contact", "phone",
    "planned_start", "planned_end", "schedule_text", "status", "percent", "quantity", "text", "problem",
    "delay_reason", "next_step", "coordination", "reason", "budget", "category", "effective_on"]
NO_LIST = "没有认出是哪张清单，按不在清单上的项目读"


def told(file, user, *, file_name="", sheet="", project_list=None, year=None, effective_on=None):
    """{"sheets": […], "assumed": […]} of a workbook or text file, for one person. Raises Unreadable.

    `sheet`: read this one only. `project_list`: where the file does not name its list. `year`: of days without one.
    """
    sheets = tables_in(file)
    batch = ImportBatch(uploader=user, file_name=file_name[-160:], project_list=project_list,
                        effective_on=effective_on or timezone.localdate())
    read_headers(batch, sheets, sheet)
    said = {}
    for each in sheets:
        said.setdefault(each.part_of or each.name, _unread(each))
    batch.no_list = not batch.project_list and any(
        each.is_read and not each.project_list and not {"project_list", "code"} & set(each.columns)
        for each in batch.read_sheets)
    reading, rosters = Reading(batch, sheets, year=year), []
    for roster in reading.rosters():
        _add(said[roster.table.sheet.part_of or roster.table.sheet.name], _sheet(roster))
        rosters.append(roster)
    sentences = list(dict.fromkeys(each.sentence for each in reading.assumed(rosters)))
    if batch.no_list:
        sentences.append(NO_LIST)
    return {"sheets": list(said.values()), "assumed": sentences}


def _unread(sheet):
    return {"name": sheet.part_of or sheet.name, "read": False, "header_rows": [], "columns": {}, "rows": [],
            "skipped": []}


def _add(said, read):
    """Add what was read of a sheet, or of the next table on it, whose header is told among what is no row."""
    if not said["read"]:
        said.update(read | {"name": said["name"]})
        return
    said["rows"] += read["rows"]
    words = "、".join(each["heading"] for each in read["columns"].values())
    said["skipped"] += [{"row": number, "why": "note", "words": words} for number in read["header_rows"]]
    said["skipped"] += read["skipped"]


def _sheet(roster):
    table, sheet = roster.table, roster.read_sheet
    rows = [_row(roster, line) for lines in judged(roster) for line in lines]
    return {
        "name": sheet.name, "read": True,
        "header_rows": list(range(sheet.header_row, sheet.header_row + sheet.header_rows)),
        "columns": {letter_of(index): {"heading": heading, "field": key or None}
                    for index, (heading, key) in enumerate(zip(sheet.headings, sheet.columns, strict=True)) if heading},
        "rows": rows,
        "skipped": [{"row": each.number, "why": each.why, "words": each.words} for each in table.skipped]}


def _row(roster, line):
    return {"row": line.number, "is": IS[line.outcome], "fields": _fields(roster, line),
            "notes": [_note(roster.table, line, remark) for remark in line.remarks]}


def _fields(roster, line):
    """What the row says, as it would be stored, with units by their names."""
    said = {key: value for key, value in line.read.items() if key in TOLD}
    finder = roster.finder
    for key in ("community", "lead_department", "category"):
        if said.get(key):
            field = FIELDS[key]
            value = said[key]["new"] if isinstance(said[key], dict) else finder.called(field.link, said[key])
            said[key] = value.removesuffix("社区") if key == "community" else value
    if said.get("supporting_departments"):
        said["supporting_departments"] = [finder.called("departments", pk) for pk in said["supporting_departments"]]
    return {key: said.get(key) for key in TOLD}


def _note(table, line, remark):
    place = table.places.get(remark.key)
    cell = plain_text(line.cells[remark.key]) if remark.key in line.cells else line.struck.get(remark.key, "")
    return {"column": letter_of(place) if place is not None else None, "cell": short(cell, 60), "says": str(remark)}
