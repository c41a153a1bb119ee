"""Cards as PNG, drawn one at a time and kept on the disk under what they say.

A name is the digest of the drawing: a new statement, a sealed word or another address make another name, so what is
kept is never old. The oldest go when there are many, and all when a word is sealed.
"""
import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from guicheng.public.errors import error_page
from guicheng.public.turns import Busy, turn
from guicheng.seal.middleware import already_covered
from guicheng.seal.models import Seal
from guicheng.tables.whole_files import whole_file
from projects.cards.drawing import svg_of
from projects.report import Missing
from projects.report.raster import png_of

MOST = 2000  # cards that are kept, some 50 KB each
# drawn once by `manage.py draw_site_pictures`
WHOLE_SITES = settings.BASE_DIR / "static" / "img" / "card.png"
BUSY = ("服务器正忙", "正在画别的图片，请过几秒再打开一次。")
CACHE = "public, max-age=60"  # a withdrawal and a seal take effect within this minute, as for photos


def folder():
    return Path(settings.DATA_DIR) / "cards"


def card_response(request, card):
    """The card as the public may have it; while another is drawn, 503.

    Where this machine cannot draw it is the picture of the whole site.
    """
    cover = Seal.objects.cover()
    svg = svg_of(card.covered(cover))
    name = hashlib.sha256(svg.encode()).hexdigest()
    etag = quote_etag(name[:32])
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = _content(name, svg)
        except Missing:
            content, etag = WHOLE_SITES.read_bytes(), quote_etag("whole-site")
        except Busy as busy:
            return _busy(request, busy)
        response = HttpResponse(content, content_type="image/png")
    response["ETag"], response["Cache-Control"] = etag, CACHE
    return already_covered(response, cover)


def _busy(request, busy):
    response = error_page(request, 503, "", BUSY)
    response["Retry-After"] = str(busy.seconds)
    return response


def _content(name, svg):
    path = folder() / f"{name}.png"
    try:
        return path.read_bytes()
    except OSError:
        pass
    with turn("card"):
        content = png_of(svg)
    _keep(path, content)
    return content


def _keep(path, content):
    """Put it by; on a full disk it is drawn again the next time."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with whole_file(path, 0o600) as part:
            part.write_bytes(content)
        _let_go(MOST)
    except OSError:
        return


def _let_go(most):
    """Take the oldest away until there are no more than `most`."""
    rows = sorted(folder().glob("*.png"), key=lambda path: path.stat().st_mtime)
    for path in rows[:max(0, len(rows) - most)]:
        path.unlink(missing_ok=True)


def forget():
    """Take all of them away: what was drawn before a word was sealed is not to lie about."""
    shutil.rmtree(folder(), ignore_errors=True)
