"""The quarter as a picture and on paper. GET only; nobody's name is on them."""
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng.inbox import address_of
from guicheng.pages.errors import error_page
from projects.report import Missing
from projects.report.build import document_of
from projects.report.document import canonical, sha256
from projects.report.page import PICTURES, render_html

KEPT_FOR = 600  # seconds
INSTEAD = {"png": ("report-file", ["svg"], "SVG 图"), "pdf": ("report-print", [], "打印版")}  # what needs no extra part


def public_address(quarter):
    """The quarter's page as printed on what leaves the site; "" where the site does not know its own address."""
    return address_of(reverse("report-detail", args=[quarter]))


def picture_file(request, quarter, extension):
    """The quarter as svg, png or pdf, shown in the browser; a page that says what is missing here, where it is."""
    try:
        content = _drawn(document_of(quarter), public_address(quarter), extension)
    except Missing as error:
        return _missing(request, quarter, extension, str(error))
    response = HttpResponse(content, content_type=PICTURES[extension][1])
    response["Content-Disposition"] = content_disposition_header(False, f"桂城办实事{quarter}.{extension}")
    return response


def _drawn(document, address, extension):
    """Drawing takes seconds and anybody may ask: the same document is not drawn again for a while."""
    whole = canonical([document.figures, document.report, document.closing, address])
    return cache.get_or_set(
        f"report-{extension}-{sha256(whole)}", lambda: PICTURES[extension][0](document, address), KEPT_FOR)


def _missing(request, quarter, extension, sentence):
    name, more, title = INSTEAD[extension]
    advice = format_html(
        '可以改看<a href="{}">{}</a>，内容一样；或者请系统管理员装上。', reverse(name, args=[quarter, *more]), title)
    return error_page(request, 501, sentence, ("这种文件现在不能生成", advice))


@require_safe
def report_print(request, quarter):
    """The quarter on A4, to be printed from any browser."""
    from projects.views import read_quarter  # imported here: that module names this one

    try:
        quarter = read_quarter(quarter)
    except Http404 as error:
        return error_page(request, 404, str(error))
    return HttpResponse(render_html(document_of(quarter), public_address(quarter)))
