"""Which close a file or a fingerprint is of, and whether the file is as it was kept.

Anybody may send a file: its size is looked at first, then the digest of the whole; its insides only where they are
small, one file at a time on this machine, in a child process with limits (`verify_reader.py`).
"""
import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from guicheng.files.limited_child import limited_child
from guicheng.public.turns import turn
from projects.models import QuarterClose
from projects.report import close as quarter_close
from projects.report import covered
from projects.report.files import FORMATS
from projects.report.without_units import is_file_without_units

BEGINNINGS = {b"{": ("json",), b"%": ("pdf",), b"P": ("xlsx", "docx")}  # of the files that name units
READER = Path(__file__).with_name("verify_reader.py")
MAX_OPENED = 3 * 1024 * 1024  # bytes: ten times what a quarter's workbook takes
MAX_MEMORY, MAX_SECONDS = 320, 5  # MB, and seconds of the processor
SHARE = 10  # files of one address opened in a minute
UNTOUCHED, FIGURES_HOLD, ALTERED, UNKNOWN, FOUND = "untouched", "figures", "altered", "unknown", "found"
WITHOUT_UNITS = "without_units"  # as it is given to residents while the units of what is late are not named
TOO_BIG_TO_OPEN, UNREADABLE = "too_big", "unreadable"
COVERED, COVERED_FOUND = "covered", "covered_found"  # an edition with sealed words covered
COVERED_WITHOUT_UNITS = "covered_without_units"  # both


@dataclass(frozen=True)
class Answer:
    """`kind` is one of the words above; `close` and `label` say of what, where it is known.

    `sealed_since`: from when on words of this close are sealed, and its original is not public any more.
    """

    kind: str
    close: QuarterClose | None = None
    label: str = ""
    digest: str = ""
    sealed_since: datetime | None = None


def of_fingerprint(text):
    """The answer about a typed fingerprint, by its whole or its first 16 signs or more. Spaces do not matter."""
    return _told(_of_fingerprint(text))


def _told(answer):
    """The same answer; of a close with sealed words it says since when."""
    return replace(answer, sealed_since=covered.sealed_since(answer.close)) if answer.close else answer


def _of_fingerprint(text):
    digest = re.sub(r"[\s…]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{16,64}", digest):
        return Answer(UNKNOWN, digest=digest)
    if close := quarter_close.closes_with(digest).order_by("-sequence").first():
        return Answer(FOUND, close, digest=digest)
    edition = covered.edition_with(digest)
    return Answer(COVERED_FOUND, edition.close, digest=digest) if edition else Answer(UNKNOWN, digest=digest)


def of_file(file, address=""):
    """The answer about an uploaded file, sent from `address`. Raises Busy where it cannot be opened just now."""
    return _told(_of_file(file, address))


def _of_file(file, address):
    digest = _digest(file)
    if kept := quarter_close.kept_file(digest):
        return Answer(UNTOUCHED, kept[0], FORMATS[kept[1]].label, digest)
    if row := covered.covered_file(digest):
        kind = COVERED_WITHOUT_UNITS if row.leaves_units_out else COVERED
        return Answer(kind, row.edition.close, FORMATS[row.format].label, digest)
    if file.size > MAX_OPENED:
        return Answer(TOO_BIG_TO_OPEN, digest=digest)
    known = {**covered.fingerprints(), **quarter_close.fingerprints()}
    with turn("verify", of=address, share=SHARE):
        inside = _inside(file, known)
    if inside is None:
        return Answer(UNREADABLE, digest=digest)
    if frozen := inside["figures"] and known.get(inside["figures"]["fingerprint"]):
        kind = FIGURES_HOLD if _is_only_laid_out(inside["figures"], frozen) else ALTERED
        return Answer(kind, _close_of(frozen), "JSON" if kind == FIGURES_HOLD else "", digest)
    if inside["named"]:
        found = known[inside["named"]]
        label = _label_without_units(file, found, digest) if isinstance(found, QuarterClose) else ""
        return Answer(WITHOUT_UNITS if label else ALTERED, _close_of(found), label, digest)
    return Answer(UNKNOWN, digest=digest)


def _label_without_units(file, close, digest):
    """What the file is called where it is one of this close without the units of what is late; else "". Raises Busy."""
    file.seek(0)
    start = file.read(4)
    for name in BEGINNINGS.get(start[:1], ()):
        with turn("slow-file"):
            if name in FORMATS and is_file_without_units(close, name, digest):
                return FORMATS[name].label
    return ""


def _close_of(frozen):
    """The close of what carries a fingerprint: itself, or that of its covered edition."""
    return frozen if isinstance(frozen, QuarterClose) else frozen.close


def _digest(file):
    """Read in pieces: nobody holds the whole."""
    whole = hashlib.sha256()
    for piece in file.chunks():
        whole.update(piece)
    return whole.hexdigest()


def _inside(file, known):
    """What the child found, or None where it died of its limits."""
    with limited_child(READER, file, *known, memory=MAX_MEMORY, seconds=MAX_SECONDS) as lines:
        line = lines.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def _is_only_laid_out(figures, frozen):
    """Whether a JSON file says nothing but the figures of a close, or of an edition of it, and their fingerprints."""
    kept = {"fingerprint": frozen.figures_sha256, "sm3": frozen.figures_sm3}
    return not figures["more"] and all(kept[name] == value for name, value in figures["said"].items())
