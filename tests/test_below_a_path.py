"""The whole site below a path of another: a real gunicorn, a real browser, a proxy that keeps or strips the path."""
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a portal served below /guicheng/, on a database of its own."""
    port = free_port()
    environment = os.environ | {
        "DATA_DIR": str(tmp_path_factory.mktemp("below")), "PUBLIC_URL": f"http://127.0.0.1:{port}/guicheng/",
        "SECRET_KEY": "only-for-this-test-" * 4, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "guicheng.settings",
        "REQUIRE_TOTP": "none",
    }

    def start(*command):
        return subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    preparing = start("manage.py", "prepare", "--port", str(port))
    said, _ = preparing.communicate(timeout=300)
    assert preparing.returncode == 0, said
    server = start("-m", "gunicorn", "guicheng.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket")
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(address + "/guicheng/")  # noqa: S310
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    yield address, re.search(r"口令　(\S+)", said)[1]
    server.terminate()
    server.wait(timeout=20)


def test_every_link_stays_below_the_path(site, open_page):
    address, _ = site
    page = open_page()
    failed = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    for path in ("", "lists/2021-key/", "projects/", "projects/kp03/", "communities/", "reports/2021Q4/", "party/"):
        page.goto(f"{address}/guicheng/{path}", wait_until="networkidle")
        links = page.eval_on_selector_all("a[href], link[href]", "all => all.map(one => one.href.baseVal || one.href)")
        outside = [link for link in links if not str(link).startswith((f"{address}/guicheng/", "/guicheng/", "tel:"))]
        assert len(links) > 15 and outside == []
    assert failed == [], "style sheets and pages are found"
    assert page.context.cookies() == []


def test_a_proxy_may_strip_the_path(site):
    address, _ = site
    kept, stripped = (urllib.request.urlopen(f"{address}{path}").read()  # noqa: S310
                      for path in ("/guicheng/about/", "/about/"))
    assert kept == stripped and b'href="/guicheng/sources/"' in kept


def test_staff_sign_in_below_the_path(site, open_page):
    address, password = site
    page = open_page(f"{address}/guicheng/admin/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", password)
    page.click("[type=submit]")
    assert "没有要办的" in page.inner_text("#content")
    assert {cookie["path"] for cookie in page.context.cookies()} == {"/guicheng/admin/"}
