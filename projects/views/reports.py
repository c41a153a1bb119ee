"""The public pages and files of the quarters: as they stand, as of a day, or as they were closed. GET only."""
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng import locks, words
from guicheng.days.as_of import NOW, Moment
from guicheng.days.quarters import Quarter
from guicheng.kept.files import made_once, stamp_of_answer
from guicheng.kept.pages import edition
from guicheng.kept.store import LARGEST
from guicheng.public.address import address_of
from guicheng.public.errors import error_page
from guicheng.public.turns import Busy, turn
from guicheng.seal.middleware import already_covered, withheld
from guicheng.seal.models import Seal
from guicheng.tables.paging import NoSuchPage
from projects import heads, summary
from projects.document import canonical
from projects.faces import LATE_UNITS
from projects.ledger.corrections import corrections_since
from projects.models import QuarterClose
from projects.moments import travels, travels_alone
from projects.report import Missing, digest
from projects.report.build import outline_of, public_document_of
from projects.report.covered import Withheld, covered_document, served
from projects.report.files import EVERYBODY, FORMATS, STAFF
from projects.report.page import render_html
from projects.report.picture import alternative_text
from projects.report.quarter_page import flow_of, groups_of, said_by_all
from projects.report.reading import definitions_of, summary_of
from projects.report.without_units import public_document, whole_of

# what needs no extra part of the machine
INSTEAD = {"png": ("report-file", ["svg"], "SVG 图"), "pdf": ("report-print", [], "打印版")}
SHOWN_IN_BROWSER = ("svg", "png", "pdf")
SLOW = ("png", "pdf")  # seconds of the processor each
# of 10,000 projects a document takes seconds too, and there are as many as instants to ask for
drawing = partial(turn, "drawn-file", at_once=2)
BUSY = ("服务器正忙", "正在给别人生成同样费时的文件，请过几秒再点一次；锁定了的季度，文件现在就能下载。")


def read_quarter(text):
    """The quarter of an address. Raises Http404 with one sentence."""
    try:
        quarter = Quarter.parse(text)
    except ValidationError as error:
        raise Http404(error.messages[0]) from error
    if quarter > Quarter.current():
        raise Http404(f"{quarter.title}还没有到，最近可看的是 {Quarter.current().title}。")
    return quarter


def public_address(quarter):
    """The quarter's page as printed on what leaves the site; "" where the site does not know its own address."""
    return address_of(reverse("report-detail", args=[quarter]))


@dataclass
class Asked:
    """Which figures of a quarter an address asks for: a close, those of a moment, or today's."""

    quarter: Quarter
    close: QuarterClose | None
    moment: Moment

    @classmethod
    def read(cls, text, query, moment):
        """Raises Http404 for a quarter or a close that is not there, ValidationError for a day outside the quarter."""
        quarter = read_quarter(text)
        moment = _moment_in(quarter, query, moment)
        if moment:
            return cls(quarter, None, moment)
        closes = QuarterClose.objects.of(quarter).published()
        number = query.get("close", "")
        if not number:
            return cls(quarter, closes.in_force().first(), NOW)
        is_number = number.isascii() and number.isdecimal() and len(number) < 5
        close = closes.filter(sequence=int(number)).first() if is_number else None
        if close is None:
            raise Http404(f"{quarter.title}没有这一次锁定。")
        return cls(quarter, close, NOW)

    @cached_property
    def document(self):
        """What residents may read of it, covered first: a drawing would break a sealed word over two lines."""
        return self._public(self.close.document if self.close else public_document_of(
            self.quarter, self.moment.known_at, self.moment.day))

    @cached_property
    def served(self):
        """What the public gets of the close; None for figures that still change."""
        return served(self.close, self.cover) if self.close else None

    def is_kept(self, extension):
        """Whether the file to give was made before: not where it names units that are left out, but of an edition."""
        if not self.close:
            return False
        return not (self.served.is_original and FORMATS[extension].names_units and self.document.leaves_units_out)

    def rests_on(self, kind):
        """All that a file of this kind rests on; None where nobody can say, and of another moment: they are many."""
        stamp = None if self.moment else stamp_of_answer()
        if stamp is None:
            return None
        if self.close:  # what is frozen stays so, whatever is published
            signing = self.close.signings.values_list("sha256", flat=True).last()
            stamp = [edition(), self.close.figures_sha256, self.close.report_sha256, self.close.sequence, signing]
        return ["report", kind, self.quarter, stamp, self.address, LATE_UNITS.is_on, canonical(list(self.cover.words))]

    def document_for(self, extension):
        return self._public(whole_of(self.close, extension)) if self.close else self.document

    @cached_property
    def cover(self):
        return Seal.objects.cover()

    def _public(self, document):
        return public_document(covered_document(document, self.cover))

    @property
    def address(self):
        """The quarter's page as printed on its files."""
        return self.close.address if self.close else public_address(self.quarter)

    @property
    def summary(self):
        if self.close:
            return summary_of(self.close.document.figures)
        return summary.quarter_summary(self.quarter, self.moment.known_at, self.moment.day)


