"""Closed quarters under a seal: which edition the public gets, how it is made, and what it is known by.

An edition belongs to the exact set of sealed words. Until the one of today's words is there a file is withheld, so
that at no instant anybody gets one with a word in it that is sealed; an edition is written with all its files in one
transaction, so that whatever is killed leaves none or the whole. Where a file names the units of what is late the
edition has it twice, with them and without (`without_units.py`): its public face says which one is given today.
"""
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from guicheng.seal.models import Seal
from guicheng.seal.words import cover_of
from projects.document import canonical, sha256, sm3
from projects.faces import LATE_UNITS
from projects.models import CoveredClose, CoveredFile, QuarterClose
from projects.report import Missing
from projects.report import close as quarter_close
from projects.report.files import FORMATS, STAFF
from projects.report.without_units import without_units
from projects.spooled import covered


class Withheld(Exception):
    """The covered edition of a file is not made yet."""


@dataclass(frozen=True)
class Served:
    """What the public gets of a close: `edition` is None where nothing of it is sealed."""

    close: QuarterClose
    edition: CoveredClose | None
    is_ready: bool = True

    @property
    def is_original(self):
        """Whether nothing of it is sealed: then it is what was kept at the close."""
        return self.is_ready and self.edition is None

    def content(self, name):
        """The bytes of a kept file as the public may have it; None where none were kept. Raises Withheld."""
        if not self.is_ready:
            raise Withheld
        if self.edition is None:
            return quarter_close.kept_content(self.close, name)
        rows = self.edition.files.filter(format=name)
        if LATE_UNITS.is_on:
            rows = rows.filter(leaves_units_out=False)
        row = rows.order_by("-leaves_units_out").first()
        return bytes(row.content) if row else None


def covered_document(document, cover):
    """The document with every sealed word covered; itself where there is none. It says that it is a 封存版."""
    if not cover:
        return document
    figures, report = {name: covered(each, cover.value) for name, each in document.figures.items()}, cover.value(
        document.report)
    if (figures, report) == (document.figures, document.report):
        return document
    closing = document.closing and {**document.closing, "is_covered": True}
    return replace(document, figures=figures, report=report, closing=closing)


def served(close, cover=None):
    """What the public gets of this close just now; with `cover` while those words are sealed."""
    cover = Seal.objects.cover() if cover is None else cover
    if not cover:
        return Served(close, None)
    edition = _editions(close, cover).first()
    return Served(close, edition if edition and edition.sealed_at else None, edition is not None)


def sealed_since(close) -> datetime | None:
    """From when on the original of this close is not public any more; None where nothing of it is sealed."""
    found = served(close)
    if found.is_ready:
        return found.edition and found.edition.sealed_at
    return _sealed_at(QuarterClose.objects.get(pk=close.pk))


def _editions(close, cover):
    return CoveredClose.objects.filter(close=close, stamp=_stamp(close, cover))


def _stamp(close, cover):
    signing = close.signings.order_by("pk").values_list("pk", flat=True).last()
    return sha256(canonical([cover.words, signing]))


# --- making ----------------------------------------------------------------------------------------
def make_missing():
    """Make the edition of every close for the words that are sealed now, the newest quarters first."""
    cover = Seal.objects.cover()
    if not cover:
        return
    for close in QuarterClose.objects.published().order_by("-year", "-number", "-sequence").iterator(1):
        if not _editions(close, cover).exists():
            make(close, cover)


def make(close, cover):
    """Draw and keep one edition, whole or not at all."""
    edition, files = CoveredClose(close=close, stamp=_stamp(close, cover)), []  # before its signings are read
    original = _paper(close)
    document = covered_document(original, cover)
    if document is not original:
        edition.sealed_at, figures = _sealed_at(close), canonical(document.figures)
        edition.figures_sha256, edition.figures_sm3 = sha256(figures), sm3(figures)
        files = _drawn(document, close)
    try:
        with transaction.atomic():
            edition.save()
            CoveredFile.objects.bulk_create(
                CoveredFile(edition=edition, format=name, leaves_units_out=leaves_out, content=content,
                            size=len(content), sha256=sha256(content))
                for name, leaves_out, content in files)
    except IntegrityError:
        return  # another process was first: theirs is the same


def _paper(close):
    """The frozen document, with what was entered at its newest signature."""
    signing = close.signings.last()
    return quarter_close.signed(close.document, signing) if signing else close.document


def _drawn(document, close):
    """[(format, whether without units, bytes)] of what the public may have, of the formats kept at the close."""
    kept, files, shorter = set(close.files.values_list("format", flat=True)), [], without_units(document)
    for name, each in FORMATS.items():
        if name not in kept or each.audience == STAFF:
            continue
        documents = [document, shorter] if each.names_units and shorter.leaves_units_out else [document]
        try:  # all of a format or none: the one with units is never given for want of the other
            files += [(name, one.leaves_units_out, each.render(one, close.address)) for one in documents]
        except Missing:
            continue
    return files


def _sealed_at(close):
    """The first confirmation among the seals that cover something of it."""
    paper = _paper(close)
    text = canonical([paper.figures, paper.report])
    seals = Seal.objects.in_force().of_words().order_by("confirmed_at")
    return next((row.confirmed_at for row in seals if cover_of((row.words,)).touches(text)), None)


# --- finding again ---------------------------------------------------------------------------------
def fingerprints():
    """{whole fingerprint: edition} of every edition there was."""
    rows = CoveredClose.objects.exclude(sealed_at=None).select_related("close")
    return {digest: row for row in rows for digest in (row.figures_sha256, row.figures_sm3) if digest}


def edition_with(digest):
    """The newest edition whose figures carry this fingerprint, whole or by its first signs; or None."""
    found = [row for known, row in fingerprints().items() if known.startswith(digest)]
    return max(found, key=lambda row: row.pk, default=None)


def covered_file(digest):
    """The file of an edition with this SHA-256, or None."""
    return CoveredFile.objects.filter(sha256=digest).defer("content").select_related("edition__close").first()
