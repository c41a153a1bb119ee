"""The papers of a 督办 as pages of the back office: to print from a browser, and as PDF."""
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from guicheng.public.errors import error_page
from guicheng.seal.models import Seal
from projects.order_sheet import Part, render_html, render_pdf, sheet_of
from projects.report import Missing


def show(request, notice, as_pdf=False):
    """The sheet of `?of=order` or `?of=reply`, as a page to print or as PDF.

    Where this machine has no library for PDF it is the page to print, which says so. Raises Http404.
    """
    if not notice.is_order:
        raise Http404("只有督办单有这张纸。")
    try:
        part = Part.read(request.GET.get("of", ""))
    except ValueError as error:
        return error_page(request, 400, str(error))
    sheet = sheet_of(notice, part, Seal.objects.cover())
    lacking = ""
    if as_pdf:
        try:
            return _download(render_pdf(sheet), f"{sheet.title}.pdf")
        except Missing as error:
            lacking = str(error)
    other = Part.REPLY if part == Part.ORDER else Part.ORDER
    return HttpResponse(render_html(
        sheet, pdf=_address(notice, part, "_pdf"), back=notice.get_absolute_url(), lacking=lacking,
        other=_address(notice, other), other_label=other.label))


def _download(content, name):
    return HttpResponse(content, content_type="application/pdf",
                        headers={"Content-Disposition": content_disposition_header(True, name)})


def links(notice):
    """(address, what it is) of the papers of this notice; [] where it has none."""
    return [(_address(notice, part), part.label) for part in Part] if notice.is_order else []


def _address(notice, part, ending=""):
    return reverse(f"admin:projects_supervisionnotice_sheet{ending}", args=[notice.pk]) + f"?of={part}"
