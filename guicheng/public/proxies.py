"""Who is asking, behind the proxies that are ours."""
from ipaddress import ip_address, ip_network

from django.conf import settings


def client_address(request):
    """The address that the outermost of our PROXY_COUNT proxies saw.

    Counted from the right: what a visitor writes into X-Forwarded-For stands further left and changes nothing.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count = settings.PROXY_COUNT
    address = seen[-count] if 0 < count <= len(seen) else ""
    try:
        return str(ip_address(address))
    except ValueError:
        return request.META.get("REMOTE_ADDR") or None


def client_network(request):
    """What limits count the asker's address by; None where nobody knows it."""
    return network_of(client_address(request))


def network_of(address):
    """An IPv4 address itself, and of an IPv6 one its /64, which one household has whole; None of what is none.

    An IPv4 address in IPv6 clothes counts as what it is.
    """
    try:
        address = ip_address(address or "")
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 4:
        return str(address)
    return str(ip_network((int(address), 64), strict=False).network_address)
