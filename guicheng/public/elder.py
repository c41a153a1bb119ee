"""The elder edition: every public page once more below /elder/, in large type, in one column, with large targets.

The address says which edition it is, and no cookie does: the middleware takes `elder/` off the path into the script
prefix, so that every link a page makes keeps it. Only pages are there; what is a file, an interface or the staff's has
its plain address alone, and so has whatever is read elsewhere.
"""
import re
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix
from django.utils.encoding import escape_uri_path

PATH = "/elder"
NO_PAGES = {"admin", "api", "static", "media", "papers", "healthz"}  # the first part of an address
PAPERS = {"print", "poster"}  # the last: what is laid out for a sheet of paper
POSTING = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>', re.IGNORECASE)


def prefix():
    """What every address of the edition begins with."""
    return f"{settings.BASE_PATH}{PATH}/"


def is_elder():
    """Whether what is made now is made for the elder edition. Asks no request: an error page may have none."""
    return get_script_prefix() == prefix()


def is_page(path):
    """Whether a path, without the prefix, is one of a page, and not of a file, an interface or the back office."""
    parts = path.strip("/").split("/")
    return parts[0] not in NO_PAGES and parts[-1] not in PAPERS and "." not in parts[0] and "." not in parts[-1]


def plain_address(address):
    """The address of this site in the plain edition, whichever edition it was made for."""
    return settings.BASE_PATH + address[len(prefix()) - 1:] if address.startswith(prefix()) else address


def editions(request):
    """`elder`, `plain_path`: this page's plain address, `other_edition`: the same page and query in the other one."""
    # no address may begin with two slashes: it would name another host
    path = "/" + escape_uri_path(request.path_info).lstrip("/")
    # as it was read, and not as it came: what came unescaped would be escaped twice
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    plain = settings.BASE_PATH + path
    other = (plain if is_elder() else settings.BASE_PATH + PATH + path) + query
    return {"elder": is_elder(), "plain_path": plain,
            "other_edition": other if is_page(request.path_info) else ""}


def in_its_edition(view):
    """A decorator, below `public_form`: what was sent from the elder edition is answered in it.

    Forms are sent to the plain address; that they came from there the field of `{% edition_field %}` says.
    """
    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method != "POST" or is_elder() or not request.POST.get("elder"):
            return view(request, *args, **kwargs)
        before = get_script_prefix()
        set_script_prefix(prefix())
        try:
            return with_plain_addresses(request, view(request, *args, **kwargs))
        finally:
            set_script_prefix(before)

    return answer


def with_plain_addresses(request, response):
    """The answer with plain addresses of files, of forms that send something, and of what is read elsewhere."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    response.content = _plain_where_due(request, response.text)
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))
    return response


def _plain_where_due(request, html):
    plain = f"{settings.BASE_PATH}/"
    # not get_host(): on the page that refuses a host it would refuse it again
    hosts = {request.META.get("HTTP_HOST", ""), urlsplit(settings.PUBLIC_URL).netloc} - {""}
    for host in hosts:
        html = html.replace(f"{host}{prefix()}", f"{host}{plain}")
    own = re.compile(rf"(?<![\w.:/-]){re.escape(prefix())}([^\"'\s,?#<>&]*)")
    html = own.sub(lambda found: found[0] if is_page(f"/{found[1]}") else f"{plain}{found[1]}", html)
    return POSTING.sub(lambda found: found[0].replace(prefix(), plain), html)
