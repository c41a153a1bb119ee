"""The portal as it is served, with the bench's addresses and, when asked for, the number of queries in a header."""
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")

from django.conf import settings  # noqa: E402

settings.ROOT_URLCONF = "tests.bench.urls"

from django.db import connection  # noqa: E402

from guicheng.wsgi import application as portal  # noqa: E402
from tests.bench import stock  # noqa: E402, F401 registered before the admin's addresses are made


def application(environ, start_response):
    if "HTTP_X_COUNT" not in environ:  # a measured request pays nothing for the counting
        return portal(environ, start_response)
    queries = []

    def note(execute, sql, params, many, context):
        queries.append(sql)
        return execute(sql, params, many, context)

    def start(status, headers, *rest):
        return start_response(status, [*headers, ("X-Queries", str(len(queries)))], *rest)

    with connection.execute_wrapper(note):
        return portal(environ, start)
