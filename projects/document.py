"""A quarter as one document of plain values: what is closed, fingerprinted, and rendered.

`figures` is public: the lists, changes, promises and rows with their definitions. `report` is for staff until it is
released: the prose, what the paper needs, the lights and the clerks' own words. Both are JSON values only.
"""
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from projects.spooled import canonical, digests

FORMAT = 1  # of the figures: a later one reads an older document by this number
BLANK = re.compile(r"【(?!依规不再公开)[^【】\n]*】")  # what is sealed is no blank
# what a file without the units of what is late says of itself
UNITS_LEFT_OUT = "逾期的、到期没有完成的事项，这里不写牵头单位、社区和电话；指纹由写全了的数算出。"
NO_OFFICE = {
    "kind": "", "kind_label": "", "has_red_head": False, "issuer": "", "document_number": "", "signer": "", "title": "",
    "addressee": "", "signed_on": None, "copied_to": "", "printed_by": "", "printed_on": None,
}


def sha256(data):
    """Hex digest of text or bytes."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def sm3(data):
    """Hex digest by SM3 (GB/T 32905-2016); "" where this machine's OpenSSL leaves it out."""
    try:
        return hashlib.new("sm3", data.encode() if isinstance(data, str) else data).hexdigest()
    except ValueError:
        return ""


def blanks_in(parts):
    """What nobody has filled in yet, 【待核】 or 【待填：牵头单位】, in the order of the text; a lone bracket too."""
    return [found for part in parts for row in part["paragraphs"] for found in BLANK.findall(row["text"])]


@dataclass(frozen=True)
class Document:
    """What a renderer gets. `closing` is None for a quarter that is not closed: then it is a draft."""

    figures: dict
    report: dict = field(default_factory=dict)
    closing: dict | None = None  # number, closed_on (ISO day)
    whole: "Document | None" = None  # of one without the units of what is late: that with them

    @property
    def fingerprint(self):
        """SHA-256 of the figures, all of them: what is printed on everything."""
        return self._digests[0]

    @property
    def sm3(self):
        return self._digests[1]

    @cached_property
    def _digests(self):
        """Of as many rows as there are: both are made in one reading, and once."""
        return self.whole._digests if self.whole else digests(self.figures, "sha256", "sm3")

    @property
    def text_fingerprint(self):
        """SHA-256 of the text and the paper: what figures of one fingerprint may still differ in."""
        return sha256(canonical(self.report))

    @property
    def leaves_units_out(self):
        """Whether the units of what is late are left out of it."""
        return self.whole is not None

    @property
    def quarter(self):
        return self.figures["quarter"]

    @property
    def title(self):
        return self.figures["title"]

    @property
    def as_of(self):
        return date.fromisoformat(self.figures["as_of"])

    @property
    def is_closed(self):
        return self.closing is not None

    @property
    def public(self):
        """What residents may read: no lights, none of the clerks' words, and the text only once it is released."""
        kept = ("office", "parts", "is_released") if self.is_closed and self.report.get("is_released") else ()
        return replace(self, report={name: self.report[name] for name in kept})

    @property
    def office(self):
        """What the paper needs: kind, document_number, signer … All empty for figures without a paper."""
        return {**NO_OFFICE, **self.report.get("office", {})}

    @property
    def office_words(self):
        """{code: {"text", "since", "category"}}: how a paper tells of a project; closes before 0.5.0 have none."""
        return self.report.get("office_words", {})

    @property
    def parts(self):
        """The parts of the text: key, title, paragraphs of level and text."""
        return self.report.get("parts", [])

    @property
    def numbered_parts(self):
        """[(number, part)]: of the opening and the ending, which have no title, the number is 0."""
        titled, found = 0, []
        for part in self.parts:
            if any(row["text"].strip() for row in part["paragraphs"]):
                titled += bool(part["title"])
                found.append((titled if part["title"] else 0, part))
        return found

    @property
    def is_for_approval(self):
        """报批稿: until it is signed, and while anything is blank."""
        office = self.office
        is_signed = office["document_number"] and office["signer"] and office["signed_on"]
        return bool(blanks_in(self.parts)) or not is_signed
