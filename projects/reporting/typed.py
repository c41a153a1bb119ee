"""What a page sends of its rows: the version it saw, what it was drawn with, what is typed; and two who type at once.

Beside its version every row carries a mark of each text it was drawn with. So a cell that somebody did not touch is
told from one they did: two people in one row keep each what they typed, and only of one cell one of them is asked.
"""
import hashlib
import re
from typing import NamedTuple

from guicheng.text import clean_text
from projects.excel_import.statuses import status_of
from projects.models import AskedColumn, Standing

LONGEST = 2000  # characters of one cell
BESIDE = ("reason", "effective_on", "nil", "nil_reason", "words_checked")  # what can be said beside the asked columns
LABELS = {**dict(AskedColumn.choices), "reason": "暂停的原因", "nil": "本期无变化", "nil_reason": "没有变化的原因",
          "effective_on": "到哪天", "words_checked": "已核对提醒词", "": "这一行", "words": "提醒词"}
NOT_AGAIN = {"words_checked", "nil"}  # of what was returned: to be said anew
MARK = re.compile(r"([a-z_]{1,20})\.([0-9a-f]{8})")


def draft_of(typed, columns):
    """The texts of one row, cleaned and cut to what the task asks; what is empty is left out.

    A status in the words of an office is kept as the status, as in the import; one that nobody knows as it was typed.
    """
    names = [*columns, *BESIDE]
    texts = {name: clean_text(str(typed.get(name, "")))[:LONGEST] for name in names}
    if texts.get("status"):
        texts["status"] = status_of(texts["status"]) or texts["status"]
    return {name: text for name, text in texts.items() if text}


def is_begun(draft):
    return any(draft.get(name) for name in [*AskedColumn.values, "reason", "nil", "nil_reason"])


def kept_of(row):
    """The texts a row stands with: its draft; of one that was handed in what was handed in, to be read or said anew."""
    standing = row.standing_now
    if standing in Standing.ANSWERED:
        return {name: text for name, text in row.latest.said.items() if name != "words_checked"}
    if standing == Standing.RETURNED and not row.has_draft:
        return {name: text for name, text in row.latest.said.items() if name not in NOT_AGAIN}
    return row.draft


def marks_of(draft):
    """The marks of these texts as a page carries them; "-" where there is none."""
    return " ".join(f"{name}.{_mark(text)}" for name, text in sorted(draft.items()) if text) or "-"


def _mark(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8] if text else ""


class Typed(NamedTuple):
    """One row as a page sent it. `drawn`: {field: mark} of what it was drawn with; None where the page does not say."""

    version: int
    draft: dict
    drawn: dict | None = None

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


def typed_in(post, keys, columns):
    """{row's key: Typed} of these rows, as a page sent them; a row without a version was not sent."""
    found = {}
    for pk in keys:
        version = post.get(f"r{pk}-version", "")
        if version.isascii() and version.isdecimal() and len(version) < 10:
            texts = {name: post[f"r{pk}-{name}"] for name in [*columns, *BESIDE] if f"r{pk}-{name}" in post}
            drawn = dict(MARK.findall(post[f"r{pk}-drawn"][:1000])) if f"r{pk}-drawn" in post else None
            found[pk] = Typed(int(version), draft_of(texts, columns), drawn)
    return found
