"""What a page sends of its rows: the version it saw, what it was drawn with, what is typed; and two who type at once.

Beside its version every row carries a mark of each text it was drawn with. So a cell that somebody did not touch is
told from one they did: two people in one row keep each what they typed, and only of one cell one of them is asked.
"""
import hashlib
import re
from typing import NamedTuple

from guicheng.text import is_row_number

MANY = 250  # rows that one sending may hold
MARK = re.compile(r"([a-z_]{1,20})\.([0-9a-f]{8})")


def marks_of(draft):
    """The marks of these texts as a page carries them; "-" where there is none."""
    return " ".join(f"{name}.{_mark(text)}" for name, text in sorted(draft.items()) if text) or "-"


def _mark(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8] if text else ""


class Typed(NamedTuple):
    """One row as a page sent it. `drawn`: {field: mark} of what it was drawn with; None where the page does not say.

    `unseen`: the fields that the page does not show.
    """

    version: int
    draft: dict
    drawn: dict | None = None
    unseen: frozenset = frozenset()

    def over(self, kept):
        """The same, and what the page does not show as it is kept."""
        rest = {name: kept[name] for name in self.unseen if kept.get(name)}
        drawn = None if self.drawn is None else {
            **{name: mark for name, mark in self.drawn.items() if name not in self.unseen},
            **{name: _mark(text) for name, text in rest.items()}}
        return self._replace(draft={**self.draft, **rest}, drawn=drawn)

    @property
    def mine(self):
        """The fields in which the page says something else than it was drawn with."""
        return self._changed(self.draft)

    def _changed(self, texts):
        drawn = self.drawn or {}
        return {name for name in {*texts, *drawn} if _mark(texts.get(name, "")) != drawn.get(name, "")}

    @property
    def is_touched(self):
        return self.drawn is None or bool(self.mine)

    def beside(self, theirs):
        """(what both wrote, put together; the fields about which one of the two has to be asked).

        `theirs` is how the row stands by now. 本期无变化 is said of a whole row: it goes with no text of somebody else.
        """
        mine, moved = self.mine, self._changed(theirs)
        either, is_of_whole_row = mine | moved, "nil" in mine | moved and mine and moved
        asked = either if is_of_whole_row or self.drawn is None else mine & moved
        together = {**theirs, **{name: self.draft.get(name, "") for name in mine}}
        return ({name: text for name, text in together.items() if text},
                frozenset(name for name in asked if self._differs(name, theirs)))

    def _differs(self, name, theirs):
        return self.draft.get(name, "") != theirs.get(name, "")


def as_typed(row, typed):
    """(the texts that a page shows of a row, what somebody else wrote meanwhile of the cells about which one is asked).

    `typed` came with a request and was refused, or is None: it stands before what is kept.
    """
    kept = row.kept
    if typed is None:
        return kept, {}
    typed = typed.over(kept)
    draft, clash = typed.beside(kept) if row.version != typed.version else (typed.draft, ())
    return draft, {name: kept.get(name, "") for name in clash}


def typed_in(post, kind, names, only=None):
    """{row's key: Typed} of the rows of a kind, as a page sent them; a row without a version was not sent.

    `only`: those of the names that the page shows, where it does not show all.
    """
    shown, found = names if only is None else only, {}
    for version in post:
        pk = version.removeprefix(kind.prefix).removesuffix("-version")
        row = f"{kind.prefix}{pk}"
        if version == f"{row}-version" and is_row_number(pk) and len(found) < MANY and _is_version(post[version]):
            texts = {name: post[f"{row}-{name}"] for name in shown if f"{row}-{name}" in post}
            drawn = dict(MARK.findall(post[f"{row}-drawn"][:1000])) if f"{row}-drawn" in post else None
            found[int(pk)] = Typed(int(post[version]), kind.clean(texts, shown), drawn, frozenset(names) - {*shown})
    return found


def _is_version(text):
    return text.isascii() and text.isdecimal() and len(text) < 10
