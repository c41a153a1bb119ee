"""A quarter as residents get it while the units of what is late are not named: the rows stand there without them.

The fingerprint stays that of the whole figures, which a close keeps; a file without them says so, and `verify.py`
knows it. Where words are sealed too (`covered.py`) they are covered first, so that a sealed sentence is found whole.
"""
import re
from dataclasses import replace

from django.core.cache import cache

from guicheng.seal.words import MARK
from projects.document import sha256
from projects.faces import LATE_UNITS
from projects.ledger.promises import Verdict
from projects.report.close import signed
from projects.report.files import FORMATS, RELEASED
from projects.spooled import among, changed

UNITS = ("department", "community", "phone")
PROBLEMS = "problems"  # the part of the text that is about what is late
SOMEBODY = "有关单位"
KEPT_FOR = 24 * 3600  # seconds that the digest of a closed quarter's file without units is remembered


def public_document(document):
    """The document as residents may read it today."""
    return document if LATE_UNITS.is_on else without_units(document)


def without_units(document):
    """The document without the units of what is late; itself where nothing is."""
    figures = document.figures
    late = _late_codes(figures)
    if next(_named(figures, late), None) is None:
        return document
    rows = list(_named(figures, late)) if document.parts else []
    figures = figures | {name: changed(figures[name], lambda row: _without_units(row) if row["code"] in late else row)
                         for name in ("projects", "overdue")}
    parts = [part | {"paragraphs": [
        each | {"text": _without_names(each["text"], rows, part["key"])} for each in part["paragraphs"]]}
        for part in document.parts]
    report = document.report | ({"parts": parts} if parts else {})
    return replace(document, figures=figures, report=report, whole=document)


def _named(figures, late):
    """The rows that are late and name a unit, one by one: only a text is compared with all of them."""
    return (row for row in among(figures["projects"], late) if any(row[name] for name in UNITS))


def _late_codes(figures):
    broken = {row["code"] for row in figures["promises"] if Verdict(row["verdict"]).is_late}
    return broken | {row["code"] for row in figures["overdue"]}


def _without_units(row):
    return row | dict.fromkeys(UNITS, "") | {"units_left_out": True}


def _without_names(text, rows, part):
    """A paragraph without the names of the units; where it is not about problems, of those projects it names."""
    rows = rows if part == PROBLEMS else [row for row in rows if row["name"] in text]
    units = {row["department"] for row in rows} | {f"{row['community']}社区" for row in rows if row["community"]}
    units = "|".join(map(re.escape, sorted(units - {"", MARK}, key=len, reverse=True)))
    if not units:
        return text
    names = "|".join(re.escape(row["name"]) for row in rows)  # a project's own name stays, whatever is in it
    found = re.compile(f"(?P<name>{names})|(?P<bracket>[（(](?:{units})[）)])|(?:{units})")
    return found.sub(lambda match: match[0] if match["name"] else "" if match["bracket"] else SOMEBODY, text)


# --- the files of a closed quarter -----------------------------------------------------------------
def whole_of(close, name):
    """What the kept file of this format was rendered from."""
    signing = close.signings.last() if FORMATS[name].audience == RELEASED else None
    return signed(close.document, signing) if signing else close.document


def is_file_without_units(close, name, digest):
    """Whether a file with this SHA-256 is that of this format without units. Renders it, unless it did lately."""
    document = without_units(whole_of(close, name))
    if not document.leaves_units_out:
        return False
    key = f"without-units:{close.pk}:{name}:{document.text_fingerprint}"
    known = cache.get(key)
    if known is None:
        known = sha256(FORMATS[name].render(document, close.address))
        cache.set(key, known, KEPT_FOR)
    return known == digest
