"""/healthz, for machines: `ok` or `not ok` for everybody, the details for whoever is on this machine or has the key.

Answered before host, TLS and session are looked at: a monitor on loopback knows neither our name nor our
certificate, and the answer must come when the rest is broken.
"""
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from guicheng.upkeep.health import health
from guicheng.upkeep.version import VERSION

PATH = "/healthz"
# whoever came through a proxy, ours or another, is a stranger
THROUGH_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def healthz(get_response):
    """The middleware, before all others."""

    def middleware(request):
        return _answer(request) if request.path_info == PATH else get_response(request)

    return middleware


def _answer(request):
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    found = health()
    status = 200 if found.is_well else 503
    if knows_us(request):
        response = JsonResponse(details(found), status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
    else:
        response = HttpResponse("ok\n" if found.is_well else "not ok\n", status=status,
                                content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def knows_us(request):
    """Whether the details are for whoever asks: they hold the key, or sit on this machine with no proxy between."""
    key = settings.HEALTH_KEY
    said = request.headers.get("Authorization", "").partition("Bearer ")[2]
    if key and compare_digest(said.encode(), key.encode()):
        return True
    return _is_loopback(request.META.get("REMOTE_ADDR")) and not any(
        name in request.headers for name in THROUGH_A_PROXY)


def _is_loopback(address):
    try:
        address = ip_address(address or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def details(found):
    return {
        "ok": found.is_well, "level": found.level.name.lower(), "version": VERSION, "at": found.at.isoformat(),
        "checks": {each.key: {"level": seen.level.name.lower(), "title": each.title, "said": seen.said,
                              "todo": seen.todo} for each, seen in found.found},
    }
