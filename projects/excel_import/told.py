"""What a file would do, told as plain data: every sheet, row and cell, what was assumed, what was passed over.

It writes nothing. `manage.py preview_list` prints it for whoever sends lists by script.
"""
from django.utils import timezone

from guicheng.excel_import.columns import letter_of
from guicheng.excel_import.rows import Outcome, Remark, chunks
from guicheng.excel_import.values import plain_text, short
from guicheng.files.spreadsheets import read_sheets
from projects.excel_import.assumed import assumed, assumed_of_sheets, is_read
from projects.excel_import.fields import FIELDS
from projects.excel_import.roster import ProjectRoster, table_of
from projects.excel_import.upload import list_named_in, read_header
from projects.models import ImportBatch

IS = {Outcome.NEW: "new", Outcome.CHANGED: "changed", Outcome.UNCHANGED: "same", Outcome.ASK: "ask",
      Outcome.WRONG: "wrong"}
TOLD = [
    "name", "number", "community", "lead_department", "supporting_departments", "leader", "contact", "phone",
    "planned_start", "planned_end", "schedule_text", "status", "percent", "quantity", "text", "problem",
    "delay_reason", "next_step", "coordination", "reason", "budget", "category", "effective_on"]
CHUNK = 1000


def told(file, user, *, file_name="", sheet="", project_list=None, year=None, effective_on=None):
    """{"sheets": […], "assumed": […]} of a workbook or text file, for one person. Raises Unreadable.

    `sheet`: read this one only. `project_list`: where the file does not name its list. `year`: of days without one.
    """
    sheets = read_sheets(file)
    wanted = is_read(sheets, sheet)
    first_seen, told_sheets, sentences = {}, [], assumed_of_sheets(sheets, wanted)
    for each in sheets:
        if each.name not in wanted:
            told_sheets.append({"name": each.name, "read": False, "header_rows": [], "columns": {}, "rows": [],
                                "skipped": []})
            continue
        batch = ImportBatch(uploader=user, file_name=file_name[-160:], project_list=project_list,
                            effective_on=effective_on or timezone.localdate())
        read_header(batch, each)
        batch.project_list = project_list or list_named_in(batch, each)
        batch.no_list = batch.project_list is None
        roster = ProjectRoster(batch, table_of(batch, each), year)
        roster.first_seen = first_seen
        told_sheets.append(_sheet(roster, batch, each))
        sentences += [sentence for sentence in assumed(roster) if sentence not in sentences]
    return {"sheets": told_sheets, "assumed": sentences}


def _sheet(roster, batch, sheet):
    table, rows = roster.table, []
    for chunk in chunks(table.lines(), CHUNK):
        rows += [_row(roster, line) for line in roster.judge(chunk)]
    return {
        "name": sheet.name, "read": True,
        "header_rows": list(range(batch.header_row, batch.header_row + batch.header_rows)),
        "columns": {letter_of(index): {"heading": heading, "field": key or None}
                    for index, (heading, key) in enumerate(zip(batch.headings, batch.columns, strict=True)) if heading},
        "rows": rows,
        "skipped": [{"row": each.number, "why": each.why, "words": each.words} for each in table.skipped]}


def _row(roster, line):
    return {"row": line.number, "is": IS[line.outcome], "fields": _fields(roster, line),
            "notes": [_note(roster.table, line, remark) for remark in [*line.problems, *line.questions, *line.notes]]}


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
    key = remark.key if isinstance(remark, Remark) else ""
    place = table.places.get(key)
    cell = plain_text(line.cells[key]) if key in line.cells else line.struck.get(key, "")
    return {"column": letter_of(place) if place is not None else None, "cell": short(cell, 60), "says": str(remark)}
