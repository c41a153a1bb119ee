"""The files of photos and papers: to anybody once published, to staff within their scope before."""
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from guicheng import media_store
from projects.models import Paper, Photo

# a withdrawal takes effect everywhere within these seconds
PUBLIC_CACHE = "public, max-age=300"
# what a PDF may do in a browser that shows it in spite of everything: nothing
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def photo_file(request, code, width):
    return _published(request, photo_response, get_object_or_404(Photo.objects.published(), code=code), int(width))


@require_safe
def paper_file(request, code):
    return _published(request, paper_response, get_object_or_404(Paper.objects.published(), code=code))


def _published(request, respond, row, *size):
    """The file with a tag, or 304: the permission is asked again each time the five minutes are over."""
    etag = quote_etag("-".join([row.sha256[:32], *map(str, size)]))
    response = get_conditional_response(request, etag=etag) or respond(row, *size)
    response["ETag"], response["Cache-Control"] = etag, PUBLIC_CACHE
    return response


def photo_response(photo, width):
    if width not in photo.widths:
        raise Http404
    return FileResponse(_opened(photo, f"-{width}.jpg"), filename=f"{photo.code}-{width}.jpg",
                        content_type="image/jpeg")


def paper_response(paper):
    response = FileResponse(_opened(paper, ".pdf"), as_attachment=True, filename=f"{paper.title}.pdf",
                            content_type="application/pdf")
    response["Content-Security-Policy"] = SANDBOX
    return response


def _opened(row, ending):
    try:
        return media_store.path_of(row.file, ending).open("rb")
    except FileNotFoundError:
        raise Http404  # a backup without its files
