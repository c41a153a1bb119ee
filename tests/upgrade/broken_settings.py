"""The settings of a version whose last migration fails."""
from guicheng.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.upgrade.zz_broken"]  # noqa: F405