def _moment_in(quarter, query, moment):
    """The moment asked for; an instant without a day means the quarter as a whole, as it was known then."""
    if moment and not query.get("asof"):
        moment = Moment(min(quarter.last_day, moment.day), moment.known_at)
    if moment and not quarter.first_day <= moment.day < quarter.end:
        raise ValidationError(f"{words.day(moment.day)}不在{quarter.title}里。")
    return moment


def asking(view):
    """A decorator: give the view what the address asks for, or the reader one sentence."""
    def asked(request, quarter, *args, **kwargs):
        try:
            return view(request, Asked.read(quarter, request.GET, request.moment), *args, **kwargs)
        except Http404 as error:
            return error_page(request, 404, str(error))
        except ValidationError as error:
            return error_page(request, 404 if isinstance(error, NoSuchPage) else 400, error.messages[0])
        except Busy as busy:
            return busy_page(request, busy)

    return asked


def busy_page(request, busy):
    """503 where other files are being made."""
    response = error_page(request, 503, "", BUSY)
    response["Retry-After"] = str(busy.seconds)
    return response


# --- pages ---------------------------------------------------------------------------------------
@require_safe
def report_index(request):
    """The quarters in which something was announced, declared or said, newest first."""
    quarters = summary.quarters_with_news()
    closed = {close.quarter: close for close in QuarterClose.objects.in_force().light()}
    return render(request, "projects/report_index.html", {
        "head": heads.of_quarters(),
        "quarters": [(row, closed.get(row.quarter)) for row in quarters], "current": Quarter.current(),
        "newest": next((row for row in quarters if row.quarter <= Quarter.current()), None),
    })


@require_safe
@travels_alone
@asking
def report_detail(request, asked):
    close, quarter = asked.close, asked.quarter
    document, each = asked.document.public if close else None, asked.summary
    page = summary.page_of_changes(each.changes, request.GET)
    promises = summary.page_of_promises(each.promises, request.GET)
    corrections = list(corrections_since(close.known_at, close.as_of)) if close else []
    outline = None if close else outline_of(quarter, each)
    return render(request, "projects/report_detail.html", {
        "summary": each, "quarter": quarter, "verdicts": each.verdicts.items(), "figures": each.figures,
        "next": quarter.next if quarter < Quarter.current() else None,
        "definitions": definitions_of(document.figures) if close else [
            *summary.DEFINITIONS, *summary.QUARTER_DEFINITIONS],
        "close": close, "parts": document.numbered_parts if close else [], "served": asked.served,
        "promised": each.promised, "promises": promises,
        "by_all": None if promises.previous or promises.next else said_by_all(promises.rows),
        "lead": digest.lead((document or outline).figures), "page": page,
        "groups": groups_of(each, page.rows, document),
        "headlines": [(telling, count) for telling, count in each.tellings.items() if count][:3],
        "flow": flow_of(each, document),
        "drift": summary.drift(each) if close else [], "closes": _closes(quarter),
        "corrections": corrections, "corrected": summary.corrected(corrections),
        "files": _files(asked), "file_query": _query(asked),
        "alternative": alternative_text(document or outline), "head": heads.of_quarter(quarter, document or outline),
    })


def _closes(quarter):
    """Every close there was, the oldest first: who has an old file in hand finds it here."""
    return list(QuarterClose.objects.of(quarter).published().light().select_related("reopening").order_by("sequence"))


