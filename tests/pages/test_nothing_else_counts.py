"""Nothing outside the apps' `summary.py` counts what people are shown: in the code and in the templates.

What is counted elsewhere stands below with its reason, and a reason that is no longer needed is a failure too.
"""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ["guicheng", "projects", "communities", "partybuilding"]
COUNTERS = {"Count", "Sum", "Avg"}

PAGING = "the pager's own count of the rows it pages"
STAFF = "how many rows the list it leads to has; a person's own work, no figure about the street"
TECHNICAL = "a guard, a number for the machine or a message about what was just done"
IMPORT = "rows of a file that somebody uploads, told to that person"
FROZEN = "a pure function of the document: how many of its rows, all of which it holds"

FILLED = "lines and cells of a superior's form, told to who fills it"
CODE = {
    "guicheng/accounts/log_admin.py": PAGING, "guicheng/tables/paging.py": PAGING, "guicheng/tables/listing.py": PAGING,
    "guicheng/notices/pages.py": STAFF, "guicheng/notices/inbox.py": STAFF,
    "partybuilding/first_page.py": STAFF, "communities/first_page.py": STAFF,
    "communities/needs/answers.py": "how often the same was answered of late, told to who wrote it and who reads it",
    "projects/first_page/own.py": STAFF, "projects/first_page/review.py": STAFF,
    "guicheng/office/shown.py": STAFF, "guicheng/pages/staff.py": STAFF,
    "guicheng/days/workdays_admin.py": STAFF, "guicheng/accounts/hand_over.py": STAFF,
    "guicheng/notices/outbox.py": STAFF,
    "projects/admin/reporting_table.py": TECHNICAL, "projects/reporting/asking.py": TECHNICAL,
    "projects/reporting/returns.py": TECHNICAL,
    "projects/dossier/office.py": "how many changes of the row are left out of the list above it",
    "projects/dossier/reading.py": TECHNICAL,
    "projects/reporting/table.py": "the buttons of a form: how many of the rows on the page each would send",
    "partybuilding/reporting/asking.py": TECHNICAL,
    "projects/admin/bulk.py": STAFF, "projects/admin/late.py": "the lines of the text below it, numbered there",
    "guicheng/files/admin.py": TECHNICAL, "guicheng/review/asking.py": TECHNICAL,
    "guicheng/management/commands/cover_sealed.py": TECHNICAL, "guicheng/pages/seals.py": STAFF,
    "guicheng/seal/models.py": STAFF,
    "guicheng/excel_import/short.py": IMPORT, "projects/report/first_text.py": FROZEN,
    "guicheng/accounts/import_pages.py": TECHNICAL,
    "guicheng/access/roles.py": TECHNICAL,
    "guicheng/management/commands/disable_unused.py": TECHNICAL,
    "projects/management/commands/export_projects.py": TECHNICAL, "guicheng/tables/long_exports.py": TECHNICAL,
    "guicheng/management/commands/sweep_media.py": TECHNICAL, "projects/report/close.py": TECHNICAL,
    "projects/supervision/daily.py": TECHNICAL,
    "projects/management/commands/check_closes.py": TECHNICAL,
    "guicheng/management/commands/audit_packages.py": TECHNICAL,
    "guicheng/management/commands/backup.py": TECHNICAL,
    "guicheng/management/commands/sbom.py": TECHNICAL,
    "guicheng/office/submissions.py": TECHNICAL,
    "guicheng/kept/publication.py": TECHNICAL, "guicheng/kept/store.py": TECHNICAL,
    "guicheng/kept/rollup.py": "sums what is kept for the summaries, which alone read it",
    "guicheng/search/models.py": PAGING,
    "guicheng/upkeep/at_once.py": TECHNICAL,
    "guicheng/upkeep/checks.py": TECHNICAL,
    "guicheng/upkeep/modes.py": TECHNICAL,
    "guicheng/upkeep/postgresql.py": TECHNICAL,
    "guicheng/upkeep/restore.py": TECHNICAL,
    "guicheng/upkeep/sqlite.py": TECHNICAL,
    "projects/sample.py": "made-up rows, told to who makes or removes them",
    "projects/admin/imports.py": IMPORT, "projects/excel_import/review.py": IMPORT,
    "guicheng/excel_import/values.py": IMPORT, "projects/excel_import/matching.py": IMPORT,
    "projects/excel_import/confirm.py": IMPORT,
    "projects/superior_form/cells.py": FILLED, "projects/superior_form/child.py": FILLED,
    "projects/excel_import/undo.py": IMPORT, "projects/excel_import/workbook.py": IMPORT,
    "projects/report/picture.py": FROZEN, "projects/report/word.py": FROZEN,
    "communities/needs/asking.py": TECHNICAL, "communities/needs/forms.py": "mistakes and photos of one form",
    "communities/views/own.py": "the photos of one need, told to who sent them",
    "communities/views/my_data.py": "the photos of one need, told to who sent them",
    "communities/needs/sample.py": "made-up rows, told to who makes or removes them",
    "projects/report/closing.py": "whether there is more than one request can do",
}

