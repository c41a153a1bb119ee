"""Names of files that people take along: what Windows, too, will save."""
import re

from guicheng.text import clean_text

REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
LONGEST = 60  # characters: the folder it is unpacked into has a name as well, and the whole may have 260


def safe_name(text, longest=LONGEST):
    """The text as a name without its ending: no sign that Windows refuses, none of its devices, never empty."""
    name = re.sub(r"\s+", " ", REFUSED.sub(" ", clean_text(text))).strip(" .")[:longest].strip(" .")
    return f"{name}_" if RESERVED.fullmatch(name) else name or "未命名"


def apart(names):
    """The names, each once: of those that Windows takes for the same, the later ones get a number."""
    seen, found = set(), []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        number, made = 1, name
        while made.casefold() in seen:
            number += 1
            made = f"{stem}（{number}）{dot}{ending}"
        seen.add(made.casefold())
        found.append(made)
    return found
