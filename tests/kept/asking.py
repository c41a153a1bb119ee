"""Ask the application as a server does, without one."""
import io
from urllib.parse import quote

from django.core.handlers.wsgi import WSGIHandler

from guicheng.kept.pages import keeping


class Site:
    """The application with its kept pages; `drawn` counts what Django had to answer."""

    def __init__(self):
        self.drawn, django = 0, WSGIHandler()

        def counting(environ, start_response):
            self.drawn += 1
            return django(environ, start_response)

        self._application = keeping(counting)

    def get(self, address, method="GET", **headers):
        """(status code, {header: value}, body)."""
        path, _, query = address.partition("?")
        query = quote(query, safe="=&%+")
        environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
                   "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
                   "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "wsgi.version": (1, 0),
                   "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
                   "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False} | headers
        told = {}

        def start_response(status, headers, exc_info=None):
            told.update(status=int(status[:3]), headers=dict(headers))

        parts = self._application(environ, start_response)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return told["status"], told["headers"], body
