"""The WSGI application. Refuses to serve a database that does not keep published rows."""
import os

os.umask(0o077)  # what we write is ours alone: guicheng/upkeep/modes.py
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

django_application = get_wsgi_application()

from guicheng.kept import rollup_triggers, triggers  # noqa: E402
from guicheng.kept.pages import keeping  # noqa: E402
from guicheng.seal.work import begin_unfinished  # noqa: E402
from guicheng.search import pairs  # noqa: E402
from guicheng.trail.append_only import assert_triggers  # noqa: E402
from guicheng.upkeep.disk import let_go_if_needed  # noqa: E402

let_go_if_needed()  # SQLite opens no database without room for its small files
assert_triggers()
triggers.assert_triggers()
rollup_triggers.assert_triggers()
pairs.assert_whole()
kept_application = keeping(django_application)
begin_unfinished()  # a seal that was not finished when the machine went off


def application(environ, start_response):
    """Serve below BASE_PATH whether the proxy in front keeps the path or strips it."""
    path = environ.get("PATH_INFO", "")
    if settings.BASE_PATH and (path == settings.BASE_PATH or path.startswith(settings.BASE_PATH + "/")):
        environ["PATH_INFO"] = path[len(settings.BASE_PATH):] or "/"
    return kept_application(environ, start_response)
