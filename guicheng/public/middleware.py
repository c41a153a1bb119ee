"""Small middlewares: the Content-Security-Policy, the elder edition, no cookie in public, the staff's addresses, their
idle timeout."""
import time
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix

from guicheng.public import elder
from guicheng.public.errors import error_page
from guicheng.public.proxies import client_address

TOUCH_EVERY = 60  # seconds
ONLY_TO_READ = ("长者版只用来看", "请换到普通版，在那里提交。")


def content_security_policy(get_response):
    """Send SECURE_CSP with every answer. Django 6 brings this; then it goes."""
    header = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", header)
        return response

    return middleware


def elder_edition(get_response):
    """Serve the public pages once more below /elder/: guicheng/public/elder.py.

    Before whatever asks by the path: /elder/admin/ would get past it.
    """

    def middleware(request):
        if request.path_info != elder.PATH and not request.path_info.startswith(f"{elder.PATH}/"):
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            response = error_page(request, 405, words=ONLY_TO_READ)
            response["Allow"] = "GET, HEAD"
            return response
        path = request.path_info[len(elder.PATH):]
        if not path or not elder.is_page(path):
            return _led_to(request, path.lstrip("/"))
        before = get_script_prefix()
        request.path_info = path
        set_script_prefix(elder.prefix())
        try:
            return elder.with_plain_addresses(request, get_response(request))
        finally:
            set_script_prefix(before)  # it is the thread's, whose next request is another's

    return middleware


def _led_to(request, path):
    """To the plain address of what is no page; from /elder to /elder/."""
    request.path_info = f"/{path}"
    place = f"{settings.BASE_PATH}/" if path else elder.prefix()
    return HttpResponseRedirect(place + request.get_full_path_info()[1:])


def no_cookie_in_public(get_response):
    """Let no cookie reach a public page, whatever a browser sends. Before session, CSRF and messages.

    Django answers a session key or a CSRF token that it cannot use with a Set-Cookie and `Vary: Cookie`.
    """

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def _is_of_the_staff(address):
    """Whether an address lies in STAFF_NETWORKS; an IPv4 address in IPv6 clothes counts as what it is."""
    if not settings.STAFF_NETWORKS:
        return True
    try:
        address = ip_address(address or "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.STAFF_NETWORKS)


def staff_addresses(get_response):
    """Answer for the back office only to the staff's own addresses. Before session and sign-in."""

    def middleware(request):
        if request.path_info.startswith("/admin/") and not _is_of_the_staff(client_address(request)):
            return error_page(request, 403, "后台只能从单位的网络打开。")
        return get_response(request)

    return middleware


def keep_session_alive(get_response):
    """Move the 30-minute limit of a signed-in member of staff, at most once a minute.

    After the view: one that a page asks by itself (a draft saved every 20 seconds) says `request.is_no_activity`.

    Not SESSION_SAVE_EVERY_REQUEST: that would set cookies on public pages (CVE-2026-35192).
    """

    def middleware(request):
        response = get_response(request)
        active = request.path_info.startswith("/admin/") and not getattr(request, "is_no_activity", False)
        if active and request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("touched", 0) >= TOUCH_EVERY:
                request.session["touched"] = now
        return response

    return middleware
