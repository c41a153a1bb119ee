"""Public answers are given out before Django: drawn once per change, then kept whole.

An answer holds for one scheme, host, path and query, while the stamp stands: what has been published, the day here,
and what this code and these settings are. The stamp is read before the answer is drawn: one that saw more than its
stamp says is never asked for again.
"""
import os
import random
from functools import cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from guicheng.kept.publication import TABLE, Publication, stamp_of_this_answer
from guicheng.kept.store import FileStore, Page, RedisStore

NOT_KEPT = ("/admin/", "/healthz", "/static/", "/media/", "/papers/", "/.well-known/", "/elder/admin/")
WORDS = {"q", "known_at"}  # as many as people think of
# what an app that passes an address on hangs on to it; no page reads these
FOREIGN = {"from", "isappinstalled", "timestamp", "scene", "clicktime", "enterid", "spm", "fbclid", "gclid"}
KINDS = ("text/html", "text/css", "text/csv", "text/plain", "text/calendar", "application/json", "application/xml",
         "application/atom+xml", "image/svg+xml")
OWN_RULE = {"cache-control", "set-cookie"}  # an answer that says how long it holds, or is for one person
MANY = 100  # rows of what was published, before somebody folds them
SENT = ("Vary", "Content-Location", "Content-Security-Policy")  # of a 304, beside its tag


def keeping(application):
    """The application, with its public answers kept. Requests that cannot be answered so pass through untouched."""
    if not settings.KEPT_PAGES_BYTES:
        return application
    store = (RedisStore(settings.KEPT_PAGES_REDIS) if settings.KEPT_PAGES_REDIS
             else FileStore(settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES))

    def kept(environ, start_response):
        key = key_of(environ)
        stamp = stamp_now() if key else None
        if stamp is None:
            return application(environ, start_response)
        page = store.read(key, stamp)
        if page is None and environ["REQUEST_METHOD"] == "HEAD":
            return application(environ, start_response)
        if page is None:
            with store.drawing(key):
                page = store.read(key, stamp)
                if page is None:
                    page, passed_on = _drawn(application, environ, start_response, stamp)
                    if page is None:
                        return passed_on
                    store.write(key, stamp, page)
        return _answer(page, environ, start_response)

    return kept


def key_of(environ):
    """What tells one kept answer from another, as a digest; None where nothing may be kept."""
    path = environ.get("PATH_INFO", "/")
    has_body = environ.get("CONTENT_LENGTH") not in (None, "", "0")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or has_body or path.startswith(NOT_KEPT):
        return None
    host = environ.get("HTTP_HOST", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return None
    query = environ.get("QUERY_STRING", "")
    if query:
        pairs = [pair for pair in parse_qsl(query, keep_blank_values=True)
                 if pair[0] not in FOREIGN and not pair[0].startswith("utm_")]
        if any(name in WORDS and value for name, value in pairs):
            return None
        query = urlencode(pairs)
    secure = environ.get("HTTP_X_FORWARDED_PROTO", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    told = (environ["wsgi.url_scheme"], secure, host, environ.get("SCRIPT_NAME", ""), path, query,
            environ.get("HTTP_ACCEPT", "") if path.startswith("/api/") else "")
    return sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def stamp_now():
    """What an answer drawn now rests on; None where the database cannot say."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sum(weight), count(*) FROM {TABLE}")  # noqa: S608
            weight, rows = cursor.fetchone()
        if rows > MANY and random.randrange(MANY) == 0:  # noqa: S311 no secret
            Publication.objects.fold()
    except DatabaseError:
        connection.close()
        return None
    return f"{weight}|{timezone.localdate()}|{edition()}" if weight else None


@cache
def edition():
    """A digest of the code and of the settings a page may speak of."""
    told = sha256((settings.BASE_DIR / "pyproject.toml").read_bytes())
    for folder in ("guicheng", "projects", "communities", "partybuilding", "templates", "static"):
        for place, folders, files in os.walk(settings.BASE_DIR / folder):
            folders.sort()
            for name in sorted(files):
                if name.endswith((".py", ".html", ".svg", ".xml", ".css", ".js", ".mo")):
                    told.update(name.encode())
                    with open(os.path.join(place, name), "rb") as file:
                        told.update(file.read())
    for name in sorted(dir(settings)):
        if name.startswith(("OFFICE_", "SITE_", "HOTLINE", "PUBLIC_", "BASE_", "STAFF_", "SECURE_", "SECURITY_")):
            told.update(f"{name}={getattr(settings, name)!r}".encode())
    return told.hexdigest()[:16]


def _drawn(application, environ, start_response, stamp):
    """(the answer, None), or (None, what to pass on) where it is not one to keep."""
    told = {}

    def note(status, headers, exc_info=None):
        told.update(status=status, headers=headers, exc_info=exc_info)
        return _refuse_to_write

    token = stamp_of_this_answer.set(stamp)
    try:
        parts = application(environ, note)
        if not may_be_kept(told["status"], told["headers"], parts):
            start_response(told["status"], told["headers"], told["exc_info"])
            return None, parts
        try:
            body = b"".join(parts)
        finally:
            parts.close()
    finally:
        stamp_of_this_answer.reset(token)
    return Page.of(told["status"], told["headers"], body), None


def _refuse_to_write(data):
    raise NotImplementedError("write() of WSGI")


def may_be_kept(status, headers, response):
    told = {name.lower(): value for name, value in headers}
    return (status.startswith("200 ") and not getattr(response, "streaming", True) and not OWN_RULE & set(told)
            and "cookie" not in told.get("vary", "").lower()
            and told.get("content-type", "").startswith(KINDS) and not getattr(response, "is_of_an_instant", False))


def _answer(page, environ, start_response):
    # the first is for nginx alone, which older ones heed only where it stands first
    own = [("X-Accel-Expires", "1"), ("ETag", page.etag), ("Cache-Control", "no-cache")]
    if _knows(environ.get("HTTP_IF_NONE_MATCH", ""), page.etag):
        start_response("304 Not Modified", own + [pair for pair in map(tuple, page.headers) if pair[0] in SENT])
        return []
    start_response(page.status, [tuple(pair) for pair in page.headers] + own)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _knows(asked, etag):
    """Whether the browser has this body: `*`, or the tag itself or as a weak one (RFC 9110, 13.1.2)."""
    return asked.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in asked.split(",")]
