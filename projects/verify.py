"""Which close a file or a fingerprint is of, and whether the file is as it was kept."""
import io
import json
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass

from projects import quarter_close
from projects.models import QuarterClose
from projects.report.document import canonical, sha256
from projects.report.files import FORMATS

DIGEST = re.compile(rb"[0-9a-fA-F]{64}")
MAX_UNPACKED = 64 * 1024 * 1024
UNTOUCHED, FIGURES_HOLD, ALTERED, UNKNOWN, FOUND = "untouched", "figures", "altered", "unknown", "found"


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


def of_file(content):
    """The answer about a file's bytes."""
    digest = sha256(content)
    if kept := quarter_close.kept_file(digest):
        return Answer(UNTOUCHED, kept[0], FORMATS[kept[1]].label, digest)
    if found := _with_figures(content):
        close, is_only_laid_out = found
        return Answer(FIGURES_HOLD, close, "JSON", digest) if is_only_laid_out else Answer(
            ALTERED, close, digest=digest)
    if close := _named_in(content):
        return Answer(ALTERED, close, digest=digest)
    return Answer(UNKNOWN, digest=digest)


def _with_figures(content):
    """The close whose figures a JSON file holds, however it is laid out, and whether it says nothing else. Or None."""
    try:
        data = json.loads(content, object_pairs_hook=_without_twins)
        fingerprint = sha256(canonical(data["figures"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    close = quarter_close.closes_with(fingerprint).order_by("-sequence").first()
    kept = close and {"fingerprint": close.figures_sha256, "sm3": close.figures_sm3, "figures": data["figures"]}
    return close and (close, all(kept.get(name) == value for name, value in data.items()))


def _without_twins(pairs):
    """A dict; of a key that stands there twice readers take one or the other."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("A key stands there twice.")
    return found


def _named_in(content):
    """The close whose fingerprint stands in a file, or None. One query, however many digests a file holds."""
    known = quarter_close.fingerprints()
    for text in _texts(content):
        for found in DIGEST.finditer(text):
            if close := known.get(found[0].decode().lower()):
                return close
    return None


def _texts(content):
    """What of a file could name a fingerprint: its bytes, and the parts of a workbook or Word file."""
    yield content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
            if sum(part.file_size for part in parts) <= MAX_UNPACKED:
                for part in parts:
                    yield archive.read(part)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, NotImplementedError, ValueError,
            EOFError):
        return  # damaged or locked: its own bytes are all there is to read
