"""Every public answer passes here, and leaves covered: pages, tables, the API, pictures as SVG, names of files.

What is no text cannot be covered here. A view that made it from covered figures says so (`already_covered`); any other
is withheld while words are sealed: deny by default, also where a word was sealed while it was drawn. Photos and papers
are looked up by what they are and say so too.
"""
import codecs
import re

from django.db import DatabaseError

from guicheng.public.errors import error_page
from guicheng.seal.models import Seal

NO_TEXT = re.compile(r"image/(?!svg)|video/|audio/|font/|application/(?!json|xml|[\w.+-]*\+xml|javascript)")
NOT_PUBLIC = ("/admin/", "/.well-known/")  # the second says what the settings say, also without a database
HEADERS = ("Content-Disposition", "Location", "Link")
WITHHELD = ("这个文件正在按封存处理", "请过几分钟再下载；着急用，可以先看网页，内容一样。")


def already_covered(response, cover=None):
    """Say that this answer was made under this cover; without one, that no seal of words reaches its kind."""
    response.is_covered, response.cover = True, cover
    return response


def cover_sealed(get_response):
    """Cover the sealed words of whatever leaves for the public. The words are read after the page was made."""

    def middleware(request):
        response = get_response(request)
        if request.path_info.startswith(NOT_PUBLIC):
            return response
        try:
            cover = Seal.objects.cover()
        except DatabaseError:
            if response.status_code < 400:
                raise
            return response  # a page that says what went wrong; without the database it can say nothing else
        return _covered(request, response, cover) if cover else response

    return middleware


def _covered(request, response, cover):
    for name in HEADERS:
        if name in response:
            response[name] = cover.text(response[name])
    if NO_TEXT.match(response.get("Content-Type", "")):
        return response if _is_covered(response, cover) else withheld(request)
    if response.streaming:
        return _covered_stream(response, cover)
    text = response.content.decode(response.charset, "surrogateescape")
    if cover.touches(text):
        response.content = cover.text(text).encode(response.charset, "surrogateescape")
        del response["ETag"]
        if "Content-Length" in response:
            response["Content-Length"] = str(len(response.content))
    return response


def _is_covered(response, cover):
    if not getattr(response, "is_covered", False):
        return False
    return response.cover is None or set(cover.words) <= set(response.cover.words)


def _covered_stream(response, cover):
    decoder = codecs.getincrementaldecoder(response.charset)("surrogateescape")
    parts = response.streaming_content
    texts = (decoder.decode(part) for part in parts)
    made = (part.encode(response.charset, "surrogateescape") for part in cover.parts(texts))
    response.streaming_content = made
    del response["ETag"], response["Content-Length"]
    return response


def withheld(request):
    """503: what was drawn before and is not covered yet."""
    response = error_page(request, 503, "", WITHHELD)
    response["Retry-After"] = "60"
    return response
