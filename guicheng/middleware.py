"""Two small middlewares: the Content-Security-Policy, and the staff's idle timeout."""
import time

from django.conf import settings

TOUCH_EVERY = 60  # seconds


def content_security_policy(get_response):
    """Send SECURE_CSP with every answer. Django 6 brings this; then it goes."""
    header = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", header)
        return response

    return middleware


def keep_session_alive(get_response):
    """Move the 30-minute limit of a signed-in member of staff, at most once a minute.

    Not SESSION_SAVE_EVERY_REQUEST: that would set cookies on public pages (CVE-2026-35192).
    """

    def middleware(request):
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("touched", 0) >= TOUCH_EVERY:
                request.session["touched"] = now
        return get_response(request)

    return middleware
