#!/usr/bin/env python3
"""Django's command line for 桂城办实事."""
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.umask(0o077)  # what we write is ours alone: guicheng/upkeep/modes.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"配置有误：{error}")
