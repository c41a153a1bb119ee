"""运行情况 for those who run the portal, and whom to tell of a hole in it (RFC 9116)."""
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guicheng.access.permissions import can_see_health
from guicheng.upkeep.health import Level, health
from guicheng.upkeep.version import VERSION

VALID = timedelta(days=180)  # the standard wants less than a year


def show_health(site, request):
    if not can_see_health(request.user):
        raise PermissionDenied
    found = health()
    return render(request, "admin/health.html", {
        **site.each_context(request), "title": "运行情况", "health": found, "version": VERSION,
        "healthz": f"{settings.BASE_PATH}/healthz", "bad": found.count(Level.BAD), "warned": found.count(Level.WARN),
    })


@require_safe
def security_txt(request):
    """Where to report a hole. It is always valid for half a year from today: the date is never forgotten."""
    if not settings.SECURITY_CONTACTS:
        raise Http404
    expires = (datetime.now(UTC) + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {each}" for each in settings.SECURITY_CONTACTS]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: zh, en"]
    if settings.PUBLIC_URL:
        lines.append(f"Canonical: {settings.PUBLIC_ROOT}/.well-known/security.txt")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
