"""Which close a file or a fingerprint is of, and whether the file is as it was kept.

Anybody may send a file: its size is looked at first, then the digest of the whole; its insides only where they are
small, one file at a time on this machine, in a child process with limits (`verify_reader.py`).
"""
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from guicheng.files.limited_child import limited_child
from guicheng.public.turns import turn
from projects.models import QuarterClose
from projects.report import close as quarter_close
from projects.report.covered import is_covered_file
from projects.report.files import FORMATS

BEGINNINGS = {b"{": ("json",), b"%": ("pdf",), b"P": ("xlsx", "docx")}  # of the files that name units
READER = Path(__file__).with_name("verify_reader.py")
MAX_OPENED = 3 * 1024 * 1024  # bytes: ten times what a quarter's workbook takes
MAX_MEMORY, MAX_SECONDS = 320, 5  # MB, and seconds of the processor
SHARE = 10  # files of one address opened in a minute
UNTOUCHED, FIGURES_HOLD, ALTERED, UNKNOWN, FOUND = "untouched", "figures", "altered", "unknown", "found"
COVERED = "covered"  # as it is given to residents while the units of what is late are not named
TOO_BIG_TO_OPEN, UNREADABLE = "too_big", "unreadable"


@dataclass(frozen=True)
class Answer:
    """`kind` is one of the words above; `close` and `label` say of what, where it is known."""

    kind: str
    close: QuarterClose | None = None
    label: str = ""
    digest: str = ""


def of_fingerprint(text):
    """The answer about a typed fingerprint, by its whole or its first 16 signs or more. Spaces do not matter."""
    digest = re.sub(r"[\s…]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{16,64}", digest):
        return Answer(UNKNOWN, digest=digest)
    close = quarter_close.closes_with(digest).order_by("-sequence").first()
    return Answer(FOUND, close, digest=digest) if close else Answer(UNKNOWN, digest=digest)


def of_file(file, address=""):
    """The answer about an uploaded file, sent from `address`. Raises Busy where it cannot be opened just now."""
    digest = _digest(file)
    if kept := quarter_close.kept_file(digest):
        return Answer(UNTOUCHED, kept[0], FORMATS[kept[1]].label, digest)
    if file.size > MAX_OPENED:
        return Answer(TOO_BIG_TO_OPEN, digest=digest)
    known = quarter_close.fingerprints()
    with turn("verify", of=address, share=SHARE):
        inside = _inside(file, known)
    if inside is None:
        return Answer(UNREADABLE, digest=digest)
    if close := inside["figures"] and known.get(inside["figures"]["fingerprint"]):
        return Answer(FIGURES_HOLD, close, "JSON", digest) if _is_only_laid_out(inside["figures"], close) else Answer(
            ALTERED, close, digest=digest)
    if inside["named"]:
        close = known[inside["named"]]
        label = _covered_label(file, close, digest)
        return Answer(COVERED if label else ALTERED, close, label, digest)
    return Answer(UNKNOWN, digest=digest)


def _covered_label(file, close, digest):
    """What the file is called where it is a covered one of this close; "" for any other. Raises Busy."""
    file.seek(0)
    start = file.read(4)
    for name in BEGINNINGS.get(start[:1], ()):
        with turn("slow-file"):
            if name in FORMATS and is_covered_file(close, name, digest):
                return FORMATS[name].label
    return ""


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


def _is_only_laid_out(figures, close):
    """Whether a JSON file says nothing but the close's figures and its fingerprints."""
    kept = {"fingerprint": close.figures_sha256, "sm3": close.figures_sm3}
    return not figures["more"] and all(kept[name] == value for name, value in figures["said"].items())
