"""Which address becomes which file. What has no file is left out: its link becomes words."""
import posixpath
import re
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from django.conf import settings

from guicheng.public.address import address_of
from guicheng.templatetags.guicheng import PLACES

# what an address may ask for beside its path: a place in the pages and one thing more; each is a page of its own
CHOICES = {"list", "community", "status", "year", "close", "size"}
VALUE = re.compile(r"[A-Za-z0-9_-]{1,60}")
# need the site itself
NOT_WRITTEN = ("admin/", "api/", "needs/", "elder/needs/", "robots.txt", "sitemap", "favicon.ico", ".well-known/")
ELSEWHERE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)  # tel:, mailto:, data:


def inside(address):
    """The path of an address below the site's own, without the first slash; None of another host or path."""
    own = address_of("/").removesuffix("/")
    address = address.removeprefix(own) if own else address
    parts = urlsplit(address)
    base = f"{settings.BASE_PATH}/"
    if parts.scheme or parts.netloc or not parts.path.startswith(base):
        return None
    return unquote(parts.path.removeprefix(base))


def file_of(address):
    """The file of an address, as "projects/kp03/index.html"; None where none is written."""
    path = inside(address)
    if path is None or path.startswith(NOT_WRITTEN) or ".." in path.split("/"):
        return None
    if "/poster/" in path and not settings.PUBLIC_URL:
        return None  # its QR code would lead to this machine
    query = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    names = [name for name, _ in query]
    chosen = [name for name in names if name not in PLACES]
    if len(set(names)) < len(names) or len(chosen) > 1 or not CHOICES.issuperset(chosen):
        return None
    if not all(VALUE.fullmatch(value) for _, value in query):
        return None
    path = f"{path}index.html" if path.endswith("/") or not path else path
    stem, ending = posixpath.splitext(path)
    return "-".join([stem, *(f"{name}-{value}" for name, value in sorted(query))]) + ending


def joined(page, link):
    """The address that a link on a page means, without its fragment; None of what is no page (tel:, data:)."""
    if ELSEWHERE.match(link):
        return None
    address = urljoin(page, link).partition("#")[0]
    own = address_of("/").removesuffix("/")
    return address.removeprefix(own) if own else address


def relative(target, source, link=""):
    """How the file `source` names the file `target`, with the fragment of `link`."""
    path = quote(posixpath.relpath(target, posixpath.dirname(source) or "."))
    _, sign, fragment = link.partition("#")
    return f"{path}{sign}{fragment}"
