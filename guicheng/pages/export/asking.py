"""Asking the site as a stranger does: whatever is sealed, not public or behind a closed face stays so."""
import time
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import get_script_prefix, set_script_prefix

SIGNALS = (request_started, request_finished)
TRIES, LONGEST_WAIT = 5, 10  # where a file is made for somebody else; seconds


class Site:
    """The site in this process, through all its middleware, by its own host. To be used in a `with`."""

    def __init__(self):
        self._handler = WSGIHandler()

    def __enter__(self):
        """Keep the connection to the database over all requests: it is the caller's, who may hold a transaction."""
        self._prefix = get_script_prefix()
        for signal in SIGNALS:
            signal.disconnect(close_old_connections)
        return self

    def __exit__(self, *error):
        for signal in SIGNALS:
            signal.connect(close_old_connections)
        set_script_prefix(self._prefix)  # each request set its own

    def get(self, address):
        """The answer to a path with its query; to be closed. Waits while the site is busy with somebody else's file."""
        for _ in range(TRIES):
            response = self._ask(address)
            if response.status_code != 503:
                break
            response.close()
            time.sleep(min(int(response.get("Retry-After", 1)), LONGEST_WAIT))
        return response

    def _ask(self, address):
        parts, public = urlsplit(address), urlsplit(settings.PUBLIC_URL or "http://localhost")
        path = parts.path.removeprefix(settings.BASE_PATH)
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": settings.BASE_PATH, "QUERY_STRING": parts.query,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": public.hostname, "SERVER_PORT": str(public.port or 80), "HTTP_HOST": public.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_X_FORWARDED_PROTO": public.scheme, "wsgi.url_scheme": public.scheme,
            "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), "wsgi.multithread": False, "wsgi.multiprocess": True,
        }
        return self._handler(environ, lambda *args: None)
