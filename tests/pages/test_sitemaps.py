"""robots.txt, the sitemaps and favicon.ico."""
import io
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.test.utils import override_script_prefix
from django.utils import timezone
from PIL import Image

from guicheng.pages import sitemaps
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def located(client, address):
    """[(address, lastmod)] of a sitemap."""
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"].startswith("application/xml"), address
    root = ET.fromstring(response.content)  # noqa: S314
    return [(row.findtext("s:loc", None, NS), row.findtext("s:lastmod", None, NS)) for row in root]


def path_of(address):
    return "/" + address.split("/", 3)[3]


def test_every_address_told_opens(visitor, facts):
    found = [row for part, _ in located(visitor, "/sitemap.xml") for row in located(visitor, path_of(part))]
    addresses = [path_of(address) for address, _ in found]
    assert len(addresses) == len(set(addresses)) > 140
    codes = Project.objects.published().values_list("code", flat=True)
    assert {f"/projects/{code}/" for code in codes} <= set(addresses)
    assert [each for each in addresses if visitor.get(each).status_code != 200] == []


def test_it_names_nothing_hidden_and_no_sample(visitor, project):
    factories.make_project(code="hidden", is_published=False)
    factories.make_project(code="made-up", is_sample=True)
    assert [path_of(address) for address, _ in located(visitor, "/sitemap-projects.xml")] == ["/projects/park/"]


def test_the_day_is_that_of_the_publication(visitor, project):
    assert located(visitor, "/sitemap-projects.xml")[0][1] is None
    row = factories.make_update(project, status="in_progress")
    factories.make_update(project, published=False, text="还没审。")
    here = str(timezone.localdate(row.recorded_at))  # from 16:00 on the day in Greenwich is another
    assert located(visitor, "/sitemap-projects.xml")[0][1] == here
    assert located(visitor, "/sitemap-lists.xml")[0][1] == here


def test_it_is_paged(visitor, key_list, monkeypatch):
    for _ in range(5):
        factories.make_project(key_list)
    monkeypatch.setattr(sitemaps._Public, "limit", 2)
    parts = [address for address, _ in located(visitor, "/sitemap.xml") if "projects" in address]
    assert [part.rpartition("/")[2] for part in parts[:2]] == ["sitemap-projects.xml", "sitemap-projects.xml?p=2"]
    held = [len(located(visitor, path_of(part))) for part in parts[-4:]]  # by their keys, wherever those start
    assert sum(held) == 5 and 0 < held[-1] <= max(held) == 2


@pytest.mark.parametrize("address", ["/sitemap-nothing.xml", "/sitemap-projects.xml?p=9", "/sitemap-projects.xml?p=x"])
def test_what_is_not_there_is_a_page(visitor, address):
    response = visitor.get(address)
    assert response.status_code == 404 and "没有找到这一页" in response.text


def test_below_a_path_all_tell_the_whole_address(visitor, project, settings):
    settings.PUBLIC_URL, settings.PUBLIC_ROOT = "https://example.org/guicheng/", "https://example.org"
    settings.BASE_PATH = settings.FORCE_SCRIPT_NAME = "/guicheng"
    with override_script_prefix("/guicheng/"):
        told = "".join(visitor.get(path).text for path in ("/sitemap.xml", "/sitemap-projects.xml", "/robots.txt"))
    for line in ("https://example.org/guicheng/sitemap-projects.xml", "https://example.org/guicheng/projects/park/",
                 "Disallow: /guicheng/admin/\n", "Sitemap: https://example.org/guicheng/sitemap.xml\n"):
        assert line in told
    assert "testserver" not in told


def test_robots_keep_out_of_the_back_office_alone(visitor):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    rules = RobotFileParser()
    rules.parse(response.text.splitlines())
    asked = ("/", "/projects/kp09/", "/projects/", "/projects/?q=x", "/admin/", "/api/projects/")
    assert [path for path in asked if not rules.can_fetch("any", path)] == ["/admin/", "/api/projects/"]
    assert "Sitemap: http://testserver/sitemap.xml" in response.text


def test_the_sign_stands_where_it_is_asked_for(visitor):
    response = visitor.get("/favicon.ico")
    icon = Image.open(io.BytesIO(b"".join(response.streaming_content)))
    assert response["Content-Type"] == "image/x-icon" and icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    red = icon.convert("RGB").getpixel((24, 4))
    assert red[0] > 120 and max(red[1:]) < 60, "drawn from mark.svg"
