"""What the settings of a connector must be, judged at the start. Imported by the settings: knows no model."""
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_safe(url):
    """Whether secrets may travel to this address: over TLS, or without leaving this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or parts.scheme == "http" and host in LOOPBACK)


def check_whole(title, address, **values):
    """Raise ImproperlyConfigured where a connector is set by half, or `address`, one of `values`, is not safe."""
    missing = [name for name, value in values.items() if not value]
    if len(missing) == len(values):
        return
    if missing:
        raise ImproperlyConfigured(f"{title}只设了一半，还缺 {'、'.join(missing)}：都设上，或者都不设。")
    if not is_safe(values[address]):
        raise ImproperlyConfigured(f"{address} 应以 https:// 开头（在本机试用的可以是 http://127.0.0.1），"
                                   f"现在是“{values[address]}”。")
