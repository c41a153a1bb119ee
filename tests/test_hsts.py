"""What the browser is told to remember for a year: no more than is ours to promise."""
import os
import subprocess
import sys

import pytest
from django.conf import settings

SAY = """
import django
django.setup()
from django.core.management import call_command
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
answer = SecurityMiddleware(lambda request: HttpResponse())(RequestFactory().get("/", secure=True))
print(answer.headers.get("Strict-Transport-Security"), flush=True)
call_command("check", deploy=True, fail_level="WARNING")
"""


def started(tmp_path, public, whole_host):
    """Start in production with these settings, ask for a page, run the checks: give (exit code, what was said)."""
    tmp_path.chmod(0o711)  # as settings make it: else the check of the files' modes has a word to say
    env = os.environ | {
        "PUBLIC_URL": public, "HSTS_WHOLE_HOST": whole_host, "SECRET_KEY": "only-for-this-Test-0123" * 3,
        "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "guicheng.settings"}
    done = subprocess.run([sys.executable, "-c", SAY], cwd=settings.BASE_DIR, capture_output=True, text=True, env=env)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("public", "whole_host", "header"), [
    ("https://www.example.invalid/", "", "max-age=31536000"),
    ("https://www.example.invalid/", "true", "max-age=31536000; includeSubDomains; preload"),
    ("https://www.example.invalid/banshishi/", "", "None"),
])
def test_what_is_promised_and_the_checks_are_clean(tmp_path, public, whole_host, header):
    code, said = started(tmp_path, public, whole_host)
    assert (code, said.splitlines()[0]) == (0, header), said


@pytest.mark.parametrize("public", ["https://www.example.invalid/banshishi/", "http://www.example.invalid/", ""])
def test_the_whole_host_is_refused_where_it_is_not_ours(tmp_path, public):
    code, said = started(tmp_path, public, "true")
    assert code and "HSTS_WHOLE_HOST 只能用在整个主机名都归本站的时候" in said.splitlines()[-1]
