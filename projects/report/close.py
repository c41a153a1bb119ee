"""季度数据锁定: freeze a quarter's document with its files, sign it, reopen it, and find a close again."""
import json
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from operator import call
from tempfile import TemporaryFile

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from guicheng.seal import work as sealing
from guicheng.trail.audit import AuditEntry
from projects.document import blanks_in, canonical, sha256, sm3
from projects.models import (
    CloseFile,
    ProgressUpdate,
    QuarterClose,
    QuarterReopening,
    QuarterReport,
    QuarterSigning,
)
from projects.report import Missing
from projects.report.build import document_of
from projects.report.files import FORMATS
from projects.report.prose import ENDINGS, WRITTEN, paragraphs, titles_of
from projects.report.tokens import fill, tokens
from projects.spooled import Spool, Spooled

FINGERPRINTS = ("figures_sha256", "figures_sm3", "report_sha256", "report_sm3")
SHORTEST = 16  # signs of a fingerprint that still name one close


# --- the draft -----------------------------------------------------------------------------------
def draft_of(report, known_at=None, **kept):
    """The document of a quarter with the text of its report, tokens filled. Raises ValidationError of wrong tokens.

    `kept`: as `document_of` is told where its rows are to lie.
    """
    return with_text(document_of(report.quarter, known_at, **kept), report)


def with_text(document, report):
    """The document with this report's text in it, tokens filled. Raises ValidationError: {part: sentence}."""
    known, parts, wrong, titles = tokens(document.figures), [], {}, titles_of(report.kind)
    for key in WRITTEN:
        try:
            text = fill(getattr(report, key), known)
            parts.append({"key": key, "title": titles.get(key, ""), "paragraphs": paragraphs(text)})
        except ValidationError as error:
            wrong[key] = error.messages
    if wrong:
        raise ValidationError(wrong)
    office = {
        "kind": report.kind, "kind_label": report.get_kind_display(), "has_red_head": report.has_red_head,
        "title": report.title, "issuer": report.issuer, "addressee": report.addressee, "copied_to": report.copied_to,
        "printed_by": report.printed_by,
    }
    parts = [part for part in parts if part["paragraphs"]]
    if parts and report.kind in ENDINGS:
        parts.append({"key": "ending", "title": "", "paragraphs": paragraphs(ENDINGS[report.kind])})
    text = {"office": office, "parts": parts, "is_released": report.is_released}
    return replace(document, report={**document.report, **text})


# --- closing -------------------------------------------------------------------------------------
def close(report, by, address="", saw=lambda done: None, apart=call):
    """Close the quarter of this report: freeze the figures and the text, and keep every file. Gives the close.

    Raises ValidationError when the quarter is not over or closed already, when `by` wrote the text, when the text names
    no figure, or when somebody changed it meanwhile. Nothing is kept then, and nothing half. `saw(done)` is told how
    many files are made; `apart(work)` calls what makes one.
    """
    check_closable(report, by)
    known_at, stated, document = _frozen(report)
    check_filled(document)
    sequence = QuarterClose.objects.of(report.quarter).count() + 1
    text = canonical(document.report)
    row = QuarterClose(
        year=report.year, number=report.number, sequence=sequence, known_at=known_at, as_of=document.as_of,
        closed_by=by, address=address, figures_sha256=document.fingerprint, figures_sm3=document.sm3,
        report_json=text, report_sha256=sha256(text), report_sm3=sm3(text))
    with ExitStack() as stack:
        files = {}
        for name, file in _written(_as_kept(document, row), address, apart):
            files[name] = stack.enter_context(file)
            saw(len(files))
        with transaction.atomic():
            current = QuarterReport.objects.select_for_update(no_key=True).get(pk=report.pk)
            if current.version != report.version:
                raise ValidationError("正文刚被别人改过，请看过再锁定。")
            check_closable(current, by)
            _hold_the_ledger()
            if _stated_by(known_at) != stated:  # the clock went back meanwhile
                raise ValidationError("锁定的时候有进展发布，请再锁定一次。")
            _keep(row, document, files)
            _write_down(row, by, "锁定", {"指纹": row.figures_sha256, "文件": f"{len(files)} 个"})
            transaction.on_commit(sealing.begin_where_sealed)  # what is sealed is not public in a new close either
    return row


def _keep(row, document, files):
    """Insert the close with its files, one after another: the long ones are held once and alone."""
    row.figures_json = canonical(document.figures)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError("这个季度刚被别人锁定，请刷新后再看。") from error
    del row.figures_json  # read again where somebody looks at it
    for name, file in files.items():
        file.seek(0)
        content = file.read()
        CloseFile.objects.create(close=row, format=name, content=content, size=len(content), sha256=sha256(content))
        del content
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])


def check_closable(report, by):
    """Raises ValidationError where this person may not close this quarter now."""
    if not report.quarter.is_over:
        raise ValidationError(f"{report.quarter.title}还没有结束，结束以后才能锁定。")
    if report.is_closed:
        raise ValidationError("这个季度已经锁定。")
    if report.written_by_id == by.pk:
        raise ValidationError("正文是你最后改的，请另一位审核员锁定。")


def check_filled(document):
    """Raises ValidationError where anything in the text is still blank: such a text is a 报批稿 and no paper."""
    blanks = blanks_in(document.parts)
    if blanks:
        named = "".join(dict.fromkeys(blanks[:5])) + ("等" if len(blanks) > 5 else "")
        raise ValidationError(f"正文里还有 {len(blanks)} 处【】没有填完，不能定稿：{named}。")