def _files(asked):
    """(extension, label) of the tables and papers a resident may have; the pictures have a place of their own."""
    if asked.close is None:
        return [(name, each.label) for name, each in FORMATS.items()
                if each.audience == EVERYBODY and name not in ("svg", "png")]
    kept = asked.close.files.values_list("format", flat=True)
    return [(name, FORMATS[name].label) for name in kept if name not in ("svg", "png") and _is_open(asked, name)]


def _query(asked):
    """What leads from the page to the files of the same figures."""
    query = {"close": asked.close.sequence} if asked.close and not asked.close.is_in_force else asked.moment.query
    return f"?{urlencode(query)}" if query else ""


@require_safe
@travels
@asking
def report_print(request, asked):
    """The quarter on A4, to be printed from any browser."""
    def make():
        with drawing():
            yield render_html(asked.document.public, public_address(asked.quarter)).encode()

    return _answer(_once(asked, "print", make), "text/html; charset=utf-8")


# --- files ---------------------------------------------------------------------------------------
@require_safe
@travels
@asking
def report_file(request, asked, extension):
    """A file of the quarter: the kept one of a close, else made now."""
    if extension not in FORMATS or FORMATS[extension].audience == STAFF:
        names = [name for name, each in FORMATS.items() if each.audience == EVERYBODY]
        raise Http404(f"季度汇总可以下载的文件有：{'、'.join(names)}。")
    if not _is_open(asked, extension):
        raise Http404(f"{asked.quarter.title}没有公开的 Word 文件。")
    each = FORMATS[extension]
    try:
        if asked.is_kept(extension):
            content = asked.served.content(extension)
            response = None if content is None else HttpResponse(content, content_type=each.content_type)
        else:
            response = _answer(_made(asked, extension), each.content_type)
    except Withheld:
        return withheld(request)
    except Missing as error:
        return _missing(request, asked.quarter, extension, str(error))
    if response is None:
        return _missing(request, asked.quarter, extension, "这个季度锁定时，服务器没有装生成这种文件的组件，没有留存。")
    name = f"桂城办实事{asked.quarter}{asked.moment.in_name}.{each.extension}"
    response["Content-Disposition"] = content_disposition_header(extension not in SHOWN_IN_BROWSER, name)
    return already_covered(response, asked.cover)


def _made(asked, extension):
    """The file of figures that still change, or of a close without the units of what is late: open, to be read.

    Kept while what it rests on stands, and made once for all who ask. That of another moment is not kept: there are
    as many as instants. Raises Busy.
    """
    each = FORMATS[extension]

    def make():
        with drawing():
            document = asked.document_for(extension)
            if extension not in SLOW:
                yield from each.pieces(document, asked.address)
        if extension in SLOW:
            with turn("slow-file"):  # one on this machine: a few requests would hold every thread
                yield from each.pieces(document, asked.address)

    return _once(asked, extension, make)


def _once(asked, kind, make):
    try:
        return made_once(asked.rests_on(kind), make)
    except locks.Busy:
        raise Busy from None


def _answer(file, content_type):
    """Whole where it is short, so that it is kept and told by a tag like a page; else as it is read."""
    with ExitStack() as stack:
        stack.callback(file.close)
        start = file.read(LARGEST + 1)
        if len(start) <= LARGEST:
            return HttpResponse(start, content_type=content_type)
        stack.pop_all()
    file.seek(0)
    return FileResponse(file, content_type=content_type)


def _is_open(asked, extension):
    """Whether residents may have it: the Word file only of a close whose text was released."""
    if FORMATS[extension].audience == EVERYBODY:
        return True
    return bool(asked.close) and FORMATS[extension].audience != STAFF and bool(
        asked.close.document.report.get("is_released"))


def _missing(request, quarter, extension, sentence):
    name, more, title = INSTEAD.get(extension, ("report-print", [], "打印版"))
    advice = format_html(
        '可以改看<a href="{}">{}</a>，内容一样；或者请系统管理员装上。', reverse(name, args=[quarter, *more]), title)
    return error_page(request, 501, sentence, ("这种文件现在不能生成", advice))
