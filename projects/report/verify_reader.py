"""The child process of `verify.py`: look into one file that anybody sent and say in one line what it names.

Run by `limited_child.py` with FILE and the fingerprints that are known. It imports how a document is written, and
nothing else of the portal.
"""
import io
import json
import lzma
import re
import sys
import zipfile
import zlib
from pathlib import Path

from projects.document import canonical, sha256

# whole runs: with no look at what stands before, each sign of a run of 63 would begin a search of its own
DIGITS = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{64,}")
MAX_PARTS, MAX_UNPACKED = 2_000, 32 * 1024 * 1024
BESIDE = ("fingerprint", "sm3")  # what our own JSON says beside its figures


def main(path, *known):
    content = Path(path).read_bytes()
    print(json.dumps({"figures": figures_in(content), "named": named_in(content, set(known))}))


def figures_in(content):
    """The fingerprint of the figures that a JSON file holds, however it is laid out, and what else it says. Or None."""
    try:
        data = json.loads(content, object_pairs_hook=_without_twins)
        fingerprint = sha256(canonical(data["figures"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    said = {name: data[name] for name in BESIDE if name in data}
    return {"fingerprint": fingerprint, "more": bool(set(data) - {"figures", *BESIDE}),
            "said": {name: value if isinstance(value, str) and len(value) <= 64 else None
                     for name, value in said.items()}}


def _without_twins(pairs):
    """A dict; of a key that stands there twice readers take one or the other."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("A key stands there twice.")
    return found


def named_in(content, known):
    """The first known fingerprint that stands in a file, or None."""
    for text in _texts(content):
        for run in DIGITS.finditer(text):
            for begin in range(run.start(), run.end() - 63, 64):
                if (digest := text[begin: begin + 64].decode().lower()) in known:
                    return digest
    return None


def _texts(content):
    """What of a file could name a fingerprint: its bytes, and the parts of a workbook or Word file."""
    yield content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
            if len(parts) <= MAX_PARTS and sum(part.file_size for part in parts) <= MAX_UNPACKED:
                for part in parts:
                    yield archive.read(part)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, NotImplementedError, ValueError,
            EOFError):
        return  # damaged or locked: its own bytes are all there is to read


if __name__ == "__main__":
    main(*sys.argv[1:])
