"""Asking another server: with limits on time and on what it says, over TLS that is verified, never led elsewhere."""
import ssl
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT = 10  # seconds
MOST = 256 * 1024  # bytes of an answer


class NotSent(Exception):
    """The other side certainly did not take it: it may be tried again."""


class NobodyKnows(Exception):
    """It left and no answer came: trying again could say it twice."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def ask(url, data=None, headers=None, *, timeout=TIMEOUT):
    """POST `data`, or GET; give (status, body). No word of the address, which may hold a secret, is in an error.

    Raises NotSent before anything left, NobodyKnows afterwards.
    """
    try:
        request = Request(url, data=data, headers=headers or {})  # noqa: S310, the settings ask for http or https
        with build_opener(_NoRedirects).open(request, timeout=timeout) as response:
            return response.status, response.read(MOST)
    except HTTPError as error:
        with error:
            return error.code, _rest_of(error)
    except URLError as error:
        is_tls = isinstance(error.reason, ssl.SSLError)
        raise NotSent("对方的证书不可信" if is_tls else "连不上对方") from error
    except ValueError as error:  # before anything was sent
        raise NotSent("连不上对方") from error
    except (OSError, HTTPException) as error:
        raise NobodyKnows(type(error).__name__) from error


def _rest_of(error):
    try:
        return error.read(MOST)
    except (OSError, HTTPException):
        return b""
