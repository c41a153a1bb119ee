"""The whole address of a path of this site, for whoever reads it elsewhere: that of the plain edition."""
from urllib.parse import urlsplit

from django.conf import settings

from guicheng.public.elder import plain_address


def address_of(path):
    """The whole address of a path, or "" where the site does not know its own."""
    public = urlsplit(settings.PUBLIC_URL)
    return f"{public.scheme}://{public.netloc}{plain_address(path)}" if public.netloc and path else ""


def whole_address(path, request):
    """The same; where the site does not know its own address, by the host that was asked."""
    return address_of(path) or request.build_absolute_uri(plain_address(path))


def short_address(path):
    """As it is printed for people to type: without scheme and last slash; "" where the site does not know its own."""
    return address_of(path).partition("://")[2].rstrip("/")
