"""Who is asking, behind the proxies that are ours."""
from ipaddress import ip_address

from django.conf import settings


def client_address(request):
    """Give the address that the outermost of our PROXY_COUNT proxies saw.

    Counted from the right: what a visitor writes into X-Forwarded-For stands further left and changes nothing.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count = settings.PROXY_COUNT
    address = seen[-count] if 0 < count <= len(seen) else ""
    try:
        return str(ip_address(address))
    except ValueError:
        return request.META.get("REMOTE_ADDR") or None
