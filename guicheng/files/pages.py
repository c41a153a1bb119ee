"""The files of photos and papers, of whichever app: to anybody once published, to staff within their scope before."""
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from guicheng import media_store
from guicheng.access.units import behind
from guicheng.files.models import attachments, with_code
from guicheng.public.errors import error_page
from guicheng.seal.middleware import already_covered
from guicheng.seal.models import Seal
from guicheng.seal.words import MARK

# a withdrawal and a seal take effect everywhere within these seconds
PUBLIC_CACHE = "public, max-age=60"
# what a PDF may do in a browser that shows it in spite of everything: nothing
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def photo_file(request, code, width):
    return _published(request, photo_response, _anybodys("photo", code), int(width))


@require_safe
def paper_file(request, code):
    return _published(request, paper_response, _anybodys("paper", code))


def _anybodys(kind, code):
    return _found(kind, code, lambda model: model.objects.published())


def _found(kind, code, rows):
    row = with_code(kind, code, rows)
    if row is None:
        raise Http404
    return row


@require_safe
def staffs_photo_file(request, code, width):
    return photo_response(_staffs(request, "photo", code), width)


@require_safe
def staffs_paper_file(request, code):
    return paper_response(_staffs(request, "paper", code))


def _staffs(request, kind, code):
    """What this person may see of the photos and papers of owners they may see at all."""
    models = [model for model in attachments(kind) if may_see(request.user, behind(model, model.of))]
    if not models:
        raise PermissionDenied
    return _found(kind, code, lambda model: model.objects.visible_to(request.user) if model in models
                  else model.objects.none())


def may_see(user, owner):
    """Whether a role lets this person see owners of this model."""
    return user.has_perm(f"{owner._meta.app_label}.view_{owner._meta.model_name}")


def _published(request, respond, row, *size):
    """The file with a tag, or 304: the permission is asked again each time the minute is over. 410 of a sealed one."""
    if Seal.objects.hides(row):
        sealed = error_page(request, 410, "", (MARK, "这张照片或这份附件已经封存。"))
        sealed["Cache-Control"] = PUBLIC_CACHE
        return sealed
    etag = quote_etag("-".join([row.sha256[:32], *map(str, size)]))
    response = get_conditional_response(request, etag=etag) or respond(row, *size)
    response["ETag"], response["Cache-Control"] = etag, PUBLIC_CACHE
    return already_covered(response)


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
