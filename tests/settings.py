"""The portal's settings, and the app that only the tests know."""
from guicheng.settings import *  # noqa: F403
from guicheng.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.wishes"]