def _frozen(report):
    """(the instant, how much was published by then, the document known at it): nothing is half published meanwhile.

    The instant is after every statement there is, also where the clock went back.
    """
    with transaction.atomic():
        _hold_the_ledger()
        newest = ProgressUpdate.objects.aggregate(newest=Max("recorded_at"))["newest"]
        known_at = max(filter(None, [timezone.now(), newest]))
        return known_at, _stated_by(known_at), draft_of(report, known_at, keep=Spool().keep)


def _hold_the_ledger():
    """Let nobody publish until the transaction ends; on SQLite it is the only writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {ProgressUpdate._meta.db_table} IN SHARE MODE")


def _stated_by(instant):
    return ProgressUpdate.objects.filter(recorded_at__lte=instant).count()


def _as_kept(document, close):
    """What `close.document` will be, to the order of its keys: rows that lie on the disk stay there."""
    figures, report = ({name: value if isinstance(value, Spooled) else json.loads(canonical(value))
                        for name, value in sorted(part.items())} for part in (document.figures, document.report))
    return replace(document, figures=figures, report=report, closing=close.closing)


def rendered(close):
    """{format: bytes} of a close, from its frozen document alone. What this machine cannot make is left out."""
    found = {}
    for name, file in _written(close.document, close.address):
        with file:
            found[name] = file.read()
    return found


def _written(document, address, apart=call):
    """Yield (format, a file on the disk) of each that this machine can make, at its beginning."""
    for name, each in FORMATS.items():
        file = TemporaryFile()  # noqa: SIM115 it is closed by whoever gets it
        try:
            apart(partial(_write, each, document, address, file))
        except Missing:
            file.close()
            continue
        file.seek(0)
        yield name, file


def _write(each, document, address, file):
    file.writelines(each.pieces(document, address))
    file.flush()


# --- signing and reopening -----------------------------------------------------------------------
def sign(close, signing, by):
    """Write down the signature of a closed report, with its Word file without 报批稿. Raises ValidationError."""
    if not close.is_in_force:
        raise ValidationError("这次锁定已经重新打开，不能登记签发。")
    check_filled(close.document)
    signing.close, signing.by = close, by
    signing.content = FORMATS["docx"].render(signed(close.document, signing), close.address)
    signing.size, signing.sha256 = len(signing.content), sha256(signing.content)
    signing.full_clean()
    with transaction.atomic():
        signing.save()
        _write_down(close, by, "登记签发", {"发文字号": signing.document_number, "签发人": signing.signer})
        transaction.on_commit(sealing.begin_where_sealed)
    return signing


def signed(document, signing):
    """The document with what was entered at its signature."""
    office = {**document.office, "document_number": signing.document_number, "signer": signing.signer,
              "signed_on": signing.signed_on.isoformat(),
              "printed_on": signing.printed_on.isoformat() if signing.printed_on else None}
    return replace(document, report={**document.report, "office": office})


def reopen(close, reason, by):
    """Open a closed quarter again; the close stays to be read. Raises ValidationError."""
    reopening = QuarterReopening(close=close, reason=reason, by=by)
    with transaction.atomic():
        if QuarterReopening.objects.filter(close=close).exists():
            raise ValidationError("这个季度已经重新打开。")
        reopening.full_clean()
        reopening.save()
        _write_down(close, by, "重新打开", {"原因": reason}, reason)
    return reopening


def _write_down(close, by, what, said, reason=""):
    changes = [{"field": "closing", "label": what, "old": "", "new": "；".join(f"{k}：{v}" for k, v in said.items())}]
    AuditEntry.of(close, AuditEntry.Kind.CHANGED, changes=changes, by=by, reason=reason, history_id=0).save()


# --- finding again -------------------------------------------------------------------------------
def closes_with(fingerprint):
    """The closes whose figures or text carry this fingerprint, whole or by its first 16 signs: what a page prints."""
    digest = fingerprint.strip().lower()
    if len(digest) < SHORTEST:
        return QuarterClose.objects.none()
    wanted = Q()
    for name in FINGERPRINTS:
        wanted |= Q(**{f"{name}__startswith": digest})
    return QuarterClose.objects.published().light().filter(wanted)


def kept_content(close, name):
    """The bytes that were kept of a format, of Word those of its signature; None where none were."""
    signing = close.signings.last() if name == "docx" else None
    row = signing or CloseFile.objects.filter(close=close, format=name).first()
    return bytes(row.content) if row else None


def fingerprints():
    """{whole fingerprint: close} of all closes, the newest where two carry the same: a few each year."""
    return {getattr(close, name): close for close in QuarterClose.objects.published().light().order_by("sequence")
            for name in FINGERPRINTS if getattr(close, name)}


def kept_file(digest):
    """The kept file with this SHA-256: (close, format), or None."""
    kept = CloseFile.objects.filter(sha256=digest).defer("content").select_related("close").first()
    if kept:
        return kept.close, kept.format
    signing = QuarterSigning.objects.filter(sha256=digest).defer("content").select_related("close").first()
    return (signing.close, "docx") if signing else None


def damaged(close):
    """What of a close no longer fits its own fingerprints: sentences, [] when all is well."""
    found = []
    for label, text, digest in (("数", close.figures_json, close.figures_sha256),
                                ("文", close.report_json, close.report_sha256)):
        if sha256(text) != digest or canonical(json.loads(text)) != text:
            found.append(f"{close}：{label}与指纹不符。")
    found += [f"{close}：{row.format} 与留存的 SHA-256 不符。" for row in close.files.all()
              if sha256(bytes(row.content)) != row.sha256]
    return found
