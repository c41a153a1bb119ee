"""A Django of any version, started in the folder it stands in, with a clock of our own.

Imported by `rows.py` and `look.py`, which run as programs in the folder of the version that is meant.
"""
import os
import sys

sys.path[:1] = [os.getcwd()]  # the version's own code first
sys.path.append(os.path.dirname(__file__))
os.environ["DJANGO_SETTINGS_MODULE"] = "guicheng.settings"

from datetime import UTC, datetime, timedelta  # noqa: E402

import django  # noqa: E402
from django.conf import settings  # noqa: E402

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


class Clock:
    """What `timezone.now` gives: a minute later each time it is asked, or always the same."""

    def __init__(self, *start, step=0):
        self.step = timedelta(seconds=step)
        self.set(*start)

    def set(self, *start):
        self.now = datetime(*start, tzinfo=UTC)

    def __call__(self):
        self.now += self.step
        return self.now


def start(*instant, step=0):
    """Start Django; give the clock it goes by."""
    settings.STORAGES = settings.STORAGES | PLAIN  # no collectstatic
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    django.setup()
    from django.utils import timezone as clock

    clock._ours = Clock(*instant, step=step)
    clock.now.__code__ = (lambda: _ours()).__code__  # noqa: F821 — the defaults of fields hold the function itself
    return clock._ours
