"""The whole quarter on paper: one HTML page to print from any browser, and the same as PDF.

What the office released of its text stands first; until then no word of the staff is in either.
"""
import re

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guicheng import words
from projects.document import UNITS_LEFT_OUT
from projects.models import Status
from projects.report import digest
from projects.report.canvas import COLOURS, qr_path
from projects.report.pdf import pdf_of

STATUSES = [("unknown", "暂无进展"), *Status.choices]  # a closed document has its keys in another order
ROWS, OTHERS = 1000, 300  # lines on paper: of all lists together, and of each other section; the tables have all
# for browsers and tests: a tenth of the time of a PDF
DATA = re.compile(r' data-(?:label|figure|part|status|list|change|by|group|says|quarter|definition)="[^"]*"')


def render_html(document, address, in_browser=True):
    """The page. `address` is the public page of the quarter, "" leaves the QR code out.

    In a browser it links its style sheets and says how to print; without, they are given to WeasyPrint as text.
    """
    return render_to_string("projects/report_print.html", {**_context(document, address), "in_browser": in_browser})


def render_pdf(document, address):
    """The same as PDF, the same bytes wherever the fonts are the same. Raises Missing where something is lacking."""
    made = pdf_of(DATA.sub("", render_html(document, address, in_browser=False)), "report_print.css")
    # a comment behind the end: what stands inside is compressed, and a changed copy should still name its close
    return made + f"\n% SHA-256 {document.fingerprint}\n".encode()


# --- what the template shows ---------------------------------------------------------------------
def _context(document, address):
    figures = document.figures
    return {
        "document": document, "figures": figures, "address": address,
        "verify": f"{address.partition('/reports/')[0]}/reports/verify/" if address else "",
        "lock": digest.lock_words(document), "short": digest.short_fingerprint(document),
        "is_sample": digest.is_sample(document), "lead": digest.lead(figures), "qr": qr_svg(address),
        "parts": _parts(document),
        "lists": [{**row, "bar": _bar(row), "rate_sentence": digest.rate_sentence(row),
                   "has_groups": max(len(row["by_category"]), len(row["by_community"])) > 1,
                   "statuses": [(key, label, row["by_status"][key]) for key, label in STATUSES]}
                  for row in figures["lists"]],
        "statuses": STATUSES,
        "legend": [(_key(family), label) for family, label in _legend(figures)],
        "change_sentence": digest.change_sentence(figures), "changes": _changes(figures),
        "promise_sentence": digest.promise_sentence(figures),
        "promises": [{**row, "proof_on": digest.proof(row), "why": row.get("why", "")}
                     for row in _with_days(figures["promises"][:OTHERS], "due_on")],
        "next_promises": _with_days(figures["next_promises"][:OTHERS], "due_on"),
        "corrections": [{**row, "effective_on": digest.corrected(row)}
                        for row in _with_days(figures["corrections"][:OTHERS], "recorded_on")],
        "details": _details(figures), "units_left_out": UNITS_LEFT_OUT, "rest": _rest(figures),
    }


def _rest(figures):
    """{section: what of it is left out, in a sentence; "" where all of it is there}."""
    counts = {name: (len(figures[name]), OTHERS, "条") for name in ("promises", "next_promises", "corrections")}
    counts["changes"] = sum(row["count"] for row in figures["moves"]), OTHERS, "个"
    counts["projects"] = len(figures["projects"]), ROWS, "行"
    return {name: f"纸上列前 {words.number(most)} {unit}，其余 {words.number(count - most)} {unit}见 Excel、CSV 表格。"
            if count > most else "" for name, (count, most, unit) in counts.items()}


def _changes(figures):
    """The groups of changes, of all of them the first."""
    left, found = OTHERS, []
    for kind, label, count, rows in digest.change_groups(figures, OTHERS):
        found.append((kind, label, count, rows[:left]))
        left -= len(rows[:left])
    return found


def _details(figures):
    """The rows list by list, with what is said of each table; the projects that are on no list come last."""
    titles = {**{row["slug"]: row["title"] for row in figures["lists"]}, None: "不在清单上的项目"}
    found = {slug: {"title": title, "rows": [], "count": 0, "has_parts": False, "has_numbers": False}
             for slug, title in titles.items()}
    for row in figures["projects"]:
        each = found[row["list"] if row["list"] in found else None]
        each["count"] += 1
        each["has_parts"] |= row["is_part"]
        each["has_numbers"] |= row["number"] is not None
        if len(each["rows"]) < ROWS:
            each["rows"].append(row | {"moved": digest.moved(row)})
    left = ROWS
    for each in found.values():
        each["rows"] = each["rows"][:left]
        left -= len(each["rows"])
    return [each for each in found.values() if each["count"]]


def _with_days(rows, *names):
    """The rows with these days in words."""
    return [{**row, **{name: digest.day(row[name]) for name in names}} for row in rows]


def _parts(document):
    """The text, each part with its number, once the office has released it."""
    return document.numbered_parts if document.report.get("is_released") else []


# --- drawings, with attributes only --------------------------------------------------------------
def _bar(row):
    """The stacked bar of a list; its sentence stands beside it."""
    total, x, stretches = sum(part["count"] for part in row["segments"]) or 1, 0.0, []
    for part in row["segments"]:
        width = 600 * part["count"] / total
        stretches.append((f"{x:.2f}", f"{width:.2f}", COLOURS[f"fill-{part['family']}"]))
        x += width
    rects = format_html_join(
        "", '<rect x="{}" y="1" width="{}" height="16" fill="{}" stroke="#fff" stroke-width="1"/>', stretches)
    return format_html(
        '<svg class="bar" viewBox="0 0 600 18" preserveAspectRatio="none" role="img" aria-label="{}">{}'
        '<rect x=".5" y=".5" width="599" height="17" fill="none" stroke="{}"/></svg>',
        f"{row['title']}：{row['sentence']}", rects, COLOURS["edge"])


def _legend(figures):
    """(family, label) of the stretches that occur, in the order of the bars."""
    labels = {part["family"]: part["label"] for row in figures["lists"] for part in row["segments"]}
    order = ["done", "declared", "doing", "stopped", "none", "missing"]
    return [(family, labels[family]) for family in order if family in labels]


def _key(family):
    return format_html(
        '<svg class="key" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
        '<rect x=".5" y=".5" width="11" height="11" fill="{}" stroke="{}"/></svg>',
        COLOURS[f"fill-{family}"], COLOURS["edge"])


def qr_svg(address):
    """The QR code of an address as SVG with its words; "" for no address."""
    if not address:
        return ""
    size, path = qr_path(address)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" width="110" height="110" role="img" aria-label="{1}">'
        '<path d="{2}" fill="#000"/></svg>', size, f"二维码，内容是 {address}", SafeString(path))


# what is drawn from a document: extension -> how, content type
