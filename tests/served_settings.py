"""The settings of a server in front of the tests' database: static files straight from their folders."""
from guicheng.settings import *  # noqa: F403
from guicheng.settings import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