BELOW = "how many rows stand below it, all of them"
CUT = "how many rows of a longer list are shown"
FORM = "mistakes or choices in a form"
NOTICES = "how many notices of sources that disagree stand on the same page"
TEMPLATES = {
    "admin/projects/reporting/_foot.html": FORM, "admin/projects/reporting/_line.html": FORM,
    "admin/projects/reporting/paste.html": FORM, "admin/projects/reporting/task.html": BELOW,
    "admin/conflict.html": FORM, "admin/projects/bulk.html": FORM, "admin/projects/_statement_form.html": FORM,
    "admin/own_password.html": FORM, "admin/change_list_results.html": "a table's number of columns",
    "admin/projects/bulk_change.html": BELOW, "admin/projects/_media_form.html": BELOW,
    "admin/desk/_review.html": BELOW,
    "admin/projects/quarterreport/_state.html": BELOW, "admin/guicheng/user/leave.html": BELOW,
    "admin/guicheng/user/import_preview.html": BELOW, "admin/desk/_own.html": BELOW,
    "admin/desk/_more.html": CUT, "admin/desk/_street.html": CUT, "projects/list_promises.html": CUT,
    "projects/list_detail.html": CUT + "; " + NOTICES, "projects/report_compare.html": CUT,
    "projects/_compare_kind.html": CUT,
    "projects/project_detail.html": NOTICES, "pieces/_parts.html": BELOW,
    "communities/needs/ask.html": FORM, "communities/needs/_photos.html": FORM,
    "projects/_print_promises.html": FROZEN, "admin/projects/desk.html": PAGING,
}
PRINTED = re.compile(r"\{\{[^}]*(?:\|length|paginator\.count)[^}]*\}\}")


def is_summary(path):
    return path.name == "summary.py" or "summary" in path.parts


def counts_in(source):
    """The lines that count rows (`.count()`, `Count`, …) or print or hand on a `len()`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "count"
                and not node.args and not node.keywords):
            found.add(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in COUNTERS:
            found.add(node.lineno)
        shown = [node.value] if isinstance(node, ast.FormattedValue) else (
            node.values if isinstance(node, ast.Dict) else ())
        found |= {value.lineno for value in shown if isinstance(value, ast.Call)
                  and getattr(value.func, "id", "") == "len"}
    return found


def code_that_counts():
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            place = path.relative_to(ROOT)
            if "migrations" in place.parts or is_summary(place):
                continue
            if lines := counts_in(path.read_text(encoding="utf-8")):
                found[str(place)] = sorted(lines)
    return found


def templates_that_count():
    folder = ROOT / "templates"
    found = {}
    for path in sorted(folder.rglob("*.html")):
        if matches := PRINTED.findall(path.read_text(encoding="utf-8")):
            found[str(path.relative_to(folder))] = matches
    return found


def test_only_the_summaries_count():
    found = code_that_counts()
    assert {place: lines for place, lines in found.items() if place not in CODE} == {}
    assert set(CODE) - set(found) == set(), "a reason that nothing needs"


def test_templates_print_no_count_of_their_own():
    found = templates_that_count()
    assert {place: lines for place, lines in found.items() if place not in TEMPLATES} == {}
    assert set(TEMPLATES) - set(found) == set(), "a reason that nothing needs"


def test_it_would_be_seen():
    """Negative control."""
    assert counts_in("def view():\n    return {'n': len(rows)}") == {2}
    assert counts_in("rows.filter(a=1).count()") and counts_in("rows.annotate(n=Count('pk'))")
    assert counts_in("text = f'{len(rows)} 条'") and not counts_in("'abc'.count('a')\nif len(rows) > 3: pass")
    assert PRINTED.findall("{{ rows|length }}") and not PRINTED.findall("{% if rows|length > 3 %}")
